//! `standardiste bench call`: whole calls, and what they cost.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::usage::{self, Memory};
use crate::app::{self, Ready};
use crate::call::{Decision, Stages, TurnRecord};
use crate::cli::figures::Spread;
use crate::cli::hear::read_wav;
use crate::cli::json_line;
use crate::cli::scripted::{Seen, place};
use crate::config::Config;
use crate::dialogue::Expectation;
use crate::french;
use crate::leg::Admission;
use crate::leg::scripted::Script;
use crate::store::Store;
use crate::switchboard::{self, Desk};

/// Known questions spoken when no file is given: the first ways of asking of the first entries.
const ENTRIES: usize = 6;
const WAYS: usize = 2;
/// Questions of one call, as a caller who has a few of them.
const PER_CALL: usize = 3;
/// The processor is watched this long while nothing happens.
const REST: Duration = Duration::from_secs(5);

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Des questions, une par fichier, trois par appel. Sans fichier : douze questions de la base, dites par la voix de la ligne
    #[arg(value_name = "FICHIER.wav", help_heading = "Arguments")]
    files: Vec<PathBuf>,
    /// Combien de fois passer tous les appels. Sans cela : une
    #[arg(long, value_name = "NOMBRE", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// Un objet JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Measured {
    calls: usize,
    turns: usize,
    /// Turns that got an answer, a question of confirmation, a choice, a human… in this order of decisions.
    decisions: Decisions,
    voice_to_voice_ms: Option<Spread>,
    /// The same, of the turns that were answered at once.
    answered_voice_to_voice_ms: Option<Spread>,
    stages_ms: StageSpreads,
    call_s: Option<Spread>,
    processor_s_a_call: f64,
    processor_at_rest_percent: f64,
    memory_idle_mb: f64,
    memory_peak_mb: f64,
}

#[derive(Default, Serialize)]
struct Decisions {
    answer: usize,
    confirm: usize,
    clarify: usize,
    escalate: usize,
    command: usize,
    reprompt: usize,
}

#[derive(Serialize)]
struct StageSpreads {
    end_of_turn: Option<Spread>,
    asr: Option<Spread>,
    asr_wait: Option<Spread>,
    search: Option<Spread>,
    tts: Option<Spread>,
    playout: Option<Spread>,
}

pub async fn run(config: &Config, options: &Options) -> anyhow::Result<bool> {
    let mut ready = app::ready(config).await?;
    let questions = if options.files.is_empty() {
        spoken_questions(&ready).await?
    } else {
        let read = |file: &PathBuf| read_wav(file).with_context(|| file.display().to_string());
        options.files.iter().map(read).collect::<anyhow::Result<_>>()?
    };
    rehearse(&ready, &questions).await?;
    // These calls are written like others, but not among the town's.
    let scratch = std::env::temp_dir().join(format!("standardiste-bench-{}", uuid::Uuid::new_v4().simple()));
    let store = Store::open(&scratch.join("calls.sqlite")).await?;
    ready.base.store.close().await;
    ready.engines.store = Some(store.clone());
    let measured = measure(Desk::new(ready.engines, Admission::new(1, Duration::from_secs(1))), &questions, options);
    let measured = measured.await;
    store.close().await;
    std::fs::remove_dir_all(&scratch).with_context(|| scratch.display().to_string())?;
    let measured = measured?;
    if options.json {
        json_line(&measured)?;
    } else {
        print(&measured);
    }
    Ok(true)
}

async fn measure(desk: Desk, questions: &[Vec<i16>], options: &Options) -> anyhow::Result<Measured> {
    let (rest, idle) = at_rest().await?;
    let before = usage::processor()?;
    let mut turns: Vec<TurnRecord> = Vec::new();
    let mut lengths = Vec::new();
    for _ in 0..options.rounds.unwrap_or(1) {
        for questions in questions.chunks(PER_CALL) {
            let script = Script {
                utterances: questions.to_vec(),
                interrupt_after: None,
                human_answers: true,
                from: "appelant".into(),
            };
            let placed = place(&desk, script, |seen| {
                if let Seen::Turn(turn) = seen {
                    eprintln!(
                        "« {} » → {:?} {}, {} ms",
                        turn.heard,
                        turn.decision,
                        turn.entry.as_deref().unwrap_or("–"),
                        turn.voice_to_voice_ms.map_or("–".into(), |ms| ms.to_string())
                    );
                }
                Ok(())
            })
            .await?;
            lengths.push(placed.duration.as_secs_f64());
            turns.extend(placed.turns);
        }
    }
    let used = usage::processor()?.saturating_sub(before);
    let of = |pick: fn(&Stages) -> Option<u32>| Spread::of(turns.iter().filter_map(|t| pick(&t.stages)).map(f64::from));
    let delays = |turns: &mut dyn Iterator<Item = &TurnRecord>| {
        Spread::of(turns.filter_map(|turn| turn.voice_to_voice_ms).map(f64::from))
    };
    Ok(Measured {
        calls: lengths.len(),
        turns: turns.len(),
        decisions: decisions(&turns),
        voice_to_voice_ms: delays(&mut turns.iter()),
        answered_voice_to_voice_ms: delays(&mut turns.iter().filter(|turn| turn.decision == Decision::Answer)),
        stages_ms: StageSpreads {
            end_of_turn: of(|stages| stages.end_of_turn),
            asr: of(|stages| stages.asr),
            asr_wait: of(|stages| stages.asr_wait),
            search: of(|stages| stages.search),
            tts: of(|stages| stages.tts),
            playout: of(|stages| stages.playout),
        },
        processor_s_a_call: used.as_secs_f64() / lengths.len().max(1) as f64,
        call_s: Spread::of(lengths),
        processor_at_rest_percent: rest,
        memory_idle_mb: idle.now,
        memory_peak_mb: usage::memory()?.peak,
    })
}

