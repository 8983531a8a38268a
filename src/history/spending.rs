//! Expense claims, uses of cards and invoices of vendors as they were known at a moment.

use std::any::Any;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FactsAsOf;
use super::dated::Dated;
use super::facts::Facts;
use super::keys::name_key;
use super::known_invoice::KnownInvoice;
use super::memo::{Follows, KeptUp, Span};
use crate::domain::records::{CardTransaction, Employee, ExpenseClaim};
use crate::domain::{Currency, RecordKind};

/// Which lines of spending are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lines {
    /// Those of expense reports.
    #[default]
    Claims,
    /// Uses of company cards, told as such.
    Cards,
    /// Invoices of vendors, told as such.
    Invoices,
}

impl Lines {
    /// All.
    pub const ALL: [Self; 3] = [Self::Claims, Self::Cards, Self::Invoices];
    /// Those that employees spend.
    pub const OF_EMPLOYEES: [Self; 2] = [Self::Claims, Self::Cards];

    /// The kind of record they are.
    #[must_use]
    pub const fn kind(self) -> RecordKind {
        match self {
            Self::Claims => RecordKind::ExpenseClaim,
            Self::Cards => RecordKind::CardTransaction,
            Self::Invoices => RecordKind::VendorInvoice,
        }
    }
}

/// Every version of the records that tell of spending.
#[derive(Debug, Clone)]
pub(super) struct Spending {
    pub(super) claims: Dated<ExpenseClaim>,
    pub(super) cards: Dated<CardTransaction>,
}

impl Default for Spending {
    fn default() -> Self {
        Self {
            claims: Dated::new(|claim| (claim_keys(claim), claim.incurred_on)),
            cards: Dated::new(|used| (claim_keys(&used.as_line()), used.transacted_on)),
        }
    }
}

fn claim_keys(claim: &ExpenseClaim) -> Vec<String> {
    let merchant = claim.merchant.as_deref().and_then(merchant_key);
    let currency = format!("currency:{}", claim.currency);
    let card = claim
        .card_transaction_id
        .iter()
        .map(|id| card_key(id.as_str()));
    [employee_key(claim.employee_id.as_str()), currency]
        .into_iter()
        .chain(merchant)
        .chain(card)
        .collect()
}

fn card_key(id: &str) -> String {
    format!("card:{id}")
}

fn employee_key(id: &str) -> String {
    format!("employee:{id}")
}

/// A name without a letter or digit is nobody's.
fn merchant_key(name: &str) -> Option<String> {
    let key = name_key(name);
    (!key.is_empty()).then(|| format!("merchant:{key}"))
}

impl Spending {
    /// Adds a version of a record; kinds it does not hold are passed over.
    pub(super) fn insert(
        &mut self,
        kind: RecordKind,
        known_at: DateTime<Utc>,
        version: u64,
        body: Value,
    ) -> Result<(), String> {
        match kind {
            RecordKind::ExpenseClaim => {
                self.claims.take_in::<ExpenseClaim>(known_at, version, body)
            }
            RecordKind::CardTransaction => self
                .cards
                .take_in::<CardTransaction>(known_at, version, body),
            _ => Ok(()),
        }
    }
}

/// Claims, uses of cards and invoices seen from one moment: nothing known later.
#[derive(Debug, Clone)]
pub struct SpendingAsOf {
    pub(super) facts: Arc<Facts>,
    pub(super) as_of: DateTime<Utc>,
}

impl SpendingAsOf {
    pub(super) const fn new(facts: Arc<Facts>, as_of: DateTime<Utc>) -> Self {
        Self { facts, as_of }
    }

    /// The moment.
    #[must_use]
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// What can be worked out from all records of some kinds, seen from the moment that `make` is given: where
    /// there is much, from the last milestone before this one, until the next; else from when the last
    /// of spending became known, until more does.
    pub fn worked_out<T: Any + Send + Sync>(
        &self,
        kinds: &[RecordKind],
        make: impl FnOnce(&Self) -> T,
    ) -> Arc<T> {
        let milestone = self.facts.milestone(self.as_of, kinds);
        let span = || milestone.map_or_else(|| self.facts.spending_span(self.as_of), Span::at);
        let moment = milestone.unwrap_or(self.as_of);
        let make = |then| make(&self.at(then));
        self.facts.memo().get_or_make(moment, span, make)
    }

