//! Orders, vendors' invoices with their documents, approvals, payments and events.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::domain::RecordKind;
use serde_json::{Value, json};

use super::calendar::{self, earlier, known, later, moment, months, season, text, today, workday};
use super::people::Staff;
use super::suppliers::Supplier;
use super::work::Portfolio;
use super::{FirmError, Ledger};
use crate::documents::{
    Commission, Dice, Facts, GeneratedDocument, Item, Syntax, Totals, cents, oddity,
};

/// Documents are kept for so many days back.
const KEPT_DAYS: u32 = 150;
/// Documents of the last days have not been entered yet.
const INBOX_DAYS: u32 = 14;

/// Everything bought, one invoice after another.
struct Desk<'a> {
    dice: &'a mut Dice,
    staff: &'a Staff,
    portfolio: &'a Portfolio,
    records: &'a mut Ledger,
    documents: Vec<GeneratedDocument>,
    orders: usize,
    invoices: usize,
    /// What a vendor charges month after month.
    standing: BTreeMap<String, Vec<Item>>,
}

/// Buys for 24 months; returns the mail this brought.
pub(super) fn buy(
    dice: &mut Dice,
    suppliers: &[Supplier],
    staff: &Staff,
    portfolio: &Portfolio,
    records: &mut Ledger,
) -> Result<Vec<GeneratedDocument>, FirmError> {
    let mut desk = Desk {
        dice,
        staff,
        portfolio,
        records,
        documents: Vec::new(),
        orders: 0,
        invoices: 0,
        standing: BTreeMap::new(),
    };
    for month in months() {
        for supplier in suppliers {
            let share = supplier.per_year * season(month);
            let count = share / 1_200 + u32::from(desk.dice.below(1_200) < share % 1_200);
            for _ in 0..count {
                let date = workday(desk.dice.day(month, 26));
                if date <= today() {
                    desk.invoice(supplier, date)?;
                }
            }
        }
    }
    Ok(desk.documents)
}

fn kind_of(dice: &mut Dice, group: &str) -> DocumentType {
    match group {
        "goods" if dice.percent(85) => DocumentType::PoInvoice,
        "services" => DocumentType::ServicesInvoice,
        "utility" => DocumentType::UtilityBill,
        _ if dice.percent(4) => DocumentType::CreditNote,
        _ => DocumentType::NonPoInvoice,
    }
}

