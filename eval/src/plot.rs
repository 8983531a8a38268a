//! Bar charts as SVG, drawn by hand: no dependency draws so little.

use std::fmt::Write;

use crate::Evaluation;
use crate::metrics::Reliability;

const WIDTH: u32 = 720;
const LEFT: u32 = 150;
const BAR: u32 = 440;
const ROW: u32 = 22;
const TOP: u32 = 52;

/// One stacked bar a field: right, wrong, abstained and missed as shares of the
/// stated values.
#[must_use]
pub fn bars_by_field(title: &str, evaluation: &Evaluation) -> String {
    let fields: Vec<_> = evaluation
        .fields
        .iter()
        .chain(&evaluation.lines)
        .filter(|(_, score)| score.stated() > 0)
        .collect();
    let rows = u32::try_from(fields.len()).unwrap_or(0);
    let height = TOP + rows * ROW + 12;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"{0}\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"8\" y=\"18\" font-size=\"14\" font-weight=\"bold\">{0}</text>\n",
        escape(title)
    );
    for (index, (label, colour)) in PARTS.iter().enumerate() {
        let x = LEFT + u32::try_from(index).unwrap_or(0) * 100;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"30\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{}\" y=\"39\">{label}</text>",
            x + 14
        );
    }
    for (index, (name, score)) in fields.iter().enumerate() {
        let y = TOP + u32::try_from(index).unwrap_or(0) * ROW;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 8,
            y + 13,
            escape(name)
        );
        let mut x = f64::from(LEFT);
        for (count, (_, colour)) in [score.right, score.wrong, score.abstained, score.missed]
            .iter()
            .zip(PARTS)
        {
            let width = score.share(*count).unwrap_or(0.0) * f64::from(BAR);
            if width > 0.0 {
                let _ = writeln!(
                    svg,
                    "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" fill=\"{colour}\"/>",
                    ROW - 5
                );
            }
            x += width;
        }
        let share = score.share(score.right).unwrap_or(0.0) * 100.0;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\">{share:.1} % of {}</text>",
            LEFT + BAR + 8,
            y + 13,
            score.stated()
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// How often what was foretold with a probability came true: a dot a bin, on the
/// diagonal where both agree.
#[must_use]
pub fn calibration(title: &str, parts: &[Reliability]) -> String {
    const SIDE: f64 = 300.0;
    const EDGE: f64 = 60.0;
    let x = |share: f64| EDGE + share * SIDE;
    let y = |share: f64| EDGE + (1.0 - share) * SIDE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 420 420\" width=\"420\" height=\"420\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"{0}\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"8\" y=\"22\" font-size=\"14\" font-weight=\"bold\">{0}</text>\n\
         <rect x=\"{EDGE}\" y=\"{EDGE}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#9aa0a6\"/>\n\
         <line x1=\"{1}\" y1=\"{2}\" x2=\"{2}\" y2=\"{1}\" stroke=\"#9aa0a6\" stroke-dasharray=\"4\"/>\n",
        escape(title),
        x(0.0),
        y(0.0),
    );
    for share in [0.0, 0.5, 1.0] {
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{share}</text><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{share}</text>",
            x(share),
            EDGE + SIDE + 18.0,
            EDGE - 8.0,
            y(share) + 4.0,
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">probability given</text><text x=\"8\" y=\"48\">share that came true</text>",
        x(0.5),
        EDGE + SIDE + 40.0,
    );
    for part in parts {
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"5\" fill=\"#2a7f62\"><title>{} cases</title></circle>",
            x(part.probability),
            y(part.share),
            part.count,
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Label and colour of the parts of a bar, told apart in grey as well.
const PARTS: [(&str, &str); 4] = [
    ("right", "#2a7f62"),
    ("wrong", "#b3261e"),
    ("abstained", "#e0b050"),
    ("missed", "#9aa0a6"),
];

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
