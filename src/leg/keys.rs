//! Keys of ours in RTP (RFC 4733), in their order.

use std::collections::VecDeque;
use std::time::Duration;

use crate::rtp::{DtmfSender, Packet, Sequencer};

/// How long a key of ours is held: twice the 40 ms that a receiver must recognise.
pub const PRESS: Duration = Duration::from_millis(100);
/// Ticks between two keys: 60 ms.
const BETWEEN_KEYS: u8 = 3;
/// Keys waiting to be sent: more than anybody types ahead.
const TYPED_AHEAD: usize = 32;

/// Keys of ours, one after the other.
#[derive(Debug, Default)]
pub struct Keys {
    waiting: VecDeque<char>,
    pressed: Option<DtmfSender>,
    pause: u8,
}

impl Keys {
    pub fn press(&mut self, key: char) {
        if self.waiting.len() < TYPED_AHEAD {
            self.waiting.push_back(key);
        }
    }

    /// This tick's packet, while a key is held. `payload_type`: of telephone events; without them keys are forgotten.
    pub fn tick(&mut self, payload_type: Option<u8>, sequencer: &mut Sequencer) -> Option<Packet> {
        if let Some(packet) = self.pressed.as_mut().and_then(|sender| sender.tick(sequencer)) {
            return Some(packet);
        }
        if self.pressed.take().is_some() {
            self.pause = BETWEEN_KEYS;
        }
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        let key = self.waiting.pop_front()?;
        self.pressed = DtmfSender::new(key, payload_type?, PRESS);
        self.pressed.as_mut()?.tick(sequencer)
    }
}
