//! What the numbers of a page and the codes of a structure tell.

use rust_decimal::Decimal;

use crate::documents::{FieldName, Page, Reading, Source};

use super::text::DocumentText;

/// The buyer's order number was found.
pub(super) const ORDER: &str = "order_number";
/// It was not.
pub(super) const NO_ORDER: &str = "no_order_number";

/// Names of the signs of [`of`], in order.
pub(super) const NAMES: [&str; 23] = [
    ORDER,
    NO_ORDER,
    "narrow_page",
    "more_pages",
    "many_words",
    "few_words",
    "amounts",
    "negative_amounts",
    "dates",
    "iban",
    "percentages",
    "structure",
    "code_invoice",
    "code_credit",
    "code_pro_forma",
    "code_other",
    "hours_unit",
    "energy_unit",
    "negative_total",
    "person_and_time",
    "time_lines",
    "energy_lines",
    "piece_lines",
];

/// UNTDID 1001 codes of invoices of any kind.
const INVOICES: [&str; 14] = [
    "71", "80", "82", "84", "326", "380", "383", "384", "386", "389", "393", "395", "751", "876",
];
/// UNTDID 1001 codes of credit notes of any kind.
const CREDITS: [&str; 11] = [
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532",
];
/// UN/ECE Recommendation 20 codes, and words, of time worked.
const TIME_UNITS: &[&str] = &[
    "hur", "day", "hrs", "hr", "h", "hour", "hours", "days", "std", "stunde", "stunden", "tag",
    "tage", "heure", "heures", "jour", "jours", "j", "uur", "uren", "dag", "dagen", "hora",
    "horas", "dia", "dias", "jornada", "jornadas", "ora", "ore", "giorno", "giorni", "giornata",
    "giornate", "manday",
];
/// Likewise of energy, water and data.
const ENERGY_UNITS: &[&str] = &["kwh", "mwh", "mtq", "m3", "e34", "e49"];
/// Likewise of pieces.
const PIECE_UNITS: &[&str] = &[
    "c62", "h87", "ea", "xpp", "pce", "pc", "pcs", "each", "unit", "units", "stk", "stuck",
    "piece", "pieces", "unite", "unites", "stuks", "stuk", "ud", "uds", "unidad", "unidades", "pz",
    "pezzi", "pezzo",
];

/// Whether a code of UNTDID 1001 is that of a credit note of any kind.
#[must_use]
pub fn is_credit_note_code(code: &str) -> bool {
    CREDITS.contains(&code)
}

/// The signs' values, each 0..=1.
pub(super) fn of(
    text: &DocumentText,
    pages: &[Page],
    reading: &Reading,
    shows_order: bool,
) -> [f64; NAMES.len()] {
    let structure = Structure::of(reading);
    let has_order = structure.has_order || shows_order;
    let words = text.words.len();
    let count = |is: fn(&str) -> bool| text.words.iter().filter(|word| is(&word.text)).count();
    let amounts = count(is_amount);
    let negative = count(|word| is_amount(word) && is_negative(word));
    let flag = |holds: bool| f64::from(u8::from(holds));
    // Counts matter by their magnitude: 1 is reached at `full`.
    let magnitude = |n: usize, full: f64| ((1.0 + n as f64).ln() / full.ln()).min(1.0);
    let narrow = pages.first().is_some_and(|page| page.width < 400.0);
    [
        flag(has_order),
        flag(!has_order),
        flag(narrow),
        magnitude(pages.len().saturating_sub(1), 10.0),
        magnitude(words, 2000.0),
        flag(words < 80),
        magnitude(amounts, 100.0),
        negative as f64 / amounts.max(1) as f64,
        magnitude(count(is_date), 40.0),
        flag(count(is_iban_start) > 0),
        magnitude(count(|word| word.ends_with('%')), 20.0),
        flag(structure.is_there),
        flag(structure.code == Code::Invoice),
        flag(structure.code == Code::Credit),
        flag(structure.code == Code::ProForma),
        flag(structure.code == Code::Other),
        flag(structure.has_unit(reading, TIME_UNITS)),
        flag(structure.has_unit(reading, ENERGY_UNITS)),
        flag(structure.is_negative),
        magnitude(count(is_clock_or_quantity_of_hours), 12.0),
        magnitude(lines_in(text, TIME_UNITS), 8.0),
        magnitude(lines_in(text, ENERGY_UNITS), 8.0),
        magnitude(lines_in(text, PIECE_UNITS), 8.0),
    ]
}

/// Lines of the page that hold an amount and one of these units: what is charged
/// is counted in it.
fn lines_in(text: &DocumentText, units: &[&str]) -> usize {
    let tokens = text.tokens.iter();
    let words = tokens.filter(|token| units.contains(&token.text.as_str()));
    let mut found: Vec<(u32, f32)> = Vec::new();
    let is_amount_at = |page: u32, middle: f32| {
        text.words.iter().any(|word| {
            word.place.is_some_and(|(on, bbox)| {
                let shift = ((bbox.y0 + bbox.y1) / 2.0 - middle).abs();
                on == page && shift < bbox.height() * 0.5 && is_amount(&word.text)
            })
        })
    };
    for token in words {
        let Some((page, bbox)) = text.words.get(token.word).and_then(|word| word.place) else {
            continue;
        };
        let middle = (bbox.y0 + bbox.y1) / 2.0;
        let is_counted = found
            .iter()
            .any(|(on, at)| *on == page && (at - middle).abs() < 2.0);
        if !is_counted && is_amount_at(page, middle) {
            found.push((page, middle));
        }
    }
    found.len()
}

