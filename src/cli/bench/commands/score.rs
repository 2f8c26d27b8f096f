//! Rights and wrongs of what was heard, by voice, by command and by threshold.

use serde::Serialize;

use super::Utterance;
use super::voices::Voice;
use crate::call::Line;
use crate::dialogue::grammar::{Command, SoundThresholds};

/// Thresholds that are tried, in nats.
const SCORES: [f32; 5] = [2.0, 2.5, 3.0, 3.5, 4.0];
const MARGINS: [f32; 4] = [1.0, 1.5, 2.0, 2.5];
/// Mistakes that are listed.
const LISTED: usize = 12;

/// What a voice, or a command, is worth.
#[derive(Debug, Clone, Serialize)]
pub struct Recall {
    name: String,
    own_voice: bool,
    said: usize,
    right: usize,
    /// Right by the words alone.
    by_words: usize,
    /// Taken for another command.
    confused: usize,
    percent: f64,
}

#[derive(Debug, Clone, Serialize)]
pub struct Threshold {
    score: f32,
    margin: f32,
    /// Percent of the commands in the line's own voice, and in the others.
    own_percent: f64,
    other_percent: f64,
    confused_percent: f64,
    /// Percent of what is no command.
    false_percent: f64,
}

#[derive(Debug, Serialize)]
pub struct Measured {
    voices: Vec<Recall>,
    /// Each command in the line's own voice, then in the others.
    commands: Vec<Recall>,
    own_percent: f64,
    other_percent: f64,
    /// What is no command: how many, and those taken for one, by words or by sound.
    others: usize,
    taken_by_words: usize,
    taken_by_sound: usize,
    false_percent: f64,
    thresholds: Vec<Threshold>,
    mistakes: Vec<String>,
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn decided(line: &Line, utterance: &Utterance, thresholds: &SoundThresholds) -> Option<Command> {
    line.command_within(&utterance.heard, &utterance.saying.asked, thresholds)
}

fn own(voices: &[Voice], utterance: &Utterance) -> bool {
    voices[utterance.saying.voice].own
}

fn recall<'a>(line: &Line, name: String, own_voice: bool, said: impl Iterator<Item = &'a Utterance>) -> Recall {
    let mut recall = Recall { name, own_voice, said: 0, right: 0, by_words: 0, confused: 0, percent: 0.0 };
    for utterance in said {
        let decided = decided(line, utterance, &line.settings.sound);
        recall.said += 1;
        recall.right += usize::from(decided == utterance.saying.meaning);
        recall.by_words += usize::from(line.grammar.by_words(&utterance.heard.text) == utterance.saying.meaning);
        recall.confused += usize::from(decided.is_some() && decided != utterance.saying.meaning);
    }
    recall.percent = percent(recall.right, recall.said);
    recall
}

fn share(
    line: &Line,
    heard: &[&Utterance],
    thresholds: &SoundThresholds,
    wanted: fn(Option<Command>, &Utterance) -> bool,
) -> f64 {
    percent(heard.iter().filter(|u| wanted(decided(line, u, thresholds), u)).count(), heard.len())
}

