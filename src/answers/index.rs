//! One generation of the base, made aside, whole and unchangeable: tantivy in memory, and the words of every entry.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use tantivy::directory::RamDirectory;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexReader, ReloadPolicy, TantivyDocument};

use super::analysis::{Term, Weight, spoken};
use super::entry::{Entry, Status};
use super::language::{LanguageData, Ways};
use super::learned::{Learned, Reader};
use super::meaning::Meanings;
use super::phonetic::{Lexicon, Phrases, row};
use super::problem::{Problem, Problems};
use super::settings::Settings;
use super::sounds::Sounds;
use super::variables::Variables;
use crate::dialogue::Topic;

/// An entry and the version that the store gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    pub entry: Entry,
    /// From 1.
    pub version: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Variables that the configuration does not define, or the same identifier twice.
    #[error("{0}")]
    Base(Problems),
    #[error("no published entry to index: publish at least one answer")]
    Empty,
    #[error("could not build the index in memory: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error("could not search the index: {0}")]
    Search(tantivy::TantivyError),
}

/// An immutable generation; a call keeps the one it began with by its `Arc`.
pub struct Index {
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    /// By tantivy's document number.
    pub(super) origins: Vec<Origin>,
    pub(super) entries: Vec<Indexed>,
    pub(super) ids: HashMap<String, usize>,
    pub(super) vocabulary: HashMap<String, u32>,
    /// The vocabulary's words, by number.
    pub(super) stems: Vec<String>,
    /// In how many entries each word of the vocabulary is asked with.
    pub(super) entries_with: Vec<u32>,
    /// In how many ways of asking, of all entries.
    pub(super) askings_with: Vec<u32>,
    pub(super) askings: u32,
    pub(super) lexicon: Lexicon,
    pub(super) phrases: Phrases,
    pub(super) meanings: Option<Meanings>,
    pub(super) learned: Option<Learned>,
    pub(super) language: Arc<LanguageData>,
    pub(super) settings: Settings,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub question: Field,
    pub pairs: Field,
    pub about: Field,
    pub answer: Field,
}

/// What a document of the index is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub entry: usize,
    pub part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Question(usize),
    About,
    Answer,
}

/// The words of an entry, as numbers of the vocabulary, sorted.
pub(super) struct Indexed {
    pub topic: Arc<Topic>,
    pub questions: Vec<Asking>,
    /// Its label's words.
    pub name: Asking,
    /// Every word of them, with the number of ways of asking that hold it.
    pub counts: Vec<(u32, u32)>,
    /// Those that carry meaning on their own and that more than half of the ways of asking hold.
    pub held: Vec<(u32, u32)>,
    pub about: Vec<u32>,
    pub answer: Vec<u32>,
    /// Wordings of its own for each facet, in the order of the topic's.
    pub ways: Vec<Ways>,
}

/// The words of one way of asking, as numbers of the vocabulary, sorted.
pub(super) struct Asking {
    pub words: Vec<(u32, Weight)>,
}

