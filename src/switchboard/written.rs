//! One question in words, through the very call that a spoken one would go through.

use std::sync::Arc;
use std::time::Duration;

use super::look_up;
use crate::answers::Index;
use crate::call::{Call, CallStart, Input, Line, Output, Record, SpeechEvent, SpeechId, TurnRecord};
use crate::dialogue::{Expectation, Heard};
use crate::turn::Verdict;

/// What a fresh call would do with `text` as its first words, heard with certainty.
///
/// `None` when the call would not reply at all (« euh »).
pub fn ask(line: &Arc<Line>, index: &Index, text: &str) -> Option<TurnRecord> {
    ask_heard(line, index, Heard { text: text.to_owned(), confidence: 1.0, ..Heard::default() })
}

/// The same with what the recognizer made of the caller's first words.
pub fn ask_heard(line: &Arc<Line>, index: &Index, heard: Heard) -> Option<TurnRecord> {
    let mut asking = Asking::greeted(line, Some(index));
    asking.tell(Input::Voice(Verdict::Ended { voiced_ms: 1_000, silence_ms: 0 }), 4);
    asking.tell(Input::Heard { turn: 1, heard }, 5);
    // The record is written when the reply begins to sound.
    let now = Duration::from_millis(6);
    let begun = SpeechEvent::FirstSound { at: now, ready: now };
    asking.tell(Input::Speech { speech: asking.speech, event: begun }, 6);
    asking.record
}

/// What a fresh call expects to hear first: the recognizer is asked for the same by whoever measures it.
pub fn first_expectation(line: &Arc<Line>) -> Expectation {
    Asking::greeted(line, None).expect
}

struct Asking<'a> {
    call: Call,
    line: Arc<Line>,
    index: Option<&'a Index>,
    expect: Expectation,
    record: Option<TurnRecord>,
    /// What is being said.
    speech: SpeechId,
}

impl<'a> Asking<'a> {
    /// A call whose caller has let the greeting finish and has spoken since; the words have not come yet.
    fn greeted(line: &Arc<Line>, index: Option<&'a Index>) -> Self {
        let start = CallStart {
            id: String::new(),
            at: jiff::Timestamp::UNIX_EPOCH,
            channel: "written".into(),
            from: String::new(),
            to: String::new(),
            signalling_id: String::new(),
            handover_token: String::new(),
        };
        let call = Call::new(Arc::clone(line), start);
        let line = Arc::clone(line);
        let mut asking = Asking { call, line, index, expect: Expectation::default(), record: None, speech: 0 };
        asking.tell(Input::Start, 0);
        asking.tell(Input::MediaUp, 0);
        asking.tell(Input::Speech { speech: 0, event: SpeechEvent::Finished }, 1);
        asking.tell(Input::Voice(Verdict::SpeechStarted), 2);
        asking.tell(Input::Voice(Verdict::Paused), 3);
        asking
    }

    fn tell(&mut self, input: Input, millis: u64) {
        let now = Duration::from_millis(millis);
        self.call.handle(input, now);
        while let Some(output) = self.call.poll_output() {
            match (output, self.index) {
                (Output::Transcribe { expect, .. }, _) => self.expect = expect,
                (Output::Lookup { turn, text, confidence, sound, current }, Some(index)) => {
                    let input = look_up(&self.line, index, turn, &text, confidence, &sound, current.as_deref());
                    self.call.handle(input, now);
                }
                (Output::Speak { speech, .. }, _) => self.speech = speech,
                (Output::Record(Record::Turn(turn)), _) => self.record = Some(*turn),
                _ => {}
            }
        }
    }
}
