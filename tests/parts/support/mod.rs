//! A caller, a clock and the engines, all virtual: a call is driven as its run-loop contract says.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use standardiste::call::exact::Exact;
use standardiste::call::{
    Call, CallEnd, CallStart, Destination, Input, Kept, Line, Message, Output, Progress, Record, Settings, SpeechEvent,
    SpeechId, TurnRecord,
};
use standardiste::config::Config;
use standardiste::dialogue::grammar::Grammar;
use standardiste::dialogue::prompts::Prompts;
use standardiste::dialogue::{Candidate, Facet, Found, Heard, PhraseScore, Topic};
use standardiste::turn::Verdict;

/// How long each sentence takes to say.
pub const SENTENCE: Duration = Duration::from_secs(2);

pub fn prompts() -> Prompts {
    Prompts::parse(include_str!("../../../config/prompts.toml")).expect("the prompts file is right")
}

pub fn grammar() -> Grammar {
    Grammar::parse(include_str!("../../../grammars/commands.toml")).expect("the grammar file is right")
}

/// How the delivered configuration has the base searched: by words, sound and meaning.
pub fn searching() -> standardiste::answers::Settings {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/standardiste.toml");
    let config = Config::load(Some(&file), std::env::vars_os()).expect("the delivered configuration is right");
    standardiste::app::searching(&config).expect("scripts/test has brought the word vectors and espeak-ng's data")
}

pub fn exact() -> Exact {
    let sources = [
        ("telephone.toml", include_str!("../../../grammars/telephone.toml")),
        ("name.toml", include_str!("../../../grammars/name.toml")),
        ("dates.toml", include_str!("../../../grammars/dates.toml")),
        ("digits.toml", include_str!("../../../grammars/digits.toml")),
        ("spelling.toml", include_str!("../../../grammars/spelling.toml")),
    ];
    let sources = sources.into_iter().map(|(file, text)| (file, text.to_owned())).collect();
    Exact::parse(&sources).expect("the grammar files are right")
}

pub fn destination(name: &str, department: Option<&str>) -> Destination {
    Destination {
        department: department.map(str::to_owned),
        uri: format!("sip:{name}@127.0.0.1"),
        name: name.to_owned(),
        always: false,
    }
}

pub fn topic(entry: &str) -> Topic {
    Topic {
        entry: entry.to_owned(),
        version: 3,
        label: format!("la démarche {entry}"),
        service_public: vec!["F1427".into()],
        source: Some("https://www.service-public.fr/particuliers/vosdroits/F1427".into()),
        answer: format!("Voici la réponse sur {entry}. Elle a deux phrases."),
        facets: vec![Facet { kind: "cout".into(), answer: format!("{entry} ne coûte rien.") }],
        department: "etat-civil".into(),
        human: None,
        distinguish: Vec::new(),
    }
}

pub fn candidate(entry: &str, probability: f32) -> Candidate {
    Candidate { topic: Arc::new(topic(entry)), facet: None, probability, score: probability }
}

pub fn found(candidates: Vec<Candidate>) -> Found {
    Found { candidates, ..Found::default() }
}

struct Saying {
    id: SpeechId,
    sentences: Vec<String>,
    next: usize,
    /// Time left of the sentence under way.
    left: Duration,
}

/// A call with its caller.
pub struct Phone {
    pub call: Call,
    pub now: Duration,
    /// What a lookup finds, for each in turn; then nothing.
    pub base: VecDeque<Found>,
    pub outputs: Vec<Output>,
    pub turns: Vec<TurnRecord>,
    pub messages: Vec<Message>,
    pub end: Option<CallEnd>,
    /// Every sentence whose saying began.
    pub said: Vec<String>,
    pub paused: bool,
    pub transferred: Vec<Destination>,
    pub hung_up: bool,
    pub over: bool,
    speeches: VecDeque<Saying>,
    asked: Option<u32>,
}

pub fn settings() -> Settings {
    Settings {
        destinations: vec![destination("guichet", Some("etat-civil")), destination("accueil", None)],
        kept: Kept::Text { days: 30 },
        mairie: "la mairie de Saint-Essai".into(),
        ..Settings::default()
    }
}

