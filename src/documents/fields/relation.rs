//! How a value stands to the labels around it: behind one in its row, or under one.

use std::ops::Range;

use super::concept::Concept;
use super::labels::Hit;
use super::layout::Layout;
use super::recognise::currency;

/// The labels of a document by row, ready to be asked about values.
pub(super) struct Labels<'a> {
    layout: &'a Layout,
    hits: &'a [Hit],
    by_row: Vec<Vec<usize>>,
    /// Whether a label has its value beside it, and so announces nothing below.
    taken: Vec<bool>,
}

/// One label that speaks for a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relation {
    /// Index of the label among the hits.
    pub hit: usize,
    /// 0..=1, how well the two are placed, before the weight of the label.
    pub strength: f32,
    /// Under the label rather than behind it.
    pub above: bool,
}

/// What the labels around a value say of one set of concepts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Support {
    /// Best support by a label in the row.
    pub left: f32,
    /// Best support by a label above.
    pub above: f32,
    /// Best support in the row for something else.
    pub other_left: f32,
    /// Best support from above for something else.
    pub other_above: f32,
}

impl Support {
    /// The better of the two.
    #[must_use]
    pub(super) fn best(&self) -> f32 {
        self.left.max(self.above)
    }

    /// What speaks for something else.
    #[must_use]
    pub(super) fn other(&self) -> f32 {
        self.other_left.max(self.other_above)
    }
}

impl<'a> Labels<'a> {
    /// Sorts the labels by row.
    #[must_use]
    pub(super) fn new(layout: &'a Layout, hits: &'a [Hit]) -> Self {
        let mut by_row = vec![Vec::new(); layout.rows.len()];
        for (i, hit) in hits.iter().enumerate() {
            by_row[hit.row].push(i);
        }
        for row in &mut by_row {
            row.sort_by_key(|i| hits[*i].tokens.start);
        }
        let taken = hits
            .iter()
            .map(|hit| has_value_beside(layout, hits, &by_row, hit))
            .collect();
        Self {
            layout,
            hits,
            by_row,
            taken,
        }
    }

    /// The labels of a row, left to right.
    #[must_use]
    pub(super) fn in_row(&self, row: usize) -> &[usize] {
        &self.by_row[row]
    }

    /// The labels that speak for the value at `value`.
    #[must_use]
    pub(super) fn around(&self, value: &Range<usize>) -> Vec<Relation> {
        let mut relations = Vec::new();
        self.left_of(value, &mut relations);
        self.above(value, &mut relations);
        relations
    }

    /// Sums relations up for the concepts of one field; `neutral` ones neither
    /// support nor contradict.
    #[must_use]
    pub(super) fn support(
        &self,
        relations: &[Relation],
        concepts: &[(Concept, f32)],
        neutral: &[Concept],
    ) -> Support {
        let mut support = Support::default();
        for relation in relations {
            let hit = &self.hits[relation.hit];
            let own = concepts
                .iter()
                .map(|(c, w)| hit.weight(*c) * w)
                .fold(0.0, f32::max)
                * relation.strength;
            let is_neutral = hit.meanings.iter().all(|m| neutral.contains(&m.concept));
            let strongest =
                hit.meanings.iter().map(|m| m.weight).fold(0.0, f32::max) * relation.strength;
            let other = if own > 0.0 || is_neutral {
                0.0
            } else {
                strongest
            };
            let (best, against) = if relation.above {
                (&mut support.above, &mut support.other_above)
            } else {
                (&mut support.left, &mut support.other_left)
            };
            *best = best.max(own);
            *against = against.max(other);
        }
        support
    }

