//! Everything a firm paid or is asked to pay, filed and kept up with its records.

use std::sync::Arc;

use super::{CopyRates, Counted, DuplicateIndex, Item};
use crate::domain::RecordKind;
use crate::history::{Changed, Follows, History, KeptUp, Reading};

/// The kinds of record that are filed.
const KINDS: [RecordKind; 3] = [
    RecordKind::VendorInvoice,
    RecordKind::ExpenseClaim,
    RecordKind::CardTransaction,
];

/// What is known of a firm, filed.
#[derive(Debug)]
pub struct FirmItems {
    index: KeptUp<DuplicateIndex>,
    /// How its copies look.
    pub(super) rates: Arc<CopyRates>,
}

impl FirmItems {
    /// Of all that is known at the history's moment.
    #[must_use]
    pub fn of(history: &dyn History) -> Self {
        let spending = history.spending();
        let index = spending.followed::<DuplicateIndex>();
        let rates = spending.worked_out(&KINDS, |then| {
            CopyRates::fit_until(&index.read(), Counted::Before, then.as_of())
        });
        Self { index, rates }
    }

    /// Whether that is at hand.
    #[must_use]
    pub fn are_filed(history: &dyn History) -> bool {
        let spending = history.spending();
        spending.is_followed::<DuplicateIndex>() && spending.is_worked_out::<CopyRates>(&KINDS)
    }

    /// The items, as long as they are looked at.
    #[must_use]
    pub fn index(&self) -> Reading<'_, DuplicateIndex> {
        self.index.read()
    }
}

impl Follows for DuplicateIndex {
    fn of(history: &dyn History) -> Self {
        let (spending, home) = (history.spending(), history.home_currency());
        let mut items = Vec::new();
        // When a record first was known tells which of two came later, not what it says of itself
        // nor when it was changed.
        let mut put = |known_at, item: Item| items.push(Item { known_at, ..item });
        for (known_at, invoice) in history.invoices() {
            let vendor = history.vendor(invoice.vendor_id.as_str());
            let item = Item::billed_by(&invoice, vendor.as_deref());
            put(known_at, item.in_firm_of(home));
        }
        for (known_at, claim) in spending.claims_known() {
            put(known_at, Item::from_claim(&claim).in_firm_of(home));
        }
        for (known_at, used) in spending.cards_known() {
            put(known_at, Item::from_card(&used).in_firm_of(home));
        }
        // In the order in which they became known, so that each is filed behind the others.
        items.sort_by(|one, other| one.order_key().cmp(&other.order_key()));
        let mut index = Self::default();
        for item in items {
            index.insert(item);
        }
        index
    }

    fn take_in(&mut self, changed: &[Changed], history: &dyn History) {
        for Changed { kind, id } in changed {
            match kind {
                // Its names stand in its invoices.
                RecordKind::Vendor => {
                    for invoice in history.invoices_of(id) {
                        self.take_in_one(RecordKind::VendorInvoice, invoice.id.as_str(), history);
                    }
                }
                _ => self.take_in_one(*kind, id, history),
            }
        }
    }
}

impl DuplicateIndex {
    fn take_in_one(&mut self, kind: RecordKind, id: &str, history: &dyn History) {
        if let Some(item) = Item::on_record(kind, id, history) {
            self.put(item);
        }
    }

    /// The items that a name points at: `expense_claim/ID`, or an id alone.
    pub(super) fn named(&self, name: &str) -> Vec<&Item> {
        let records = records_named(name);
        records
            .filter_map(|(kind, id)| self.item(kind, id))
            .collect()
    }
}

impl Item {
    /// Of a record, as it is known.
    fn on_record(kind: RecordKind, id: &str, history: &dyn History) -> Option<Self> {
        let spending = history.spending();
        let (known_at, item) = match kind {
            RecordKind::VendorInvoice => {
                let (known_at, invoice) = history.invoice_known(id)?;
                let vendor = history.vendor(invoice.vendor_id.as_str());
                (known_at, Self::billed_by(&invoice, vendor.as_deref()))
            }
            RecordKind::ExpenseClaim => {
                let (known_at, claim) = spending.claim_known(id)?;
                (known_at, Self::from_claim(&claim))
            }
            RecordKind::CardTransaction => {
                let (known_at, used) = spending.card_known(id)?;
                (known_at, Self::from_card(&used))
            }
            _ => return None,
        };
        let item = item.in_firm_of(history.home_currency());
        Some(Self { known_at, ..item })
    }

    /// The records that a name points at: `expense_claim/ID`, or an id alone.
    pub(crate) fn named(name: &str, history: &dyn History) -> Vec<Self> {
        let records = records_named(name);
        records
            .filter_map(|(kind, id)| Self::on_record(kind, id, history))
            .collect()
    }
}