    /// Whether that is at hand.
    #[must_use]
    pub fn is_worked_out<T: Any + Send + Sync>(&self, kinds: &[RecordKind]) -> bool {
        let milestone = self.facts.milestone(self.as_of, kinds);
        let moment = milestone.unwrap_or(self.as_of);
        self.facts.memo().holds::<T>(moment)
    }

    /// What is made of all spending and kept up with it; of an earlier moment it is made anew.
    #[must_use]
    pub fn followed<T: Follows>(&self) -> KeptUp<T> {
        let history = FactsAsOf::new(Arc::clone(&self.facts), self.as_of);
        let known = || self.facts.spending_known_by(self.as_of);
        self.facts.memo().follow(&history, known)
    }

    /// The same as it is at the moment, whatever becomes of it meanwhile; for what is quick to clone.
    #[must_use]
    pub fn as_followed<T: Follows + Clone>(&self) -> T {
        let history = FactsAsOf::new(Arc::clone(&self.facts), self.as_of);
        let known = || self.facts.spending_known_by(self.as_of);
        self.facts.memo().as_kept(&history, known)
    }

    /// Whether that is at hand.
    #[must_use]
    pub fn is_followed<T: Follows>(&self) -> bool {
        self.facts.memo().follows::<T>(self.as_of)
    }

    /// The same, seen from another moment.
    #[must_use]
    pub fn at(&self, as_of: DateTime<Utc>) -> Self {
        Self::new(Arc::clone(&self.facts), as_of)
    }

    /// Every line from a day to another, spender by spender in order of day.
    #[must_use]
    pub fn all(&self, of: Lines, from: NaiveDate, to: NaiveDate) -> Vec<Arc<ExpenseClaim>> {
        let spenders = match of {
            Lines::Claims => self.facts.spending().claims.keys("employee:"),
            Lines::Cards => self.facts.spending().cards.keys("employee:"),
            Lines::Invoices => {
                let invoices = self.facts.invoices_between((from, to), self.as_of);
                return told(&invoices);
            }
        };
        let spenders = spenders.into_iter();
        spenders
            .flat_map(|spender| self.lines_of(of, &spender, from, to))
            .collect()
    }

    /// Digests of the receipts, or documents, of lines of a day or later.
    #[must_use]
    pub fn receipts_since(&self, of: &[Lines], day: NaiveDate) -> Vec<String> {
        let lines = of.iter();
        let lines = lines.flat_map(|of| self.all(*of, day, NaiveDate::MAX));
        let digests =
            lines.filter_map(|line| Some(line.receipt_sha256.as_ref()?.as_str().to_owned()));
        digests.collect()
    }

    /// Every claim known, in order of id, with the moment when it first was.
    #[must_use]
    pub fn claims_known(&self) -> Vec<(DateTime<Utc>, Arc<ExpenseClaim>)> {
        self.facts.spending().claims.all(self.as_of)
    }

    /// Every use of a card known, in order of id, with the moment when it first was.
    #[must_use]
    pub fn cards_known(&self) -> Vec<(DateTime<Utc>, Arc<CardTransaction>)> {
        self.facts.spending().cards.all(self.as_of)
    }

    /// The claim with this id, with the moment when it first was known.
    #[must_use]
    pub fn claim_known(&self, id: &str) -> Option<(DateTime<Utc>, Arc<ExpenseClaim>)> {
        self.facts.spending().claims.known(id, self.as_of)
    }

    /// The use of a card with this id, with the moment when it first was known.
    #[must_use]
    pub fn card_known(&self, id: &str) -> Option<(DateTime<Utc>, Arc<CardTransaction>)> {
        self.facts.spending().cards.known(id, self.as_of)
    }

