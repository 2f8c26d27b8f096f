//! Medians and percentiles, as the command line prints them.

use std::fmt;

use serde::Serialize;

/// The middle and the upper end of a set of measures, in the unit of the measures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// How many measures.
    pub count: usize,
    pub median: f64,
    pub p95: f64,
    pub max: f64,
}

impl Spread {
    /// `None` without any measure.
    pub fn of(measures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = measures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        // The nearest rank: always a value that was measured.
        let rank = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
        (!sorted.is_empty()).then(|| Self { count: sorted.len(), median: rank(0.5), p95: rank(0.95), max: rank(1.0) })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(0);
        write!(
            f,
            "médiane {:.digits$}, 95e centile {:.digits$}, plus long {:.digits$} (sur {})",
            self.median, self.p95, self.max, self.count
        )
    }
}
