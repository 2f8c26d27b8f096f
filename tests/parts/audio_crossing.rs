//! Frames between two clocks: in order, never later than they must be, and never late for good.

use standardiste::audio::{Crossing, DEEPEST, FRAME_SAMPLES, Frame};

fn loud(number: i16) -> Frame {
    [number; FRAME_SAMPLES]
}

/// Two legs' clocks: a frame comes, frames go, as many at the other side as `queued` holds.
fn pass(crossing: &mut Crossing, frames: impl IntoIterator<Item = Frame>, queued: usize) -> Vec<i16> {
    let mut out = Vec::new();
    for frame in frames {
        crossing.push(&frame, queued);
        out.extend(crossing.pop().map(|frame| frame[0]));
    }
    out
}

#[test]
fn frames_come_out_as_they_went_in() {
    let mut crossing = Crossing::default();
    assert_eq!(pass(&mut crossing, (1_000..1_400).map(loud), 0), (1_000..1_400).collect::<Vec<_>>());
    assert_eq!((crossing.left_out(), crossing.mean_ms()), (0, 0.0));
}

#[test]
fn what_came_all_at_once_leaves_no_more_than_sixty_milliseconds() {
    let mut crossing = Crossing::default();
    (1_000..1_020).for_each(|number| crossing.push(&loud(number), 0));
    let left: Vec<_> = std::iter::from_fn(|| crossing.pop()).map(|frame| frame[0]).collect();
    assert_eq!(left, [1_017, 1_018, 1_019], "the newest {DEEPEST}");
    assert_eq!(crossing.left_out(), 17);
}

#[test]
fn frames_queued_at_the_other_side_count() {
    let mut crossing = Crossing::default();
    (1..=3).for_each(|number| crossing.push(&loud(number), 2));
    assert_eq!(crossing.pop().map(|frame| frame[0]), Some(3));
    assert!(crossing.pop().is_none());
}

#[test]
fn one_frame_that_always_waits_is_kept_as_a_reserve() {
    let mut crossing = Crossing::default();
    assert_eq!(pass(&mut crossing, (0..600).map(loud), 1).len(), 600);
    assert_eq!(crossing.left_out(), 0);
}

#[test]
fn a_delay_that_stays_is_given_back_in_the_next_silence() {
    let mut crossing = Crossing::default();
    let talking = (0..80).map(|_| loud(9_000));
    let pause = (0..5).map(|_| loud(0));
    let out = pass(&mut crossing, talking.chain(pause), 2);
    assert_eq!(out.iter().filter(|sample| **sample == 9_000).count(), 80, "not a word is lost");
    assert_eq!(crossing.left_out(), 1);
}

#[test]
fn without_a_silence_it_is_given_back_within_two_seconds() {
    let mut crossing = Crossing::default();
    pass(&mut crossing, (0..110).map(|_| loud(9_000)), 2);
    assert_eq!(crossing.left_out(), 1);
}

/// A source that runs 1 % fast for an hour.
#[test]
fn a_source_that_runs_fast_never_makes_the_other_side_late() {
    let mut crossing = Crossing::default();
    let mut deepest = 0;
    let mut queued = 0_usize;
    for tick in 0..180_000_u32 {
        for _ in 0..=u32::from(tick % 100 == 0) {
            crossing.push(&loud(9_000), queued);
            while queued < 2 && crossing.pop().is_some() {
                queued += 1;
            }
        }
        let mut crossing = crossing.clone();
        deepest = deepest.max(queued + std::iter::from_fn(|| crossing.pop()).count());
        queued = queued.saturating_sub(1);
    }
    assert!(deepest <= DEEPEST, "{deepest}");
    assert!((1_790..=1_802).contains(&crossing.left_out()), "{}", crossing.left_out());
}
