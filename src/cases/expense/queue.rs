//! The review queue: recent claims, uses of cards and invoices of vendors that a person should look at, and a
//! few drawn at random.

use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::case::ExpenseCase;
use super::rarity::Rarity;
use super::recommendation::{ExpenseInput, Lane};
use crate::advice::{Judged, Recommendation};
use crate::cases::detectors::Books;
use crate::cases::record_case::JudgeError;
use crate::domain::records::ExpenseClaim;
use crate::domain::sha256_hex;
use crate::history::{History, Lines, SpendingAsOf};

/// Days back from which claims are in the queue.
const RECENT: u64 = 42;
/// Days further back from which a line is looked at that arrived late without saying when it came: when
/// years of records arrive at once, those of long ago are history.
const LATE: u64 = 92;
/// Most records of one kind in the queue.
const MOST: usize = 200;

/// A run of the queue: whole answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExpenseRun {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// Claims that others are compared with.
    pub claims: usize,
    /// Uses of cards that others are compared with.
    pub cards: usize,
    /// Invoices of vendors that others are compared with.
    pub invoices: usize,
    /// Of the last six weeks.
    pub recent: usize,
    /// How many of the queue, from its beginning, can be reviewed in six weeks.
    pub within_budget: usize,
    /// Claims that can be reviewed in a week.
    pub reviews_a_week: u32,
    /// Claims a week that would have been over the threshold; none where history is too short.
    pub expected_a_week: Option<f64>,
    /// To be looked at, found by score and by detectors alike: first whatever the fewest recent records
    /// have, at most 200 of a kind of record.
    pub queue: Vec<Recommendation>,
    /// Drawn at random from the others.
    pub audit: Vec<Recommendation>,
}

impl ExpenseRun {
    /// The lines of a kind that a run looks at: those dated within the last six weeks, those that became
    /// known within them, and whatever its date a line whose record itself says that it came then. Who hands
    /// in late is looked at when that is done, and what arrives with years of others is not.
    pub(crate) fn recent(spending: &SpendingAsOf, of: Lines) -> Vec<Arc<ExpenseClaim>> {
        let today = spending.as_of().date_naive();
        let since = spending.as_of() - Days::new(RECENT);
        let oldest = since.date_naive() - Days::new(LATE);
        spending.that_came(of, |line| {
            let is_dated_so = (since.date_naive()..=today).contains(&line.day);
            let became_known = line.known_at >= since && line.day >= oldest;
            let says_so = line.stated.is_some_and(|came| came >= since);
            is_dated_so || became_known || says_so
        })
    }
}

/// A run, and the answers it rests on.
pub(crate) struct Made {
    pub(crate) run: ExpenseRun,
    pub(crate) answers: Vec<Judged>,
}

impl ExpenseCase {
    /// Looks at the [`ExpenseRun::recent`] claims, the uses of cards that no claim explains, and the invoices of
    /// vendors, but for those that were sent back and those of which a document says as much. The same records,
    /// day and key of the random draw give the same run.
    ///
    /// # Errors
    /// [`JudgeError::Contract`] for a defect.
    pub(crate) fn run(&self, history: &dyn History, draw_key: &str) -> Result<Made, JudgeError> {
        let spending = history.spending();
        let firm = self.firm(&spending);
        let plan = firm.plan();
        let threshold = plan.map(|plan| plan.threshold);
        let books = Books::new(history);
        let mut found = Vec::new();
        let mut others = Vec::new();
        for lines in Lines::ALL {
            for claim in ExpenseRun::recent(&spending, lines) {
                let known = (history, &books);
                let (mut input, row) = self.read(lines, &claim, &firm, threshold, known);
                if is_looked_at_elsewhere(&input, &claim, history) {
                    continue;
                }
                input.lane = input.found();
                let list = if input.lane.is_some() {
                    &mut found
                } else {
                    &mut others
                };
                list.push((input, row));
            }
        }
        let recent = found.len() + others.len();
        let rarity = Rarity::of(found.iter().chain(&others).map(|(input, _)| input));
        found.sort_by_cached_key(|(input, _)| rarity.key(input));
        let mut of_kind = [0; Lines::ALL.len()];
        found.retain(|(input, _)| {
            let count = of_kind.get_mut(input.lines as usize);
            count.is_some_and(|count| {
                *count += 1;
                *count <= MOST
            })
        });
        // A digest orders claims as if by lot, and the same way tomorrow; without the key nobody can foretell it.
        others
            .sort_by_cached_key(|(input, _)| sha256_hex(format!("{draw_key} {}", input.claim_id)));
        let in_all = |a_week: u32| (u64::from(a_week) * RECENT / 7) as usize;
        others.truncate(in_all(self.plan.audits_a_week));
        for (input, _) in &mut others {
            input.lane = Some(Lane::Audit);
        }
        let queued = found.len();
        let answers = found.iter().chain(&others);
        let answers: Vec<Judged> = answers
            .map(|(input, row)| Self::answer(input, row))
            .collect::<Result<_, _>>()?;
        let mut shown = answers.iter().map(|one| one.recommendation.clone());
        Ok(Made {
            run: ExpenseRun {
                as_of: history.as_of(),
                claims: firm.count(Lines::Claims),
                cards: firm.count(Lines::Cards),
                invoices: firm.count(Lines::Invoices),
                recent,
                within_budget: queued.min(in_all(self.plan.reviews_a_week)),
                reviews_a_week: self.plan.reviews_a_week,
                expected_a_week: plan.map(|plan| plan.expected_per_week),
                queue: shown.by_ref().take(queued).collect(),
                audit: shown.collect(),
            },
            answers,
        })
    }
}

