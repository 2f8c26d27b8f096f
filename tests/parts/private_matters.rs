//! Another person's record, a register looked up, a decision on a file: always a human's. One's own papers and those
//! of one's family, and what the law says in general, are not private.

use std::path::Path;

use standardiste::answers::LanguageData;
use standardiste::answers::pattern::Sentence;

fn said(private: &str) -> Vec<String> {
    let lines = include_str!("../data/private.tsv").lines().skip(1);
    let fields = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    fields.filter(|fields| fields[1] == private).map(|fields| fields[2].to_owned()).collect()
}

fn rule(language: &LanguageData, text: &str) -> Option<String> {
    language.private.found_in(&Sentence::new(text)).map(|found| found.rule.to_owned())
}

fn language() -> LanguageData {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    LanguageData::load(&config).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn private_matters_are_recognised() {
    let language = language();
    let asked = said("oui");
    assert!(asked.len() >= 60);
    let missed: Vec<&String> = asked.iter().filter(|text| rule(&language, text).is_none()).collect();
    assert!(missed.len() * 100 <= asked.len() * 3, "{missed:#?}");
}

#[test]
fn what_concerns_the_caller_or_everybody_is_not_private() {
    let language = language();
    let ordinary = said("non");
    assert!(ordinary.len() >= 100);
    let taken: Vec<_> = ordinary.iter().filter_map(|text| rule(&language, text).map(|rule| (text, rule))).collect();
    assert!(taken.len() * 100 <= ordinary.len(), "{taken:#?}");
}
