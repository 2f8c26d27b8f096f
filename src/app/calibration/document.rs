//! The measured part of `docs/EVALUATION.md`, between two marks; the rest of the page is written by hand.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::Context;

use super::Calibration;
use crate::app::evaluation::{Calibration as Diagram, Outcome, Report, plots};
use crate::dialogue::policy::Settings;

const BEGIN: &str = "<!-- mesures : début, écrit par « standardiste answers calibrate » -->";
const END: &str = "<!-- mesures : fin -->";

/// Writes the measures into the page at `file`, and the drawings into a folder `evaluation` beside it.
///
/// # Errors
/// A page without the two marks, a file that cannot be read or written.
pub fn write(
    file: &Path,
    calibration: &Calibration,
    parameters: &str,
    policy: &Settings,
    reports: &[Report],
) -> anyhow::Result<()> {
    let page = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let (before, rest) = page.split_once(BEGIN).with_context(|| missing(file, BEGIN))?;
    let (_, after) = rest.split_once(END).with_context(|| missing(file, END))?;
    let folder = file.parent().unwrap_or(Path::new("")).join("evaluation");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let draw = |name: &str, drawing: String| {
        let path = folder.join(name);
        fs::write(&path, drawing).with_context(|| path.display().to_string())
    };
    draw("fiabilite-ecrit.svg", plots::reliability(&calibration.reliable_written, "questions écrites"))?;
    draw("fiabilite-entendu.svg", plots::reliability(&calibration.reliable_heard, "questions entendues"))?;
    for (rank, report) in reports.iter().enumerate() {
        let how = if report.condition.is_some() { "questions dites" } else { "questions écrites" };
        draw(&format!("risque-{}.svg", rank + 1), plots::coverage(&report.curve, how))?;
    }
    let measures = measures(calibration, parameters, policy, reports);
    fs::write(file, format!("{before}{BEGIN}\n\n{measures}\n{END}{after}")).with_context(|| file.display().to_string())
}

fn missing(file: &Path, mark: &str) -> String {
    format!("{} : la marque « {mark} » manque", file.display())
}

fn measures(calibration: &Calibration, parameters: &str, policy: &Settings, reports: &[Report]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(text, "### Le calibrage\n");
    let _ = writeln!(
        text,
        "{} exemples écrits et {} entendus. Chaque probabilité ci-dessous vient de poids calculés sans la question qu'ils jugent \
         (validation croisée en cinq parts, une question écrite et ses versions entendues dans la même).\n",
        calibration.written, calibration.heard
    );
    for (title, diagram, picture) in [
        ("écrites", &calibration.reliable_written, "fiabilite-ecrit.svg"),
        ("entendues", &calibration.reliable_heard, "fiabilite-entendu.svg"),
    ] {
        reliability(&mut text, title, diagram, picture);
    }
    let thresholds = policy.thresholds();
    let _ = writeln!(
        text,
        "Les coûts livrés reviennent à ceci, pour une démarche seule : réponse à partir de {:.2}, question à partir de {:.2}, \
         agent au-dessous ; une autre démarche est nommée à partir de {:.2}.\n",
        thresholds.answer, thresholds.ask, thresholds.choice
    );
    let _ =
        writeln!(text, "Les paramètres (`config/confidence.toml`) :\n\n```toml\n{}```\n", without_comments(parameters));
    if !reports.is_empty() {
        let _ = writeln!(text, "### Les décisions\n");
        decisions(&mut text, reports);
        for (rank, report) in reports.iter().enumerate() {
            told(&mut text, rank, report);
        }
    }
    text
}

fn without_comments(parameters: &str) -> String {
    parameters.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n").trim_start().to_owned()
        + "\n"
}

fn reliability(text: &mut String, title: &str, diagram: &Diagram, picture: &str) {
    let _ = writeln!(
        text,
        "**Questions {title}** : {} questions, erreur de calibrage attendue **{:.3}**.\n",
        diagram.questions, diagram.expected_error
    );
    let _ =
        writeln!(text, "![Probabilité donnée et part de réponses justes, questions {title}](evaluation/{picture})\n");
    let _ = writeln!(text, "| probabilité | questions | donnée en moyenne | part de justes |\n|---|---|---|---|");
    for bar in &diagram.bars {
        let _ = writeln!(
            text,
            "| {:.1} à {:.1} | {} | {:.2} | {:.2} |",
            bar.low, bar.high, bar.count, bar.given, bar.right
        );
    }
    let _ = writeln!(text);
}

fn percent(share: f32) -> String {
    format!("{:.1} %", share * 100.0).replace('.', ",")
}

fn decisions(text: &mut String, reports: &[Report]) {
    let _ = writeln!(
        text,
        "| questions | nombre | décisions justes | réponses fausses | questions inutiles | agents inutiles | agent quand il le fallait | \
         détresse | erreur de calibrage |\n|---|---|---|---|---|---|---|---|---|"
    );
    for report in reports {
        let of = |outcome| report.all.of_outcome(outcome);
        let rate = |rate: Option<f32>| rate.map_or("—".to_owned(), percent);
        let _ = writeln!(
            text,
            "| {}, {} | {} | {} | {} | {} | {} | {} | {} | {:.3} |",
            report.file,
            report.condition.as_deref().unwrap_or("par écrit"),
            report.all.questions,
            percent(report.all.right()),
            percent(report.all.wrong()),
            of(Outcome::NeedlessQuestion),
            of(Outcome::NeedlessHandover),
            rate(report.handed_over),
            rate(report.distress_found),
            report.calibration.expected_error
        );
    }
    let _ = writeln!(text);
}

fn told(text: &mut String, rank: usize, report: &Report) {
    let how = report.condition.as_deref().unwrap_or("par écrit");
    let _ = writeln!(text, "#### {}, {how}\n", report.file);
    let _ = writeln!(text, "![Part de réponses fausses selon la part répondue](evaluation/risque-{}.svg)\n", rank + 1);
    let _ = writeln!(text, "| thème | questions | justes | fausses |\n|---|---|---|---|");
    for (theme, counts) in &report.by_theme {
        let wrong = counts.of_outcome(Outcome::WrongAnswer);
        let _ = writeln!(text, "| {theme} | {} | {} | {wrong} |", counts.questions, percent(counts.right()));
    }
    let worst = report.worst.iter().filter_map(|id| report.cases.iter().find(|case| case.id == *id));
    let mut worst = worst.peekable();
    if worst.peek().is_some() {
        let _ = writeln!(text, "\nLes pires erreurs :\n");
    }
    for case in worst {
        let heard = case.heard.as_ref().map(|heard| format!(", entendu « {} »", heard.text)).unwrap_or_default();
        let found: Vec<String> =
            case.candidates.iter().take(2).map(|c| format!("{} {:.2}", c.entry, c.probability)).collect();
        let _ = writeln!(
            text,
            "* {} ({}) : « {} »{heard} ; attendu {}, trouvé {}.",
            case.id,
            case.outcome.french(),
            case.text,
            case.expected.join(" ou "),
            if found.is_empty() { "rien".to_owned() } else { found.join(", ") }
        );
    }
    let _ = writeln!(text);
}
