//! What the plots of a backtest are drawn from, the figures read off them, and their page.

use std::fmt::Write as _;
use std::path::Path;

use crate::coverage::Covered;
use crate::lift::{FIRST, Lift, at};
use crate::metrics::{BINS, Scored, reliability};
use crate::plot::{self, escape};
use crate::results::{as_text, write};
use crate::{EvalError, Evaluation};

/// Coverages told as figures beside the stated one.
const TOLD: [f64; 3] = [0.5, 0.9, 0.95];

/// What is drawn of one backtest.
#[derive(Debug, Clone, Default)]
pub struct Plotted {
    /// Probability, and whether it came true.
    pub scored: Vec<Scored>,
    /// What lists ranked by the forecast reach.
    pub lifts: Vec<Lift>,
    /// Coverage of the intervals: all cases first, then groups.
    pub coverage: Vec<Covered>,
}

impl Plotted {
    /// Adds what is read off the curves to the figures: what the first tenth of each list
    /// reaches, also by its baseline, and coverage at other levels than the one stated.
    pub fn tell(&self, evaluation: &mut Evaluation) {
        for lift in &self.lifts {
            let name = format!("{}_reached", lift.slug);
            let metrics = &mut evaluation.metrics;
            metrics.insert(name.clone(), Some(at(&lift.ours, FIRST)));
            let figures = evaluation.baselines.entry(lift.baseline.clone());
            let reached = Some(at(&lift.by_baseline, FIRST));
            figures.or_default().insert(name, reached);
        }
        let Some(all) = self.coverage.first() else {
            return;
        };
        for told in TOLD {
            let found = all.measured.iter().find(|(stated, _)| *stated == told);
            let name = format!("coverage{:.0}", told * 100.0);
            let measured = found.map(|(_, measured)| *measured);
            evaluation.metrics.insert(name, measured);
        }
    }

    /// The plots, each with the end of its file's name.
    #[must_use]
    pub fn drawn(&self, title: &str) -> Vec<(String, String)> {
        let mut plots = Vec::new();
        if !self.scored.is_empty() {
            let parts = reliability(&self.scored, BINS);
            plots.push((String::new(), plot::calibration(title, &parts)));
        }
        for lift in &self.lifts {
            plots.push((format!("_lift_{}", lift.slug), plot::lift(title, lift)));
        }
        if !self.coverage.is_empty() {
            let drawn = plot::coverage(title, &self.coverage);
            plots.push(("_coverage".to_owned(), drawn));
        }
        plots
    }

    /// Writes the plots as files whose names begin with `stem`, and returns the names.
    ///
    /// # Errors
    /// [`EvalError::Write`].
    pub fn write(&self, folder: &Path, stem: &str, title: &str) -> Result<Vec<String>, EvalError> {
        self.drawn(title)
            .into_iter()
            .map(|(ending, svg)| {
                let name = format!("{stem}{ending}.svg");
                write(&folder.join(&name), &svg)?;
                Ok(name)
            })
            .collect()
    }

    /// Writes the plots into a folder with a page that shows them beside the figures.
    ///
    /// # Errors
    /// [`EvalError::Write`].
    pub fn write_page(&self, folder: &Path, evaluation: &Evaluation) -> Result<(), EvalError> {
        let case = &evaluation.case;
        let names = self.write(folder, case, &format!("{case}: {}", evaluation.set))?;
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{case}</title>\n\
             <style>body{{font-family:sans-serif;margin:1.5rem}}figure{{display:inline-block;margin:0 1rem 1rem 0}}img{{max-width:100%}}pre{{overflow-x:auto}}</style></head>\n\
             <body><h1>{case}</h1>\n"
        );
        for name in names {
            let _ = writeln!(
                page,
                "<figure><img src=\"{name}\" alt=\"{}\"></figure>",
                escape(&name)
            );
        }
        let _ = writeln!(
            page,
            "<pre>{}</pre>\n</body></html>",
            escape(&as_text(evaluation))
        );
        write(&folder.join("index.html"), &page)
    }
}
