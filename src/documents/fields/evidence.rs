//! What the whole document gives away about how it writes numbers and dates.

use super::language::{self, Language};
use super::layout::Layout;
use super::recognise::date::{self, DateOrder};
use super::recognise::number::{self, DecimalMark};
use super::recognise::{currency, vat};

/// Habits of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Habits {
    /// Its decimal mark, where numbers show one.
    pub mark: Option<DecimalMark>,
    /// Its order of day and month.
    pub order: DateOrder,
    /// Whether something in the document settles that order.
    pub order_is_certain: bool,
    /// Its language, where known.
    pub language: Option<Language>,
}

impl Habits {
    /// Reads the habits of a document.
    #[must_use]
    pub(super) fn of(layout: &Layout) -> Self {
        let words = || layout.tokens.iter().map(|t| t.text.as_str());
        let language = language::detect(words());
        let mark = number::document_mark(words());
        let (order, order_is_certain) = date_order(layout, language);
        Self {
            mark,
            order,
            order_is_certain,
            language,
        }
    }
}

/// Dates that allow one reading alone settle it; else the land does, else the language.
fn date_order(layout: &Layout, language: Option<Language>) -> (DateOrder, bool) {
    let (mut day, mut month) = (0_usize, 0_usize);
    for segment in &layout.segments {
        for at in segment.tokens.clone() {
            let text = layout.tokens[at].text.as_str();
            if !text.contains(['/', '-']) || !text.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            match date::read(&[text]).and_then(|d| d.evidence()) {
                Some(DateOrder::DayFirst) => day += 1,
                Some(DateOrder::MonthFirst) => month += 1,
                None => {}
            }
        }
    }
    if day != month {
        return (
            if day > month {
                DateOrder::DayFirst
            } else {
                DateOrder::MonthFirst
            },
            true,
        );
    }
    if language.is_some_and(|l| l != Language::En) {
        return (DateOrder::DayFirst, true);
    }
    let (mut american, mut european) = (0_usize, 0_usize);
    for token in &layout.tokens {
        let text = token.text.as_str();
        european += usize::from(vat::has_shape(text) || text.contains('€') || text.contains('£'));
        european += usize::from(matches!(
            text,
            "VAT" | "UK" | "GST" | "GSTIN" | "EUR" | "GBP" | "India" | "Ireland" | "Australia"
        ));
        american += usize::from(matches!(
            text,
            "USA" | "ZIP" | "US" | "USD" | "Inc." | "Inc" | "LLC" | "EIN"
        ));
        american += usize::from(
            currency::of_word(text).is_some_and(|c| c.code == "USD") || text.starts_with('$'),
        );
    }
    if american > european {
        (DateOrder::MonthFirst, american >= european + 2)
    } else {
        (DateOrder::DayFirst, european > american)
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::tests::page_of;
    use super::*;

    fn order(lines: &[&str]) -> (DateOrder, bool) {
        let habits = Habits::of(&Layout::of(&[page_of(lines)]));
        (habits.order, habits.order_is_certain)
    }

    #[test]
    fn ambiguous_dates_follow_the_others() {
        assert_eq!(
            order(&["03/04/2024", "31/12/2024"]),
            (DateOrder::DayFirst, true)
        );
        assert_eq!(
            order(&["03/04/2024", "12/31/2024"]),
            (DateOrder::MonthFirst, true)
        );
        assert_eq!(
            order(&["Date 03/04/2024", "Total $12.00", "Acme Inc."]),
            (DateOrder::MonthFirst, true)
        );
        assert_eq!(
            order(&["Date 03/04/2024", "VAT £12.00"]),
            (DateOrder::DayFirst, true)
        );
        assert!(!order(&["03/04/2024"]).1);
    }
}
