//! Numbers in French words, both ways.

use super::{pattern, rewrite};

pub use super::heard::{parse_cardinal, parse_digits, parse_ordinal, parse_telephone};

const UNITS: [&str; 20] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
];
const TENS: [&str; 7] = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"];
/// The nouns of the long scale, largest first; `u64` ends at 18 trillions.
const SCALES: [(u64, &str); 5] = [
    (1_000_000_000_000_000_000, "trillion"),
    (1_000_000_000_000_000, "billiard"),
    (1_000_000_000_000, "billion"),
    (1_000_000_000, "milliard"),
    (1_000_000, "million"),
];

/// A whole number in words, masculine: 281 → « deux cent quatre-vingt-un ».
pub fn cardinal(n: u64) -> String {
    if n == 0 {
        return UNITS[0].to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut rest = n;
    for (value, name) in SCALES {
        let count = rest / value;
        rest %= value;
        if count > 0 {
            let plural = if count > 1 { "s" } else { "" };
            words.push(format!("{} {name}{plural}", below_million(count, true)));
        }
    }
    if rest > 0 {
        words.push(below_million(rest, true));
    }
    words.join(" ")
}

/// The same before a feminine noun: 21 → « vingt et une ».
pub fn cardinal_feminine(n: u64) -> String {
    let words = cardinal(n);
    match words.strip_suffix("un") {
        Some(start) if start.is_empty() || start.ends_with([' ', '-']) => format!("{start}une"),
        _ => words,
    }
}

/// `last`: nothing multiplies or follows, so that « cents » and « quatre-vingts » take their s.
fn below_million(n: u64, last: bool) -> String {
    let (thousands, rest) = (n / 1000, n % 1000);
    let mut words = Vec::new();
    match thousands {
        0 => {}
        1 => words.push("mille".to_owned()),
        _ => words.push(format!("{} mille", below_thousand(thousands, false))),
    }
    if rest > 0 {
        words.push(below_thousand(rest, last));
    }
    words.join(" ")
}

fn below_thousand(n: u64, last: bool) -> String {
    let (hundreds, rest) = (n / 100, n % 100);
    let mut words = Vec::new();
    match hundreds {
        0 => {}
        1 => words.push("cent".to_owned()),
        _ => {
            let plural = if rest == 0 && last { "s" } else { "" };
            words.push(format!("{} cent{plural}", UNITS[hundreds as usize]));
        }
    }
    if rest > 0 {
        words.push(below_hundred(rest, last));
    }
    words.join(" ")
}

fn below_hundred(n: u64, last: bool) -> String {
    let (tens, unit) = ((n / 10) as usize, (n % 10) as usize);
    match (n, tens, unit) {
        (0..20, ..) => UNITS[n as usize].to_owned(),
        (71, ..) => "soixante et onze".to_owned(),
        (80, ..) => format!("quatre-vingt{}", if last { "s" } else { "" }),
        (_, 7, _) => format!("soixante-{}", UNITS[10 + unit]),
        (_, 8, _) => format!("quatre-vingt-{}", UNITS[unit]),
        (_, 9, _) => format!("quatre-vingt-{}", UNITS[10 + unit]),
        (_, _, 0) => TENS[tens].to_owned(),
        (_, _, 1) => format!("{} et un", TENS[tens]),
        _ => format!("{}-{}", TENS[tens], UNITS[unit]),
    }
}

/// The rank in words: 1 → « premier » or « première », 19 → « dix-neuvième ».
pub fn ordinal(n: u64, feminine: bool) -> String {
    match n {
        1 if feminine => "première".to_owned(),
        1 => "premier".to_owned(),
        _ => {
            let words = cardinal(n);
            let plural = ["vingts", "cents", "millions", "milliards", "billions", "billiards", "trillions"];
            let mut stem = words.as_str();
            if plural.iter().any(|end| stem.ends_with(end)) {
                stem = &stem[..stem.len() - 1];
            }
            let stem = match stem {
                s if s.ends_with("cinq") => format!("{s}u"),
                s if s.ends_with("neuf") => format!("{}v", &s[..s.len() - 1]),
                s => s.strip_suffix('e').unwrap_or(s).to_owned(),
            };
            format!("{stem}ième")
        }
    }
}

/// The decimals after « virgule »: three at most read as a number, more in pairs, or one by one.
pub(super) fn decimals(digits: &str) -> String {
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    match digits.len() {
        0..=3 => {
            let mut words = vec!["zéro".to_owned(); zeros];
            if zeros < digits.len() {
                words.push(digits.parse().map(cardinal).unwrap_or_default());
            }
            words.join(" ")
        }
        n if n % 2 == 0 => pairs(digits, " "),
        _ => one_by_one(digits),
    }
}

/// Digits two by two: « 0612 » → « zéro six » `between` « douze ».
pub(super) fn pairs(digits: &str, between: &str) -> String {
    let digits: Vec<u64> = digits.bytes().filter(u8::is_ascii_digit).map(|b| u64::from(b - b'0')).collect();
    let pair = |pair: &[u64]| match *pair {
        [0, unit] => format!("zéro {}", cardinal(unit)),
        [ten, unit] => cardinal(10 * ten + unit),
        [unit] => cardinal(unit),
        _ => String::new(),
    };
    digits.chunks(2).map(pair).collect::<Vec<_>>().join(between)
}

pub(super) fn one_by_one(digits: &str) -> String {
    digits.bytes().filter(u8::is_ascii_digit).map(|b| UNITS[usize::from(b - b'0')]).collect::<Vec<_>>().join(" ")
}

/// A Roman numeral, in its canonical form only, below 4,000.
pub(super) fn roman(numeral: &str) -> Option<u64> {
    let mut left = numeral;
    let mut n = 0;
    let steps = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    for (value, sign) in steps {
        let most = if sign.len() == 2 || matches!(value, 500 | 50 | 5) { 1 } else { 3 };
        for _ in 0..most {
            let Some(rest) = left.strip_prefix(sign) else { break };
            (n, left) = (n + value, rest);
        }
    }
    (left.is_empty() && n > 0).then_some(n)
}

/// Digits of `text`, with the spaces between thousands left out.
pub(super) fn value(text: &str) -> Option<u64> {
    text.replace(' ', "").parse().ok()
}

/// A number as it may be written, whole part and decimals in two groups.
pub(super) const NUMBER: &str = r"(\d{1,3}(?: \d{3})+|\d+)(?:,(\d+))?";

/// A whole part and decimals in words; a long string of digits, or one that begins with zero, digit by digit.
pub(super) fn decimal(whole: &str, fraction: Option<&str>) -> String {
    let compact = whole.replace(' ', "");
    let leading_zero = compact.len() > 1 && compact.starts_with('0');
    let words = match compact.parse::<u64>() {
        Ok(n) if compact.len() <= 15 && !leading_zero => cardinal(n),
        _ if compact.len() <= 4 => one_by_one(&compact),
        _ => pairs(&compact, ", "),
    };
    match fraction {
        Some(fraction) => format!("{words} virgule {}", decimals(fraction)),
        None => words,
    }
}

// Below forty only: « Le », « De », « Ce » are words.
pattern!(CENTURY, r"\b([IVX]+)(?:ᵉ|e|è|ème|ième)\b");
pattern!(
    RULER,
    r"\b(Louis|Napoléon|Charles|Henri|François|Philippe|Jean-Paul|Pie|Benoît|Léopold|chapitre|titre|tome|livre|section|annexe|article) ([IVXL]+)\b"
);
pattern!(
    ORDINAL,
    r"\b(\d{1,3}(?: \d{3})+|\d+) ?(ers|er|ᵉʳˢ|ᵉʳ|res|re|ère|ères|ʳᵉˢ|ʳᵉ|es|e|ᵉˢ|ᵉ|èmes|ème|eme|ième|nde|ndes|nd|nds|ᵈˢ|ᵈᵉˢ|ᵈᵉ|ᵈ|de|°)(\P{L}|$)"
);
pattern!(MIXED, r"\b(\d+) (\d)/(\d{1,3})(\D|$)");
pattern!(FRACTION, r"\b(\d{1,2})/(\d{1,3})(\D|$)");
pattern!(
    FEMININE,
    r"(?i)\b(\d*1) (copies?|photocopies?|pièces?|photos?|fois|heures?|minutes?|semaines?|années?|personnes?|pages?|demandes?|mairies?|cartes?|feuilles?|enveloppes?|adresses?|questions?|journées?|attestations?|déclarations?|fiches?|signatures?|secondes?|voix|lettres?|preuves?|rues?|femmes?|filles?|communes?|démarches?|lignes?|touches?|seule|autre fois|nouvelle)\b"
);
pattern!(CODE, r"\b([A-Z]{1,3})(\d+)\b");
pattern!(FORM, r"\b(\d{5})\*(\d{2})\b");

static PLAIN: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
    regex::Regex::new(&format!(r"(^|[\s(+,;:/'-])([-−–])?{NUMBER}")).expect("a constant pattern")
});
static LEFT: std::sync::LazyLock<regex::Regex> =
    std::sync::LazyLock::new(|| regex::Regex::new(NUMBER).expect("a constant pattern"));

