//! Cutting a text for the ear: one breath a piece.

/// A piece longer than this many words is cut again, at a comma or before a linking word. A listener holds some
/// twenty words, and the first sound waits for the whole first piece.
pub const MAX_WORDS: usize = 20;
/// No piece is left with fewer words than this by such a cut.
const MIN_WORDS: usize = 4;

/// After these, a full stop ends nothing, even before a capital.
const ABBREVIATIONS: [&str; 34] = [
    "m", "mm", "mr", "dr", "pr", "me", "mme", "mlle", "art", "al", "av", "bd", "boul", "pl", "imp", "all", "n", "no",
    "p", "cf", "ex", "tél", "tel", "port", "env", "bât", "bat", "apt", "réf", "dép", "chap", "vol", "arr", "st",
];
/// After these, a full stop ends the sentence only before a capital.
const ENDING_ABBREVIATIONS: [&str; 9] = ["etc", "max", "min", "hab", "approx", "janv", "sept", "oct", "déc"];
/// Before these a long piece may be cut.
const LINKS: [&str; 22] = [
    "et", "ou", "mais", "car", "donc", "puis", "pour", "si", "lorsque", "quand", "avec", "dans", "qui", "que", "dont",
    "afin", "sauf", "sans", "ainsi", "selon", "après", "avant",
];

/// Cuts `text` where a voice breathes: at `.` `!` `?` `…` `;`, at line ends of a list, and, in a piece of more than
/// [`MAX_WORDS`] words, at the comma or linking word nearest its middle.
///
/// « M. », « n° », « art. 4 », decimals, hours and addresses stay whole. Nothing is lost: the pieces joined by spaces
/// are the text, spaces aside. Empty text gives no piece.
pub fn sentences(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for block in blocks(text) {
        for sentence in split(&block) {
            shorten(&sentence, &mut pieces);
        }
    }
    pieces
}

/// How many words a listener counts in `text`.
pub fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// Paragraphs and list items; a line that merely wraps belongs to the one before.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in text.lines() {
        let line = line.trim();
        let item = line.starts_with("- ") || line.starts_with("• ") || line.starts_with("* ");
        if (line.is_empty() || item) && blocks.last().is_some_and(|block| !block.is_empty()) {
            blocks.push(String::new());
        }
        if let Some(block) = blocks.last_mut() {
            if !block.is_empty() && !line.is_empty() {
                block.push(' ');
            }
            block.push_str(line);
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

fn split(text: &str) -> Vec<String> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < chars.len() {
        let (_, c) = chars[at];
        if !matches!(c, '.' | '!' | '?' | '…' | ';') {
            at += 1;
            continue;
        }
        // All the marks together, closing quotes and brackets with them.
        let mut end = at + 1;
        while end < chars.len() {
            let next = chars[end].1;
            let quote_later = is_space(next) && chars.get(end + 1).is_some_and(|c| c.1 == '»');
            if matches!(next, '.' | '!' | '?' | '…' | '»' | ')' | '"' | '”') || quote_later {
                end += 1;
            } else {
                break;
            }
        }
        let followed = chars.get(end).is_none_or(|c| is_space(c.1));
        let stop = end == at + 1 && c == '.';
        if followed && !(stop && is_abbreviation(&chars[from_index(&chars, from)..at], &chars[end..])) {
            let cut = chars.get(end).map_or(text.len(), |c| c.0);
            push(&text[from..cut], &mut pieces);
            from = cut;
        }
        at = end;
    }
    push(&text[from..], &mut pieces);
    pieces
}

fn from_index(chars: &[(usize, char)], byte: usize) -> usize {
    chars.partition_point(|c| c.0 < byte)
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}'
}

fn push(piece: &str, pieces: &mut Vec<String>) {
    let piece = piece.trim();
    if piece.chars().any(char::is_alphanumeric) {
        pieces.push(piece.to_owned());
    } else if let (Some(last), false) = (pieces.last_mut(), piece.is_empty()) {
        last.push(' ');
        last.push_str(piece);
    }
}

/// Whether the full stop after `before` is part of a word.
fn is_abbreviation(before: &[(usize, char)], after: &[(usize, char)]) -> bool {
    let word: String = before.iter().rev().map(|c| c.1).take_while(|c| !is_space(*c) && !"('’«".contains(*c)).collect();
    let word: String = word.chars().rev().collect();
    let next = after.iter().map(|c| c.1).find(|c| !is_space(*c) && !"«\"(".contains(*c));
    let Some(next) = next else { return false };
    let small = word.to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let dotted = word.contains('.') && word.split('.').all(|part| part.trim_start_matches('-').chars().count() <= 2);
    let begins = next.is_uppercase();
    match small.as_str() {
        s if ABBREVIATIONS.contains(&s) => !(s == "ex" && begins),
        s if ENDING_ABBREVIATIONS.contains(&s) => !begins,
        _ if initial || dotted => true,
        // A sentence begins with a capital or a digit; a small letter goes on.
        _ => next.is_lowercase(),
    }
}

fn shorten(sentence: &str, pieces: &mut Vec<String>) {
    let parts: Vec<&str> = sentence.split_whitespace().collect();
    if words(sentence) <= MAX_WORDS {
        pieces.push(parts.join(" "));
        return;
    }
    let Some(cut) = best_cut(&parts) else {
        pieces.push(parts.join(" "));
        return;
    };
    shorten(&parts[..cut].join(" "), pieces);
    shorten(&parts[cut..].join(" "), pieces);
}

/// The index of the word that begins the second piece: after a comma or colon nearest the middle, else before a
/// linking word. `None` leaves the piece long rather than cut it where nobody breathes.
fn best_cut(parts: &[&str]) -> Option<usize> {
    let middle = parts.len() / 2;
    let range = MIN_WORDS..parts.len().saturating_sub(MIN_WORDS - 1);
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let nearest =
        |fits: &dyn Fn(usize) -> bool| range.clone().filter(|at| fits(*at)).min_by_key(|at| at.abs_diff(middle));
    let strong = nearest(&|at| parts[at - 1].ends_with([',', ':', ')', '»']));
    let weak =
        || nearest(&|at| LINKS.contains(&bare(parts[at]).as_str()) && !LINKS.contains(&bare(parts[at - 1]).as_str()));
    // Commas at the very edge leave a long piece all the same; a link near the middle is the better breath.
    match strong {
        Some(at) if at.abs_diff(middle) <= parts.len() / 3 => Some(at),
        strong => weak().or(strong),
    }
}
