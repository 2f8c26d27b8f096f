//! The sentences said lately, kept in memory.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Key, Spoken};

/// Bounded by bytes; the sentence unused for longest leaves first.
#[derive(Debug)]
pub(super) struct Memory {
    limit: usize,
    bytes: usize,
    clock: u64,
    sounds: HashMap<Key, (Arc<Spoken>, u64)>,
}

impl Memory {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, bytes: 0, clock: 0, sounds: HashMap::new() }
    }

    pub(super) fn get(&mut self, key: &Key) -> Option<Arc<Spoken>> {
        self.clock += 1;
        let (sound, used) = self.sounds.get_mut(key)?;
        *used = self.clock;
        Some(sound.clone())
    }

    pub(super) fn put(&mut self, key: Key, sound: Arc<Spoken>) {
        let size = bytes(&sound);
        if size > self.limit {
            return;
        }
        self.clock += 1;
        self.bytes += size;
        if let Some((old, _)) = self.sounds.insert(key, (sound, self.clock)) {
            self.bytes -= bytes(&old);
        }
        while self.bytes > self.limit {
            let Some(oldest) = self.sounds.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key) else {
                break;
            };
            if let Some((gone, _)) = self.sounds.remove(&oldest) {
                self.bytes -= bytes(&gone);
            }
        }
    }
}

fn bytes(sound: &Spoken) -> usize {
    sound.samples.len() * size_of::<i16>()
}
