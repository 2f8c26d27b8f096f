//! `standardiste bench commands`: how well spoken commands are recognised, and how often something else is taken for one.

mod fit;
mod score;
mod voices;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use crate::app;
use crate::asr::{Pool, Settings, evaluate, prompts};
use crate::call::{Asked, Line};
use crate::cli::ask::read_questions;
use crate::cli::json_line;
use crate::config::Config;
use crate::dialogue::Heard;
use crate::dialogue::grammar::Command;
use crate::{french, tts};
use score::Measured;
use voices::{Speaker, Voice};

/// What is said: what the line had asked, the command meant, the words.
const SPOKEN: &str = include_str!("spoken.tsv");
/// What a person says in Debian's recordings, with what it means.
const RECORDINGS: [(&str, Command); 2] = [("spy-agent", Command::Agent), ("vm-goodbye", Command::Goodbye)];
/// What the line asks about when it asks for yes or no.
const ABOUT: &str = "un acte de naissance";
/// Short things that are none, for the ear to learn from.
const OTHER: &str = include_str!("other.txt");
const THINGS_A_VOICE: usize = 45;
const QUESTIONS_A_VOICE: usize = 15;
/// Words.
const SHORT_QUESTION: usize = 6;
const SEED: u64 = 20_261_122;
/// What is recognised is measured here, not how fast: a busy machine must not change the figures.
const NO_LIMIT: Duration = Duration::from_secs(120);

#[derive(Args)]
#[command(next_help_heading = "Options")]
pub struct Options {
    /// D'autres questions qui ne sont pas des commandes, en plus de celles de la base : un fichier à colonne « text »
    #[arg(long, value_name = "FICHIER.tsv")]
    questions: Option<PathBuf>,
    /// Combien de phrases sans commande, tirées toujours de la même façon, de chaque sorte. Sans cela : 150
    #[arg(long, value_name = "NOMBRE", value_parser = clap::value_parser!(u32).range(1..))]
    others: Option<u32>,
    /// La fiche d'une autre voix, en plus ; se répète
    #[arg(long, value_name = "FICHE.toml")]
    voice: Vec<PathBuf>,
    /// Apprend à l'oreille ce que disent les premiers mots possibles, avec d'autres voix que celles mesurées, et écrit ce fichier
    #[arg(long, value_name = "FICHIER.tsv", conflicts_with = "own_voice")]
    fit: Option<PathBuf>,
    /// La voix de la ligne seulement
    #[arg(long)]
    own_voice: bool,
    /// Écrit ce qui a été entendu de chaque phrase, un objet JSON par ligne
    #[arg(long, value_name = "FICHIER.jsonl")]
    details: Option<PathBuf>,
    /// Un objet JSON
    #[arg(long)]
    json: bool,
}

/// Something to be said.
#[derive(Debug, Clone)]
struct Saying {
    voice: usize,
    asked: Asked,
    /// What it means; `None` for what is no command.
    meaning: Option<Command>,
    text: String,
    /// For what a person says.
    recording: Option<PathBuf>,
}

/// Something said and heard.
#[derive(Debug)]
struct Utterance {
    saying: Saying,
    heard: Heard,
}

