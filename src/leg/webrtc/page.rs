//! The page's data channel: what it is told, what it asks, and how much of it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use super::channel::{self, Asked, LABEL};

/// Messages kept for a channel that is not open yet: the greeting's captions and states, several times over.
const MOST_UNSENT: usize = 64;
/// Messages of the page that are read in a second; a thumb makes eight presses.
const MESSAGES_A_SECOND: u32 = 20;
/// Channels that are not ours, before the page is taken for hostile.
const MOST_STRANGERS: u32 = 16;
/// The last message is waited for this long, so that the page can say why the call ended.
const LAST_WORD: Duration = Duration::from_millis(200);

pub struct Page {
    channel: Option<Arc<dyn DataChannel>>,
    open: bool,
    unsent: VecDeque<String>,
    /// Messages of the page in the second that began then.
    messages: (Instant, u32),
    strangers: u32,
}

impl Page {
    pub fn new(now: Instant) -> Self {
        Self { channel: None, open: false, unsent: VecDeque::new(), messages: (now, 0), strangers: 0 }
    }

    /// Whose events are to be given to [`on_event`](Self::on_event).
    pub fn channel(&self) -> Option<Arc<dyn DataChannel>> {
        self.channel.clone()
    }

    /// A channel that the page makes: the first of our name is ours. False when it makes too many others.
    pub async fn takes(&mut self, channel: Arc<dyn DataChannel>) -> bool {
        if self.channel.is_none() && channel.label().await.is_ok_and(|label| label == LABEL) {
            self.channel = Some(channel);
            return true;
        }
        self.strangers += 1;
        let _ = channel.close().await;
        self.strangers <= MOST_STRANGERS
    }

    pub async fn on_event(&mut self, event: Option<DataChannelEvent>) -> Option<Asked> {
        match event {
            Some(DataChannelEvent::OnOpen) => {
                self.open = true;
                while let Some(message) = self.unsent.pop_front() {
                    self.say(message).await;
                }
                None
            }
            Some(DataChannelEvent::OnMessage(message)) => self.read(&message.data),
            // A page that is left closes its channel, long before consent runs out.
            Some(DataChannelEvent::OnClose) => Some(Asked::HangUp),
            None => {
                (self.channel, self.open) = (None, false);
                None
            }
            Some(_) => None,
        }
    }

    fn read(&mut self, data: &[u8]) -> Option<Asked> {
        let (since, count) = &mut self.messages;
        if since.elapsed() > Duration::from_secs(1) {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        if *count > MESSAGES_A_SECOND {
            return None;
        }
        let asked = channel::read(data);
        if asked.is_none() {
            tracing::debug!(bytes = data.len(), "a message of the page cannot be read");
        }
        asked
    }

    /// Sends the page a message, or keeps it until the channel opens.
    pub async fn say(&mut self, message: String) {
        match &self.channel {
            Some(channel) if self.open => {
                if let Err(error) = channel.try_send_text(&message).await {
                    tracing::debug!(%error, "a message to the page was lost");
                }
            }
            _ => {
                if self.unsent.len() == MOST_UNSENT {
                    self.unsent.pop_front();
                }
                self.unsent.push_back(message);
            }
        }
    }

    /// Sends the last message and waits, a little, until the page has it.
    pub async fn last_word(&mut self, message: String) {
        if !self.open {
            return;
        }
        self.say(message).await;
        if let Some(channel) = self.channel.take() {
            let _ = tokio::time::timeout(LAST_WORD, acknowledged(channel)).await;
        }
    }
}

async fn acknowledged(channel: Arc<dyn DataChannel>) {
    while channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
