//! What is odd about a document: each finding with a code, a sentence, a level
//! and the places to look at.
//!
//! One file a group of questions. A finding never says what to do about it; that
//! is for the recommendation, and only ever more scrutiny.

mod accounts;
mod arithmetic;
mod checksums;
mod dates;
mod disagreement;
mod evidence;
mod firm;
mod seller;
mod stated;
mod unread;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) use self::arithmetic::code_of_rule;
use self::evidence::Places;
pub(super) use self::evidence::value;
pub(super) use self::seller::{Identity, sameness, surest};
use crate::advice::{Evidence, Level};
use crate::cases::detectors::Flag;
use crate::documents::{FieldName, Problem, Reading};

/// Something odd about a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Stable code in snake case.
    pub code: String,
    /// One sentence for a person.
    pub text: String,
    /// How much attention it asks for.
    pub level: Level,
    /// Where to look.
    pub evidence: Vec<Evidence>,
}

/// What the findings are made from.
#[derive(Debug, Clone, Copy)]
pub struct FindingsInput<'a> {
    /// Id of the document.
    pub document_id: &'a str,
    /// The day of judgement.
    pub as_of: NaiveDate,
    /// What its pages say, where they hold words.
    pub page: Option<&'a Reading>,
    /// What its e-invoice says, where it has one.
    pub xml: Option<&'a Reading>,
    /// Both as one.
    pub merged: &'a Reading,
    /// What could not be read.
    pub problems: &'a [Problem],
    /// Whether its type is told to be a credit note; absent where no type is told, or one that
    /// neither bills nor credits.
    pub credit_note: Option<bool>,
    /// What the firm knew on the day of judgement.
    pub firm: &'a FirmKnowledge,
}

/// What the firm knew that bears on a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirmKnowledge {
    /// Its vendors.
    pub vendors: Vec<KnownVendor>,
    /// Numbers of its orders; `None` when it keeps none here, so that nothing
    /// can be said of an order.
    pub orders: Option<BTreeSet<String>>,
    /// Invoices that came before.
    pub earlier: Vec<EarlierInvoice>,
    /// What detectors of vendors' invoices found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
    /// What they found of accounts that the document names beside the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub account_flags: Vec<AccountFlag>,
    /// What it may be a copy of, the likeliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<KnownCopy>,
    /// What the document states and no record may hold, so that it was laid beside none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfit: Vec<FieldName>,
}

/// What a detector found of accounts that a document names beside the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFlag {
    /// The accounts, as the document names them.
    pub accounts: Vec<String>,
    /// What was found of each.
    pub flag: Flag,
}

/// An earlier record or document that a document may be a copy of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCopy {
    /// Kind and id, as in `vendor_invoice/ID` or `document/ID`.
    pub record: String,
    /// What kind of copy.
    pub verdict: String,
    /// How likely.
    pub level: Level,
    /// What the two have in common, in words.
    pub alike: String,
}

/// A vendor in the firm's records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownVendor {
    /// Its record.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The name it trades under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trading_name: Option<String>,
    /// Its VAT identifier.
    pub vat_id: Option<String>,
    /// Accounts that the firm pays it to; empty when none are on record.
    pub ibans: Vec<String>,
    /// Accounts that its other invoices asked to be paid to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invoiced_ibans: Vec<String>,
}

/// An invoice that came before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierInvoice {
    /// Its document or record.
    pub id: String,
    /// Name of its seller.
    pub seller: String,
    /// The name that the seller trades under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller_trading_name: Option<String>,
    /// The seller's VAT identifier.
    pub seller_vat: Option<String>,
    /// Its number.
    pub number: String,
}

/// Everything odd about a document, gravest first; the same input gives the same
/// findings in the same order.
#[must_use]
pub fn find(input: &FindingsInput<'_>) -> Vec<Finding> {
    let places = Places::new(input.document_id);
    let mut findings = Vec::new();
    findings.extend(arithmetic::find(input, places));
    findings.extend(checksums::find(input, places));
    findings.extend(dates::find(input, places));
    findings.extend(disagreement::find(input, places));
    findings.extend(stated::find(input, places));
    findings.extend(unread::find(input));
    findings.extend(firm::find(input, places));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    findings
}

#[cfg(test)]
pub(super) mod test_support;
#[cfg(test)]
mod tests;
