//! Where the buyer's order number stands on the pages.

use super::numbers::{is_amount, is_date};
use super::signs::Span;
use super::text::DocumentText;
use crate::documents::BBox;

/// A value stands at most so many points right of its label or of what stands between.
const WIDEST_GAP: f32 = 180.0;
/// A value below its label begins at most so many points beside it.
const WIDEST_SHIFT: f32 = 45.0;
/// Words between a label and its value: `Nr.`, `:`, `vom 12.03.2026`.
const MOST_BETWEEN: usize = 4;
/// A shorter word without digits may stand between.
const LONGEST_BETWEEN: usize = 3;

/// The word that shows the number: the first that a label speaks of. `labels` are
/// the spans of words that announce one; a label that is part of one of `others`
/// ("our order", "order confirmation") announces something else.
pub(super) fn find(text: &DocumentText, labels: &[Span], others: &[Span]) -> Option<usize> {
    let is_other = |label: &Span| {
        others.iter().any(|other| {
            let overlap = other.0 <= label.1 && label.0 <= other.1;
            overlap && other.1 - other.0 >= label.1 - label.0
        })
    };
    let mut labels = labels.iter().filter(|label| !is_other(label));
    labels.find_map(|label| value_of(text, *label))
}

fn value_of(text: &DocumentText, label: Span) -> Option<usize> {
    let (page, first) = text.words.get(label.0)?.place?;
    let (_, last) = text.words.get(label.1)?.place?;
    // `PO#12345` and `PO-2026-0117` announce themselves.
    if is_reference(&text.words.get(label.1)?.text) {
        return Some(label.1);
    }
    let right = right_of(text, page, last);
    if let Some(word) = value_among(text, &right, last) {
        return Some(word);
    }
    let head = head_of(text, label, &right)?;
    below(text, page, BBox { x0: head, ..first }).or_else(|| {
        let ends_a_line = right.is_empty();
        ends_a_line.then(|| wrapped(text, label, last)).flatten()
    })
}

/// Words on the same line, from left to right.
fn right_of(text: &DocumentText, page: u32, label: BBox) -> Vec<usize> {
    let mut found: Vec<(usize, f32)> = (0..text.words.len())
        .filter_map(|word| {
            let (on, bbox) = text.words.get(word)?.place?;
            let shift = ((label.y0 + label.y1) - (bbox.y0 + bbox.y1)).abs() / 2.0;
            let is_right = bbox.x0 - label.x1 > -2.0 && shift < label.height() * 0.6;
            (on == page && is_right).then_some((word, bbox.x0))
        })
        .collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    found.into_iter().map(|(word, _)| word).collect()
}

/// The first reference, if nothing but short words and dates stands before it.
fn value_among(text: &DocumentText, words: &[usize], label: BBox) -> Option<usize> {
    let mut end = label.x1;
    for word in words.iter().take(MOST_BETWEEN + 1) {
        let seen = text.words.get(*word)?;
        let (_, bbox) = seen.place?;
        if bbox.x0 - end > WIDEST_GAP {
            return None;
        }
        if is_reference(&seen.text) {
            return Some(*word);
        }
        if !may_stand_between(&seen.text) {
            return None;
        }
        end = bbox.x1;
    }
    None
}

/// Where the words begin that stand together with a label on its line, if they
/// are few enough to be the head of a column and no sentence.
fn head_of(text: &DocumentText, label: Span, right: &[usize]) -> Option<f32> {
    let place = |word: usize| text.words.get(word)?.place;
    let (page, mut first) = place(label.0)?;
    let (_, mut last) = place(label.1)?;
    let mut count = 0;
    for word in right {
        let (_, bbox) = place(*word)?;
        if bbox.x0 - last.x1 > last.height() {
            break;
        }
        (last, count) = (bbox, count + 1);
    }
    for word in (0..label.0).rev() {
        let Some((on, bbox)) = place(word) else { break };
        let shift = ((first.y0 + first.y1) - (bbox.y0 + bbox.y1)).abs() / 2.0;
        let gap = first.x0 - bbox.x1;
        if on != page || shift > first.height() * 0.5 || !(-2.0..first.height()).contains(&gap) {
            break;
        }
        (first, count) = (bbox, count + 1);
    }
    (count <= MOST_BETWEEN).then_some(first.x0)
}

