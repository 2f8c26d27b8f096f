//! What is being said, as frames: sentences in order, silences between them, pause and resume.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::audio::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE, SILENCE, level};
use crate::call::{SpeechEvent, SpeechId};
use crate::tts::Spoken;

/// Silence between two sentences, as a reader breathes.
const BREATH: Duration = Duration::from_millis(220);
/// After a pause the speech goes back by this much, so that the cut word is heard whole.
const REWIND: Duration = Duration::from_millis(500);

/// A sample above this is heard, dBFS: the voice's own silences are below −60.
const AUDIBLE_DBFS: f32 = -45.0;

/// A queue of speeches turned into frames, one at each tick.
#[derive(Debug, Default)]
pub struct Player {
    queue: VecDeque<Saying>,
    paused: bool,
    begun: VecDeque<(SpeechId, usize)>,
}

#[derive(Debug)]
struct Saying {
    id: SpeechId,
    count: usize,
    sounds: BTreeMap<usize, (Arc<Spoken>, Duration)>,
    failed: bool,
    /// The sentence under way and the next sample of it.
    sentence: usize,
    position: usize,
    /// Frames of silence still owed before the sentence.
    breath: u64,
    sounded: bool,
    /// Sentences told as begun: a rewind begins none anew.
    captioned: usize,
}

impl Player {
    /// Announces a speech of `count` sentences; their sounds come by [`Player::sound`].
    pub fn begin(&mut self, id: SpeechId, count: usize) {
        self.queue.push_back(Saying {
            id,
            count,
            sounds: BTreeMap::new(),
            failed: false,
            sentence: 0,
            position: 0,
            breath: 0,
            sounded: false,
            captioned: 0,
        });
    }

    pub fn sound(&mut self, id: SpeechId, sentence: usize, sound: Arc<Spoken>, now: Duration) {
        if let Some(saying) = self.queue.iter_mut().find(|saying| saying.id == id) {
            saying.sounds.insert(sentence, (sound, now));
        }
    }

    /// A sentence cannot be spoken; what precedes it still is.
    pub fn fail(&mut self, id: SpeechId) {
        if let Some(saying) = self.queue.iter_mut().find(|saying| saying.id == id) {
            saying.failed = true;
        }
    }

    /// The next sentence that has begun to sound, each told once.
    pub fn begun(&mut self) -> Option<(SpeechId, usize)> {
        self.begun.pop_front()
    }

    /// Something is to be said, whether or not its sound is at hand.
    pub fn is_busy(&self) -> bool {
        !self.paused && !self.queue.is_empty()
    }

    /// Something is being said: between its first sample and its last, breaths included.
    pub fn is_sounding(&self) -> bool {
        !self.paused && self.queue.front().is_some_and(|saying| saying.sentence > 0 || saying.position > 0)
    }

    pub fn pause(&mut self) {
        self.paused = true;
    }

    pub fn resume(&mut self) {
        self.paused = false;
        if let Some(saying) = self.queue.front_mut() {
            let back = usize::try_from(REWIND.as_millis()).unwrap_or(0) * SAMPLE_RATE as usize / 1_000;
            saying.position = saying.position.saturating_sub(back);
        }
    }

    pub fn stop(&mut self) {
        self.queue.clear();
        self.paused = false;
    }

    /// The next 20 ms, when there is something to say. `queued` is the sound already waiting in the leg:
    /// a sample is heard that much later.
    pub fn frame(
        &mut self,
        now: Duration,
        queued: Duration,
        events: &mut Vec<(SpeechId, SpeechEvent)>,
    ) -> Option<Frame> {
        if self.paused {
            return None;
        }
        loop {
            let saying = self.queue.front_mut()?;
            if saying.sentence >= saying.count {
                events.push((saying.id, SpeechEvent::Finished));
                self.queue.pop_front();
                continue;
            }
            if saying.breath > 0 {
                saying.breath -= 1;
                return Some(SILENCE);
            }
            let Some((sound, ready)) = saying.sounds.get(&saying.sentence) else {
                if saying.failed {
                    events.push((saying.id, SpeechEvent::Failed));
                    self.queue.pop_front();
                    continue;
                }
                return None;
            };
            if saying.position >= sound.samples.len() {
                events.push((saying.id, SpeechEvent::SentenceDone(saying.sentence)));
                saying.sounds.remove(&saying.sentence);
                saying.sentence += 1;
                saying.position = 0;
                if saying.sentence < saying.count {
                    saying.breath = u64::try_from(BREATH.as_millis()).unwrap_or(0) / FRAME_MS;
                }
                continue;
            }
            let end = (saying.position + FRAME_SAMPLES).min(sound.samples.len());
            let part = &sound.samples[saying.position..end];
            let mut frame = SILENCE;
            frame[..part.len()].copy_from_slice(part);
            if !saying.sounded
                && let Some(index) = level::first_audible(part, AUDIBLE_DBFS)
            {
                saying.sounded = true;
                let within = Duration::from_micros(index as u64 * 1_000_000 / u64::from(SAMPLE_RATE));
                events.push((saying.id, SpeechEvent::FirstSound { at: now + queued + within, ready: *ready }));
            }
            if saying.position == 0 && saying.captioned <= saying.sentence {
                saying.captioned = saying.sentence + 1;
                self.begun.push_back((saying.id, saying.sentence));
            }
            saying.position = end;
            return Some(frame);
        }
    }
}
