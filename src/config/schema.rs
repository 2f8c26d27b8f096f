//! A section declared once: its struct, its defaults, how it is read, and what the reference says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::paths::Places;
use super::problem::{Origin, Problem, nearest};
use super::source::{Raw, Source, variable};
use super::value::{Value, found};

/// One key, for the reference and for suggestions.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// For instance `sip.register`; the sections of a list end with `.*`.
    pub section: String,
    pub name: &'static str,
    /// In French, range included.
    pub expected: String,
    /// As TOML; none when the key may be absent, or must be given.
    pub default: Option<String>,
    pub required: bool,
}

/// A table of the configuration file.
pub trait Section: Sized {
    const NAME: &'static str;
    fn read(table: &mut Table<'_>) -> Self;
    fn keys(section: &str) -> Vec<Key>;
    /// What one key alone cannot tell: an order between two of them, a choice of one of two.
    fn check(&self, _table: &mut Table<'_>) {}
}

/// Reads the flattened source, and gathers every problem instead of stopping at the first.
pub struct Reader {
    source: Source,
    places: Places,
    pub problems: Vec<Problem>,
    /// Origins of the values already read, for checks that come after.
    read: BTreeMap<String, Origin>,
}

impl Reader {
    pub fn new(source: Source, places: Places, problems: Vec<Problem>) -> Self {
        Self { source, places, problems, read: BTreeMap::new() }
    }

    pub fn table(&mut self, name: &str) -> Table<'_> {
        Table { reader: self, path: name.to_owned() }
    }

    /// In the file's order, then the environment's.
    pub fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| match &problem.origin {
            Origin::File { line, .. } => (0, *line),
            Origin::Environment(_) => (1, 0),
        });
        self.problems
    }

    pub fn places(&self) -> &Places {
        &self.places
    }

    pub fn places_mut(&mut self) -> &mut Places {
        &mut self.places
    }

    pub fn section<S: Section>(&mut self) -> S {
        self.section_at(S::NAME.to_owned())
    }

    fn section_at<S: Section>(&mut self, path: String) -> S {
        let mut table = self.table(&path);
        let section = S::read(&mut table);
        section.check(&mut table);
        section
    }

    /// `[[name]]` tables, in their order.
    pub fn list<S: Section>(&mut self) -> Vec<S> {
        if self.source.leaves.get(S::NAME).is_some_and(|leaf| leaf.raw == Raw::Toml(toml::Value::Array(Vec::new()))) {
            self.source.leaves.remove(S::NAME);
        }
        let prefix = format!("{}.", S::NAME);
        let indices: BTreeSet<usize> = self
            .source
            .leaves
            .keys()
            .chain(self.source.tables.keys())
            .filter_map(|name| name.strip_prefix(&prefix)?.split('.').next()?.parse().ok())
            .collect();
        indices.into_iter().map(|index| self.section_at(format!("{}.{index}", S::NAME))).collect()
    }

    /// A table of free keys.
    pub fn map(&mut self, name: &str) -> BTreeMap<String, String> {
        let prefix = format!("{name}.");
        let keys: Vec<String> =
            self.source.leaves.keys().filter_map(|key| key.strip_prefix(&prefix).map(str::to_owned)).collect();
        let mut table = self.table(name);
        keys.into_iter()
            .filter_map(|key| {
                let value = table.value(&key, None::<String>, &Rule::Free)?;
                Some((key, value))
            })
            .collect()
    }

    /// Every value that nobody asked for is refused, with the nearest key that exists.
    pub fn refuse_the_rest(&mut self, keys: &[Key]) {
        let mut sections: BTreeSet<String> = BTreeSet::new();
        for key in keys {
            let mut section = key.section.as_str();
            sections.insert(section.to_owned());
            while let Some((parent, _)) = section.rsplit_once('.') {
                sections.insert(parent.to_owned());
                section = parent;
            }
        }
        let leaves = std::mem::take(&mut self.source.leaves).into_iter().map(|(name, leaf)| (name, leaf.origin));
        let tables =
            std::mem::take(&mut self.source.tables).into_iter().filter(|(name, _)| !sections.contains(&pattern(name)));
        let mut refused: BTreeMap<String, Origin> = BTreeMap::new();
        for (name, origin) in tables.chain(leaves) {
            // A whole unknown section is one problem, not one a key.
            if !refused.keys().any(|table| name.starts_with(&format!("{table}."))) {
                refused.insert(name, origin);
            }
        }
        for (name, origin) in refused {
            let (what, remedy) = unknown(&pattern(&name), &origin, &sections, keys);
            self.problems.push(Problem { origin, key: name, what, remedy });
        }
    }
}

