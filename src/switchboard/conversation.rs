//! A whole conversation in writing, through the very call that a spoken one goes through: no engine hears or speaks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tracing::{Instrument, error, info, info_span};

use super::keep::keep;
use super::look_up;
use crate::answers::Index;
use crate::call::{Call, CallStart, Input, Line, Means, Order, Output, Proposition, Reason, SpeechEvent};
use crate::leg::Status;
use crate::store::Store;

use super::generations::Generations;

/// What every written conversation works with.
#[derive(Clone)]
pub struct Writing {
    /// Made by [`Line::written`].
    pub line: Arc<Line>,
    pub base: Generations,
    pub store: Option<Store>,
}

/// What a citizen's page sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromPage {
    Message(String),
    /// The proposition of this index, from 0, of those shown last.
    Choice(usize),
    /// The citizen has done.
    End,
}

/// What a citizen's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToPage {
    Line {
        /// From 1, the message answered; 0 for the greeting.
        turn: u32,
        text: String,
        /// Emergency numbers that the text tells to call, in its order.
        help: Vec<Help>,
    },
    /// The official page that an answer is made from.
    Source {
        turn: u32,
        label: String,
        address: String,
    },
    /// What may be answered by a button; none takes the buttons away.
    Choices(Vec<String>),
    Status(Status),
}

/// An emergency number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    pub number: &'static str,
    /// To be written to: the 114, for those who cannot speak or hear.
    pub by_text: bool,
}

/// A page and its citizen. When `sent` ends, the citizen has left.
pub struct Page {
    pub sent: mpsc::Receiver<FromPage>,
    pub shown: mpsc::Sender<ToPage>,
    /// The site that the page belongs to.
    pub site: String,
}

/// Serves one conversation until it is over.
pub(super) async fn converse(writing: &Writing, page: Page, id: String, orders: mpsc::UnboundedReceiver<Order>) {
    let span = info_span!("conversation", id = %id);
    let start = CallStart {
        id,
        at: jiff::Timestamp::now(),
        channel: "written".into(),
        // Where it is written from is nobody's business.
        from: String::new(),
        to: page.site.clone(),
        signalling_id: String::new(),
        handover_token: uuid::Uuid::new_v4().simple().to_string(),
    };
    let conversation = Conversation {
        call: Call::new(Arc::clone(&writing.line), start.clone()),
        index: writing.base.current(),
        writing,
        start,
        epoch: Instant::now(),
        page,
        orders,
        buttons: Vec::new(),
        status: None,
        over: false,
    };
    conversation.run().instrument(span).await;
}

struct Conversation<'a> {
    call: Call,
    index: Arc<Index>,
    writing: &'a Writing,
    start: CallStart,
    epoch: Instant,
    page: Page,
    orders: mpsc::UnboundedReceiver<Order>,
    buttons: Vec<Proposition>,
    /// What the page shows that we do.
    status: Option<Status>,
    over: bool,
}

