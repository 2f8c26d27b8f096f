//! When the town hall is open.

use jiff::civil::Date;

use super::schema::section;
use super::value::{Value, choice};
use crate::hours::Range;

choice! {
    /// Whose public holidays are kept.
    PublicHolidays {
        Ignored = "aucun",
        France = "france",
        AlsaceMoselle = "alsace-moselle",
    }
}

choice! {
    Weekday {
        Monday = "lundi",
        Tuesday = "mardi",
        Wednesday = "mercredi",
        Thursday = "jeudi",
        Friday = "vendredi",
        Saturday = "samedi",
        Sunday = "dimanche",
    }
}

section! {
    Hours "hours" {
        holidays: PublicHolidays = PublicHolidays::France;
    }
}

section! {
    /// `[[hours.week]]`: days that are open at the same times.
    Week "hours.week" {
        days: Vec<Weekday> = Vec::new() => required;
        open: Vec<Range> = Vec::new() => required;
    }
    check |week, table| {
        in_order(&week.open, table);
    }
}

section! {
    /// `[[hours.exception]]`: days that are not as the week has them.
    Exception "hours.exception" {
        from: Option<Date> = None => required;
        /// The last day, included; none: the same.
        to: Option<Date> = None;
        /// Empty: closed.
        open: Vec<Range> = Vec::new();
        /// Said after « fermée ».
        reason: String = "exceptionnellement".to_owned();
    }
    check |exception, table| {
        in_order(&exception.open, table);
        if exception.to.is_some_and(|to| exception.from.is_some_and(|from| to < from)) {
            table.problem("to", "la fin précède le début", "Remède : corrigez l'une des deux dates");
        }
    }
}

fn in_order(open: &[Range], table: &mut super::schema::Table<'_>) {
    if open.windows(2).any(|pair| pair[1].from < pair[0].to) {
        let remedy = "Remède : écrivez par exemple open = [\"8:30-12:00\", \"13:30-17:00\"]";
        table.problem("open", "ces heures se chevauchent, ou ne sont pas dans l'ordre", remedy);
    }
}

impl Value for Range {
    fn expected() -> String {
        "des heures entre guillemets, par exemple \"8:30-12:00\"".into()
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        value.as_str().and_then(Self::from_text)
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn show(&self) -> Option<String> {
        Some(format!("\"{self}\""))
    }
}

impl Value for Date {
    fn expected() -> String {
        "une date, par exemple 2026-12-24".into()
    }
    fn from_toml(value: &toml::Value) -> Option<Self> {
        match value {
            toml::Value::Datetime(date) => Self::from_text(&date.to_string()),
            value => value.as_str().and_then(Self::from_text),
        }
    }
    fn from_text(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}