impl Measured {
    pub fn of(line: &Line, voices: &[Voice], heard: &[Utterance]) -> Self {
        let own = |utterance: &Utterance| own(voices, utterance);
        let (commands, others): (Vec<_>, Vec<_>) = heard.iter().partition(|u| u.saying.meaning.is_some());
        let (mine, theirs): (Vec<_>, Vec<_>) = commands.iter().partition(|u| own(u));
        let by_voice = voices.iter().enumerate().filter_map(|(at, voice)| {
            let said = commands.iter().copied().filter(|u| u.saying.voice == at);
            let recall = recall(line, voice.name.clone(), voice.own, said);
            (recall.said > 0).then_some(recall)
        });
        let mut known: Vec<Command> = commands.iter().filter_map(|u| u.saying.meaning).collect();
        known.sort();
        known.dedup();
        let by_command = [&mine, &theirs].into_iter().flat_map(|some| {
            let some: &Vec<&Utterance> = some;
            known.iter().map(move |command| {
                let said = some.iter().copied().filter(|u| u.saying.meaning == Some(*command));
                recall(line, command.name().to_owned(), some.first().is_some_and(|u| own(u)), said)
            })
        });
        let settings = &line.settings.sound;
        let right = |decided: Option<Command>, u: &Utterance| decided == u.saying.meaning;
        let wrong = |decided: Option<Command>, u: &Utterance| decided.is_some() && decided != u.saying.meaning;
        let taken = others.iter().filter(|u| wrong(decided(line, u, settings), u)).count();
        let by_words = others.iter().filter(|u| line.grammar.by_words(&u.heard.text).is_some()).count();
        let tried = SCORES.iter().flat_map(|score| MARGINS.iter().map(move |margin| (*score, *margin)));
        let thresholds = tried.map(|(score, margin)| {
            let tried = SoundThresholds { score, margin, ..settings.clone() };
            Threshold {
                score,
                margin,
                own_percent: share(line, &mine, &tried, right),
                other_percent: share(line, &theirs, &tried, right),
                confused_percent: share(line, &commands, &tried, wrong),
                false_percent: share(line, &others, &tried, wrong),
            }
        });
        let mistakes = heard.iter().filter(|u| own(u) || u.saying.meaning.is_none()).filter_map(|u| {
            let decided = decided(line, u, settings);
            let name = |command: Option<Command>| command.map_or("rien", Command::name);
            (decided != u.saying.meaning).then(|| {
                format!(
                    "{} : « {} » entendu « {} » → {} au lieu de {}",
                    voices[u.saying.voice].name,
                    u.saying.text,
                    u.heard.text,
                    name(decided),
                    name(u.saying.meaning)
                )
            })
        });
        Self {
            voices: by_voice.collect(),
            commands: by_command.filter(|recall| recall.said > 0).collect(),
            own_percent: share(line, &mine, settings, right),
            other_percent: share(line, &theirs, settings, right),
            others: others.len(),
            taken_by_words: by_words,
            taken_by_sound: taken - by_words,
            false_percent: percent(taken, others.len()),
            thresholds: thresholds.collect(),
            mistakes: mistakes.collect(),
        }
    }

    pub fn print(&self) {
        printed!(
            "Commandes reconnues, dites au téléphone (G.711) : {:.1} % par la voix de la ligne, {:.1} % par d'autres voix",
            self.own_percent,
            self.other_percent
        );
        printed!("  {:<28} {:>6} {:>7} {:>10} {:>10}", "voix", "dites", "justes", "par mots", "confondues");
        for voice in &self.voices {
            printed!(
                "  {:<28} {:>6} {:>5.1} % {:>10} {:>10}",
                voice.name,
                voice.said,
                voice.percent,
                voice.by_words,
                voice.confused
            );
        }
        printed!("  {:<28} {:>6} {:>7} {:>10} {:>10}", "commande", "dites", "justes", "par mots", "confondues");
        for command in &self.commands {
            let name = format!("{} ({})", command.name, if command.own_voice { "la ligne" } else { "autres" });
            printed!(
                "  {name:<28} {:>6} {:>5.1} % {:>10} {:>10}",
                command.said,
                command.percent,
                command.by_words,
                command.confused
            );
        }
        printed!(
            "Prises à tort pour une commande : {:.1} % de {} autres phrases ({} par les mots, {} par le son)",
            self.false_percent,
            self.others,
            self.taken_by_words,
            self.taken_by_sound
        );
        printed!(
            "  {:>5} {:>6} {:>9} {:>9} {:>11} {:>7}",
            "score",
            "écart",
            "la ligne",
            "autres",
            "confondues",
            "à tort"
        );
        for t in &self.thresholds {
            printed!(
                "  {:>5.1} {:>6.1} {:>7.1} % {:>7.1} % {:>9.1} % {:>5.1} %",
                t.score,
                t.margin,
                t.own_percent,
                t.other_percent,
                t.confused_percent,
                t.false_percent
            );
        }
        for mistake in self.mistakes.iter().take(LISTED) {
            printed!("  {mistake}");
        }
    }
}
