//! One call: the loop between its leg, the pure call and the engines.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{Instrument, debug, info, info_span, warn};

use super::desk::Engines;
use super::handover::Handover;
use super::keep::keep;
use super::player::Player;
use super::shown::Shown;
use super::speaking::Sound;
use super::tape::Tape;
use super::{look_up, shortlist};
use crate::answers::Index;
use crate::asr::Hearing;
use crate::audio::Frame;
use crate::call::{Call, CallStart, Input, Order, Output, Progress, Record, TurnId};
use crate::leg::{self, Event, Gone, Leg, Status};
use crate::turn::{self, Detector};

/// Who else follows a call: each record, as it is made.
#[derive(Debug, Clone, Default)]
pub struct Observer(Option<mpsc::UnboundedSender<Record>>);

impl Observer {
    pub fn new(records: mpsc::UnboundedSender<Record>) -> Self {
        Self(Some(records))
    }

    fn see(&self, record: &Record) {
        if let Some(records) = &self.0 {
            // Whoever followed has gone; the call goes on.
            let _ = records.send(record.clone());
        }
    }
}

/// Serves one call until its leg is gone.
pub(super) async fn drive<L: Leg>(
    leg: L,
    engines: &Engines,
    id: String,
    orders: mpsc::UnboundedReceiver<Order>,
    observer: Observer,
) {
    let span = info_span!("call", id = %id);
    let caller = leg.caller().clone();
    let start = CallStart {
        id,
        at: jiff::Timestamp::now(),
        channel: caller.channel.to_owned(),
        from: caller.from,
        to: caller.to,
        signalling_id: caller.signalling_id,
        handover_token: uuid::Uuid::new_v4().simple().to_string(),
    };
    Driver::new(leg, engines, start, orders, observer).run().instrument(span).await;
}

pub(super) struct Driver<'a, L> {
    pub(super) leg: L,
    pub(super) call: Call,
    pub(super) engines: &'a Engines,
    pub(super) index: Arc<Index>,
    pub(super) start: CallStart,
    pub(super) epoch: Instant,
    pub(super) detector: Detector,
    /// What the caller said before a pause that was taken for the end of the turn.
    pub(super) earlier: Vec<i16>,
    pub(super) player: Player,
    /// Both sides of the call, when the sound is kept.
    pub(super) tape: Option<Tape>,
    pub(super) hearing: Option<(TurnId, Pin<Box<Hearing>>)>,
    pub(super) speakers: JoinSet<()>,
    pub(super) sounds: mpsc::UnboundedReceiver<Sound>,
    pub(super) sounds_in: mpsc::UnboundedSender<Sound>,
    pub(super) orders: mpsc::UnboundedReceiver<Order>,
    pub(super) observer: Observer,
    /// Number of the last turn whose delay was counted.
    pub(super) measured: u32,
    pub(super) over: bool,
    /// What the call was last told of the offices.
    pub(super) closed: Option<String>,
    pub(super) shown: Shown,
    /// The turn is over and its words are awaited.
    pub(super) deciding: bool,
    /// A human is being rung or speaks, or the call is ending: what the conversation does shows no more.
    pub(super) aside: Option<Status>,
    pub(super) handover: Handover,
}

/// What woke the driver.
enum Woken {
    Leg(Event),
    Human(Event),
    Heard(TurnId, Result<crate::dialogue::Heard, crate::asr::Error>),
    Sound(Sound),
    Order(Order),
    Timeout,
}

impl<'a, L: Leg> Driver<'a, L> {
    fn new(
        leg: L,
        engines: &'a Engines,
        start: CallStart,
        orders: mpsc::UnboundedReceiver<Order>,
        observer: Observer,
    ) -> Self {
        let (sounds_in, sounds) = mpsc::unbounded_channel();
        Self {
            leg,
            call: Call::new(Arc::clone(&engines.line), start.clone()),
            index: engines.base.current(),
            engines,
            start,
            epoch: Instant::now(),
            detector: Detector::new(engines.turn.clone()),
            earlier: Vec::new(),
            player: Player::default(),
            tape: engines.audio_folder.as_ref().map(|_| Tape::default()),
            hearing: None,
            speakers: JoinSet::new(),
            sounds,
            sounds_in,
            orders,
            observer,
            measured: 0,
            over: false,
            closed: None,
            shown: Shown::default(),
            deciding: false,
            aside: None,
            handover: Handover::default(),
        }
    }

