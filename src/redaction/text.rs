//! A transcript as words with what stands between them.

use std::ops::Range;

/// A run of letters and digits.
#[derive(Debug, Clone)]
pub struct Word {
    pub range: Range<usize>,
    /// Lower case, without accents: « Œuvre » is `oeuvre`.
    pub folded: String,
    /// Begins with a capital.
    pub upper: bool,
    /// Two letters or more, all capitals.
    pub caps: bool,
    pub digits: bool,
    /// Letters and digits, as in a file number.
    pub mixed: bool,
}

impl Word {
    pub fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.folded.as_str())
    }

    /// A letter said or written alone.
    pub fn letter(&self) -> bool {
        !self.digits && self.folded.chars().count() == 1
    }
}

/// The words of a text.
#[derive(Debug)]
pub struct Text<'a> {
    pub raw: &'a str,
    pub words: Vec<Word>,
    /// Capitals tell something: the text has words in lower case and others that begin with a capital.
    pub cased: bool,
    /// It begins with a capital besides: a word in lower case is then no name. Whisper leaves capitals out of whole sentences.
    pub strict: bool,
}

impl<'a> Text<'a> {
    pub fn new(raw: &'a str) -> Self {
        let mut words = Vec::new();
        let mut start = None;
        for (at, c) in raw.char_indices().chain(std::iter::once((raw.len(), ' '))) {
            match (c.is_alphanumeric(), start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    words.push(word(raw, from..at));
                    start = None;
                }
                _ => {}
            }
        }
        let cased = words.iter().any(|word: &Word| word.upper && !word.caps && !word.letter());
        let strict = cased && words.first().is_some_and(|word| word.upper || word.digits);
        Self { raw, words, cased, strict }
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The folded word, empty beyond the ends.
    pub fn at(&self, i: usize) -> &str {
        self.words.get(i).map_or("", |word| &word.folded)
    }

    pub fn is(&self, i: usize, words: &[&str]) -> bool {
        self.words.get(i).is_some_and(|word| word.is(words))
    }

    /// What stands between the word before and this one.
    pub fn gap(&self, i: usize) -> &'a str {
        let from = i.checked_sub(1).and_then(|before| self.words.get(before)).map_or(0, |word| word.range.end);
        let to = self.words.get(i).map_or(self.raw.len(), |word| word.range.start);
        &self.raw[from..to]
    }

    /// One word with the one before, as far as the reader sees: « l'acte », « Jean-Paul ».
    pub fn glued(&self, i: usize) -> bool {
        i > 0 && i < self.len() && matches!(self.gap(i), "'" | "’" | "-" | "‑")
    }

    /// A sentence ends before this word. The point of « M. » and of « bât. » ends none.
    pub fn breaks(&self, i: usize) -> bool {
        let gap = self.gap(i);
        i == 0
            || i >= self.len()
            || gap.contains(['?', '!', ';', '\n', '…'])
            || (gap.contains('.') && gap.contains(' ') && self.at(i - 1).chars().count() > 4)
            || (gap.contains('.')
                && gap.contains(' ')
                && !self.is(
                    i - 1,
                    &["m", "mr", "mme", "mlle", "dr", "me", "bat", "ref", "apt", "tel", "av", "bd", "n", "st", "ste"],
                ))
    }

    /// A pause before this word.
    pub fn pauses(&self, i: usize) -> bool {
        self.breaks(i) || self.gap(i).contains([',', ':', '(', ')', '/', '«', '»', '"', '–', '—'])
    }

    /// The words from `i` are `wanted`, with nothing more than spaces, apostrophes and hyphens between them.
    pub fn says(&self, i: usize, wanted: &[&str]) -> bool {
        wanted.iter().enumerate().all(|(n, word)| self.at(i + n) == *word && (n == 0 || !self.pauses(i + n)))
    }
}

fn word(raw: &str, range: Range<usize>) -> Word {
    let shown = &raw[range.clone()];
    let digits = shown.chars().all(|c| c.is_ascii_digit());
    let letters = shown.chars().filter(|c| c.is_alphabetic()).count();
    let mixed = letters > 0 && shown.chars().any(|c| c.is_ascii_digit());
    Word {
        folded: fold(shown),
        upper: shown.chars().next().is_some_and(char::is_uppercase),
        caps: letters > 1 && !shown.chars().any(char::is_lowercase),
        digits,
        mixed,
        range,
    }
}

/// Lower case, without accents.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'ă' | 'ą' => "a",
            'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
            'î' | 'ï' | 'í' | 'ì' | 'ı' => "i",
            'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'ø' | 'ő' => "o",
            'û' | 'ü' | 'ù' | 'ú' | 'ű' | 'ů' => "u",
            'ÿ' | 'ý' => "y",
            'ç' | 'ć' | 'č' => "c",
            'ñ' | 'ń' | 'ň' => "n",
            'ł' => "l",
            'ś' | 'š' | 'ş' | 'ș' => "s",
            'ź' | 'ż' | 'ž' => "z",
            'ř' => "r",
            'ţ' | 'ț' => "t",
            'ğ' => "g",
            'œ' => "oe",
            'æ' => "ae",
            'ß' => "ss",
            other => {
                // A dotted capital İ folds to i and a combining mark.
                if !('\u{300}'..='\u{36f}').contains(&other) {
                    folded.push(other);
                }
                continue;
            }
        };
        folded.push_str(plain);
    }
    folded
}
