//! The base of answers: from the folder that staff edit, through the store, to the index in service.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use jiff::civil::Date;
use tracing::info;

use super::{settings, variables};
use crate::answers::check::{self, Finding};
use crate::answers::{self, Entry, Index, LanguageData, Listed, Problem, Problems, Sounds, Vectors, Versioned, drafts};
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
    let store = Store::open(&config.storage.database).await?.redacting(settings::redactor(config)?);
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

/// How the base is searched. The words' sounds and vectors are kept for every generation of the process.
pub fn searching(config: &Config) -> anyhow::Result<answers::Settings> {
    static SOUNDS: OnceLock<Arc<Sounds>> = OnceLock::new();
    static VECTORS: OnceLock<Arc<Vectors>> = OnceLock::new();
    let data = config.speaking.espeak_data.clone();
    tts::french_phonemes("mairie", data.as_deref())?;
    let sounds =
        SOUNDS.get_or_init(|| Arc::new(Sounds::new(move |text| tts::french_phonemes(text, data.as_deref()).ok())));
    let vectors = match VECTORS.get() {
        Some(vectors) => vectors,
        None => {
            let loaded = Arc::new(Vectors::load(&config.answers.words)?);
            VECTORS.get_or_init(|| loaded)
        }
    };
    Ok(answers::Settings {
        sounds: Some(Arc::clone(sounds)),
        vectors: Some(Arc::clone(vectors)),
        ..answers::Settings::default()
    })
}

/// Entries as an index takes them, before the store has counted their versions.
pub(super) fn first_versions(entries: &[Entry]) -> Vec<Versioned> {
    entries.iter().map(|entry| Versioned { entry: entry.clone(), version: 1 }).collect()
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
        .map(|stored| Ok(Versioned { entry: entry(&stored.id, &stored.document)?, version: stored.version }))
        .collect()
}

/// The whole base, drafts and withdrawn entries included.
pub async fn listed_base(store: &Store) -> anyhow::Result<Vec<Listed>> {
    store
        .entries()
        .await?
        .into_iter()
        .map(|listing| {
            let entry = entry(&listing.id, &listing.document)?;
            Ok(Listed::new(entry, listing.version, listing.status, listing.since))
        })
        .collect()
}

/// An entry as the store keeps it.
fn entry(id: &str, document: &str) -> anyhow::Result<Entry> {
    serde_json::from_str(document).with_context(|| format!("l'entrée « {id} » de la base de données est illisible"))
}

/// Reads a folder of answers, all of it or nothing.
pub fn read_folder(config: &Config, folder: &Path) -> anyhow::Result<Vec<Entry>> {
    Ok(answers::load_dir(folder, &variables(config))?)
}

/// What staff should look at in a folder of answers, and how many there are.
pub fn check_folder(config: &Config, folder: &Path) -> anyhow::Result<(usize, Vec<Finding>)> {
    let (variables, language) = (variables(config), language(config)?);
    let base = answers::load_files(folder, &variables)?;
    let departments: Vec<String> =
        config.destinations.iter().map(|destination| destination.department.clone()).collect();
    let today = settings::today(config)?;
    let against = check::Against { variables: &variables, language: &language, today, departments: &departments };
    Ok((base.len(), check::check(&base, &against)))
}

/// Publishes a folder of answers; when one file is wrong, nothing changes. Gives how many there are.
pub async fn import(config: &Config, store: &Store, folder: &Path) -> anyhow::Result<usize> {
    let entries = read_folder(config, folder)?;
    let rows = entries.iter().map(row).collect::<anyhow::Result<Vec<_>>>()?;
    // What cannot be indexed must not be published: the calls of the next start would have no base.
    Index::build(&first_versions(&entries), &variables(config), Arc::new(language(config)?), searching(config)?)?;
    let count = rows.len();
    store.publish(rows).await?;
    Ok(count)
}

/// Makes drafts of spreadsheets and official fiches: files in `folder` for staff to finish, and drafts in the store. When
/// one is wrong, or would take the place of another file, nothing is written. Gives the files written.
pub async fn import_drafts(
    config: &Config,
    store: &Store,
    files: &[PathBuf],
    folder: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let served = config.destinations.iter().map(|destination| destination.department.clone());
    let settings = drafts::Settings {
        today: settings::today(config)?,
        department: served.into_iter().find(|department| !department.is_empty()).unwrap_or_default(),
    };
    let drafts = drafts::load_drafts(files.iter().map(PathBuf::as_path), &variables(config), &settings)?;
    let written: Vec<PathBuf> = drafts.iter().map(|draft| folder.join(format!("{}.md", draft.entry.id))).collect();
    let taken = drafts.iter().zip(&written).filter(|(_, path)| path.exists()).map(|(draft, path)| {
        let message = format!("{} existe déjà.", path.display());
        Problem::new(&draft.file, Some(draft.line), "id", message, "Rangez-le ailleurs, ou donnez un dossier : --into.")
    });
    let taken: Vec<Problem> = taken.collect();
    if !taken.is_empty() {
        return Err(Problems(taken).into());
    }
    store.add_drafts(drafts.iter().map(|draft| row(&draft.entry)).collect::<anyhow::Result<_>>()?).await?;
    for (draft, path) in drafts.iter().zip(&written) {
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(path, drafts::markdown(draft)))
            .with_context(|| format!("{} ne peut pas être écrit", path.display()))?;
    }
    Ok(written)
}

fn row(entry: &Entry) -> anyhow::Result<EntryRow> {
    Ok(EntryRow {
        id: entry.id.clone(),
        title: entry.title.clone(),
        status: entry.status.as_str().to_owned(),
        document: serde_json::to_string(entry)?,
        author: entry.author.clone(),
        approver: entry.approver.clone().unwrap_or_default(),
    })
}
