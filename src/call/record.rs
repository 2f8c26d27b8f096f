//! What a reader of the transcript sees: the shapes that are kept of a call, and printed by `call --json`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::redaction::Kind;

/// The start of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallStart {
    /// UUIDv7, ours; never the signalling's.
    pub id: String,
    pub at: Timestamp,
    /// `sip`, `webrtc`, `written`, `scripted`.
    pub channel: String,
    /// Who called, as the signalling said it.
    pub from: String,
    pub to: String,
    /// The SIP `Call-ID`.
    pub signalling_id: String,
    /// Unguessable; opens the hand-over summary to the human who takes the call.
    pub handover_token: String,
}

/// What was decided about one utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The entry's words are spoken.
    Answer,
    /// « Vous demandez bien… ? »
    Confirm,
    /// Two or three named choices.
    Clarify,
    /// A human takes over.
    Escalate,
    /// A command or a reply to our own question: repeat, slower, yes, no, goodbye.
    Command,
    /// Nothing was understood; the caller is asked again.
    Reprompt,
}

/// Why it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The probability is high enough.
    Sure,
    /// The caller said yes to our question.
    Confirmed,
    /// The caller named one of the choices.
    Chosen,
    /// A follow-up of the entry just answered.
    FollowUp,
    /// Probable, but not enough to answer without asking.
    HalfSure,
    /// Two entries are too close.
    Ambiguous,
    LowConfidence,
    /// The caller asked for a human, by voice or by key.
    Requested,
    RepeatedFailure,
    Distress,
    /// A private matter, which only a human may treat.
    Private,
    /// Another service's business.
    Elsewhere,
    OutOfHours,
    EngineFault,
    /// The call has lasted as long as it may.
    TooLong,
    /// Silence after the second reprompt.
    Silence,
    /// The service is shutting down.
    Shutdown,
    NotHeard,
    Repeat,
    Slower,
    Yes,
    No,
    Goodbye,
    NextQuestion,
    /// Part of a message for staff.
    Message,
}

/// Milliseconds of each step between the end of the caller's speech and the first sound of the reply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stages {
    /// Silence waited before the turn was called over.
    pub end_of_turn: Option<u32>,
    /// The recognizer's own time.
    pub asr: Option<u32>,
    /// What was left to wait of it once the turn was over.
    pub asr_wait: Option<u32>,
    pub search: Option<u32>,
    /// Until the first sentence's sound was at hand (0 to 2 when cached).
    pub tts: Option<u32>,
    /// From the sound at hand to its first audible sample, what was still being said included.
    pub playout: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnCandidate {
    pub entry: String,
    pub service_public: Vec<String>,
    pub probability: f32,
}

/// One turn: what the caller said, what was made of it, what was replied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnRecord {
    /// From 1 within the call.
    pub turn: u32,
    pub at: Timestamp,
    /// What was heard, or the key pressed (« touche 0 »); empty for silence.
    pub heard: String,
    /// Probability of each word, in order.
    pub word_probabilities: Vec<(String, f32)>,
    pub hearing_confidence: Option<f32>,
    pub decision: Decision,
    pub entry: Option<String>,
    pub version: Option<u32>,
    pub service_public: Vec<String>,
    pub probability: Option<f32>,
    pub reason: Reason,
    pub candidates: Vec<TurnCandidate>,
    /// The words spoken, or the part of them that was heard before an interruption.
    pub said: String,
    /// The caller spoke over the reply.
    pub interrupted: bool,
    /// From the end of the caller's speech to the first audible sample of the reply; none when nothing was said.
    pub voice_to_voice_ms: Option<u32>,
    pub stages: Stages,
    /// Words of `heard` and `said` that the call knows to be personal, because it asked for them. Never written.
    #[serde(skip)]
    pub personal: Vec<(Kind, String)>,
}

/// How a human got the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The caller's side rang the human, and our leg ended.
    Refer,
    /// We rang the human, and stayed between the two.
    Bridge,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallEnd {
    pub at: Timestamp,
    /// `caller`, `us`, `handed_over`, `media_timeout`, `fault`, `interrupted`.
    pub how: String,
    /// Why a human took over, when one did.
    pub handed_over: Option<Reason>,
    /// The destination that answered.
    pub destination: Option<String>,
    /// How it got the call; none when nobody did.
    #[serde(default)]
    pub way: Option<Way>,
}

/// A message left for staff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub call: String,
    pub at: Timestamp,
    /// Who left it, as heard or spelled; empty when not said.
    pub name: String,
    /// The caller has heard the name read back and said yes.
    pub name_confirmed: bool,
    /// The number to call back: as the caller gave it, else as the signalling did. In writing it may be an e-mail address.
    pub number: String,
    /// The caller has heard the number and said yes.
    pub number_confirmed: bool,
    /// What it is about, in the words heard.
    pub text: String,
}