/// Every number that is left: ordinals, Roman numerals, fractions, codes, decimals.
pub(super) fn read(text: String) -> String {
    let text = rewrite(&text, &CENTURY, |c| {
        let n = roman(&c[1])?;
        Some(ordinal(n, false))
    });
    let text = rewrite(&text, &RULER, |c| {
        let n = roman(&c[2])?;
        let rank = if n == 1 { "premier".to_owned() } else { cardinal(n) };
        Some(format!("{} {rank}", &c[1]))
    });
    let text = rewrite(&text, &FORM, |c| Some(format!("{}, {}", cardinal(value(&c[1])?), pairs(&c[2], " "))));
    let text = rewrite(&text, &ORDINAL, |c| {
        let n = value(&c[1])?;
        let mark = &c[2];
        let first = matches!(mark, "er" | "ers" | "ᵉʳ" | "ᵉʳˢ" | "re" | "res" | "ère" | "ères" | "ʳᵉ" | "ʳᵉˢ");
        if n == 0 || (first && n != 1) || (n == 1 && !first && mark != "°") {
            return None;
        }
        let feminine = mark.starts_with(['r', 'è', 'ʳ']) && first;
        let word = match mark {
            "nd" | "ᵈ" => "second".to_owned(),
            "nds" | "ᵈˢ" => "seconds".to_owned(),
            "nde" | "de" | "ᵈᵉ" => "seconde".to_owned(),
            "ndes" | "ᵈᵉˢ" => "secondes".to_owned(),
            "°" if n == 1 => "primo".to_owned(),
            _ => ordinal(n, feminine) + if mark.ends_with(['s', 'ˢ']) { "s" } else { "" },
        };
        Some(format!("{word}{}", &c[3]))
    });
    let text = rewrite(&text, &MIXED, |c| {
        let part = fraction(value(&c[2])?, value(&c[3])?)?;
        let part = if part == "un demi" { "demi".to_owned() } else { part };
        Some(format!("{} et {part}{}", cardinal(value(&c[1])?), &c[4]))
    });
    let text = rewrite(&text, &FRACTION, |c| Some(fraction(value(&c[1])?, value(&c[2])?)? + &c[3]));
    let text = rewrite(&text, &FEMININE, |c| {
        let n = value(&c[1])?;
        (n % 100 != 11).then(|| format!("{} {}", cardinal_feminine(n), &c[2]))
    });
    let text = rewrite(&text, &CODE, |c| Some(format!("{} {}", &c[1], decimal(&c[2], None))));
    let text = rewrite(&text, &PLAIN, |c| {
        // A dash after a space is a sign; a dash after a word or a number is only a link.
        let minus = if c.get(2).is_some() { "moins " } else { "" };
        Some(format!("{}{minus}{}", &c[1], decimal(&c[3], c.get(4).map(|m| m.as_str()))))
    });
    rewrite(&text, &LEFT, |c| Some(format!(" {} ", decimal(&c[1], c.get(2).map(|m| m.as_str())))))
}

fn fraction(top: u64, bottom: u64) -> Option<String> {
    let name = match bottom {
        0 | 1 => return None,
        2 => "demi".to_owned(),
        3 => "tiers".to_owned(),
        4 => "quart".to_owned(),
        n => ordinal(n, false),
    };
    let plural = if top > 1 && !name.ends_with('s') { "s" } else { "" };
    Some(format!("{} {name}{plural}", cardinal(top)))
}
