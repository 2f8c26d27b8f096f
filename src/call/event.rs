//! What a call is told, and what it wants done.

use std::time::Duration;

use super::{CallEnd, CallStart, Destination, Means, Message, Reason, TurnRecord};
use crate::dialogue::{Expectation, Found, Heard, PhraseScore};
use crate::turn::Verdict;

/// Numbers the utterances of a call; each early transcription has its own.
pub type TurnId = u32;
/// Numbers what the line says.
pub type SpeechId = u32;

/// What happens to a call.
#[derive(Debug, Clone)]
pub enum Input {
    Start,
    /// The caller hears us from now on.
    MediaUp,
    Voice(Verdict),
    Heard {
        turn: TurnId,
        heard: Heard,
    },
    /// The citizen wrote this, or pressed a button that says it.
    Written {
        text: String,
        means: Option<Means>,
    },
    /// The recognizer failed; the text is for the log.
    HearingFailed {
        turn: TurnId,
    },
    Found {
        turn: TurnId,
        found: Found,
    },
    Speech {
        speech: SpeechId,
        event: SpeechEvent,
    },
    SearchFailed {
        turn: TurnId,
    },
    Digit(char),
    Held,
    Retrieved,
    Transfer(Progress),
    /// The human with whom the call is bridged hung up.
    HumanGone,
    /// Why no human can be rung from now on, as it is to be said; none when they can, as at the start.
    Office {
        closed: Option<String>,
    },
    Order(Order),
    Timeout,
    /// The leg is gone: `caller`, `us`, `media_timeout`, `fault`.
    Gone {
        how: &'static str,
    },
}

/// How far something said has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeechEvent {
    /// The first audible sample leaves at `at`; `ready` is when its sound was at hand.
    FirstSound {
        at: Duration,
        ready: Duration,
    },
    /// The sentence of this index has been said to its end.
    SentenceDone(usize),
    Finished,
    /// The voice failed before the end.
    Failed,
}

/// How a hand-over goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Trying,
    /// The human speaks with the caller, and our leg will be ended.
    Accepted,
    /// The human speaks with the caller through us.
    Bridged,
    /// SIP status, 408 for none in time.
    Failed(u16),
}

/// What the house may order of a call under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// No new call is taken, and the service will stop. Whoever speaks is let speak; whoever writes is told.
    Closing,
    /// The service stops: hand over or end.
    Shutdown,
    /// Nobody can be waited for any more.
    End,
}

/// What a call wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    Answer,
    /// Transcribe the utterance as it stands.
    Transcribe {
        turn: TurnId,
        expect: Expectation,
    },
    /// The caller went on speaking: that transcription is worth nothing.
    CancelTranscription {
        turn: TurnId,
    },
    /// The utterance has been dealt with: forget its sound.
    ForgetUtterance,
    Lookup {
        turn: TurnId,
        text: String,
        confidence: f32,
        /// What the sound itself said of some entries.
        sound: Vec<PhraseScore>,
        current: Option<String>,
    },
    /// Say these sentences, after what is being said already.
    Speak {
        speech: SpeechId,
        sentences: Vec<String>,
        speed: f32,
    },
    PauseSpeaking,
    ResumeSpeaking,
    /// Stop at once and forget what was still to be said.
    StopSpeaking,
    /// Nothing is being said any more and the line listens.
    Listening,
    Transfer {
        destination: Destination,
        reason: Reason,
    },
    Record(Record),
    HangUp,
    /// The call has ended; nothing follows.
    Over,
}

/// What is kept, as it happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    Start(CallStart),
    /// The turn as known so far; a later one of the same number replaces it.
    Turn(Box<TurnRecord>),
    Message(Message),
    End(CallEnd),
}
