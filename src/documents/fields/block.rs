//! Blocks of lines that stand under each other: addresses, letterheads, footers.

use super::analysis::Analysis;
use super::concept::Concept;
use super::labels::Hit;
use super::layout::Layout;
use super::recognise::address;

/// What stands around a line of a block.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// A street or place within the next lines.
    pub address_below: bool,
    /// VAT id, IBAN or register number in the block.
    pub ids: bool,
    /// Phone, mail or web in the block.
    pub contact: bool,
    /// Under the small line that repeats the sender.
    pub below_return_line: bool,
}

/// The blocks of a document.
pub(super) struct Blocks<'a> {
    analysis: &'a Analysis,
    next: Vec<Option<usize>>,
    previous: Vec<Option<usize>>,
    sections: Vec<Option<Concept>>,
}

const PARTIES: [Concept; 5] = [
    Concept::Seller,
    Concept::Buyer,
    Concept::ShipTo,
    Concept::TaxRep,
    Concept::Bank,
];

impl<'a> Blocks<'a> {
    /// Links every line with the one under it in the same block.
    #[must_use]
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let layout = &analysis.layout;
        let next: Vec<Option<usize>> = (0..layout.segments.len())
            .map(|s| line_below(layout, s))
            .collect();
        let mut previous = vec![None; next.len()];
        for (upper, lower) in next.iter().enumerate() {
            if let Some(lower) = lower {
                previous[*lower] = previous[*lower].or(Some(upper));
            }
        }
        let sections = (0..next.len())
            .map(|s| section_of(analysis, &previous, s))
            .collect();
        Self {
            analysis,
            next,
            previous,
            sections,
        }
    }

    /// The line under a line in its block.
    #[must_use]
    pub(super) fn below(&self, segment: usize) -> Option<usize> {
        self.next[segment]
    }

    /// The line over a line in its block.
    #[must_use]
    pub(super) fn above(&self, segment: usize) -> Option<usize> {
        self.previous[segment]
    }

    /// The party whose heading this line stands under.
    #[must_use]
    pub(super) fn section(&self, segment: usize) -> Option<Concept> {
        self.sections[segment]
    }

    /// The lines of a block from this one down, itself first.
    pub(super) fn down(&self, segment: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(segment), |s| self.next[*s]).take(9)
    }

    /// What stands around a line.
    #[must_use]
    pub(super) fn around(&self, segment: usize) -> Around {
        let layout = &self.analysis.layout;
        let mut around = Around::default();
        for line in self.down(segment).skip(1).take(4) {
            let text = layout.segment_text(line);
            around.address_below |= address::is_street(&text) || address::place(&text).is_some();
        }
        let up = std::iter::successors(self.previous[segment], |s| self.previous[*s]).take(3);
        for line in self.down(segment).chain(up) {
            let tokens = &layout.segments[line].tokens;
            let inside = |range: &std::ops::Range<usize>| tokens.contains(&range.start);
            around.ids |= self
                .analysis
                .candidates
                .vat_ids
                .iter()
                .any(|v| inside(&v.0))
                || self.analysis.candidates.ibans.iter().any(|i| inside(&i.0))
                || self.hit_in(
                    line,
                    &[Concept::Registration, Concept::VatId, Concept::TaxNumber],
                );
            around.contact |= self.hit_in(line, &[Concept::Phone, Concept::Email, Concept::Web])
                || layout.tokens[tokens.clone()]
                    .iter()
                    .any(|t| t.text.contains('@') || t.text.starts_with("www."));
        }
        around.below_return_line =
            std::iter::successors(self.previous[segment], |s| self.previous[*s])
                .take(3)
                .chain(self.near_above(segment))
                .any(|s| is_return_line(layout, s));
        around
    }

    /// Lines a little higher that begin at the same edge; an address window leaves space.
    fn near_above(&self, segment: usize) -> Option<usize> {
        let layout = &self.analysis.layout;
        let own = &layout.segments[segment];
        layout.segments[..segment]
            .iter()
            .enumerate()
            .rev()
            .take(30)
            .find_map(|(i, other)| {
                let near = other.page == own.page
                    && (other.bbox.x0 - own.bbox.x0).abs() < 12.0
                    && own.bbox.y0 - other.bbox.y1 < 45.0
                    && own.bbox.y0 > other.bbox.y1 - 2.0;
                near.then_some(i)
            })
    }

    fn hit_in(&self, segment: usize, concepts: &[Concept]) -> bool {
        let tokens = &self.analysis.layout.segments[segment].tokens;
        self.analysis.hits.iter().any(|h: &Hit| {
            tokens.contains(&h.tokens.start) && concepts.iter().any(|c| h.weight(*c) > 0.5)
        })
    }
}