/// One table being read.
pub struct Table<'a> {
    reader: &'a mut Reader,
    path: String,
}

/// How a key is held to more than its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule<T> {
    Free,
    /// Both bounds included.
    Between(T, T),
    /// Absent or empty is a problem.
    Required,
}

impl Table<'_> {
    /// The key's value, or `default` when it is absent or wrong; a wrong one is a problem.
    pub fn value<T: Value + PartialOrd>(&mut self, key: &str, default: T, rule: &Rule<T>) -> T {
        let name = format!("{}.{key}", self.path);
        let leaf = self.reader.source.leaves.remove(&name);
        let origin = leaf.as_ref().map_or_else(|| self.origin(), |leaf| leaf.origin.clone());
        self.reader.read.insert(name.clone(), origin.clone());
        let wanted = expected(rule);
        let mut trouble = Vec::new();
        let value = match leaf {
            None if *rule == Rule::Required => {
                trouble.push(format!("cette clé manque ; attendu {wanted}"));
                default
            }
            None => default,
            Some(leaf) => match T::from_raw(&leaf.raw) {
                Some(value) if permitted(&value, &default, rule) => value,
                _ => {
                    trouble.push(format!("attendu {wanted}, trouvé {}", found(&leaf.raw, T::SECRET)));
                    default
                }
            },
        };
        let example = match &origin {
            Origin::Environment(variable) => {
                value.show().map(|shown| format!("{variable}={}", shown.trim_matches('"')))
            }
            Origin::File { .. } => value.show().map(|shown| format!("{key} = {shown}")),
        };
        let settled = value.settle(&self.reader.places, &mut trouble);
        for what in trouble {
            let remedy = match &example {
                Some(example) => format!("Remède : écrivez par exemple {example}"),
                None => "Remède : corrigez la valeur, ou effacez la ligne".to_owned(),
            };
            self.reader.problems.push(Problem { origin: origin.clone(), key: name.clone(), what, remedy });
        }
        settled
    }

    /// A problem that no key has alone; it is placed where `key` was written.
    pub fn problem(&mut self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        let name = format!("{}.{key}", self.path);
        let origin = self.reader.read.get(&name).cloned().unwrap_or_else(|| self.origin());
        self.reader.problems.push(Problem { origin, key: name, what: what.into(), remedy: remedy.into() });
    }

    /// The configuration file.
    pub fn file(&self) -> &Path {
        &self.reader.source.path
    }

    /// Where the key was written; the table's own place when it was not.
    pub fn origin_of(&self, key: &str) -> Option<&Origin> {
        self.reader.read.get(&format!("{}.{key}", self.path))
    }

    /// Where the table begins; line 1 when it is not in the file.
    fn origin(&self) -> Origin {
        self.reader
            .source
            .tables
            .get(&self.path)
            .cloned()
            .unwrap_or_else(|| Origin::File { path: self.reader.source.path.clone(), line: 1 })
    }
}

/// `default` is a placeholder where a key is required, so the same value written is as good as none.
fn permitted<T: PartialOrd>(value: &T, default: &T, rule: &Rule<T>) -> bool {
    match rule {
        Rule::Free => true,
        Rule::Between(low, high) => low <= value && value <= high,
        Rule::Required => value != default,
    }
}

/// What a key wants, in French.
pub fn expected<T: Value>(rule: &Rule<T>) -> String {
    match rule {
        Rule::Between(low, high) => {
            let shown = |bound: &T| bound.show().unwrap_or_default();
            format!("{} de {} à {}", T::expected(), shown(low), shown(high))
        }
        Rule::Free | Rule::Required => T::expected(),
    }
}

