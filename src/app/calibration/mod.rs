//! Fitting how sure the line is: on the base's own questions, on questions whose answer is known, on questions from
//! elsewhere, and on all of them as they are heard through the telephone.
//!
//! What was heard is kept in a file of its own ([`HeardFile`]), so that a fit can be made again, and be checked,
//! without speaking. [`Calibration::run`] fits, and judges the fit by cross-validation: every probability of the diagrams was
//! given by weights that never saw its question, written or heard.

mod document;
mod heard;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use sha2::{Digest, Sha256};

pub use document::write as write_document;
pub use heard::{HeardFile, HeardQuestion};

use super::base::first_versions;
use super::evaluation::{self, Calibration as Diagram, Question};
use super::spoken::{Condition, Noise};
use super::{language, read_folder, variables};
use crate::answers::calibrate::{self, Example, Fitted, own_examples, predictions};
use crate::answers::confidence::{Confidence, Temper, Tempering, VERSION, Weights};
use crate::answers::{Entry, Hidden, Index, LanguageData, Status, Versioned};
use crate::config::Config;
use crate::dialogue::Human;

/// A whole entry is hidden as often as a question, and callers seldom ask what looks like the base and is not in it.
const HIDDEN_ENTRY_WEIGHT: f32 = 0.02;
/// Questions that people wrote are what calls are like: each counts for ten of the base's own, which are
/// harder: many of them are there to tell neighbours apart.
const QUESTION_WEIGHT: f32 = 40.0;
/// Questions from elsewhere are few, and answering one is the worst mistake: one example in six.
const OUTSIDE_WEIGHT: f32 = 12.0;
/// What only a human treats is written to be recognised in every wording, harder than what callers ask.
const HUMAN_WEIGHT: f32 = 0.3;
/// A question heard says the same as written, under other conditions.
const HEARD_WEIGHT: f32 = 0.7;
/// Parts of a cross-validation.
const FOLDS: u64 = 5;

/// The files a fit is made from, in the `calibration` folder of the search's language.
#[derive(Debug, Clone)]
pub struct Files {
    pub questions: PathBuf,
    pub outside: PathBuf,
    pub heard: PathBuf,
    pub confidence: PathBuf,
}

impl Files {
    pub fn of(config: &Config) -> Self {
        let folder = config.answers.language.join("calibration");
        Files {
            questions: folder.join("questions.tsv"),
            outside: folder.join("outside.txt"),
            heard: folder.join("heard.tsv"),
            confidence: config.answers.language.join("confidence.toml"),
        }
    }
}

/// Everything that is known before anything is heard.
pub struct Known {
    pub base: Vec<Entry>,
    pub questions: Vec<Question>,
    pub outside: Vec<String>,
    pub index: Arc<Index>,
    language: Arc<LanguageData>,
}

impl Known {
    /// Reads the folder of answers and the calibration's files.
    ///
    /// # Errors
    /// Whatever is missing or wrong in one of them, with its file.
    pub fn read(config: &Config, files: &Files) -> anyhow::Result<Self> {
        let base: Vec<Entry> = read_folder(config, &config.answers.folder)?
            .into_iter()
            .filter(|entry| entry.status == Status::Published)
            .collect();
        let questions = evaluation::read(&files.questions).with_context(|| files.questions.display().to_string())?;
        let outside = read_lines(&files.outside)?;
        let language = Arc::new(language(config)?);
        let index =
            Index::build(&first_versions(&base), &variables(config), Arc::clone(&language), super::searching(config)?)?;
        Ok(Known { base, questions, outside, index, language })
    }

