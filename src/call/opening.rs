//! What the line says of the town hall's hours at a moment, in the town's own sentences.

use jiff::Timestamp;

use super::Line;
use crate::hours::{State, clock};

impl Line {
    /// Whether the town hall is open, until when or from when, and the next unusual day; none when its hours are unknown.
    ///
    /// « La mairie est ouverte en ce moment, jusqu'à 17 h. Elle sera fermée demain, mercredi 11 novembre, pour l'Armistice. »
    pub fn opening(&self, at: Timestamp) -> Option<String> {
        let hours = self.settings.hours.as_ref()?;
        let say = |key: &str, variables: &[(&str, &str)]| self.prompts.say(key, 0, variables);
        let mut said = match hours.state(at) {
            State::Open { until } => say("hours.open", &[("time", &clock(until))]),
            State::Closed { opens: None, .. } => say("hours.closed_long", &[]),
            State::Closed { reason: None, opens: Some(opens) } => {
                say("hours.closed", &[("day", &opens.day), ("time", &opens.time)])
            }
            State::Closed { reason: Some(reason), opens: Some(opens) } => {
                say("hours.closed_day", &[("reason", &reason), ("day", &opens.day), ("time", &opens.time)])
            }
        };
        if let Some(coming) = hours.coming(at) {
            let (days, reason) = (("days", coming.days.as_str()), ("reason", coming.reason.as_str()));
            said.push(' ');
            said.push_str(&match &coming.open {
                None => say("hours.coming_closed", &[days, reason]),
                Some(open) => say("hours.coming_open", &[days, reason, ("hours", open)]),
            });
        }
        Some(said)
    }

    /// Why no human can be rung at a moment; none when they can.
    pub fn closed(&self, at: Timestamp) -> Option<String> {
        let hours = self.settings.hours.as_ref().filter(|_| !self.settings.outside_hours)?;
        match hours.state(at) {
            State::Open { .. } => None,
            State::Closed { opens: None, .. } => Some(self.prompts.say("handover.none", 0, &[])),
            State::Closed { opens: Some(opens), .. } => {
                Some(self.prompts.say("handover.closed", 0, &[("day", &opens.day), ("time", &opens.time)]))
            }
        }
    }
}
