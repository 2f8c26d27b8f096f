//! What to say next: the language that hearing, finding and speaking share, the grammars,
//! the policy that turns probabilities into a decision, and the sentences of the line.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

mod danger;
pub mod ear;
pub mod grammar;
pub mod policy;
pub mod prompts;
pub mod words;

/// What the dialogue expects to hear: it sets the hearing's prompt and the phrases scored on the sound.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectation {
    /// Text that primes the recognizer («Oui. Non. Répétez. Acte de naissance…»); empty for none.
    pub prompt: String,
    /// Phrases whose likelihood on the sound itself is wanted, besides the free transcription.
    pub phrases: Vec<Phrase>,
    /// Tokens whose likelihood as the first one is wanted; measured with the phrases.
    pub signs: Option<Arc<Signs>>,
}

/// Tokens of one model, whose likelihoods as the first word tell short answers apart (see [`ear`]).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Signs {
    /// Size of the model's file, which stands for the model: with another nothing is measured.
    pub model_bytes: u64,
    /// As the model writes them, with their first space.
    pub tokens: Vec<String>,
}

/// A phrase that the dialogue can act on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phrase {
    /// What it means to the dialogue: its rule's name in the grammar, for instance `agent` or `yes`.
    pub meaning: String,
    /// Its words, for instance « Un agent. ».
    pub text: String,
}

/// Another way of writing what was heard, to be judged on the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// What it would mean: an entry's identifier.
    pub meaning: String,
    /// The whole sentence.
    pub text: String,
}

/// Which other ways of writing what was heard are worth judging; none for a hearing that leaves no doubt.
pub type Shortlist = Arc<dyn Fn(&Heard) -> Vec<Alternative> + Send + Sync>;

/// What was heard in one utterance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// The words; empty when nothing that can be trusted was said.
    pub text: String,
    /// Probability, 0 to 1, that the words are what was said.
    pub confidence: f32,
    /// Probability that there was no speech at all.
    pub no_speech: f32,
    pub words: Vec<Word>,
    /// log P(phrase | sound) minus the same on digital silence, best first (see `docs/ARCHITECTURE.md`). A phrase that the
    /// sound contradicts from its beginning is left out.
    pub phrases: Vec<PhraseScore>,
    /// Natural logarithm of each sign's probability as the first token, in their order; empty when not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<f32>,
    /// What the sound says of the alternatives of a shortlist: how much less likely each is than the words as heard,
    /// natural logarithm a token that differs. The phrase's meaning is the alternative's.
    pub alternatives: Vec<PhraseScore>,
    /// Length of the sound, milliseconds.
    pub duration_ms: u32,
    /// Time the recognizer took, milliseconds.
    pub asr_ms: u32,
    /// Why the transcription was refused, when `text` is empty for that reason.
    pub refused: Option<Refused>,
}

/// Why a transcription is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// Silence, noise or music: the model says that nobody spoke, or the sound does.
    NoSpeech,
    /// The same words over and over.
    Repetition,
    /// A sentence the model is known to make up (« Sous-titres réalisés par… »).
    Hallucination,
    /// Token probabilities too low to mean anything.
    Unlikely,
    /// The recognizer did not finish in time.
    TimeLimit,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    /// Probability, 0 to 1.
    pub probability: f32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhraseScore {
    pub phrase: Phrase,
    /// Natural-log likelihood ratio against digital silence; above 0 the sound favours the phrase.
    pub score: f32,
}

/// A démarche as the conversation needs it: one immutable published version of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topic {
    /// The entry's identifier, for instance `acte-naissance`.
    pub entry: String,
    /// Its published version, from 1.
    pub version: u32,
    /// How the line names it in a question, with its article: « un acte de naissance ».
    pub label: String,
    /// Official fiches, for instance `F1427`.
    pub service_public: Vec<String>,
    /// The official page it is made from, for whoever reads.
    pub source: Option<String>,
    /// The spoken answer.
    pub answer: String,
    /// Follow-ups on the same subject.
    pub facets: Vec<Facet>,
    /// The department that a hand-over goes to, a key of the configured destinations.
    pub department: String,
    /// Why only a human treats it; none when the line answers it.
    pub human: Option<Human>,
    /// Neighbours that callers mix up with this one.
    pub distinguish: Vec<Distinguish>,
}

/// Why a topic is a human's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Human {
    /// Another person's record, a register, a decision on a file.
    Private,
    /// Another service's business: the topic's answer says whose, then a human takes over.
    Elsewhere,
    /// The caller asks for a human.
    Requested,
    /// Somebody is in danger.
    Distress(grammar::Danger),
}

impl Human {
    /// As a file of the base writes it.
    pub fn name(self) -> &'static str {
        match self {
            Human::Private => "private",
            Human::Elsewhere => "elsewhere",
            Human::Requested => "requested",
            Human::Distress(danger) => danger.prompt(),
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|human| human.name() == name)
    }

    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [Human::Private, Human::Elsewhere, Human::Requested];
        plain.into_iter().chain(grammar::Danger::ALL.into_iter().map(Human::Distress))
    }

    /// Whether the topic has words of its own to say; the others have the line's.
    pub fn speaks(self) -> bool {
        self == Human::Elsewhere
    }
}

/// The question that tells a topic from a neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinguish {
    /// The neighbour's identifier.
    pub entry: String,
    /// « Est-ce un acte de naissance ou un acte de mariage ? »
    pub question: String,
}

/// A follow-up of a topic: « et ça coûte combien ? ».
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// `pieces`, `cout`, `delai`, `ou`, `en-ligne`, `pour-qui`.
    pub kind: String,
    /// Its spoken answer.
    pub answer: String,
}

/// One entry that may be what the caller wants.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub topic: Arc<Topic>,
    /// The facet asked for, an index into the topic's facets; `None` for the main answer.
    pub facet: Option<usize>,
    /// Probability, 0 to 1, that this is the entry the caller wants.
    pub probability: f32,
    /// The lexical score the probability was made from.
    pub score: f32,
}

/// What the base holds for a question, best first; empty when nothing fits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    pub candidates: Vec<Candidate>,
    /// The facet that the question's words ask for, whether or not a candidate has it: `cout`…
    pub facet: Option<String>,
    /// The question says nothing else: « et ça coûte combien ? ».
    pub facet_alone: bool,
    /// The question is about another person's record, a register or a file: never answered.
    pub private: bool,
    /// Time of the search, microseconds.
    pub search_us: u32,
}
