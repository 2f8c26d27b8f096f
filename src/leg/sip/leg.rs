//! The telephone's leg, as the driver sees it.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::audio::Frame;
use crate::leg::queue::Queue;
use crate::leg::stream::Heard;
use crate::leg::{Caller, Event, Gone, Leg, Transfer};

/// What the driver asks of the call.
#[derive(Debug)]
pub enum Command {
    Answer,
    Transfer(Transfer),
    HangUp,
}

/// One telephone call. Dropping it hangs up.
#[derive(Debug)]
pub struct SipLeg {
    pub(super) caller: Caller,
    pub(super) signals: mpsc::UnboundedReceiver<Event>,
    pub(super) frames: mpsc::Receiver<Heard>,
    pub(super) commands: mpsc::UnboundedSender<Command>,
    pub(super) queue: Arc<Queue>,
    pub(super) gone: Option<Gone>,
}

impl Leg for SipLeg {
    fn caller(&self) -> &Caller {
        &self.caller
    }

    async fn event(&mut self) -> Event {
        if let Some(gone) = &self.gone {
            return Event::Gone(gone.clone());
        }
        let event = tokio::select! {
            biased;
            signal = self.signals.recv() => {
                signal.unwrap_or_else(|| Event::Gone(Gone::Fault("the call's task ended".to_owned())))
            }
            Some((frame, concealed)) = self.frames.recv() => Event::Frame { frame, concealed },
        };
        if let Event::Gone(gone) = &event {
            self.gone = Some(gone.clone());
        }
        event
    }

    fn answer(&mut self) {
        self.order(Command::Answer);
    }

    fn room(&self) -> usize {
        self.queue.room()
    }

    fn play(&mut self, frame: &Frame) {
        self.queue.push(frame);
    }

    fn flush(&mut self) {
        self.queue.clear();
    }

    fn transfer(&mut self, transfer: Transfer) {
        self.order(Command::Transfer(transfer));
    }

    fn hang_up(&mut self) {
        self.order(Command::HangUp);
    }
}

impl SipLeg {
    fn order(&self, command: Command) {
        // The call may be over already: then there is nothing to ask of it.
        let _ = self.commands.send(command);
    }
}
