//! What every call of the line shares: its settings, its sentences, its commands.

use std::time::Duration;

use super::exact::Exact;
use crate::dialogue::grammar::{Grammar, SoundThresholds};
use crate::dialogue::policy;
use crate::dialogue::prompts::Prompts;
use crate::hours::Hours;

/// A written conversation lasts no longer: far more than its questions take, and a place is not held for ever.
const LONGEST_WRITTEN: Duration = Duration::from_secs(2 * 3_600);

/// What is kept of a call, as the greeting says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Nothing,
    /// The words, for this many days.
    Text {
        days: u32,
    },
    /// The words for `days`, the sound for `audio_days`.
    Audio {
        days: u32,
        audio_days: u32,
    },
}

/// How the citizen and the line reach each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Medium {
    #[default]
    Voice,
    /// Words for the eye: nothing is cut for the ear, no human can be rung, and nobody is in a hurry.
    Writing,
}

/// A human who can take a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The department it serves; none serves all of them.
    pub department: Option<String>,
    /// SIP URI.
    pub uri: String,
    /// For people: « Accueil de l'état civil ».
    pub name: String,
    /// Rung outside opening hours too.
    pub always: bool,
}

/// Times and thresholds of a call.
#[derive(Debug, Clone)]
pub struct Settings {
    pub medium: Medium,
    pub policy: policy::Settings,
    pub sound: SoundThresholds,
    /// Silence before the caller is asked again. 7 s: older callers look for their papers.
    pub silence: Duration,
    /// A reply later than this is announced. 1.2 s: beyond it callers say « allô ? ».
    pub checking: Duration,
    /// Engines later than this have failed.
    pub engine_limit: Duration,
    /// An interruption without words gives the floor back after this.
    pub resume: Duration,
    /// Silence that ends a message.
    pub message_end: Duration,
    /// A longer call goes to a human.
    pub max_duration: Duration,
    /// How long a human's telephone may ring.
    pub ring_timeout: Duration,
    /// How long a caller and a human may speak through us. No part of `max_duration`.
    pub bridge_max: Duration,
    /// Below it a question not found is asked again rather than handed over.
    pub well_heard: f32,
    /// Below it words said over a reply do not interrupt it.
    pub interrupting: f32,
    /// Rate of speech, 1 the voice's own.
    pub speed: f32,
    /// The rate after « plus lentement ».
    pub slow_speed: f32,
    pub kept: Kept,
    /// In order of preference.
    pub destinations: Vec<Destination>,
    pub accept_messages: bool,
    /// When the town hall is open; none when nobody said.
    pub hours: Option<Hours>,
    /// Humans are rung outside those hours too.
    pub outside_hours: bool,
    /// Days that a message is kept, as the caller who leaves one is told.
    pub messages_days: u32,
    /// The town hall's name with its article.
    pub mairie: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            medium: Medium::Voice,
            policy: policy::Settings::default(),
            sound: SoundThresholds::default(),
            silence: Duration::from_secs(7),
            checking: Duration::from_millis(1_200),
            engine_limit: Duration::from_secs(6),
            resume: Duration::from_secs(2),
            message_end: Duration::from_millis(2_500),
            max_duration: Duration::from_secs(600),
            ring_timeout: Duration::from_secs(25),
            bridge_max: Duration::from_secs(3_600),
            well_heard: 0.5,
            interrupting: 0.3,
            speed: 1.0,
            slow_speed: 0.8,
            kept: Kept::Text { days: 30 },
            destinations: Vec::new(),
            accept_messages: true,
            hours: None,
            outside_hours: false,
            messages_days: 30,
            mairie: "la mairie".into(),
        }
    }
}

/// The line: what every call shares.
#[derive(Debug)]
pub struct Line {
    pub settings: Settings,
    pub prompts: Prompts,
    /// The commands.
    pub grammar: Grammar,
    /// Telephone numbers, names, dates.
    pub exact: Exact,
}

impl Line {
    /// The same line for whoever writes: its sentences for the eye, and a silence of minutes. `idle` without a word closes
    /// the conversation.
    pub fn written(&self, idle: Duration) -> Self {
        let settings = Settings {
            medium: Medium::Writing,
            // It is announced half-way.
            silence: idle / 2,
            max_duration: LONGEST_WRITTEN,
            // Nobody is rung: they are all written to.
            destinations: Vec::new(),
            ..self.settings.clone()
        };
        let prompts = self.prompts.for_the_eye();
        Self { settings, prompts, grammar: self.grammar.clone(), exact: self.exact.clone() }
    }

    /// What whoever calls or writes from a browser reads beforehand: what answers, and what is kept of it.
    pub fn notice(&self) -> Vec<String> {
        let say = |key: &str, variables: &[(&str, &str)]| self.prompts.say(key, 0, variables);
        vec![say("written.notice", &[("mairie", &self.settings.mairie)]), self.kept()]
    }

    /// What is kept of a call.
    fn kept(&self) -> String {
        let say = |key: &str, variables: &[(&str, &str)]| self.prompts.say(key, 0, variables);
        match self.settings.kept {
            Kept::Nothing => say("greeting.kept_nothing", &[]),
            Kept::Text { days } => say("greeting.kept_text", &[("days", &days.to_string())]),
            Kept::Audio { days, audio_days } => {
                say("greeting.kept_audio", &[("days", &days.to_string()), ("audio_days", &audio_days.to_string())])
            }
        }
    }

    /// The greeting's sentences, and whether each is protected from interruption (the legal notice is).
    pub fn greeting(&self) -> Vec<(String, bool)> {
        let say = |key: &str, variables: &[(&str, &str)]| self.prompts.say(key, 0, variables);
        if self.settings.medium == Medium::Writing {
            let two = |one: String, other: String| (format!("{one} {other}"), false);
            return vec![
                two(say("greeting.welcome", &[("mairie", &self.settings.mairie)]), say("greeting.automatic", &[])),
                (self.kept(), false),
                two(say("greeting.human", &[]), say("greeting.question", &[])),
            ];
        }
        vec![
            (say("greeting.welcome", &[("mairie", &self.settings.mairie)]), true),
            (say("greeting.automatic", &[]), true),
            (self.kept(), true),
            (say("greeting.human", &[]), false),
            (say("greeting.question", &[]), false),
        ]
    }
}
