//! Names said letter by letter: « D comme Denise, U, deux P, O, N, T », « trait d'union », « accent aigu ».

use std::collections::BTreeMap;

use serde::Deserialize;

use super::heard::plain;

/// `grammars/spelling.toml`: how letters, signs and accents are said, and how the recognizer writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alphabet {
    /// Each letter with the ways it is written when said.
    letters: BTreeMap<Letter, Vec<String>>,
    /// Between a letter and the word that tells it: « comme », « de ».
    links: Vec<String>,
    /// Words that tell a letter by themselves: « Anatole », « Berthe »…
    names: BTreeMap<Letter, Vec<String>>,
    /// What stands between letters: `"-" = ["trait d'union"]`.
    signs: BTreeMap<Letter, Vec<String>>,
    /// `aigu = ["accent aigu"]`; put on the letter before.
    accents: BTreeMap<Accent, Vec<String>>,
    /// « deux », « double »: the next letter twice.
    doubled: Vec<String>,
    /// How each letter is read back, when it is not by itself: `h = "hache"`.
    #[serde(default)]
    aloud: BTreeMap<Letter, String>,
}

/// One character, in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Letter(char);

impl TryFrom<String> for Letter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(letter), None) => Ok(Self(letter.to_lowercase().next().unwrap_or(letter))),
            _ => Err(format!("« {text} » n'est pas une seule lettre")),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Accent {
    Aigu,
    Grave,
    Circonflexe,
    Trema,
    Cedille,
}

impl Accent {
    fn on(self, letter: char) -> Option<char> {
        let (plain, accented) = match self {
            Self::Aigu => ("e", "é"),
            Self::Grave => ("aeu", "àèù"),
            Self::Circonflexe => ("aeiou", "âêîôû"),
            Self::Trema => ("eiuy", "ëïüÿ"),
            Self::Cedille => ("c", "ç"),
        };
        plain.chars().zip(accented.chars()).find(|(c, _)| *c == letter).map(|(_, accented)| accented)
    }

    const ALL: [Self; 5] = [Self::Aigu, Self::Grave, Self::Circonflexe, Self::Trema, Self::Cedille];
}

/// Letters that a word of several of them may stand for, at most: « accent circonflexe », « trait d'union ».
const MOST_WORDS: usize = 4;
/// Fewer letters among other words are no spelled name: « j'ai deux L ».
const FEWEST: usize = 3;

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Letter(char),
    Sign(char),
    Accent(Accent),
    Twice,
    Link,
    /// Not spelling.
    Other,
}

impl Alphabet {
    /// The name that was spelled in `said`, its capitals put back: « Le Goff », « Jean-Noël »; `None` when nothing was.
    ///
    /// Of a name said and then spelled, the spelling is taken; of a letter and the word that tells it, the word.
    pub fn spelled(&self, said: &str) -> Option<String> {
        let words = words(said);
        let mut runs: Vec<String> = vec![String::new()];
        let mut strange = false;
        let mut twice = false;
        let mut at = 0;
        while at < words.len() {
            let (taken, piece) = self.piece(&words[at..]);
            at += taken;
            let run = runs.len() - 1;
            match piece {
                Piece::Letter(letter) => {
                    let letter = self.told(&words, &mut at, letter);
                    runs[run].push(letter);
                    if std::mem::take(&mut twice) {
                        runs[run].push(letter);
                    }
                }
                Piece::Sign(sign) if !runs[run].is_empty() => runs[run].push(sign),
                Piece::Accent(accent) => {
                    if let Some(accented) = runs[run].pop() {
                        runs[run].push(accent.on(accented).unwrap_or(accented));
                    }
                }
                Piece::Twice => twice = true,
                // « comme Denise », the letter itself unheard.
                Piece::Link if at < words.len() && self.named(&words[at]).is_some() => {
                    runs[run].extend(self.named(&words[at]));
                    at += 1;
                }
                Piece::Sign(_) | Piece::Link => {}
                Piece::Other => {
                    strange = true;
                    twice = false;
                    if !runs[run].is_empty() {
                        runs.push(String::new());
                    }
                }
            }
        }
        let letters = |run: &str| run.chars().filter(|c| c.is_alphabetic()).count();
        let mut longest = runs.into_iter().max_by_key(|run| letters(run))?;
        // « DUPONT, D, U, P, O, N, T »: the name itself was written as letters.
        let (half, again) =
            longest.split_at(longest.len() / 2 + usize::from(!longest.is_char_boundary(longest.len() / 2)));
        if half == again && letters(half) >= FEWEST {
            longest.truncate(half.len());
        }
        let fewest = if strange { FEWEST } else { 2 };
        (letters(&longest) >= fewest).then(|| capitalised(longest.trim_matches(['-', ' ', '\''])))
    }