impl Conversation<'_> {
    async fn run(mut self) {
        info!("conversation begins");
        self.tell(Input::Start).await;
        self.tell(Input::MediaUp).await;
        while !self.over {
            self.await_citizen().await;
            let timeout = self.call.poll_timeout().map(|at| tokio::time::Instant::from_std(self.epoch + at));
            // A citizen's messages wait in their order while one is answered.
            let input = tokio::select! {
                biased;
                Some(order) = self.orders.recv() => Input::Order(order),
                sent = self.page.sent.recv() => match self.understood(sent) {
                    Some(input) => input,
                    None => continue,
                },
                () = sleep_until(timeout) => Input::Timeout,
            };
            self.tell(input).await;
        }
        self.show_status(if self.call.is_stopped() { Status::Closed } else { Status::Over }).await;
        info!(seconds = self.epoch.elapsed().as_secs(), "conversation over");
    }

    fn understood(&self, sent: Option<FromPage>) -> Option<Input> {
        let pressed = |button: &Proposition| Input::Written { text: button.text.clone(), means: Some(button.means) };
        match sent {
            Some(FromPage::Message(text)) => {
                // Whoever types the words, or the number, of a button presses it.
                let typed = text.trim();
                let named = self.buttons.iter().find(|button| button.text.eq_ignore_ascii_case(typed));
                let numbered = || typed.parse::<usize>().ok().and_then(|n| self.buttons.get(n.checked_sub(1)?));
                let choosing = matches!(self.buttons.first(), Some(Proposition { means: Means::Command(_), .. }));
                let button = named.or_else(|| numbered().filter(|_| choosing));
                Some(button.map_or(Input::Written { text, means: None }, pressed))
            }
            // A button that is no longer there was pressed twice.
            Some(FromPage::Choice(index)) => self.buttons.get(index).map(pressed),
            Some(FromPage::End) | None => Some(Input::Gone { how: "caller" }),
        }
    }

    fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    /// Gives the call an input and carries out what it wants.
    async fn tell(&mut self, input: Input) {
        self.call.handle(input, self.now());
        while let Some(output) = self.call.poll_output() {
            self.carry_out(output).await;
        }
    }

    async fn carry_out(&mut self, output: Output) {
        match output {
            Output::Lookup { turn, text, confidence, sound, current } => {
                self.show_status(Status::Thinking).await;
                let (line, index) = (Arc::clone(&self.writing.line), Arc::clone(&self.index));
                // A thousand characters take longer than a sentence: other calls' sound must not wait for it.
                let search = move || look_up(&line, &index, turn, &text, confidence, &sound, current.as_deref());
                let found = tokio::task::spawn_blocking(search).await.unwrap_or_else(|error| {
                    error!(%error, "the search stopped");
                    Input::SearchFailed { turn }
                });
                let now = self.now();
                self.call.handle(found, now);
            }
            Output::Speak { speech, sentences, .. } => {
                self.show_lines(&sentences).await;
                // What is written is read as soon as it is there.
                let now = self.now();
                let begun = SpeechEvent::FirstSound { at: now, ready: now };
                let said = (0..sentences.len()).map(SpeechEvent::SentenceDone);
                for event in std::iter::once(begun).chain(said).chain([SpeechEvent::Finished]) {
                    self.call.handle(Input::Speech { speech, event }, now);
                }
            }
            Output::Record(record) => {
                if let Some(store) = &self.writing.store {
                    keep(store, &self.start.id, &record);
                }
            }
            Output::HangUp => {
                let now = self.now();
                self.call.handle(Input::Gone { how: "us" }, now);
            }
            Output::Over => self.over = true,
            // Nothing is heard, and nobody is rung.
            Output::Answer
            | Output::Transcribe { .. }
            | Output::CancelTranscription { .. }
            | Output::ForgetUtterance
            | Output::PauseSpeaking
            | Output::ResumeSpeaking
            | Output::StopSpeaking
            | Output::Listening
            | Output::Transfer { .. } => {}
        }
    }

    async fn show_lines(&mut self, texts: &[String]) {
        let (turn, reason) = (self.call.turn(), self.call.reason());
        let answered = matches!(reason, Some(Reason::Sure | Reason::Confirmed | Reason::Chosen | Reason::FollowUp));
        let source = self.call.source().filter(|_| answered).map(|(label, address)| ToPage::Source {
            turn,
            label: label.to_owned(),
            address: address.to_owned(),
        });
        let mut source = source;
        for text in texts {
            let help = if reason == Some(Reason::Distress) { help(text) } else { Vec::new() };
            self.show(ToPage::Line { turn, text: text.clone(), help }).await;
            // Under the answer, above « une autre question ? ».
            if let Some(source) = source.take() {
                self.show(source).await;
            }
        }
    }

    /// The citizen has the floor: the buttons are theirs.
    async fn await_citizen(&mut self) {
        if self.over {
            return;
        }
        // Said each time, also when they are the same: a page takes them away once something is answered.
        self.buttons = self.call.propositions();
        let texts = self.buttons.iter().map(|button| button.text.clone()).collect();
        self.show(ToPage::Choices(texts)).await;
        self.show_status(Status::Listening).await;
    }

    async fn show_status(&mut self, status: Status) {
        if self.status != Some(status) {
            self.status = Some(status);
            self.show(ToPage::Status(status)).await;
        }
    }

    async fn show(&self, what: ToPage) {
        // The citizen has left: the other channel says so too.
        let _ = self.page.shown.send(what).await;
    }
}

/// The emergency numbers that `text` names.
fn help(text: &str) -> Vec<Help> {
    const NUMBERS: [&str; 7] = ["3114", "112", "114", "119", "15", "17", "18"];
    let named = text.split(|c: char| !c.is_ascii_digit()).filter_map(|word| NUMBERS.into_iter().find(|n| *n == word));
    named.map(|number| Help { number, by_text: number == "114" }).collect()
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