impl Phone {
    /// A call that has been answered; the greeting is being said.
    pub fn ringing(settings: Settings) -> Self {
        Self::calling(settings, "0199001234")
    }

    /// The same from this number.
    pub fn calling(settings: Settings, from: &str) -> Self {
        let line = Line { settings, prompts: prompts(), grammar: grammar(), exact: exact() };
        let start = CallStart {
            id: "appel".into(),
            at: "2026-01-05T09:00:00Z".parse().expect("a date"),
            channel: "test".into(),
            from: from.into(),
            to: "0199000000".into(),
            signalling_id: "x".into(),
            handover_token: "t".into(),
        };
        let mut phone = Self {
            call: Call::new(Arc::new(line), start),
            now: Duration::ZERO,
            base: VecDeque::new(),
            outputs: Vec::new(),
            turns: Vec::new(),
            messages: Vec::new(),
            end: None,
            said: Vec::new(),
            paused: false,
            transferred: Vec::new(),
            hung_up: false,
            over: false,
            speeches: VecDeque::new(),
            asked: None,
        };
        phone.tell(Input::Start);
        phone
    }

    pub fn answered(settings: Settings) -> Self {
        let mut phone = Self::ringing(settings);
        phone.tell(Input::MediaUp);
        phone
    }

    /// A call whose greeting has been said.
    pub fn greeted(settings: Settings) -> Self {
        let mut phone = Self::answered(settings);
        phone.let_speak();
        phone
    }

    pub fn tell(&mut self, input: Input) {
        self.call.handle(input, self.now);
        while let Some(output) = self.call.poll_output() {
            self.outputs.push(output.clone());
            match output {
                Output::Transcribe { turn, .. } => self.asked = Some(turn),
                Output::CancelTranscription { .. } => self.asked = None,
                Output::Lookup { turn, .. } => {
                    let found = self.base.pop_front().unwrap_or_default();
                    self.call.handle(Input::Found { turn, found }, self.now);
                }
                Output::Speak { speech, sentences, .. } => {
                    self.speeches.push_back(Saying { id: speech, sentences, next: 0, left: SENTENCE });
                    self.begin();
                }
                Output::PauseSpeaking => self.paused = true,
                Output::ResumeSpeaking => self.paused = false,
                Output::StopSpeaking => {
                    self.speeches.clear();
                    self.paused = false;
                }
                Output::Transfer { destination, .. } => self.transferred.push(destination),
                Output::Record(Record::Turn(turn)) => {
                    self.turns.retain(|other| other.turn != turn.turn);
                    self.turns.push(*turn);
                }
                Output::Record(Record::Message(message)) => self.messages.push(message),
                Output::Record(Record::End(end)) => self.end = Some(end),
                Output::HangUp => {
                    self.hung_up = true;
                    if !self.over {
                        self.call.handle(Input::Gone { how: "us" }, self.now);
                    }
                }
                Output::Over => self.over = true,
                _ => {}
            }
        }
    }

