//! What each detector would have flagged in the records there are, before it is let loose.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::first_digits::{FirstDigits, first_digits};
use super::{Around, Books, Detector, Found, INVOICE, Thresholds, of_lines};
use crate::history::{History, Lines};

/// Examples shown of each detector, the latest.
const EXAMPLES: usize = 5;

/// What each detector would have flagged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DryRun {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// Claims looked at.
    pub claims: usize,
    /// Uses of cards looked at.
    pub cards: usize,
    /// Invoices of vendors looked at.
    pub invoices: usize,
    /// Every detector, also those that are switched off.
    pub detectors: Vec<Tried>,
    /// First two digits of the amounts claimed; none where they are too few.
    pub claim_digits: Option<FirstDigits>,
    /// First two digits of the totals of invoices; none where they are too few.
    pub invoice_digits: Option<FirstDigits>,
}

/// One detector, tried on all there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tried {
    /// Its name.
    pub detector: String,
    /// What it asks.
    pub asks: String,
    /// `expense_claim`, `card_transaction` or `vendor_invoice`.
    pub of: String,
    /// Whether it runs.
    pub runs: bool,
    /// Records flagged.
    pub flagged: usize,
    /// Share of the records looked at.
    pub share: f64,
    /// Records flagged by month of the expense or invoice, `2026-03`; months without are left out.
    pub months: BTreeMap<String, usize>,
    /// The latest of them.
    pub examples: Vec<Example>,
}

/// A record that would have been flagged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Example {
    /// The record, as `kind/id`.
    pub subject: String,
    /// Day of the expense or invoice.
    pub day: NaiveDate,
    /// What was found.
    pub text: String,
    /// Records to lay beside it.
    pub twins: Vec<String>,
}

/// Tries every detector on every claim and use of a card of the history, each beside what is dated no
/// later than it, and on every invoice, beside those that were known before it.
#[must_use]
pub fn dry_run(history: &dyn History, thresholds: &Thresholds) -> DryRun {
    let spending = history.spending();
    let mut amounts = Vec::new();
    let [of_claims, of_cards] = Lines::OF_EMPLOYEES.map(|lines| {
        let mut tally = Tally::new(of_lines(lines));
        for claim in spending.all(lines, NaiveDate::MIN, NaiveDate::MAX) {
            let day = claim.incurred_on;
            let around = Around::of(lines, &claim, history, thresholds, day);
            let view = around.view(&claim, thresholds);
            let subject = format!("{}/{}", lines.kind(), claim.id);
            tally.try_all(&subject, day, |detector| (detector.check)(&view));
            if lines == Lines::Claims {
                amounts.push(claim.amount.decimal());
            }
        }
        tally
    });
    let mut of_invoices = Tally::new(INVOICE);
    let books = Books::new(history);
    let invoices = history.invoices();
    for (_, invoice) in &invoices {
        let subject = format!("vendor_invoice/{}", invoice.id);
        books.look(invoice, thresholds, |view| {
            of_invoices.try_all(&subject, invoice.issued_on, |detector| {
                (detector.check)(view)
            });
        });
    }
    let totals = invoices.iter();
    let totals = totals.map(|(_, invoice)| invoice.total.amount.decimal());
    DryRun {
        as_of: history.as_of(),
        claims: of_claims.looked_at,
        cards: of_cards.looked_at,
        invoices: of_invoices.looked_at,
        claim_digits: first_digits(amounts),
        invoice_digits: first_digits(totals),
        detectors: [
            of_claims.tried("expense_claim", thresholds),
            of_cards.tried("card_transaction", thresholds),
            of_invoices.tried("vendor_invoice", thresholds),
        ]
        .concat(),
    }
}

/// What detectors of one kind found.
struct Tally<View: 'static> {
    registry: Vec<&'static Detector<View>>,
    looked_at: usize,
    examples: Vec<Vec<Example>>,
}

impl<View> Tally<View> {
    fn new(registry: impl IntoIterator<Item = &'static Detector<View>>) -> Self {
        let registry: Vec<_> = registry.into_iter().collect();
        let examples = registry.iter().map(|_| Vec::new()).collect();
        Self {
            registry,
            looked_at: 0,
            examples,
        }
    }

    fn try_all(
        &mut self,
        subject: &str,
        day: NaiveDate,
        check: impl Fn(&Detector<View>) -> Option<Found>,
    ) {
        self.looked_at += 1;
        for (detector, examples) in self.registry.iter().zip(&mut self.examples) {
            examples.extend(check(detector).map(|found| Example {
                subject: subject.to_owned(),
                day,
                text: found.text,
                twins: found.twins,
            }));
        }
    }

    fn tried(self, of: &str, thresholds: &Thresholds) -> Vec<Tried> {
        let all = self.looked_at.max(1) as f64;
        let both = self.registry.into_iter().zip(self.examples);
        both.map(|(detector, mut examples)| {
            let mut months = BTreeMap::new();
            for example in &examples {
                *months
                    .entry(example.day.format("%Y-%m").to_string())
                    .or_default() += 1;
            }
            let flagged = examples.len();
            examples.sort_by(|a, b| (b.day, &a.subject).cmp(&(a.day, &b.subject)));
            examples.truncate(EXAMPLES);
            Tried {
                detector: detector.name.to_owned(),
                asks: detector.asks.to_owned(),
                of: of.to_owned(),
                runs: thresholds.runs(detector.name),
                flagged,
                share: flagged as f64 / all,
                months,
                examples,
            }
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    #[test]
    fn every_record_is_tried_beside_what_is_dated_before_it() {
        let mut facts = Facts::default();
        let known = "2026-03-20T00:00:00Z".parse().unwrap();
        for (id, day, amount) in [
            ("a", "2026-03-03", "60"),
            ("b", "2026-03-04", "45"),
            ("c", "2026-04-20", "98"),
        ] {
            let body = json!({"id": id, "employee_id": "e", "incurred_on": day, "amount": amount, "currency": "EUR", "merchant": "Papier"});
            facts
                .insert(RecordKind::ExpenseClaim, known, 1, body)
                .unwrap();
        }
        let invoices = [("2", "FR14", "2026-02-01"), ("1", "DE02", "2026-01-01")];
        for (id, iban, day) in invoices {
            let body = json!({"id": id, "number": id, "vendor_id": "v", "issued_on": day, "currency": "EUR", "total": "10", "iban": iban});
            facts
                .insert(RecordKind::VendorInvoice, known, 1, body)
                .unwrap();
        }
        let history = FactsAsOf::new(Arc::new(facts), known);
        let thresholds = Thresholds {
            off: vec!["split_purchase".to_owned()],
            ..Thresholds::default()
        };
        let run = dry_run(&history, &thresholds);
        let of = |name: &str| {
            run.detectors
                .iter()
                .find(|tried| tried.detector == name)
                .unwrap()
        };
        assert_eq!(
            (run.claims, run.invoices, run.claim_digits.is_none()),
            (3, 2, true)
        );
        let split = of("split_purchase");
        let subjects: Vec<&str> = split
            .examples
            .iter()
            .map(|one| one.subject.as_str())
            .collect();
        // The first of the two was not odd when it came.
        assert_eq!((subjects, split.runs), (vec!["expense_claim/b"], false));
        assert_eq!(split.examples[0].twins, ["expense_claim/a"]);
        assert_eq!(
            of("just_under_limit").months,
            BTreeMap::from([("2026-04".to_owned(), 1)])
        );
        let account = of("bank_account_changed");
        assert_eq!((account.flagged, account.share), (1, 0.5));
        assert_eq!(account.examples[0].subject, "vendor_invoice/2");
    }
}
