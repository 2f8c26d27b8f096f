//! The driver's part of speaking: sentences asked of the voice, their sound to the leg, captions as they begin.

use std::sync::Arc;
use std::time::Duration;

use tracing::warn;

use super::driver::Driver;
use crate::audio::FRAME_MS;
use crate::call::{Input, SpeechEvent, SpeechId};
use crate::leg::{Leg, PLAYOUT_FRAMES};
use crate::tts::Spoken;

/// A sentence's sound, by its speech and its index there; none when the voice failed.
pub(super) type Sound = (SpeechId, usize, Option<Arc<Spoken>>);

impl<L: Leg> Driver<'_, L> {
    /// Asks the voice for each sentence in order.
    pub(super) fn speak(&mut self, speech: SpeechId, sentences: Vec<String>, speed: f32) {
        self.player.begin(speech, sentences.len());
        let voice = self.engines.voice.clone();
        let sounds = self.sounds_in.clone();
        while self.speakers.try_join_next().is_some() {}
        self.speakers.spawn(async move {
            for (index, sentence) in sentences.iter().enumerate() {
                let sound = voice.sentence(sentence, speed).await;
                if let Err(error) = &sound {
                    warn!(speech, index, %error, "a sentence could not be spoken");
                }
                let failed = sound.is_err();
                if sounds.send((speech, index, sound.ok())).is_err() || failed {
                    return;
                }
            }
        });
    }

    pub(super) async fn on_sound(&mut self, (speech, sentence, sound): Sound) {
        match sound {
            Some(sound) => self.player.sound(speech, sentence, sound, self.now()),
            None => self.player.fail(speech),
        }
        self.play().await;
    }

    /// Fills the leg's queue with what is being said.
    pub(super) async fn play(&mut self) {
        let mut events = Vec::new();
        while self.leg.room() > 0 {
            let waiting = PLAYOUT_FRAMES.saturating_sub(self.leg.room()) as u64;
            let queued = Duration::from_millis(waiting * FRAME_MS);
            match self.player.frame(self.epoch.elapsed(), queued, &mut events) {
                Some(frame) => {
                    self.leg.play(&frame);
                    if let Some(tape) = &mut self.tape {
                        tape.line(&frame);
                    }
                }
                None => match self.handover.ringing_tone() {
                    Some(frame) => self.leg.play(&frame),
                    None => break,
                },
            }
        }
        while let Some((speech, sentence)) = self.player.begun() {
            if let Some(caption) = self.shown.says(speech, sentence) {
                self.leg.caption(&caption);
            }
        }
        for (speech, event) in events {
            if event == SpeechEvent::Failed {
                metrics::counter!("standardiste_engine_faults_total", "engine" => "tts").increment(1);
            }
            Box::pin(self.tell(Input::Speech { speech, event })).await;
        }
    }
}
