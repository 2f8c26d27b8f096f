//! Whisper through whisper.cpp: one copy of the weights, one state a worker.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError, WhisperState};

use super::phrases::{Baseline, Ground, Scorer, tokenize, unknown};
use super::vocabulary::Vocabulary;
use super::words::{self, Token};
use super::{Error, ModelInfo, Recognizer, SAMPLE_RATE, Settings, model_file, refusal, sound};
use crate::dialogue::{Expectation, Heard, PhraseScore, Refused, Shortlist, Signs};

/// Encoder positions of one second of sound, and of Whisper's whole window.
const POSITIONS_PER_SECOND: usize = 50;
const FULL_WINDOW: usize = 1500;
/// Positions kept after the end of the utterance, and the step the window is rounded up to. On 80 recorded prompts
/// 64, 128 and 200 gave a word error rate of 18.3, 18.6 and 19.3 %, in 450, 580 and 680 ms.
const WINDOW_MARGIN: usize = 64;
/// The same after a prompt, which makes a decoder with little room say everything twice.
const WINDOW_MARGIN_PROMPTED: usize = 200;
const WINDOW_STEP: usize = 64;
/// Text and timestamp tokens allowed: fast French speech is under 7 a second.
const TOKENS_FIXED: usize = 12;
const TOKENS_PER_SECOND: usize = 8;
/// Tokens of the prompt that are kept, its last ones: each costs time, and half of Whisper's text context is the most.
const PROMPT_TOKENS: usize = 160;
/// whisper.cpp hears nothing under 100 ms, and edges matter: a short utterance is padded to this.
const SHORTEST: usize = SAMPLE_RATE / 2;

/// Silence that phrases are scored on: as long as a short command.
const SILENCE: usize = SAMPLE_RATE * 3 / 2;

/// How much of the encoder's window is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Cut to the utterance: several times faster.
    Cut,
    /// The 30 seconds that Whisper was trained on.
    Full,
}

/// The weights, shared by every worker.
#[derive(Debug, Clone)]
pub struct Weights {
    context: Arc<WhisperContext>,
    vocabulary: Arc<Vocabulary>,
    baseline: Arc<Baseline>,
    info: ModelInfo,
    language: i32,
    settings: Arc<Settings>,
}

impl Weights {
    /// Checks the file and loads it. The process keeps one copy whatever the number of workers.
    pub fn load(settings: &Settings) -> Result<Self, Error> {
        whisper_rs::install_logging_hooks();
        let info = model_file::check(&settings.model)?;
        let language =
            whisper_rs::get_lang_id(&settings.language).ok_or_else(|| Error::Language(settings.language.clone()))?;
        let context =
            WhisperContext::new_with_params(&settings.model, WhisperContextParameters::default()).map_err(|e| {
                Error::Model { path: settings.model.clone(), problem: format!("whisper.cpp refused it ({e})") }
            })?;
        let written = std::fs::metadata(&settings.model).and_then(|file| file.modified()).ok();
        let ground = Ground { model: settings.model.clone(), written, language };
        Ok(Self {
            vocabulary: Arc::new(Vocabulary::of(&context)),
            context: Arc::new(context),
            baseline: Baseline::of(ground),
            info,
            language,
            settings: Arc::new(settings.clone()),
        })
    }

    pub fn info(&self) -> &ModelInfo {
        &self.info
    }
}

/// One worker's recognizer: the shared weights and a state of its own.
pub struct Whisper {
    weights: Weights,
    state: WhisperState,
    /// Language and fixed choices, set once: `FullParams::set_language` leaks its string at each call.
    params: FullParams<'static, 'static>,
    window: Window,
    /// The signs last asked for, as this model's tokens.
    signs: (Option<Arc<Signs>>, Vec<Option<i32>>),
}

impl Whisper {
    pub fn new(weights: &Weights) -> Result<Self, Error> {
        let state = weights.context.create_state().map_err(engine)?;
        let settings = &weights.settings;
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        params.set_language(whisper_rs::get_lang_str(weights.language));
        params.set_n_threads(settings.threads.max(1) as i32);
        params.set_no_context(true);
        params.set_no_timestamps(false);
        params.set_temperature_inc(0.0);
        // whisper.cpp drops the text of a segment that it takes for silence; refusal judges that itself.
        params.set_no_speech_thold(2.0);
        params.set_print_progress(false);
        params.set_print_realtime(false);
        params.set_print_special(false);
        params.set_print_timestamps(false);
        Ok(Self { weights: weights.clone(), state, params, window: Window::Cut, signs: (None, Vec::new()) })
    }

