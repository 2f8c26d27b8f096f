//! Amounts of money, percentages, measures.

use std::sync::LazyLock;

use regex::Regex;

use super::numbers::{NUMBER, cardinal, cardinal_feminine, decimal, value};
use super::{pattern, rewrite};

/// Sign, singular, plural, and whether the noun is feminine. Longer signs come before those they begin with.
const UNITS: &[(&str, &str, &str, bool)] = &[
    ("km/h", "kilomètre par heure", "kilomètres par heure", false),
    ("kWh", "kilowattheure", "kilowattheures", false),
    ("km²", "kilomètre carré", "kilomètres carrés", false),
    ("cm²", "centimètre carré", "centimètres carrés", false),
    ("cm³", "centimètre cube", "centimètres cubes", false),
    ("m²", "mètre carré", "mètres carrés", false),
    ("m2", "mètre carré", "mètres carrés", false),
    ("m³", "mètre cube", "mètres cubes", false),
    ("m3", "mètre cube", "mètres cubes", false),
    ("km", "kilomètre", "kilomètres", false),
    ("cm", "centimètre", "centimètres", false),
    ("mm", "millimètre", "millimètres", false),
    ("min", "minute", "minutes", true),
    ("mn", "minute", "minutes", true),
    ("ml", "millilitre", "millilitres", false),
    ("cl", "centilitre", "centilitres", false),
    ("mg", "milligramme", "milligrammes", false),
    ("kg", "kilogramme", "kilogrammes", false),
    ("Ko", "kilo-octet", "kilo-octets", false),
    ("ko", "kilo-octet", "kilo-octets", false),
    ("Mo", "mégaoctet", "mégaoctets", false),
    ("Go", "gigaoctet", "gigaoctets", false),
    ("ha", "hectare", "hectares", false),
    ("°C", "degré", "degrés", false),
    ("m", "mètre", "mètres", false),
    ("g", "gramme", "grammes", false),
    ("l", "litre", "litres", false),
    ("L", "litre", "litres", false),
    ("j", "jour", "jours", false),
];

fn compiled(pattern: String) -> Regex {
    Regex::new(&pattern).expect("the pattern is a constant of the program")
}

static SPLIT_MONEY: LazyLock<Regex> = LazyLock::new(|| compiled(format!(r"(-)?\b{NUMBER} ?€ ?(\d{{2}})\b")));
static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(format!(r"([-−])?\b{NUMBER} ?(?:(millions?|milliards?) (?:d')?)?(€|euros?\b|EUR\b|\$|dollars?\b|£|k€|M€)"))
});
static PERCENT: LazyLock<Regex> = LazyLock::new(|| compiled(format!(r"([-−])?\b{NUMBER} ?(%|‰)")));
static MEASURE: LazyLock<Regex> = LazyLock::new(|| {
    let signs: Vec<_> = UNITS.iter().map(|unit| regex::escape(unit.0)).collect();
    compiled(format!(r"([-−])?\b{NUMBER} ?({})([^\p{{L}}\p{{N}}'’/]|$)", signs.join("|")))
});
pattern!(
    RATE,
    r"(euros?|centimes?|fois|pour cent|mètres?|carrés?) ?/ ?(mois|ans?|jour|heure|personne|page|semaine|acte|copie)\b"
);
pattern!(TIMES, r"(\d) ?(?:mm|cm|m)? ?[x×] ?(\d)");
pattern!(EMPTY_CENTS, r",(?:00|-)( ?(?:€|euros))");

pub(super) fn read(text: String) -> String {
    let text = EMPTY_CENTS.replace_all(&text, "$1");
    let text = rewrite(&text, &SPLIT_MONEY, |c| {
        let sign = c.get(1).map_or("", |_| "moins ");
        Some(format!("{sign}{}", money(&c[2], Some(&c[4]), "euro")?))
    });
    let text = rewrite(&text, &MONEY, |c| {
        let sign = c.get(1).map_or("", |_| "moins ");
        let (whole, cents) = (&c[2], c.get(3).map(|m| m.as_str()));
        let scale = match (&c[5], c.get(4).map(|m| m.as_str())) {
            ("k€", _) => Some("mille"),
            ("M€", _) => Some("millions"),
            (_, scale) => scale,
        };
        let currency = match &c[5] {
            "$" | "dollar" | "dollars" => "dollar",
            "£" => "livre",
            _ => "euro",
        };
        let amount = match scale {
            Some("mille") => format!("{} mille {currency}s", decimal(whole, cents)),
            Some(scale) => {
                let of = if currency == "euro" { "d'" } else { "de " };
                format!("{} {scale} {of}{currency}s", decimal(whole, cents))
            }
            None => money(whole, cents, currency)?,
        };
        Some(format!("{sign}{amount}"))
    });
    let text = rewrite(&text, &PERCENT, |c| {
        let sign = c.get(1).map_or("", |_| "moins ");
        let of = if &c[4] == "‰" { "mille" } else { "cent" };
        Some(format!("{sign}{} pour {of}", decimal(&c[2], c.get(3).map(|m| m.as_str()))))
    });
    let text = TIMES.replace_all(&text, "$1 sur $2");
    let text = rewrite(&text, &MEASURE, |c| {
        let (_, singular, plural, feminine) = UNITS.iter().find(|unit| unit.0 == &c[4])?;
        let sign = c.get(1).map_or("", |_| "moins ");
        let n = value(&c[2])?;
        let count = match c.get(3) {
            None if *feminine => cardinal_feminine(n),
            fraction => decimal(&c[2], fraction.map(|m| m.as_str())),
        };
        Some(format!("{sign}{count} {}{}", if n >= 2 { plural } else { singular }, &c[5]))
    });
    RATE.replace_all(&text, "$1 par $2").into_owned()
}

/// « dix-sept euros vingt », « cinquante centimes »; a third decimal makes it a plain number.
fn money(whole: &str, cents: Option<&str>, currency: &str) -> Option<String> {
    let n = value(whole)?;
    let name = |count: u64| if count > 1 { format!("{currency}s") } else { currency.to_owned() };
    let count = if currency == "livre" { cardinal_feminine(n) } else { cardinal(n) };
    let of = match (count.rsplit(' ').next().unwrap_or(""), currency) {
        (last, "euro") if last.starts_with("million") || last.starts_with("milliard") => "d'",
        (last, _) if last.starts_with("million") || last.starts_with("milliard") => "de ",
        _ => "",
    };
    let amount = format!("{count} {of}{}", name(n));
    let cents = match cents {
        None => return Some(amount),
        Some(cents) if cents.len() > 2 => return Some(format!("{} {}", decimal(whole, Some(cents)), name(n))),
        Some(cents) if cents.len() == 1 => 10 * value(cents)?,
        Some(cents) => value(cents)?,
    };
    Some(match (n, cents) {
        (_, 0) => amount,
        (0, 1) => "un centime".to_owned(),
        (0, cents) => format!("{} centimes", cardinal(cents)),
        (_, cents) => format!("{amount} {}", cardinal(cents)),
    })
}
