//! The spoken commands, as data: what a caller may say at any time, and how it is recognised
//! in the words that were heard and in the sound itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::danger::Dangers;
use super::ear::Ear;
use super::words::{find, pattern, trimmed, words};
use super::{Phrase, Signs};

mod sound;

pub use sound::SoundThresholds;

/// What a caller's utterance asks of the line, when it is not a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    Agent,
    Repeat,
    Slower,
    Goodbye,
    Yes,
    No,
    Help,
    /// « J'ai une autre question », without asking it.
    Another,
    First,
    Second,
    Third,
    /// Danger to someone's life: the right number, then a human, at once.
    Distress(Danger),
    /// « Bonjour », « allô ? »: nothing is asked yet.
    Greeting,
    /// « Hm hm », « d'accord »: the caller follows; nothing is asked.
    Backchannel,
}

impl Command {
    /// Its name in the grammar file.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, command)| *command == self).map_or("", |(name, _)| name)
    }

    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, command)| *command)
    }
}

/// What someone is in danger of; each has its sentence, `distress.…` in the prompts file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Danger {
    Suicide,
    Medical,
    Fire,
    Violence,
    /// A child ill-treated or abused.
    Child,
    Other,
}

impl Danger {
    pub const ALL: [Danger; 6] =
        [Danger::Suicide, Danger::Medical, Danger::Fire, Danger::Violence, Danger::Child, Danger::Other];

    /// The key of its sentence.
    pub fn prompt(self) -> &'static str {
        match self {
            Self::Suicide => "distress.suicide",
            Self::Medical => "distress.medical",
            Self::Fire => "distress.fire",
            Self::Violence => "distress.violence",
            Self::Child => "distress.child",
            Self::Other => "distress.other",
        }
    }
}

/// Each command's name in the grammar file.
const NAMES: &[(&str, Command)] = &[
    ("agent", Command::Agent),
    ("repeat", Command::Repeat),
    ("slower", Command::Slower),
    ("goodbye", Command::Goodbye),
    ("yes", Command::Yes),
    ("no", Command::No),
    ("help", Command::Help),
    ("another", Command::Another),
    ("first", Command::First),
    ("second", Command::Second),
    ("third", Command::Third),
    ("distress.suicide", Command::Distress(Danger::Suicide)),
    ("distress.medical", Command::Distress(Danger::Medical)),
    ("distress.fire", Command::Distress(Danger::Fire)),
    ("distress.violence", Command::Distress(Danger::Violence)),
    ("distress.child", Command::Distress(Danger::Child)),
    ("distress.other", Command::Distress(Danger::Other)),
    ("greeting", Command::Greeting),
    ("backchannel", Command::Backchannel),
];

/// Letters of a wording for each one that may be wrong in what was heard: « par les plus lentement ».
const LETTERS_AN_ERROR: usize = 7;
/// Shorter wordings, in letters, have too many neighbours.
const SHORTEST_NEAR: usize = 8;
/// Table of the words that only surround what is meant.
const FILLER: &str = "filler";
/// Table of what resembles a danger and is none.
const NO_DANGER: &str = "distress_not";

/// The commands' wordings.
#[derive(Debug, Clone)]
pub struct Grammar {
    rules: Vec<Rule>,
    fillers: Vec<Vec<String>>,
    dangers: Dangers,
    ear: Option<Arc<Ear>>,
}

#[derive(Debug, Clone)]
struct Rule {
    command: Command,
    name: String,
    /// Folded words of each wording, the misheard spellings included.
    wordings: Vec<Vec<String>>,
    within: Vec<Vec<String>>,
    phrases: Vec<String>,
}

impl Rule {
    fn phrases(&self) -> impl Iterator<Item = Phrase> {
        self.phrases.iter().map(|text| Phrase { meaning: self.name.clone(), text: text.clone() })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("ligne {line} : {problem}")]
pub struct GrammarFault {
    pub line: usize,
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    /// As people say it.
    #[serde(default)]
    variants: Vec<String>,
    /// What means the command even inside a longer sentence.
    #[serde(default)]
    within: Vec<String>,
    /// As the recognizer misspells it.
    #[serde(default)]
    misheard: Vec<String>,
    /// To be scored on the sound.
    #[serde(default)]
    phrases: Vec<String>,
}

impl Grammar {
    /// Reads the grammar file's text: a table a command, with `variants`, `misheard` and `phrases`.
    ///
    /// # Errors
    /// Invalid TOML, an unknown command or key, with the line.
    pub fn parse(source: &str) -> Result<Self, GrammarFault> {
        let tables: BTreeMap<String, RuleText> = read(source)?;
        let mut grammar = Self { rules: Vec::new(), fillers: Vec::new(), dangers: Dangers::default(), ear: None };
        for (name, text) in tables {
            let texts = || text.variants.iter().chain(&text.misheard);
            let wordings = || texts().map(|wording| pattern(wording)).collect::<Vec<_>>();
            let command = NAMES.iter().find(|(known, _)| *known == name).map(|(_, command)| *command);
            let impossible = |wording: String| impossible(&wording, source);
            match (name.as_str(), command) {
                (FILLER, _) => grammar.fillers = wordings(),
                (NO_DANGER, _) => grammar.dangers.add_harmless(texts()).map_err(impossible)?,
                (_, None) => return Err(unknown(&name, source)),
                (_, Some(command)) => {
                    if let Command::Distress(danger) = command {
                        grammar.dangers.add(danger, texts()).map_err(impossible)?;
                    }
                    let spoken = if matches!(command, Command::Distress(_)) { Vec::new() } else { wordings() };
                    let within = text.within.iter().map(|w| pattern(w)).collect();
                    grammar.rules.push(Rule { command, wordings: spoken, within, phrases: text.phrases.clone(), name });
                }
            }
        }
        Ok(grammar)
    }

