//! What a pen writes and a voice does not say: quotation marks, brackets, dashes, spaces of every width.

use super::pattern;
use unicode_normalization::UnicodeNormalization;

// A word to be said stands apart: without the pause, espeak-ng ties « dites » to « agent » with a z.
pattern!(SAY, r#"(?i)\b(dites|dire|répondez)((?: par exemple| plutôt| seulement| alors)?)\s*[«“"]\s*"#);
pattern!(ENDING, r"(\p{L})\((?:e|es|s|x|ne|nes|se|ses|trice|trices|rice|euse|ère|fe|le|te|ve)\)");
pattern!(MIDDLE_DOT, r"(\p{L})[·•‧](?:e|es|s|ne|se|trice|x)(?:[·•‧]s)?\b");
pattern!(BULLET, r"(?m)^\s*[-–—*•·▪◦]\s+");
pattern!(DASH, r"\s+[–—-]\s+");
pattern!(STRAY_DASH, r"(^|[\s,])[-'–—]+(?:\s|,|$)");
pattern!(AND_OR, r"(?i)\bet ?/ ?ou\b");
pattern!(SLASH, r"([\p{L})]) ?/ ?(\p{L})");
pattern!(SPACES, r"[ \t]+");
pattern!(LINES, r"\s*\n\s*");
pattern!(BEFORE_MARK, r"\s+([,.…])");
pattern!(DOUBLE_MARK, r"[,;:](?:\s*,)+");
pattern!(COMMA_STOP, r",\s*([.;:!?…])");
pattern!(STOP_COMMA, r"([.;:!?…])\s*,");
pattern!(STOPS, r"\.{2,}");

/// Before anything is read: one kind of space, apostrophe and dash; nothing that has no sound.
pub(super) fn characters(text: &str) -> String {
    let text = SAY.replace_all(text, "$1$2, ");
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' | '\t' | '\u{2002}'..='\u{2006}' | '\u{2008}' => {
                out.push(' ')
            }
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0f}' | '\r' => {}
            '’' | '‘' | 'ʼ' | '`' | '´' => out.push('\''),
            '‐' | '‑' => out.push('-'),
            '«' | '»' | '“' | '”' | '„' | '"' => out.push(' '),
            '…' => out.push_str("..."),
            'ﬁ' => out.push_str("fi"),
            '½' => out.push_str(" 1/2"),
            '¼' => out.push_str(" 1/4"),
            '¾' => out.push_str(" 3/4"),
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    let out = ENDING.replace_all(&out, "$1");
    let out = MIDDLE_DOT.replace_all(&out, "$1");
    let out = BULLET.replace_all(&out, "");
    SPACES.replace_all(&out, " ").into_owned()
}

/// Once all is read: brackets and dashes become pauses, the last symbols words or nothing.
pub(super) fn punctuation(text: &str) -> String {
    let text = AND_OR.replace_all(text, "ou");
    let text = SLASH.replace_all(&text, "$1 ou $2");
    let text = DASH.replace_all(&text, ", ");
    let text = LINES.replace_all(&text, " ");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | ')' | '[' | ']' | '{' | '}' | '—' | '–' => out.push_str(", "),
            '&' => out.push_str(" et "),
            '+' => out.push_str(" plus "),
            '=' => out.push_str(" égale "),
            '@' => out.push_str(" arobase "),
            '%' => out.push_str(" pour cent "),
            '€' => out.push_str(" euros "),
            '§' => out.push_str(" paragraphe "),
            '→' | '⇒' | '>' => out.push_str(", "),
            '/' | '_' | '|' | '\\' => out.push(' '),
            c if c.is_alphanumeric() || c.is_whitespace() || ".,;:!?'-".contains(c) => out.push(c),
            '°' | 'º' => out.push_str(" degrés "),
            _ => out.push(' '),
        }
    }
    let out = STRAY_DASH.replace_all(&out, "$1 ");
    let out = SPACES.replace_all(&out, " ");
    let out = STOPS.replace_all(&out, ".");
    let out = BEFORE_MARK.replace_all(&out, "$1");
    let out = DOUBLE_MARK.replace_all(&out, ",");
    let out = COMMA_STOP.replace_all(&out, "$1");
    let out = STOP_COMMA.replace_all(&out, "$1");
    out.trim().trim_start_matches([',', ';', ' ']).trim_end_matches([',', ' ']).to_owned()
}
