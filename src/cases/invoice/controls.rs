//! What is to be done about what is odd about an invoice.

use crate::advice::Control;

/// The controls a finding asks for, by the beginning of its code.
const CONTROL_OF: [(&str, &str); 18] = [
    ("iban_", "verify_bank_account"),
    ("bank_", "verify_bank_account"),
    ("shared_bank_", "verify_bank_account"),
    ("lookalike_vendor", "verify_vendor"),
    ("vendor_is_employee", "verify_vendor"),
    ("new_vendor", "verify_vendor"),
    ("dormant_vendor", "verify_vendor"),
    ("sequential_numbers", "verify_vendor"),
    ("terms_changed", "verify_terms"),
    ("price_", "verify_order"),
    ("vat_", "verify_tax_id"),
    ("order_", "verify_order"),
    ("number_", "duplicate_check"),
    ("possible_copy", "duplicate_check"),
    ("xml_page_", "compare_structure_with_page"),
    ("attached_invoice", "compare_structure_with_page"),
    ("tax_arithmetic", "verify_totals"),
    ("total", "verify_totals"),
];

/// The control where no other fits.
pub(crate) const REVIEW: &str = "manual_review";

/// The control that a finding or a detector's flag asks for, by its code.
pub(crate) fn control_for(code: &str) -> Option<Control> {
    let fitting = CONTROL_OF
        .iter()
        .find(|(prefix, _)| code.starts_with(prefix));
    Control::new(fitting.map_or(REVIEW, |(_, control)| control)).ok()
}
