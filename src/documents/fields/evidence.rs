//! What the whole document gives away about how it writes numbers and dates.

use super::language::{self, Language};
use super::layout::Layout;
use super::recognise::currency::Currency;
use super::recognise::date::{self, DateOrder};
use super::recognise::number::{self, DecimalMark, Writing};
use super::recognise::{currency, vat};

/// Habits of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Habits {
    /// How it writes numbers.
    pub writing: Writing,
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
        let dinar = thousandths(layout);
        let shown = number::document_mark(words());
        let writing = Writing {
            mark: shown.or_else(|| mark_of_thousandths(words(), dinar?, language)),
            thousandths: dinar.is_some(),
        };
        let (order, order_is_certain) = date_order(layout, language);
        Self {
            writing,
            order,
            order_is_certain,
            language,
        }
    }
}

/// The first currency of thousandths that the document names.
fn thousandths(layout: &Layout) -> Option<Currency> {
    let text = |at: usize| layout.tokens.get(at).map(|t| t.text.as_str());
    (0..layout.tokens.len()).find_map(|at| {
        let before = at.checked_sub(1).and_then(text);
        currency::of_thousandths(text(at)?, [before, text(at + 1)])
    })
}

/// The decimal mark where nothing shows it but three digits behind one and the same mark: habits
/// of the currency's land and of the document's language settle it where they agree. Where they
/// do not, round thousands are as thinkable, and amounts that are not round settle it.
fn mark_of_thousandths<'a>(
    words: impl Iterator<Item = &'a str>,
    dinar: Currency,
    language: Option<Language>,
) -> Option<DecimalMark> {
    let cores = words.map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()));
    let is_open = |core: &&str| number::parse(core, None).is_some_and(|number| number.either);
    let mut open: Vec<&str> = cores.filter(is_open).collect();
    open.sort_unstable();
    open.dedup();
    let has_comma = open.iter().any(|core| core.contains(','));
    let has_point = open.iter().any(|core| core.contains('.'));
    let found = match (has_comma, has_point) {
        (true, false) => DecimalMark::Comma,
        (false, true) => DecimalMark::Point,
        _ => return None,
    };
    let of_land = match dinar.code {
        "LYD" | "TND" => DecimalMark::Comma,
        _ => DecimalMark::Point,
    };
    let of_language = language.map(|language| match language {
        Language::En => DecimalMark::Point,
        _ => DecimalMark::Comma,
    });
    let uneven = open.iter().filter(|core| !core.ends_with('0')).count();
    match (of_land == found, of_language == Some(found)) {
        (true, true) => Some(found),
        (false, false) => None,
        _ => (uneven >= 2).then_some(found),
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
    fn a_currency_of_thousandths_is_read_where_all_agree() {
        let english = "Please pay the amount of the invoice for your payment";
        let french = "Facture du montant à payer pour la date de la commande";
        let (comma, point) = (Some(DecimalMark::Comma), Some(DecimalMark::Point));
        for (language, amounts, mark) in [
            (english, ["KWD 25.000", "KWD 2.000"], point),
            (english, ["KWD 25,000", "KWD 2,345"], None),
            (english, ["12.340 BHD", "2.345 BHD"], point),
            (french, ["25,000 TND", "2,000"], comma),
            (french, ["25.000 TND", "2.345"], None),
            (english, ["TND 12,345", "TND 2,345"], comma),
            (english, ["TND 12,345", "TND 2,000"], None),
            (english, ["KWD 12.345", "KWD 2,345"], None),
            (english, ["KWD 1,012.345", "2.345"], point),
        ] {
            let [first, second] = amounts;
            let habits = Habits::of(&Layout::of(&[page_of(&[language, first, second])]));
            let expected = Writing {
                mark,
                thousandths: true,
            };
            assert_eq!(habits.writing, expected, "{language}: {amounts:?}");
        }
        let malaysian = Layout::of(&[page_of(&["MUSTER SDN BHD 12, JALAN 3", "1.234"])]);
        assert_eq!(Habits::of(&malaysian).writing, Writing::default());
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
