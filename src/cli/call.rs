//! `standardiste call`: a whole call without a telephone, on the real engines, in real time.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::figures::Spread;
use super::hear::read_wav;
use super::json_line;
use super::scripted::{Seen, place};
use crate::app;
use crate::audio::{SAMPLE_RATE, wav};
use crate::call::{Decision, Reason, Stages, TurnRecord, Way};
use crate::config::Config;
use crate::leg::Admission;
use crate::leg::scripted::Script;
use crate::switchboard::Desk;

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// Ce que dit l'appelant, une phrase par fichier ; chacune commence quand l'assistant a fini de parler
    #[arg(required = true, value_name = "FICHIER.wav", help_heading = "Arguments")]
    files: Vec<PathBuf>,
    /// Enregistre l'appel : l'appelant à gauche, la ligne à droite
    #[arg(long, value_name = "SORTIE.wav")]
    record: Option<PathBuf>,
    /// Un objet JSON par ligne
    #[arg(long)]
    json: bool,
    /// À partir de la deuxième phrase, l'appelant coupe la réponse après ce nombre de millisecondes
    #[arg(long, value_name = "MS")]
    interrupt_after: Option<u64>,
    /// Personne ne prend l'appel quand la ligne passe la main
    #[arg(long)]
    nobody: bool,
}

#[derive(Serialize)]
struct Turn<'a> {
    turn: u32,
    heard: &'a str,
    hearing_confidence: Option<f32>,
    decision: Decision,
    entry: &'a Option<String>,
    version: Option<u32>,
    service_public: &'a [String],
    probability: Option<f32>,
    reason: Reason,
    said: &'a str,
    interrupted: bool,
    voice_to_voice_ms: Option<u32>,
    stages: &'a Stages,
}

#[derive(Serialize)]
struct Summary<'a> {
    call: &'a str,
    turns: usize,
    ended: &'a str,
    handed_over: Option<Reason>,
    destination: &'a Option<String>,
    way: Option<Way>,
    median_voice_to_voice_ms: Option<u32>,
    duration_s: f32,
}

pub async fn run(config: Config, options: Options) -> anyhow::Result<bool> {
    let mut utterances = Vec::new();
    for file in &options.files {
        utterances.push(read_wav(file).with_context(|| file.display().to_string())?);
    }
    let script = Script {
        utterances,
        interrupt_after: options.interrupt_after.map(Duration::from_millis),
        human_answers: !options.nobody,
        from: "appelant".into(),
    };
    let ready = app::ready(&config).await?;
    let desk = Desk::new(ready.engines, Admission::new(1, Duration::from_secs(1)));
    let placed = place(&desk, script, |seen| match seen {
        Seen::Turn(turn) => print(turn, options.json),
        Seen::Message(message) => {
            if !options.json {
                printed!("Message laissé par {} ({}) : {}", message.name, message.number, message.text);
            }
            Ok(())
        }
    })
    .await;
    // What was written of the call reaches the disk before the program ends.
    ready.base.store.close().await;
    let placed = placed?;
    let delays = Spread::of(placed.turns.iter().filter_map(|turn| turn.voice_to_voice_ms).map(f64::from));
    let summary = Summary {
        call: &placed.id,
        turns: placed.turns.len(),
        ended: &placed.end.how,
        handed_over: placed.end.handed_over,
        destination: &placed.end.destination,
        way: placed.end.way,
        median_voice_to_voice_ms: delays.map(|delays| delays.median as u32),
        duration_s: placed.duration.as_secs_f32(),
    };
    if options.json {
        json_line(&summary)?;
    } else {
        printed!(
            "Appel fini ({}) : {} échanges en {:.0} s, réponse médiane en {} ms.",
            summary.ended,
            summary.turns,
            summary.duration_s,
            summary.median_voice_to_voice_ms.map_or("–".into(), |ms| ms.to_string())
        );
    }
    if let Some(path) = &options.record {
        wav::write_stereo(path, &placed.recording.caller, &placed.recording.line, SAMPLE_RATE)
            .with_context(|| path.display().to_string())?;
    }
    Ok(true)
}

fn print(turn: &TurnRecord, json: bool) -> anyhow::Result<()> {
    if json {
        return json_line(&Turn {
            turn: turn.turn,
            heard: &turn.heard,
            hearing_confidence: turn.hearing_confidence,
            decision: turn.decision,
            entry: &turn.entry,
            version: turn.version,
            service_public: &turn.service_public,
            probability: turn.probability,
            reason: turn.reason,
            said: &turn.said,
            interrupted: turn.interrupted,
            voice_to_voice_ms: turn.voice_to_voice_ms,
            stages: &turn.stages,
        });
    }
    printed!(
        "{}. « {} » → {:?} {} ({:?}), {} ms\n   {}{}",
        turn.turn,
        turn.heard,
        turn.decision,
        turn.entry.as_deref().unwrap_or("–"),
        turn.reason,
        turn.voice_to_voice_ms.map_or("–".into(), |ms| ms.to_string()),
        turn.said,
        if turn.interrupted { " [interrompu]" } else { "" }
    );
    Ok(())
}
