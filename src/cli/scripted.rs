//! One scripted call from its beginning to its end, for `call` and for the benchmark.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::call::{CallEnd, Message, Record, TurnRecord};
use crate::leg::scripted::{Recording, Script, ScriptedLeg};
use crate::switchboard::{Desk, Observer};

/// What is seen of a call while it goes on.
pub enum Seen<'a> {
    /// A turn, once, when all of it is known.
    Turn(&'a TurnRecord),
    Message(&'a Message),
}

/// A call that has ended.
pub struct Placed {
    pub id: String,
    pub turns: Vec<TurnRecord>,
    pub end: CallEnd,
    pub duration: Duration,
    /// Both sides, 16 kHz.
    pub recording: Recording,
}

/// Places the call in real time and shows each turn as soon as the next one begins.
pub async fn place(
    desk: &Desk,
    script: Script,
    mut see: impl FnMut(Seen<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Placed> {
    let leg = ScriptedLeg::new(script)?;
    let recording = leg.recording();
    let (records_in, mut records) = mpsc::unbounded_channel();
    let begun = Instant::now();
    let desk = desk.clone();
    let call = tokio::spawn(async move { desk.take(leg, Observer::new(records_in)).await });
    let mut id = String::new();
    let mut turns: Vec<TurnRecord> = Vec::new();
    let mut end = None;
    while let Some(record) = records.recv().await {
        match record {
            Record::Start(start) => id = start.id,
            // A turn is written again as more of it is known.
            Record::Turn(turn) => match turns.last_mut().filter(|last| last.turn == turn.turn) {
                Some(last) => *last = *turn,
                None => {
                    if let Some(done) = turns.last() {
                        see(Seen::Turn(done))?;
                    }
                    turns.push(*turn);
                }
            },
            Record::Message(message) => see(Seen::Message(&message))?,
            Record::End(ended) => end = Some(ended),
        }
    }
    if let Some(done) = turns.last() {
        see(Seen::Turn(done))?;
    }
    call.await?;
    let end = end.ok_or_else(|| anyhow::anyhow!("l'appel s'est arrêté sans fin écrite"))?;
    let recording = recording.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Placed { id, turns, end, duration: begun.elapsed(), recording })
}
