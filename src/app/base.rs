//! The base of answers: from the folder that staff edit, through the store, to the index in service.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use jiff::civil::Date;
use tracing::info;

use super::{settings, variables};
use crate::answers::{self, Entry, Index, LanguageData, Sounds, Vectors, Versioned};
use crate::config::Config;
use crate::store::{EntryRow, Store};
use crate::tts;

/// What the store published, as it may be said on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    pub generation: u64,
    /// On the town's calendar; answers begin and end their validity with it.
    pub day: Date,
}

/// The store, and the index of what it publishes.
pub struct Base {
    pub store: Store,
    pub index: Arc<Index>,
    pub edition: Edition,
}

/// Opens the store and indexes its published entries; an empty store takes the folder's first.
pub async fn base(config: &Config) -> anyhow::Result<Base> {
    let store = Store::open(&config.storage.database).await?;
    if store.generation().await? == 0 {
        let count = import(config, &store, &config.answers.folder).await?;
        info!(entries = count, "the empty store has taken the folder's answers");
    }
    // Read before the entries: a publication in between is then taken once more, rather than missed.
    let edition = Edition { generation: store.generation().await?, day: settings::today(config)? };
    let index = build(config, stored_base(&store).await?, edition.day)?;
    Ok(Base { store, index, edition })
}

/// The generation of what may be said on `day`.
pub(super) fn build(config: &Config, mut published: Vec<Versioned>, day: Date) -> anyhow::Result<Arc<Index>> {
    published.retain(|versioned| versioned.entry.speakable_on(day));
    let language = Arc::new(language(config)?);
    Ok(Index::build(&published, &variables(config), language, searching(config)?)?)
}

/// How the base is searched. The words' sounds are kept for every generation of the process.
pub fn searching(config: &Config) -> anyhow::Result<answers::Settings> {
    static SOUNDS: OnceLock<Arc<Sounds>> = OnceLock::new();
    let data = config.speaking.espeak_data.clone();
    tts::french_phonemes("mairie", data.as_deref())?;
    let sounds =
        SOUNDS.get_or_init(|| Arc::new(Sounds::new(move |text| tts::french_phonemes(text, data.as_deref()).ok())));
    let vectors = Some(Arc::new(Vectors::load(&config.answers.words)?));
    Ok(answers::Settings { sounds: Some(Arc::clone(sounds)), vectors, ..answers::Settings::default() })
}

/// The search's words and parameters.
pub fn language(config: &Config) -> anyhow::Result<LanguageData> {
    Ok(LanguageData::load(&config.answers.language)?)
}

/// The published entries with their versions.
pub async fn stored_base(store: &Store) -> anyhow::Result<Vec<Versioned>> {
    store
        .published()
        .await?
        .into_iter()
        .map(|stored| {
            let entry = serde_json::from_str(&stored.document)
                .with_context(|| format!("l'entrée « {} » de la base de données est illisible", stored.id))?;
            Ok(Versioned { entry, version: stored.version })
        })
        .collect()
}

/// Reads a folder of answers, all of it or nothing.
pub fn read_folder(config: &Config, folder: &Path) -> anyhow::Result<Vec<Entry>> {
    Ok(answers::load_dir(folder, &variables(config))?)
}

/// Publishes a folder of answers; when one file is wrong, nothing changes. Gives how many there are.
pub async fn import(config: &Config, store: &Store, folder: &Path) -> anyhow::Result<usize> {
    let entries = read_folder(config, folder)?;
    let rows = entries
        .iter()
        .map(|entry| {
            Ok(EntryRow {
                id: entry.id.clone(),
                title: entry.title.clone(),
                status: entry.status.as_str().to_owned(),
                document: serde_json::to_string(entry)?,
                author: entry.author.clone(),
                approver: entry.approver.clone().unwrap_or_default(),
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    // What cannot be indexed must not be published: the calls of the next start would have no base.
    let trial: Vec<Versioned> = entries.into_iter().map(|entry| Versioned { entry, version: 1 }).collect();
    Index::build(&trial, &variables(config), Arc::new(language(config)?), searching(config)?)?;
    let count = rows.len();
    store.publish(rows).await?;
    Ok(count)
}
