//! What the search knows of French, all of it data that a town can edit: `synonyms.toml`, `facets.toml`,
//! `private.toml`, `confidence.toml`. The files of `config/` are built in as defaults.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::analysis::{Analyzer, Term, Weight};
use super::confidence::{Confidence, VERSION};
use super::pattern::{Pattern, Sentence};
use super::problem::{Problem, Problems};

const SYNONYMS: (&str, &str) = ("synonyms.toml", include_str!("../../config/synonyms.toml"));
const FACETS: (&str, &str) = ("facets.toml", include_str!("../../config/facets.toml"));
const PRIVATE: (&str, &str) = ("private.toml", include_str!("../../config/private.toml"));
const CONFIDENCE: (&str, &str) = ("confidence.toml", include_str!("../../config/confidence.toml"));

#[derive(Debug, Clone)]
pub struct LanguageData {
    pub analyzer: Analyzer,
    pub facets: Facets,
    pub private: Rules,
    pub confidence: Confidence,
}

impl LanguageData {
    /// Reads the files of `folder`; one that is not there is taken from the program's own.
    ///
    /// # Errors
    /// Each file that cannot be read or does not have the expected form.
    pub fn load(folder: &Path) -> Result<Self, Problems> {
        Self::read(|name, default| match fs::read_to_string(folder.join(name)) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(default.to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }

    /// The data built into the program.
    ///
    /// # Errors
    /// None with the files of this repository, which a test proves.
    pub fn built_in() -> Result<Self, Problems> {
        Self::read(|_, default| Ok(default.to_owned()))
    }

    fn read(text: impl Fn(&str, &str) -> Result<String, String>) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let synonyms: Option<SynonymsFile> = decode(&text, SYNONYMS, &mut problems);
        let facets: Option<FacetsFile> = decode(&text, FACETS, &mut problems);
        let private: Option<RulesFile> = decode(&text, PRIVATE, &mut problems);
        let confidence: Option<Confidence> = decode(&text, CONFIDENCE, &mut problems);
        if let Some(other) = confidence.as_ref().map(|file| file.version).filter(|version| *version != VERSION) {
            let message = format!("paramètres de la version {other}, le programme calcule la version {VERSION}.");
            problems.push(Problem::new(CONFIDENCE.0, None, "version", message, "Refaites le calibrage."));
        }
        let private = private.map(|file| Rules::new(PRIVATE.0, &file, &mut problems));
        let analyzer = synonyms.map(|file| file.analyzer());
        match (analyzer, facets, private, confidence) {
            (Some(analyzer), Some(facets), Some(private), Some(confidence)) if problems.is_empty() => {
                Ok(LanguageData { facets: Facets::new(&facets, &analyzer), private, confidence, analyzer })
            }
            _ => Err(Problems(problems)),
        }
    }
}

fn decode<T: for<'de> Deserialize<'de>>(
    text: impl Fn(&str, &str) -> Result<String, String>,
    (name, default): (&str, &str),
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let text = text(name, default)
        .map_err(|error| {
            let message = format!("illisible ({error}).");
            problems.push(Problem::new(name, None, "", message, "Vérifiez le fichier et ses droits."));
        })
        .ok()?;
    toml::from_str(&text)
        .map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            let remedy = "Comparez avec le fichier du même nom livré avec le programme.";
            problems.push(Problem::new(name, line, "", format!("{}.", error.message()), remedy));
        })
        .ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SynonymsFile {
    stop: Vec<String>,
    weak: Vec<String>,
    generic: Vec<String>,
    decisive: Vec<String>,
    outside: Vec<String>,
    #[serde(default)]
    synonym: Vec<Synonym>,
}