    /// The claim with this id.
    #[must_use]
    pub fn claim(&self, id: &str) -> Option<Arc<ExpenseClaim>> {
        self.facts.spending().claims.get(id, self.as_of)
    }

    /// The line with this id.
    #[must_use]
    pub fn line(&self, of: Lines, id: &str) -> Option<Arc<ExpenseClaim>> {
        match of {
            Lines::Claims => self.claim(id),
            Lines::Cards => {
                let used = self.facts.spending().cards.get(id, self.as_of)?;
                Some(Arc::new(used.as_line()))
            }
            Lines::Invoices => {
                let invoice = self.facts.invoice(id, self.as_of)?;
                Some(Arc::new(invoice.as_line()))
            }
        }
    }

    /// Whether a claim says that it explains this use of a card.
    #[must_use]
    pub fn is_explained(&self, card: &str) -> bool {
        let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
        let claims = &self.facts.spending().claims;
        !claims
            .between(&card_key(card), first, last, self.as_of)
            .is_empty()
    }

    /// Whoever claimed.
    #[must_use]
    pub fn employee(&self, id: &str) -> Option<Arc<Employee>> {
        self.facts.work().employee(id, self.as_of)
    }

    /// Whether lines name merchants at all; invoices name vendors instead.
    #[must_use]
    pub fn names_merchants(&self, of: Lines) -> bool {
        let spending = self.facts.spending();
        match of {
            Lines::Claims => spending.claims.has_key("merchant:"),
            Lines::Cards => spending.cards.has_key("merchant:"),
            Lines::Invoices => false,
        }
    }