pub async fn run(config: &Config, options: &Options) -> anyhow::Result<bool> {
    let line = app::line(config)?;
    let mut voices = if options.fit.is_some() { voices::learned_from() } else { voices::measured() };
    voices.extend(voices::cards(&options.voice));
    voices.retain(|voice| voice.own || !options.own_voice);
    let mut sayings = sayings(config, options, &voices)?;
    // What is a command or a danger as it is written is no mistake when it is heard as one.
    sayings.retain(|saying| saying.meaning.is_some() || line.grammar.by_words(&saying.text).is_none());
    let hearing = Settings { time_limit: NO_LIMIT, phrase_budget: NO_LIMIT, ..app::hearing(config) };
    let speaking = tts::Settings { time_limit: NO_LIMIT, ..app::speaking(config) };
    let workers = hearing.workers.max(1);
    let pool = Pool::start(hearing)?;
    let mut speakers = vec![tts::Voice::start(speaking.clone())?];
    for card in &options.voice {
        speakers.push(tts::Voice::start(tts::Settings { manifest: card.clone(), ..speaking.clone() })?);
    }
    pool.prepare(line.expectations()).await?;
    let mut details = match &options.details {
        Some(path) => Some(std::fs::File::create(path).with_context(|| path.display().to_string())?),
        None => None,
    };
    let mut heard = Vec::with_capacity(sayings.len());
    for some in sayings.chunks(workers) {
        progress(heard.len(), sayings.len());
        let mut pending = Vec::new();
        for saying in some {
            let Some(samples) = sound(saying, &voices[saying.voice], &speakers).await? else { continue };
            let utterance = voices::over_the_telephone(&samples, &app::turn(config))?;
            pending.push((saying, pool.hear(utterance, line.expectation(&saying.asked))));
        }
        for (saying, hearing) in pending {
            let utterance = Utterance { saying: saying.clone(), heard: hearing.await? };
            if let Some(file) = &mut details {
                write_detail(file, &line, &voices[saying.voice].name, &utterance)?;
            }
            heard.push(utterance);
        }
    }
    progress(sayings.len(), sayings.len());
    if let Some(file) = &options.fit {
        return fit::fit(&line, &voices, &heard, file).map(|()| true);
    }
    let measured = Measured::of(&line, &voices, &heard);
    if options.json {
        json_line(&measured)?;
    } else {
        measured.print();
    }
    Ok(true)
}

/// The commands in every voice, then what is no command.
fn sayings(config: &Config, options: &Options, voices: &[Voice]) -> anyhow::Result<Vec<Saying>> {
    let spoken = spoken()?;
    let mut all = Vec::new();
    let recorded = voices.iter().position(|voice| matches!(voice.speaker, Speaker::Recorded));
    for voice in (0..voices.len()).filter(|voice| Some(*voice) != recorded) {
        let said = |(asked, meaning, text): &(Asked, Command, String)| Saying {
            voice,
            asked: asked.clone(),
            meaning: Some(*meaning),
            text: text.clone(),
            recording: None,
        };
        all.extend(spoken.iter().map(said));
    }
    let recorded = recorded.map_or(Vec::new(), recordings);
    for (name, meaning) in RECORDINGS {
        let found = recorded
            .iter()
            .filter(|saying| saying.recording.as_ref().is_some_and(|file| file.ends_with(format!("{name}.wav"))));
        all.extend(found.map(|saying| Saying { meaning: Some(meaning), ..saying.clone() }));
    }
    let count = options.others.unwrap_or(150) as usize;
    let said_by =
        |voice: usize, text: String| Saying { voice, asked: Asked::Another, meaning: None, text, recording: None };
    let no_command = |text: String| said_by(0, text);
    let entries = app::read_folder(config, &config.answers.folder)?;
    let of_the_base: Vec<String> = entries.into_iter().flat_map(|entry| entry.questions).collect();
    if options.fit.is_some() {
        all.extend(no_commands(&of_the_base, voices.len(), said_by));
        return Ok(all);
    }
    all.extend(evaluate::sample(of_the_base, count, SEED).into_iter().map(no_command));
    if let Some(file) = &options.questions {
        let more = read_questions(file).with_context(|| file.display().to_string())?;
        all.extend(more.into_iter().map(no_command));
    }
    let people = recorded.into_iter().filter(|saying| {
        let name = saying.recording.as_ref().and_then(|file| file.file_stem()).and_then(|stem| stem.to_str());
        !RECORDINGS.iter().any(|(known, _)| name == Some(*known))
    });
    all.extend(evaluate::sample(people.collect(), count, SEED));
    Ok(all)
}

/// Debian's recordings, when they are installed.
fn recordings(voice: usize) -> Vec<Saying> {
    let known = prompts::sentences(prompts::FOLDER.as_ref(), prompts::TRANSCRIPTS.as_ref()).unwrap_or_default();
    let saying = |sentence: prompts::Sentence| Saying {
        voice,
        asked: Asked::Another,
        meaning: None,
        text: sentence.words,
        recording: Some(sentence.file),
    };
    known.into_iter().map(saying).collect()
}

