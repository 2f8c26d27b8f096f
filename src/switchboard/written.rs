//! One written question, through the very call that a spoken one would go through.

use std::sync::Arc;
use std::time::Duration;

use super::look_up;
use crate::answers::Index;
use crate::call::{Call, CallStart, Input, Line, Output, Record, SpeechEvent, SpeechId, TurnRecord};
use crate::dialogue::Heard;
use crate::turn::Verdict;

/// What a fresh call would do with `text` as its first words, heard with certainty.
///
/// `None` when the call would not reply at all (« euh »).
pub fn ask(line: &Arc<Line>, index: &Index, text: &str) -> Option<TurnRecord> {
    let start = CallStart {
        id: String::new(),
        at: jiff::Timestamp::UNIX_EPOCH,
        channel: "written".into(),
        from: String::new(),
        to: String::new(),
        signalling_id: String::new(),
        handover_token: String::new(),
    };
    let mut asking = Asking { call: Call::new(Arc::clone(line), start), line, index, record: None, speech: 0 };
    asking.tell(Input::Start, 0);
    asking.tell(Input::MediaUp, 0);
    // The caller lets the greeting finish.
    asking.tell(Input::Speech { speech: 0, event: SpeechEvent::Finished }, 1);
    asking.tell(Input::Voice(Verdict::SpeechStarted), 2);
    asking.tell(Input::Voice(Verdict::Paused), 3);
    asking.tell(Input::Voice(Verdict::Ended { voiced_ms: 1_000, silence_ms: 0 }), 4);
    let heard = Heard { text: text.to_owned(), confidence: 1.0, ..Heard::default() };
    asking.tell(Input::Heard { turn: 1, heard }, 5);
    // The record is written when the reply begins to sound.
    let now = Duration::from_millis(6);
    let begun = SpeechEvent::FirstSound { at: now, ready: now };
    asking.tell(Input::Speech { speech: asking.speech, event: begun }, 6);
    asking.record
}

struct Asking<'a> {
    call: Call,
    line: &'a Line,
    index: &'a Index,
    record: Option<TurnRecord>,
    /// What is being said.
    speech: SpeechId,
}

impl Asking<'_> {
    fn tell(&mut self, input: Input, millis: u64) {
        let now = Duration::from_millis(millis);
        self.call.handle(input, now);
        while let Some(output) = self.call.poll_output() {
            match output {
                Output::Lookup { turn, text, confidence, current } => {
                    let input = look_up(self.line, self.index, turn, &text, confidence, current.as_deref());
                    self.call.handle(input, now);
                }
                Output::Speak { speech, .. } => self.speech = speech,
                Output::Record(Record::Turn(turn)) => self.record = Some(*turn),
                _ => {}
            }
        }
    }
}
