//! A name one or two letters from that of a vendor the firm trusts.

use strsim::osa_distance;

use super::super::Found;
use super::InvoiceView;
use crate::history::{identifier_key, name_key};

/// Letters of a name in which one slip makes another name.
const A_SLIP: usize = 5;
/// Letters of a name in which two do.
const TWO_SLIPS: usize = 12;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let vendor = view.vendor?;
    let name = name_key(&vendor.name);
    let allowed = match name.chars().count() {
        0..A_SLIP => return None,
        A_SLIP..TWO_SLIPS => 1,
        _ => 2,
    };
    let tax =
        |vendor: &crate::domain::records::Vendor| vendor.vat_id.as_deref().map(identifier_key);
    let other = view.other_vendors.iter().find(|other| {
        // One firm on record twice is for the clean-up of vendors, not an impostor.
        let is_same = tax(vendor).is_some() && tax(vendor) == tax(other);
        other.id != vendor.id && !is_same && osa_distance(&name_key(&other.name), &name) <= allowed
    })?;
    let text = format!("{} is almost {}, another vendor.", vendor.name, other.name);
    Some(Found::new(text).beside("vendor", [&other.id]))
}
