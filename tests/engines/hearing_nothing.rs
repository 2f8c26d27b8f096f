//! What is not speech is never turned into words, nor into a command; what is speech is not refused.

use std::sync::atomic::AtomicBool;

use standardiste::asr::{Recognizer, evaluate};
use standardiste::dialogue::{Expectation, Refused};

use crate::sounds;

static NEVER: AtomicBool = AtomicBool::new(false);

#[test]
fn noise_tones_coughs_and_hold_music_are_refused_and_look_like_no_command() {
    let mut whisper = sounds::whisper();
    let expect = Expectation { phrases: sounds::commands(), ..Expectation::default() };
    for (name, samples) in sounds::nothing_said() {
        let heard = whisper.recognize(&samples, &expect, &NEVER).unwrap();
        assert!(heard.refused.is_some(), "{name}: {heard:?}");
        assert_eq!((heard.text.as_str(), heard.confidence), ("", 0.0), "{name}");
        let best = heard.phrases.first().map_or(0.0, |p| p.score);
        assert!(best < 2.5, "{name}: {:?}", heard.phrases.first());
    }
}

#[test]
fn a_prompt_does_not_make_words_out_of_noise() {
    let mut whisper = sounds::whisper();
    let prompt = "Oui. Non. Répétez. Un agent. Acte de naissance, PACS, carte d'identité.".to_owned();
    let expect = Expectation { prompt, ..Expectation::default() };
    for (name, samples) in sounds::nothing_said() {
        let heard = whisper.recognize(&samples, &expect, &NEVER).unwrap();
        assert!(heard.refused.is_some(), "{name}: {heard:?}");
    }
}

#[test]
fn recorded_speech_is_not_refused() {
    let mut whisper = sounds::whisper();
    let mut prompts = sounds::prompts();
    prompts.retain(|(_, words)| evaluate::normalise(words).len() >= 3);
    for (name, words) in evaluate::sample(prompts, 25, 11) {
        let heard = whisper.recognize(&sounds::prompt(&name), &Expectation::default(), &NEVER).unwrap();
        assert_eq!(heard.refused, None, "{name}: « {words} »");
        assert!(heard.confidence > 0.2 && !heard.words.is_empty(), "{name}: {heard:?}");
    }
}

#[test]
fn a_sentence_said_again_is_heard_and_never_multiplied() {
    let mut whisper = sounds::whisper();
    let once = sounds::prompt("conf-extended");
    for times in [2, 3, 5] {
        let heard = whisper.recognize(&once.repeat(times), &Expectation::default(), &NEVER).unwrap();
        assert!(heard.refused.is_none_or(|why| times > 2 && why == Refused::Repetition), "{heard:?}");
        assert!(heard.words.len() <= 5 * times, "{heard:?}");
    }
}

#[test]
fn an_empty_or_tiny_sound_is_refused_without_an_error() {
    let mut whisper = sounds::whisper();
    for length in [0, 1, 7, 160, 1_600] {
        let heard = whisper.recognize(&vec![0.1; length], &Expectation::default(), &NEVER).unwrap();
        assert_eq!(heard.refused, Some(Refused::NoSpeech), "{length} samples");
    }
}