/// Kinds and ids that a name may mean; an id may hold a stroke itself.
fn records_named(name: &str) -> impl Iterator<Item = (RecordKind, &str)> {
    let with_kind = name.split_once('/').and_then(|(kind, id)| {
        let kind = KINDS.into_iter().find(|known| known.as_str() == kind)?;
        Some((kind, id))
    });
    KINDS.map(|kind| (kind, name)).into_iter().chain(with_kind)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Days, Utc};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::cases::duplicate::{Hit, check};
    use crate::history::{Facts, FactsAsOf};

    /// A version of a record, known on a day of its own.
    type Version = (RecordKind, DateTime<Utc>, Value);

    fn any_version() -> impl Strategy<Value = Version> {
        let kind = prop_oneof![
            3 => Just(RecordKind::VendorInvoice),
            2 => Just(RecordKind::ExpenseClaim),
            1 => Just(RecordKind::CardTransaction),
            1 => Just(RecordKind::Vendor),
        ];
        (kind, 0..4_u8, 0..20_u64, 1..4_u8, 0..3_u8).prop_map(|(kind, id, day, amount, number)| {
            let known: DateTime<Utc> = "2026-02-01T08:00:00Z".parse().unwrap();
            let total = format!("{amount}00.00");
            let body = match kind {
                RecordKind::VendorInvoice => json!({"id": format!("r{id}"), "vendor_id": format!("r{}", id % 2), "number": format!("N-10{number}"),
                    "issued_on": "2026-01-20", "currency": "EUR", "total": total}),
                RecordKind::ExpenseClaim => json!({"id": format!("r{id}"), "employee_id": "e", "merchant": format!("Shop {}", char::from(b'a' + number)),
                    "incurred_on": "2026-01-21", "currency": "EUR", "amount": total}),
                RecordKind::CardTransaction => json!({"id": format!("r{id}"), "employee_id": "e", "merchant": "Shop a",
                    "transacted_on": "2026-01-21", "currency": "EUR", "amount": total}),
                _ => json!({"id": format!("r{}", id % 2), "name": format!("Vendor {number}"),
                    "trading_name": format!("Shop {}", char::from(b'a' + amount % 3))}),
            };
            (kind, known + Days::new(day), body)
        })
    }

    fn bill(id: &str, issued_on: &str) -> Value {
        json!({"id": id, "vendor_id": "v", "number": "RE-2041077", "issued_on": issued_on, "currency": "EUR",
            "total": "431.20"})
    }

    #[test]
    fn what_a_vendor_trades_under_stands_in_its_invoices() {
        let known = "2026-02-01T08:00:00Z".parse().unwrap();
        let mut facts = Facts::default();
        let mut put = |kind, body| facts.insert(kind, known, 1, body).unwrap();
        let vendor = json!({"id": "v", "name": "Seller GmbH", "trading_name": "Bluebird Coffee"});
        put(RecordKind::Vendor, vendor);
        put(RecordKind::VendorInvoice, bill("i", "2026-01-20"));
        let history = FactsAsOf::new(Arc::new(facts), known);
        let index = DuplicateIndex::of(&history);
        let filed = index.item(RecordKind::VendorInvoice, "i").cloned();
        let asked = Item::named("vendor_invoice/i", &history).pop();
        for item in [filed, asked] {
            let name = item.unwrap().trading_name;
            assert_eq!(name.as_deref(), Some("Bluebird Coffee"));
        }
    }

    #[test]
    fn of_records_that_do_not_say_when_they_were_known_what_arrived_last_is_the_copy() {
        let alarming = |arrived: [&str; 2]| {
            let mut facts = Facts::default();
            let bills = [
                bill("dated last", "2026-01-20"),
                bill("dated first", "2026-01-02"),
            ];
            for (at, body) in arrived.iter().zip(bills) {
                let (kind, at) = (RecordKind::VendorInvoice, at.parse().unwrap());
                facts.insert(kind, at, 1, body).unwrap();
            }
            let now = "2026-02-03T08:00:00Z".parse().unwrap();
            let index = DuplicateIndex::of(&FactsAsOf::new(Arc::new(facts), now));
            ["dated first", "dated last"].map(|id| {
                let item = index.item(RecordKind::VendorInvoice, id).unwrap();
                let hits = check(&index, &CopyRates::default(), item);
                hits.iter().any(Hit::alarms)
            })
        };
        let (first, then) = ("2026-02-01T08:00:00Z", "2026-02-02T08:00:00Z");
        // Of one import days tell; what comes after an answer was given is told when it comes.
        assert_eq!(alarming([first, first]), [false, true]);
        assert_eq!(alarming([first, then]), [true, false]);
    }

    proptest! {
        /// Some become known later than somebody asks.
        #[test]
        fn an_index_that_is_kept_up_answers_like_one_made_anew(
            versions in prop::collection::vec(any_version(), 1..40),
            asked in 1..6_usize,
            days in prop::collection::vec(0..25_u64, 1..12),
        ) {
            let first: DateTime<Utc> = "2026-02-01T12:00:00Z".parse().unwrap();
            let mut moments = days.iter().cycle().map(|day| first + Days::new(*day));
            let mut facts = Facts::default();
            let mut number = 0;
            for part in versions.chunks(asked) {
                let now = moments.next().unwrap();
                // An older copy that somebody still looks at shares what is kept up.
                let older = FactsAsOf::new(Arc::new(facts.clone()), now);
                for (kind, known_at, body) in part {
                    number += 1;
                    facts.insert(*kind, *known_at, number, body.clone()).unwrap();
                }
                let held = Arc::new(facts);
                let history = FactsAsOf::new(Arc::clone(&held), now);
                let kept = history.spending().followed::<DuplicateIndex>();
                let anew = DuplicateIndex::of(&history);
                drop(older.spending().followed::<DuplicateIndex>());
                let kept = kept.read();
                prop_assert_eq!(kept.len(), anew.len());
                for item in anew.items() {
                    prop_assert_eq!(kept.item(item.kind, &item.id), Some(item));
                    let rates = CopyRates::default();
                    prop_assert_eq!(check(&kept, &rates, item), check(&anew, &rates, item));
                    for counted in [Counted::Before, Counted::Whole] {
                        prop_assert_eq!(kept.count(item, counted), anew.count(item, counted));
                    }
                }
                drop(history);
                facts = Arc::unwrap_or_clone(held);
            }
        }
    }
}
