//! The picture of one page with its boxes, in points.

use super::analysis::Analysis;
use super::findings::mark;
use crate::documents::BBox;

/// Widths a page can be shown at, in percent of the pane.
const ZOOMS: &[u16] = &[100, 150, 200, 300];
/// Room around a box, so that its border does not cover the characters.
const MARGIN: f32 = 1.5;

/// One page and what is marked on it.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// 1-based number.
    pub(crate) number: u32,
    /// How many pages there are.
    pub(crate) count: u32,
    /// Width in points.
    pub(crate) width: String,
    /// Height in points.
    pub(crate) height: String,
    /// What is marked.
    pub(crate) boxes: Vec<Mark>,
    /// The page before.
    pub(crate) previous: Option<u32>,
    /// The page after.
    pub(crate) next: Option<u32>,
    /// Zoom in percent of the pane.
    pub(crate) zoom: u16,
    /// The next smaller zoom.
    pub(crate) smaller: Option<u16>,
    /// The next larger zoom.
    pub(crate) larger: Option<u16>,
}

/// One box.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// What it belongs to: `field-NAME`, `line-N` or `finding-N-M`.
    pub(crate) id: String,
    /// `field`, `line` or `finding`.
    pub(crate) class: &'static str,
    /// What it shows, for those who cannot see it.
    pub(crate) label: String,
    /// Left edge in points.
    pub(crate) x: String,
    /// Top edge in points.
    pub(crate) y: String,
    /// Width in points.
    pub(crate) width: String,
    /// Height in points.
    pub(crate) height: String,
}

/// The picture of the page asked for, or of the nearest there is; none without pages.
pub(crate) fn picture(analysis: &Analysis, page: u32, zoom: u16) -> Option<Picture> {
    let count = u32::try_from(analysis.pages.len()).ok()?;
    let number = page.clamp(1, count.max(1));
    let size = analysis.pages.get(number as usize - 1)?;
    let step = ZOOMS.iter().position(|known| *known >= zoom).unwrap_or(0);
    Some(Picture {
        number,
        count,
        width: format!("{:.1}", size.width),
        height: format!("{:.1}", size.height),
        boxes: marks(analysis, number),
        previous: (number > 1).then(|| number - 1),
        next: (number < count).then(|| number + 1),
        zoom: ZOOMS[step],
        smaller: step.checked_sub(1).map(|smaller| ZOOMS[smaller]),
        larger: ZOOMS.get(step + 1).copied(),
    })
}

/// Lines first, findings last: what is drawn later lies on top.
fn marks(analysis: &Analysis, page: u32) -> Vec<Mark> {
    let lines = analysis.lines.iter().enumerate().filter_map(|(n, line)| {
        let label = format!("Line {}", n + 1);
        on(page, line.page, line.bbox).map(|bbox| at(format!("line-{n}"), "line", label, bbox))
    });
    let fields = analysis.fields.iter().filter_map(|(name, field)| {
        let label = format!("{}: {}", super::words::sentence(name), field.value);
        on(page, field.page, field.bbox)
            .map(|bbox| at(format!("field-{name}"), "field", label, bbox))
    });
    let findings = analysis
        .findings
        .iter()
        .enumerate()
        .flat_map(|(n, finding)| {
            finding
                .evidence
                .iter()
                .enumerate()
                .filter_map(move |(m, evidence)| {
                    on(page, evidence.page, evidence.bbox)
                        .map(|bbox| at(mark(n, m), "finding", finding.text.clone(), bbox))
                })
        });
    lines.chain(fields).chain(findings).collect()
}

fn on(page: u32, stands_on: Option<u32>, bbox: Option<BBox>) -> Option<BBox> {
    bbox.filter(|_| stands_on == Some(page))
}

fn at(id: String, class: &'static str, label: String, bbox: BBox) -> Mark {
    Mark {
        id,
        class,
        label,
        x: format!("{:.1}", bbox.x0 - MARGIN),
        y: format!("{:.1}", bbox.y0 - MARGIN),
        width: format!("{:.1}", bbox.width().max(0.0) + 2.0 * MARGIN),
        height: format!("{:.1}", bbox.height().max(0.0) + 2.0 * MARGIN),
    }
}
