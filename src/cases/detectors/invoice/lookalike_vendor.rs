//! The name of a vendor the firm trusts, or one a letter or two from it, on another firm.

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
        // Without letters it is no name.
        0 => return None,
        // Many are a letter apart; another firm of the very same is as odd as of a long one.
        1..A_SLIP => 0,
        A_SLIP..TWO_SLIPS => 1,
        _ => 2,
    };
    let vat_id = vendor.vat_id.as_deref().map(identifier_key);
    let alike = view.vendors.all().iter().find(|other| {
        // One firm on record twice is for the clean-up of vendors, not an impostor.
        let is_same = vat_id.is_some() && vat_id == other.vat_id;
        other.vendor.id != vendor.id && !is_same && name.is_within(allowed, &other.name)
    });
    let other = alike?;
    let is = if name.is_within(0, &other.name) {
        "has the name of"
    } else {
        "is almost"
    };
    let other = &other.vendor;
    let text = format!("{} {is} {}, another vendor.", vendor.name, other.name);
    Some(Found::new(text).beside("vendor", [&other.id]))
}
