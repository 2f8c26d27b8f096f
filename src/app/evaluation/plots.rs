//! The two curves as SVG: readable alone, in black and white, and by a screen reader.

use std::fmt::Write;

use super::{Calibration, Step};

/// Pixels of the drawing and of its inner square.
const WIDTH: f32 = 520.0;
const HEIGHT: f32 = 470.0;
const LEFT: f32 = 80.0;
const TOP: f32 = 50.0;
const SIDE: f32 = 360.0;

/// A drawing under way: a square whose axes are shares.
struct Plot {
    svg: String,
    /// Value of the top of the vertical axis.
    highest: f32,
}

impl Plot {
    fn new(title: &str, description: &str, across: &str, up: &str, highest: f32) -> Self {
        let mut svg = String::new();
        let (bottom, right) = (TOP + SIDE, LEFT + SIDE);
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-labelledby=\"titre description\" font-family=\"sans-serif\" font-size=\"13\">\n\
             <title id=\"titre\">{}</title>\n<desc id=\"description\">{}</desc>\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
             <text x=\"{LEFT}\" y=\"30\" font-size=\"15\" font-weight=\"bold\">{}</text>\n\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n\
             <text transform=\"translate(24 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
            escaped(title),
            escaped(description),
            escaped(title),
            LEFT + SIDE / 2.0,
            bottom + 42.0,
            escaped(across),
            TOP + SIDE / 2.0,
            escaped(up),
        );
        for tenth in 0..=5 {
            let part = tenth as f32 / 5.0;
            let (x, y) = (LEFT + part * SIDE, bottom - part * SIDE);
            let _ = write!(
                svg,
                "<path d=\"M{LEFT} {y:.1}H{right}M{x:.1} {TOP}V{bottom}\" stroke=\"#ddd\"/>\n\
                 <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n",
                bottom + 18.0,
                percent(part),
                LEFT - 8.0,
                y + 4.0,
                percent(part * highest),
            );
        }
        let _ = writeln!(svg, "<path d=\"M{LEFT} {TOP}V{bottom}H{right}\" fill=\"none\" stroke=\"black\"/>");
        Plot { svg, highest }
    }

    fn place(&self, across: f32, up: f32) -> (f32, f32) {
        (LEFT + across * SIDE, TOP + SIDE - (up / self.highest).min(1.0) * SIDE)
    }

    fn line(&mut self, points: impl Iterator<Item = (f32, f32)>, style: &str) {
        let mut path = String::new();
        for (rank, (across, up)) in points.enumerate() {
            let (x, y) = self.place(across, up);
            let _ = write!(path, "{}{x:.1} {y:.1}", if rank == 0 { "M" } else { "L" });
        }
        let _ = writeln!(self.svg, "<path d=\"{path}\" fill=\"none\" {style}/>");
    }

    fn dot(&mut self, across: f32, up: f32, size: f32, said: &str) {
        let (x, y) = self.place(across, up);
        let _ = writeln!(
            self.svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size:.1}\" fill=\"#1f5fa8\" fill-opacity=\"0.75\"><title>{}</title></circle>",
            escaped(said)
        );
    }

    fn end(mut self) -> String {
        self.svg.push_str("</svg>\n");
        self.svg
    }
}

/// The reliability diagram: the probability given against the share that was right.
pub fn reliability(calibration: &Calibration, subtitle: &str) -> String {
    let title = format!("Fiabilité des probabilités, {subtitle}");
    let description = format!(
        "{} questions ; erreur de calibrage attendue {:.3}. {}",
        calibration.questions,
        calibration.expected_error,
        calibration
            .bars
            .iter()
            .map(|bar| format!(
                "Donné {} : juste {} ({} questions).",
                percent(bar.given),
                percent(bar.right),
                bar.count
            ))
            .collect::<Vec<_>>()
            .join(" ")
    );
    let mut plot = Plot::new(&title, &description, "probabilité donnée", "part de réponses justes", 1.0);
    plot.line([(0.0, 0.0), (1.0, 1.0)].into_iter(), "stroke=\"black\" stroke-dasharray=\"5 4\"");
    plot.line(calibration.bars.iter().map(|bar| (bar.given, bar.right)), "stroke=\"#1f5fa8\" stroke-width=\"2\"");
    for bar in &calibration.bars {
        // The area of a dot is the number of questions it stands for.
        let size = 3.0 + 14.0 * (bar.count as f32 / calibration.questions.max(1) as f32).sqrt();
        let said = format!("{} questions : donné {}, juste {}", bar.count, percent(bar.given), percent(bar.right));
        plot.dot(bar.given, bar.right, size, &said);
    }
    plot.end()
}

/// Coverage against risk: the share of questions answered and the share of those answers that are wrong.
pub fn coverage(curve: &[Step], subtitle: &str) -> String {
    let title = format!("Risque selon la couverture, {subtitle}");
    let last = curve.last().map_or(0.0, |step| step.risk);
    let description = format!(
        "Plus la ligne répond à de questions, plus elle se trompe : en répondant à tout, {} de réponses fausses.",
        percent(last)
    );
    let most = curve.iter().map(|step| step.risk).fold(0.0, f32::max);
    let highest = [0.05, 0.1, 0.2, 0.5].into_iter().find(|top| most <= *top).unwrap_or(1.0);
    let mut plot = Plot::new(&title, &description, "part des questions répondues", "part de réponses fausses", highest);
    plot.line(curve.iter().map(|step| (step.coverage, step.risk)), "stroke=\"#1f5fa8\" stroke-width=\"2\"");
    plot.end()
}

fn percent(share: f32) -> String {
    let value = share * 100.0;
    if (value - value.round()).abs() < 0.05 {
        format!("{value:.0} %")
    } else {
        format!("{value:.1} %").replace('.', ",")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
