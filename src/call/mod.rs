//! The call: a pure state machine without clock, socket or thread.
//!
//! # Run loop
//! Whoever drives a [`Call`] holds to this:
//! 1. give it [`Input::Start`] once, then every [`Input`] as it happens, with the time since the call began;
//! 2. after each input, take [`Call::poll_output`] until it is empty and carry every [`Output`] out, in order;
//! 3. at [`Call::poll_timeout`] give [`Input::Timeout`];
//! 4. stop after [`Output::Over`].
//!
//! Requests to engines carry a [`TurnId`] or a [`SpeechId`]; what comes back for another than the current one is
//! ignored, so a result made stale by an interruption falls in one comparison. Time never goes back.

mod commands;
mod conversation;
mod ear;
mod event;
pub mod exact;
mod expect;
mod handover;
mod message;
mod mouth;
mod opening;
mod record;
mod settings;
mod timer;
mod turns;
mod written;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

pub use event::{Input, Order, Output, Progress, Record, SpeechEvent, SpeechId, TurnId};
pub use expect::Asked;
pub use record::{CallEnd, CallStart, Decision, Message, Reason, Stages, TurnCandidate, TurnRecord, Way};
pub use settings::{Destination, Kept, Line, Medium, Settings};
pub use written::{Means, Proposition};

use crate::dialogue::{Candidate, Topic};
use ear::Ear;
use handover::HandOver;
use message::Taking;
use mouth::{Mouth, Purpose};
use timer::{Timer, Timers};

/// Where the conversation stands.
#[derive(Debug)]
enum State {
    Ringing,
    Talking(Awaiting),
    HandingOver(HandOver),
    /// The caller speaks with a human through us: nothing is heard, said or written any more.
    WithHuman,
    /// The caller was asked whether to leave a message.
    MessageOffered,
    /// The caller is leaving a message.
    TakingMessage(Box<Taking>),
    /// The last sentence is being said.
    Ending,
    Over,
}

/// What the line has asked for.
#[derive(Debug, Clone)]
enum Awaiting {
    Question,
    /// « Avez-vous une autre question ? »
    Another,
    /// « Vous demandez bien… ? »
    Confirm(Candidate),
    Choice {
        among: Vec<Candidate>,
        asked_again: bool,
    },
    /// « Je n'ai pas ce détail. Voulez-vous parler à un agent ? »
    Agent,
}

/// One call.
#[derive(Debug)]
pub struct Call {
    line: Arc<Line>,
    start: CallStart,
    state: State,
    ear: Ear,
    mouth: Mouth,
    timers: Timers,
    outputs: VecDeque<Output>,
    next_turn: TurnId,
    /// Number of the last turn recorded.
    turns: u32,
    record: Option<TurnRecord>,
    /// The entry answered last: what « et ça coûte combien ? » is about.
    current: Option<Arc<Topic>>,
    /// Its follow-ups that were answered, for whoever writes.
    answered: Vec<usize>,
    /// What was asked last: what a written message for staff begins with.
    question: String,
    /// What « répétez » says again.
    last_said: Option<String>,
    speed: f32,
    /// Not understood, in a row.
    failures: u32,
    /// Silences, in a row.
    silences: u32,
    answers: u32,
    held: bool,
    handed_over: Option<(Reason, Option<String>)>,
    /// How the human got the call.
    way: Option<Way>,
    how: Option<&'static str>,
    /// The offices are closed: what is said of it instead of ringing a human.
    closed: Option<String>,
    /// The service will stop: whoever writes no more is not waited for.
    closing: bool,
    /// The call ends because the service stops.
    stopped: bool,
}

impl Call {
    pub fn new(line: Arc<Line>, start: CallStart) -> Self {
        Self {
            speed: line.settings.speed,
            line,
            start,
            state: State::Ringing,
            ear: Ear::default(),
            mouth: Mouth::default(),
            timers: Timers::default(),
            outputs: VecDeque::new(),
            next_turn: 0,
            turns: 0,
            record: None,
            current: None,
            answered: Vec::new(),
            question: String::new(),
            last_said: None,
            failures: 0,
            silences: 0,
            answers: 0,
            held: false,
            handed_over: None,
            way: None,
            how: None,
            closed: None,
            closing: false,
            stopped: false,
        }
    }

