//! Why a transcription is not believed.
//!
//! Measured on noise of three colours at five levels, tones, coughs made of noise, hold music and 100 recorded
//! prompts (tests/engines/hearing_nothing.rs): the no-speech probability was 0.37 to 0.92 where nobody spoke, and
//! above 0.5 for 3 prompts of 100, single words all. It decides alone only when high, and otherwise together with
//! the words' probabilities.

use std::sync::LazyLock;

use super::sound::Evidence;
use super::words::{self, Token};
use crate::dialogue::Refused;

/// Less voice than this, milliseconds, is no word: the shortest recorded ones («six», «n») have 180.
const LEAST_VOICED_MS: u32 = 60;
/// No-speech probability that decides alone.
const SURELY_NO_SPEECH: f32 = 0.9;
/// No-speech probability that decides when the words are also doubtful.
const PROBABLY_NO_SPEECH: f32 = 0.5;
/// Geometric mean of the tokens' probabilities under which words are doubtful.
const DOUBTFUL: f32 = 0.4;
/// Confidence under which words mean nothing: of the prompts heard so, none had a word right.
const UNLIKELY: f32 = 0.08;
/// Consecutive repeats that are a loop, by the number of words repeated: callers do say « oui oui oui ».
const LOOP_OF_ONE: usize = 6;
const LOOP_OF_TWO: usize = 4;
const LOOP_OF_MORE: usize = 3;
/// Longest group of words whose repetition is looked for.
const LONGEST_LOOP: usize = 12;
/// Letters that repeat with a period of at most `LETTER_PERIOD`, as in « hahahaha », and are a loop.
const LETTER_LOOP: usize = 24;
const LETTER_PERIOD: usize = 6;

/// Words of the prompt in a row that are a recitation.
const RECITED: usize = 4;

static MADE_UP: LazyLock<Vec<(String, bool)>> = LazyLock::new(|| {
    include_str!("made_up.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| (plain(line), line.ends_with('…')))
        .collect()
});

/// What can be refused on the sound alone, before any model runs.
pub fn unheard(evidence: &Evidence) -> Option<Refused> {
    (evidence.voiced_ms < LEAST_VOICED_MS).then_some(Refused::NoSpeech)
}

/// Judges what the model wrote after `prompt`.
pub fn judge(tokens: &[Token], no_speech: f32, prompt: &str) -> Option<Refused> {
    let text = words::text(tokens);
    if no_words(&text) || no_speech > SURELY_NO_SPEECH {
        return Some(Refused::NoSpeech);
    }
    if loops(&text) {
        return Some(Refused::Repetition);
    }
    if made_up(&text) || (no_speech > PROBABLY_NO_SPEECH && recites(&text, prompt)) {
        return Some(Refused::Hallucination);
    }
    if no_speech > PROBABLY_NO_SPEECH && words::mean_log_probability(tokens).exp() < DOUBTFUL {
        return Some(Refused::NoSpeech);
    }
    (words::confidence(tokens, no_speech) < UNLIKELY).then_some(Refused::Unlikely)
}

/// Nothing but the description of a sound (« [Musique] », « *rires* », « ♪ ») or signs.
fn no_words(text: &str) -> bool {
    let mut closing: Option<char> = None;
    let mut outside = false;
    for c in text.chars() {
        match closing {
            Some(end) if c == end => closing = None,
            Some(_) => {}
            None => match c {
                '[' => closing = Some(']'),
                '(' => closing = Some(')'),
                '*' => closing = Some('*'),
                '♪' => closing = Some('♪'),
                c => outside |= c.is_alphanumeric(),
            },
        }
    }
    !outside
}

fn made_up(text: &str) -> bool {
    let text = plain(text);
    MADE_UP.iter().any(|(sentence, beginning)| text == *sentence || (*beginning && text.starts_with(sentence.as_str())))
}

/// Says several words of the prompt in its order: with nothing to hear, the model goes on with what it was given.
fn recites(text: &str, prompt: &str) -> bool {
    let prompt = format!(" {} ", plain(prompt));
    let text = plain(text);
    let words: Vec<&str> = text.split(' ').collect();
    words.windows(RECITED).any(|run| prompt.contains(&format!(" {} ", run.join(" "))))
}

fn loops(text: &str) -> bool {
    let words: Vec<String> = plain(text).split(' ').map(str::to_owned).collect();
    for n in 1..=LONGEST_LOOP.min(words.len() / 2) {
        let most = match n {
            1 => LOOP_OF_ONE,
            2 => LOOP_OF_TWO,
            _ => LOOP_OF_MORE,
        };
        let mut same = 0;
        for at in n..words.len() {
            same = if words[at] == words[at - n] { same + 1 } else { 0 };
            if same >= n * (most - 1) && (same + n) * 2 >= words.len() {
                return true;
            }
        }
    }
    let letters: Vec<char> = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    (1..=LETTER_PERIOD).any(|period| {
        let mut same = 0;
        (period..letters.len()).any(|at| {
            same = if letters[at] == letters[at - period] { same + 1 } else { 0 };
            same + period >= LETTER_LOOP
        })
    })
}

/// Lower case words with one space between them, signs dropped.
fn plain(text: &str) -> String {
    let text = text.to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_refused_and_a_caller_who_insists_is_not() {
        for said in [
            "Oui, oui, oui.",
            "Un acte de naissance, un acte de naissance.",
            "zéro six douze douze douze douze",
            "06 12 12 12 12",
            "Non non non non, je voudrais un passeport.",
        ] {
            assert!(!loops(said), "{said}");
        }
        for looped in [
            "Ah, ah ah ah ah ah ah ah ah",
            "Ha hahahahahahahahahahahahahaha",
            "C'est un agent de la carte d'identité. Un agent de la carte d'identité. Un agent de la carte d'identité.",
            "et puis le PACS, le PACS, le PACS, le PACS",
        ] {
            assert!(loops(looped), "{looped}");
        }
    }

    #[test]
    fn subtitles_are_refused_and_thanks_are_not() {
        assert!(made_up("Sous-titres réalisés par la communauté d'Amara.org"));
        assert!(made_up("Sous-titrage Société Radio-Canada"));
        assert!(made_up("Merci d'avoir regardé cette vidéo !"));
        assert!(!made_up("Merci beaucoup, au revoir."));
        assert!(!made_up("Parlez plus lentement s'il vous plaît."));
        assert!(!made_up("Je voudrais une traduction par un interprète."));
    }

    #[test]
    fn the_description_of_a_sound_is_not_words() {
        for text in ["[Musique]", "*musique*", "(Bruit de la bête)", "♪ ♪", "...", ""] {
            assert!(no_words(text), "{text}");
        }
        assert!(!no_words("[Musique] Oui."));
    }
}
