//! Learns what the first likely words of a sound tell (`dialogue::ear`), from voices that are not measured.

use std::path::Path;

use anyhow::Context;

use super::Utterance;
use super::voices::Voice;
use crate::call::Line;
use crate::dialogue::ear::{CLASSES, Ear, Likely, MEANINGS, features, likely};

/// How strongly weights are held near zero, on features of variance one.
const RIDGE: f32 = 10.0;
const STEPS: usize = 250;
const POWER_STEPS: usize = 20;
/// Parts of the voices for the measure: each is heard by an ear that learned from the others.
const PARTS: usize = 5;

struct Example {
    features: Vec<f32>,
    class: usize,
    voice: usize,
}

/// Fits, prints what ears that had not heard a voice make of it, and writes the file.
pub fn fit(line: &Line, voices: &[Voice], heard: &[Utterance], file: &Path) -> anyhow::Result<()> {
    let signs = line.grammar.signs().context(
        "aucun signe à mesurer : le fichier ear.tsv du dossier des grammaires donne ceux que l'on apprend à peser",
    )?;
    let example = |utterance: &Utterance| {
        let scored = |command| line.grammar.best_score(&utterance.heard, command);
        let class = match utterance.saying.meaning {
            None => MEANINGS.len(),
            Some(meaning) => MEANINGS.iter().position(|known| *known == meaning)?,
        };
        Some(Example { features: features(&signs, &utterance.heard, scored)?, class, voice: utterance.saying.voice })
    };
    let mut examples: Vec<Example> = heard.iter().filter_map(example).collect();
    anyhow::ensure!(
        !examples.is_empty(),
        "rien à apprendre : le modèle d'écoute n'est pas celui du fichier ({} octets)",
        signs.model_bytes
    );
    let scale = Scale::of(&examples);
    examples.iter_mut().for_each(|example| scale.apply(&mut example.features));
    let (mut right, mut false_alarms, mut commands) = (0, 0, 0);
    let mut by_voice = vec![(0_u32, 0_u32); voices.len()];
    for part in 0..PARTS {
        let taught: Vec<&Example> = examples.iter().filter(|example| example.voice % PARTS != part).collect();
        let weights = learn(&taught);
        for example in examples.iter().filter(|example| example.voice % PARTS == part) {
            let found = best(&likely(&weights, &example.features));
            let is_command = example.class < MEANINGS.len();
            commands += usize::from(is_command);
            right += usize::from(is_command && found == example.class);
            false_alarms += usize::from(!is_command && found != example.class);
            by_voice[example.voice].0 += u32::from(found == example.class);
            by_voice[example.voice].1 += 1;
        }
    }
    printed!(
        "{} exemples. Par des voix jamais entendues : {:.1} % des {commands} commandes justes, {:.1} % des {} autres prises pour une commande",
        examples.len(),
        100.0 * right as f64 / commands.max(1) as f64,
        100.0 * false_alarms as f64 / (examples.len() - commands).max(1) as f64,
        examples.len() - commands
    );
    for (voice, (right, said)) in voices.iter().zip(by_voice).filter(|(_, (_, said))| *said > 0) {
        printed!("  {:<32} {:>5.1} % de {said}", voice.name, 100.0 * f64::from(right) / f64::from(said));
    }
    let weights = scale.undo(learn(&examples.iter().collect::<Vec<_>>()));
    std::fs::write(file, Ear::new((*signs).clone(), weights).text()).with_context(|| file.display().to_string())
}

/// Each feature's mean and deviation; the constant's are left alone.
struct Scale(Vec<(f32, f32)>);

impl Scale {
    fn of(examples: &[Example]) -> Self {
        let count = examples.len() as f32;
        let width = examples.first().map_or(0, |example| example.features.len());
        let column = |at: usize| {
            let values = || examples.iter().map(|example| example.features[at]);
            let mean = values().sum::<f32>() / count;
            let variance = values().map(|x| (x - mean).powi(2)).sum::<f32>() / count;
            if variance > 1e-6 { (mean, variance.sqrt()) } else { (0.0, 1.0) }
        };
        Self((0..width).map(column).collect())
    }

    fn apply(&self, features: &mut [f32]) {
        features.iter_mut().zip(&self.0).for_each(|(x, (mean, deviation))| *x = (*x - mean) / deviation);
    }

    /// The weights of the features as they are measured.
    fn undo(&self, mut weights: Vec<Likely>) -> Vec<Likely> {
        let mut constant = [0.0; CLASSES];
        for (row, (mean, deviation)) in weights.iter_mut().zip(&self.0) {
            row.iter_mut().for_each(|weight| *weight /= deviation);
            constant.iter_mut().zip(row.iter()).for_each(|(sum, weight)| *sum -= weight * mean);
        }
        if let Some(last) = weights.last_mut() {
            last.iter_mut().zip(constant).for_each(|(weight, more)| *weight += more);
        }
        weights
    }
}

/// Multinomial logistic regression with a ridge, by gradient descent with Nesterov's momentum; always the same result.
fn learn(examples: &[&Example]) -> Vec<Likely> {
    let width = examples.first().map_or(0, |example| example.features.len());
    let step = 1.0 / (0.5 * 1.1 * widest(examples, width) + RIDGE);
    let mut weights = vec![[0.0; CLASSES]; width];
    let mut ahead = weights.clone();
    for turn in 0..STEPS {
        let mut slope: Vec<Likely> = ahead.iter().map(|row: &Likely| row.map(|weight| RIDGE * weight)).collect();
        if let Some(constant) = slope.last_mut() {
            *constant = [0.0; CLASSES];
        }
        for example in examples {
            let mut wrong = likely(&ahead, &example.features);
            wrong[example.class] -= 1.0;
            for (row, x) in slope.iter_mut().zip(&example.features) {
                row.iter_mut().zip(&wrong).for_each(|(sum, w)| *sum += w * x);
            }
        }
        let momentum = turn as f32 / (turn as f32 + 3.0);
        for ((row, next), slope) in weights.iter_mut().zip(&mut ahead).zip(&slope) {
            for class in 0..CLASSES {
                let moved = next[class] - step * slope[class];
                next[class] = moved + momentum * (moved - row[class]);
                row[class] = moved;
            }
        }
    }
    weights
}

/// The greatest eigenvalue of the features' products, by the power method: what bounds the curvature, and so the step.
fn widest(examples: &[&Example], width: usize) -> f32 {
    let mut along = vec![1.0_f32; width];
    let mut size = 0.0;
    for _ in 0..POWER_STEPS {
        let mut next = vec![0.0; width];
        for example in examples {
            let product: f32 = example.features.iter().zip(&along).map(|(x, a)| x * a).sum();
            next.iter_mut().zip(&example.features).for_each(|(sum, x)| *sum += product * x);
        }
        size = next.iter().map(|x| x * x).sum::<f32>().sqrt();
        along = next.into_iter().map(|x| x / size.max(f32::EPSILON)).collect();
    }
    size
}

fn best(likely: &Likely) -> usize {
    likely.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(class, _)| class)
}
