//! What can be set off, beside what is owed: who asks for the whole of it is told of the credit.
//!
//! Only the ledger sets anything off: no amount, score or rank is lowered by it.

use super::rows::CollectionsRow;
use crate::cases::collections::CustomerFile;

/// Puts beside what a customer owes in each currency what is there to be set off.
pub(super) fn tell(file: &CustomerFile, row: &mut CollectionsRow) {
    row.set_off_amount = file.to_set_off(row.currency).unwrap_or_default();
    for other in &mut row.other_currencies {
        other.set_off_amount = file.to_set_off(other.currency).unwrap_or_default();
    }
}
