//! The report as staff read it in a terminal.

use std::fmt;

use super::report::share;
use super::{Case, Counts, Outcome, Report};

/// Risks at which the coverage is told.
const RISKS: [f32; 3] = [0.0, 0.01, 0.02];

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = self.condition.as_deref().unwrap_or("par écrit");
        writeln!(f, "{} : {} questions, {how}", self.file, self.all.questions)?;
        writeln!(f)?;
        writeln!(f, "  décisions justes   {}", percent(self.all.right()))?;
        for outcome in Outcome::ALL {
            let count = self.all.of_outcome(outcome);
            if count > 0 || matches!(outcome, Outcome::WrongAnswer) {
                writeln!(f, "    {:<17}{:>4}  {}", outcome.french(), count, percent(share(count, self.all.questions)))?;
            }
        }
        if let Some(rate) = self.handed_over {
            writeln!(f, "  passées à un agent quand il le fallait   {}", percent(rate))?;
        }
        if let Some(rate) = self.distress_found {
            writeln!(f, "  détresse reconnue   {}", percent(rate))?;
        }
        groups(f, "par sorte", self.by_kind.iter())?;
        groups(f, "par thème", self.by_theme.iter())?;
        self.risk(f)?;
        self.calibrated(f)?;
        self.mistakes(f)
    }
}

fn percent(share: f32) -> String {
    format!("{:5.1} %", share * 100.0).replace('.', ",")
}

fn groups<'a>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    groups: impl Iterator<Item = (&'a String, &'a Counts)>,
) -> fmt::Result {
    writeln!(f)?;
    writeln!(f, "  {title:<16}questions   justes     fausses    question    agent      autres")?;
    writeln!(f, "  {:<16}                                 inutile     inutile", "")?;
    for (name, counts) in groups {
        let of = |outcome| counts.of_outcome(outcome);
        let listed = [Outcome::WrongAnswer, Outcome::NeedlessQuestion, Outcome::NeedlessHandover, Outcome::Right];
        let others = counts.questions - listed.into_iter().map(of).sum::<usize>();
        writeln!(
            f,
            "  {name:<16}{:>7}   {}   {:>7}    {:>7}    {:>7}    {:>7}",
            counts.questions,
            percent(counts.right()),
            of(Outcome::WrongAnswer),
            of(Outcome::NeedlessQuestion),
            of(Outcome::NeedlessHandover),
            others
        )?;
    }
    Ok(())
}

impl Report {
    fn risk(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        writeln!(f, "  couverture selon le risque accepté (réponses directes, à seuil unique)")?;
        for risk in RISKS {
            let best = self.curve.iter().rev().find(|step| step.risk <= risk);
            match best {
                Some(step) => writeln!(
                    f,
                    "    {} de réponses fausses : {} répondues, à partir de {:.2}",
                    percent(risk),
                    percent(step.coverage),
                    step.probability
                )?,
                None => writeln!(f, "    {} de réponses fausses : aucune", percent(risk))?,
            }
        }
        Ok(())
    }

    fn calibrated(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        writeln!(
            f,
            "  calibrage sur {} questions : erreur attendue {:.3}",
            self.calibration.questions, self.calibration.expected_error
        )?;
        for bar in &self.calibration.bars {
            writeln!(
                f,
                "    {:.1} à {:.1} : {:>3} questions, probabilité donnée {:.2}, part de justes {:.2}",
                bar.low, bar.high, bar.count, bar.given, bar.right
            )?;
        }
        Ok(())
    }

    fn mistakes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.worst.is_empty() {
            return Ok(());
        }
        writeln!(f)?;
        writeln!(f, "  les pires erreurs")?;
        for id in &self.worst {
            if let Some(case) = self.cases.iter().find(|case| case.id == *id) {
                mistake(f, case)?;
            }
        }
        Ok(())
    }
}

fn mistake(f: &mut fmt::Formatter<'_>, case: &Case) -> fmt::Result {
    writeln!(f, "    {} {} : « {} »", case.id, case.outcome.french(), case.text)?;
    if let Some(heard) = &case.heard {
        writeln!(f, "        entendu « {} » ({:.2})", heard.text, heard.confidence)?;
    }
    let candidates: Vec<String> =
        case.candidates.iter().map(|candidate| format!("{} {:.2}", candidate.entry, candidate.probability)).collect();
    writeln!(
        f,
        "        attendu {}, décidé {} ({:?}) ; {}",
        case.expected.join("|"),
        case.decision,
        case.reason,
        if candidates.is_empty() { "aucune démarche trouvée".to_owned() } else { candidates.join(", ") }
    )
}
