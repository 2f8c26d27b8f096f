//! What the line is saying, how far it has come, and what the caller heard of it.

use std::collections::VecDeque;
use std::time::Duration;

use super::timer::Timer;
use super::written::CLOSING;
use super::{Call, Medium, Output, Record, SpeechEvent, SpeechId, State};
use crate::french;

/// What a speech is for, which says what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// An answer, a question, the greeting: then the line listens.
    Reply,
    /// « Un instant, je vérifie. »: the reply is still to come.
    Filler,
    /// Said before a human is rung.
    Announcement,
    /// The last words: then the line hangs up.
    Farewell,
}

#[derive(Debug)]
struct Speaking {
    id: SpeechId,
    /// Each sentence, and whether it may not be interrupted.
    sentences: Vec<(String, bool)>,
    /// Sentences said to their end.
    done: usize,
    purpose: Purpose,
}

#[derive(Debug, Default)]
pub(super) struct Mouth {
    queue: VecDeque<Speaking>,
    paused: bool,
    next: SpeechId,
}

impl Mouth {
    pub fn is_speaking(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether more than « un instant » is being said.
    pub fn is_replying(&self) -> bool {
        self.queue.iter().any(|s| s.purpose != Purpose::Filler)
    }

    pub fn is_paused(&self) -> bool {
        self.paused
    }

    pub fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Whether the sentence being said may not be interrupted.
    pub fn is_protected(&self) -> bool {
        self.queue.front().and_then(|s| s.sentences.get(s.done)).is_some_and(|(_, protected)| *protected)
    }

    /// The words said so far, the sentence under way included; `None` when nothing was begun.
    fn begun(&self) -> Option<String> {
        let speaking = self.queue.iter().find(|s| s.purpose != Purpose::Filler)?;
        let words: Vec<&str> = speaking.sentences.iter().take(speaking.done + 1).map(|(s, _)| s.as_str()).collect();
        Some(words.join(" "))
    }
}

impl Call {
    /// Says `texts` after what is being said already; each is cut into sentences.
    pub(super) fn speak(&mut self, purpose: Purpose, texts: Vec<(String, bool)>) {
        let sentences: Vec<(String, bool)> =
            texts.iter().flat_map(|(text, protected)| self.pieces(text).into_iter().map(|s| (s, *protected))).collect();
        self.timers.cancel(Timer::Silence);
        if purpose != Purpose::Filler {
            self.timers.cancel(Timer::Checking);
            self.timers.cancel(Timer::EngineLimit);
            let said = sentences.iter().map(|(s, _)| s.as_str()).collect::<Vec<_>>().join(" ");
            if let Some(record) = &mut self.record {
                record.said = if record.said.is_empty() { said } else { format!("{} {said}", record.said) };
            }
        }
        let id = self.mouth.next;
        self.mouth.next += 1;
        self.out(Output::Speak {
            speech: id,
            sentences: sentences.iter().map(|(s, _)| s.clone()).collect(),
            speed: self.speed,
        });
        self.mouth.queue.push_back(Speaking { id, sentences, done: 0, purpose });
    }

    /// A text as it is said: cut for the ear, or whole for the eye.
    fn pieces(&self, text: &str) -> Vec<String> {
        match self.line.settings.medium {
            Medium::Voice => french::sentences(text),
            Medium::Writing => vec![text.to_owned()],
        }
    }

    pub(super) fn say(&mut self, key: &str, variables: &[(&str, &str)]) {
        let sentence = self.prompt(key, variables);
        self.speak(Purpose::Reply, vec![(sentence, false)]);
    }

    /// The last words of the call.
    pub(super) fn farewell(&mut self, keys: &[&str]) {
        let mairie = self.line.settings.mairie.clone();
        let texts = keys.iter().map(|key| (self.prompt(key, &[("mairie", &mairie)]), false)).collect();
        self.state = State::Ending;
        self.speak(Purpose::Farewell, texts);
    }

