//! The record of a turn, from the decision on.

use std::time::Duration;

use super::{Call, Decision, Reason, Stages, TurnCandidate, TurnRecord};
use crate::dialogue::{Candidate, Found};

impl Call {
    /// Begins the record of a turn; what the reply says is added as it is spoken.
    pub(super) fn open_record(&mut self, heard: String, decision: Decision, reason: Reason, now: Duration) {
        self.close_record(false);
        self.turns += 1;
        let words = std::mem::take(&mut self.ear.heard);
        let heard_something = !heard.is_empty();
        let personal = if reason == Reason::Message { self.personal_in_message(&heard) } else { Vec::new() };
        let mut stages = Stages::default();
        if let Some(clock) = self.ear.clock() {
            let millis = |d: Duration| u32::try_from(d.as_millis()).unwrap_or(u32::MAX);
            stages.end_of_turn = Some(millis(clock.end_of_turn.saturating_sub(clock.end_of_speech)));
            stages.asr = heard_something.then_some(words.asr_ms);
            stages.asr_wait = Some(millis(clock.heard.saturating_sub(clock.end_of_turn)));
            stages.search = Some(millis(clock.decided.saturating_sub(clock.heard)));
        }
        self.record = Some(TurnRecord {
            turn: self.turns,
            at: self.timestamp(now),
            word_probabilities: words.words.iter().map(|w| (w.text.clone(), w.probability)).collect(),
            hearing_confidence: heard_something.then_some(words.confidence),
            heard,
            decision,
            entry: None,
            version: None,
            service_public: Vec::new(),
            probability: None,
            reason,
            candidates: Vec::new(),
            said: String::new(),
            interrupted: false,
            voice_to_voice_ms: None,
            stages,
            personal,
        });
    }

    pub(super) fn describe(&mut self, candidate: &Candidate, found: &Found) {
        if let Some(record) = &mut self.record {
            record.entry = Some(candidate.topic.entry.clone());
            record.version = Some(candidate.topic.version);
            record.service_public.clone_from(&candidate.topic.service_public);
            record.probability = Some(candidate.probability);
        }
        self.describe_candidates(found);
    }

    pub(super) fn describe_candidates(&mut self, found: &Found) {
        if let Some(record) = &mut self.record {
            record.candidates = found
                .candidates
                .iter()
                .take(3)
                .map(|c| TurnCandidate {
                    entry: c.topic.entry.clone(),
                    service_public: c.topic.service_public.clone(),
                    probability: c.probability,
                })
                .collect();
        }
    }
}