/// The nearest word below, if it is a reference.
fn below(text: &DocumentText, page: u32, label: BBox) -> Option<usize> {
    let under = (0..text.words.len()).filter_map(|word| {
        let (on, bbox) = text.words.get(word)?.place?;
        let (drop, shift) = (bbox.y0 - label.y1, (bbox.x0 - label.x0).abs());
        let is_under = (-1.0..label.height() * 2.0).contains(&drop) && shift < WIDEST_SHIFT;
        (on == page && is_under).then_some((word, drop + shift))
    });
    let (word, _) = under.min_by(|a, b| a.1.total_cmp(&b.1))?;
    is_reference(&text.words.get(word)?.text).then_some(word)
}

/// The word that follows at the start of the next line, of a label that ends one.
fn wrapped(text: &DocumentText, label: Span, last: BBox) -> Option<usize> {
    let (_, before) = text.words.get(label.0.checked_sub(1)?)?.place?;
    let ends_a_line = (before.y0 - last.y0).abs() < last.height() * 0.6 && before.x0 < last.x0;
    let word = label.1 + 1;
    let seen = text.words.get(word)?;
    let (_, bbox) = seen.place?;
    let drop = bbox.y0 - last.y0;
    let is_next = bbox.x0 < last.x0 && (0.0..last.height() * 2.5).contains(&drop);
    (ends_a_line && is_next && is_reference(&seen.text)).then_some(word)
}

/// At least three digits, and neither an amount nor a date.
fn is_reference(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    digits >= 3 && !is_amount(word) && !is_date(word.trim_end_matches('.'))
}

fn may_stand_between(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    is_date(word)
        || (letters <= LONGEST_BETWEEN && !word.chars().any(|c| c.is_ascii_digit()))
        || ["number", "nummer", "numero", "número", "numéro"]
            .contains(&word.trim_end_matches([':', '.']).to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::signs;
    use super::super::text::plain_page;
    use super::*;
    use crate::documents::Reading;

    /// The order number of a page of these lines.
    fn on(lines: &str) -> Option<String> {
        let text = DocumentText::of(&[plain_page(lines)], &Reading::default());
        let (labels, others) = signs::order_labels(&signs::find(&text));
        let word = find(&text, &labels, &others)?;
        Some(text.words.get(word).unwrap().text.clone())
    }

    #[test]
    fn a_number_is_found_by_its_label_in_every_language() {
        for (line, number) in [
            ("Your order no. PO-2026-0117", "PO-2026-0117"),
            ("P.O. # 4500012345", "4500012345"),
            ("Your ref. B4711001", "B4711001"),
            ("for the goods of PO-2026-0117", "PO-2026-0117"),
            ("Ihre Bestellung vom 12.03.2026 Nr. 77120", "77120"),
            ("Ihr Auftrag: 2026/00412", "2026/00412"),
            ("Votre commande n° BC-20417", "BC-20417"),
            ("V/Réf. 450099", "450099"),
            ("Uw ordernummer AB-12345", "AB-12345"),
            ("Ordernummer klant 123456", "123456"),
            ("Su pedido n.º 99812", "99812"),
            ("O.C. 450011", "450011"),
            ("Vs. ordine 2026/01234", "2026/01234"),
            ("Ordine d'acquisto: 450099", "450099"),
        ] {
            assert_eq!(on(&format!("X\n{line}")).as_deref(), Some(number), "{line}");
        }
    }

    #[test]
    fn the_sellers_order_and_words_of_thanks_announce_none() {
        for line in [
            "Nuestro pedido 99812",
            "Ns. ordine 2026/01234",
            "Conferma ordine n. 20417",
            "Thank you for your order. We charge 4711 pieces",
            "Rechnung gemäß Bestellung vom 12.03.2026.",
            "Purchase order",
        ] {
            assert_eq!(on(&format!("X\n{line}")), None, "{line}");
        }
    }

    #[test]
    fn a_number_below_its_label_is_found() {
        for label in ["Your order no.", "Bestellnummer / P.O. #", "Ordine cliente"] {
            assert_eq!(
                on(&format!("X\n{label}\n450001")).as_deref(),
                Some("450001")
            );
        }

        assert_eq!(
            on("X\nBestellnummer\n4500012345").as_deref(),
            Some("4500012345")
        );
        assert_eq!(on("X\nBestellnummer\n12.00"), None);
    }
}
