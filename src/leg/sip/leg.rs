//! The telephone's leg, as the driver sees it.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::audio::Frame;
use crate::leg::queue::Queue;
use crate::leg::stream::{FRAMES_WAITING, Heard};
use crate::leg::{Caller, Event, Gone, Leg, Transfer};

/// What the driver asks of the call.
#[derive(Debug)]
pub enum Command {
    Answer,
    Transfer(Transfer),
    Press(char),
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
    /// The call came in: its caller can be referred to somebody else.
    pub(super) incoming: bool,
}

/// The call's own ends of what its leg holds.
pub(super) struct Wires {
    pub signals: mpsc::UnboundedSender<Event>,
    pub frames: mpsc::Sender<Heard>,
    pub commands: mpsc::UnboundedReceiver<Command>,
    pub queue: Arc<Queue>,
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

    fn can_refer(&self) -> bool {
        self.incoming
    }

    fn press(&mut self, key: char) {
        self.order(Command::Press(key));
    }

    fn transfer(&mut self, transfer: Transfer) {
        self.order(Command::Transfer(transfer));
    }

    fn hang_up(&mut self) {
        self.order(Command::HangUp);
    }
}

impl SipLeg {
    pub(super) fn new(caller: Caller, incoming: bool) -> (Self, Wires) {
        let (signals, signal_receiver) = mpsc::unbounded_channel();
        let (frames, frame_receiver) = mpsc::channel(FRAMES_WAITING);
        let (commands, command_receiver) = mpsc::unbounded_channel();
        let queue = Arc::<Queue>::default();
        let leg = Self {
            caller,
            signals: signal_receiver,
            frames: frame_receiver,
            commands,
            queue: queue.clone(),
            gone: None,
            incoming,
        };
        (leg, Wires { signals, frames, commands: command_receiver, queue })
    }

    fn order(&self, command: Command) {
        // The call may be over already: then there is nothing to ask of it.
        let _ = self.commands.send(command);
    }
}
