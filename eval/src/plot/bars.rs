//! Bars of what became of each field.

use std::fmt::Write;

use super::{escape, opened};
use crate::Evaluation;

const WIDTH: u32 = 720;
const LEFT: u32 = 150;
const BAR: u32 = 440;
const ROW: u32 = 22;
const TOP: u32 = 52;

/// Label and class of the parts of a bar, told apart in grey as well.
const PARTS: [(&str, &str); 4] = [
    ("right", "p-right"),
    ("wrong", "p-wrong"),
    ("abstained", "p-abstained"),
    ("missed", "p-missed"),
];

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
    let mut svg = opened(title, WIDTH, TOP + rows * ROW + 12);
    for (index, (label, class)) in PARTS.iter().enumerate() {
        let x = LEFT + u32::try_from(index).unwrap_or(0) * 100;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"30\" width=\"10\" height=\"10\" class=\"{class}\"/><text x=\"{}\" y=\"39\" class=\"p-text\">{label}</text>",
            x + 14
        );
    }
    for (index, (name, score)) in fields.iter().enumerate() {
        let y = TOP + u32::try_from(index).unwrap_or(0) * ROW;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" class=\"p-text\">{}</text>",
            LEFT - 8,
            y + 13,
            escape(name)
        );
        let mut x = f64::from(LEFT);
        for (count, (_, class)) in [score.right, score.wrong, score.abstained, score.missed]
            .iter()
            .zip(PARTS)
        {
            let width = score.share(*count).unwrap_or(0.0) * f64::from(BAR);
            if width > 0.0 {
                let _ = writeln!(
                    svg,
                    "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" class=\"{class}\"/>",
                    ROW - 5
                );
            }
            x += width;
        }
        let share = score.share(score.right).unwrap_or(0.0) * 100.0;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" class=\"p-text\">{share:.1} % of {}</text>",
            LEFT + BAR + 8,
            y + 13,
            score.stated()
        );
    }
    svg.push_str("</svg>\n");
    svg
}
