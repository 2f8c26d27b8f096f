//! Which short answer a sound is, from what the recognizer would write first: what misheard words still tell.
//!
//! Whisper writes « Ayo » for « agent » as a foreign voice says it, and never twice the same; but how likely each of some
//! hundred tokens is as the first one says much more than the one that was written. Multinomial logistic regression
//! over these, over how well each order's phrases fit the sound, and over the sound's length. Its parameters are of one
//! model file and come from `standardiste bench commands --fit`.

use std::sync::Arc;

use thiserror::Error;

use super::grammar::Command;
use super::{Heard, Signs};

/// A likelihood below this says no more, natural logarithm.
const LEAST: f32 = -14.0;
/// What a meaning's phrases are worth when the sound contradicts all of them, and the most that they count for.
const CONTRADICTED: f32 = -4.0;
const MOST: f32 = 10.0;
/// Meanings whose phrases are scored at any time.
pub const SCORED: [Command; 4] = [Command::Agent, Command::Repeat, Command::Slower, Command::Goodbye];
/// What a sound may be; after them, anything else.
pub const MEANINGS: [Command; 6] =
    [Command::Agent, Command::Repeat, Command::Slower, Command::Goodbye, Command::Yes, Command::No];
/// Meanings, and anything else.
pub const CLASSES: usize = MEANINGS.len() + 1;
/// Beside the signs: the scores, the length, and one.
const OTHERS: usize = SCORED.len() + 2;
const LENGTH: &str = "durée";
const ONE: &str = "biais";

/// How likely each meaning is, and anything else, in the order of [`MEANINGS`]; their sum is 1.
pub type Likely = [f32; CLASSES];

/// In French: read by whoever edits the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("ligne {line} : {problem}")]
pub struct EarFault {
    pub line: usize,
    pub problem: String,
}

#[derive(Debug, Clone)]
pub struct Ear {
    signs: Arc<Signs>,
    /// One row a feature: the signs', then [`OTHERS`].
    weights: Vec<Likely>,
}

impl Ear {
    /// The file that holds it, in the grammars' folder.
    pub const FILE: &'static str = "ear.tsv";

    /// `weights`: a row for each sign, each of [`SCORED`], the length and the constant.
    ///
    /// # Panics
    /// When there is not a row for each.
    pub fn new(signs: Signs, weights: Vec<Likely>) -> Self {
        assert_eq!(weights.len(), signs.tokens.len() + OTHERS, "a row for each feature");
        Self { signs: Arc::new(signs), weights }
    }

    /// Reads its file: the model's size in bytes, a heading, then a line a feature with its weights; a sign is a JSON
    /// string, for it begins with a space.
    ///
    /// # Errors
    /// A line that is not of that form, with its number.
    pub fn parse(source: &str) -> Result<Self, EarFault> {
        let fault = |line: usize, problem: &str| EarFault { line: line + 1, problem: problem.to_owned() };
        let mut lines =
            source.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let (at, first) = lines.next().unwrap_or_default();
        let model = first.strip_prefix("modèle\t").and_then(|bytes| bytes.trim().parse().ok());
        let model_bytes =
            model.ok_or_else(|| fault(at, "« modèle », une tabulation et sa taille en octets sont attendus"))?;
        let (at, heading) = lines.next().unwrap_or_default();
        if heading != heading_line() {
            return Err(fault(
                at,
                "les colonnes ne sont pas celles attendues ; refaites le fichier : standardiste bench commands --fit",
            ));
        }
        let (mut tokens, mut weights) = (Vec::new(), Vec::new());
        for (at, line) in lines {
            let (name, numbers) = line.split_once('\t').unwrap_or((line, ""));
            let row: Option<Vec<f32>> = numbers.split('\t').map(|number| number.trim().parse().ok()).collect();
            let row = row.and_then(|row| Likely::try_from(row).ok());
            weights.push(row.ok_or_else(|| fault(at, "sept nombres séparés par des tabulations sont attendus"))?);
            let rest = weights.len() - 1 - tokens.len();
            if name.starts_with('"') && rest == 0 {
                tokens
                    .push(serde_json::from_str(name).map_err(|_| fault(at, "un signe entre guillemets est attendu"))?);
            } else if other_names().get(rest).is_none_or(|expected| expected != name) {
                return Err(fault(
                    at,
                    "cette ligne n'est pas à sa place : les signes, puis agent, repeat, slower, goodbye, durée, biais",
                ));
            }
        }
        if weights.len() != tokens.len() + OTHERS {
            return Err(fault(
                source.lines().count(),
                "il manque des lignes à la fin : agent, repeat, slower, goodbye, durée, biais",
            ));
        }
        Ok(Self { signs: Arc::new(Signs { model_bytes, tokens }), weights })
    }

    /// Its file.
    pub fn text(&self) -> String {
        let signs = self.signs.tokens.iter().map(|token| serde_json::Value::from(token.as_str()).to_string());
        let rows = signs
            .chain(other_names())
            .zip(&self.weights)
            .map(|(name, row)| row.iter().fold(name, |line, weight| format!("{line}\t{weight:.3}")));
        let mut text = format!(
            "# Ce que disent les premiers mots possibles d'un son ; ne se corrige pas à la main : standardiste bench commands --fit\n\
             modèle\t{}\n{}\n",
            self.signs.model_bytes,
            heading_line()
        );
        rows.for_each(|row| text += &format!("{row}\n"));
        text
    }

    /// What the hearing must measure for it.
    pub fn signs(&self) -> &Arc<Signs> {
        &self.signs
    }

    /// `None` when the hearing measured nothing for it: another model, or too long a sound.
    pub fn judge(&self, heard: &Heard, scored: impl Fn(Command) -> Option<f32>) -> Option<Likely> {
        Some(likely(&self.weights, &features(&self.signs, heard, scored)?))
    }
}

/// What these features are likely to be, by these weights: a row of them a feature.
pub fn likely(weights: &[Likely], features: &[f32]) -> Likely {
    let mut likely = [0.0; CLASSES];
    for (x, row) in features.iter().zip(weights) {
        likely.iter_mut().zip(row).for_each(|(sum, weight)| *sum += x * weight);
    }
    softmax(&mut likely);
    likely
}

/// What is weighed: each sign's likelihood, the best score of each of [`SCORED`], the length in seconds, one.
pub fn features(signs: &Signs, heard: &Heard, scored: impl Fn(Command) -> Option<f32>) -> Option<Vec<f32>> {
    if heard.signs.len() != signs.tokens.len() || heard.signs.is_empty() {
        return None;
    }
    let mut features: Vec<f32> = heard.signs.iter().map(|likely| likely.max(LEAST)).collect();
    features.extend(SCORED.map(|command| scored(command).unwrap_or(CONTRADICTED).clamp(CONTRADICTED, MOST)));
    features.extend([heard.duration_ms as f32 / 1_000.0, 1.0]);
    Some(features)
}

/// Makes probabilities of log-likelihoods, whatever was added to all of them.
pub fn softmax(likely: &mut [f32]) {
    let most = likely.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    likely.iter_mut().for_each(|x| *x = (*x - most).exp());
    let sum: f32 = likely.iter().sum();
    likely.iter_mut().for_each(|x| *x /= sum);
}

fn other_names() -> Vec<String> {
    SCORED.iter().map(|command| command.name()).chain([LENGTH, ONE]).map(str::to_owned).collect()
}

fn heading_line() -> String {
    MEANINGS.iter().fold("signe".to_owned(), |line, meaning| format!("{line}\t{}", meaning.name())) + "\tautre"
}
