//! Bills of projects, invoices to customers, what customers paid and what was said.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use scrutineer::domain::RecordKind;
use serde_json::json;

use super::calendar::{self, known, later, month_end, months, season, text, workday};
use super::people::Staff;
use super::work::{Customer, Portfolio, Project};
use super::{FirmError, Ledger};
use crate::documents::{Dice, cents};

/// Counts what has been sent.
struct Office<'a> {
    dice: &'a mut Dice,
    staff: &'a Staff,
    portfolio: &'a Portfolio,
    records: &'a mut Ledger,
    invoices: usize,
    contacts: usize,
}

/// Bills every project for every month it was worked on.
pub(super) fn bill(
    dice: &mut Dice,
    staff: &Staff,
    portfolio: &Portfolio,
    records: &mut Ledger,
) -> Result<(), FirmError> {
    let mut office = Office {
        dice,
        staff,
        portfolio,
        records,
        invoices: 0,
        contacts: 0,
    };
    for month in months() {
        for project in &portfolio.projects {
            if project.active_from <= month_end(month) && month <= project.ends_on {
                office.bill(project, month)?;
            }
        }
    }
    Ok(())
}

impl Office<'_> {
    fn bill(&mut self, project: &Project, month: NaiveDate) -> Result<(), FirmError> {
        let customer = &self.portfolio.customers[project.customer];
        let planned = workday(later(month_end(month), 5));
        let hours = Decimal::from(self.dice.between(60, 260) * season(month) / 100);
        let amount = match project.contract {
            "retainer" => project.hourly * Decimal::from(80),
            "fixed_fee" | "milestone" => project.hourly * Decimal::from(self.dice.between(90, 140)),
            _ => project.hourly * hours,
        };
        let slips = match project.team {
            "technology" => 45,
            _ if project.contract == "milestone" => 40,
            _ => 18,
        };
        let slipped = self.dice.percent(slips);
        let issued = known(workday(later(
            planned,
            if slipped {
                self.dice.between(3, 28)
            } else {
                self.dice.between(0, 1)
            },
        )));
        let id = format!("B-{}-{}", project.id, month.format("%Y%m"));
        let reason = self.dice.pick(&[
            "time sheets missing",
            "purchase order missing",
            "amount contested",
            "reviewer absent",
        ]);
        let invoice = match issued {
            Some(date) => Some(self.invoice(project, customer, date, amount)?),
            None => None,
        };
        let due_by_today = known(planned).is_some();
        let status = match (issued, due_by_today) {
            (Some(_), _) => "issued",
            (None, true) if slipped => "on_hold",
            (None, true) => "in_review",
            (None, false) => "planned",
        };
        self.records.put(
            RecordKind::Bill,
            json!({
                "id": id,
                "project_id": project.id,
                "customer_id": customer.id,
                "period_start": month.to_string(),
                "period_end": month_end(month).to_string(),
                "planned_on": planned.to_string(),
                "issued_on": issued.map(|date| date.to_string()),
                "planned_amount": amount.to_string(),
                "amount": issued.map(|_| amount.to_string()),
                "currency": "EUR",
                "status": status,
                "hold_reason": (slipped && due_by_today).then_some(reason),
                "revisions": if slipped { self.dice.between(1, 4) } else { 0 },
                "customer_invoice_id": invoice,
                "known_at": text(calendar::at(issued.unwrap_or(month), 13, 0)),
            }),
        )
    }

    /// Sends an invoice and follows it until it is paid or today comes.
    fn invoice(
        &mut self,
        project: &Project,
        customer: &Customer,
        date: NaiveDate,
        net: Decimal,
    ) -> Result<String, FirmError> {
        self.invoices += 1;
        let id = format!("CI-{:05}", self.invoices);
        let total = cents(net * Decimal::new(123, 2));
        let due = later(date, customer.terms_days);
        let spread = i64::from(self.dice.below(9)) - 3;
        let disputed = self.dice.percent(4);
        let days = (customer.habit_days + spread + if disputed { 25 } else { 0 }).max(-10);
        let paid = known(workday(shifted(due, days)).max(later(date, 1)));
        let status = match (paid, disputed) {
            (Some(_), _) => "paid",
            (None, true) => "disputed",
            (None, false) => "open",
        };
        self.records.put(
            RecordKind::CustomerInvoice,
            json!({
                "id": id,
                "number": format!("KA{:06}", 100_000 + self.invoices),
                "customer_id": customer.id,
                "project_id": project.id,
                "business_unit": project.team,
                "document_type": "invoice",
                "issued_on": date.to_string(),
                "due_on": due.to_string(),
                "posted_on": date.to_string(),
                "currency": "EUR",
                "total": total.to_string(),
                "open_amount": if paid.is_some() { "0".to_owned() } else { total.to_string() },
                "payment_terms": format!("net {}", customer.terms_days),
                "cleared_on": paid.map(|date| date.to_string()),
                "status": status,
                "known_at": text(calendar::at(paid.unwrap_or(date), 14, 0)),
            }),
        )?;
        if let Some(paid) = paid {
            self.receive(customer, &id, paid, total)?;
        }
        self.follow_up(customer, &id, due, paid, disputed, total)?;
        Ok(id)
    }

    fn receive(
        &mut self,
        customer: &Customer,
        id: &str,
        paid: NaiveDate,
        total: Decimal,
    ) -> Result<(), FirmError> {
        self.records.put(
            RecordKind::Payment,
            json!({
                "id": format!("PC-{id}"),
                "customer_id": customer.id,
                "invoice_id": id,
                "paid_on": paid.to_string(),
                "amount": total.to_string(),
                "currency": "EUR",
                "method": "bank_transfer",
                "reference": id,
                "allocations": [{"invoice_id": id, "amount": total.to_string()}],
                "known_at": text(calendar::at(paid, 18, 0)),
            }),
        )
    }

    /// Reminders, calls, promises and disputes while the invoice is open after its due date.
    fn follow_up(
        &mut self,
        customer: &Customer,
        id: &str,
        due: NaiveDate,
        paid: Option<NaiveDate>,
        disputed: bool,
        total: Decimal,
    ) -> Result<(), FirmError> {
        let steps = [
            (7, "reminder", "email"),
            (if disputed { 9 } else { 400 }, "dispute", "email"),
            (18, "call", "phone"),
            (19, "promise", "phone"),
            (32, "reminder", "letter"),
        ];
        for (days, kind, channel) in steps {
            let date = workday(later(due, days));
            let still_open = paid.is_none_or(|paid| date < paid);
            if !still_open || known(date).is_none() {
                continue;
            }
            self.contacts += 1;
            let who = self.staff.in_role(self.dice, "collections").id.clone();
            let promised = kind == "promise";
            let time = text(calendar::at(date, 10 + days % 5, 5));
            self.records.put(
                RecordKind::Interaction,
                json!({
                    "id": format!("IA-{:05}", self.contacts),
                    "customer_id": customer.id,
                    "customer_invoice_id": id,
                    "time": time,
                    "kind": kind,
                    "channel": channel,
                    "promised_on": promised.then(|| later(date, 10).to_string()),
                    "promised_amount": promised.then(|| total.to_string()),
                    "currency": promised.then_some("EUR"),
                    "employee_id": if kind == "dispute" { customer.manager.clone() } else { who },
                    "known_at": time,
                }),
            )?;
        }
        Ok(())
    }
}

fn shifted(date: NaiveDate, days: i64) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs());
    let moved = if days < 0 {
        date.checked_sub_days(distance)
    } else {
        date.checked_add_days(distance)
    };
    moved.unwrap_or(date)
}