    /// What the fit learns from: everything written, then everything heard whose written form is still there.
    pub fn examples(&self, heard: &HeardFile) -> Vec<Example> {
        let mut examples = own_examples(&self.base, HIDDEN_ENTRY_WEIGHT);
        for example in &mut examples {
            if let Hidden::Question(rank, _) | Hidden::Entry(rank) = example.hidden
                && self.base[rank].human.is_some()
            {
                example.weight *= HUMAN_WEIGHT;
            }
        }
        // Whatever entry that a human treats is recognised, the call goes where it should, danger aside.
        let distress = |entry: &Entry| matches!(entry.human, Some(Human::Distress(_)));
        let all = |wanted: &dyn Fn(&Entry) -> bool| -> Vec<String> {
            self.base.iter().filter(|entry| wanted(entry)).map(|entry| entry.id.clone()).collect()
        };
        let human = all(&|entry| entry.human.is_some() && !distress(entry));
        let danger = all(&distress);
        for text in &self.outside {
            examples.push(Example { weight: OUTSIDE_WEIGHT, ..Example::written(text, human.clone()) });
        }
        for question in self.questions.iter().filter(|question| !question.expected.clarify) {
            let mut right = all(&|entry| question.expected.is_met_by(&entry.id, &entry.service_public));
            if question.expected.escalate {
                right.extend_from_slice(if question.kind == "distress" { &danger } else { &human });
            }
            examples.push(Example { weight: QUESTION_WEIGHT, ..Example::written(&question.text, right) });
        }
        let mut written: HashMap<&str, Vec<usize>> = HashMap::new();
        for (rank, example) in examples.iter().enumerate() {
            written.entry(&example.text).or_default().push(rank);
        }
        let mut spoken = Vec::new();
        for question in heard.questions.iter().filter(|question| !question.heard.is_empty()) {
            for rank in written.get(question.asked.as_str()).into_iter().flatten() {
                let example = &examples[*rank];
                spoken.push(Example {
                    text: question.heard.clone(),
                    hearing_confidence: question.confidence,
                    acoustic: question.sound.clone(),
                    weight: example.weight * HEARD_WEIGHT,
                    ..example.clone()
                });
            }
        }
        examples.extend(spoken);
        examples
    }

    /// The base as an index takes it.
    pub fn versioned(&self) -> Vec<Versioned> {
        first_versions(&self.base)
    }

    /// Whether a question is still one of those written.
    pub fn holds(&self, text: &str) -> bool {
        self.outside.iter().chain(self.base.iter().flat_map(|entry| &entry.questions)).any(|known| known == text)
            || self.questions.iter().any(|question| question.text == text)
    }

    /// The questions to speak, each with its condition: those whose answer is known in two, the base's own and those
    /// from elsewhere in one. At most `sample`, drawn always alike, so that a longer run takes up a shorter one's.
    pub fn to_speak(&self, sample: usize) -> Vec<(String, String, Condition)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for question in self.questions.iter().filter(|question| !question.expected.clarify) {
            all.extend([(question.id.clone(), question.text.clone()), (question.id.clone(), question.text.clone())]);
        }
        let mut rest: Vec<(String, String)> =
            self.outside.iter().map(|text| ("outside".to_owned(), text.clone())).collect();
        for entry in &self.base {
            rest.extend(entry.questions.iter().map(|text| (entry.id.clone(), text.clone())));
        }
        rest.sort_by_key(|(_, text)| drawn(text));
        all.extend(rest);
        all.truncate(sample);
        let conditions = conditions();
        let mut times: HashMap<String, usize> = HashMap::new();
        all.into_iter()
            .map(|(key, text)| {
                let time = times.entry(text.clone()).or_default();
                let condition = conditions[(drawn(&text) as usize + *time) % conditions.len()].clone();
                *time += 1;
                (key, text, condition)
            })
            .collect()
    }
}

/// Who calls, and from where: speeds and pitches of people, a quiet room, a street, a waiting room.
fn conditions() -> Vec<Condition> {
    let one = |speed: f32, pitch: f32, noise: Option<(Noise, f32)>| Condition { speed, pitch, noise };
    vec![
        one(1.0, 1.0, None),
        one(1.15, 1.0, Some((Noise::Pink, 20.0))),
        one(0.9, 0.85, None),
        one(1.0, 1.12, Some((Noise::Babble, 18.0))),
        one(1.1, 0.92, Some((Noise::Pink, 15.0))),
        one(0.95, 1.05, Some((Noise::White, 20.0))),
    ]
}