/// Whether it is no matter of this queue: a use of a card is looked at as the claim that explains
/// it, an invoice as its document, where that came, could be read and shows all that is found here,
/// or not at all if nobody will pay it.
fn is_looked_at_elsewhere(
    input: &ExpenseInput,
    claim: &ExpenseClaim,
    history: &dyn History,
) -> bool {
    let id = claim.id.as_str();
    match input.lines {
        Lines::Claims => false,
        Lines::Cards => history.spending().is_explained(id),
        Lines::Invoices => {
            let document = claim.receipt_sha256.as_ref();
            let found = document.and_then(|digest| history.found_in(digest.as_str()));
            let shows = |found: &[String]| {
                let mut flags = input.flags.iter();
                // No document shows how unusual its record is among the firm's others.
                input.found() != Some(Lane::Score)
                    && flags.all(|flag| found.contains(&flag.detector))
            };
            found.is_some_and(shows) || history.invoice(id).is_some_and(|one| one.is_void())
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};
    use serde_json::{Value, json};

    use super::super::ReviewPlan;
    use super::*;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    fn now() -> DateTime<Utc> {
        "2026-06-30T12:00:00Z".parse().unwrap()
    }

    fn ago(days: i64) -> DateTime<Utc> {
        now() - TimeDelta::days(days)
    }

    fn day(days_ago: i64) -> NaiveDate {
        ago(days_ago).date_naive()
    }

    fn queue(history: &FactsAsOf) -> ExpenseRun {
        let case = ExpenseCase::new(ReviewPlan::default(), Arc::default());
        case.run(history, "key").unwrap().run
    }

    fn ids(answers: &[Recommendation]) -> Vec<&str> {
        answers.iter().map(|one| one.subject.id.as_str()).collect()
    }

    #[test]
    fn what_comes_late_is_looked_at_when_it_comes_and_years_at_once_are_not() {
        let mut facts = Facts::default();
        let mut put = |kind, known, version, body: Value| {
            facts.insert(kind, known, version, body).unwrap();
        };
        let claim = |id: &str, dated: i64, more: Value| {
            let mut body = json!({"id": id, "employee_id": "e", "incurred_on": day(dated),
                "amount": "12.30", "currency": "EUR"});
            if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
                body.extend(more);
            }
            body
        };
        let claims = RecordKind::ExpenseClaim;
        // Arrived today, as everything of a firm that begins.
        for (id, dated, submitted) in [
            ("of May", 41, None),
            ("of March", 100, None),
            ("of last year", 300, None),
            ("handed in last year", 300, Some(299)),
            ("handed in today", 70, Some(0)),
            ("handed in years late", 900, Some(10)),
        ] {
            let more = json!({"submitted_at": submitted.map(ago)});
            put(claims, now(), 1, claim(id, dated, more));
        }
        put(claims, ago(50), 1, claim("dated ahead", 20, json!({})));
        put(claims, ago(1), 1, claim("dated next year", -300, json!({})));
        put(claims, ago(60), 1, claim("known before", 60, json!({})));
        let said = |days: i64| json!({"known_at": ago(days)});
        put(claims, ago(5), 1, claim("said late", 250, said(5)));
        // What was approved lately came long ago.
        put(claims, ago(250), 1, claim("approved", 250, said(250)));
        put(claims, ago(5), 2, claim("approved", 250, said(5)));
        let invoice = |id: &str, known: i64| {
            json!({"id": id, "number": id, "vendor_id": "v", "issued_on": day(200), "currency": "EUR",
                "total": "80", "known_at": ago(known)})
        };
        let invoices = RecordKind::VendorInvoice;
        put(invoices, ago(3), 1, invoice("I-LATE", 3));
        put(invoices, ago(199), 1, invoice("I-INTIME", 199));
        let history = FactsAsOf::new(Arc::new(facts), now());
        let seen = |lines| {
            let lines = ExpenseRun::recent(&history.spending(), lines);
            let ids = lines.iter().map(|line| line.id.to_string());
            ids.collect::<Vec<String>>()
        };
        assert_eq!(
            seen(Lines::Claims),
            [
                "dated ahead",
                "dated next year",
                "handed in today",
                "handed in years late",
                "of March",
                "of May",
                "said late",
            ]
        );
        assert_eq!(seen(Lines::Invoices), ["I-LATE"]);
        let run = queue(&history);
        assert_eq!(run.recent, 8);
        let queued = ids(&run.queue);
        for (id, name) in [
            ("handed in today", "late_claim"),
            ("handed in years late", "late_claim"),
            ("I-LATE", "late_invoice"),
            // Neither says when it was handed in or became known.
            ("dated ahead", "future_dated"),
            ("dated next year", "future_dated"),
        ] {
            let found = run.queue.iter().find(|one| one.subject.id == id);
            let said = found.map(|one| json!(one.suggestion).to_string());
            assert!(
                said.is_some_and(|said| said.contains(name)),
                "{id} {queued:?}"
            );
        }
    }

    #[test]
    fn what_is_dated_tomorrow_is_laid_beside_what_else_is() {
        let mut facts = Facts::default();
        for (id, amount) in [("a", "61.20"), ("b", "44.10")] {
            // Where it was spent the day has begun.
            let body = json!({"id": id, "employee_id": "e", "incurred_on": day(-1), "merchant": "Papier",
                "amount": amount, "currency": "EUR"});
            let kind = RecordKind::ExpenseClaim;
            facts.insert(kind, ago(0), 1, body).unwrap();
        }
        let run = queue(&FactsAsOf::new(Arc::new(facts), now()));
        let said = run
            .queue
            .iter()
            .map(|one| json!(one.suggestion).to_string());
        let split: Vec<bool> = said.map(|said| said.contains("split_purchase")).collect();
        assert_eq!(split, [true, true]);
    }

    #[test]
    fn no_document_takes_an_invoice_away_that_its_score_found() {
        let digest = |letter: &str| letter.repeat(64);
        let known_at = ago(1);
        let mut facts = Facts::default();
        let mut put = |id: &str, vendor: u32, issued: i64, total: &str, letter: Option<&str>| {
            let body = json!({"id": id, "number": format!("N-{id}"), "vendor_id": format!("V{vendor}"),
                "issued_on": day(issued), "currency": "EUR", "total": total,
                "document_sha256": letter.map(digest),
                "lines": [{"line": "1", "net": total, "account": format!("63{vendor}0")}]});
            let kind = RecordKind::VendorInvoice;
            facts.insert(kind, known_at, 1, body).unwrap();
        };
        for week in 1..26_u32 {
            for vendor in 0..4_u32 {
                let total = 100 * (vendor + 1) + week * 7 % 19;
                let total = format!("{total}.{:02}", week * 13 % 97);
                let id = format!("I{week}-{vendor}");
                put(&id, vendor, i64::from(7 * week), &total, None);
            }
        }
        put("ODD", 1, 2, "9407.31", Some("a"));
        put("USUAL", 1, 14, "208.40", Some("b"));
        let history = |found: &[&str]| {
            let found = found.iter().map(|letter| (digest(letter), Vec::new()));
            FactsAsOf::new(Arc::new(facts.clone()), now()).with_findings(found.collect())
        };
        let looked_at = |found: &[&str]| {
            let run = queue(&history(found));
            (ids(&run.queue).contains(&"ODD"), run.recent)
        };
        let (is_queued, all) = looked_at(&[]);
        assert!(is_queued);
        assert_eq!(looked_at(&["a"]), (true, all));
        assert_eq!(
            looked_at(&["a", "b"]),
            (true, all - 1),
            "the usual one is looked at as its document"
        );
        let mut facts = facts.clone();
        let rejected = json!({"id": "ODD", "number": "N-ODD", "vendor_id": "V1", "issued_on": day(2),
            "currency": "EUR", "total": "9407.31", "status": "rejected"});
        let kind = RecordKind::VendorInvoice;
        facts.insert(kind, now(), 2, rejected).unwrap();
        let run = queue(&FactsAsOf::new(Arc::new(facts), now()));
        assert!(!ids(&run.queue).contains(&"ODD"), "nobody pays it");
    }
}