#[derive(PartialEq, Eq)]
enum Code {
    None,
    Invoice,
    Credit,
    ProForma,
    Other,
}

struct Structure {
    is_there: bool,
    has_order: bool,
    is_negative: bool,
    code: Code,
}

impl Structure {
    fn of(reading: &Reading) -> Self {
        let value = |name: FieldName| {
            let found = reading
                .fields
                .get(&name)
                .filter(|field| field.source == Source::Xml);
            found.map(|field| field.value.as_str())
        };
        let amount = |name| value(name).and_then(|value| value.parse::<Decimal>().ok());
        let total = amount(FieldName::Total).or_else(|| amount(FieldName::Payable));
        Self {
            is_there: reading
                .fields
                .values()
                .any(|field| field.source == Source::Xml),
            has_order: value(FieldName::OrderNumber).is_some(),
            is_negative: total.is_some_and(|total| total < Decimal::ZERO),
            code: match value(FieldName::TypeCode) {
                None => Code::None,
                Some("325") => Code::ProForma,
                Some(code) if INVOICES.contains(&code) => Code::Invoice,
                Some(code) if is_credit_note_code(code) => Code::Credit,
                Some(_) => Code::Other,
            },
        }
    }

    /// Whether a line of the structure is in one of these units.
    fn has_unit(&self, reading: &Reading, units: &[&str]) -> bool {
        let mut stated = reading.lines.iter().filter_map(|line| line.unit.as_deref());
        self.is_there && stated.any(|unit| units.contains(&unit.to_lowercase().as_str()))
    }
}

/// Digits with two decimals: `1.204,50`, `-12.00`, `99,90-`.
pub(super) fn is_amount(word: &str) -> bool {
    let body = word.trim_matches(|c: char| !c.is_ascii_digit());
    let mut from_end = body.chars().rev();
    let cents = from_end.by_ref().take(2).all(|c| c.is_ascii_digit());
    let separator = from_end.next().is_some_and(|c| c == '.' || c == ',');
    let whole: String = from_end.collect::<Vec<_>>().into_iter().rev().collect();
    cents && separator && is_grouped(&whole) && !is_date(word)
}

/// Digits, in groups of three after the first where they are separated.
fn is_grouped(whole: &str) -> bool {
    let mut groups = whole.split(['.', ',', '\'', '’']);
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    groups.next().is_some_and(digits) && groups.all(|group| group.len() == 3 && digits(group))
}

fn is_negative(word: &str) -> bool {
    let signs = ['-', '−', '–', '('];
    word.starts_with(signs) || word.ends_with(['-', '−', ')']) || word.contains("€-")
}

/// Three numbers between two equal signs: `12.03.2026`, `2026-03-12`, `3/12/26`.
pub(super) fn is_date(word: &str) -> bool {
    ['.', '-', '/'].iter().any(|sign| {
        let parts: Vec<&str> = word
            .trim_end_matches([',', ';', ':'])
            .split(*sign)
            .collect();
        let number =
            |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3
            && parts.iter().all(number)
            && parts.iter().filter(|part| part.len() == 4).count() <= 1
            && parts.get(1).is_some_and(|middle| middle.len() <= 2)
    })
}

fn is_iban_start(word: &str) -> bool {
    let head = word.as_bytes();
    head.len() >= 4
        && head.iter().take(2).all(u8::is_ascii_uppercase)
        && head.iter().skip(2).take(2).all(u8::is_ascii_digit)
        && (head.len() == 4 || head.len() >= 15)
}

/// A time of day or a span of one: `14:30`, or hours with a unit: `7.5h`.
fn is_clock_or_quantity_of_hours(word: &str) -> bool {
    let clock = word.split_once(':').is_some_and(|(hour, minute)| {
        (1..=2).contains(&hour.len())
            && minute.len() >= 2
            && word.bytes().all(|b| b.is_ascii_digit() || b == b':')
    });
    let hours = word.strip_suffix('h').is_some_and(|number| {
        !number.is_empty()
            && number
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
    });
    clock || hours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_dates_are_told_apart() {
        for amount in [
            "1.204,50",
            "-12.00",
            "99,90-",
            "€1,000.00",
            "1'234.55",
            "(12.00)",
        ] {
            assert!(is_amount(amount), "{amount}");
        }
        for date in ["12.03.2026", "2026-03-12", "3/12/26", "1.2.20"] {
            assert!(is_date(date) && !is_amount(date), "{date}");
        }
        for other in ["", "-", "1", "3.14159", "12.00.00.00", "ab.cd"] {
            assert!(!is_amount(other) && !is_date(other), "{other}");
        }
        assert!(is_negative("-12.00") && is_negative("12.00-") && !is_negative("12.00"));
        assert!(is_iban_start("DE89") && !is_iban_start("DE8") && !is_iban_start("Haus"));
    }
}
