//! Whether the browser is there.

use tokio::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Connecting {
        until: Instant,
    },
    Up,
    /// No consent; the call waits.
    Lost {
        until: Instant,
    },
}

impl Link {
    pub fn is_up(self) -> bool {
        self == Self::Up
    }

    /// When nobody is waited for any more.
    pub fn deadline(self) -> Option<Instant> {
        match self {
            Self::Connecting { until } | Self::Lost { until } => Some(until),
            Self::Up => None,
        }
    }

    /// The browser is there; whether it was already.
    pub fn comes(&mut self) -> bool {
        std::mem::replace(self, Self::Up) == Self::Up
    }

    /// The browser does not answer any more; whether that is news.
    pub fn goes(&mut self, until: Instant) -> bool {
        let news = self.is_up();
        if news {
            *self = Self::Lost { until };
        }
        news
    }

    /// A lost browser is waited for until `until` at least.
    pub fn waits(&mut self, until: Instant) {
        if let Self::Lost { until: before } = self {
            *before = (*before).max(until);
        }
    }
}
