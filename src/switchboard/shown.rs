//! What a caller with a screen reads: captions of both sides, and what the line is doing.

use std::collections::BTreeMap;

use crate::call::SpeechId;
use crate::leg::{Caption, Side, Status};

/// Follows the call for its captions and status; gives each once.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The caller's utterances that have been dealt with.
    turns: u32,
    /// The caller's words that may still be replaced.
    pending: Option<String>,
    /// What is to be said; a speech goes with its last sentence.
    speeches: BTreeMap<SpeechId, Vec<String>>,
    status: Option<Status>,
}

impl Shown {
    /// The caller's words so far.
    pub fn heard(&mut self, text: &str) -> Option<Caption> {
        let text = text.trim();
        if !text.contains(char::is_alphanumeric) {
            return None;
        }
        self.pending = Some(text.to_owned());
        Some(Caption { side: Side::Caller, text: text.to_owned(), turn: self.turns + 1, last: false })
    }

    /// The caller's words stand: they are being answered.
    pub fn settled(&mut self) -> Option<Caption> {
        let text = self.pending.take()?;
        self.turns += 1;
        Some(Caption { side: Side::Caller, text, turn: self.turns, last: true })
    }

    pub fn will_say(&mut self, speech: SpeechId, sentences: &[String]) {
        self.speeches.insert(speech, sentences.to_vec());
    }

    /// A sentence begins to sound.
    pub fn says(&mut self, speech: SpeechId, sentence: usize) -> Option<Caption> {
        // Speeches are said in order: those before it will not be any more.
        self.speeches = self.speeches.split_off(&speech);
        let text = self.speeches.get(&speech)?.get(sentence)?.clone();
        Some(Caption { side: Side::Line, text, turn: self.turns, last: true })
    }

    /// The status, when it is not what was told last.
    pub fn turns_to(&mut self, status: Status) -> Option<Status> {
        (self.status.replace(status) != Some(status)).then_some(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callers_words_are_replaced_until_they_are_answered() {
        let mut shown = Shown::default();
        let early = shown.heard(" Je voudrais ").expect("words");
        assert_eq!((early.turn, early.last, early.text.as_str()), (1, false, "Je voudrais"));
        shown.heard("Je voudrais un acte.").expect("words");
        let settled = shown.settled().expect("words stood");
        assert_eq!((settled.turn, settled.last, settled.text.as_str()), (1, true, "Je voudrais un acte."));
        assert_eq!(shown.settled(), None);
        assert_eq!(shown.heard("…"), None);
        assert_eq!(shown.heard("Oui").expect("words").turn, 2);
    }

    #[test]
    fn a_sentence_is_captioned_with_the_turn_it_answers() {
        let mut shown = Shown::default();
        shown.will_say(0, &["Bonjour.".into(), "Je vous écoute.".into()]);
        assert_eq!(shown.says(0, 1).expect("a sentence").turn, 0);
        shown.heard("Un acte.");
        shown.settled();
        shown.will_say(1, &["Un instant.".into()]);
        shown.will_say(2, &["Voici.".into()]);
        let said = shown.says(2, 0).expect("a sentence");
        assert_eq!((said.turn, said.text.as_str(), said.last), (1, "Voici.", true));
        assert_eq!(shown.says(1, 0), None, "what was passed over is forgotten");
    }

    #[test]
    fn a_status_is_told_at_its_change_only() {
        let mut shown = Shown::default();
        assert_eq!(shown.turns_to(Status::Listening), Some(Status::Listening));
        assert_eq!(shown.turns_to(Status::Listening), None);
        assert_eq!(shown.turns_to(Status::Speaking), Some(Status::Speaking));
    }
}