impl Index {
    /// Builds the generation of the entries that are published; the others are left out.
    ///
    /// # Errors
    /// [`Error::Base`] with every unknown variable and duplicate; [`Error::Empty`]; a failure of tantivy. Nothing of
    /// the previous generation is touched.
    pub fn build(
        base: &[Versioned],
        variables: &Variables,
        language: Arc<LanguageData>,
        settings: Settings,
    ) -> Result<Arc<Index>, Error> {
        let (fields, schema) = schema();
        let mut builder = Builder {
            writer: tantivy::Index::builder()
                .schema(schema)
                .single_segment_index_writer(RamDirectory::create(), WRITER_BYTES)?,
            fields,
            origins: Vec::new(),
            entries: Vec::new(),
            ids: HashMap::new(),
            vocabulary: HashMap::new(),
            entries_with: Vec::new(),
            phrases: Phrases::default(),
            named: Vec::new(),
            said: HashSet::new(),
            sounds: settings.sounds.clone(),
            language,
        };
        let mut problems = Vec::new();
        for versioned in base.iter().filter(|versioned| versioned.entry.status == Status::Published) {
            builder.add(versioned, variables, &mut problems)?;
        }
        if !problems.is_empty() {
            return Err(Error::Base(Problems(problems)));
        }
        if builder.entries.is_empty() {
            return Err(Error::Empty);
        }
        let lexicon = builder.lexicon();
        let analyzer = &builder.language.analyzer;
        let meanings = settings.vectors.clone().map(|vectors| Meanings::build(vectors, analyzer, &builder.named));
        let learned = Learned::build(Reader { analyzer, sounds: builder.sounds.as_deref() }, &builder.named);
        builder.phrases.finish();
        let mut askings_with = vec![0; builder.entries_with.len()];
        for (word, count) in builder.entries.iter().flat_map(|entry| &entry.counts) {
            askings_with[*word as usize] += count;
        }
        let askings = builder.entries.iter().map(|entry| entry.questions.len() as u32).sum();
        let mut stems = vec![String::new(); builder.entries_with.len()];
        for (stem, number) in &builder.vocabulary {
            stems[*number as usize].clone_from(stem);
        }
        let reader: IndexReader =
            builder.writer.finalize()?.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Arc::new(Index {
            reader,
            fields,
            origins: builder.origins,
            entries: builder.entries,
            ids: builder.ids,
            vocabulary: builder.vocabulary,
            stems,
            entries_with: builder.entries_with,
            askings_with,
            askings,
            lexicon,
            phrases: builder.phrases,
            meanings,
            learned,
            language: builder.language,
            settings,
        }))
    }

    /// The topics of this generation, in the order they were given.
    pub fn topics(&self) -> impl Iterator<Item = &Arc<Topic>> {
        self.entries.iter().map(|entry| &entry.topic)
    }

    /// The topic of an entry, for a call that comes back to it.
    pub fn topic(&self, entry: &str) -> Option<&Arc<Topic>> {
        self.ids.get(entry).map(|at| &self.entries[*at].topic)
    }

    /// The data this generation was built with.
    pub fn language(&self) -> &LanguageData {
        &self.language
    }
}

/// Room for tantivy's hash tables, bytes: the least it takes, enough for some 20,000 ways of asking without a flush.
const WRITER_BYTES: usize = 15_000_000;

fn schema() -> (Fields, Schema) {
    // The text is analysed before it comes here; tantivy only has to cut it at the spaces.
    let indexed =
        TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(IndexRecordOption::WithFreqs);
    let options = TextOptions::default().set_indexing_options(indexed);
    let mut schema = Schema::builder();
    let fields = Fields {
        question: schema.add_text_field("question", options.clone()),
        pairs: schema.add_text_field("pairs", options.clone()),
        about: schema.add_text_field("about", options.clone()),
        answer: schema.add_text_field("answer", options),
    };
    (fields, schema.build())
}

struct Builder {
    writer: tantivy::SingleSegmentIndexWriter,
    fields: Fields,
    origins: Vec<Origin>,
    entries: Vec<Indexed>,
    ids: HashMap<String, usize>,
    vocabulary: HashMap<String, u32>,
    entries_with: Vec<u32>,
    phrases: Phrases,
    /// What each entry is asked with, then its title and label.
    named: Vec<Vec<String>>,
    /// Words and set phrases that are asked with, as written.
    said: HashSet<String>,
    sounds: Option<Arc<Sounds>>,
    language: Arc<LanguageData>,
}

impl Builder {
    fn add(&mut self, versioned: &Versioned, variables: &Variables, problems: &mut Vec<Problem>) -> Result<(), Error> {
        let entry = &versioned.entry;
        let topic = match entry.topic(versioned.version, variables) {
            Ok(topic) => topic,
            Err(errors) => {
                let remedy = "Complétez la section [mairie] de la configuration, ou corrigez la réponse.";
                problems
                    .extend(errors.iter().map(|error| Problem::new(&entry.id, None, "", format!("{error}."), remedy)));
                return Ok(());
            }
        };
        let at = self.entries.len();
        if self.ids.insert(entry.id.clone(), at).is_some() {
            let message = format!("l'identifiant « {} » est donné deux fois.", entry.id);
            problems.push(Problem::new(&entry.id, None, "id", message, "Gardez une seule version publiée."));
            return Ok(());
        }
        let language = Arc::clone(&self.language);
        let analyzer = &language.analyzer;

        let mut questions = Vec::new();
        for (rank, question) in entry.questions.iter().enumerate() {
            let terms = analyzer.terms(question);
            let mut document = TantivyDocument::default();
            document.add_text(self.fields.question, spaced(&terms));
            document.add_text(self.fields.pairs, pairs(&terms).join(" "));
            self.write(document, Origin { entry: at, part: Part::Question(rank) })?;
            questions.push(self.asking(&terms));
        }
        let about = analyzer.terms(&format!("{}\n{}\n{}", entry.title, entry.label, entry.keywords.join("\n")));
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.about, spaced(&about));
        self.write(document, Origin { entry: at, part: Part::About })?;