    /// A spender's lines from a day to another, in order of that day.
    #[must_use]
    pub fn lines_of(
        &self,
        of: Lines,
        spender: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<Arc<ExpenseClaim>> {
        let (spending, key) = (self.facts.spending(), employee_key(spender));
        match of {
            Lines::Claims => spending.claims.between(&key, from, to, self.as_of),
            Lines::Cards => as_lines(&spending.cards.between(&key, from, to, self.as_of)),
            Lines::Invoices => {
                let mut invoices = self.facts.invoices_of(spender, self.as_of);
                invoices.retain(|one| (from..=to).contains(&one.issued_on));
                told(&invoices)
            }
        }
    }

    /// Everybody's latest lines at a merchant, however its name is spelt, latest first; none of invoices.
    #[must_use]
    pub fn latest_at(
        &self,
        of: Lines,
        merchant: &str,
        from: NaiveDate,
        to: NaiveDate,
        most: usize,
    ) -> Vec<Arc<ExpenseClaim>> {
        let key = merchant_key(merchant);
        key.map_or_else(Vec::new, |key| self.latest(of, &key, (from, to), most))
    }

    /// Everybody's latest lines in a currency, latest first; none of invoices.
    #[must_use]
    pub fn latest_in(
        &self,
        of: Lines,
        currency: Currency,
        from: NaiveDate,
        to: NaiveDate,
        most: usize,
    ) -> Vec<Arc<ExpenseClaim>> {
        self.latest(of, &format!("currency:{currency}"), (from, to), most)
    }

    fn latest(
        &self,
        of: Lines,
        key: &str,
        days: (NaiveDate, NaiveDate),
        most: usize,
    ) -> Vec<Arc<ExpenseClaim>> {
        let spending = self.facts.spending();
        match of {
            Lines::Claims => spending.claims.latest(key, days, most, self.as_of),
            Lines::Cards => as_lines(&spending.cards.latest(key, days, most, self.as_of)),
            Lines::Invoices => Vec::new(),
        }
    }
}

fn told(invoices: &[Arc<KnownInvoice>]) -> Vec<Arc<ExpenseClaim>> {
    let lines = invoices.iter().map(|one| Arc::new(one.as_line()));
    lines.collect()
}

fn as_lines(used: &[Arc<CardTransaction>]) -> Vec<Arc<ExpenseClaim>> {
    used.iter().map(|used| Arc::new(used.as_line())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_found_by_whom_where_and_when_and_only_once_known() {
        let mut facts = Facts::default();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut put = |id: &str, known: &str, merchant: &str, amount: &str| {
            let body = json!({"id": id, "employee_id": "e1", "incurred_on": "2026-03-04",
                "amount": amount, "currency": "EUR", "merchant": merchant, "report_id": "r"});
            facts
                .insert(RecordKind::ExpenseClaim, at(known), 1, body)
                .unwrap();
        };
        put("c1", "2026-03-05T08:00:00Z", "Café Nord GmbH", "12");
        put("c2", "2026-03-09T08:00:00Z", "CAFE NORD", "14");
        put("c3", "2026-03-05T08:00:00Z", "--", "9");
        let facts = Arc::new(facts);
        let seen = |moment: &str| SpendingAsOf::new(Arc::clone(&facts), at(moment));
        let day: NaiveDate = "2026-03-04".parse().unwrap();
        let ids = |claims: Vec<Arc<ExpenseClaim>>| -> Vec<String> {
            claims.iter().map(|claim| claim.id.to_string()).collect()
        };
        let early = seen("2026-03-06T00:00:00Z");
        assert_eq!(
            ids(early.latest_at(Lines::Claims, "cafe nord", day, day, 9)),
            ["c1"],
            "c2 is a leak here"
        );
        assert!(
            early.claim("c2").is_none()
                && early.latest_at(Lines::Claims, "--", day, day, 9).is_empty()
        );
        let late = seen("2026-03-10T00:00:00Z");
        assert_eq!(
            ids(late.latest_at(Lines::Claims, "Cafe Nord", day, day, 9)),
            ["c2", "c1"]
        );
        assert_eq!(
            ids(late.latest_at(Lines::Claims, "Cafe Nord", day, day, 1)),
            ["c2"]
        );
        assert_eq!(
            ids(late.lines_of(Lines::Claims, "e1", day, day)),
            ["c1", "c2", "c3"]
        );
        assert_eq!(
            ids(late.latest_in(Lines::Claims, Currency::EUR, day, day, 9)).len(),
            3
        );
        assert_eq!(ids(late.all(Lines::Claims, day, day)).len(), 3);
        assert!(late.names_merchants(Lines::Claims) && !late.names_merchants(Lines::Cards));
    }

    #[test]
    fn a_use_of_a_card_is_a_line_until_a_claim_explains_it() {
        let mut facts = Facts::default();
        let at =
            |day: u32| -> DateTime<Utc> { format!("2026-03-{day:02}T08:00:00Z").parse().unwrap() };
        let day: NaiveDate = "2026-03-04".parse().unwrap();
        let used = json!({"id": "k1", "card_id": "card-7", "transacted_on": day, "merchant": "Nord",
            "merchant_category": "5812", "amount": "12", "currency": "EUR"});
        let claim = json!({"id": "c1", "employee_id": "e1", "incurred_on": day, "amount": "12",
            "currency": "EUR", "card_transaction_id": "k1"});
        for (kind, known, body) in [
            (RecordKind::CardTransaction, 5, used),
            (RecordKind::ExpenseClaim, 9, claim),
        ] {
            facts.insert(kind, at(known), 1, body).unwrap();
        }
        let facts = Arc::new(facts);
        let seen = |day| SpendingAsOf::new(Arc::clone(&facts), at(day));
        let line = seen(5).line(Lines::Cards, "k1").unwrap();
        assert_eq!(
            (line.employee_id.as_str(), line.incurred_on),
            ("card-7", day)
        );
        assert_eq!(
            seen(5).latest_at(Lines::Cards, "NORD", day, day, 9),
            [Arc::clone(&line)]
        );
        assert_eq!(seen(5).lines_of(Lines::Cards, "card-7", day, day), [line]);
        assert!(!seen(8).is_explained("k1") && seen(9).is_explained("k1"));
        assert!(
            seen(4).line(Lines::Cards, "k1").is_none()
                && seen(9).line(Lines::Claims, "k1").is_none()
        );
    }
}
