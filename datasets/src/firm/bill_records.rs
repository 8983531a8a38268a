//! Bills and their approvals as the books showed them from one moment to the next.

use chrono::{DateTime, NaiveDate, Utc};
use scrutineer::domain::RecordKind;
use serde_json::json;

use super::bills::{Bill, Course};
use super::calendar::{self, earlier, later, text, today};
use super::people::Staff;
use super::work::Portfolio;
use super::{FirmError, Ledger};

/// Records every bill, with the invoice it became.
pub(super) fn keep(
    staff: &Staff,
    portfolio: &Portfolio,
    bills: &[Bill],
    invoices: &[Option<String>],
    records: &mut Ledger,
) -> Result<(), FirmError> {
    for (bill, invoice) in bills.iter().zip(invoices) {
        let project = &portfolio.projects[bill.plan.project];
        let known_from = calendar::at(bill.plan.start.max(project.active_from), 8, 0);
        let page = Page {
            id: format!("B-{}-{}", project.id, bill.plan.end.format("%Y%m%d")),
            project: &project.id,
            customer: &portfolio.customers[project.customer].id,
            bill,
            known_from,
            now: calendar::at(today(), 18, 0),
        };
        page.bill(invoice.as_deref(), records)?;
        page.approvals(&staff.people[project.manager].id, records)?;
    }
    Ok(())
}

struct Page<'a> {
    id: String,
    project: &'a str,
    customer: &'a str,
    bill: &'a Bill,
    known_from: DateTime<Utc>,
    now: DateTime<Utc>,
}

/// How a bill stands from a moment on.
struct Stand {
    since: DateTime<Utc>,
    status: &'static str,
    reason: Option<&'static str>,
}

impl Page<'_> {
    /// Its stands, in order of time.
    fn stands(&self) -> Vec<Stand> {
        let Course {
            sheets,
            accepted,
            drafted,
            reviewed,
            ordered,
            issued,
            ..
        } = &self.bill.course;
        let plan = &self.bill.plan;
        let stand = |since, status, reason| Stand {
            since,
            status,
            reason,
        };
        // Two days before it should go out somebody asks where it is.
        let asked = calendar::at(earlier(plan.planned, 2), 9, 0);
        let mut stands = vec![stand(self.known_from, "planned", None)];
        if *drafted > calendar::at(later(plan.end, 1), 9, 0) {
            stands.push(stand(calendar::at(later(plan.end, 1), 9, 0), "draft", None));
        }
        if sheets.is_some_and(|done| done > asked) {
            stands.push(stand(asked, "on_hold", Some("time sheets missing")));
        }
        if accepted.is_some_and(|done| done > asked) {
            stands.push(stand(asked, "on_hold", Some("milestone not accepted")));
        }
        stands.push(stand(*drafted, "in_review", None));
        if self.bill.course.revisions > 0 {
            stands.push(stand(*reviewed, "on_hold", Some("amount contested")));
        }
        if let Some(ordered) = ordered {
            let since = *reviewed + chrono::TimeDelta::hours(1);
            stands.push(stand(since, "on_hold", Some("purchase order missing")));
            stands.push(stand(*ordered, "in_review", None));
        }
        stands.retain(|stand| stand.since < *issued);
        stands.push(stand(*issued, "issued", None));
        stands.sort_by_key(|stand| stand.since);
        stands
    }

    fn bill(&self, invoice: Option<&str>, records: &mut Ledger) -> Result<(), FirmError> {
        let plan = &self.bill.plan;
        let course = &self.bill.course;
        for stand in self.stands() {
            if stand.since > self.now || stand.since < self.known_from {
                continue;
            }
            let out = stand.status == "issued";
            let issued: Option<NaiveDate> = out.then(|| course.issued.date_naive());
            let redrawn = if stand.since > course.reviewed {
                course.revisions
            } else {
                0
            };
            records.put(
                RecordKind::Bill,
                json!({
                    "id": self.id,
                    "project_id": self.project,
                    "customer_id": self.customer,
                    "period_start": plan.start.to_string(),
                    "period_end": plan.end.to_string(),
                    "planned_on": plan.planned.to_string(),
                    "issued_on": issued.map(|day| day.to_string()),
                    "planned_amount": plan.estimate.to_string(),
                    "amount": out.then(|| plan.amount.to_string()),
                    "currency": "EUR",
                    "status": stand.status,
                    "hold_reason": stand.reason,
                    "revisions": redrawn,
                    "customer_invoice_id": invoice.filter(|_| out),
                    "known_at": text(stand.since),
                }),
            )?;
        }
        Ok(())
    }

    fn approvals(&self, manager: &str, records: &mut Ledger) -> Result<(), FirmError> {
        let course = &self.bill.course;
        let review = ("work in progress review", "manager", Some(manager));
        self.approval(review, course.drafted, course.reviewed, records)?;
        if let (Some(delivered), Some(accepted)) = (course.delivered, course.accepted) {
            let step = ("milestone acceptance", "customer", None);
            self.approval(step, delivered, accepted, records)?;
        }
        Ok(())
    }

    fn approval(
        &self,
        (step, role, approver): (&str, &str, Option<&str>),
        asked: DateTime<Utc>,
        decided: DateTime<Utc>,
        records: &mut Ledger,
    ) -> Result<(), FirmError> {
        for known_at in [asked, decided] {
            if known_at > self.now {
                continue;
            }
            let over = (known_at >= decided).then(|| text(decided));
            records.put(
                RecordKind::Approval,
                json!({
                    "id": format!("A-{}-{role}", self.id),
                    "subject_kind": "bill",
                    "subject_id": self.id,
                    "step": step,
                    "role": role,
                    "approver_id": approver,
                    "requested_at": text(asked),
                    "decided_at": over,
                    "outcome": over.is_some().then_some("approved"),
                    "known_at": text(known_at),
                }),
            )?;
        }
        Ok(())
    }
}
