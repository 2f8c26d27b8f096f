//! Questions as they would be heard on the telephone: spoken by the line's own voice, at a speed and a pitch, with noise,
//! through G.711, cut into a turn and transcribed as in a call.
//!
//! What was heard is kept by content under the cache folder, so that a second run costs nothing; the voice and the
//! hearing are loaded when something is not there yet.

mod condition;
mod noise;
mod sound;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

pub use condition::{Condition, Noise};

use super::settings;
use crate::asr::{self, Pool};
use crate::config::Config;
use crate::dialogue::{Alternative, Expectation, Heard, Shortlist};
use crate::tts::{self, Voice};
use crate::{french, turn};

/// Changes when the same question would be heard otherwise: what was kept is then left alone.
const FORMAT: &str = "1";
/// Nobody waits at the telephone: a busy machine must not change what is heard.
const TIME_LIMIT: Duration = Duration::from_secs(240);
/// Questions under way at once: one being spoken while two are heard.
const AT_ONCE: usize = 3;
/// Bound of the sentences kept for evaluations, apart from the line's own so that these are never pushed out, bytes.
const SPOKEN_BYTES: u64 = 1 << 30;
/// What the babble's voices say.
const BABBLE: [&str; 6] = [
    "Et là je lui ai dit que non, pas question, il n'avait qu'à revenir la semaine prochaine avec les enfants.",
    "On se retrouve devant la boulangerie vers dix heures, et après on ira voir ta mère si elle est rentrée.",
    "Le train est annoncé voie quatre avec une vingtaine de minutes de retard, comme tous les lundis matin.",
    "Tu as pensé à prendre le pain et le journal, parce que le magasin ferme plus tôt pendant les vacances.",
    "Non mais regarde la file, on en a pour une heure au moins, et il reste un seul guichet ouvert là-bas.",
    "Il fait froid ici, ferme donc la fenêtre, et dis au petit de poser son cartable dans le couloir.",
];

/// Speaks and hears questions.
#[derive(Clone)]
pub struct Telephone(Arc<Inner>);

struct Inner {
    engines: OnceCell<Engines>,
    babble: OnceCell<Arc<Vec<i16>>>,
    hearing: asr::Settings,
    speaking: tts::Settings,
    turn: turn::Settings,
    expect: Expectation,
    /// Where what was heard is kept.
    kept: PathBuf,
    /// Of everything but the question and its condition.
    identity: Vec<u8>,
}

struct Engines {
    voice: Voice,
    hearing: Pool,
}

impl Telephone {
    /// The voice and the hearing of the configuration; `expect` is what a call expects to hear.
    ///
    /// # Errors
    /// A voice's manifest or a model that cannot be read.
    pub fn new(config: &Config, expect: Expectation) -> anyhow::Result<Self> {
        let folder = config.cache.join("evaluation");
        let hearing = asr::Settings {
            time_limit: TIME_LIMIT,
            phrase_budget: TIME_LIMIT,
            alternatives_budget: TIME_LIMIT,
            queue: 64,
            ..settings::hearing(config)
        };
        let speaking = tts::Settings {
            cache: folder.join("spoken"),
            cache_bytes: SPOKEN_BYTES,
            time_limit: TIME_LIMIT,
            ..settings::speaking(config)
        };
        let model = std::fs::metadata(&hearing.model).with_context(|| hearing.model.display().to_string())?;
        let changed = model.modified()?.duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
        let mut identity = Sha256::new();
        identity.update(FORMAT);
        identity.update(std::fs::read(&speaking.manifest).with_context(|| speaking.manifest.display().to_string())?);
        identity.update(format!("\n{} {changed} {}\n", model.len(), speaking.speed));
        identity.update(serde_json::to_vec(&(&expect.prompt, &expect.phrases, expect.signs.as_deref()))?);
        Ok(Self(Arc::new(Inner {
            engines: OnceCell::new(),
            babble: OnceCell::new(),
            hearing,
            speaking,
            turn: settings::turn(config),
            expect,
            kept: folder.join("heard"),
            identity: identity.finalize().to_vec(),
        })))
    }

    /// What is heard of each question, in their order, and what the sound says of the entries that `shortlist` names;
    /// `progress` is told how many are done.
    ///
    /// # Errors
    /// A voice or a hearing that fails, a cache folder that cannot be written.
    pub async fn hear(
        &self,
        questions: &[(String, Condition)],
        shortlist: &Shortlist,
        mut progress: impl FnMut(usize),
    ) -> anyhow::Result<Vec<Heard>> {
        let mut heard: Vec<Option<Heard>> = vec![None; questions.len()];
        let mut waiting = questions.iter().cloned().enumerate();
        let mut under_way = JoinSet::new();
        let mut done = 0;
        progress(done);
        loop {
            while under_way.len() < AT_ONCE
                && let Some((rank, (text, condition))) = waiting.next()
            {
                let (telephone, shortlist) = (self.clone(), Arc::clone(shortlist));
                under_way.spawn(async move { (rank, telephone.0.judged(&text, &condition, &shortlist).await) });
            }
            let Some(finished) = under_way.join_next().await else { break };
            let (rank, result) = finished.context("une question dite s'est arrêtée")?;
            heard[rank] = Some(result.with_context(|| format!("« {} »", questions[rank].0))?);
            done += 1;
            progress(done);
        }
        Ok(heard.into_iter().map(Option::unwrap_or_default).collect())
    }
}

