//! Everything a firm paid or is asked to pay, filed once until its records change.

use super::{CopyRates, Counted, DuplicateIndex, Item};
use crate::domain::RecordKind;
use crate::history::{History, SpendingAsOf};

/// What is known of a firm, filed.
#[derive(Debug)]
pub struct FirmItems {
    /// The index.
    pub index: DuplicateIndex,
    /// How its copies look.
    pub rates: CopyRates,
}

impl FirmItems {
    /// Of all that is known at the history's moment.
    #[must_use]
    pub fn of(history: &dyn History, spending: &SpendingAsOf) -> Self {
        let mut items = Vec::new();
        // When a record first was known tells which of two came later, not what it says of itself
        // nor when it was changed.
        let mut put = |known_at, item: Item| items.push(Item { known_at, ..item });
        for (known_at, invoice) in history.invoices() {
            let vendor = history.vendor(&invoice.vendor_id);
            let name = vendor.as_ref().map(|vendor| vendor.name.as_str());
            put(known_at, Item::from_invoice(&invoice, name));
        }
        for (known_at, claim) in spending.claims_known() {
            put(known_at, Item::from_claim(&claim));
        }
        for (known_at, used) in spending.cards_known() {
            put(known_at, Item::from_card(&used));
        }
        // In the order in which they became known, so that each is filed behind the others.
        items.sort_by(|one, other| one.order_key().cmp(&other.order_key()));
        let mut index = DuplicateIndex::default();
        for item in items {
            index.insert(item);
        }
        let rates = CopyRates::fit(&index, Counted::Before);
        Self { index, rates }
    }

    /// The items that a name points at: `expense_claim/ID`, or an id alone.
    pub(super) fn named(&self, name: &str) -> Vec<&Item> {
        let kinds = [
            RecordKind::VendorInvoice,
            RecordKind::ExpenseClaim,
            RecordKind::CardTransaction,
        ];
        let of = |id: &str| kinds.map(|kind| self.index.item(kind, id));
        let alone = of(name).into_iter().flatten();
        let with_kind = name.split_once('/').and_then(|(kind, id)| {
            let kind = kinds.into_iter().find(|known| known.as_str() == kind)?;
            self.index.item(kind, id)
        });
        alone.chain(with_kind).collect()
    }
}
