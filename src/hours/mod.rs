//! When the town hall is open: the week, public holidays, exceptional days; what that says of a moment.
//!
//! Pure: whoever asks brings the moment. Words are written as staff would (« 8 h 30 »); the voice reads them.

mod holidays;
mod week;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

pub use holidays::{Holidays, easter};
pub use week::{month, name as weekday};

/// How far ahead the next opening is looked for.
const FARTHEST_DAYS: i32 = 60;
/// A coming closure is told this many days before: callers ask about this week and the next.
const TOLD_DAYS_AHEAD: i32 = 7;

/// From a time to another of the same day, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    pub from: Time,
    pub to: Time,
}

/// Days that are not as the week has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// Empty: closed.
    pub open: Vec<Range>,
    /// To be said after « fermée » or « ouverte »: « pour inventaire ».
    pub reason: String,
}

/// The town hall's hours, on the town's clock.
#[derive(Debug, Clone)]
pub struct Hours {
    pub zone: TimeZone,
    /// Monday first; each day's ranges in their order.
    pub week: [Vec<Range>; 7],
    pub holidays: Holidays,
    pub exceptions: Vec<Exception>,
}

/// One day's hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    pub open: Vec<Range>,
    /// Why it is not as the week has it; none on an ordinary day.
    pub reason: Option<String>,
}

/// What a moment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Open until then.
    Open { until: Time },
    Closed {
        /// Why the whole day is closed that the week has open.
        reason: Option<String>,
        /// When it opens next, and how that day is said; none for a long time.
        opens: Option<Opening>,
    },
}

/// « demain, à 8 h 30 ».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// « aujourd'hui », « demain », « lundi », « le lundi 4 janvier ».
    pub day: String,
    /// « 8 h 30 ».
    pub time: String,
}

/// A day to come that is not as the week has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// « demain, mercredi 11 novembre », « du jeudi 24 au samedi 26 décembre ».
    pub days: String,
    /// « pour l'Armistice ».
    pub reason: String,
    /// « de 9 h à 12 h »; none when closed.
    pub open: Option<String>,
}

impl Hours {
    /// The hours of a day: an exception before a public holiday before the week.
    pub fn day(&self, day: Date) -> Day {
        let exception = self.exceptions.iter().find(|exception| exception.from <= day && day <= exception.to);
        if let Some(exception) = exception {
            return Day { open: exception.open.clone(), reason: Some(exception.reason.clone()) };
        }
        if let Some(reason) = self.holidays.reason(day) {
            return Day { open: Vec::new(), reason: Some(reason.to_owned()) };
        }
        Day { open: self.usual(day).to_vec(), reason: None }
    }

    fn usual(&self, day: Date) -> &[Range] {
        let rank = day.weekday().to_monday_zero_offset();
        usize::try_from(rank).ok().and_then(|rank| self.week.get(rank)).map_or(&[], Vec::as_slice)
    }

    pub fn is_open(&self, at: Timestamp) -> bool {
        matches!(self.state(at), State::Open { .. })
    }

    /// What is open at a moment, and what comes next.
    pub fn state(&self, at: Timestamp) -> State {
        let now = at.to_zoned(self.zone.clone());
        let (date, time) = (now.date(), now.time());
        let today = self.day(date);
        if let Some(range) = today.open.iter().find(|range| range.from <= time && time < range.to) {
            return State::Open { until: range.to };
        }
        let closed_all_day = today.open.is_empty() && !self.usual(date).is_empty();
        let reason = today.reason.clone().filter(|_| closed_all_day);
        let later = today.open.iter().find(|range| time < range.from);
        let opens = match later {
            Some(range) => Some(Opening { day: "aujourd'hui".to_owned(), time: clock(range.from) }),
            None => self.next_opening(date),
        };
        State::Closed { reason, opens }
    }