impl Inner {
    /// What is heard of a question, the sound asked about the entries whose words it may be.
    async fn judged(&self, text: &str, condition: &Condition, shortlist: &Shortlist) -> anyhow::Result<Heard> {
        let heard = self.one(text, condition, None).await?;
        let among = shortlist(&heard);
        if among.is_empty() { Ok(heard) } else { self.one(text, condition, Some(among)).await }
    }

    async fn one(&self, text: &str, condition: &Condition, among: Option<Vec<Alternative>>) -> anyhow::Result<Heard> {
        let file = self.kept.join(format!("{}.json", self.key(text, condition, among.as_deref())));
        if let Ok(bytes) = tokio::fs::read(&file).await
            && let Ok(heard) = serde_json::from_slice(&bytes)
        {
            return Ok(heard);
        }
        let sound = self.sound(text, condition).await?;
        let utterance = sound::first_turn(&sound, &self.turn);
        let expect = self.expect.clone();
        // Nothing that the detector takes for speech: a call would go on waiting.
        let heard = match among {
            _ if utterance.is_empty() => Heard::default(),
            None => self.engines().await?.hearing.hear(utterance, expect).await?,
            Some(among) => {
                let shortlist: Shortlist = Arc::new(move |_| among.clone());
                self.engines().await?.hearing.hear_among(utterance, expect, shortlist).await?
            }
        };
        tokio::fs::create_dir_all(&self.kept).await.with_context(|| self.kept.display().to_string())?;
        let aside = file.with_extension(format!("{}.part", uuid::Uuid::new_v4().simple()));
        tokio::fs::write(&aside, serde_json::to_vec(&heard)?).await.with_context(|| aside.display().to_string())?;
        tokio::fs::rename(&aside, &file).await.with_context(|| file.display().to_string())?;
        Ok(heard)
    }

    fn key(&self, text: &str, condition: &Condition, among: Option<&[Alternative]>) -> String {
        let mut hash = Sha256::new();
        hash.update(&self.identity);
        hash.update(condition.key());
        hash.update([0]);
        hash.update(text);
        for Alternative { meaning, text } in among.into_iter().flatten() {
            hash.update(format!("\0{meaning}\0{text}"));
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The caller's sound as it comes out of the telephone network, 16 kHz.
    async fn sound(&self, text: &str, condition: &Condition) -> anyhow::Result<Vec<i16>> {
        let speech = self.say(text, condition.speed / condition.pitch).await?;
        let speech = sound::airy(&sound::pitched(&speech, condition.pitch));
        let mixed = match &condition.noise {
            Some((noise, snr_db)) => {
                let noise = match noise {
                    Noise::White => noise::white(speech.len(), text),
                    Noise::Pink => noise::pink(speech.len(), text),
                    Noise::Babble => noise::repeated(&self.babble().await?, speech.len(), text),
                    Noise::Sound { samples, .. } => noise::repeated(samples, speech.len(), text),
                };
                sound::mixed(&speech, &noise, *snr_db)
            }
            None => speech,
        };
        Ok(sound::telephoned(&mixed)?)
    }

    async fn say(&self, text: &str, speed: f32) -> anyhow::Result<Vec<i16>> {
        let voice = &self.engines().await?.voice;
        let mut speech = Vec::new();
        for (rank, sentence) in french::sentences(text).iter().enumerate() {
            if rank > 0 {
                speech.extend(sound::breath());
            }
            speech.extend_from_slice(&voice.sentence(sentence, self.speaking.speed * speed).await?.samples);
        }
        Ok(speech)
    }

    /// Six people talking at once behind the caller.
    async fn babble(&self) -> anyhow::Result<Arc<Vec<i16>>> {
        let make = async {
            let mut voices = Vec::new();
            for (rank, sentence) in BABBLE.iter().enumerate() {
                let pitch = 0.8 + 0.09 * rank as f32;
                voices.push(sound::pitched(&self.say(sentence, 1.0 / pitch).await?, pitch));
            }
            anyhow::Ok(Arc::new(noise::together(&voices)))
        };
        Ok(Arc::clone(self.babble.get_or_try_init(|| make).await?))
    }

    async fn engines(&self) -> anyhow::Result<&Engines> {
        let load = async {
            let (hearing, speaking) = (self.hearing.clone(), self.speaking.clone());
            let loading = tokio::task::spawn_blocking(move || {
                anyhow::Ok(Engines { hearing: Pool::start(hearing)?, voice: Voice::start(speaking)? })
            });
            let engines = loading.await.context("le chargement des modèles s'est arrêté")??;
            engines.hearing.prepare(vec![self.expect.clone()]).await?;
            anyhow::Ok(engines)
        };
        self.engines.get_or_try_init(|| load).await
    }
}
