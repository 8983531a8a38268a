//! Mail that is no invoice to enter: statements, reminders, pro forma invoices,
//! letters, and second copies of invoices.

use scrutineer::cases::invoice::DocumentType;

use super::calendar::{earlier, today, workday};
use super::suppliers::Supplier;
use crate::documents::{Commission, Dice, Facts, GeneratedDocument};

/// What arrives, and how many of each.
const PLAN: [(DocumentType, usize); 4] = [
    (DocumentType::Statement, 14),
    (DocumentType::Reminder, 12),
    (DocumentType::ProForma, 10),
    (DocumentType::Other, 26),
];

/// The other mail of the last months; names go on from `before`.
pub(super) fn receive(
    dice: &mut Dice,
    suppliers: &[Supplier],
    before: usize,
) -> Vec<GeneratedDocument> {
    let count = u32::try_from(suppliers.len()).unwrap_or(0);
    let mut documents: Vec<GeneratedDocument> = Vec::new();
    for (kind, wanted) in PLAN {
        for _ in 0..wanted {
            let Some(supplier) = suppliers.get(dice.below(count) as usize) else {
                continue;
            };
            let days = dice.between(1, 120);
            let date = workday(earlier(today(), days)).min(today());
            let facts = Facts::draw_for(dice, supplier.brief(kind, date));
            let commission = Commission {
                facts,
                style: supplier.style.clone(),
                salt: if kind == DocumentType::Other {
                    dice.salt()
                } else {
                    supplier.salt
                },
                attachment: None,
            };
            let name = format!("mail-{:04}.pdf", before + documents.len() + 1);
            documents.push(commission.into_pdf(name));
        }
    }
    documents
}
