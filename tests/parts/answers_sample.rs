//! The sample base answers the development questions, and is sure only when it may be.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use standardiste::answers::calibrate::reliability;
use standardiste::answers::check::{Against, Level, check};
use standardiste::answers::{Index, LanguageData, Query, Versioned, load_files};
use standardiste::dialogue::Found;

use crate::answers_by_sound::{base, variables};
use crate::support::{grammar, searching};

/// Near this the delivered costs make the line answer (`policy::Settings::thresholds`: 0.875).
const ANSWER: f32 = 0.87;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn language() -> Arc<LanguageData> {
    Arc::new(LanguageData::load(&root().join("config")).unwrap_or_else(|problems| panic!("{problems}")))
}

fn index(base: &[Versioned]) -> Arc<Index> {
    Index::build(base, &variables(), language(), searching()).unwrap()
}

/// A development question and the entries of the base that answer it.
struct Question {
    kind: String,
    text: String,
    right: HashSet<String>,
}

fn development(base: &[Versioned]) -> Vec<Question> {
    questions(base, "questions_dev.tsv")
}

/// Written after the first tuning of 22 November 2026; the calibration has learned from them since.
fn fresh(base: &[Versioned]) -> Vec<Question> {
    questions(base, "questions_fresh_2026-11-22.tsv")
}

fn questions(base: &[Versioned], file: &str) -> Vec<Question> {
    let text = fs::read_to_string(root().join("tests/data").join(file)).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let expected: Vec<&str> = fields[2].split('|').collect();
            let right = base
                .iter()
                .filter(|versioned| {
                    let entry = &versioned.entry;
                    expected.contains(&entry.id.as_str())
                        || entry.service_public.iter().any(|fiche| expected.contains(&fiche.as_str()))
                })
                .map(|versioned| versioned.entry.id.clone())
                .collect();
            Question { kind: fields[1].to_owned(), text: fields[3].to_owned(), right }
        })
        .collect()
}

fn ask(index: &Index, text: &str) -> Found {
    index.search(&Query { text, hearing_confidence: 1.0, current: None, acoustic: &[], limit: 8 }).unwrap()
}

/// Best probability, and whether its entry is right; none for what is handed over whatever is found.
fn best(found: &Found, right: &HashSet<String>) -> Option<(f32, bool, String)> {
    if found.private || found.candidates.first().is_some_and(|best| best.topic.human.is_some()) {
        return None;
    }
    found.candidates.first().map(|best| (best.probability, right.contains(&best.topic.entry), best.topic.entry.clone()))
}