    fn next_opening(&self, today: Date) -> Option<Opening> {
        (1..=FARTHEST_DAYS).find_map(|ahead| {
            let day = today.checked_add(ahead.days()).ok()?;
            let first = *self.day(day).open.first()?;
            let said = match ahead {
                1 => "demain".to_owned(),
                2..=6 => week::name(day).to_owned(),
                _ => format!("le {}", week::dated(day)),
            };
            Some(Opening { day: said, time: clock(first.from) })
        })
    }

    /// The next days within a week, today left aside, that are closed or open against the week; those that follow each
    /// other for one reason are one.
    pub fn coming(&self, at: Timestamp) -> Option<Coming> {
        let today = at.to_zoned(self.zone.clone()).date();
        let unusual = |day: Date| {
            let hours = self.day(day);
            hours.reason.clone().filter(|_| hours.open != self.usual(day)).map(|reason| (reason, hours.open))
        };
        // What goes on from today is told already, by when it ends.
        let now = unusual(today);
        let mut goes_on = now.is_some();
        let (ahead, first, (reason, open)) = (1..=TOLD_DAYS_AHEAD).find_map(|ahead| {
            let day = today.checked_add(ahead.days()).ok()?;
            let what = unusual(day);
            goes_on &= what == now || self.usual(day).is_empty();
            what.filter(|_| !goes_on).map(|what| (ahead, day, what))
        })?;
        let mut last = first;
        while let Ok(next) = last.tomorrow() {
            if unusual(next).as_ref() != Some(&(reason.clone(), open.clone())) {
                break;
            }
            last = next;
        }
        let days = match (ahead, first == last) {
            (1, true) => format!("demain, {}", week::dated(first)),
            (_, true) => format!("le {}", week::dated(first)),
            (_, false) => week::span(first, last),
        };
        let open = (!open.is_empty()).then(|| week::ranges(&open));
        Some(Coming { days, reason, open })
    }

    /// The moments of a day at which what is said of it changes: its beginning, each opening and each closing.
    pub fn changes(&self, day: Date) -> Vec<Timestamp> {
        let hours = self.day(day).open;
        let times = hours.iter().flat_map(|range| [range.from, range.to]);
        [Time::midnight()]
            .into_iter()
            .chain(times)
            .filter_map(|time| day.to_datetime(time).to_zoned(self.zone.clone()).ok())
            .map(|moment| moment.timestamp())
            .collect()
    }

    /// The week in words, after « la mairie est ouverte »: « du lundi au vendredi de 8 h 30 à 12 h, et le samedi… ».
    /// Empty when no day is open.
    pub fn week_in_words(&self) -> String {
        week::in_words(&self.week)
    }
}

/// « 8 h 30 », « 12 h », « minuit ».
pub fn clock(time: Time) -> String {
    match (time.hour(), time.minute()) {
        (0, 0) | (23, 59) => "minuit".to_owned(),
        (hour, 0) => format!("{hour} h"),
        (hour, minute) => format!("{hour} h {minute:02}"),
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.to);
        write!(f, "{}:{:02}-{}:{:02}", from.hour(), from.minute(), to.hour(), to.minute())
    }
}

impl FromStr for Range {
    type Err = ();

    /// `8:30-12:00`, `8h30-12h`; the end after the beginning.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (from, to) = text.split_once(['-', '–']).ok_or(())?;
        let (from, to) = (time(from)?, time(to)?);
        if from < to { Ok(Self { from, to }) } else { Err(()) }
    }
}

fn time(text: &str) -> Result<Time, ()> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (hour, minute) = text.split_once([':', 'h', 'H']).ok_or(())?;
    let minute = if minute.is_empty() { 0 } else { minute.parse().map_err(|_| ())? };
    match (hour.parse().map_err(|_| ())?, minute) {
        // A day's end is its last minute: a range stays within its day.
        (24, 0) => Time::new(23, 59, 0, 0).map_err(|_| ()),
        (hour, minute) => Time::new(hour, minute, 0, 0).map_err(|_| ()),
    }
}
