//! A name one or two letters from that of a vendor the firm trusts.

use super::super::Found;
use super::super::vendors::ComparedName;
use super::InvoiceView;
use crate::history::identifier_key;

/// Letters of a name in which one slip makes another name.
const A_SLIP: usize = 5;
/// Letters of a name in which two do.
const TWO_SLIPS: usize = 12;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let vendor = view.vendor?;
    let name = ComparedName::of(&vendor.name);
    let allowed = match name.letters() {
        0..A_SLIP => return None,
        A_SLIP..TWO_SLIPS => 1,
        _ => 2,
    };
    let vat_id = vendor.vat_id.as_deref().map(identifier_key);
    let alike = view.vendors.all().iter().find(|other| {
        // One firm on record twice is for the clean-up of vendors, not an impostor.
        let is_same = vat_id.is_some() && vat_id == other.vat_id;
        other.vendor.id != vendor.id && !is_same && name.is_within(allowed, &other.name)
    });
    let other = &alike?.vendor;
    let text = format!("{} is almost {}, another vendor.", vendor.name, other.name);
    Some(Found::new(text).beside("vendor", [&other.id]))
}
