//! French words made comparable: lower case, elisions cut, stems, accents folded, synonyms rewritten, empty words dropped.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tantivy::tokenizer::{Language, Stemmer, TextAnalyzer, TokenStream, WhitespaceTokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What is cut from the front of a word before an apostrophe: « l'acte », « jusqu'au ».
pub(super) const ELISIONS: [&str; 14] =
    ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"];

/// One word of a text, stemmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Stem without accents; what is compared.
    pub stem: String,
    pub weight: Weight,
    /// The words of the text that it stands for, by their rank among its [`spoken`] ones.
    pub of: Range<usize>,
}

/// One word of a text, lower case, accents kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub word: String,
    /// With the elision before it, as it is said: « d'identité ».
    pub whole: String,
}

/// How a word counts, from the lists of `synonyms.toml`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Said about anything (« enfant », « demander », « deux »): it counts for less.
    Weak,
    #[default]
    Plain,
    /// Names a kind of paper without saying which (« acte », « extrait »): never enough to be sure.
    Generic,
    /// Names another démarche unless the entry is asked with it (« perdu », « témoins »).
    Decisive,
    /// Names another service or subject altogether (« médiathèque », « permis »), unless likewise.
    Outside,
}

/// The pipeline, with its word lists; made once, shared by the index and the questions.
#[derive(Debug, Clone, Default)]
pub struct Analyzer {
    /// Words without meaning for a search, as written, lower case.
    stop: HashSet<String>,
    /// The stems that are not [`Weight::Plain`].
    weights: HashMap<String, Weight>,
    /// Synonyms by the first stem of the variant, longest variant first.
    rewrites: HashMap<String, Vec<Rewrite>>,
    /// The synonyms' wordings, canonical and variant, as written.
    wordings: Vec<String>,
}

#[derive(Debug, Clone)]
struct Rewrite {
    variant: Vec<String>,
    canonical: Vec<String>,
}

impl Analyzer {
    /// `synonyms` are pairs (canonical wording, its variants). A word of two lists has the weight of the last.
    pub fn new<'a>(
        stop: impl IntoIterator<Item = &'a str>,
        weights: impl IntoIterator<Item = (&'a str, Weight)>,
        synonyms: impl IntoIterator<Item = (&'a str, &'a [String])>,
    ) -> Self {
        let mut analyzer = Analyzer {
            stop: stop.into_iter().flat_map(|word| words(word).into_iter().chain([word.to_lowercase()])).collect(),
            ..Analyzer::default()
        };
        for (text, weight) in weights {
            analyzer.weights.extend(stems(&words(text)).into_iter().map(|stem| (stem, weight)));
        }
        let mut rewrites: HashMap<String, Vec<Rewrite>> = HashMap::new();
        let stems_of = |analyzer: &Analyzer, text: &str| -> Vec<String> {
            analyzer.content(text).into_iter().map(|(stem, _)| stem).collect()
        };
        for (canonical, variants) in synonyms {
            analyzer.wordings.push(canonical.to_owned());
            analyzer.wordings.extend(variants.iter().cloned());
            let canonical = stems_of(&analyzer, canonical);
            for variant in variants {
                let variant = stems_of(&analyzer, variant);
                if let Some(first) = variant.first()
                    && variant != canonical
                {
                    let rewrite = Rewrite { variant: variant.clone(), canonical: canonical.clone() };
                    rewrites.entry(first.clone()).or_default().push(rewrite);
                }
            }
        }
        for list in rewrites.values_mut() {
            list.sort_by_key(|rewrite| std::cmp::Reverse(rewrite.variant.len()));
        }
        analyzer.rewrites = rewrites;
        analyzer
    }

