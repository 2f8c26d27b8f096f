//! Why a transcription is not believed.

use super::sound::Evidence;
use super::words::{self, Token};
use crate::dialogue::Refused;

pub fn unheard(evidence: &Evidence) -> Option<Refused> {
    let _ = evidence;
    None
}

pub fn judge(tokens: &[Token], no_speech: f32, evidence: &Evidence) -> Option<Refused> {
    let _ = (tokens, no_speech, evidence, words::text(tokens));
    None
}
