//! French public holidays.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// Whose public holidays a town keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Holidays {
    /// None at all: the town hall is open as on any day.
    Ignored,
    /// The eleven of the Code du travail, article L3133-1.
    #[default]
    France,
    /// Those of Bas-Rhin, Haut-Rhin and Moselle too: Good Friday and 26 December, article L3134-13.
    AlsaceMoselle,
}

impl Holidays {
    /// Why `day` is a public holiday, to be said after « fermée »; none on any other day.
    pub fn reason(self, day: Date) -> Option<&'static str> {
        if self == Holidays::Ignored {
            return None;
        }
        let fixed = match (day.month(), day.day()) {
            (1, 1) => Some("pour le jour de l'An"),
            (5, 1) => Some("pour la fête du Travail"),
            (5, 8) => Some("pour la Victoire de 1945"),
            (7, 14) => Some("pour la fête nationale"),
            (8, 15) => Some("pour l'Assomption"),
            (11, 1) => Some("pour la Toussaint"),
            (11, 11) => Some("pour l'Armistice"),
            (12, 25) => Some("pour Noël"),
            (12, 26) if self == Holidays::AlsaceMoselle => Some("pour la Saint-Étienne"),
            _ => None,
        };
        fixed.or_else(|| {
            let after_easter = easter(day.year()).and_then(|easter| easter.until(day).ok())?.get_days();
            match after_easter {
                -2 if self == Holidays::AlsaceMoselle => Some("pour le Vendredi saint"),
                1 => Some("pour le lundi de Pâques"),
                39 => Some("pour l'Ascension"),
                50 => Some("pour le lundi de Pentecôte"),
                _ => None,
            }
        })
    }
}

/// Easter Sunday of the Gregorian calendar (Meeus, *Astronomical Algorithms*, chapter 8); none beyond the calendar.
pub fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let first_of_march = (year > 0).then(|| date(year, 3, 1))?;
    // `n` counts from 1 March in months of 31 days.
    first_of_march.checked_add((31 * (n / 31 - 3) + n % 31).days()).ok()
}