fn decisions(turns: &[TurnRecord]) -> Decisions {
    let mut counted = Decisions::default();
    for turn in turns {
        *match turn.decision {
            Decision::Answer => &mut counted.answer,
            Decision::Confirm => &mut counted.confirm,
            Decision::Clarify => &mut counted.clarify,
            Decision::Escalate => &mut counted.escalate,
            Decision::Command => &mut counted.command,
            Decision::Reprompt => &mut counted.reprompt,
        } += 1;
    }
    counted
}

/// The processor's share, percent of one core, and the memory, while nobody calls.
async fn at_rest() -> anyhow::Result<(f64, Memory)> {
    let before = usage::processor()?;
    tokio::time::sleep(REST).await;
    let used = usage::processor()?.saturating_sub(before);
    Ok((used.as_secs_f64() / REST.as_secs_f64() * 100.0, usage::memory()?))
}

/// Questions of the base itself, in the line's voice; two ways of asking the same thing are far apart.
async fn spoken_questions(ready: &Ready) -> anyhow::Result<Vec<Vec<i16>>> {
    let base = app::stored_base(&ready.base.store).await?;
    let known: Vec<_> = base.iter().filter(|known| !known.entry.service_public.is_empty()).take(ENTRIES).collect();
    let mut spoken = Vec::new();
    for way in 0..WAYS {
        for question in known.iter().filter_map(|known| known.entry.questions.get(way)) {
            spoken.push(say(ready, question).await?);
        }
    }
    anyhow::ensure!(!spoken.is_empty(), "la base publiée n'a aucune question à poser ; donnez des fichiers WAV");
    Ok(spoken)
}

async fn say(ready: &Ready, text: &str) -> anyhow::Result<Vec<i16>> {
    let mut samples = Vec::new();
    for sentence in french::sentences(text) {
        samples.extend_from_slice(&ready.voice.sentence(&sentence, 1.0).await?.samples);
    }
    Ok(samples)
}

/// Has the voice say beforehand what the line will say, as the service does in the background when it starts.
async fn rehearse(ready: &Ready, questions: &[Vec<i16>]) -> anyhow::Result<()> {
    let line = &ready.engines.line;
    let index = ready.engines.base.current();
    let mut texts: Vec<String> = line.greeting().into_iter().map(|(text, _)| text).collect();
    texts.extend(line.prompts.known_in_advance(&[("mairie", &line.settings.mairie)]));
    for question in questions {
        let heard = ready.engines.hearing.hear(question.clone(), Expectation::default()).await?;
        texts.extend(switchboard::ask(&Arc::clone(line), &index, &heard.text).map(|turn| turn.said));
    }
    for sentence in texts.iter().flat_map(|text| french::sentences(text)) {
        ready.voice.sentence(&sentence, line.settings.speed).await?;
    }
    Ok(())
}

fn print(measured: &Measured) {
    printed!(
        "{} appels, {} échanges : {} réponses, {} confirmations, {} choix, {} passages à un agent, {} commandes, {} reprises",
        measured.calls,
        measured.turns,
        measured.decisions.answer,
        measured.decisions.confirm,
        measured.decisions.clarify,
        measured.decisions.escalate,
        measured.decisions.command,
        measured.decisions.reprompt
    );
    let stages = &measured.stages_ms;
    for (name, spread) in [
        ("délai de réponse, ms", &measured.voice_to_voice_ms),
        ("délai des réponses directes, ms", &measured.answered_voice_to_voice_ms),
        ("  attente de la fin de phrase", &stages.end_of_turn),
        ("  écoute", &stages.asr),
        ("  écoute restant à attendre", &stages.asr_wait),
        ("  recherche", &stages.search),
        ("  voix", &stages.tts),
        ("  lecture", &stages.playout),
        ("durée d'un appel, s", &measured.call_s),
    ] {
        if let Some(spread) = spread {
            printed!("{name} : {spread}");
        }
    }
    printed!("calcul : {:.1} s de processeur par appel", measured.processor_s_a_call);
    printed!("au repos : {:.1} % d'un cœur", measured.processor_at_rest_percent);
    printed!("mémoire : {:.0} Mo au repos, {:.0} Mo au plus", measured.memory_idle_mb, measured.memory_peak_mb);
}