    /// Hears with the whole window instead of the cut one; for measures.
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// `None` when the time limit came first.
    fn transcribe(
        &mut self,
        samples: &[f32],
        prompt: &[i32],
        window: Window,
        guard: &Guard,
    ) -> Result<Option<Vec<Token>>, Error> {
        let mut params: FullParams<'_, '_> = self.params.clone();
        let seconds = samples.len().div_ceil(SAMPLE_RATE);
        let positions = window_positions(samples.len(), window, !prompt.is_empty());
        params.set_audio_ctx(positions as i32);
        params.set_single_segment(samples.len() < FULL_WINDOW / POSITIONS_PER_SECOND * SAMPLE_RATE);
        params.set_max_tokens((TOKENS_FIXED + TOKENS_PER_SECOND * seconds) as i32);
        if !prompt.is_empty() {
            params.set_tokens(prompt);
        }
        // SAFETY: `guard` outlives the call of `full`, the only user of the callback, and is only read there.
        // whisper-rs's own `set_abort_callback_safe` hands its trampoline a pointer of another type.
        unsafe {
            params.set_abort_callback(Some(give_up));
            params.set_abort_callback_user_data(std::ptr::from_ref(guard).cast_mut().cast());
        }
        let done = self.state.full(params, samples);
        if guard.cancel.load(Ordering::Acquire) {
            return Err(Error::Cancelled);
        }
        match done {
            Ok(()) => Ok(Some(self.tokens())),
            Err(_) if guard.late() => Ok(None),
            Err(e) => Err(engine(e)),
        }
    }

    fn tokens(&self) -> Vec<Token> {
        let end = self.weights.context.token_eot();
        let mut tokens = Vec::new();
        for segment in self.state.as_iter() {
            for at in 0..segment.n_tokens() {
                let Some(token) = segment.get_token(at) else { continue };
                if token.token_id() < end
                    && let Ok(bytes) = token.to_bytes()
                {
                    tokens.push(Token { bytes: bytes.to_vec(), probability: token.token_probability() });
                }
            }
        }
        tokens
    }

    fn scorer<'a>(&'a mut self, deadline: Option<Instant>, cancel: &'a AtomicBool) -> Scorer<'a> {
        Scorer {
            context: &self.weights.context,
            state: &mut self.state,
            language: self.weights.language,
            threads: self.weights.settings.threads.max(1),
            deadline,
            cancel,
        }
    }

    /// Scores on silence what has no score yet.
    fn learn(&mut self, sequences: &[Vec<i32>], cancel: &AtomicBool) -> Result<(), Error> {
        let missing = unknown(&self.weights.baseline, sequences);
        if missing.is_empty() {
            return Ok(());
        }
        let guard = Guard::new(cancel, Duration::from_secs(60));
        self.transcribe(&[0.0; SILENCE], &[], Window::Cut, &guard)?;
        let baseline = Arc::clone(&self.weights.baseline);
        self.scorer(None, cancel).learn(&baseline, &missing)
    }

    fn phrases(
        &mut self,
        expect: &Expectation,
        sequences: &[Vec<i32>],
        cancel: &AtomicBool,
    ) -> Result<(Vec<PhraseScore>, Vec<f32>), Error> {
        if sequences.is_empty() {
            return Ok(Default::default());
        }
        self.know(expect.signs.as_ref());
        let deadline = Instant::now() + self.weights.settings.phrase_budget;
        let baseline = Arc::clone(&self.weights.baseline);
        let signs = std::mem::take(&mut self.signs.1);
        let scored = self.scorer(Some(deadline), cancel).score(&baseline, &expect.phrases, sequences, &signs);
        self.signs.1 = signs;
        scored
    }

    /// Looks the signs up, which are the same from one utterance to the next; none when they are another model's.
    fn know(&mut self, signs: Option<&Arc<Signs>>) {
        let same = match (&self.signs.0, signs) {
            (Some(known), Some(asked)) => Arc::ptr_eq(known, asked),
            (known, asked) => known.is_none() && asked.is_none(),
        };
        if same {
            return;
        }
        let ours = signs.filter(|signs| signs.model_bytes == self.weights.info.bytes);
        let tokens = ours.map_or(&[][..], |signs| &signs.tokens);
        self.signs = (signs.cloned(), tokens.iter().map(|text| self.weights.vocabulary.token(text)).collect());
    }
}

