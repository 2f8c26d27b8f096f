//! Words of danger or despair, wherever they stand in what was said.
//!
//! What resembles a danger and is none (« mort dans un incendie ») is effaced first; then each danger's patterns are
//! looked for, in the order of [`ORDER`]. A pattern is words in their order, folded: `|` between alternatives, `*` for
//! up to four words, `~` at the end of a word for any ending, `?` after a word that may be left out, `^` and `$` for
//! the beginning and the end.

use super::grammar::Danger;
use super::words::words;

/// Words that a `*` may stand for.
const GAP: usize = 4;
/// Stands where something harmless was effaced; nothing spans it.
const EFFACED: &str = "|";
/// The order dangers are looked for in: a wish to die is told before its means.
const ORDER: [Danger; 6] =
    [Danger::Suicide, Danger::Medical, Danger::Fire, Danger::Child, Danger::Violence, Danger::Other];

/// The patterns of every danger, and of what is none.
#[derive(Debug, Clone, Default)]
pub(super) struct Dangers {
    harmless: Vec<Pattern>,
    wordings: Vec<(Danger, Vec<Pattern>)>,
}

#[derive(Debug, Clone)]
struct Pattern(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Begin,
    End,
    Gap,
    Any { of: Vec<Wanted>, optional: bool },
}

#[derive(Debug, Clone)]
enum Wanted {
    Word(String),
    /// A word that begins so.
    Stem(String),
}

impl Dangers {
    /// # Errors
    /// The pattern that can never match.
    pub(super) fn add<'a>(&mut self, danger: Danger, texts: impl Iterator<Item = &'a String>) -> Result<(), String> {
        self.wordings.push((danger, patterns(texts)?));
        Ok(())
    }

    /// # Errors
    /// The pattern that can never match.
    pub(super) fn add_harmless<'a>(&mut self, texts: impl Iterator<Item = &'a String>) -> Result<(), String> {
        self.harmless.extend(patterns(texts)?);
        Ok(())
    }

    /// The danger that `said`, folded words, tells of.
    pub(super) fn told(&self, said: &[String]) -> Option<Danger> {
        let mut left = said.to_vec();
        for harmless in &self.harmless {
            while let Some(range) = harmless.found_in(&left) {
                left.splice(range, [EFFACED.to_owned()]);
            }
        }
        let told = |danger: &Danger| {
            self.wordings
                .iter()
                .filter(|(of, _)| of == danger)
                .any(|(_, patterns)| patterns.iter().any(|pattern| pattern.found_in(&left).is_some()))
        };
        ORDER.into_iter().find(told)
    }
}

fn patterns<'a>(texts: impl Iterator<Item = &'a String>) -> Result<Vec<Pattern>, String> {
    texts.map(|text| Pattern::new(text).ok_or_else(|| text.clone())).collect()
}

impl Pattern {
    fn new(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        for piece in text.split_whitespace() {
            pieces.push(match piece {
                "^" => Piece::Begin,
                "$" => Piece::End,
                "*" => Piece::Gap,
                piece => {
                    let (wanted, optional) = piece.strip_suffix('?').map_or((piece, false), |wanted| (wanted, true));
                    Piece::Any { of: wanted.split('|').map(Wanted::new).collect::<Option<_>>()?, optional }
                }
            });
        }
        // What may be nothing at all would be everywhere.
        pieces.iter().any(|piece| matches!(piece, Piece::Any { optional: false, .. })).then_some(Pattern(pieces))
    }

    /// Where it first stands, never an empty place.
    fn found_in(&self, said: &[String]) -> Option<std::ops::Range<usize>> {
        (0..said.len()).find_map(|start| end(&self.0, said, start).map(|end| start..end))
    }
}

impl Wanted {
    fn new(text: &str) -> Option<Self> {
        let (text, stem) = text.strip_suffix('~').map_or((text, false), |text| (text, true));
        match words(text).as_slice() {
            [word] if stem => Some(Wanted::Stem(word.clone())),
            [word] => Some(Wanted::Word(word.clone())),
            _ => None,
        }
    }

    fn is(&self, word: &str) -> bool {
        match self {
            Wanted::Word(wanted) => word == wanted,
            Wanted::Stem(stem) => word.starts_with(stem.as_str()),
        }
    }
}

/// Where the pieces end when they begin at `at`.
fn end(pieces: &[Piece], said: &[String], at: usize) -> Option<usize> {
    let Some((piece, rest)) = pieces.split_first() else { return Some(at) };
    match piece {
        Piece::Begin => (at == 0).then(|| end(rest, said, at)).flatten(),
        Piece::End => (at == said.len()).then(|| end(rest, said, at)).flatten(),
        Piece::Gap => {
            let spanned = said[at..].iter().take(GAP).take_while(|word| *word != EFFACED).count();
            (at..=at + spanned).find_map(|next| end(rest, said, next))
        }
        Piece::Any { of, optional } => {
            let here = said.get(at).is_some_and(|word| of.iter().any(|wanted| wanted.is(word)));
            let with = here.then(|| end(rest, said, at + 1)).flatten();
            with.or_else(|| optional.then(|| end(rest, said, at)).flatten())
        }
    }
}