impl Desk<'_> {
    fn invoice(&mut self, supplier: &Supplier, date: NaiveDate) -> Result<(), FirmError> {
        let kind = kind_of(self.dice, supplier.group);
        let mut facts = Facts::draw_for(self.dice, supplier.brief(kind, date));
        facts.terms_days = supplier.terms_days;
        facts.due_date = facts.due_date.map(|_| later(date, supplier.terms_days));
        facts.customer_number = Some(format!("K-{:05}", supplier.salt % 90_000 + 10_000));
        if supplier.group == "overhead" && kind == DocumentType::NonPoInvoice {
            self.repeat_standing(supplier, &mut facts);
        }
        facts.order_number = None;
        let ordered = kind == DocumentType::PoInvoice
            || (kind == DocumentType::ServicesInvoice && self.dice.percent(50));
        if ordered {
            facts.order_number = Some(self.order(supplier, &facts)?);
        }
        let document =
            (date >= earlier(today(), KEPT_DAYS)).then(|| self.document(supplier, &mut facts));
        let entered = later(date, self.dice.between(1, 6));
        if date < earlier(today(), INBOX_DAYS) && entered <= today() {
            self.enter(supplier, &facts, entered, document.as_deref())?;
        }
        Ok(())
    }

    /// The same items as last month, dearer from each January.
    fn repeat_standing(&mut self, supplier: &Supplier, facts: &mut Facts) {
        let items = self
            .standing
            .entry(supplier.id.clone())
            .or_insert_with(|| facts.items.clone());
        if facts.issue_date.month() == 1 {
            for item in items.iter_mut() {
                item.unit_price = cents(item.unit_price * Decimal::new(103, 2));
                item.net = cents(item.unit_price * item.quantity);
            }
        }
        facts.items.clone_from(items);
        facts.totals = Totals::of(items, crate::documents::Adjustments::default());
        facts
            .traits
            .retain(|name| *name == "reverse_charge" || *name == "zero_tax");
    }

    /// Records the order an invoice will name; returns its number.
    fn order(&mut self, supplier: &Supplier, facts: &Facts) -> Result<String, FirmError> {
        self.orders += 1;
        let issued = workday(earlier(facts.issue_date, self.dice.between(8, 40)));
        let number = format!("PO-{}-{:04}", issued.year(), self.orders);
        let requester = self.staff.in_role(self.dice, "manager");
        let lines: Vec<Value> = facts
            .items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                json!({
                    "line": (index + 1).to_string(),
                    "description": item.description,
                    "item_code": (!item.code.is_empty()).then(|| item.code.clone()),
                    "quantity": item.quantity.to_string(),
                    "unit": item.unit,
                    "unit_price": item.unit_price.to_string(),
                    "net": item.net.to_string(),
                    "account": supplier.account,
                    "received_quantity": item.quantity.to_string(),
                })
            })
            .collect();
        self.records.put(
            RecordKind::PurchaseOrder,
            json!({
                "id": format!("PO{:05}", self.orders),
                "number": number,
                "vendor_id": supplier.id,
                "issued_on": issued.to_string(),
                "delivery_due_on": facts.issue_date.to_string(),
                "currency": facts.currency,
                "total": facts.totals.lines.to_string(),
                "status": if facts.issue_date > earlier(today(), 30) { "open" } else { "closed" },
                "requester_id": requester.id,
                "cost_centre": requester.cost_centre,
                "lines": lines,
                "known_at": text(moment(self.dice, issued)),
            }),
        )?;
        Ok(number)
    }

    /// Makes the document, sometimes with a fault worth finding; returns its digest.
    fn document(&mut self, supplier: &Supplier, facts: &mut Facts) -> String {
        let fresh = facts.issue_date >= earlier(today(), INBOX_DAYS);
        if fresh && self.dice.percent(8) {
            oddity::change_iban(self.dice, facts);
        } else if self.dice.percent(2) {
            oddity::spoil_arithmetic(self.dice, facts);
        }
        let structured = facts.currency == "EUR" && supplier.salt.is_multiple_of(4);
        let attachment = (structured && supplier.salt.is_multiple_of(8)).then(|| {
            if self.dice.percent(15) {
                let other = oddity::disagreeing(self.dice, facts);
                crate::documents::write(&other, Syntax::Cii)
            } else {
                crate::documents::write(facts, Syntax::Cii)
            }
        });
        let alone = structured && attachment.is_none() && facts.oddities.is_empty();
        let commission = Commission {
            facts: facts.clone(),
            style: supplier.style.clone(),
            salt: supplier.salt,
            attachment,
        };
        let name = format!("mail-{:04}", self.documents.len() + 1);
        let document = if alone {
            let syntax = if supplier.salt.is_multiple_of(3) {
                Syntax::Cii
            } else {
                Syntax::Ubl
            };
            commission.into_xml(format!("{name}.xml"), syntax)
        } else {
            commission.into_pdf(format!("{name}.pdf"))
        };
        let sha256 = document.truth.sha256.clone();
        self.documents.push(document);
        if !alone && self.dice.percent(4) {
            self.second_copy(supplier, facts.clone());
        }
        sha256
    }

    /// The same invoice once more, written by another program.
    fn second_copy(&mut self, supplier: &Supplier, mut facts: Facts) {
        let first = self.documents.last().map(|document| document.name.clone());
        facts
            .oddities
            .push(format!("duplicate:{}", first.unwrap_or_default()));
        let mut copy = Commission {
            facts,
            style: supplier.style.clone(),
            salt: supplier.salt,
            attachment: None,
        };
        copy.rewritten();
        let name = format!("mail-{:04}.pdf", self.documents.len() + 1);
        self.documents.push(copy.into_pdf(name));
    }

    /// Records the invoice and what was done with it.
    fn enter(
        &mut self,
        supplier: &Supplier,
        facts: &Facts,
        entered: NaiveDate,
        document: Option<&str>,
    ) -> Result<(), FirmError> {
        self.invoices += 1;
        let id = format!("VI-{:05}", self.invoices);
        let sign =
            if facts.kind == DocumentType::CreditNote && facts.totals.total.is_sign_positive() {
                -Decimal::ONE
            } else {
                Decimal::ONE
            };
        let due = later(facts.issue_date, supplier.terms_days);
        let approved = self.approve(&id, facts, entered)?;
        let posted = approved.and_then(|date| known(later(date, self.dice.between(0, 3))));
        let paid =
            posted.and_then(|date| known(workday(later(due.max(date), self.dice.between(0, 4)))));
        let status = match (approved, posted, paid) {
            (_, _, Some(_)) => "paid",
            (_, Some(_), None) => "posted",
            (Some(_), None, None) => "approved",
            (None, ..) => "received",
        };
        let centre = self.staff.in_role(self.dice, "manager").cost_centre.clone();
        let project = (supplier.group == "services")
            .then(|| self.portfolio.any_at(self.dice, facts.issue_date))
            .flatten();
        let lines: Vec<Value> = facts
            .items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                json!({
                    "line": (index + 1).to_string(),
                    "description": item.description,
                    "item_code": (!item.code.is_empty()).then(|| item.code.clone()),
                    "quantity": item.quantity.to_string(),
                    "unit": item.unit,
                    "unit_price": item.unit_price.to_string(),
                    "net": (item.net * sign).to_string(),
                    "tax_rate": item.rate.to_string(),
                    "account": supplier.account,
                    "cost_centre": centre,
                })
            })
            .collect();
        self.records.put(
            RecordKind::VendorInvoice,
            json!({
                "id": id,
                "number": facts.number,
                "vendor_id": supplier.id,
                "document_type": facts.kind.as_str(),
                "issued_on": facts.issue_date.to_string(),
                "received_on": entered.to_string(),
                "due_on": due.to_string(),
                "service_start": facts.period.map(|period| period.0.to_string()),
                "service_end": facts.period.map(|period| period.1.to_string()),
                "currency": facts.currency,
                "net": (facts.totals.net * sign).to_string(),
                "tax": (facts.totals.tax * sign).to_string(),
                "total": (facts.totals.total * sign).to_string(),
                "order_number": facts.order_number,
                "preceding_invoice": facts.preceding,
                "project_id": project,
                "iban": facts.seller.iban,
                "status": status,
                "posted_on": posted.map(|date| date.to_string()),
                "paid_on": paid.map(|date| date.to_string()),
                "document_sha256": document,
                "lines": lines,
                "known_at": text(moment(self.dice, entered)),
            }),
        )?;
        if let Some(date) = paid {
            self.pay(supplier, facts, &id, date, facts.totals.payable * sign)?;
        }
        let steps = [
            ("register invoice", "ap_clerk", Some(entered)),
            ("approve invoice", "manager", approved),
            ("post invoice", "ap_clerk", posted),
            ("pay invoice", "finance_manager", paid),
        ];
        for (activity, role, date) in steps {
            if let Some(date) = date {
                self.event(&id, activity, role, date)?;
            }
        }
        Ok(())
    }

    /// One or two approvals; the day of the last, if all have answered by today.
    fn approve(
        &mut self,
        id: &str,
        facts: &Facts,
        entered: NaiveDate,
    ) -> Result<Option<NaiveDate>, FirmError> {
        let large = facts.totals.total > Decimal::from(5_000);
        let roles: &[&str] = if large {
            &["manager", "partner"]
        } else {
            &["manager"]
        };
        let mut asked = Some(entered);
        for role in roles {
            let Some(from) = asked else { break };
            let days = if *role == "partner" {
                self.dice.between(1, 9)
            } else {
                self.dice.between(0, 5)
            };
            let decided = known(workday(later(from, days)));
            let approver = self.staff.in_role(self.dice, role);
            self.records.put(
                RecordKind::Approval,
                json!({
                    "id": format!("AP-{id}-{role}"),
                    "subject_kind": "vendor_invoice",
                    "subject_id": id,
                    "step": format!("approval by {role}"),
                    "role": role,
                    "approver_id": approver.id,
                    "requested_at": text(calendar::at(from, 9, 30)),
                    "decided_at": decided.map(|date| text(calendar::at(date, 16, 15))),
                    "outcome": decided.map(|_| "approved"),
                    "amount": facts.totals.total.to_string(),
                    "currency": facts.currency,
                    "known_at": text(calendar::at(decided.unwrap_or(from), 16, 15)),
                }),
            )?;
            asked = decided;
        }
        Ok(asked)
    }

    fn pay(
        &mut self,
        supplier: &Supplier,
        facts: &Facts,
        id: &str,
        date: NaiveDate,
        amount: Decimal,
    ) -> Result<(), FirmError> {
        self.records.put(
            RecordKind::Payment,
            json!({
                "id": format!("PV-{id}"),
                "vendor_id": supplier.id,
                "invoice_id": id,
                "invoice_number": facts.number,
                "paid_on": date.to_string(),
                "amount": amount.to_string(),
                "currency": facts.currency,
                "method": "bank_transfer",
                "reference": facts.number,
                "iban": supplier.party.iban,
                "known_at": text(calendar::at(date, 18, 0)),
            }),
        )
    }

    fn event(
        &mut self,
        id: &str,
        activity: &str,
        role: &str,
        date: NaiveDate,
    ) -> Result<(), FirmError> {
        let who = self.staff.in_role(self.dice, role);
        let time = text(moment(self.dice, date));
        self.records.put(
            RecordKind::Event,
            json!({
                "id": format!("EV-{id}-{}", activity.replace(' ', "-")),
                "case_id": id,
                "process": "accounts_payable",
                "activity": activity,
                "time": time,
                "lifecycle": "complete",
                "resource": who.id,
                "role": role,
                "subject_kind": "vendor_invoice",
                "subject_id": id,
                "known_at": time,
            }),
        )
    }
}
