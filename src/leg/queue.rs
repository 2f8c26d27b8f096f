//! Our own frames, between the driver and the clock.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::audio::Frame;
use crate::leg::PLAYOUT_FRAMES;

/// Frames waiting to be sent; filled by the leg, emptied by the clock.
#[derive(Debug, Default)]
pub struct Queue(Mutex<VecDeque<Frame>>);

impl Queue {
    pub fn room(&self) -> usize {
        PLAYOUT_FRAMES.saturating_sub(self.lock().len())
    }

    pub fn push(&self, frame: &Frame) {
        let mut frames = self.lock();
        if frames.len() < PLAYOUT_FRAMES {
            frames.push_back(*frame);
        }
    }

    pub fn clear(&self) {
        self.lock().clear();
    }

    pub fn pop(&self) -> Option<Frame> {
        self.lock().pop_front()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Frame>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
