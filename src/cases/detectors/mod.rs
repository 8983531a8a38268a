//! Detectors with names auditors know: each asks one plain question of one claim or invoice,
//! with thresholds that are the firm's own.
//!
//! A detector answers yes or no with a sentence and the records to lay beside the subject; it
//! gives no probability. That is for the cases that use them, and only ever adds scrutiny.
//! [`CLAIM`] and [`INVOICE`] are the registry: a detector that is not there does not run.

mod around;
mod books;
mod claim;
mod dry_run;
pub mod first_digits;
mod invoice;
mod thresholds;
mod units;
mod vendors;
mod words;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::history::Lines;

pub use around::Around;
pub use books::Books;
pub(crate) use books::{order_named, vendor_known};
pub use claim::ClaimView;
pub use dry_run::{DryRun, Example, Tried, dry_run};
pub use invoice::InvoiceView;
pub use thresholds::Thresholds;
pub use vendors::Vendors;

/// What a detector found, before it is signed with the detector's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    text: String,
    twins: Vec<String>,
}

/// What a detector found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Flag {
    /// Name of the detector.
    pub detector: String,
    /// One sentence for a person.
    pub text: String,
    /// Records to lay beside the subject, as `kind/id`.
    pub twins: Vec<String>,
}

/// A question with its name.
#[derive(Debug, Clone, Copy)]
pub struct Detector<View> {
    /// Stable name in snake case.
    pub name: &'static str,
    /// What it asks, for people.
    pub asks: &'static str,
    check: View,
}

/// A detector of claims.
pub type ClaimDetector = Detector<fn(&ClaimView<'_>) -> Option<Found>>;
/// A detector of invoices of vendors.
pub type InvoiceDetector = Detector<fn(&InvoiceView<'_>) -> Option<Found>>;

macro_rules! registry {
    ($($name:ident: $asks:literal, $check:path;)*) => {
        &[$(Detector { name: stringify!($name), asks: $asks, check: $check }),*]
    };
}

/// The detectors of claims.
pub const CLAIM: &[ClaimDetector] = registry! {
    just_under_limit: "Is the amount just under an approval limit?", claim::just_under_limit::check;
    split_purchase: "Do lines at one merchant, each below a limit, come to more than it?", claim::split_purchase::check;
    round_amount: "Is the amount rounder than prices are?", claim::round_amount::check;
    repeated_amount: "Does the same amount come again and again?", claim::repeated_amount::check;
    weekend: "Was it spent on a weekend?", claim::day_off::weekend;
    holiday: "Was it spent on a public holiday?", claim::day_off::holiday;
    on_leave: "Was it spent on a day of leave?", claim::day_off::on_leave;
    late_claim: "Was it handed in late?", claim::timing::late;
    future_dated: "Is it dated after it was handed in or became known?", claim::timing::future_dated;
    back_dated: "Is it dated outside the time of employment?", claim::timing::back_dated;
    receipt_mismatch: "Does the receipt say something else?", claim::receipt_mismatch::check;
    receipt_missing: "Is a receipt missing where one is due?", claim::receipt_missing::check;
    exchange_rate: "Is the rate of exchange unlike that of other claims?", claim::exchange_rate::check;
    tip: "Is the tip a large share of the bill?", claim::tip::check;
    per_diem_with_meal: "Is a meal claimed on a day with a per diem?", claim::per_diem_with_meal::check;
    mileage: "Is it too far for a day, or not distance times rate?", claim::mileage::check;
    impossible_travel: "Was money spent in two countries on one day?", claim::impossible_travel::check;
    barred_merchant: "Is it of a kind of merchant that the firm does not pay for?", claim::barred_merchant::check;
    wrong_category: "Do others post this merchant elsewhere?", claim::wrong_category::check;
    cash_advance: "Is it cash?", claim::cash_advance::check;
    card_required: "Was it paid out of pocket where the card is required?", claim::card_required::check;
    new_merchant: "Has nobody of the firm been there before?", claim::new_merchant::check;
    burst: "Are there many lines in few days?", claim::burst::check;
};

/// Those of [`CLAIM`] that are asked of uses of cards too: the others ask what only a claim says.
const OF_CARDS: [&str; 14] = [
    "just_under_limit",
    "split_purchase",
    "round_amount",
    "repeated_amount",
    "weekend",
    "holiday",
    "on_leave",
    "back_dated",
    "exchange_rate",
    "impossible_travel",
    "barred_merchant",
    "cash_advance",
    "new_merchant",
    "burst",
];

/// The detectors of some lines.
pub fn of_lines(lines: Lines) -> impl Iterator<Item = &'static ClaimDetector> {
    CLAIM
        .iter()
        .filter(move |detector| lines == Lines::Claims || OF_CARDS.contains(&detector.name))
}

/// The detectors of invoices of vendors.
pub const INVOICE: &[InvoiceDetector] = registry! {
    tax_arithmetic: "Do net and tax not make the total?", invoice::tax_arithmetic::check;
    sequential_numbers: "Do the vendor's numbers follow each other as if we were its only customer?", invoice::sequential_numbers::check;
    new_vendor: "Is it a large amount for a vendor new to the firm, or not on record?", invoice::new_vendor::check;
    dormant_vendor: "Is it a large amount after a long silence?", invoice::dormant_vendor::check;
    vendor_is_employee: "Does the vendor share an account, a telephone or a tax number with an employee?", invoice::vendor_is_employee::check;
    shared_bank_account: "Is the account that of another vendor too?", invoice::shared_bank_account::check;
    lookalike_vendor: "Is the name almost that of another vendor?", invoice::lookalike_vendor::check;
    bank_account_changed: "Is it to be paid to another account than before?", invoice::bank_account_changed::check;
    price_above_order: "Is a unit price above that of the order?", invoice::price_above_order::check;
    price_above_history: "Is a unit price above what was paid before?", invoice::price_above_history::check;
    terms_changed: "Is it due sooner than this vendor's invoices were?", invoice::terms_changed::check;
    late_invoice: "Did it become known long after its date?", invoice::timing::late;
    future_dated_invoice: "Is it dated after it became known?", invoice::timing::future_dated;
};

/// What the detectors find in a claim, in order of the registry.
#[must_use]
pub fn flags_of_claim(view: &ClaimView<'_>) -> Vec<Flag> {
    let found = of_lines(view.lines).filter(|detector| view.thresholds.runs(detector.name));
    found
        .filter_map(|detector| Some(signed(detector.name, (detector.check)(view)?)))
        .collect()
}

/// What the detectors find in a vendor's invoice, in order of the registry.
#[must_use]
pub fn flags_of_invoice(view: &InvoiceView<'_>) -> Vec<Flag> {
    let found = INVOICE
        .iter()
        .filter(|detector| view.thresholds.runs(detector.name));
    found
        .filter_map(|detector| Some(signed(detector.name, (detector.check)(view)?)))
        .collect()
}

fn signed(name: &str, found: Found) -> Flag {
    Flag {
        detector: name.to_owned(),
        text: found.text,
        twins: found.twins,
    }
}

impl Found {
    fn new(text: String) -> Self {
        Self {
            text,
            twins: Vec::new(),
        }
    }

    fn beside<T: std::fmt::Display>(
        mut self,
        kind: &str,
        ids: impl IntoIterator<Item = T>,
    ) -> Self {
        let named = ids.into_iter().map(|id| format!("{kind}/{id}"));
        self.twins.extend(named);
        self
    }
}