fn outside() -> Vec<String> {
    let text = fs::read_to_string(root().join("config/calibration/outside.txt")).unwrap();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn the_sample_base_has_nothing_to_mend() {
    let base = load_files(&root().join("config/answers"), &variables()).unwrap();
    let against = Against {
        variables: &variables(),
        language: &language(),
        today: "2026-11-22".parse().unwrap(),
        departments: &["etat-civil".to_owned(), "accueil".to_owned()],
    };
    let faults: Vec<_> = check(&base, &against).into_iter().filter(|found| found.level == Level::Fault).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn development_questions_are_answered_rightly() {
    let base = base();
    let index = index(&base);
    let (mut covered, mut first, mut answered, mut wrong) = (0, 0, 0, Vec::new());
    for question in development(&base).iter().filter(|question| question.kind != "amb") {
        covered += usize::from(!question.right.is_empty());
        if let Some((probability, right, entry)) = best(&ask(&index, &question.text), &question.right) {
            first += usize::from(right);
            answered += usize::from(right && probability >= ANSWER);
            if !right && probability >= ANSWER {
                wrong.push(format!("{} → {entry} ({probability:.2})", question.text));
            }
        }
    }
    assert!(first * 100 >= covered * 90, "{first} of {covered} come first");
    assert!(answered * 100 >= covered * 60, "{answered} of {covered} are answered");
    assert!(wrong.len() <= 1, "{wrong:#?}");
}

#[test]
fn every_question_of_the_base_finds_its_entry() {
    let base = base();
    let index = index(&base);
    let mut lost = Vec::new();
    for Versioned { entry, .. } in &base {
        for question in &entry.questions {
            let found = ask(&index, question);
            let best = &found.candidates[0].topic;
            let command = grammar().by_words(question);
            // For a human it is enough that a human is meant.
            let right = match entry.human {
                Some(_) => found.private || best.human.is_some() || command.is_some(),
                None => best.entry == entry.id && !found.private && command.is_none(),
            };
            if !right {
                lost.push(format!("{}: {question} → {} {command:?} {}", entry.id, best.entry, found.private));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn what_is_outside_is_never_answered() {
    let index = index(&base());
    let sure: Vec<String> = outside()
        .into_iter()
        .filter(|text| best(&ask(&index, text), &HashSet::new()).is_some_and(|(probability, ..)| probability >= ANSWER))
        .collect();
    assert!(sure.is_empty(), "{sure:#?}");
}

/// `cargo test --test parts prints_the_figures -- --ignored --nocapture`
#[test]
#[ignore = "prints the figures of docs; proves nothing"]
fn prints_the_figures() {
    let base = base();
    let index = index(&base);
    for questions in [fresh(&base), development(&base)] {
        figures(&index, &questions);
    }
    for text in outside() {
        let found = ask(&index, &text);
        if let Some((probability, _, entry)) = best(&found, &HashSet::new())
            && probability > 0.2
        {
            println!("outside {text} → {entry} {probability:.2}");
        }
    }
    time(&base, &development(&base));
}

fn figures(index: &Index, questions: &[Question]) {
    let mut outcomes = Vec::new();
    for question in questions {
        let found = ask(index, &question.text);
        let top: Vec<String> =
            found.candidates.iter().take(3).map(|c| format!("{} {:.2}", c.topic.entry, c.probability)).collect();
        let best = best(&found, &question.right);
        let sign = match &best {
            None => "—",
            Some((_, true, _)) => "right",
            Some((_, false, _)) if question.right.is_empty() => "none",
            Some(_) => "WRONG",
        };
        let flags = (found.facet.as_deref().unwrap_or("—"), found.private);
        println!("{sign:5} {:8} {} → {} {flags:?}", question.kind, question.text, top.join(", "));
        if let (Some((probability, right, _)), true) = (&best, question.kind != "amb") {
            outcomes.push((*probability, *right));
        }
    }
    for threshold in [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9] {
        let answered: Vec<_> = outcomes.iter().filter(|(probability, _)| *probability >= threshold).collect();
        let right = answered.iter().filter(|(_, right)| *right).count();
        println!("≥ {threshold}: {} answered, {} wrong", answered.len(), answered.len() - right);
    }
    let (bins, error) = reliability(&outcomes, 10);
    for bin in bins {
        println!("{:.1}–{:.1}: {:3}  given {:.2}  right {:.2}", bin.low, bin.high, bin.count, bin.given, bin.right);
    }
    println!("expected calibration error {error:.3} on {} questions", outcomes.len());
}

fn time(base: &[Versioned], questions: &[Question]) {
    for copies in [1, 100_usize.div_ceil(base.len()), 500_usize.div_ceil(base.len())] {
        let many: Vec<Versioned> = (0..copies)
            .flat_map(|copy| {
                base.iter().cloned().map(move |mut versioned| {
                    versioned.entry.id = format!("{}-{copy}", versioned.entry.id);
                    versioned
                })
            })
            .collect();
        let started = Instant::now();
        let index = index(&many);
        let built = started.elapsed();
        let mut times: Vec<u32> = questions.iter().map(|question| ask(&index, &question.text).search_us).collect();
        times.sort_unstable();
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{} entries: built in {built:?}, search median {median} µs, worst {worst} µs", many.len());
    }
}
