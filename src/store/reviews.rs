//! What supervisors judge: the queue, drawn by interest or by lot, and the verdicts.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, query, query_as};

use super::audit::{self, Deed};
use super::calls::{read_time, time};
use super::{Error, Store};

/// A person's word on what the line did with one utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Wrong,
    ShouldHaveAnswered,
    ShouldHaveHandedOver,
}

impl Verdict {
    pub const ALL: [Self; 4] = [Self::Right, Self::Wrong, Self::ShouldHaveAnswered, Self::ShouldHaveHandedOver];

    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::ShouldHaveAnswered => "should_have_answered",
            Self::ShouldHaveHandedOver => "should_have_handed_over",
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }
}

/// How a turn came before the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// What went wrong, or was not sure, first.
    Interest,
    /// By lot among all: only on these may a rate of errors be reckoned.
    Sample,
    /// Somebody was reading the call.
    Chosen,
}

impl Drawn {
    pub fn word(self) -> &'static str {
        match self {
            Self::Interest => "interest",
            Self::Sample => "sample",
            Self::Chosen => "chosen",
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        [Self::Interest, Self::Sample, Self::Chosen].into_iter().find(|drawn| drawn.word() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub call: String,
    pub turn: u32,
    pub verdict: Verdict,
    /// The entry that should have been said.
    pub entry: Option<String>,
    pub drawn: Drawn,
    pub who: String,
    pub at: Timestamp,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReviewCounts {
    /// Turns of interest that nobody has judged; 1,001 for more than a thousand, which nobody will judge.
    pub waiting: i64,
    /// What one person has judged since the moment asked for.
    pub done: i64,
    /// Whatever the moment.
    pub ever: i64,
}

impl Store {
    /// The next turn to judge, and its interest (0 to 4); `skipped` are left aside.
    pub async fn next_to_judge(
        &self,
        drawn: Drawn,
        skipped: &[(String, u32)],
    ) -> Result<Option<(String, u32, i64)>, Error> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT turn_rank.call, turn_rank.turn, interest FROM turn_rank WHERE judged = 0 AND ",
        );
        sql.push(match drawn {
            Drawn::Sample => "interest >= 0",
            Drawn::Interest | Drawn::Chosen => "interest > 0",
        });
        // Another turn of a call under way may still come: it is judged whole.
        sql.push(" AND EXISTS (SELECT 1 FROM call WHERE call.id = turn_rank.call AND ended_at IS NOT NULL)");
        for (call, turn) in skipped {
            sql.push(" AND NOT (turn_rank.call = ").push_bind(call);
            sql.push(" AND turn_rank.turn = ").push_bind(turn).push(")");
        }
        sql.push(match drawn {
            Drawn::Sample => " ORDER BY draw LIMIT 1",
            Drawn::Interest | Drawn::Chosen => " ORDER BY interest DESC, turn_rank.at DESC LIMIT 1",
        });
        sql.build_query_as().fetch_optional(&self.0.readers).await.map_err(self.reading())
    }

    /// Keeps a verdict; a former one on the same turn gives way. False when there is no such turn.
    pub async fn judge(&self, judgement: Judgement, deed: Deed) -> Result<bool, Error> {
        self.change(move |connection| {
            Box::pin(async move {
                let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM turn WHERE call = ? AND turn = ?)")
                    .bind(&judgement.call)
                    .bind(judgement.turn)
                    .fetch_one(&mut *connection)
                    .await?;
                if !known {
                    return Ok(false);
                }
                query(
                    "INSERT INTO verdict (call, turn, verdict, entry, drawn, who, at) VALUES (?, ?, ?, ?, ?, ?, ?)
                     ON CONFLICT (call, turn) DO UPDATE SET verdict = excluded.verdict, entry = excluded.entry,
                         who = excluded.who, at = excluded.at",
                )
                .bind(&judgement.call)
                .bind(judgement.turn)
                .bind(judgement.verdict.word())
                .bind(&judgement.entry)
                .bind(judgement.drawn.word())
                .bind(&judgement.who)
                .bind(time(judgement.at))
                .execute(&mut *connection)
                .await?;
                audit::write(connection, &deed).await?;
                Ok(true)
            })
        })
        .await
    }

    /// In the order of the turns.
    pub async fn verdicts(&self, call: &str) -> Result<Vec<Judgement>, Error> {
        let sql = query("SELECT * FROM verdict WHERE call = ? ORDER BY turn").bind(call);
        let rows = sql.fetch_all(&self.0.readers).await.map_err(self.reading())?;
        rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(self.reading())
    }

    /// What waits, and what `who` has judged since `since`.
    pub async fn review_counts(&self, who: &str, since: Timestamp) -> Result<ReviewCounts, Error> {
        let (waiting, done, ever) = query_as(
            "SELECT (SELECT count(*) FROM (SELECT 1 FROM turn_rank WHERE judged = 0 AND interest > 0 LIMIT 1001)),
                 (SELECT count(*) FROM verdict WHERE who = ? AND at >= ?),
                 (SELECT count(*) FROM verdict WHERE who = ?)",
        )
        .bind(who)
        .bind(time(since))
        .bind(who)
        .fetch_one(&self.0.readers)
        .await
        .map_err(self.reading())?;
        Ok(ReviewCounts { waiting, done, ever })
    }
}

fn read(row: &SqliteRow) -> sqlx::Result<Judgement> {
    let unknown = |what: &str| sqlx::Error::Decode(format!("unknown {what}").into());
    Ok(Judgement {
        call: row.try_get("call")?,
        turn: row.try_get("turn")?,
        verdict: Verdict::named(row.try_get("verdict")?).ok_or_else(|| unknown("verdict"))?,
        entry: row.try_get("entry")?,
        drawn: Drawn::named(row.try_get("drawn")?).ok_or_else(|| unknown("draw"))?,
        who: row.try_get("who")?,
        at: read_time(row, "at")?,
    })
}