/// `handover.destination.0.uri` as the schema knows it: `handover.destination.*.uri`.
fn pattern(name: &str) -> String {
    let part = |part: &str| if part.parse::<usize>().is_ok() { "*".to_owned() } else { part.to_owned() };
    name.split('.').map(part).collect::<Vec<_>>().join(".")
}

fn unknown(name: &str, origin: &Origin, sections: &BTreeSet<String>, keys: &[Key]) -> (String, String) {
    let full: Vec<String> = keys.iter().map(|key| format!("{}.{}", key.section, key.name)).collect();
    if sections.contains(name) {
        return (
            "c'est une section, et non une clé".into(),
            format!("Remède : écrivez [{name}] seul sur sa ligne, et ses clés au-dessous"),
        );
    }
    if let Some(key) = full.iter().find(|key| name == **key || name.starts_with(&format!("{key}."))) {
        return ("cette clé n'existe pas".into(), format!("Remède : « {key} » est une clé, et non une section"));
    }
    let (section, leaf) = name.rsplit_once('.').unwrap_or(("", name));
    let siblings = keys.iter().filter(|key| key.section == section).map(|key| key.name);
    let like = nearest(leaf, siblings)
        .map(|name| if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") })
        .or_else(|| keys.iter().position(|key| key.name == leaf).map(|at| full[at].clone()))
        .or_else(|| nearest(name, full.iter().chain(sections).map(String::as_str)).map(str::to_owned));
    let remedy = match (like, origin) {
        (Some(like), Origin::Environment(_)) => format!("Remède : vouliez-vous dire {} ?", variable(&like)),
        (Some(like), Origin::File { .. }) => format!("Remède : vouliez-vous dire « {like} » ?"),
        (None, _) => "Remède : effacez-la ; docs/configuration.md dit toutes les clés".to_owned(),
    };
    ("cette clé n'existe pas".into(), remedy)
}

/// Declares a section: a field a key.
///
/// `key: Type = default` with, optionally, `in low to high` (both included), or `=> required`.
macro_rules! section {
    ($(#[$about:meta])* $name:ident $path:literal {
        $($(#[$doc:meta])* $key:ident : $type:ty = $default:expr $(, in $low:literal to $high:literal)? $(=> $required:ident)?;)*
    }) => {
        $crate::config::schema::section! {
            $(#[$about])* $name $path {
                $($(#[$doc])* $key: $type = $default $(, in $low to $high)? $(=> $required)?;)*
            }
            check |_section, _table| {}
        }
    };
    ($(#[$about:meta])* $name:ident $path:literal {
        $($(#[$doc:meta])* $key:ident : $type:ty = $default:expr $(, in $low:literal to $high:literal)? $(=> $required:ident)?;)*
    } check |$section:ident, $table:ident| $check:block) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$doc])* pub $key: $type),* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default),* }
            }
        }

        impl $crate::config::schema::Section for $name {
            const NAME: &'static str = $path;

            fn read(table: &mut $crate::config::schema::Table<'_>) -> Self {
                Self { $($key: table.value(
                    stringify!($key),
                    $default,
                    &$crate::config::schema::rule!($type $(, in $low to $high)? $(=> $required)?),
                )),* }
            }

            fn keys(section: &str) -> Vec<$crate::config::schema::Key> {
                vec![$({
                    use $crate::config::{schema::{Key, Rule, expected, rule}, value::Value};
                    let rule: Rule<$type> = rule!($type $(, in $low to $high)? $(=> $required)?);
                    let default: $type = $default;
                    let required = rule == Rule::Required;
                    Key {
                        section: section.to_owned(),
                        name: stringify!($key),
                        expected: expected(&rule),
                        default: default.show().filter(|_| !required),
                        required,
                    }
                }),*]
            }

            fn check(&self, $table: &mut $crate::config::schema::Table<'_>) {
                let $section = self;
                $check
            }
        }
    };
}
pub(super) use section;

macro_rules! rule {
    ($type:ty) => {
        $crate::config::schema::Rule::<$type>::Free
    };
    ($type:ty, in $low:literal to $high:literal) => {
        $crate::config::schema::Rule::<$type>::Between($low, $high)
    };
    ($type:ty => required) => {
        $crate::config::schema::Rule::<$type>::Required
    };
}
pub(super) use rule;
