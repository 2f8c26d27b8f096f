//! The French cases of NeMo-text-processing, both ways; those that a telephone line does not follow are named with the reason.

use std::collections::BTreeMap;

use standardiste::french::dates::parse_date;
use standardiste::french::numbers::{parse_cardinal, parse_digits, parse_ordinal};
use standardiste::french::written_out;

fn cases(name: &str) -> Vec<(String, String)> {
    let path = format!("{}/tests/data/french_cases/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.lines()
        .filter_map(|line| line.split_once('~'))
        .filter(|(from, _)| !from.is_empty())
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .collect()
}

/// Checks every case but the exceptions, and that each exception is still one.
fn check(name: &str, exceptions: &[(&str, &str)], ours: impl Fn(&str, &str) -> Result<(), String>) {
    let exceptions: BTreeMap<_, _> = exceptions.iter().copied().collect();
    let cases = cases(name);
    assert!(!cases.is_empty(), "{name} has no case");
    let mut wrong = Vec::new();
    for (from, to) in &cases {
        match (ours(from, to), exceptions.get(from.as_str())) {
            (Err(got), None) => wrong.push(format!("{from} → {got}, expected {to}")),
            (Ok(()), Some(_)) => wrong.push(format!("{from} is right now: no exception any more")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

fn same(got: String, wanted: &str) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(got) }
}

fn read_aloud(name: &str, exceptions: &[(&str, &str)]) {
    check(name, exceptions, |from, to| same(written_out(from), to));
}

#[test]
fn written_numbers_are_read_aloud() {
    read_aloud("text_normalization_cardinal", &[]);
    read_aloud("text_normalization_decimal", &[]);
    read_aloud("text_normalization_fraction", &[]);
    read_aloud("text_normalization_ordinal", &[]);
}

#[test]
fn written_dates_are_read_aloud() {
    read_aloud("text_normalization_date", &[("les 80s", "an English decade, read in English: no town hall writes it")]);
}

#[test]
fn written_titles_and_words_are_read_aloud() {
    read_aloud("text_normalization_whitelist", &[]);
    read_aloud("text_normalization_word", &[("—", "a lone dash has no sound")]);
}

#[test]
fn spoken_whole_numbers_are_understood() {
    // The cases keep the words below ten, as a text does; we always want the value.
    let kept_as_words = [("un", "1"), ("deux", "2")];
    check("inverse_text_normalization_cardinal", &[], |from, to| {
        let wanted = kept_as_words.iter().find(|(word, _)| *word == to).map_or(to, |(_, value)| value);
        same(parse_cardinal(from).map_or("nothing".to_owned(), |n| n.to_string()), wanted)
    });
}

#[test]
fn spoken_dates_are_understood() {
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    check("inverse_text_normalization_date", &[], |from, to| {
        let Some(date) = parse_date(from) else { return Err("nothing".to_owned()) };
        let year = date.year.map_or(String::new(), |year| format!(" {year}"));
        same(format!("{} {}{year}", date.day, MONTHS[usize::from(date.month) - 1]), to)
    });
}

#[test]
fn spoken_ranks_are_understood() {
    check("inverse_text_normalization_ordinal", &[], |from, to| {
        let digits: String = to.chars().filter(char::is_ascii_digit).collect();
        let wanted = if to.starts_with("XX") { "20" } else { &digits };
        same(parse_ordinal(from).map_or("nothing".to_owned(), |n| n.to_string()), wanted)
    });
}

#[test]
fn spoken_telephone_numbers_are_understood() {
    check("inverse_text_normalization_telephone", &[], |from, to| {
        same(parse_digits(from).unwrap_or_default(), &to.replace(' ', ""))
    });
}

/// What a caller of this line is never asked to say. The written form of the other direction is used instead, as far
/// as it is French: reading it aloud must give the spoken case back.
#[test]
fn amounts_measures_and_hours_written_the_official_way_are_read_aloud() {
    let back = |name: &str, exceptions: &[(&str, &str)]| {
        let exceptions: BTreeMap<_, _> = exceptions.iter().copied().collect();
        let plain = |text: &str| text.replace('-', " ").replace("cents ", "cent ");
        let wrong: Vec<String> = cases(name)
            .into_iter()
            .filter(|(spoken, _)| !exceptions.contains_key(spoken.as_str()))
            .filter_map(|(spoken, written)| {
                let got = written_out(&written);
                (plain(&got) != plain(&spoken)).then(|| format!("{written} → {got}, expected {spoken}"))
            })
            .collect();
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    };
    back(
        "inverse_text_normalization_money",
        &[
            ("vingt euro cinq", "the case lacks the plural that « vingt euros cinq » has"),
            ("deux euro", "likewise"),
            ("trois livre", "likewise"),
            ("quatre-vingt-mille won", "no fee of a town hall is in won"),
        ],
    );
    back(
        "inverse_text_normalization_measure",
        &[
            ("quarante-deux-mille-deux-cent-cinquante-neuf par mètre carré", "a bare « /m² » after a number"),
            ("un virgule zéro zéro zéro zéro vingt-huit centimètre cube", "decimals in groups of three"),
            ("soixante virgule vingt-quatre zéro zéro kilogrammes", "likewise"),
        ],
    );
    back(
        "inverse_text_normalization_time",
        &[
            ("huit heures du soir", "« 20 h » is « vingt heures »: the clock of an office has 24 hours"),
            ("deux heures de l'après-midi", "likewise"),
            ("midi", "« 12 h » is « douze heures », as in « de neuf heures à douze heures »"),
            ("midi moins le quart", "likewise"),
            ("midi moins trois", "likewise"),
        ],
    );
}