    /// Also tells short answers apart by what the recognizer would write first.
    pub fn with_ear(self, ear: Ear) -> Self {
        Self { ear: Some(Arc::new(ear)), ..self }
    }

    /// What the hearing must measure for it.
    pub fn signs(&self) -> Option<Arc<Signs>> {
        self.ear.as_ref().map(|ear| Arc::clone(ear.signs()))
    }

    /// The phrases to score on the sound: those that answer what was asked and those that make sense at any time. What
    /// the sound contradicts from its first word costs nothing.
    pub fn phrases(&self, expected: &[Command], always: &[Command]) -> Vec<Phrase> {
        let wanted = |rule: &&Rule| expected.contains(&rule.command) || always.contains(&rule.command);
        self.rules.iter().filter(wanted).flat_map(Rule::phrases).collect()
    }

    /// The command that the words are, if they are one.
    ///
    /// Danger is looked for anywhere in the sentence. Any other command must be all that was said, polite
    /// and hesitating words aside, unless its wording is one that may stand `within` a longer sentence.
    pub fn by_words(&self, text: &str) -> Option<Command> {
        let all = words(text);
        if let Some(danger) = self.dangers.told(&all) {
            return Some(Command::Distress(danger));
        }
        let bare = trimmed(&all, &self.fillers);
        if bare.is_empty() {
            return (!all.is_empty()).then(|| self.only_fillers(&all));
        }
        let whole = |rule: &&Rule| rule.wordings.iter().any(|wording| *wording == all || wording == bare);
        let inside = |rule: &&Rule| rule.within.iter().any(|wording| find(&all, wording).is_some());
        self.rules.iter().find(whole).or_else(|| self.rules.iter().find(inside)).map(|rule| rule.command)
    }

    /// The command whose wording the words are but for a few letters, as when they were misheard; never danger.
    pub fn nearly_by_words(&self, text: &str) -> Option<Command> {
        let all = words(text);
        let bare = trimmed(&all, &self.fillers);
        // A breath before the first word is heard as « a », « et », « un ».
        let after_breath = bare.split_first().filter(|(first, _)| first.len() <= 2).map(|(_, rest)| rest.concat());
        let said: Vec<String> = [Some(bare.concat()), after_breath].into_iter().flatten().collect();
        let near = |wording: &Vec<String>| {
            let wording = wording.concat();
            let length = wording.chars().count();
            let most = length / LETTERS_AN_ERROR;
            let close = |said: &String| {
                length.abs_diff(said.chars().count()) <= most && strsim::levenshtein(&wording, said) <= most
            };
            length >= SHORTEST_NEAR && said.iter().any(close)
        };
        let harmless = |rule: &&Rule| !matches!(rule.command, Command::Distress(_));
        self.rules.iter().filter(harmless).find(|rule| rule.wordings.iter().any(near)).map(|rule| rule.command)
    }

    /// « Bonjour » greets; « euh » and « d'accord » ask for nothing.
    fn only_fillers(&self, all: &[String]) -> Command {
        let known = |command| {
            self.rules
                .iter()
                .filter(move |rule| rule.command == command)
                .any(|rule| rule.wordings.iter().any(|wording| wording == all))
        };
        [Command::Greeting, Command::Yes].into_iter().find(|c| known(*c)).unwrap_or(Command::Backchannel)
    }
}

fn impossible(wording: &str, source: &str) -> GrammarFault {
    GrammarFault {
        line: source.lines().position(|line| line.contains(wording)).map_or(0, |n| n + 1),
        problem: format!(
            "le motif « {wording} » ne peut jamais être entendu. Remède : un mot à la fois, sans apostrophe ni trait d'union"
        ),
    }
}

/// Reads a file of `grammars/`.
///
/// # Errors
/// Invalid TOML, an unknown or wrong key, with the line.
pub fn read<T: DeserializeOwned>(source: &str) -> Result<T, GrammarFault> {
    toml::from_str(source).map_err(|error| GrammarFault {
        line: error
            .span()
            .map_or(0, |span| source.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1)),
        problem: error.message().to_owned(),
    })
}

fn unknown(name: &str, source: &str) -> GrammarFault {
    let header = |line: &str| line.trim().trim_matches(['[', ']', '"']) == name;
    GrammarFault {
        line: source.lines().position(header).map_or(0, |n| n + 1),
        problem: format!(
            "la commande « {name} » est inconnue. Commandes possibles : {}.",
            NAMES.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ")
        ),
    }
}