    /// The words that carry meaning, in their order, synonyms in their canonical wording.
    pub fn terms(&self, text: &str) -> Vec<Term> {
        let content = self.content(text);
        let mut terms = Vec::with_capacity(content.len());
        let mut at = 0;
        let says = |from: usize, variant: &[String]| {
            content.len() >= from + variant.len() && content[from..].iter().zip(variant).all(|((stem, _), v)| stem == v)
        };
        while at < content.len() {
            let (stem, first) = &content[at];
            let list = self.rewrites.get(stem);
            match list.and_then(|list| list.iter().find(|rewrite| says(at, &rewrite.variant))) {
                Some(rewrite) => {
                    let last = content[at + rewrite.variant.len() - 1].1;
                    terms.extend(rewrite.canonical.iter().map(|stem| self.term(stem, *first..last + 1)));
                    at += rewrite.variant.len();
                }
                None => {
                    terms.push(self.term(stem, *first..first + 1));
                    at += 1;
                }
            }
        }
        terms
    }

    /// The wordings that synonyms are made of.
    pub fn wordings(&self) -> &[String] {
        &self.wordings
    }

    /// Whether a word, as [`spoken`] gives it, has no meaning for a search.
    pub fn is_empty_word(&self, word: &str) -> bool {
        self.stop.contains(word)
    }

    fn term(&self, stem: &str, of: Range<usize>) -> Term {
        Term { stem: stem.to_owned(), weight: self.weight(stem), of }
    }

    pub(super) fn weight(&self, stem: &str) -> Weight {
        self.weights.get(stem).copied().unwrap_or_default()
    }

    /// Stems of the words that are not stop words, each with its word's rank.
    fn content(&self, text: &str) -> Vec<(String, usize)> {
        let (ranks, kept): (Vec<usize>, Vec<String>) =
            words(text).into_iter().enumerate().filter(|(_, word)| !self.stop.contains(word)).unzip();
        stems(&kept).into_iter().zip(ranks).collect()
    }
}

/// How much a word tells, in nats, that so many of so many entries are asked with.
pub(super) fn rarity(entries: usize, with: u32) -> f32 {
    (1.0 + (entries as f32 + 0.5) / (with as f32 + 0.5)).ln()
}

/// Lower-case words, accents kept, elisions cut.
pub fn words(text: &str) -> Vec<String> {
    spoken(text).into_iter().map(|spoken| spoken.word).collect()
}

/// The words of a text, each with its elision.
pub fn spoken(text: &str) -> Vec<Spoken> {
    let lower: String = text.nfc().collect::<String>().to_lowercase().replace('œ', "oe").replace('æ', "ae");
    let mut words = Vec::new();
    for piece in lower.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c)) {
        let mut rest = piece.trim_matches(is_apostrophe);
        let mut elided = String::new();
        while let Some((before, after)) = rest.split_once(is_apostrophe) {
            if ELISIONS.contains(&before) {
                elided.push_str(before);
                elided.push('\'');
            } else {
                words.push(Spoken { whole: format!("{elided}{before}"), word: before.to_owned() });
                elided.clear();
            }
            rest = after;
        }
        if !rest.is_empty() {
            words.push(Spoken { whole: elided + rest, word: rest.to_owned() });
        }
    }
    words
}

/// Where each word of [`spoken`] stands in the text, in bytes, its elision left out.
pub fn places(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut begin = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphanumeric() {
            begin.get_or_insert(at);
        } else if let Some(from) = begin.take()
            && !(is_apostrophe(c)
                && ELISIONS.contains(&text[from..at].to_lowercase().as_str())
                && text[at..].chars().nth(1).is_some_and(char::is_alphanumeric))
        {
            places.push(from..at);
        }
    }
    places
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '‘')
}

/// Snowball's French stems, then accents folded: « déclarée » and « déclarer » meet, « où » and « ou » are told apart before.
pub fn stems(words: &[String]) -> Vec<String> {
    let mut stemmer =
        TextAnalyzer::builder(WhitespaceTokenizer::default()).filter(Stemmer::new(Language::French)).build();
    let text = words.join(" ");
    let mut stream = stemmer.token_stream(&text);
    let mut stems = Vec::with_capacity(words.len());
    while stream.advance() {
        stems.push(fold(&stream.token().text));
    }
    stems
}

fn fold(word: &str) -> String {
    word.nfd().filter(|c| !is_combining_mark(*c)).collect()
}
