//! French words as phones, few enough that what the telephone and Whisper confuse is one phone or a near one.
//!
//! The phonemes come from outside (espeak-ng, in the process already for the voice), one word at a time: what is
//! misheard is cut into words at other places, so that only the row of phones counts.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::french;

/// What gives the phonemes of a French text in the International Phonetic Alphabet; `None` when it cannot.
pub type Phonemes = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Words kept with their phones: a base of 20,000 entries has some 30,000 distinct ones.
const KEPT: usize = 60_000;

/// The phonemes' source and what it said; made once, shared by every generation, which is then quick to build.
pub struct Sounds {
    phonemes: Box<Phonemes>,
    known: Mutex<HashMap<String, Arc<[Phone]>>>,
}

impl fmt::Debug for Sounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sounds").finish_non_exhaustive()
    }
}

impl Sounds {
    pub fn new(phonemes: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Sounds { phonemes: Box::new(phonemes), known: Mutex::default() }
    }

    /// The phones of one word, elision included (« d'identité »), however it is written; none when it has no sound.
    pub(super) fn word(&self, word: &str) -> Arc<[Phone]> {
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(word) {
            return Arc::clone(known);
        }
        // The source is slower than the lock is worth: two threads may both ask it.
        let spelled = french::speakable(word).to_lowercase();
        let phones: Arc<[Phone]> = (self.phonemes)(&spelled).map_or_else(|| Arc::from([]), |ipa| read(&ipa).into());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(word.to_owned(), Arc::clone(&phones));
        phones
    }
}

/// One sound. Open and closed e, o, a and the two rounded e's are one each; schwa, stress and length are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Phone {
    P = 1,
    B,
    T,
    D,
    K,
    G,
    F,
    V,
    S,
    Z,
    Ch,
    J,
    M,
    N,
    L,
    R,
    /// « yeux », « ouate »; the one of « huit » is W too.
    Y,
    W,
    I,
    U,
    Ou,
    E,
    Eu,
    A,
    O,
    An,
    On,
    In,
}

use Phone::{A, An, B, Ch, D, E, Eu, F, G, I, In, J, K, L, M, N, O, On, Ou, P, R, S, T, U, V, W, Y, Z};

/// Phones of a text in the International Phonetic Alphabet. A sound said twice in a row is said once.
pub(super) fn read(ipa: &str) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::with_capacity(ipa.len());
    let mut signs = ipa.chars().peekable();
    while let Some(sign) = signs.next() {
        let nasal = signs.next_if(|next| *next == '\u{303}').is_some();
        let phone = match (sign, nasal) {
            ('ɑ' | 'a' | 'ɐ', true) => An,
            ('ɔ' | 'o', true) => On,
            ('ɛ' | 'œ' | 'e' | 'æ', true) => In,
            ('p', _) => P,
            ('b', _) => B,
            ('t', _) => T,
            ('d', _) => D,
            ('k', _) => K,
            ('ɡ' | 'g', _) => G,
            ('f', _) => F,
            ('v', _) => V,
            ('s', _) => S,
            ('z', _) => Z,
            ('ʃ', _) => Ch,
            ('ʒ', _) => J,
            ('m', _) => M,
            ('n' | 'ɲ' | 'ŋ', _) => N,
            ('l', _) => L,
            ('ʁ' | 'r' | 'ɹ' | 'ʀ' | 'ɾ', _) => R,
            ('j', _) => Y,
            ('w' | 'ɥ', _) => W,
            ('i' | 'ɪ', _) => I,
            ('y', _) => U,
            ('u' | 'ʊ', _) => Ou,
            ('e' | 'ɛ', _) => E,
            ('ø' | 'œ' | 'ɜ', _) => Eu,
            ('a' | 'ɑ' | 'æ' | 'ʌ' | 'ɐ', _) => A,
            ('o' | 'ɔ', _) => O,
            _ => continue,
        };
        if phones.last() != Some(&phone) {
            phones.push(phone);
        }
    }
    phones
}

impl Phone {
    /// The class that a bad line leaves of it, under 32: voiced and voiceless are one, so are the nasal vowels of
    /// « dans » and « don ».
    pub fn class(self) -> u8 {
        let kept = match self {
            B => P,
            D => T,
            G => K,
            V => F,
            Z => S,
            J => Ch,
            On => An,
            Y => I,
            W => Ou,
            other => other,
        };
        kept as u8
    }

    fn is_vowel(self) -> bool {
        self as u8 >= I as u8
    }

    /// What leaving it out or putting it in costs.
    fn missing(self) -> f32 {
        match self {
            R | Y | W => 0.5,
            L | N | M => 0.7,
            _ => 0.9,
        }
    }

    /// What hearing it for another costs, 0 to 1.8: how far apart the two are to the ear.
    fn change(self, other: Phone) -> f32 {
        if self == other {
            return 0.0;
        }
        if self.class() == other.class() {
            return 0.25;
        }
        let (low, high) = if (self as u8) < other as u8 { (self, other) } else { (other, self) };
        match (low, high) {
            (M, N) | (An | On, In) | (E, Eu) => 0.35,
            (A, An) | (O, On) | (E, In) | (Eu, In) | (I, U) | (U, Ou) | (U, Eu) | (Ou, O) | (Eu, O) | (O, An) => 0.5,
            (S | Z, Ch | J) | (N | M, L) | (L, R) | (L, Y) | (N, Y) | (W, U | O) => 0.5,
            (P | B | T | D, T | D | K | G) | (F | V, S | Z) | (B, V | M) | (D, N | L) | (I, E) | (E, A) | (A, O) => 0.6,
            (low, high) if low.is_vowel() == high.is_vowel() => 0.9,
            _ => 1.8,
        }
    }
}

/// Likeness of two rows of phones, 1 when they are the same, 0 when nothing is: what the cheapest way from one to
/// the other costs, over the longer of them.
pub(super) fn likeness(a: &[Phone], b: &[Phone]) -> f32 {
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 0.0;
    }
    let mut row: Vec<f32> = Vec::with_capacity(b.len() + 1);
    row.push(0.0);
    for phone in b {
        row.push(row[row.len() - 1] + phone.missing());
    }
    for from in a {
        let mut diagonal = row[0];
        row[0] += from.missing();
        for (at, to) in b.iter().enumerate() {
            let change = diagonal + from.change(*to);
            diagonal = row[at + 1];
            row[at + 1] = change.min(row[at + 1] + from.missing()).min(row[at] + to.missing());
        }
    }
    (1.0 - row[b.len()] / longest as f32).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::{likeness, read};

    #[test]
    fn what_is_misheard_stays_near() {
        let near = |a: &str, b: &str| likeness(&read(a), &read(b));
        assert_eq!(near("desˈe", "dɛsɛ"), 1.0);
        assert!(near("viljɛzɔ̃", "filjasjˈɔ̃") > 0.7);
        assert!(near("aktdəlisɑ̃s", "aktdənɛsˈɑ̃s") > 0.85);
        assert!(near("maʁjaʒ", "paspɔʁ") < 0.5);
        assert_eq!(near("", ""), 0.0);
    }
}
