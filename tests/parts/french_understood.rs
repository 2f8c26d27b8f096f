//! What a caller says, in words or as the recognizer wrote it, is understood.

use proptest::prelude::*;
use standardiste::french::dates::{SpokenDate, parse_date};
use standardiste::french::numbers::{cardinal, ordinal, parse_cardinal, parse_digits, parse_ordinal, parse_telephone};
use standardiste::french::written_out;

#[test]
fn a_telephone_number_is_understood_however_it_is_said() {
    for said in [
        "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit",
        "Zéro six douze trente-quatre cinquante-six soixante-dix-huit.",
        "alors c'est le zéro six douze trente quatre cinquante six soixante dix huit",
        "zéro six un deux trois quatre cinq six sept huit",
        "06 12 34 56 78",
        "06-12-34-56-78.",
        "0612345678",
        "061234 56 78",
        "06 12 34 56 60 18",
        "06 12 trente-quatre 56 soixante-dix-huit",
        "c'est un portable, zéro six, douze, trente-quatre, cinquante-six, septante-huit",
        "plus trente-trois six douze trente-quatre cinquante-six soixante-dix-huit",
        "+33 6 12 34 56 78",
        "00 33 6 12 34 56 78",
        "+33612345678",
    ] {
        assert_eq!(parse_telephone(said).as_deref(), Some("0612345678"), "{said}");
    }
}

#[test]
fn hard_pairs_are_understood() {
    for (said, digits) in [
        ("zéro un, quatre-vingt-dix-neuf, zéro zéro, quatre-vingt-un, soixante et onze", "0199008171"),
        ("zéro un nonante-neuf zéro zéro huitante et un septante et un", "0199008171"),
        ("zéro un quatre vingt dix neuf zéro zéro quatre vingt un soixante et onze", "0199008171"),
        ("zéro quatre vingt quatre-vingt dix dix", "0420801010"),
        ("zéro huit cents, douze, trente-quatre, cinquante-six", "0800123456"),
        ("double neuf", "99"),
        ("zéro deux, double zéro, triple un, trois", "02001113"),
    ] {
        assert_eq!(parse_digits(said).as_deref(), Some(digits), "{said}");
    }
}

#[test]
fn what_is_no_telephone_number_is_not_taken_for_one() {
    for said in [
        "",
        "oui",
        "je n'ai pas de téléphone",
        "zéro six douze",
        "18",
        "douze mars mille neuf cent quatre-vingt-cinq",
        "00 12 34 56 78",
    ] {
        assert_eq!(parse_telephone(said), None, "{said}");
    }
    assert_eq!(parse_digits("je n'ai pas de numéro"), None);
    assert_eq!(parse_digits("un numéro"), None);
    assert_eq!(parse_digits("un"), Some("1".to_owned()));
}

#[test]
fn numbers_as_people_say_them_are_understood() {
    for (said, value) in [
        ("soixante-quinze", 75),
        ("quatre-vingt-dix-huit", 98),
        ("quatre vingt dix huit", 98),
        ("septante", 70),
        ("huitante-deux", 82),
        ("nonante et un", 91),
        ("il m'en faut vingt et une", 21),
        ("deux cent mille", 200_000),
        ("1 234 personnes", 1234),
        ("12 mille", 12_000),
        ("zéro", 0),
    ] {
        assert_eq!(parse_cardinal(said), Some(value), "{said}");
    }
    assert_eq!(parse_cardinal("bonjour"), None);
}

#[test]
fn dates_are_understood() {
    let date = |day, month, year| SpokenDate::new(day, month, year);
    for (said, wanted) in [
        ("le douze mars mille neuf cent quatre-vingt-cinq", date(12, 3, Some(1985))),
        ("Le 12 mars 1985.", date(12, 3, Some(1985))),
        ("12/03/1985", date(12, 3, Some(1985))),
        ("je suis né le premier janvier deux mille", date(1, 1, Some(2000))),
        ("le 1er août soixante-quatre", date(1, 8, Some(1964))),
        ("trente et un décembre dix-neuf cent quarante-six", date(31, 12, Some(1946))),
        ("vingt-neuf février", date(29, 2, None)),
        ("le vingt-neuf février deux mille vingt-trois", None),
        ("demain", None),
    ] {
        assert_eq!(parse_date(said), wanted, "{said}");
    }
}

proptest! {
    #[test]
    fn every_number_said_is_understood_again(n in 0u64..=9_000_000_000_000_000_000) {
        prop_assert_eq!(parse_cardinal(&cardinal(n)), i64::try_from(n).ok());
    }

    #[test]
    fn every_rank_said_is_understood_again(n in 1u64..2_000_000) {
        prop_assert_eq!(parse_ordinal(&ordinal(n, true)), Some(n));
    }

    #[test]
    fn every_telephone_number_read_aloud_is_understood_again(rest in 100_000_000u64..=999_999_999) {
        let number = format!("0{rest}");
        prop_assert_eq!(parse_telephone(&written_out(&number)), Some(number));
    }

    #[test]
    fn every_date_read_aloud_is_understood_again(day in 1u8..=28, month in 1u8..=12, year in 1880i16..=2050) {
        let date = SpokenDate::new(day, month, Some(year));
        prop_assert_eq!(parse_date(&date.unwrap().aloud()), date);
    }

    #[test]
    fn no_words_make_understanding_fail(said in "(?:(?:un|et|cent|mille|vingt|quatre|soixante|dix|million|zéro|double|moins|premier|mars|12|00|,|-| ){1,2} ?){0,24}") {
        let _ = (parse_cardinal(&said), parse_digits(&said), parse_telephone(&said), parse_ordinal(&said), parse_date(&said));
    }
}