    /// A name's letters for the voice: « dé, u, pé, o, enne, té ».
    pub fn aloud(&self, name: &str) -> String {
        let said = |c: char| {
            let c = c.to_lowercase().next().unwrap_or(c);
            if let Some(sign) = self.signs.get(&Letter(c)).and_then(|ways| ways.first()) {
                return sign.clone();
            }
            let plain = plain(&c.to_string());
            let letter = plain.chars().next().unwrap_or(c);
            let spoken = self.aloud.get(&Letter(letter)).cloned().unwrap_or_else(|| letter.to_string());
            let accent = Accent::ALL.into_iter().find(|accent| accent.on(letter) == Some(c));
            match accent.and_then(|accent| self.accents.get(&accent)).and_then(|ways| ways.first()) {
                Some(accent) => format!("{spoken} {accent}"),
                None => spoken,
            }
        };
        name.chars().map(said).collect::<Vec<_>>().join(", ")
    }

    /// What the words begin with, and how many of them it takes.
    fn piece(&self, words: &[Word]) -> (usize, Piece) {
        let most = words.len().min(MOST_WORDS);
        for length in (1..=most).rev() {
            let said = words[..length].iter().map(|word| word.plain.as_str()).collect::<Vec<_>>().join(" ");
            let is = |ways: &[String]| ways.iter().any(|way| words_of(way) == said);
            if let Some((accent, _)) = self.accents.iter().find(|(_, ways)| is(ways)) {
                return (length, Piece::Accent(*accent));
            }
            if let Some((sign, _)) = self.signs.iter().find(|(_, ways)| is(ways)) {
                return (length, Piece::Sign(sign.0));
            }
            if length == 1
                && let Some(letter) = words[0].letter
            {
                return (1, Piece::Letter(letter));
            }
            if let Some((letter, _)) = self.letters.iter().find(|(_, ways)| is(ways)) {
                return (length, Piece::Letter(letter.0));
            }
            if is(&self.doubled) {
                return (length, Piece::Twice);
            }
            if is(&self.links) {
                return (length, Piece::Link);
            }
        }
        (1, Piece::Other)
    }

    /// The letter after « comme Denise », which is said because letters sound alike; else the letter itself.
    fn told(&self, words: &[Word], at: &mut usize, letter: char) -> char {
        let linked = words.get(*at).is_some_and(|word| self.links.iter().any(|link| words_of(link) == word.plain));
        let after = usize::from(linked);
        let Some(word) = words.get(*at + after) else { return letter };
        if let Some(named) = self.named(word) {
            *at += after + 1;
            return if plain(&letter.to_string()).starts_with(named) { letter } else { named };
        }
        // « comme » any word of their own tells its first letter; « de » alone does not.
        if linked && words[*at].plain == "comme" {
            *at += 2;
            return word.plain.chars().next().filter(char::is_ascii_alphabetic).unwrap_or(letter);
        }
        letter
    }

    fn named(&self, word: &Word) -> Option<char> {
        let is = |name: &String| words_of(name) == word.plain;
        self.names.iter().find(|(_, names)| names.iter().any(is)).map(|(letter, _)| letter.0)
    }
}

#[derive(Debug)]
struct Word {
    plain: String,
    /// The letter that it is: « é », « B », one of « DUPONT ».
    letter: Option<char>,
}

/// Words without accents; what is written in capitals, or letter by letter, one letter each.
fn words(said: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for word in said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if word.chars().count() == 1 || word.chars().all(char::is_uppercase) {
            words.extend(word.chars().map(letter_word));
        } else {
            words.push(Word { plain: plain(word), letter: None });
        }
    }
    words
}

fn letter_word(c: char) -> Word {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let bare = plain(&lower.to_string());
    // « à » and « ù » are words; the other accents were said.
    let kept = if matches!(lower, 'à' | 'ù') { bare.chars().next() } else { Some(lower) };
    Word { letter: kept.filter(|c| c.is_alphabetic()), plain: bare }
}

fn words_of(text: &str) -> String {
    let plain = plain(text);
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A capital at the beginning of each part.
fn capitalised(name: &str) -> String {
    let mut first = true;
    let capital = |c: char| {
        let out = if first { c.to_uppercase().next().unwrap_or(c) } else { c };
        first = !c.is_alphabetic();
        out
    };
    name.chars().map(capital).collect()
}
