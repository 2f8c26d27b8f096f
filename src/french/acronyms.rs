//! Acronyms, spelled or read, and the words that espeak-ng's French must be shown otherwise.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::{pattern, rewrite};

/// `grammars/acronyms.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    spelled: HashSet<String>,
    read: HashMap<String, String>,
    respelled: HashMap<String, String>,
}

static TABLE: LazyLock<File> = LazyLock::new(|| {
    let file = include_str!("../../grammars/acronyms.toml");
    toml::from_str(file).expect("grammars/acronyms.toml is part of the program and tested")
});

pattern!(CAPITALS, r"\b(\p{Lu}[\p{Lu}\d]*(?:\.\p{Lu})*)(s?)\b\.?");
pattern!(DOTTED, r"\b((?:\p{Lu}\.){2,})");
pattern!(WORD, r"[\p{L}]+(?:-[\p{L}]+)*");
// Open syllables, as in FISE or SACEM: what French reads as a word.
pattern!(SYLLABLES, r"^[AEIOUY]?(?:[BCDFGHJKLMNPQRSTVWXZ][AEIOUY])+[BCDFGHJKLMNPQRSTVWXZ]?$");
pattern!(EIGHTIES, r"(?i)\bquatre-vingt-(un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|onze)\b");

pub(super) fn respell(text: &str) -> String {
    let shouted = text.chars().filter(|c| c.is_alphabetic()).all(|c| !c.is_lowercase());
    let text = rewrite(text, &DOTTED, |c| Some(c[1].replace('.', "")));
    let text = rewrite(&text, &CAPITALS, |c| {
        let (word, plural) = (&c[1], &c[2]);
        let stop = if c[0].ends_with('.') { "." } else { "" };
        acronym(word, plural, shouted).map(|said| said + stop)
    });
    let text = rewrite(&text, &WORD, |c| {
        let respelled = |word: &str| TABLE.respelled.get(&word.to_lowercase()).cloned();
        respelled(&c[0]).or_else(|| {
            let parts: Vec<String> =
                c[0].split('-').map(|part| respelled(part).unwrap_or_else(|| part.to_owned())).collect();
            Some(parts.join("-"))
        })
    });
    // espeak-ng sounds the t of « quatre-vingt-deux » in words, and not in digits.
    rewrite(&text, &EIGHTIES, |c| {
        let unit = match c[1].to_lowercase().as_str() {
            "un" | "une" => 1,
            "deux" => 2,
            "trois" => 3,
            "quatre" => 4,
            "cinq" => 5,
            "six" => 6,
            "sept" => 7,
            "huit" => 8,
            "neuf" => 9,
            _ => 11,
        };
        Some((80 + unit).to_string())
    })
}

/// How a word in capitals is said; `None` when it is a word, or one letter.
fn acronym(word: &str, plural: &str, shouted: bool) -> Option<String> {
    if word.chars().count() < 2 {
        return None;
    }
    if let Some(read) = TABLE.read.get(word) {
        return Some(read.clone());
    }
    let letters = || word.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect::<Vec<_>>().join(" ");
    if TABLE.spelled.contains(word) {
        return Some(letters());
    }
    let vowels = word.chars().filter(|c| "AEIOUYÀÂÉÈÊËÎÏÔÖÙÛÜŒ".contains(*c)).count();
    if vowels == 0 {
        return Some(letters());
    }
    // An unknown acronym of three letters is spelled, one of four too unless it makes syllables; a long one is a name
    // or a word, and so is everything in a text all in capitals.
    let short = word.len() <= 3 || (word.len() == 4 && !SYLLABLES.is_match(word));
    let spelled = !shouted && short && !is_word(word);
    Some(if spelled { letters() } else { format!("{}{plural}", word.to_lowercase()) })
}

/// The words in capitals that `grammars/acronyms.toml` does not hold: whether they are spelled or read is a guess.
pub fn unknown_acronyms(text: &str) -> Vec<String> {
    let mut unknown: Vec<String> = CAPITALS
        .captures_iter(text)
        .map(|found| found[1].replace('.', ""))
        .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !is_word(word))
        .filter(|word| !TABLE.read.contains_key(word) && !TABLE.spelled.contains(word))
        .collect();
    unknown.dedup();
    unknown
}

fn is_word(word: &str) -> bool {
    const WORDS: [&str; 46] = [
        "LE", "LA", "LES", "DE", "DU", "DES", "ET", "OU", "UN", "UNE", "EN", "AU", "AUX", "SUR", "PAR", "NON", "OUI",
        "QUI", "QUE", "MA", "SA", "SES", "MON", "SON", "NE", "PAS", "À", "OÙ", "SI", "CE", "ET", "JE", "IL", "NOM",
        "NÉ", "NÉE", "ÂGE", "RUE", "DIT", "VU", "BIS", "TER", "EST", "VOS", "NOS", "ICI",
    ];
    WORDS.contains(&word)
}