    /// Lets time pass: sentences are said, deadlines fall due.
    pub fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while !self.over {
            let sentence = self.speeches.front().filter(|_| !self.paused).map(|saying| self.now + saying.left);
            let deadline = self.call.poll_timeout().map(|at| at.max(self.now));
            let Some(next) = [sentence, deadline].into_iter().flatten().min().filter(|at| *at <= until) else { break };
            let passed = next - self.now;
            self.now = next;
            if sentence == Some(next) {
                self.sentence_done();
            } else {
                if let Some(saying) = self.speeches.front_mut().filter(|_| !self.paused) {
                    saying.left -= passed;
                }
                self.tell(Input::Timeout);
            }
        }
        if let Some(saying) = self.speeches.front_mut().filter(|_| !self.paused) {
            saying.left -= until - self.now;
        }
        self.now = until;
    }

    /// Lets the line finish what it is saying.
    pub fn let_speak(&mut self) {
        for _ in 0..1_000 {
            if self.speeches.is_empty() || self.paused || self.over {
                return;
            }
            let left = self.speeches[0].left;
            self.wait(left);
        }
        panic!("the line never stops speaking");
    }

    pub fn speaking(&self) -> bool {
        !self.speeches.is_empty() && !self.paused
    }

    /// The caller speaks for `voiced` and stops; the words come at the end of the turn.
    pub fn says_heard(&mut self, heard: Heard, voiced: Duration) {
        self.begins_to_speak(voiced);
        self.ends_turn(heard, voiced);
    }

    pub fn begins_to_speak(&mut self, voiced: Duration) {
        self.wait(Duration::from_millis(60));
        self.tell(Input::Voice(Verdict::SpeechStarted));
        if voiced >= Duration::from_millis(250) {
            self.wait(Duration::from_millis(190));
            self.tell(Input::Voice(Verdict::BargeIn));
            self.wait(voiced - Duration::from_millis(250));
        }
    }

    pub fn ends_turn(&mut self, heard: Heard, voiced: Duration) {
        self.wait(Duration::from_millis(200));
        self.tell(Input::Voice(Verdict::Paused));
        self.wait(Duration::from_millis(300));
        self.tell(Input::Voice(Verdict::Ended { voiced_ms: voiced.as_millis() as u32, silence_ms: 500 }));
        self.words_come(heard);
    }

    pub fn words_come(&mut self, heard: Heard) {
        if let Some(turn) = self.asked.take() {
            self.tell(Input::Heard { turn, heard });
        }
    }

    /// The caller says `text`, well heard.
    pub fn says(&mut self, text: &str) {
        self.says_heard(heard(text, 0.9), Duration::from_millis(900));
    }

    /// The caller asks `text`, for which the base holds `found`.
    pub fn asks(&mut self, text: &str, found: Found) {
        self.base.push_back(found);
        self.says(text);
    }

    pub fn human(&mut self, progress: Progress) {
        self.tell(Input::Transfer(progress));
    }

    pub fn last_turn(&self) -> &TurnRecord {
        self.turns.last().expect("a turn was recorded")
    }

    /// Whether the line has begun to say something that holds `part`.
    pub fn has_said(&self, part: &str) -> bool {
        self.said.iter().any(|sentence| sentence.contains(part))
    }

    fn begin(&mut self) {
        if let Some(saying) = self.speeches.front()
            && saying.next == 0
            && saying.left == SENTENCE
        {
            let id = saying.id;
            let first = saying.sentences.first().cloned().unwrap_or_default();
            if !self.said.ends_with(std::slice::from_ref(&first)) {
                self.said.push(first);
            }
            let now = self.now;
            self.call.handle(Input::Speech { speech: id, event: SpeechEvent::FirstSound { at: now, ready: now } }, now);
        }
    }

    fn sentence_done(&mut self) {
        let Some(saying) = self.speeches.front_mut() else { return };
        let (id, index) = (saying.id, saying.next);
        saying.next += 1;
        saying.left = SENTENCE;
        let finished = saying.next >= saying.sentences.len();
        let following = saying.sentences.get(saying.next).cloned();
        if finished {
            self.speeches.pop_front();
        } else {
            self.said.extend(following);
        }
        self.tell(Input::Speech { speech: id, event: SpeechEvent::SentenceDone(index) });
        if finished {
            self.tell(Input::Speech { speech: id, event: SpeechEvent::Finished });
            self.begin();
        }
    }
}

pub fn heard(text: &str, confidence: f32) -> Heard {
    Heard { text: text.to_owned(), confidence, duration_ms: 1_200, asr_ms: 300, ..Heard::default() }
}

/// An utterance whose words say nothing and whose sound is `meaning`.
pub fn sounded(text: &str, meaning: &str, score: f32) -> Heard {
    let phrase = standardiste::dialogue::Phrase { meaning: meaning.to_owned(), text: meaning.to_owned() };
    Heard { phrases: vec![PhraseScore { phrase, score }], ..heard(text, 0.2) }
}
