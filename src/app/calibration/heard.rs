//! What was heard of the calibration's questions: a file under version control, one line a question and condition.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;

const HEADER: &str = "key\tcondition\tconfidence\tasked\tsound\theard";

/// One question spoken and heard.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardQuestion {
    /// The entry it is a way of asking of, the question's identifier, or `outside`.
    pub key: String,
    /// As [`Condition::name`](crate::app::spoken::Condition::name) writes it.
    pub condition: String,
    /// 0 to 1, in thousandths.
    pub confidence: f32,
    /// The words spoken.
    pub asked: String,
    /// What the sound says of the entries whose words it may be: their identifiers, and log-likelihood ratios as in
    /// [`PhraseScore`](crate::dialogue::PhraseScore), in hundredths.
    pub sound: Vec<(String, f32)>,
    /// The words heard; empty when nothing was.
    pub heard: String,
}

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeardFile {
    pub questions: Vec<HeardQuestion>,
}

impl HeardFile {
    /// Reads the file; one that is not there is empty.
    ///
    /// # Errors
    /// A line that is not of this form, with its number.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        match std::fs::read_to_string(file) {
            Ok(text) => Self::parse(&text).with_context(|| file.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| file.display().to_string()),
        }
    }

    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let mut questions = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            let fields: Vec<&str> = line.split('\t').collect();
            if at == 0 {
                anyhow::ensure!(line == HEADER, "la première ligne doit être « {} »", HEADER.replace('\t', ", "));
                continue;
            }
            let [key, condition, confidence, asked, sound, heard] = fields[..] else {
                anyhow::bail!("ligne {} : six colonnes attendues, {} lues", at + 1, fields.len());
            };
            let judged = |part: &str| {
                let (entry, score) = part.split_once('=')?;
                Some((entry.to_owned(), score.parse().ok()?))
            };
            let sound: Option<Vec<(String, f32)>> = sound.split_whitespace().map(judged).collect();
            let sound =
                sound.with_context(|| format!("ligne {} : la colonne « sound » s'écrit « démarche=1.25 »", at + 1))?;
            let confidence: f32 = confidence
                .parse()
                .ok()
                .filter(|confidence| (0.0..=1.0).contains(confidence))
                .with_context(|| format!("ligne {} : « {confidence} » n'est pas une confiance de 0 à 1", at + 1))?;
            questions.push(HeardQuestion {
                key: key.to_owned(),
                condition: condition.to_owned(),
                confidence,
                asked: asked.to_owned(),
                sound,
                heard: heard.to_owned(),
            });
        }
        Ok(HeardFile { questions })
    }

    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        let plain = |field: &str| field.split_whitespace().collect::<Vec<_>>().join(" ");
        for question in &self.questions {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{}\t{}\t{:.3}\t{}\t{}\t{}",
                plain(&question.key),
                question.condition,
                question.confidence,
                question.asked,
                question.sound.iter().map(|(entry, score)| format!("{entry}={score:.2}")).collect::<Vec<_>>().join(" "),
                plain(&question.heard)
            );
        }
        text
    }
}
