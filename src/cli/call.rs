//! `standardiste call`: a whole call without a telephone, on the real engines, in real time.

use std::path::PathBuf;
use std::sync::PoisonError;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::sync::mpsc;

use super::hear::read_wav;
use super::json_line;
use crate::app;
use crate::audio::{SAMPLE_RATE, wav};
use crate::call::{CallEnd, Decision, Reason, Record, Stages, TurnRecord};
use crate::config::Config;
use crate::leg::scripted::{Script, ScriptedLeg};
use crate::switchboard::Observer;

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
    median_voice_to_voice_ms: Option<u32>,
    duration_s: f32,
}

pub async fn run(config: Config, options: Options) -> anyhow::Result<bool> {
    let mut utterances = Vec::new();
    for file in &options.files {
        utterances.push(read_wav(file).map_err(|error| error.context(file.display().to_string()))?);
    }
    let desk = app::desk_without_telephone(&config).await?;
    let leg = ScriptedLeg::new(Script {
        utterances,
        interrupt_after: options.interrupt_after.map(Duration::from_millis),
        human_answers: !options.nobody,
        from: "appelant".into(),
    })?;
    let recording = leg.recording();
    let (records_in, mut records) = mpsc::unbounded_channel();
    let begun = std::time::Instant::now();
    let call = tokio::spawn(async move { desk.take(leg, Observer::new(records_in)).await });
    let mut id = String::new();
    let mut last: Option<TurnRecord> = None;
    let mut delays = Vec::new();
    let mut turns = 0;
    let mut end: Option<CallEnd> = None;
    while let Some(record) = records.recv().await {
        match record {
            Record::Start(start) => id = start.id,
            Record::Turn(turn) => {
                // A turn is written again as more of it is known; it is printed once, when the next begins.
                if last.as_ref().is_some_and(|last| last.turn != turn.turn)
                    && let Some(done) = last.take()
                {
                    turns += 1;
                    delays.extend(done.voice_to_voice_ms);
                    print(&done, options.json)?;
                }
                last = Some(*turn);
            }
            Record::Message(message) => {
                if !options.json {
                    println!("Message laissé : {}", message.text);
                }
            }
            Record::End(ended) => end = Some(ended),
        }
    }
    if let Some(done) = last.take() {
        turns += 1;
        delays.extend(done.voice_to_voice_ms);
        print(&done, options.json)?;
    }
    call.await?;
    delays.sort_unstable();
    let end = end.ok_or_else(|| anyhow::anyhow!("l'appel s'est arrêté sans fin écrite"))?;
    let summary = Summary {
        call: &id,
        turns,
        ended: &end.how,
        handed_over: end.handed_over,
        destination: &end.destination,
        median_voice_to_voice_ms: delays.get(delays.len() / 2).copied(),
        duration_s: begun.elapsed().as_secs_f32(),
    };
    if options.json {
        json_line(&summary)?;
    } else {
        println!(
            "Appel fini ({}) : {} échanges en {:.0} s, réponse médiane en {} ms.",
            summary.ended,
            summary.turns,
            summary.duration_s,
            summary.median_voice_to_voice_ms.map_or("–".into(), |ms| ms.to_string())
        );
    }
    if let Some(path) = &options.record {
        let recording = recording.lock().unwrap_or_else(PoisonError::into_inner).clone();
        wav::write_stereo(path, &recording.caller, &recording.line, SAMPLE_RATE)?;
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
    println!(
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
