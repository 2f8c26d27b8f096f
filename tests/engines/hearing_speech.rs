//! Recorded French prompts at telephone quality are heard, and expected phrases are recognised on the sound.

use std::sync::atomic::AtomicBool;

use standardiste::asr::{Recognizer, Window, evaluate};
use standardiste::dialogue::{Expectation, Phrase};

use crate::sounds;

#[test]
fn the_cut_window_hears_what_the_full_one_hears() {
    let mut prompts = sounds::prompts();
    prompts.retain(|(_, words)| evaluate::normalise(words).len() >= 3);
    let cases: Vec<evaluate::Case> = evaluate::sample(prompts, 12, 2026)
        .into_iter()
        .map(|(name, words)| evaluate::Case { samples: sounds::prompt(&name), name, words })
        .collect();
    let (mut cut, mut full) = (sounds::whisper(), sounds::whisper().with_window(Window::Full));
    let [cut, full] = evaluate::compare(&mut [&mut cut, &mut full], &cases, &Expectation::default()).unwrap();
    let (cut, full) = (evaluate::summary(&cut), evaluate::summary(&full));
    assert!(cut.word_error_rate <= full.word_error_rate + 0.05, "{cut:?} {full:?}");
    assert!(cut.word_error_rate < 0.3, "{cut:?}");
    assert!(cut.total < full.total, "{cut:?} {full:?}");
}

#[test]
fn the_words_join_to_the_text_and_carry_probabilities() {
    let mut whisper = sounds::whisper();
    let never = AtomicBool::new(false);
    let heard = whisper.recognize(&sounds::prompt("conf-extended"), &Expectation::default(), &never).unwrap();
    assert_eq!(evaluate::normalise(&heard.text), ["la", "conférence", "a", "été", "prolongée"]);
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    assert_eq!(words.join(" "), heard.text);
    assert!(heard.words.iter().all(|w| w.probability > 0.0 && w.probability <= 1.0), "{heard:?}");
    assert!(heard.confidence > 0.7 && heard.no_speech < 0.1, "{heard:?}");
    assert!((1_800..=2_100).contains(&heard.duration_ms), "{heard:?}");
}

/// Each recorded prompt must fit its own words better than those of all the others.
#[test]
fn a_phrase_is_recognised_on_the_sound_among_others() {
    let names = ["auth-thankyou", "conf-extended", "agent-loginok", "vm-passchanged", "conf-onlyperson"];
    let all = sounds::prompts();
    let phrases: Vec<Phrase> = names
        .iter()
        .filter_map(|name| all.iter().find(|(n, _)| n == name))
        .map(|(name, words)| Phrase { meaning: name.clone(), text: words.clone() })
        .chain(sounds::commands())
        .collect();
    let mut whisper = sounds::whisper();
    let expect = Expectation { phrases, ..Expectation::default() };
    whisper.prepare(std::slice::from_ref(&expect)).unwrap();
    for name in names.iter().filter(|name| all.iter().any(|(n, _)| n == *name)) {
        let heard = whisper.recognize(&sounds::prompt(name), &expect, &AtomicBool::new(false)).unwrap();
        let best = heard.phrases.first().expect("a score");
        assert_eq!(best.phrase.meaning, *name, "{:?}", heard.phrases);
        let next = heard.phrases.iter().find(|p| p.phrase.meaning != *name).map_or(f32::NEG_INFINITY, |p| p.score);
        assert!(best.score > 3.0 && best.score - next > 2.0, "{name}: {:?}", heard.phrases);
    }
}
