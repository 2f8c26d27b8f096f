//! What the caller is saying: from the first voice to the words, and interruptions in between.

use std::time::Duration;

use super::timer::Timer;
use super::{Call, Output, State, TurnId};
use crate::dialogue::{Heard, Refused};
use crate::turn::Verdict;

/// Voice shorter than this over our own speech is a click or a breath, not worth transcribing.
const SHORTEST_OVERLAP_MS: u32 = 120;
/// Voice shorter than this that brought no words is a noise: the caller is not asked again.
const SHORTEST_UNHEARD_MS: u32 = 400;

#[derive(Debug, Default)]
enum Hearing {
    #[default]
    Quiet,
    Speaking,
    /// A pause: it may be the end, so transcription has begun.
    Pausing {
        turn: TurnId,
        heard: Option<Heard>,
    },
    /// The turn is over; its words are awaited.
    Deciding {
        turn: TurnId,
        voiced_ms: u32,
    },
    /// The base is being asked.
    Finding {
        turn: TurnId,
    },
}

/// The instants that a reply's delay is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub end_of_speech: Duration,
    pub end_of_turn: Duration,
    pub heard: Duration,
    pub decided: Duration,
}

#[derive(Debug, Default)]
pub(super) struct Ear {
    hearing: Hearing,
    clock: Option<Clock>,
    /// Words that came while the protected notice was being said.
    deferred: Option<(Heard, u32)>,
    /// What the utterance under way was heard as, for its record.
    pub(super) heard: Heard,
}

impl Ear {
    pub fn is_quiet(&self) -> bool {
        matches!(self.hearing, Hearing::Quiet)
    }

    pub fn is_deciding(&self) -> bool {
        matches!(self.hearing, Hearing::Deciding { .. } | Hearing::Finding { .. })
    }

    pub fn has_voice(&self) -> bool {
        matches!(self.hearing, Hearing::Speaking)
    }

    pub fn clock(&mut self) -> Option<&mut Clock> {
        self.clock.as_mut()
    }

    /// The clock of the utterance that the reply answers; each reply is timed once.
    pub fn take_clock(&mut self) -> Option<Clock> {
        self.clock.take()
    }

    /// Puts back the clock of the utterance that a hand-over answers.
    pub fn restore_clock(&mut self, clock: Option<Clock>) {
        self.clock = clock;
    }

    pub fn finding(&mut self, turn: TurnId) {
        self.hearing = Hearing::Finding { turn };
    }

    pub fn is_finding(&self, turn: TurnId) -> bool {
        matches!(self.hearing, Hearing::Finding { turn: asked } if asked == turn)
    }

    pub fn current_turn(&self) -> Option<TurnId> {
        match &self.hearing {
            Hearing::Deciding { turn, .. } | Hearing::Finding { turn } => Some(*turn),
            Hearing::Pausing { turn, .. } => Some(*turn),
            Hearing::Quiet | Hearing::Speaking => None,
        }
    }

    /// The utterance has been dealt with.
    pub fn rest(&mut self) {
        self.hearing = Hearing::Quiet;
    }

    /// Everything about the utterance under way is forgotten.
    pub fn forget(&mut self) {
        self.hearing = Hearing::Quiet;
        self.clock = None;
        self.deferred = None;
    }
}

impl Call {
    pub(super) fn on_voice(&mut self, verdict: Verdict, now: Duration) {
        let deaf = matches!(
            self.state,
            State::Ringing | State::HandingOver(_) | State::WithHuman | State::Ending | State::Over
        );
        if deaf || self.held {
            // What is said meanwhile must not be heard with what is said later.
            if matches!(verdict, Verdict::Ended { .. } | Verdict::TooLong) {
                self.out(Output::ForgetUtterance);
            }
            return;
        }
        match verdict {
            Verdict::SpeechStarted => {
                self.drop_unanswered();
                self.ear.hearing = Hearing::Speaking;
                self.timers.cancel(Timer::Silence);
                self.timers.cancel(Timer::MessageEnd);
            }
            Verdict::BargeIn => self.interrupt(now),
            Verdict::Paused => self.transcribe(),
            Verdict::Resumed => {
                if let Some(turn) = self.ear.current_turn() {
                    self.out(Output::CancelTranscription { turn });
                }
                self.ear.hearing = Hearing::Speaking;
            }
            Verdict::Ended { voiced_ms, silence_ms } => self.end_turn(voiced_ms, silence_ms, now),
            Verdict::TooLong => {
                self.transcribe();
                self.end_turn(u32::MAX, 0, now);
            }
        }
    }