/// A line with a name, street and place, parted by dots or commas.
fn is_return_line(layout: &Layout, segment: usize) -> bool {
    let text = layout.segment_text(segment);
    let parts = text
        .split(['|', '•', '·', '●', ',', '\u{2013}', '*', '■'])
        .count()
        + text.matches(" - ").count();
    parts >= 2
        && text.chars().filter(|c| c.is_alphabetic()).count() > 12
        && text
            .split(['|', '•', '·', '●', ',', '\u{2013}', '*', '■'])
            .flat_map(|p| p.split(" - "))
            .any(|p| address::place(p.trim()).is_some())
        && layout.segments[segment].tokens.len() <= 16
}

/// The next line down that shares an edge or the middle, close enough for one block.
fn line_below(layout: &Layout, segment: usize) -> Option<usize> {
    let own = &layout.segments[segment];
    let size = own.size.clamp(5.0, 20.0);
    for row in layout.rows.get(own.row + 1..)?.iter().take(4) {
        if row.page != own.page || row.bbox.y0 - own.bbox.y1 > 1.3 * size {
            return None;
        }
        let found = row.segments.clone().find(|s| {
            let other = &layout.segments[*s];
            let middle = f32::midpoint(own.bbox.x0, own.bbox.x1)
                - f32::midpoint(other.bbox.x0, other.bbox.x1);
            (own.bbox.x0 - other.bbox.x0).abs() < 4.0
                || ((own.bbox.x1 - other.bbox.x1).abs() < 4.0 && own.bbox.x0 > 250.0)
                || middle.abs() < 4.0
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The last heading of a party over a line: in its own block, else in its column.
fn section_of(analysis: &Analysis, previous: &[Option<usize>], segment: usize) -> Option<Concept> {
    let layout = &analysis.layout;
    let own = &layout.segments[segment];
    let party = |hit: &Hit| {
        let starts_block = hit.leads && (hit.ends || hit.colon);
        PARTIES
            .iter()
            .copied()
            .filter(|_| starts_block)
            .find(|c| hit.weight(*c) > 0.5)
    };
    for line in std::iter::successors(previous[segment], |s| previous[*s]).take(8) {
        if let Some(found) = analysis
            .hits
            .iter()
            .filter(|h| h.segment == line)
            .find_map(party)
        {
            return Some(found);
        }
    }
    // A heading further up whose column this line is in.
    let mut best: Option<(&Hit, Concept)> = None;
    for hit in &analysis.hits {
        let Some(concept) = party(hit) else { continue };
        let above = hit.page == own.page
            && hit.bbox.y1 <= own.bbox.y0 + 1.0
            && own.bbox.y0 - hit.bbox.y1 < 130.0;
        let column = hit.bbox.x0 - 15.0 <= own.bbox.x0 && own.bbox.x0 - hit.bbox.x0 < 260.0;
        if above
            && column
            && hit.ends
            && best.is_none_or(|(b, _)| (hit.bbox.y0, hit.bbox.x0) > (b.bbox.y0 - 3.0, b.bbox.x0))
        {
            best = Some((hit, concept));
        }
    }
    best.map(|(_, concept)| concept)
}
