//! One utterance's fault costs that utterance: panics, stalls, cancellations and floods leave the line hearing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use standardiste::asr::{Error, Pool, Recognizer, Settings};
use standardiste::dialogue::{Expectation, Heard, Refused, Shortlist};

use crate::sounds;

/// Obeys the first sample of what it is given.
struct Obedient {
    cancelled: Arc<AtomicUsize>,
}

const HEAR: i16 = 1;
const PANIC: i16 = 2;
/// Works until cancelled.
const WORK: i16 = 3;
/// Does not come back for 3 s, cancelled or not.
const STALL: i16 = 4;

impl Recognizer for Obedient {
    fn hear(
        &mut self,
        samples: &[f32],
        _: &Expectation,
        _: Option<&Shortlist>,
        cancel: &AtomicBool,
    ) -> Result<Heard, Error> {
        match (samples[0] * 32768.0) as i16 {
            PANIC => panic!("the engine broke"),
            WORK => {
                while !cancel.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                self.cancelled.fetch_add(1, Ordering::AcqRel);
                Err(Error::Cancelled)
            }
            STALL => {
                std::thread::sleep(Duration::from_secs(3));
                Ok(Heard::default())
            }
            _ => Ok(Heard { text: "oui".to_owned(), ..Heard::default() }),
        }
    }
}

struct Bench {
    pool: Pool,
    built: Arc<AtomicUsize>,
    cancelled: Arc<AtomicUsize>,
}

fn bench(settings: Settings) -> Bench {
    let (built, cancelled) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, noted) = (Arc::clone(&built), Arc::clone(&cancelled));
    let pool = Pool::with(&settings, move || {
        counted.fetch_add(1, Ordering::AcqRel);
        Ok(Box::new(Obedient { cancelled: Arc::clone(&noted) }))
    });
    Bench { pool: pool.unwrap(), built, cancelled }
}

impl Bench {
    async fn hear(&self, what: i16) -> Result<Heard, Error> {
        self.pool.hear(vec![what; 320], Expectation::default()).await
    }

    async fn until(&self, reached: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(10);
        while !reached(self) {
            assert!(Instant::now() < end, "not reached in 10 s: {:?}", self.pool.load());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

fn one_worker() -> Settings {
    Settings { workers: 1, queue: 2, ..Settings::default() }
}

#[tokio::test]
async fn a_panic_costs_one_utterance_and_the_worker_starts_afresh() {
    let bench = bench(one_worker());
    let error = bench.hear(PANIC).await.unwrap_err();
    assert!(matches!(&error, Error::Panicked(why) if why.contains("the engine broke")), "{error}");
    assert_eq!(bench.hear(HEAR).await.unwrap().text, "oui");
    assert_eq!(bench.built.load(Ordering::Acquire), 2);
}

#[tokio::test]
async fn dropping_a_hearing_frees_its_worker() {
    let bench = bench(one_worker());
    let hearing = bench.pool.hear(vec![WORK; 320], Expectation::default());
    bench.until(|b| b.pool.load().running == 1).await;
    drop(hearing);
    bench.until(|b| b.cancelled.load(Ordering::Acquire) == 1).await;
    assert_eq!(bench.hear(HEAR).await.unwrap().text, "oui");
}

#[tokio::test]
async fn a_hearing_dropped_while_it_waits_leaves_the_queue() {
    let bench = bench(one_worker());
    let running = bench.pool.hear(vec![WORK; 320], Expectation::default());
    bench.until(|b| b.pool.load().running == 1).await;
    let waiting = bench.pool.hear(vec![WORK; 320], Expectation::default());
    assert_eq!(bench.pool.load().waiting, 1);
    drop(waiting);
    assert_eq!(bench.pool.load().waiting, 0);
    drop(running);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let bench = bench(one_worker());
    let running = bench.pool.hear(vec![WORK; 320], Expectation::default());
    bench.until(|b| b.pool.load().running == 1).await;
    let waiting: Vec<_> = (0..2).map(|_| bench.pool.hear(vec![HEAR; 320], Expectation::default())).collect();
    assert!(matches!(bench.hear(HEAR).await, Err(Error::Busy(2))));
    drop(running);
    for hearing in waiting {
        assert_eq!(hearing.await.unwrap().text, "oui");
    }
}

#[tokio::test]
async fn the_time_limit_answers_and_cancels() {
    let bench = bench(Settings { time_limit: Duration::from_millis(50), ..one_worker() });
    let heard = bench.hear(WORK).await.unwrap();
    assert_eq!(heard.refused, Some(Refused::TimeLimit));
    bench.until(|b| b.cancelled.load(Ordering::Acquire) == 1).await;
    assert_eq!(bench.hear(HEAR).await.unwrap().text, "oui");
    assert_eq!(bench.built.load(Ordering::Acquire), 1);
}

#[tokio::test]
async fn what_waits_past_the_time_limit_is_answered_too() {
    let bench = bench(Settings { time_limit: Duration::from_millis(50), ..one_worker() });
    let stalled = bench.pool.hear(vec![STALL; 320], Expectation::default());
    bench.until(|b| b.pool.load().running == 1).await;
    assert_eq!(bench.hear(HEAR).await.unwrap().refused, Some(Refused::TimeLimit));
    assert_eq!(stalled.await.unwrap().refused, Some(Refused::TimeLimit));
}

#[tokio::test]
async fn a_worker_that_stalls_is_replaced() {
    let limit = Duration::from_millis(50);
    let bench = bench(Settings { time_limit: limit, stall: limit, ..one_worker() });
    assert_eq!(bench.hear(STALL).await.unwrap().refused, Some(Refused::TimeLimit));
    bench.until(|b| b.pool.load().running == 0).await;
    assert_eq!(bench.pool.load().workers, 1);
    assert_eq!(bench.hear(HEAR).await.unwrap().text, "oui");
    assert_eq!(bench.built.load(Ordering::Acquire), 2);
}

#[tokio::test]
async fn a_pool_whose_engines_all_stall_says_that_it_is_stopped() {
    let limit = Duration::from_millis(20);
    let bench = bench(Settings { time_limit: limit, stall: limit, ..one_worker() });
    for _ in 0..2 {
        assert_eq!(bench.hear(STALL).await.unwrap().refused, Some(Refused::TimeLimit));
        bench.until(|b| b.pool.load().running == 0).await;
    }
    assert_eq!(bench.pool.load().workers, 0);
    assert!(matches!(bench.hear(HEAR).await, Err(Error::Stopped)));
}

#[tokio::test(flavor = "multi_thread")]
async fn whisper_hears_two_callers_at_once_and_stops_when_one_hangs_up() {
    let pool =
        Pool::start(Settings { model: sounds::model(), time_limit: Duration::from_secs(60), ..Settings::default() })
            .unwrap();
    let said: Vec<i16> = sounds::prompt("conf-extended").iter().map(|s| (s * 32767.0) as i16).collect();
    let long = said.repeat(8);
    let one = pool.hear(said.clone(), Expectation::default());
    let other = pool.hear(long, Expectation::default());
    assert_eq!(one.await.unwrap().text, "La conférence a été prolongée.");
    drop(other);
    let again = pool.hear(said, Expectation::default());
    assert_eq!(again.await.unwrap().text, "La conférence a été prolongée.");
}