    fn left_of(&self, value: &Range<usize>, out: &mut Vec<Relation>) {
        let token = &self.layout.tokens[value.start];
        let (width, _) = self.layout.page_size(token.page);
        let before: Vec<usize> = self.by_row[token.row]
            .iter()
            .copied()
            .filter(|i| self.hits[*i].tokens.end <= value.start)
            .collect();
        for (rank, index) in before.iter().rev().take(4).enumerate() {
            let hit = &self.hits[*index];
            let between = hit.tokens.end..value.start;
            let values = self.values_between(between.clone());
            let words = self.words_between(between);
            let mut strength = if hit.segment == token.segment {
                match words {
                    0 => 1.0,
                    1 => 0.95,
                    2 => 0.8,
                    3 => 0.6,
                    4 => 0.45,
                    _ => 0.25,
                }
            } else {
                let gap = (token.bbox.x0 - hit.bbox.x1).max(0.0) / width;
                let open = if hit.ends { 1.0 } else { 0.45 };
                open * (1.0 - 0.75 * gap)
            };
            strength *= match values {
                0 => 1.0,
                1 => 0.5,
                2 => 0.4,
                _ => 0.3,
            };
            // A label farther away speaks only where the nearer one is a word beside the point.
            strength *= [1.0, 0.35, 0.2, 0.1][rank];
            out.push(Relation {
                hit: *index,
                strength,
                above: false,
            });
        }
        self.wrapped(value, out);
    }

    /// Other values between a label and its value; a tax rate is part of the label.
    fn values_between(&self, between: Range<usize>) -> usize {
        between
            .filter(|i| has_digit(&self.layout.tokens[*i].text) && !self.is_rate(*i))
            .count()
    }

    /// Words between that are neither punctuation nor a rate nor a currency.
    fn words_between(&self, between: Range<usize>) -> usize {
        between
            .filter(|i| {
                let text = &self.layout.tokens[*i].text;
                text.chars().any(char::is_alphanumeric)
                    && !self.is_rate(*i)
                    && currency::of_word(text).is_none()
            })
            .count()
    }

    fn is_rate(&self, at: usize) -> bool {
        let percent = |i: usize| {
            self.layout
                .tokens
                .get(i)
                .is_some_and(|t| t.text.contains('%'))
        };
        percent(at) || (percent(at + 1) && self.layout.tokens[at + 1].text.starts_with('%'))
    }

    /// A label that ends one line, with its value at the start of the next.
    fn wrapped(&self, value: &Range<usize>, out: &mut Vec<Relation>) {
        let token = &self.layout.tokens[value.start];
        let segment = &self.layout.segments[token.segment];
        let Some(upper) = token
            .row
            .checked_sub(1)
            .filter(|_| segment.tokens.start == value.start)
        else {
            return;
        };
        for index in &self.by_row[upper] {
            let hit = &self.hits[*index];
            let line = &self.layout.segments[hit.segment];
            let wraps = hit.tokens.end == line.tokens.end
                && hit.page == token.page
                && line.tokens.len() > hit.tokens.len()
                && (line.bbox.x0 - segment.bbox.x0).abs() < 3.0
                && segment.bbox.y0 - line.bbox.y1 < 0.8 * token.size;
            if wraps {
                out.push(Relation {
                    hit: *index,
                    strength: 0.8,
                    above: false,
                });
            }
        }
    }

    fn above(&self, value: &Range<usize>, out: &mut Vec<Relation>) {
        let token = &self.layout.tokens[value.start];
        let bbox = self.layout.bbox(value.clone());
        let size = token.size.clamp(5.0, 16.0);
        let mut between = 0.0_f32;
        let mut found = 0;
        for row in (0..token.row).rev().take(45) {
            if self.layout.rows[row].page != token.page || found >= 2 {
                break;
            }
            let mut crossed = false;
            for index in &self.by_row[row] {
                let hit = &self.hits[*index];
                let Some(align) = alignment(&bbox, &hit.bbox, size) else {
                    continue;
                };
                let alone = match (hit.leads, hit.ends) {
                    (true, true) => 1.0,
                    _ if hit.among_labels => 0.95,
                    (true, false) => 0.5,
                    _ => 0.35,
                };
                let distance = (bbox.y0 - hit.bbox.y1) / size;
                let near = if distance < 2.2 {
                    1.0
                } else {
                    1.0 / (1.0 + 0.05 * (distance - 2.2))
                };
                let depth = 0.93_f32.powf(between);
                let free = if self.taken[*index] { 0.25 } else { 1.0 };
                let strength = 0.95 * align * alone * near * depth * free;
                out.push(Relation {
                    hit: *index,
                    strength,
                    above: true,
                });
                found += 1;
                crossed = true;
            }
            if !crossed && self.row_crosses(row, &bbox) {
                between += 1.0;
            }
        }
    }

