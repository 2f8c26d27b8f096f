//! Names said letter by letter: « D, U, P, O, N, T », « D comme Denise ».

use std::ops::Range;

use super::names::{ACRONYMS, Finder};
use super::text::Word;

const ACCENTS: &[&str] = &["accent", "aigu", "grave", "circonflexe", "trema", "cedille"];
const SIGNS: &[&str] = words! {
    apostrophe tiret espace trait union plus loin majuscule puis deux double apres et euh
};

impl Finder<'_> {
    /// Letters said one by one, three at least, and « D comme Denise, U comme Ursule ».
    pub(super) fn spelled(&self) -> Vec<Range<usize>> {
        let text = self.text;
        let mut found = Vec::new();
        let mut i = 0;
        while i < text.len() {
            let (mut end, mut letters) = (i, 0);
            let mut last = i;
            while end < text.len()
                && self.free(end)
                && !(text.breaks(end) && end > i && !text.gap(end).trim().starts_with('.'))
            {
                let word = &text.words[end];
                let letter = word.letter()
                    && (!text.glued(end + 1)
                        || (text.gap(end + 1) == "-" && text.words.get(end + 1).is_some_and(Word::letter)));
                if letter {
                    letters += 1;
                    end += 1;
                    if text.is(end, &["comme", "de"])
                        && text.words.get(end + 1).is_some_and(|word| !word.letter())
                        && (text.at(end) == "comme" || text.at(end + 1).starts_with(text.at(end - 1)))
                    {
                        end += 2;
                    }
                    last = end;
                } else if letters > 0 && word.is(ACCENTS) {
                    end += 1;
                    last = end;
                } else if letters > 0 && (word.is(SIGNS) || word.is(&["2"])) && end - last < 3 {
                    end += 1;
                } else if letters > 0 && text.says(end, &["i", "grec"]) {
                    end += 2;
                    last = end;
                } else {
                    break;
                }
            }
            let shown: String = (i..last).filter(|j| text.words[*j].letter()).map(|j| text.at(j)).collect();
            // « y a », « c d »: two letters are words too often.
            let comme = (i..last).filter(|j| text.at(*j) == "comme").count();
            let real = (letters >= 3 || (letters >= 2 && comme >= 1)) && !ACRONYMS.contains(&shown.as_str());
            let doubled = text.is(i.wrapping_sub(1), &["deux"]);
            // « avec deux B, L A B B E »
            let apart = doubled && text.is(i.wrapping_sub(2), &["avec"]) && text.pauses(i + 1);
            let start = match (doubled, apart) {
                (_, true) => i + 1,
                (true, _) => i - 1,
                _ => i,
            };
            if real {
                found.push(start..last);
            }
            i = last.max(i + 1);
        }
        found
    }

    /// The name just said, before it is spelled: « o'connor c'est o apostrophe c o deux n o r ».
    pub(super) fn ahead_of_spelling(&self, start: usize) -> Option<Range<usize>> {
        let text = self.text;
        let mut i = start;
        while i > 0
            && start - i < 8
            && text.is(
                i - 1,
                &[
                    "c", "est", "ca", "s", "ecrit", "alors", "oui", "j", "epelle", "je", "vous", "avec", "donc", "euh",
                    "qui", "l", "le", "hein", "se", "voila", "bien", "comme", "prononce",
                ],
            )
        {
            i -= 1;
        }
        let last = i.checked_sub(1)?;
        if !(self.strange(last) || self.in_lists(last))
            || (self.ordinary(last) && !self.proper(last) && !self.lists.last(text.at(last)))
        {
            return None;
        }
        Some(self.leftward(last..last + 1))
    }
}
