//! The name of a vendor the firm trusts, or one a letter or two from it, on another firm.

use super::super::Found;
use super::super::vendors::{ComparedName, VendorOnRecord, vat_id};
use super::InvoiceView;

/// Letters of a name in which one slip makes another name.
const A_SLIP: usize = 5;
/// Letters of a name in which two do.
const TWO_SLIPS: usize = 12;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let vendor = view.vendor?;
    let number = vat_id(vendor);
    let number = number.as_deref();
    let others = || {
        let all = view.vendors.all().iter();
        all.filter(move |other| other.vendor.id != vendor.id)
    };
    // One firm on record twice is for the clean-up of vendors, not an impostor.
    let strangers =
        || others().filter(move |other| number.is_none() || number != other.vat_id.as_deref());
    let own = ComparedName::of(&vendor.name);
    // Without letters it is no name.
    if own.letters() > 0
        && let Some(other) = strangers().find(|other| own.is_within(0, &other.name))
    {
        let text = format!(
            "{} has the name of {}, another vendor.",
            vendor.name, other.vendor.name
        );
        return Some(told(text, other));
    }
    // Firms of one brand share the name that they trade under.
    let is_brand = |name: &ComparedName| {
        let mut known = others().filter_map(|other| other.trading_name.as_ref());
        known.any(|known| name.is_within(0, known))
    };
    let trading = vendor.trading_name.as_deref();
    let trading = trading.map(|name| (name, ComparedName::of(name)));
    let names = std::iter::once((vendor.name.as_str(), own)).chain(trading);
    let mut own_names = names.filter(|(_, name)| !is_brand(name));
    own_names.find_map(|(own, name)| {
        let slips = slips(&name);
        let is_almost =
            |known: &ComparedName| !name.is_within(0, known) && name.is_within(slips, known);
        let (other, theirs) = strangers().find_map(|other| {
            let theirs = other.names().find(|(_, known)| is_almost(known))?;
            Some((other, theirs.0))
        })?;
        let whose = if theirs == other.vendor.name {
            "another vendor"
        } else {
            "under which another vendor trades"
        };
        Some(told(format!("{own} is almost {theirs}, {whose}."), other))
    })
}

fn told(text: String, other: &VendorOnRecord) -> Found {
    Found::new(text).beside("vendor", [&other.vendor.id])
}

/// In how many letters a name may differ and be almost the same.
fn slips(name: &ComparedName) -> usize {
    match name.letters() {
        // Many are a letter apart.
        ..A_SLIP => 0,
        A_SLIP..TWO_SLIPS => 1,
        _ => 2,
    }
}