impl SynonymsFile {
    fn analyzer(&self) -> Analyzer {
        let lists = [
            (&self.weak, Weight::Weak),
            (&self.generic, Weight::Generic),
            (&self.decisive, Weight::Decisive),
            (&self.outside, Weight::Outside),
        ];
        Analyzer::new(
            self.stop.iter().map(String::as_str),
            lists.into_iter().flat_map(|(words, weight)| words.iter().map(move |word| (word.as_str(), weight))),
            self.synonym.iter().map(|group| (group.canonical.as_str(), group.variants.as_slice())),
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Synonym {
    canonical: String,
    variants: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FacetsFile {
    #[serde(default)]
    facet: Vec<FacetWays>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FacetWays {
    kind: String,
    ways: Vec<String>,
    /// Words that change the meaning of the ways: « valable combien de temps » asks for no delay.
    #[serde(default)]
    except: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    #[serde(default)]
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    patterns: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    yields: bool,
}

/// Ways of asking for a facet of any démarche.
#[derive(Debug, Clone, Default)]
pub struct Facets(Vec<Ways>);

#[derive(Debug, Clone)]
pub(super) struct Ways {
    pub kind: String,
    pub ways: Vec<Way>,
    except: Vec<String>,
}

/// A facet that a question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub kind: String,
    /// Positions, among the question's terms, of the words that say so.
    pub at: Vec<usize>,
}

/// One wording, as stems.
#[derive(Debug, Clone)]
pub(super) struct Way {
    stems: Vec<String>,
    /// Only as the first words of a question, or as the last.
    first: bool,
    last: bool,
}

impl Way {
    fn new(text: &str, analyzer: &Analyzer) -> Option<Self> {
        let stems: Vec<String> = analyzer.terms(text).into_iter().map(|term| term.stem).collect();
        let (first, last) = (text.starts_with('^'), text.ends_with('$'));
        (!stems.is_empty()).then_some(Way { stems, first, last })
    }
}

impl Facets {
    fn new(file: &FacetsFile, analyzer: &Analyzer) -> Self {
        let stems = |text: &String| analyzer.terms(text).into_iter().map(|term| term.stem).collect::<Vec<_>>();
        let ways = |facet: &FacetWays| Ways {
            except: facet.except.iter().flat_map(stems).collect(),
            ..Ways::new(&facet.kind, &facet.ways, analyzer)
        };
        Facets(file.facet.iter().map(ways).collect())
    }

    /// The facets asked for, the one with most words first.
    pub fn asked(&self, terms: &[Term]) -> Vec<Asked> {
        let mut asked: Vec<Asked> = self.0.iter().filter_map(|ways| ways.asked(terms)).collect();
        asked.sort_by_key(|asked| std::cmp::Reverse(asked.at.len()));
        asked
    }
}

impl Ways {
    pub fn new(kind: &str, questions: &[String], analyzer: &Analyzer) -> Self {
        let ways = questions.iter().filter_map(|text| Way::new(text, analyzer)).collect();
        Ways { kind: kind.to_owned(), ways, except: Vec::new() }
    }

    /// Every position covered by one of the ways; `None` when there is none.
    pub fn asked(&self, terms: &[Term]) -> Option<Asked> {
        if terms.iter().any(|term| self.except.contains(&term.stem)) {
            return None;
        }
        let mut covered = vec![false; terms.len()];
        for way in &self.ways {
            let length = way.stems.len();
            for (start, window) in terms.windows(length).enumerate() {
                let placed = (!way.first || start == 0) && (!way.last || start + length == terms.len());
                if placed && window.iter().zip(&way.stems).all(|(term, stem)| term.stem == *stem) {
                    covered[start..start + length].fill(true);
                }
            }
        }
        let at: Vec<usize> = (0..terms.len()).filter(|position| covered[*position]).collect();
        (!at.is_empty()).then(|| Asked { kind: self.kind.clone(), at })
    }
}

/// Named groups of patterns, each with its exceptions.
#[derive(Debug, Clone, Default)]
pub struct Rules(Vec<CompiledRule>);

#[derive(Debug, Clone, Default)]
struct CompiledRule {
    name: String,
    patterns: Vec<Pattern>,
    except: Vec<Pattern>,
    yields: bool,
}

/// A rule that a sentence falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched<'a> {
    pub rule: &'a str,
    /// Whether it says nothing where a démarche is all but certain: « comment corriger mon nom dans vos registres ».
    pub yields: bool,
}

impl Rules {
    fn new(name: &str, file: &RulesFile, problems: &mut Vec<Problem>) -> Self {
        let mut patterns = |texts: &[String]| {
            let read = texts.iter().map(|text| Pattern::new(text));
            read.filter_map(|pattern| {
                pattern
                    .map_err(|piece| {
                        let message = format!("le motif « {piece} » ne peut jamais être entendu.");
                        let remedy = "Un mot à la fois, sans apostrophe ni trait d'union.";
                        problems.push(Problem::new(name, None, "patterns", message, remedy));
                    })
                    .ok()
            })
            .collect::<Vec<_>>()
        };
        let compiled = |rule: &Rule| CompiledRule {
            name: rule.name.clone(),
            patterns: patterns(&rule.patterns),
            except: patterns(&rule.except),
            yields: rule.yields,
        };
        Rules(file.rule.iter().map(compiled).collect())
    }

    /// The first rule that the sentence falls under, one that never yields before the others.
    pub fn found_in(&self, sentence: &Sentence) -> Option<Matched<'_>> {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.found_in(sentence));
        let mut found = self.0.iter().filter(|rule| any(&rule.patterns) && !any(&rule.except)).peekable();
        let first = found.peek().copied()?;
        let rule = found.find(|rule| !rule.yields).unwrap_or(first);
        Some(Matched { rule: &rule.name, yields: rule.yields })
    }
}
