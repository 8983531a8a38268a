//! What customers owe: invoices, payment runs, contests, and what collectors do about it.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use rust_decimal::Decimal;
use scrutineer::domain::RecordKind;
use serde_json::json;

use super::bills::Bill;
use super::calendar::{self, first_day, is_workday, later, open_day, text, today};
use super::chance::{happens, unit};
use super::contacts;
use super::customers::{Customer, Handled, Owed, Payer};
use super::mechanism::Mechanism;
use super::people::Staff;
use super::work::Portfolio;
use super::{FirmError, Ledger};
use crate::documents::{Dice, cents};

/// An invoice until it is paid.
pub(super) struct Debt {
    pub(super) id: String,
    pub(super) customer: usize,
    project: String,
    unit: &'static str,
    pub(super) owed: Owed,
    pub(super) total: Decimal,
    /// From when a run may take it.
    ready: NaiveDate,
    /// From when until when it is contested.
    pub(super) contest: Option<(NaiveDate, NaiveDate)>,
    /// Whether a collector spoke to the customer, who looks at it since.
    pub(super) urged: bool,
    /// The day promised, and whether the customer means it.
    pub(super) promise: Option<(NaiveDate, bool)>,
    pub(super) last_contact: Option<NaiveDate>,
    pub(super) reminders: u32,
    paid: Vec<(NaiveDate, Decimal)>,
    /// When the last payment was known, all being paid.
    pub(super) cleared: Option<DateTime<Utc>>,
}

/// Everything that goes on between the firm and its customers about money.
pub(super) struct Office<'a> {
    pub(super) dice: &'a mut Dice,
    pub(super) staff: &'a Staff,
    pub(super) customers: &'a [Customer],
    pub(super) records: &'a mut Ledger,
    pub(super) contacts: usize,
    payments: usize,
}

/// Invoices every bill that is out by today and follows each until it is paid; gives the id of
/// the invoice of each bill.
pub(super) fn collect(
    dice: &mut Dice,
    staff: &Staff,
    portfolio: &Portfolio,
    bills: &[Bill],
    mechanism: &mut Mechanism,
    records: &mut Ledger,
) -> Result<Vec<Option<String>>, FirmError> {
    let mut out: Vec<usize> = (0..bills.len())
        .filter(|at| bills[*at].course.issued.date_naive() <= today())
        .collect();
    out.sort_by_key(|at| (bills[*at].course.issued, *at));
    let mut ids = vec![None; bills.len()];
    let mut office = Office {
        dice,
        staff,
        customers: &portfolio.customers,
        records,
        contacts: 0,
        payments: 0,
    };
    let mut coming = Vec::new();
    for (number, at) in out.into_iter().enumerate() {
        let debt = office.invoice(number + 1, &bills[at], portfolio, mechanism)?;
        ids[at] = Some(debt.id.clone());
        coming.push(debt);
    }
    let mut coming = coming.into_iter().peekable();
    let (mut open, mut done): (Vec<Debt>, Vec<Debt>) = (Vec::new(), Vec::new());
    let before = first_day() - chrono::TimeDelta::days(60);
    for day in before.iter_days().take_while(|day| *day <= today()) {
        while let Some(debt) = coming.next_if(|debt| debt.owed.issued_on <= day) {
            open.push(debt);
        }
        for debt in &mut open {
            office.contest(debt, day)?;
        }
        if is_workday(day) {
            contacts::work(&mut office, &mut open, day)?;
        }
        office.payment_runs(&mut open, day)?;
        let (over, rest) = open
            .into_iter()
            .partition(|debt| debt.cleared.is_some_and(|at| at.date_naive() <= day));
        open = rest;
        done.extend::<Vec<Debt>>(over);
    }
    // Of those due later the early paid alone would be known.
    let is_over = |debt: &&Debt| debt.owed.due_on <= today();
    for debt in done.iter().chain(&open).filter(is_over) {
        let late = debt.paid_on().is_none_or(|day| day > debt.owed.due_on);
        mechanism.outcome(&debt.id, late);
    }
    Ok(ids)
}

impl Debt {
    fn left(&self) -> Decimal {
        self.total - self.paid.iter().map(|(_, amount)| *amount).sum::<Decimal>()
    }

    /// The day it was paid in full.
    fn paid_on(&self) -> Option<NaiveDate> {
        let (day, _) = self.paid.last()?;
        self.left().is_zero().then_some(*day)
    }

    pub(super) fn contested_on(&self, day: NaiveDate) -> bool {
        self.contest
            .is_some_and(|(from, until)| from <= day && day < until)
    }

    /// What the books say of it at a moment of `day`.
    pub(super) fn record(
        &self,
        customer: &Customer,
        known_at: DateTime<Utc>,
        records: &mut Ledger,
    ) -> Result<(), FirmError> {
        let day = known_at.date_naive();
        let known = |paid: &&(NaiveDate, Decimal)| open_day(later(paid.0, 1)) <= day;
        let paid: Decimal = self
            .paid
            .iter()
            .filter(known)
            .map(|(_, amount)| *amount)
            .sum();
        let cleared = self.paid_on().filter(|_| paid == self.total);
        let status = match (cleared, self.contested_on(day), paid.is_zero()) {
            (Some(_), _, _) => "paid",
            (None, true, _) => "disputed",
            (None, false, false) => "partly_paid",
            (None, false, true) => "open",
        };
        records.put(
            RecordKind::CustomerInvoice,
            json!({
                "id": self.id,
                "number": self.id.replace("CI-", "KA1"),
                "customer_id": customer.id,
                "project_id": self.project,
                "business_unit": self.unit,
                "document_type": "invoice",
                "issued_on": self.owed.issued_on.to_string(),
                "due_on": self.owed.due_on.to_string(),
                "posted_on": self.owed.issued_on.to_string(),
                "currency": "EUR",
                "total": self.total.to_string(),
                "open_amount": (self.total - paid).to_string(),
                "payment_terms": format!("net {}", customer.terms_days),
                "cleared_on": cleared.map(|day| day.to_string()),
                "status": status,
                "known_at": text(known_at),
            }),
        )
    }
}

