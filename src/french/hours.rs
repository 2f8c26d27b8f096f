//! Hours and opening times.

use super::numbers::cardinal_feminine;
use super::{pattern, rewrite};

pattern!(COLON, r"\b([01]?\d|2[0-3]):([0-5]\d)\b");
pattern!(AROUND_THE_CLOCK, r"(?i)\b24 ?(?:h|heures) ?(?:/|sur) ?24(?: ?h)?\b");
pattern!(EVERY_DAY, r"(?i)\b7 ?(?:j|jours) ?(?:/|sur) ?7(?: ?j)?\b");
pattern!(BARE_RANGE, r"(?i)\b(\d{1,2}) ?[-–—] ?(\d{1,2} ?h(?: ?[0-5]\d)?)\b");
pattern!(
    RANGE,
    r"(?i)(\bde |\bentre )?\b(\d{1,2}) ?(?:h|heures?)(?: ?([0-5]\d))? ?(?:[-–—/→>]) ?(\d{1,2}) ?(?:h|heures?)(?: ?([0-5]\d))?\b"
);
pattern!(HOUR, r"(?i)\b(\d{1,3}) ?(?:h|heures?)(?: ?([0-5]\d))?\b");

pub(super) fn read(text: String) -> String {
    let text = COLON.replace_all(&text, "${1}h${2}");
    let text = AROUND_THE_CLOCK.replace_all(&text, "vingt-quatre heures sur vingt-quatre");
    let text = EVERY_DAY.replace_all(&text, "sept jours sur sept");
    let text = BARE_RANGE.replace_all(&text, "${1}h-${2}");
    let text = rewrite(&text, &RANGE, |c| {
        let from = hour(&c[2], c.get(3).map(|m| m.as_str()))?;
        let to = hour(&c[4], c.get(5).map(|m| m.as_str()))?;
        let (lead, link) = match c.get(1).map(|m| m.as_str()) {
            Some(lead) if lead.to_lowercase().starts_with("entre") => (lead, "et"),
            Some(lead) => (lead, "à"),
            None => ("de ", "à"),
        };
        Some(format!("{lead}{from} {link} {to}"))
    });
    rewrite(&text, &HOUR, |c| hour(&c[1], c.get(2).map(|m| m.as_str())))
}

fn hour(hours: &str, minutes: Option<&str>) -> Option<String> {
    let hours: u64 = hours.parse().ok()?;
    let plural = if hours > 1 { "s" } else { "" };
    let hour = format!("{} heure{plural}", cardinal_feminine(hours));
    match minutes.and_then(|m| m.parse::<u64>().ok()) {
        None | Some(0) => Some(hour),
        Some(minutes) => Some(format!("{hour} {}", cardinal_feminine(minutes))),
    }
}