    /// Stops what is being said; the turn's record keeps what the caller heard of it.
    pub(super) fn stop_speaking(&mut self) {
        if !self.mouth.is_replying() {
            return;
        }
        self.close_record(true);
        self.mouth.queue.clear();
        self.mouth.paused = false;
        self.timers.cancel(Timer::Resume);
        self.out(Output::StopSpeaking);
    }

    pub(super) fn resume_speaking(&mut self) {
        self.timers.cancel(Timer::Resume);
        if self.mouth.paused {
            self.mouth.paused = false;
            self.out(Output::ResumeSpeaking);
        }
    }

    pub(super) fn on_speech(&mut self, speech: SpeechId, event: SpeechEvent, now: Duration) {
        let Some(front) = self.mouth.queue.front_mut().filter(|front| front.id == speech) else {
            return;
        };
        let purpose = front.purpose;
        match event {
            SpeechEvent::FirstSound { at, ready } => {
                if purpose != Purpose::Filler {
                    self.time_reply(at, ready);
                }
            }
            SpeechEvent::SentenceDone(index) => {
                let was_protected = self.mouth.is_protected();
                if let Some(front) = self.mouth.queue.front_mut() {
                    front.done = index + 1;
                }
                if was_protected && !self.mouth.is_protected() {
                    self.on_protection_over(now);
                }
            }
            SpeechEvent::Finished => self.on_said(now),
            SpeechEvent::Failed => {
                // « Un instant » is worth nothing by itself; a human and a goodbye come all the same.
                if matches!(purpose, Purpose::Filler | Purpose::Announcement | Purpose::Farewell) {
                    self.on_said(now);
                } else {
                    self.mouth.queue.clear();
                    self.fault(now);
                }
            }
        }
    }

    fn on_said(&mut self, now: Duration) {
        let Some(said) = self.mouth.queue.pop_front() else { return };
        if self.mouth.is_speaking() {
            return;
        }
        self.timers.cancel(Timer::Resume);
        self.mouth.paused = false;
        match said.purpose {
            Purpose::Filler => {}
            Purpose::Reply => {
                self.close_record(false);
                self.listen(now);
            }
            Purpose::Announcement => {
                self.close_record(false);
                self.ring_next(now);
            }
            Purpose::Farewell => {
                self.close_record(false);
                self.hang_up();
            }
        }
    }

    /// Nothing is being said: the caller has the floor, and silence is counted.
    pub(super) fn listen(&mut self, now: Duration) {
        self.out(Output::Listening);
        self.arm_silence(now);
        self.take_deferred(now);
    }

    pub(super) fn arm_silence(&mut self, now: Duration) {
        let waits = matches!(self.state, State::Talking(_) | State::MessageOffered | State::TakingMessage(_));
        if waits && !self.held && !self.mouth.is_speaking() && self.ear.is_quiet() {
            let patience = if self.closing { CLOSING } else { self.line.settings.silence };
            self.timers.set(Timer::Silence, now + patience);
        }
    }

    /// Writes the turn's record for the last time.
    pub(super) fn close_record(&mut self, interrupted: bool) {
        let begun = self.mouth.begun();
        if let Some(mut record) = self.record.take() {
            if interrupted {
                record.interrupted = true;
                if let Some(begun) = begun {
                    record.said = begun;
                }
            }
            self.record_out(Record::Turn(Box::new(record)));
        }
    }

    fn time_reply(&mut self, at: Duration, ready: Duration) {
        let Some(record) = &mut self.record else { return };
        let Some(asked) = self.ear.take_clock() else { return };
        let millis = |d: Duration| u32::try_from(d.as_millis()).unwrap_or(u32::MAX);
        record.voice_to_voice_ms = Some(millis(at.saturating_sub(asked.end_of_speech)));
        record.stages.tts = Some(millis(ready.saturating_sub(asked.decided)));
        record.stages.playout = Some(millis(at.saturating_sub(ready)));
        let record = record.clone();
        self.record_out(Record::Turn(Box::new(record)));
    }
}