impl Office<'_> {
    /// Sends an invoice; when its customer will be ready to pay it is settled here.
    fn invoice(
        &mut self,
        number: usize,
        bill: &Bill,
        portfolio: &Portfolio,
        mechanism: &mut Mechanism,
    ) -> Result<Debt, FirmError> {
        let project = &portfolio.projects[bill.plan.project];
        let customer = &self.customers[project.customer];
        let total = cents(bill.plan.amount * Decimal::new(123, 2));
        let issued_on = bill.course.issued.date_naive();
        let owed = Owed {
            issued_on,
            due_on: later(issued_on, customer.terms_days),
            amount: f64::try_from(total).unwrap_or(0.0),
            revisions: bill.course.revisions,
        };
        let id = format!("CI-{number:05}");
        let Handled { ready, contest } = owed.handled(self.dice, &customer.payer);
        owed.pass(self.dice, &customer.payer);
        let chance = owed.chance_of_late(&mut mechanism.dice, &customer.payer);
        mechanism.invoice(&id, issued_on, chance);
        let debt = Debt {
            id,
            customer: project.customer,
            project: project.id.clone(),
            unit: project.team,
            owed,
            total,
            ready,
            contest,
            urged: false,
            promise: None,
            last_contact: None,
            reminders: 0,
            paid: Vec::new(),
            cleared: None,
        };
        debt.record(customer, bill.course.issued, self.records)?;
        Ok(debt)
    }

    /// The customer contests an invoice, or the contest ends.
    fn contest(&mut self, debt: &mut Debt, day: NaiveDate) -> Result<(), FirmError> {
        let Some((from, until)) = debt.contest else {
            return Ok(());
        };
        for (when, kind, hour) in [(from, "dispute", 11), (until, "resolved", 15)] {
            if day == when {
                let at = calendar::at(day, hour, 20);
                contacts::say(self, debt, at, kind, None)?;
                debt.record(&self.customers[debt.customer], at, self.records)?;
            }
        }
        Ok(())
    }

    /// Every customer whose day it is pays what its rule and means allow.
    fn payment_runs(&mut self, open: &mut [Debt], day: NaiveDate) -> Result<(), FirmError> {
        let mut runs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, debt) in open.iter_mut().enumerate() {
            if debt.paid_on().is_none() && self.pays(debt, day) {
                runs.entry(debt.customer).or_default().push(at);
            }
        }
        for (customer, places) in runs {
            self.pay(open, customer, &places, day)?;
        }
        Ok(())
    }

    fn pays(&mut self, debt: &Debt, day: NaiveDate) -> bool {
        if debt.contested_on(day) || day <= debt.owed.issued_on {
            return false;
        }
        let payer = &self.customers[debt.customer].payer;
        if debt.promise == Some((day, true)) {
            return true;
        }
        let may = day >= debt.ready && payer.pays_on(day);
        if !may {
            return false;
        }
        // An invoice somebody asked about is left out less often.
        let left = payer.leaves_out(payer.strain_on(day), debt.owed.amount, day);
        !happens(self.dice, if debt.urged { 0.6 * left } else { left })
    }

    fn pay(
        &mut self,
        open: &mut [Debt],
        customer: usize,
        places: &[usize],
        day: NaiveDate,
    ) -> Result<(), FirmError> {
        let who = &self.customers[customer];
        let known_at = calendar::at(open_day(later(day, 1)), 8, 0);
        let strained = Payer::pays_a_part(who.payer.strain_on(day));
        let mut allocations = Vec::new();
        let mut total = Decimal::ZERO;
        for at in places {
            let debt = &mut open[*at];
            // Who is short of cash pays a part of a large amount now and then.
            let part = debt.paid.is_empty() && unit(self.dice) < strained;
            let left = debt.left();
            let amount = if part {
                cents(left / Decimal::from(2))
            } else {
                left
            };
            debt.paid.push((day, amount));
            total += amount;
            allocations.push(json!({"invoice_id": debt.id, "amount": amount.to_string()}));
            if debt.left().is_zero() {
                debt.cleared = Some(known_at);
            }
        }
        self.payments += 1;
        if known_at.date_naive() > today() {
            return Ok(());
        }
        let reference: Vec<&str> = places.iter().map(|at| open[*at].id.as_str()).collect();
        self.records.put(
            RecordKind::Payment,
            json!({
                "id": format!("PC-{:05}", self.payments),
                "customer_id": who.id,
                "paid_on": day.to_string(),
                "amount": total.to_string(),
                "currency": "EUR",
                "method": "bank_transfer",
                "reference": reference.join(" "),
                "allocations": allocations,
                "known_at": text(known_at),
            }),
        )?;
        for at in places {
            open[*at].record(who, known_at, self.records)?;
        }
        Ok(())
    }

    /// Whether a collector is at work, and for how many contacts.
    pub(super) fn capacity(&self, day: NaiveDate) -> usize {
        let collectors = self
            .staff
            .people
            .iter()
            .filter(|one| one.role == "collections");
        let there = collectors.filter(|one| !one.away.contains(&day)).count();
        // The month's first days go to the closing.
        if day.day() <= 3 { 0 } else { there * 4 }
    }

    /// Days on which reminders go out.
    pub(super) fn reminds_on(day: NaiveDate) -> bool {
        matches!(day.weekday(), Weekday::Tue | Weekday::Thu)
    }
}