    /// Takes what happened at `now` (time since the call began).
    pub fn handle(&mut self, input: Input, now: Duration) {
        if matches!(self.state, State::Over) {
            return;
        }
        match input {
            Input::Start => {
                self.record_out(Record::Start(self.start.clone()));
                self.timers.set(Timer::MaxDuration, now + self.line.settings.max_duration);
                self.out(Output::Answer);
            }
            Input::MediaUp => self.greet(),
            Input::Voice(verdict) => self.on_voice(verdict, now),
            Input::Heard { turn, heard } => self.on_heard(turn, heard, now),
            Input::Written { text, means } => self.on_written(text, means, now),
            Input::HearingFailed { turn } | Input::SearchFailed { turn } => self.on_engine_failed(turn, now),
            Input::Found { turn, found } => self.on_found(turn, found, now),
            Input::Speech { speech, event } => self.on_speech(speech, event, now),
            Input::Digit(digit) => self.on_digit(digit, now),
            Input::Held => self.on_held(),
            Input::Retrieved => self.on_retrieved(now),
            Input::Transfer(progress) => self.on_progress(progress, now),
            Input::HumanGone => self.on_human_gone(),
            Input::Office { closed } => self.closed = closed,
            Input::Order(Order::Shutdown) => self.on_shutdown(now),
            Input::Order(Order::Closing) => self.on_closing(),
            Input::Order(Order::End) => {
                self.stopped = true;
                self.hang_up();
            }
            Input::Timeout => {
                while let Some(timer) = self.timers.expired(now) {
                    self.on_timer(timer, now);
                }
            }
            Input::Gone { how } => self.on_gone(how, now),
        }
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Timeout`] is wanted next, in time since the call began.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.timers.next()
    }

    /// Whether the caller speaks with a human through us.
    pub fn is_with_human(&self) -> bool {
        matches!(self.state, State::WithHuman)
    }

    /// Whether the call ends because the service stops.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    fn out(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    fn record_out(&mut self, record: Record) {
        self.out(Output::Record(record));
    }

    fn timestamp(&self, now: Duration) -> jiff::Timestamp {
        self.start.at.checked_add(now).unwrap_or(self.start.at)
    }

    fn prompt(&self, key: &str, variables: &[(&str, &str)]) -> String {
        self.line.prompts.say(key, self.turns, variables)
    }

    fn greet(&mut self) {
        if !matches!(self.state, State::Ringing) {
            return;
        }
        self.state = State::Talking(Awaiting::Question);
        let sentences = self.line.greeting();
        let question = self.prompt("greeting.question", &[]);
        self.last_said = Some(question);
        self.speak(Purpose::Reply, sentences);
    }

    fn on_held(&mut self) {
        self.held = true;
        self.timers.cancel(Timer::Silence);
        self.timers.cancel(Timer::Resume);
        self.out(Output::PauseSpeaking);
    }

    fn on_retrieved(&mut self, now: Duration) {
        self.held = false;
        self.mouth.set_paused(false);
        self.out(Output::ResumeSpeaking);
        if !self.mouth.is_speaking() {
            self.listen(now);
        }
    }

    fn on_timer(&mut self, timer: Timer, now: Duration) {
        match timer {
            Timer::Silence => self.on_silence(now),
            Timer::Resume => self.on_resume_timer(now),
            Timer::Checking => {
                if self.ear.is_deciding() && !self.mouth.is_speaking() {
                    let sentence = self.prompt("wait.checking", &[]);
                    self.speak(Purpose::Filler, vec![(sentence, false)]);
                }
            }
            Timer::EngineLimit => self.fault(now),
            Timer::MaxDuration => {
                if matches!(self.state, State::Talking(_)) {
                    self.hand_over_now(Reason::TooLong, now);
                } else if matches!(self.state, State::Ringing | State::MessageOffered | State::TakingMessage(_)) {
                    self.hang_up();
                }
            }
            Timer::TransferLimit => self.on_progress(Progress::Failed(408), now),
            Timer::MessageEnd => self.on_message_pause(now),
            Timer::Leave | Timer::Bridge => self.hang_up(),
        }
    }

    fn hang_up(&mut self) {
        self.how.get_or_insert("us");
        self.out(Output::StopSpeaking);
        self.out(Output::HangUp);
    }

    fn on_gone(&mut self, how: &'static str, now: Duration) {
        self.record_message(now);
        self.close_record(self.mouth.is_speaking());
        let how = match (&self.handed_over, self.how) {
            (Some((_, Some(_))), _) => "handed_over",
            (_, Some(ours)) if how == "us" => ours,
            _ => how,
        };
        let (reason, destination) = match self.handed_over.take() {
            Some((reason, destination)) => (Some(reason), destination),
            None => (None, None),
        };
        let at = self.timestamp(now);
        let way = self.way.filter(|_| destination.is_some());
        self.record_out(Record::End(CallEnd { at, how: how.into(), handed_over: reason, destination, way }));
        self.timers.cancel_all();
        self.state = State::Over;
        self.out(Output::StopSpeaking);
        self.out(Output::Over);
    }
}
