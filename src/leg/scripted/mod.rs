//! WAV files as the caller: each file is one thing the caller says.
//!
//! The sound goes both ways as on a telephone line: G.711 A-law packets, jitter buffer, concealment, playout; only
//! the network is missing. A scripted human answers, or refuses, the hand-over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::{Caller, Event, Gone, Leg, PLAYOUT_FRAMES, Progress, Transfer};
use crate::audio::{Codec, CodecError, Decoder, Encoder, FRAME_MS, FRAME_SAMPLES, Frame, Playout, SILENCE, level};
use crate::rtp::{JitterBuffer, JitterSettings, Origin, Pop, Sequencer};

/// After the line has fallen silent the caller takes this long to speak, as people do.
const REACTION: Duration = Duration::from_millis(300);
/// The human's telephone rings this long.
const RINGING: Duration = Duration::from_millis(400);
/// Louder than this, the line is heard to speak, dBFS.
const AUDIBLE_DBFS: f32 = -50.0;

/// What the scripted caller does.
#[derive(Debug, Clone)]
pub struct Script {
    /// Each thing the caller says, 16 kHz mono.
    pub utterances: Vec<Vec<i16>>,
    /// From the second utterance on, the caller speaks over the reply, this long after it began.
    pub interrupt_after: Option<Duration>,
    /// Whether the human takes the call.
    pub human_answers: bool,
    pub from: String,
}

/// Both sides of a call, 16 kHz: the caller, and the line as the caller hears it.
#[derive(Debug, Default, Clone)]
pub struct Recording {
    pub caller: Vec<i16>,
    pub line: Vec<i16>,
}

/// A caller that follows a script.
pub struct ScriptedLeg {
    caller: Caller,
    script: Script,
    started: Instant,
    tick: Interval,
    answered: bool,
    events: VecDeque<Event>,
    act: Act,
    said: usize,
    encoder: Encoder,
    sequencer: Sequencer,
    jitter: JitterBuffer,
    playout: Playout,
    line_encoder: Encoder,
    line_decoder: Decoder,
    outgoing: VecDeque<Frame>,
    recording: Arc<Mutex<Recording>>,
    transfer_at: Option<Instant>,
    gone: bool,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    /// Listening to the line.
    Waiting,
    /// The line is silent; the caller is about to speak.
    AboutToSpeak(Instant),
    Speaking {
        position: usize,
    },
    /// Said all there was: hangs up when the line has finished.
    Leaving(Instant),
}

impl ScriptedLeg {
    /// # Errors
    /// When the codec cannot be set up.
    pub fn new(script: Script) -> Result<Self, CodecError> {
        let codec = Codec::Pcma;
        let mut tick = tokio::time::interval(Duration::from_millis(FRAME_MS));
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let origin = Origin { ssrc: rand::random(), sequence: rand::random(), timestamp: rand::random() };
        let payload_type = codec.static_payload_type().unwrap_or(8);
        Ok(Self {
            caller: Caller {
                from: script.from.clone(),
                to: "etat-civil".into(),
                signalling_id: format!("scripted-{:08x}", rand::random::<u32>()),
                channel: "scripted",
            },
            script,
            started: Instant::now(),
            tick,
            answered: false,
            events: VecDeque::new(),
            act: Act::Waiting,
            said: 0,
            encoder: codec.encoder()?,
            sequencer: Sequencer::new(origin, payload_type, codec.ticks_per_frame()),
            jitter: JitterBuffer::new(JitterSettings::default(), codec.clock_rate()),
            playout: Playout::new(codec)?,
            line_encoder: codec.encoder()?,
            line_decoder: codec.decoder()?,
            outgoing: VecDeque::new(),
            recording: Arc::default(),
            transfer_at: None,
            gone: false,
        })
    }

    /// Both sides of the call; whole once the leg is gone.
    pub fn recording(&self) -> Arc<Mutex<Recording>> {
        Arc::clone(&self.recording)
    }