        let mut said = topic.answer.clone();
        let mut ways = Vec::new();
        for facet in &entry.facets {
            said.push('\n');
            said.push_str(&facet.answer);
            ways.push(Ways::new(&facet.kind, &facet.questions, analyzer));
        }
        let answer = analyzer.terms(&said);
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.answer, spaced(&answer));
        self.write(document, Origin { entry: at, part: Part::Answer })?;

        let name = self.asking(&analyzer.terms(&entry.label));
        let about = self.numbers(&about);
        let answer = self.numbers(&answer);
        let asked: HashSet<u32> = questions
            .iter()
            .flat_map(|asking| asking.words.iter().map(|(word, _)| *word))
            .chain(about.clone())
            .collect();
        for word in asked {
            self.entries_with[word as usize] += 1;
        }
        let mut counted: BTreeMap<u32, (u32, Weight)> = BTreeMap::new();
        for (word, weight) in questions.iter().flat_map(|asking| &asking.words) {
            counted.entry(*word).or_insert((0, *weight)).0 += 1;
        }
        let often = |count: u32| 6 * count as usize > entry.questions.len();
        let held = counted.iter().filter(|(_, (count, weight))| *weight != Weight::Weak && often(*count));
        let held = held.map(|(word, (count, _))| (*word, *count)).collect();
        let counts = counted.iter().map(|(word, (count, _))| (*word, *count)).collect();
        self.hear(entry);
        self.named.push(entry.questions.iter().chain([&entry.title, &entry.label]).cloned().collect());
        self.entries.push(Indexed { topic: Arc::new(topic), questions, name, counts, held, about, answer, ways });
        Ok(())
    }

    /// Takes in how an entry's ways of asking sound.
    fn hear(&mut self, entry: &Entry) {
        let Some(sounds) = self.sounds.clone() else { return };
        self.phrases.add(entry.questions.iter().map(|question| row(&spoken(question), &sounds)));
        let names = entry.keywords.iter().chain([&entry.label]);
        self.said.extend(names.clone().cloned());
        for text in entry.questions.iter().chain(names).chain([&entry.title]) {
            self.said.extend(spoken(text).into_iter().map(|spoken| spoken.word));
        }
    }

    fn lexicon(&self) -> Lexicon {
        let Some(sounds) = &self.sounds else { return Lexicon::default() };
        let mut texts: Vec<&str> = self.said.iter().map(String::as_str).collect();
        // In one order, so that equal bases make equal generations.
        texts.sort_unstable();
        let analyzer = &self.language.analyzer;
        texts.extend(analyzer.wordings().iter().map(String::as_str));
        Lexicon::new(texts, analyzer, sounds, |stem| self.vocabulary.get(stem).copied())
    }

    fn write(&mut self, document: TantivyDocument, origin: Origin) -> Result<(), Error> {
        self.writer.add_document(document)?;
        self.origins.push(origin);
        Ok(())
    }

    fn number(&mut self, stem: &str) -> u32 {
        if let Some(number) = self.vocabulary.get(stem) {
            return *number;
        }
        let number = self.entries_with.len() as u32;
        self.vocabulary.insert(stem.to_owned(), number);
        self.entries_with.push(0);
        number
    }

    fn numbers(&mut self, terms: &[Term]) -> Vec<u32> {
        let mut numbers: Vec<u32> = terms.iter().map(|term| self.number(&term.stem)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn asking(&mut self, terms: &[Term]) -> Asking {
        let numbers: Vec<u32> = terms.iter().map(|term| self.number(&term.stem)).collect();
        let mut words: Vec<(u32, Weight)> = numbers.into_iter().zip(terms.iter().map(|term| term.weight)).collect();
        words.sort_unstable();
        words.dedup();
        Asking { words }
    }
}

fn spaced(terms: &[Term]) -> String {
    terms.iter().map(|term| term.stem.as_str()).collect::<Vec<_>>().join(" ")
}

/// Neighbouring words as one word each: stems hold no underscore.
pub(super) fn pairs(terms: &[Term]) -> Vec<String> {
    terms.windows(2).map(|pair| format!("{}_{}", pair[0].stem, pair[1].stem)).collect()
}