    /// The caller goes on before the reply to what was said so far has begun: the new words replace it.
    fn drop_unanswered(&mut self) {
        if let Some(turn) = self.ear.current_turn() {
            self.out(Output::CancelTranscription { turn });
            self.timers.cancel(Timer::Checking);
            self.timers.cancel(Timer::EngineLimit);
        }
        self.ear.clock = None;
    }

    fn interrupt(&mut self, now: Duration) {
        if self.mouth.is_speaking() && !self.mouth.is_protected() && !self.mouth.is_paused() {
            self.mouth.set_paused(true);
            self.out(Output::PauseSpeaking);
            self.timers.set(Timer::Resume, now + self.line.settings.resume);
        }
    }

    fn transcribe(&mut self) {
        self.next_turn += 1;
        let turn = self.next_turn;
        self.ear.hearing = Hearing::Pausing { turn, heard: None };
        let expect = self.expectation();
        self.out(Output::Transcribe { turn, expect });
    }

    fn end_turn(&mut self, voiced_ms: u32, silence_ms: u32, now: Duration) {
        if self.mouth.is_speaking() && !self.mouth.is_paused() && voiced_ms < SHORTEST_OVERLAP_MS {
            self.cancel_hearing();
            return;
        }
        if !matches!(self.ear.hearing, Hearing::Pausing { .. }) {
            self.transcribe();
        }
        let Hearing::Pausing { turn, heard } = std::mem::take(&mut self.ear.hearing) else { return };
        let silence = Duration::from_millis(silence_ms.into());
        self.ear.clock =
            Some(Clock { end_of_speech: now.saturating_sub(silence), end_of_turn: now, heard: now, decided: now });
        self.ear.hearing = Hearing::Deciding { turn, voiced_ms };
        self.timers.set(Timer::Checking, now + self.line.settings.checking.saturating_sub(silence));
        self.timers.set(Timer::EngineLimit, now + self.line.settings.engine_limit);
        if self.mouth.is_paused() {
            self.timers.set(Timer::Resume, now + self.line.settings.resume);
        }
        if let Some(heard) = heard {
            self.on_words(heard, voiced_ms, now);
        }
    }

    pub(super) fn on_heard(&mut self, turn: TurnId, mut words: Heard, now: Duration) {
        if !words.text.contains(char::is_alphanumeric) {
            // Signs alone are nothing said.
            words.text.clear();
        }
        match &mut self.ear.hearing {
            Hearing::Pausing { turn: asked, heard } if *asked == turn => *heard = Some(words),
            Hearing::Deciding { turn: asked, voiced_ms } if *asked == turn => {
                let voiced_ms = *voiced_ms;
                self.on_words(words, voiced_ms, now);
            }
            _ => {}
        }
    }

    pub(super) fn on_engine_failed(&mut self, turn: TurnId, now: Duration) {
        if self.ear.current_turn() == Some(turn) {
            self.fault(now);
        }
    }

    fn on_words(&mut self, heard: Heard, voiced_ms: u32, now: Duration) {
        if let Some(clock) = self.ear.clock() {
            clock.heard = now;
            clock.decided = now;
        }
        self.timers.cancel(Timer::EngineLimit);
        self.timers.cancel(Timer::Checking);
        self.out(Output::ForgetUtterance);
        if self.mouth.is_protected() {
            self.ear.deferred = Some((heard, voiced_ms));
            self.ear.rest();
            return;
        }
        self.understand(heard, voiced_ms, now);
    }

    /// The legal notice has been said: whoever spoke over it is served now.
    pub(super) fn on_protection_over(&mut self, now: Duration) {
        if self.ear.deferred.is_some() {
            self.take_deferred(now);
        } else if !self.ear.is_quiet() {
            self.interrupt(now);
        }
    }

    pub(super) fn take_deferred(&mut self, now: Duration) {
        if let Some((heard, voiced_ms)) = self.ear.deferred.take() {
            self.understand(heard, voiced_ms, now);
        }
    }

    /// Whether an utterance that brought no words was long enough to have been speech.
    pub(super) fn was_speech(heard: &Heard, voiced_ms: u32) -> bool {
        voiced_ms >= SHORTEST_UNHEARD_MS && heard.refused != Some(Refused::NoSpeech)
    }

    /// Forgets the utterance under way: what is being said goes on.
    pub(super) fn cancel_hearing(&mut self) {
        if let Some(turn) = self.ear.current_turn() {
            self.out(Output::CancelTranscription { turn });
        }
        self.timers.cancel(Timer::Checking);
        self.timers.cancel(Timer::EngineLimit);
        self.out(Output::ForgetUtterance);
        self.ear.forget();
    }

    pub(super) fn on_resume_timer(&mut self, now: Duration) {
        if self.ear.has_voice() || self.ear.is_deciding() {
            self.timers.set(Timer::Resume, now + self.line.settings.resume);
        } else {
            self.resume_speaking();
        }
    }
}
