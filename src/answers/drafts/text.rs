//! Bytes to text, as the programs of an office write them; and words without their accents.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Windows-1252 beyond Latin-1: 0x80 to 0x9F. A byte that it does not define stays itself.
/// Source: encoding.spec.whatwg.org/index-windows-1252.txt
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a spreadsheet's file: UTF-8 or UTF-16 by its mark, else UTF-8 if it reads as such, else Windows-1252.
pub(super) fn decode(bytes: &[u8]) -> String {
    let pairs = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, ..] => return pairs(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => return pairs(u16::from_be_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes
            .iter()
            .map(|byte| match byte {
                0x80..=0x9F => WINDOWS[usize::from(byte - 0x80)],
                _ => char::from(*byte),
            })
            .collect(),
    }
}

/// In lower case and without accents: « Où s'adresser ? » → `ou s'adresser ?`.
pub(super) fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace('œ', "oe").replace('æ', "ae").replace('’', "'");
    text.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// On one line, single-spaced; the no-break spaces of typography too.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
