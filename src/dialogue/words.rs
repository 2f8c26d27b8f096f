//! Words compared as an ear would: no case, no accent, no punctuation.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of `text`, folded: lower case, no accents, no punctuation, apostrophes and hyphens as spaces.
pub fn words(text: &str) -> Vec<String> {
    let folded: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'œ' => 'e',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    folded.split_whitespace().map(str::to_owned).collect()
}

/// `whole` without the sequences of `fillers` at its beginning and its end.
pub fn trimmed<'a>(mut whole: &'a [String], fillers: &[Vec<String>]) -> &'a [String] {
    loop {
        let longest = |fits: &dyn Fn(&[String]) -> bool| {
            fillers.iter().filter(|filler| !filler.is_empty() && fits(filler)).map(Vec::len).max()
        };
        if let Some(length) = longest(&|filler| whole.starts_with(filler)) {
            whole = &whole[length..];
        } else if let Some(length) = longest(&|filler| whole.ends_with(filler)) {
            whole = &whole[..whole.len() - length];
        } else {
            return whole;
        }
    }
}

/// Where `pattern` stands in `whole`, its words in order; `*` in the pattern stands for up to three words.
pub fn find(whole: &[String], pattern: &[String]) -> Option<std::ops::Range<usize>> {
    if pattern.is_empty() {
        return None;
    }
    (0..whole.len()).find_map(|start| matched(&whole[start..], pattern).map(|length| start..start + length))
}

/// How many words of `whole` the pattern covers from its first word on.
fn matched(whole: &[String], pattern: &[String]) -> Option<usize> {
    match pattern.split_first() {
        None => Some(0),
        Some((word, rest)) if word == "*" => {
            (0..=3.min(whole.len())).find_map(|skipped| matched(&whole[skipped..], rest).map(|length| length + skipped))
        }
        Some((word, rest)) => match whole.split_first() {
            Some((first, others)) if first == word => matched(others, rest).map(|length| length + 1),
            _ => None,
        },
    }
}

/// The words of a pattern: like [`words`], and `*` kept.
pub fn pattern(text: &str) -> Vec<String> {
    text.split('*').map(words).collect::<Vec<_>>().join(&["*".to_owned()][..])
}
