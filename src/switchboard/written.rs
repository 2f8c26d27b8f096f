//! One question in words, through the very call that a spoken one would go through.

use std::sync::Arc;
use std::time::Duration;

use super::look_up;
use crate::answers::Index;
use crate::call::{Call, CallStart, Input, Line, Output, Record, SpeechEvent, SpeechId, TurnId, TurnRecord};
use crate::dialogue::{Expectation, Heard};
use crate::turn::Verdict;

/// What a fresh call would do with `text` as its first words, heard with certainty.
///
/// `None` when the call would not reply at all (« euh »).
pub fn ask(line: &Arc<Line>, index: &Index, text: &str) -> Option<TurnRecord> {
    ask_heard(line, index, [Heard { text: text.to_owned(), confidence: 1.0, ..Heard::default() }])
}

/// The same with what the recognizer made of the caller's words, each time that they were said; the record of the last.
pub fn ask_heard(line: &Arc<Line>, index: &Index, heard: impl IntoIterator<Item = Heard>) -> Option<TurnRecord> {
    let mut asking = Asking::greeted(line, Some(index));
    for (time, heard) in heard.into_iter().enumerate() {
        if time > 0 {
            asking.listened();
        }
        asking.record = None;
        asking.hears(heard);
    }
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
    /// What is being heard.
    turn: TurnId,
    record: Option<TurnRecord>,
    /// What is being said.
    speech: SpeechId,
    /// Since the call began, ms.
    clock: u64,
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
        let expect = Expectation::default();
        let mut asking = Asking { call, line, index, expect, turn: 0, record: None, speech: 0, clock: 0 };
        asking.tell(Input::Start);
        asking.tell(Input::MediaUp);
        asking.listened();
        asking
    }

    /// The caller lets the line finish, and speaks.
    fn listened(&mut self) {
        self.tell(Input::Speech { speech: self.speech, event: SpeechEvent::Finished });
        self.tell(Input::Voice(Verdict::SpeechStarted));
        self.tell(Input::Voice(Verdict::Paused));
    }

    fn hears(&mut self, heard: Heard) {
        self.tell(Input::Voice(Verdict::Ended { voiced_ms: 1_000, silence_ms: 0 }));
        self.tell(Input::Heard { turn: self.turn, heard });
        // The record is written when the reply begins to sound.
        let now = Duration::from_millis(self.clock + 1);
        let begun = SpeechEvent::FirstSound { at: now, ready: now };
        self.tell(Input::Speech { speech: self.speech, event: begun });
    }

    fn tell(&mut self, input: Input) {
        self.clock += 1;
        let now = Duration::from_millis(self.clock);
        self.call.handle(input, now);
        while let Some(output) = self.call.poll_output() {
            match (output, self.index) {
                (Output::Transcribe { turn, expect }, _) => (self.turn, self.expect) = (turn, expect),
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
