//! Everything on the pages that could be a value: dates, amounts, identifiers.

use std::ops::Range;

use rust_decimal::Decimal;

use super::evidence::Habits;
use super::layout::Layout;
use super::recognise::amount::{self, Amount};
use super::recognise::currency::Currency;
use super::recognise::{account, date, identifier, vat};

/// Candidates of one kind kept; more are dropped from the middle of the document.
const MOST: usize = 400;

/// One possible value.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Its words.
    pub tokens: Range<usize>,
    /// Normalised as the field wants it.
    pub value: String,
    /// What it is.
    pub fact: Fact,
}

/// What a candidate is, by kind.
#[derive(Debug, Clone)]
pub(super) enum Fact {
    /// A date.
    Date {
        /// Whether day and month could be exchanged and nothing settles it.
        doubtful: bool,
        /// Whether the year is whole or the month a word.
        explicit: bool,
    },
    /// An amount of money.
    Amount(Money),
    /// An identifier.
    Identifier,
}

/// An amount and how it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Money {
    /// Signed value.
    pub value: Decimal,
    /// Whether it has as many decimals as money has.
    pub exact: bool,
    /// The currency written with it.
    pub currency: Option<Currency>,
}

/// All candidates of a document by kind, in reading order.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidates {
    /// Dates.
    pub dates: Vec<Candidate>,
    /// Amounts of money.
    pub amounts: Vec<Candidate>,
    /// Identifiers.
    pub identifiers: Vec<Candidate>,
    /// Percentages, with their words.
    pub percents: Vec<(Range<usize>, Decimal)>,
    /// IBANs; the flag says whether check digits agree.
    pub ibans: Vec<(Range<usize>, String, bool)>,
    /// VAT identifiers.
    pub vat_ids: Vec<(Range<usize>, String)>,
}

impl Candidates {
    /// Reads every candidate of a document.
    #[must_use]
    pub(super) fn of(layout: &Layout, habits: &Habits) -> Self {
        let mut found = Self::default();
        for segment in &layout.segments {
            let words: Vec<&str> = layout.tokens[segment.tokens.clone()]
                .iter()
                .map(|t| t.text.as_str())
                .collect();
            found.read_segment(&words, segment.tokens.start, habits);
        }
        found.read_wrapped_ibans(layout);
        for list in [&mut found.dates, &mut found.amounts, &mut found.identifiers] {
            if list.len() > MOST {
                list.drain(MOST / 2..list.len() - MOST / 2);
            }
        }
        found
    }

    fn read_segment(&mut self, words: &[&str], offset: usize, habits: &Habits) {
        let mut at = 0;
        while at < words.len() {
            let rest = &words[at..];
            let start = offset + at;
            if let Some(iban) = account::read_iban(rest) {
                self.ibans
                    .push((start..start + iban.words, iban.value, iban.valid));
                at += iban.words;
            } else if let Some(id) = vat::read(rest) {
                self.vat_ids
                    .push((start..start + id.words, id.value.clone()));
                if id.words == 1 {
                    self.push_identifier(rest, start);
                }
                at += id.words;
            } else if let Some(read) = date::read(rest) {
                self.push_date(&read, start, habits);
                if read.words == 1 {
                    self.push_identifier(rest, start);
                }
                at += read.words;
            } else if let Some(read) = amount::read(rest, habits.writing) {
                at += self.push_amount(&read, rest, start);
            } else {
                self.push_identifier(rest, start);
                at += 1;
            }
        }
    }

    fn push_date(&mut self, read: &date::DateRead, start: usize, habits: &Habits) {
        if let Some(day) = read.under(habits.order) {
            let doubtful = read.is_ambiguous() && !habits.order_is_certain;
            self.dates.push(Candidate {
                tokens: start..start + read.words,
                value: day.to_string(),
                fact: Fact::Date {
                    doubtful,
                    explicit: read.explicit,
                },
            });
        }
    }

    /// Returns how many words to go on.
    fn push_amount(&mut self, read: &Amount, rest: &[&str], start: usize) -> usize {
        let tokens = start..start + read.words;
        if read.percent {
            self.percents.push((tokens, read.value));
            return read.words;
        }
        let plain = read.currency.is_none() && read.decimals == 0;
        // `300 €` is money, whatever label stands before it.
        if plain || (!read.exact && read.currency.is_none()) {
            self.push_identifier(rest, start);
        }
        // Long runs of digits are numbers of something, never money.
        if !(plain && !read.grouped && rest[0].len() > 7) {
            let fact = Fact::Amount(Money {
                value: read.value,
                exact: read.exact,
                currency: read.currency,
            });
            let value = read.value.to_string();
            self.amounts.push(Candidate {
                tokens,
                value,
                fact,
            });
        }
        if plain { 1 } else { read.words }
    }

    fn push_identifier(&mut self, rest: &[&str], start: usize) {
        for read in [identifier::read(rest[0]), identifier::read_spaced(rest)]
            .into_iter()
            .flatten()
        {
            self.identifiers.push(Candidate {
                tokens: start..start + read.words,
                value: read.value,
                fact: Fact::Identifier,
            });
        }
    }

    /// An IBAN in groups whose end stands on the next row of the same cell.
    fn read_wrapped_ibans(&mut self, layout: &Layout) {
        for (range, value, valid) in &mut self.ibans {
            if *valid {
                continue;
            }
            let last = &layout.tokens[range.end - 1];
            let Some(next) = layout
                .rows
                .get(last.row + 1)
                .filter(|r| r.page == last.page)
            else {
                continue;
            };
            let left = layout.tokens[range.start].bbox.x0;
            let below = next.segments.clone().find(|s| {
                let bbox = layout.segments[*s].bbox;
                (bbox.x0 - layout.segments[last.segment].bbox.x0).abs() < 20.0
                    || (bbox.x0 - left).abs() < 20.0
            });
            let Some(below) = below else { continue };
            let mut words: Vec<&str> = layout.tokens[range.clone()]
                .iter()
                .map(|t| t.text.as_str())
                .collect();
            words.extend(
                layout.tokens[layout.segments[below].tokens.clone()]
                    .iter()
                    .map(|t| t.text.as_str()),
            );
            if let Some(whole) = account::read_iban(&words).filter(|w| w.valid) {
                *value = whole.value;
                *valid = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::tests::page_of;
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let layout = Layout::of(&[page_of(&[
            "Rechnung Nr. RE-1 vom 31.12.2024",
            "Summe\t1.234,56 €\t19 %",
            "IBAN DE89 3704 0044 0532 0130 00 USt-IdNr. DE123456789",
        ])]);
        let found = Candidates::of(&layout, &Habits::of(&layout));
        assert_eq!(found.dates[0].value, "2024-12-31");
        assert_eq!(found.amounts[0].value, "1234.56");
        assert_eq!(found.percents[0].1, Decimal::from(19));
        assert!(found.identifiers.iter().any(|c| c.value == "RE-1"));
        assert!(found.ibans[0].2);
        assert_eq!(found.vat_ids[0].1, "DE123456789");
    }
}
