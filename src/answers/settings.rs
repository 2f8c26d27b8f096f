//! How the search weighs what it finds.

use std::sync::Arc;

use super::sounds::Sounds;
use super::vectors::Vectors;

/// The defaults were tried on the development questions.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Entries examined closely, a count; the right one is among the first three in practice.
    pub considered: usize,
    /// Documents (one a way of asking) asked of tantivy: 10 ways an entry, twice the entries considered, and room.
    pub documents: usize,
    /// Weight of the ways of asking in the lexical score: they are what callers say.
    pub question_boost: f32,
    /// Weight of title, label and keywords: written words, said less often.
    pub about_boost: f32,
    /// Weight of the answer's and facets' words: a hint only, for they name neighbours too.
    pub answer_boost: f32,
    /// Weight of two neighbouring words found together: « acte de mariage » against « acte » and « mariage ».
    pub pair_boost: f32,
    /// Information of a weak word relative to a strong one, 0 to 1.
    pub weak: f32,
    /// Share, 0 to 1, of a word that is explained when only the answer holds it.
    pub answer_explains: f32,
    /// Share, 0 to 1, of a follow-up word explained by an entry that does not have that facet.
    pub missing_facet_explains: f32,
    /// Entries proposed by their sound, a count, besides those of the words.
    pub sounding: usize,
    /// What gives the words' sounds; without it what is misheard is not found again.
    pub sounds: Option<Arc<Sounds>>,
    /// Entries proposed by their meaning, a count, besides those of the words and of the sound.
    pub meaning: usize,
    /// Entries proposed by what was learned of all ways of asking, a count, likewise.
    pub learned: usize,
    /// What gives the words' meanings; without it what is said in words of one's own is not found.
    pub vectors: Option<Arc<Vectors>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            considered: 8,
            documents: 160,
            question_boost: 1.0,
            about_boost: 0.7,
            answer_boost: 0.25,
            pair_boost: 0.8,
            weak: 0.25,
            answer_explains: 0.5,
            missing_facet_explains: 0.5,
            sounding: 4,
            sounds: None,
            meaning: 3,
            learned: 3,
            vectors: None,
        }
    }
}
