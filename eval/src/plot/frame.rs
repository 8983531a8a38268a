//! A square from 0 to 1 both ways, with its axes, lines and their names.

use std::fmt::Write as _;

use super::{escape, opened};

const SIDE: f64 = 320.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 56.0;
const WIDTH: u32 = 460;
/// Below the square: numbers and name of the axis.
const AXIS: f64 = 48.0;
const ENTRY: f64 = 18.0;

/// A point, both shares 0..1.
pub(super) type Point = (f64, f64);

/// A line with its name.
pub(super) struct Line<'a> {
    pub(super) name: String,
    pub(super) points: &'a [Point],
}

/// Dashes of the lines in their order; the fifth is like the first in another colour.
const DASHES: [&str; 5] = ["", "7 4", "2 3", "9 3 2 3", "1 4"];

/// A plot being drawn.
pub(super) struct Square {
    svg: String,
    entries: usize,
}

impl Square {
    /// With the names of both axes and room for so many names of lines.
    pub(super) fn new(title: &str, across: &str, upwards: &str, entries: usize) -> Self {
        let height = TOP + SIDE + AXIS + ENTRY * entries as f64 + 8.0;
        let mut svg = opened(title, WIDTH, height as u32);
        let _ = writeln!(
            svg,
            "<rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{SIDE}\" height=\"{SIDE}\" class=\"p-rule\"/>\n\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" class=\"p-text\">{}</text><text x=\"8\" y=\"44\" class=\"p-text\">{}</text>",
            x(0.5),
            TOP + SIDE + 36.0,
            escape(across),
            escape(upwards),
        );
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let percent = share * 100.0;
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" class=\"p-text\">{percent}</text><text x=\"{}\" y=\"{}\" text-anchor=\"end\" class=\"p-text\">{percent}</text>",
                x(share),
                TOP + SIDE + 16.0,
                LEFT - 6.0,
                y(share) + 4.0,
            );
        }
        Self { svg, entries: 0 }
    }

    /// The line on which both axes agree.
    pub(super) fn diagonal(&mut self) {
        let _ = writeln!(
            self.svg,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"p-rule\" stroke-dasharray=\"4\"/>",
            x(0.0),
            y(0.0),
            x(1.0),
            y(1.0),
        );
    }

    /// A line and its name below the square.
    pub(super) fn line(&mut self, line: &Line<'_>) {
        let (class, dashes) = (
            self.entries % DASHES.len(),
            DASHES[self.entries % DASHES.len()],
        );
        let path: Vec<String> = line
            .points
            .iter()
            .map(|(across, up)| format!("{:.1},{:.1}", x(*across), y(*up)))
            .collect();
        let at = TOP + SIDE + AXIS + ENTRY * self.entries as f64 + 4.0;
        let stroke = format!("class=\"p-line p-{class}\" stroke-dasharray=\"{dashes}\"");
        let _ = writeln!(
            self.svg,
            "<polyline points=\"{}\" {stroke}/>\n\
             <line x1=\"{LEFT}\" y1=\"{at}\" x2=\"{}\" y2=\"{at}\" {stroke}/><text x=\"{}\" y=\"{}\" class=\"p-text\">{}</text>",
            path.join(" "),
            LEFT + 34.0,
            LEFT + 42.0,
            at + 4.0,
            escape(&line.name),
        );
        self.entries += 1;
    }

    /// A dot that says what it stands for.
    pub(super) fn dot(&mut self, (across, up): Point, said: &str) {
        let _ = writeln!(
            self.svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"5\" class=\"p-dot\"><title>{}</title></circle>",
            x(across),
            y(up),
            escape(said),
        );
    }

    /// The whole plot.
    pub(super) fn finish(mut self) -> String {
        self.svg.push_str("</svg>\n");
        self.svg
    }
}

fn x(share: f64) -> f64 {
    LEFT + share * SIDE
}

fn y(share: f64) -> f64 {
    TOP + (1.0 - share) * SIDE
}
