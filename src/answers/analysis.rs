//! French words made comparable: lower case, elisions cut, stems, accents folded, synonyms rewritten, empty words dropped.

use std::collections::{HashMap, HashSet};

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
        for (canonical, variants) in synonyms {
            let canonical = analyzer.content(canonical);
            for variant in variants {
                let variant = analyzer.content(variant);
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
        while at < content.len() {
            let rewrite = self
                .rewrites
                .get(&content[at])
                .and_then(|list| list.iter().find(|rewrite| content[at..].starts_with(&rewrite.variant)));
            match rewrite {
                Some(rewrite) => {
                    terms.extend(rewrite.canonical.iter().map(|stem| self.term(stem)));
                    at += rewrite.variant.len();
                }
                None => {
                    terms.push(self.term(&content[at]));
                    at += 1;
                }
            }
        }
        terms
    }

    fn term(&self, stem: &str) -> Term {
        Term { stem: stem.to_owned(), weight: self.weights.get(stem).copied().unwrap_or_default() }
    }

    /// Stems of the words that are not stop words.
    fn content(&self, text: &str) -> Vec<String> {
        let mut kept = words(text);
        kept.retain(|word| !self.stop.contains(word));
        stems(&kept)
    }
}

/// Lower-case words, accents kept, elisions cut.
pub fn words(text: &str) -> Vec<String> {
    let lower: String = text.nfc().collect::<String>().to_lowercase().replace('œ', "oe").replace('æ', "ae");
    let mut words = Vec::new();
    for piece in lower.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c)) {
        let mut rest = piece.trim_matches(is_apostrophe);
        while let Some((before, after)) = rest.split_once(is_apostrophe) {
            if !ELISIONS.contains(&before) {
                words.push(before.to_owned());
            }
            rest = after;
        }
        if !rest.is_empty() {
            words.push(rest.to_owned());
        }
    }
    words
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
