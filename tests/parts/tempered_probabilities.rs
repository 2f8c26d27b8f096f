//! Probabilities are tempered so that they mean what they say: what is likeliest moves, the others share the rest.

use standardiste::answers::confidence::{Likeliest, Temper};

#[test]
fn tempering_moves_the_likeliest_and_shares_the_rest_as_before() {
    let mut all = vec![0.6, 0.2, 0.1];
    Temper { scale: 2.0, shift: 0.0 }.apply(&mut all, &[false; 3]);
    let odds = (0.6_f32 / 0.4).powi(2);
    assert!((all[0] - odds / (1.0 + odds)).abs() < 1e-4, "{all:?}");
    assert!((all[1] / all[2] - 2.0).abs() < 1e-4, "{all:?}");
    assert!(all.iter().sum::<f32>() < 1.0);
}

#[test]
fn the_entries_of_a_human_count_together() {
    let (all, human) = ([0.3, 0.25, 0.25], [false, true, true]);
    assert_eq!(Likeliest::of(&all, &human).entry, None);
    assert_eq!(Likeliest::of(&all, &[false; 3]).entry, Some(0));
    let mut tempered = all.to_vec();
    Temper { scale: 1.0, shift: 1.0 }.apply(&mut tempered, &human);
    assert!(tempered[1] > all[1] && tempered[0] < all[0], "{tempered:?}");
}

#[test]
fn no_probability_leaves_its_bounds_whatever_the_temper() {
    for extreme in [0.0, 1e-9, 0.5, 1.0] {
        for (scale, shift) in [(0.25, -9.0), (4.0, 9.0)] {
            let mut all = vec![extreme, (1.0 - extreme) / 2.0];
            Temper { scale, shift }.apply(&mut all, &[false, false]);
            assert!(all.iter().all(|p| (0.0..=1.0).contains(p)) && all.iter().sum::<f32>() <= 1.0 + 1e-4, "{all:?}");
        }
    }
}