    /// One tick of the caller's telephone.
    fn tick(&mut self) -> Result<(), CodecError> {
        let now = Instant::now();
        if self.transfer_at.is_some_and(|at| at <= now) {
            self.transfer_at = None;
            self.end_transfer();
        }
        let said = self.caller_frame(now);
        let heard = self.line_frame()?;
        {
            let mut recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
            recording.caller.extend_from_slice(&said);
            recording.line.extend_from_slice(&heard);
        }
        if self.act_is_waiting_to_interrupt()
            && level::rms_dbfs(&heard) > AUDIBLE_DBFS
            && let Some(after) = self.script.interrupt_after
        {
            self.act = Act::AboutToSpeak(now + after);
        }
        let payload = self.encoder.encode(&said)?;
        let arrival = self.started.elapsed();
        let ticks = self.sequencer.ticks();
        let packet = self.sequencer.audio(payload);
        self.jitter.push(packet, ticks, arrival);
        while self.playout.wants() {
            match self.jitter.pop(arrival, self.playout.quiet()) {
                Pop::Packet(packet) => self.playout.play(&packet.payload)?,
                Pop::Skip(packet) => self.playout.skip(&packet.payload)?,
                Pop::Lost { ticks, next } => self.playout.conceal(ticks, next.as_deref()),
                Pop::Empty => break,
            }
        }
        let played = self.playout.take();
        self.events.push_back(Event::Frame { frame: Box::new(played.frame), concealed: played.concealed });
        Ok(())
    }

    fn act_is_waiting_to_interrupt(&self) -> bool {
        matches!(self.act, Act::Waiting) && self.said > 0 && self.said < self.script.utterances.len()
    }

    fn caller_frame(&mut self, now: Instant) -> Frame {
        match self.act {
            Act::AboutToSpeak(at) if at <= now => self.act = Act::Speaking { position: 0 },
            Act::Leaving(at) if at <= now => self.leave(Gone::Caller),
            _ => {}
        }
        let mut frame = SILENCE;
        if let Act::Speaking { position } = self.act {
            let utterance = self.script.utterances.get(self.said).map(Vec::as_slice).unwrap_or_default();
            let end = (position + FRAME_SAMPLES).min(utterance.len());
            let part = utterance.get(position..end).unwrap_or_default();
            frame[..part.len()].copy_from_slice(part);
            if end >= utterance.len() {
                self.said += 1;
                self.act = Act::Waiting;
            } else {
                self.act = Act::Speaking { position: end };
            }
        }
        frame
    }

    fn line_frame(&mut self) -> Result<Frame, CodecError> {
        let frame = self.outgoing.pop_front().unwrap_or(SILENCE);
        let payload = self.line_encoder.encode(&frame)?;
        let mut samples = Vec::with_capacity(FRAME_SAMPLES);
        self.line_decoder.decode(&payload, &mut samples)?;
        let mut heard = SILENCE;
        let length = samples.len().min(FRAME_SAMPLES);
        heard[..length].copy_from_slice(&samples[..length]);
        Ok(heard)
    }

    fn end_transfer(&mut self) {
        if self.script.human_answers {
            self.events.push_back(Event::Transfer(Progress::Accepted));
            self.leave(Gone::Caller);
        } else {
            let reason = "Busy Here".to_owned();
            self.events.push_back(Event::Transfer(Progress::Failed { status: 486, reason }));
        }
    }

    fn leave(&mut self, how: Gone) {
        if !self.gone {
            self.gone = true;
            self.events.push_back(Event::Gone(how));
        }
    }
}

impl Leg for ScriptedLeg {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    async fn event(&mut self) -> Event {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            if self.gone {
                std::future::pending::<()>().await;
            }
            self.tick.tick().await;
            if self.answered
                && let Err(error) = self.tick()
            {
                self.leave(Gone::Fault(error.to_string()));
            }
        }
    }

    fn answer(&mut self) {
        if !self.answered {
            self.answered = true;
            self.tick.reset();
            self.started = Instant::now();
            self.events.push_back(Event::Answered);
        }
    }

    fn room(&self) -> usize {
        PLAYOUT_FRAMES.saturating_sub(self.outgoing.len())
    }

    fn play(&mut self, frame: &Frame) {
        if self.room() > 0 {
            self.outgoing.push_back(*frame);
        }
    }

    fn flush(&mut self) {
        self.outgoing.clear();
    }

    fn listening(&mut self) {
        let at = Instant::now() + REACTION;
        if matches!(self.act, Act::Waiting) {
            let more = self.said < self.script.utterances.len();
            self.act = if more { Act::AboutToSpeak(at) } else { Act::Leaving(at) };
        }
    }

    fn transfer(&mut self, _transfer: Transfer) {
        self.events.push_back(Event::Transfer(Progress::Trying { status: 100 }));
        self.transfer_at = Some(Instant::now() + RINGING);
    }

    fn hang_up(&mut self) {
        self.leave(Gone::Us);
    }
}