    /// Whether words of the row stand over the box.
    fn row_crosses(&self, row: usize, bbox: &crate::documents::BBox) -> bool {
        self.layout.rows[row].segments.clone().any(|s| {
            let other = &self.layout.segments[s].bbox;
            other.x0 < bbox.x1 && other.x1 > bbox.x0
        })
    }
}

/// 0..=1 when a label above shares an edge, the middle, or width with the value.
fn alignment(
    value: &crate::documents::BBox,
    label: &crate::documents::BBox,
    size: f32,
) -> Option<f32> {
    let overlap = value.x1.min(label.x1) - value.x0.max(label.x0);
    if overlap <= 0.0 || label.y1 > value.y0 + 0.5 * size {
        return None;
    }
    let left = (value.x0 - label.x0).abs();
    let right = (value.x1 - label.x1).abs();
    let center = (f32::midpoint(value.x0, value.x1) - f32::midpoint(label.x0, label.x1)).abs();
    let edge = left.min(right).min(center);
    let share = overlap / value.width().min(label.width()).max(1.0);
    Some(if edge < 0.5 * size {
        1.0
    } else if share > 0.7 {
        0.85
    } else {
        0.55 * share + 0.1
    })
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

fn has_value_beside(layout: &Layout, hits: &[Hit], by_row: &[Vec<usize>], hit: &Hit) -> bool {
    let row = &layout.rows[hit.row];
    let next = hit.tokens.end;
    if next >= row.tokens.end {
        return false;
    }
    let next_is_label = by_row[hit.row]
        .iter()
        .any(|i| hits[*i].tokens.start == next);
    if next_is_label {
        return false;
    }
    let token = &layout.tokens[next];
    if token.segment == hit.segment {
        return has_digit(&token.text) || hit.colon;
    }
    let (width, _) = layout.page_size(hit.page);
    let gap = (token.bbox.x0 - hit.bbox.x1) / width;
    hit.colon && gap < 0.35 || gap < 0.2 && has_digit(&token.text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::labels;
    use super::super::layout::tests::page_of;
    use super::*;

    fn support_of(lines: &[&str], value: &str, concept: Concept) -> Support {
        let layout = Layout::of(&[page_of(lines)]);
        let hits = labels::find(&layout, crate::documents::Source::Page);
        let labels = Labels::new(&layout, &hits);
        let at = layout.tokens.iter().position(|t| t.text == value).unwrap();
        labels.support(&labels.around(&(at..at + 1)), &[(concept, 1.0)], &[])
    }

    #[test]
    fn behind_and_under() {
        assert!(support_of(&["Invoice number: 42"], "42", Concept::Number).left > 0.9);
        assert!(
            support_of(
                &["Due date\tInvoice number", "x\t42"],
                "42",
                Concept::Number
            )
            .above
                > 0.8
        );
        assert!(support_of(&["Customer number: 42"], "42", Concept::Number).other_left > 0.9);
    }

    #[test]
    fn a_label_with_its_own_value_says_little_below() {
        let support = support_of(
            &["Invoice number: 42", "Customer", "99"],
            "99",
            Concept::Number,
        );
        assert!(support.above < 0.3, "{support:?}");
    }
}
