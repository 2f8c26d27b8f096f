//! E-mail addresses, written or said: « nadia point benali arobase orange point fr ».

use std::ops::Range;

use super::numerals::numeric;
use super::text::Text;

const AT: &[&str] = &["arobase", "arobas", "arrobase", "arobaze", "arobasse", "robase"];
const JOINTS: &[&str] = words! {
    point tiret underscore souligne bas du haut moins slash
};
/// Said after « arobase » without a point often enough.
const PROVIDERS: &[&str] = words! {
    gmail orange wanadoo free sfr hotmail yahoo laposte outlook live icloud bbox numericable aol msn neuf
    protonmail exemple
};
/// Stands before an address and is no part of it.
const BEFORE: &[&str] = words! {
    est mail mel email courriel adresse electronique sur alors euh oui non ou et par au voila donc pour bien deja
    moi pareil envoyez envoyer ecrivez ecrire notez noter bonjour dossier mettez prenez plutot egalement sinon
    reponse suis avoir marque messagerie boite jamais mon ma son sa votre notre attendez enfin toujours avec
    essayez contact merci hein
};

/// The address around a sign « @ » or its word, as words.
pub fn find(text: &Text<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for i in 0..text.len() {
        let range = if i > 0 && text.gap(i).contains('@') {
            written(text, i)
        } else if i > 0 && text.is(i, &["at", "a", "arobase"]) && text.gap(i).ends_with(['[', '(', '{']) {
            Some(run_left(text, i)..run_right(text, i + 1))
        } else if AT.contains(&text.at(i))
            || (text.is(i, &["at", "chez"])
                && (PROVIDERS.contains(&text.at(i + 1))
                    || (text.at(i) == "at" && (text.at(i + 2) == "point" || text.gap(i + 2) == ".")))
                && (text.at(i) == "at" || text.at(i + 2) == "point" || text.gap(i + 2) == "."))
        {
            spoken(text, i)
        } else {
            None
        };
        if let Some(range) = range {
            match found.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => found.push(range),
            }
        }
    }
    found
}

fn written(text: &Text<'_>, i: usize) -> Option<Range<usize>> {
    let start = run_left(text, i);
    let end = run_right(text, i);
    (start < i && end > i).then_some(start..end)
}

/// Back over what is written without a space before word `i`.
fn run_left(text: &Text<'_>, i: usize) -> usize {
    let mut start = i.saturating_sub(1);
    while start > 0
        && !text.gap(start).is_empty()
        && !text.gap(start).contains(|c: char| c.is_whitespace() || ":(<;,".contains(c))
    {
        start -= 1;
    }
    start
}

fn run_right(text: &Text<'_>, i: usize) -> usize {
    let mut end = i + 1;
    while end < text.len() && matches!(text.gap(end), "." | "-" | "_" | "(.)" | "[.]") {
        end += 1;
    }
    end.min(text.len())
}

fn spoken(text: &Text<'_>, at: usize) -> Option<Range<usize>> {
    let end = domain(text, at + 1)?;
    let start = local(text, at)?;
    Some(start..end)
}

fn joint(text: &Text<'_>, i: usize) -> bool {
    text.is(i, JOINTS)
}

/// After « arobase »: words and letters up to the last « point » and what follows it.
fn domain(text: &Text<'_>, from: usize) -> Option<usize> {
    let dotted = |i: usize| text.at(i) == "point" || text.gap(i).trim() == ".";
    let mut end = None;
    let mut i = from;
    while i < text.len()
        && i < from + 14
        && !text.gap(i).contains(['?', '!', ';'])
        && (!text.gap(i).contains(',') || i == from || text.at(i) == "point" || text.at(i - 1) == "point")
    {
        if text.at(i) == "point" && i + 1 < text.len() {
            // « point f r »
            let letters = text.words.get(i + 1).is_some_and(super::text::Word::letter);
            i += if letters && text.words.get(i + 2).is_some_and(super::text::Word::letter) { 3 } else { 2 };
            end = Some(i.min(text.len()));
            if !dotted(i) {
                break;
            }
        } else if i > from && text.gap(i) == "." {
            i += 1;
            end = Some(i);
            if !dotted(i) {
                break;
            }
        } else {
            i += 1;
        }
    }
    end.or_else(|| PROVIDERS.contains(&text.at(from)).then_some(from + 1))
}

/// Before « arobase »: words as far as nothing says that the sentence begins there.
fn local(text: &Text<'_>, at: usize) -> Option<usize> {
    let mut start = at;
    let mut plain = 0;
    while start > 0 {
        let i = start - 1;
        if start < at && text.gap(start).contains([':', ';', '?', '!']) {
            break;
        }
        let comma = start < at && text.gap(start).contains(',');
        let word = &text.words[i];
        let spelled = word.letter() && !(start < at && text.glued(start) && text.gap(start) != "-");
        if comma
            && !(joint(text, i) || joint(text, start) || word.letter() && text.words[start].letter())
            && start + 1 < at
        {
            break;
        }
        // « à » begins an address' place in the sentence, « a » is a letter of it.
        let preposition = &text.raw[word.range.clone()] == "à";
        if word.is(BEFORE) || preposition || AT.contains(&text.at(i)) || (word.letter() && !spelled) {
            break;
        }
        if !(joint(text, i) || spelled || numeric(text, i)) {
            let linked = start == at || joint(text, start) || matches!(text.gap(start), "." | "-" | "_");
            if !linked {
                plain += 1;
            }
            if plain > 2 {
                break;
            }
        }
        start = i;
    }
    (start < at).then_some(start)
}
