//! Builds every part once from the configuration, starts the service and ends it in order.
//!
//! Nothing below knows the configuration: here each of its sections becomes the settings of the part it is about.

mod base;
pub mod calibration;
pub mod data;
pub mod evaluation;
mod publication;
pub mod register;
mod service;
mod settings;
pub mod spoken;

pub use base::{
    Base, Edition, base, check_folder, import, import_drafts, language, listed_base, read_folder, searching,
    stored_base,
};
pub use publication::{Fault, OnNew, Publication};
pub use service::{Service, Stopped, install_crypto, log};
pub use settings::{console_url, hearing, line, policy, redactor, sip, speaking, today, turn, variables};

use std::sync::Arc;

use anyhow::Context;

use crate::answers::Index;
use crate::asr::Pool;
use crate::call::Line;
use crate::config::Config;
use crate::switchboard::{self, Engines, Generations};
use crate::tts::Voice;

/// The engines and the published base, ready for calls.
pub struct Ready {
    pub engines: Engines,
    pub base: Base,
    pub voice: Voice,
}

/// Loads the base, the voice and the hearing.
pub async fn ready(config: &Config) -> anyhow::Result<Ready> {
    let base = base(config).await?;
    let line = Arc::new(line(config)?);
    let hearing = settings::hearing(config);
    let speaking = settings::speaking(config);
    let loading = tokio::task::spawn_blocking(move || anyhow::Ok((Pool::start(hearing)?, Voice::start(speaking)?)));
    let (hearing, voice) = loading.await.context("le chargement des modèles s'est arrêté")??;
    // What every phrase scores on silence takes a second or two: not during the first call.
    hearing.prepare(line.expectations()).await?;
    let engines = Engines {
        line,
        hearing,
        voice: voice.clone(),
        base: Generations::new(Arc::clone(&base.index)),
        store: Some(base.store.clone()),
        turn: turn(config),
        // The service gives its telephone.
        dialler: None,
        bridging: settings::bridging(config),
        handover_url: Some(settings::handover_url(config)),
        audio_folder: (config.keep.audio && config.keep.transcripts_days > 0).then(|| config.keep.audio_folder.clone()),
    };
    Ok(Ready { engines, base, voice })
}

/// Everything the line will say that is known in advance: greeting, prompts, answers and their facets.
pub fn known_sentences(line: &Line, index: &Index) -> Vec<String> {
    let mut texts: Vec<String> = line.greeting().into_iter().map(|(text, _)| text).collect();
    let messages_days = line.settings.messages_days.to_string();
    let known = [("mairie", line.settings.mairie.as_str()), ("messages_days", &messages_days)];
    texts.extend(line.prompts.known_in_advance(&known));
    let moments = line.settings.hours.as_ref().map(|hours| {
        let now = jiff::Timestamp::now();
        // What is said of the day from now on, one sentence a change.
        let day = hours.changes(now.to_zoned(hours.zone.clone()).date());
        std::iter::once(now).chain(day.into_iter().filter(|at| *at > now)).collect::<Vec<_>>()
    });
    for topic in index.topics() {
        let moments = moments.iter().flatten().filter_map(|at| switchboard::said_at(line, topic, *at));
        texts.extend(moments.flat_map(|said| {
            let facets = said.facets.into_iter().map(|facet| facet.answer);
            std::iter::once(said.answer).chain(facets).collect::<Vec<_>>()
        }));
        texts.push(topic.answer.clone());
        texts.extend(topic.facets.iter().map(|facet| facet.answer.clone()));
        let label = [("label", topic.label.as_str())];
        texts.extend(["confirm.ask", "confirm.again", "no_facet"].map(|key| line.prompts.say(key, 0, &label)));
    }
    texts.retain(|text| !text.contains(switchboard::OPENING));
    texts.iter().flat_map(|text| crate::french::sentences(text)).collect()
}