/// A number that only depends on the text, spread evenly.
fn drawn(text: &str) -> u64 {
    let digest = Sha256::digest(text);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn read_lines(file: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} : fichier illisible", file.display()))?;
    let kept = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(kept.map(str::to_owned).collect())
}

/// A fit and what it is worth.
pub struct Calibration {
    pub fitted: Fitted,
    pub written: usize,
    pub heard: usize,
    /// Reliability, by cross-validation, of what was written and of what was heard.
    pub reliable_written: Diagram,
    pub reliable_heard: Diagram,
}

impl Calibration {
    /// # Errors
    /// A failure of the index.
    pub fn run(known: &Known, heard: &HeardFile, mut progress: impl FnMut(usize, usize)) -> anyhow::Result<Self> {
        let settings = calibrate::Settings::default();
        let examples = known.examples(heard);
        let origins = origins(heard);
        let (mut written, mut spoken) = (Vec::new(), Vec::new());
        let steps = FOLDS as usize + 1;
        for fold in 0..FOLDS {
            progress(fold as usize, steps);
            let part = |example: &Example| {
                drawn(origins.get(example.text.as_str()).copied().unwrap_or(example.text.as_str())) % FOLDS
            };
            let (judged, learned): (Vec<Example>, Vec<Example>) =
                examples.iter().cloned().partition(|example| part(example) == fold);
            let fitted = calibrate::fit(&known.index, &learned, &settings)?;
            // What hides something teaches; the probabilities are promised to callers, who hide nothing.
            let real: Vec<Example> =
                judged.into_iter().filter(|example| matches!(example.hidden, Hidden::Nothing)).collect();
            for (example, outcome) in real.iter().zip(predictions(&known.index, &real, &fitted)?) {
                if let Some(outcome) = outcome {
                    let heard = origins.contains_key(example.text.as_str()) && example.hearing_confidence < 1.0;
                    if heard { &mut spoken } else { &mut written }.push(outcome);
                }
            }
        }
        progress(FOLDS as usize, steps);
        let fitted = calibrate::fit(&known.index, &examples, &settings)?;
        progress(steps, steps);
        let heard_count = examples.iter().filter(|example| example.hearing_confidence < 1.0).count();
        Ok(Calibration {
            fitted,
            written: examples.len() - heard_count,
            heard: heard_count,
            reliable_written: Diagram::of(&written),
            reliable_heard: Diagram::of(&spoken),
        })
    }

    /// The parameters file's text; the second table is kept as it was.
    ///
    /// # Errors
    /// Numbers that TOML cannot hold.
    pub fn parameters(&self, known: &Known, date: jiff::civil::Date) -> anyhow::Result<String> {
        let rounded = self.fitted.weights.to_array().map(|weight| (weight * 100.0).round() / 100.0);
        let parameters = Confidence {
            version: VERSION,
            fitted_on: format!(
                "{date} : base de {} réponses, {} exemples écrits, {} entendus",
                known.base.len(),
                self.written,
                self.heard
            ),
            weights: Weights::from_array(rounded),
            tempering: Tempering {
                written: two_digits(self.fitted.tempering.written),
                heard: two_digits(self.fitted.tempering.heard),
            },
            priors: known.language.confidence.priors,
        };
        Ok(format!("{HEADER}{}", toml::to_string(&parameters)?))
    }
}

const HEADER: &str = "# Ce que chaque indice apporte à la certitude : des log-cotes contre « rien ne convient ». Voir src/answers/confidence.rs.
# Les poids viennent de « standardiste answers calibrate » ; ne changez à la main que les valeurs de la table [priors].

";

fn two_digits(temper: Temper) -> Temper {
    let rounded = |number: f32| (number * 100.0).round() / 100.0;
    Temper { scale: rounded(temper.scale), shift: rounded(temper.shift) }
}

/// The written question of each text heard.
fn origins(heard: &HeardFile) -> HashMap<&str, &str> {
    heard.questions.iter().map(|question| (question.heard.as_str(), question.asked.as_str())).collect()
}