    async fn run(mut self) {
        info!(channel = %self.start.channel, signalling_id = %self.start.signalling_id, "call begins");
        self.tell(Input::Start).await;
        self.look_at_the_clock().await;
        while !self.over {
            let woken = self.woken().await;
            self.act(woken).await;
            self.show();
        }
        if let (Some(tape), Some(folder)) = (self.tape.take(), &self.engines.audio_folder) {
            tape.keep(folder.join(format!("{}.wav", self.start.id))).await;
        }
        info!(seconds = self.epoch.elapsed().as_secs(), "call over");
    }

    pub(super) fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    async fn woken(&mut self) -> Woken {
        let timeout = self.call.poll_timeout().map(|at| tokio::time::Instant::from_std(self.epoch + at));
        let hearing = self.hearing.as_mut();
        tokio::select! {
            biased;
            event = self.leg.event() => Woken::Leg(event),
            event = self.handover.event() => Woken::Human(event),
            Some(sound) = self.sounds.recv() => Woken::Sound(sound),
            (turn, result) = async {
                match hearing {
                    Some((turn, future)) => (*turn, future.as_mut().await),
                    None => std::future::pending().await,
                }
            } => Woken::Heard(turn, result),
            () = async {
                match timeout {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            } => Woken::Timeout,
            Some(order) = self.orders.recv() => Woken::Order(order),
        }
    }

    async fn act(&mut self, woken: Woken) {
        match woken {
            Woken::Leg(Event::Frame { frame, .. }) => self.on_frame(&frame).await,
            Woken::Leg(event) => self.on_leg(event).await,
            Woken::Human(event) => self.on_human(event).await,
            Woken::Sound(sound) => self.on_sound(sound).await,
            Woken::Heard(turn, result) => {
                self.hearing = None;
                self.deciding = false;
                self.look_at_the_clock().await;
                let input = match result {
                    Ok(heard) => {
                        debug!(turn, asr_ms = heard.asr_ms, refused = ?heard.refused, "heard");
                        if let Some(caption) = self.shown.heard(&heard.text) {
                            self.leg.caption(&caption);
                        }
                        Input::Heard { turn, heard }
                    }
                    Err(error) => {
                        warn!(turn, %error, "hearing failed");
                        metrics::counter!("standardiste_engine_faults_total", "engine" => "asr").increment(1);
                        Input::HearingFailed { turn }
                    }
                };
                self.tell(input).await;
            }
            Woken::Order(order) => self.tell(Input::Order(order)).await,
            Woken::Timeout => self.tell(Input::Timeout).await,
        }
    }

    /// Tells the call when the offices close or open.
    async fn look_at_the_clock(&mut self) {
        let closed = self.engines.line.closed(jiff::Timestamp::now());
        if closed != self.closed {
            self.closed.clone_from(&closed);
            self.tell(Input::Office { closed }).await;
        }
    }

    async fn on_leg(&mut self, event: Event) {
        let Some(event) = self.on_bridged(event) else { return };
        match &event {
            Event::Transfer(leg::Progress::Accepted) => self.aside = Some(Status::Human),
            Event::Transfer(leg::Progress::Failed { .. } | leg::Progress::Refused { .. }) => self.aside = None,
            _ => {}
        }
        if let Some(input) = translate(event) {
            self.tell(input).await;
        }
    }

    async fn on_frame(&mut self, frame: &Frame) {
        if self.handover.caller_says(frame) {
            // What two people say to each other is neither heard by the line nor kept.
            return;
        }
        if let Some(tape) = &mut self.tape {
            tape.caller(frame);
        }
        if let Some(verdict) = self.detector.push(frame) {
            self.tell(Input::Voice(verdict)).await;
            if matches!(verdict, turn::Verdict::Ended { .. }) {
                debug!(?verdict, "turn ended");
                // Until its words have come, the caller may go on: both parts are then heard as one. Nothing is left
                // of an utterance that the call has dealt with already.
                let said = self.detector.utterance();
                self.earlier.extend(said);
                self.deciding = self.hearing.is_some();
            }
        }
        self.play().await;
    }

    /// Gives the call an input and carries out what it wants.
    pub(super) async fn tell(&mut self, input: Input) {
        self.call.handle(input, self.now());
        while let Some(output) = self.call.poll_output() {
            self.carry_out(output).await;
        }
    }

    async fn carry_out(&mut self, output: Output) {
        match output {
            Output::Answer => self.leg.answer(),
            Output::Transcribe { turn, expect } => {
                let mut samples = self.earlier.clone();
                samples.extend_from_slice(&self.detector.utterance());
                let hearing = &self.engines.hearing;
                // What answers a question of the line is no question to the base.
                let heard = match expect.prompt.is_empty() {
                    true => hearing.hear_among(samples, expect, shortlist(&self.index)),
                    false => hearing.hear(samples, expect),
                };
                self.hearing = Some((turn, Box::pin(heard)));
            }
            Output::CancelTranscription { turn } => self.cancel_hearing(turn),
            Output::ForgetUtterance => {
                self.earlier.clear();
                self.detector.reset();
                if let Some(caption) = self.shown.settled() {
                    self.leg.caption(&caption);
                }
            }
            Output::Lookup { turn, text, confidence, sound, current } => {
                let input =
                    look_up(&self.engines.line, &self.index, turn, &text, confidence, &sound, current.as_deref());
                let now = self.now();
                self.call.handle(input, now);
            }
            Output::Speak { speech, sentences, speed } => {
                self.shown.will_say(speech, &sentences);
                self.speak(speech, sentences, speed);
            }
            Output::PauseSpeaking => {
                self.player.pause();
                self.leg.flush();
            }
            Output::ResumeSpeaking => self.player.resume(),
            Output::StopSpeaking => {
                self.player.stop();
                self.speakers.abort_all();
                self.leg.flush();
            }
            Output::Listening => self.leg.listening(),
            Output::Transfer { destination, reason } => {
                self.aside = Some(Status::HandingOver);
                self.hand_over(&destination, reason);
            }
            Output::Record(record) => self.keep(record).await,
            Output::HangUp => {
                self.aside = Some(if self.call.is_stopped() { Status::Closed } else { Status::Over });
                self.show();
                self.leg.hang_up();
            }
            Output::Over => self.over = true,
        }
    }

    /// Tells the leg what the line is doing, when that has changed.
    fn show(&mut self) {
        let status = match self.aside {
            Some(status) => status,
            None if self.player.is_sounding() => Status::Speaking,
            None if self.deciding || self.player.is_busy() => Status::Thinking,
            None => Status::Listening,
        };
        if let Some(status) = self.shown.turns_to(status) {
            self.leg.status(status);
        }
    }

    fn cancel_hearing(&mut self, turn: TurnId) {
        if self.hearing.as_ref().is_some_and(|(current, _)| *current == turn) {
            self.hearing = None;
            self.deciding = false;
        }
    }

    /// Counts a turn once, when it closes; it is written several times as more of it is known.
    fn measure(&mut self, record: &Record) {
        let Record::Turn(turn) = record else { return };
        if self.measured >= turn.turn {
            return;
        }
        if let Some(delay) = turn.voice_to_voice_ms {
            self.measured = turn.turn;
            metrics::histogram!("standardiste_voice_to_voice_seconds").record(f64::from(delay) / 1_000.0);
        }
    }

    async fn keep(&mut self, record: Record) {
        self.measure(&record);
        self.observer.see(&record);
        if let Some(store) = &self.engines.store {
            keep(store, &self.start.id, &record);
        }
    }
}

/// The call's own word for what its leg says; a frame has none, it goes through the detector.
fn translate(event: Event) -> Option<Input> {
    Some(match event {
        Event::Frame { .. } => return None,
        Event::Answered => Input::MediaUp,
        Event::Digit(digit) => Input::Digit(digit),
        Event::Held => Input::Held,
        Event::Retrieved => Input::Retrieved,
        Event::Transfer(leg::Progress::Trying { .. }) => Input::Transfer(Progress::Trying),
        Event::Transfer(leg::Progress::Accepted) => Input::Transfer(Progress::Accepted),
        Event::Transfer(leg::Progress::Failed { status, .. } | leg::Progress::Refused { status, .. }) => {
            Input::Transfer(Progress::Failed(status))
        }
        Event::Gone(gone) => Input::Gone {
            how: match gone {
                Gone::Caller => "caller",
                Gone::Us | Gone::Declined => "us",
                Gone::MediaTimeout => "media_timeout",
                Gone::Fault(_) => "fault",
            },
        },
    })
}
