//! The list of calls, as supervisors look for them: a page at a time, from a key on, never by counting rows to skip.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::calls::{read_time, time};
use super::{Error, Store};

/// What is looked for; what is left empty does not count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallFilter {
    /// Words that one turn must hold, each as it begins: « act naiss » finds « un acte de naissance ».
    pub text: String,
    /// The last digits of the caller's number.
    pub number: String,
    pub entry: String,
    /// As the transcript spells it: `answer`.
    pub decision: String,
    /// `low_confidence`.
    pub reason: String,
    /// `sip`.
    pub channel: String,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Seconds, at least.
    pub longer: Option<u32>,
    /// Seconds, at most.
    pub shorter: Option<u32>,
    pub judged: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CallOrder {
    #[default]
    Newest,
    /// The lowest probability first; calls in which nothing was looked for are left out.
    LeastSure,
}

/// Where a page begins: after this call.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    pub confidence: Option<f64>,
    /// As the store spells it.
    pub started_at: String,
    pub call: String,
}

/// A call in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct CallLine {
    pub call: String,
    pub started_at: Timestamp,
    pub channel: String,
    pub caller: String,
    /// None while it lasts.
    pub seconds: Option<i64>,
    pub how: Option<String>,
    pub turns: i64,
    /// The first words heard.
    pub question: String,
    pub confidence: Option<f64>,
    pub entries: Vec<String>,
    pub decisions: Vec<String>,
    pub reasons: Vec<String>,
    pub judged: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CallPage {
    pub lines: Vec<CallLine>,
    /// Where the next page begins; none at the end.
    pub next: Option<Key>,
}

impl Store {
    pub async fn search_calls(
        &self,
        filter: &CallFilter,
        order: CallOrder,
        after: Option<&Key>,
        limit: u32,
    ) -> Result<CallPage, Error> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT * FROM call_digest WHERE ");
        match order {
            CallOrder::Newest => {
                sql.push("1");
                if let Some(key) = after {
                    sql.push(" AND (started_at, call) < (").push_bind(&key.started_at);
                    sql.push(", ").push_bind(&key.call).push(")");
                }
            }
            CallOrder::LeastSure => {
                sql.push(if *filter == CallFilter::default() {
                    "confidence IS NOT NULL"
                } else {
                    "+confidence IS NOT NULL"
                });
                if let Some(key) = after {
                    sql.push(" AND (confidence, started_at, call) > (").push_bind(key.confidence);
                    sql.push(", ").push_bind(&key.started_at).push(", ").push_bind(&key.call).push(")");
                }
            }
        }
        narrow(&mut sql, filter);
        sql.push(match order {
            CallOrder::Newest => " ORDER BY started_at DESC, call DESC LIMIT ",
            CallOrder::LeastSure if *filter == CallFilter::default() => " ORDER BY confidence, started_at, call LIMIT ",
            // The sign keeps SQLite from following the index, which would read each row where it lies: where few calls
            // match, one pass and a sort take a tenth of that.
            CallOrder::LeastSure => " ORDER BY +confidence, started_at, call LIMIT ",
        });
        sql.push_bind(limit + 1);
        let rows = sql.build().fetch_all(&self.0.readers).await.map_err(self.reading())?;
        let lines = rows.iter().take(limit as usize).map(read).collect::<sqlx::Result<Vec<_>>>();
        let lines = lines.map_err(self.reading())?;
        let more = rows.len() > lines.len();
        let next = lines.last().filter(|_| more).map(|last| Key {
            confidence: last.confidence,
            started_at: time(last.started_at),
            call: last.call.clone(),
        });
        Ok(CallPage { lines, next })
    }

    /// How many there are, `most` at most: whether there are 3,000 or 80,000 helps nobody, and counting them takes time.
    pub async fn count_calls(&self, filter: &CallFilter, order: CallOrder, most: u32) -> Result<i64, Error> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM (SELECT 1 FROM call_digest WHERE ");
        sql.push(match order {
            CallOrder::Newest => "1",
            CallOrder::LeastSure => "+confidence IS NOT NULL",
        });
        narrow(&mut sql, filter);
        sql.push(" LIMIT ").push_bind(most).push(")");
        sql.build_query_scalar().fetch_one(&self.0.readers).await.map_err(self.reading())
    }

    /// The calls that began within `from..to`, and how many of them a human took.
    pub async fn calls_between(&self, from: Timestamp, to: Timestamp) -> Result<(i64, i64), Error> {
        let sql = sqlx::query_as(
            "SELECT count(*), coalesce(sum(instr(decisions, ' escalate ') > 0), 0) FROM call_digest
             WHERE started_at >= ? AND started_at < ?",
        );
        sql.bind(time(from)).bind(time(to)).fetch_one(&self.0.readers).await.map_err(self.reading())
    }
}

fn narrow(sql: &mut QueryBuilder<Sqlite>, filter: &CallFilter) {
    if let Some(words) = matching(&filter.text) {
        sql.push(
            // The number of a turn holds its call's (migration 0006).
            " AND number IN (SELECT rowid / 65536 FROM turn_search WHERE turn_search MATCH ",
        );
        sql.push_bind(words).push(")");
    } else if !filter.text.trim().is_empty() {
        sql.push(" AND 0");
    }
    if !filter.number.is_empty() {
        sql.push(" AND substr(caller, -length(").push_bind(&filter.number);
        sql.push(")) = ").push_bind(&filter.number);
    }
    for (column, word) in [("entries", &filter.entry), ("decisions", &filter.decision), ("reasons", &filter.reason)] {
        if !word.is_empty() {
            sql.push(format!(" AND instr({column}, ")).push_bind(format!(" {word} ")).push(") > 0");
        }
    }
    if !filter.channel.is_empty() {
        sql.push(" AND channel = ").push_bind(&filter.channel);
    }
    if let Some(from) = filter.from {
        sql.push(" AND started_at >= ").push_bind(time(from));
    }
    if let Some(to) = filter.to {
        sql.push(" AND started_at < ").push_bind(time(to));
    }
    if let Some(seconds) = filter.longer {
        sql.push(" AND seconds >= ").push_bind(seconds);
    }
    if let Some(seconds) = filter.shorter {
        sql.push(" AND seconds <= ").push_bind(seconds);
    }
    if let Some(judged) = filter.judged {
        sql.push(" AND judged = ").push_bind(judged);
    }
}

/// The words as FTS5 wants them, each in quotes and open at its end; none when there is no letter to look for.
fn matching(text: &str) -> Option<String> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(|w| format!("\"{w}\"*")).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn read(row: &SqliteRow) -> sqlx::Result<CallLine> {
    let list = |column: &str| -> sqlx::Result<Vec<String>> {
        Ok(row.try_get::<&str, _>(column)?.split_whitespace().map(str::to_owned).collect())
    };
    Ok(CallLine {
        call: row.try_get("call")?,
        started_at: read_time(row, "started_at")?,
        channel: row.try_get("channel")?,
        caller: row.try_get("caller")?,
        seconds: row.try_get("seconds")?,
        how: row.try_get("how")?,
        turns: row.try_get("turns")?,
        question: row.try_get("question")?,
        confidence: row.try_get("confidence")?,
        entries: list("entries")?,
        decisions: list("decisions")?,
        reasons: list("reasons")?,
        judged: row.try_get("judged")?,
    })
}
