//! Which labels announce which field; one table.

use super::concept::Concept;
use crate::documents::FieldName;

/// What kind of value a field takes from the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A date.
    Date,
    /// An amount of money.
    Amount,
    /// A number of a document or a party.
    Identifier,
}

/// How a field is announced.
#[derive(Debug)]
pub(super) struct FieldSpec {
    /// The field.
    pub name: FieldName,
    /// What it takes.
    pub kind: Kind,
    /// Labels for it, with how much each one counts.
    pub concepts: &'static [(Concept, f32)],
    /// Labels that neither speak for it nor against.
    pub neutral: &'static [Concept],
}

const fn spec(
    name: FieldName,
    kind: Kind,
    concepts: &'static [(Concept, f32)],
    neutral: &'static [Concept],
) -> FieldSpec {
    FieldSpec {
        name,
        kind,
        concepts,
        neutral,
    }
}

use Concept as C;

/// Heads of line columns say nothing of sums under them; a feature of its own counts them. What is
/// handed over at a till may be what was to be paid.
const COLUMNS_AND_TENDERED: &[Concept] = &[
    C::LineNet,
    C::LineGross,
    C::LineTax,
    C::UnitPrice,
    C::Quantity,
    C::TaxRate,
    C::Unit,
    C::Description,
    C::LineNo,
    C::ItemCode,
    C::LineDiscount,
    C::Currency,
    C::Tendered,
];

/// Heads of line columns alone.
const COLUMNS: &[Concept] = match COLUMNS_AND_TENDERED.split_last() {
    Some((_, columns)) => columns,
    None => &[],
};

/// Every field that is read as one labelled value.
pub(super) const SPECS: &[FieldSpec] = &[
    spec(
        FieldName::Number,
        Kind::Identifier,
        &[(C::Number, 1.0), (C::Title, 0.8)],
        &[C::Buyer],
    ),
    spec(
        FieldName::OrderNumber,
        Kind::Identifier,
        &[(C::OrderNumber, 1.0)],
        &[],
    ),
    spec(
        FieldName::SalesOrderNumber,
        Kind::Identifier,
        &[(C::SalesOrder, 1.0)],
        &[],
    ),
    spec(
        FieldName::ContractNumber,
        Kind::Identifier,
        &[(C::ContractNumber, 1.0)],
        &[],
    ),
    spec(
        FieldName::ProjectReference,
        Kind::Identifier,
        &[(C::Project, 1.0)],
        &[],
    ),
    spec(
        FieldName::DeliveryNote,
        Kind::Identifier,
        &[(C::DeliveryNote, 1.0)],
        &[],
    ),
    spec(
        FieldName::PrecedingInvoice,
        Kind::Identifier,
        &[(C::PrecedingInvoice, 1.0)],
        &[],
    ),
    spec(
        FieldName::CustomerNumber,
        Kind::Identifier,
        &[(C::CustomerNumber, 1.0)],
        &[C::Buyer],
    ),
    spec(
        FieldName::BuyerReference,
        Kind::Identifier,
        &[(C::BuyerReference, 1.0)],
        &[],
    ),
    spec(
        FieldName::PaymentReference,
        Kind::Identifier,
        &[(C::PaymentReference, 1.0)],
        &[],
    ),
    spec(
        FieldName::SellerTaxNumber,
        Kind::Identifier,
        &[(C::TaxNumber, 1.0)],
        &[],
    ),
    spec(
        FieldName::SellerRegistration,
        Kind::Identifier,
        &[(C::Registration, 1.0)],
        &[],
    ),
    spec(
        FieldName::DirectDebitMandate,
        Kind::Identifier,
        &[(C::Mandate, 1.0)],
        &[],
    ),
    spec(
        FieldName::IssueDate,
        Kind::Date,
        &[(C::IssueDate, 1.0), (C::Title, 0.5)],
        &[C::Number],
    ),
    spec(
        FieldName::DueDate,
        Kind::Date,
        &[(C::DueDate, 1.0)],
        &[C::PaymentTerms, C::Payable],
    ),
    spec(
        FieldName::DeliveryDate,
        Kind::Date,
        &[(C::DeliveryDate, 1.0)],
        &[],
    ),
    spec(
        FieldName::Net,
        Kind::Amount,
        &[(C::Net, 1.0), (C::LinesTotal, 0.5), (C::TaxBase, 0.5)],
        COLUMNS,
    ),
    spec(FieldName::Tax, Kind::Amount, &[(C::Tax, 1.0)], COLUMNS),
    spec(
        FieldName::Total,
        Kind::Amount,
        &[(C::Total, 1.0), (C::Payable, 0.75)],
        COLUMNS,
    ),
    spec(
        FieldName::Payable,
        Kind::Amount,
        &[(C::Payable, 1.0), (C::Total, 0.55)],
        COLUMNS_AND_TENDERED,
    ),
    spec(
        FieldName::Prepaid,
        Kind::Amount,
        &[(C::Prepaid, 1.0)],
        COLUMNS,
    ),
    spec(
        FieldName::LinesTotal,
        Kind::Amount,
        &[(C::LinesTotal, 1.0)],
        COLUMNS,
    ),
    spec(
        FieldName::Rounding,
        Kind::Amount,
        &[(C::Rounding, 1.0)],
        COLUMNS,
    ),
    spec(
        FieldName::PreviousBalance,
        Kind::Amount,
        &[(C::PreviousBalance, 1.0)],
        COLUMNS,
    ),
];