impl Recognizer for Whisper {
    fn hear(
        &mut self,
        samples: &[f32],
        expect: &Expectation,
        shortlist: Option<&Shortlist>,
        cancel: &AtomicBool,
    ) -> Result<Heard, Error> {
        let begun = Instant::now();
        let duration_ms = (samples.len() * 1000 / SAMPLE_RATE) as u32;
        let evidence = sound::evidence(samples);
        let mut heard = Heard { duration_ms, ..Heard::default() };
        if let Some(why) = refusal::unheard(&evidence) {
            heard.refused = Some(why);
            heard.no_speech = 1.0;
            return Ok(heard);
        }
        let scored = Duration::from_millis(duration_ms.into()) <= self.weights.settings.phrase_longest;
        let sequences = if scored { tokenize(&self.weights.vocabulary, &expect.phrases) } else { Vec::new() };
        self.learn(&sequences, cancel)?;

        let prompt = prompt_tokens(&self.weights.vocabulary, &expect.prompt);
        let limit = self.weights.settings.time_limit;
        let guard = Guard { cancel, deadline: begun + limit };
        let padded = padded(samples);
        let first = Instant::now();
        let Some(mut tokens) = self.transcribe(&padded, &prompt, self.window, &guard)? else {
            return Ok(too_late(heard, begun));
        };
        heard.no_speech = self.scorer(None, cancel).no_speech()?;
        let first = first.elapsed();
        // Even when the words are refused: a short answer is often misread, or taken for noise, and still recognised.
        (heard.phrases, heard.signs) = self.phrases(expect, &sequences, cancel)?;
        let mut refused = refusal::judge(&tokens, heard.no_speech, &expect.prompt);
        let left = guard.deadline.saturating_duration_since(Instant::now());
        let again = refused == Some(Refused::Repetition)
            && self.window == Window::Cut
            && left > full_window_estimate(first, padded.len(), !prompt.is_empty());
        if again && let Some(longer) = self.transcribe(&padded, &prompt, Window::Full, &guard)? {
            tokens = longer;
            refused = refusal::judge(&tokens, heard.no_speech, &expect.prompt);
        }
        heard.refused = refused;
        if refused.is_none() {
            heard.text = words::text(&tokens);
            heard.words = words::words(&tokens);
            heard.confidence = words::confidence(&tokens, heard.no_speech);
        } else {
            tracing::debug!(
                ?refused,
                ?evidence,
                no_speech = heard.no_speech,
                tokens = tokens.len(),
                "transcription refused"
            );
        }
        if let Some(shortlist) = shortlist.filter(|_| !heard.text.is_empty()) {
            heard.alternatives = self.alternatives(&heard, shortlist, cancel)?;
        }
        heard.asr_ms = begun.elapsed().as_millis() as u32;
        Ok(heard)
    }

    fn prepare(&mut self, expect: &[Expectation]) -> Result<(), Error> {
        let never = AtomicBool::new(false);
        for expectation in expect {
            let sequences = tokenize(&self.weights.vocabulary, &expectation.phrases);
            self.learn(&sequences, &never)?;
        }
        Ok(())
    }
}

impl Whisper {
    fn alternatives(
        &mut self,
        heard: &Heard,
        shortlist: &Shortlist,
        cancel: &AtomicBool,
    ) -> Result<Vec<PhraseScore>, Error> {
        let others = shortlist(heard);
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let deadline = Instant::now() + self.weights.settings.alternatives_budget;
        let vocabulary = Arc::clone(&self.weights.vocabulary);
        self.scorer(Some(deadline), cancel).weigh(&vocabulary, &heard.text, &others)
    }
}

/// When a running transcription must stop.
struct Guard<'a> {
    cancel: &'a AtomicBool,
    deadline: Instant,
}

impl<'a> Guard<'a> {
    fn new(cancel: &'a AtomicBool, limit: Duration) -> Self {
        Self { cancel, deadline: Instant::now() + limit }
    }

    fn late(&self) -> bool {
        Instant::now() >= self.deadline
    }
}

/// whisper.cpp asks after the encoder and after each token.
unsafe extern "C" fn give_up(guard: *mut c_void) -> bool {
    // SAFETY: `transcribe` passes a `Guard` that outlives the call.
    let guard = unsafe { &*guard.cast::<Guard<'_>>() };
    guard.cancel.load(Ordering::Acquire) || guard.late()
}

fn too_late(mut heard: Heard, begun: Instant) -> Heard {
    heard.refused = Some(Refused::TimeLimit);
    heard.asr_ms = begun.elapsed().as_millis() as u32;
    heard
}

fn window_positions(samples: usize, window: Window, prompted: bool) -> usize {
    let margin = if prompted { WINDOW_MARGIN_PROMPTED } else { WINDOW_MARGIN };
    let needed = (samples * POSITIONS_PER_SECOND).div_ceil(SAMPLE_RATE) + margin;
    match window {
        Window::Cut => needed.next_multiple_of(WINDOW_STEP).min(FULL_WINDOW),
        Window::Full => FULL_WINDOW,
    }
}

/// A full window's time from the cut one's: the encoder is all but linear in its positions.
fn full_window_estimate(cut: Duration, samples: usize, prompted: bool) -> Duration {
    cut * FULL_WINDOW as u32 / window_positions(samples, Window::Cut, prompted) as u32
}

fn prompt_tokens(vocabulary: &Vocabulary, prompt: &str) -> Vec<i32> {
    if prompt.trim().is_empty() {
        return Vec::new();
    }
    let mut tokens = vocabulary.encode(prompt);
    if tokens.len() > PROMPT_TOKENS {
        tokens.drain(..tokens.len() - PROMPT_TOKENS);
    }
    tokens
}

fn padded(samples: &[f32]) -> std::borrow::Cow<'_, [f32]> {
    if samples.len() >= SHORTEST {
        return samples.into();
    }
    let mut longer = samples.to_vec();
    longer.resize(SHORTEST, 0.0);
    longer.into()
}

pub fn engine(error: WhisperError) -> Error {
    Error::Engine(error.to_string())
}