fn spoken() -> anyhow::Result<Vec<(Asked, Command, String)>> {
    let fields = |line: &'static str| {
        let mut columns = line.split('\t');
        let asked = match columns.next()? {
            "question" => Asked::Question,
            "another" => Asked::Another,
            "yes-no" => Asked::YesNo(ABOUT.to_owned()),
            _ => return None,
        };
        Some((asked, Command::named(columns.next()?)?, columns.next()?.to_owned()))
    };
    let read = |line| fields(line).with_context(|| format!("commande inconnue : {line}"));
    SPOKEN.lines().skip(1).map(read).collect()
}

/// What is no command, said by every voice: short things that people do say, and short questions of the base, others for each.
fn no_commands(of_the_base: &[String], voices: usize, said_by: impl Fn(usize, String) -> Saying) -> Vec<Saying> {
    let short: Vec<String> =
        of_the_base.iter().filter(|text| text.split_whitespace().count() <= SHORT_QUESTION).cloned().collect();
    let things: Vec<String> = OTHER.lines().map(str::to_owned).collect();
    let mut all = Vec::new();
    for voice in 0..voices {
        let seed = SEED + voice as u64;
        let some = evaluate::sample(short.clone(), QUESTIONS_A_VOICE, seed).into_iter();
        let others = evaluate::sample(things.clone(), THINGS_A_VOICE, seed);
        all.extend(some.chain(others).map(|text| said_by(voice, text)));
    }
    all
}

/// `speakers`: the line's voice, then those of the cards.
async fn sound(saying: &Saying, by: &Voice, speakers: &[tts::Voice]) -> anyhow::Result<Option<Vec<i16>>> {
    let (number, speed, pitch) = match by.speaker {
        Speaker::Line { speed, pitch } => (0, speed, pitch),
        Speaker::Card { number, pitch } => (number + 1, 1.0, pitch),
        _ => (0, 1.0, 1.0),
    };
    Ok(match (&saying.recording, by.speaker) {
        (Some(file), _) => Some(crate::cli::hear::read_wav(file)?),
        (None, Speaker::Line { .. } | Speaker::Card { .. }) => {
            let mut samples = Vec::new();
            for sentence in french::sentences(&saying.text) {
                samples.extend_from_slice(&speakers[number].sentence(&sentence, speed).await?.samples);
            }
            Some(if pitch == 1.0 { samples } else { voices::pitched(&samples, pitch) })
        }
        (None, Speaker::Espeak { voice, pace }) => voices::espeak_says(&saying.text, voice, pace)?,
        (None, Speaker::Pico { pitch }) => voices::pico_says(&saying.text, pitch)?,
        (None, Speaker::Recorded) => None,
    })
}

#[derive(Serialize)]
struct Detail<'a> {
    voice: &'a str,
    asked: Vec<&'static str>,
    meaning: Option<&'static str>,
    said: &'a str,
    heard: &'a str,
    confidence: f32,
    refused: Option<String>,
    duration_ms: u32,
    by_words: Option<&'static str>,
    command: Option<&'static str>,
    /// Phrase, meaning, score.
    phrases: Vec<(&'a str, &'a str, f32)>,
}

fn write_detail(
    file: &mut std::fs::File,
    line: &Line,
    voice: &str,
    Utterance { saying, heard }: &Utterance,
) -> anyhow::Result<()> {
    let detail = Detail {
        voice,
        asked: saying.asked.commands().into_iter().map(Command::name).collect(),
        meaning: saying.meaning.map(Command::name),
        said: &saying.text,
        heard: &heard.text,
        confidence: heard.confidence,
        refused: heard.refused.map(|why| format!("{why:?}")),
        duration_ms: heard.duration_ms,
        by_words: line.grammar.by_words(&heard.text).map(Command::name),
        command: line.command(heard, &saying.asked).map(Command::name),
        phrases: heard.phrases.iter().map(|p| (p.phrase.text.as_str(), p.phrase.meaning.as_str(), p.score)).collect(),
    };
    let mut text = serde_json::to_string(&detail)?;
    text.push('\n');
    file.write_all(text.as_bytes())?;
    Ok(())
}

fn progress(done: usize, all: usize) {
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let end = if done == all { "\n" } else { "" };
        // A progress line that cannot be shown is no failure.
        let _ = write!(out, "\r{done}/{all} phrases{end}").and_then(|()| out.flush());
    }
}
