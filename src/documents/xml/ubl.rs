//! OASIS UBL 2.1 Invoice and CreditNote, as used by EN 16931, Peppol and XRechnung.

use roxmltree::Node;

use super::collector::{AllowancePaths, Collector, FieldPath, LinePaths, TRUE, TaxPaths};
use super::path;
use crate::documents::field_name::FieldName as F;
use crate::documents::model::Instalment;

const HEADER: &[FieldPath] = &[
    (F::Number, "ID"),
    (F::TypeCode, "InvoiceTypeCode|CreditNoteTypeCode"),
    (F::IssueDate, "IssueDate"),
    (F::TaxPointDate, "TaxPointDate"),
    (F::DueDate, "DueDate"),
    (F::DueDate, "PaymentMeans/PaymentDueDate"),
    (F::ServiceStart, "InvoicePeriod/StartDate"),
    (F::ServiceEnd, "InvoicePeriod/EndDate"),
    (F::DeliveryDate, "Delivery/ActualDeliveryDate"),
    (F::Currency, "DocumentCurrencyCode"),
    (F::TaxCurrency, "TaxCurrencyCode"),
    (F::OrderNumber, "OrderReference/ID"),
    (F::SalesOrderNumber, "OrderReference/SalesOrderID"),
    (F::ContractNumber, "ContractDocumentReference/ID"),
    (F::ProjectReference, "ProjectReference/ID"),
    // A credit note has no project reference; EN 16931 puts it here under code 50.
    (
        F::ProjectReference,
        "AdditionalDocumentReference[DocumentTypeCode=50]/ID",
    ),
    (F::DeliveryNote, "DespatchDocumentReference/ID"),
    (
        F::PrecedingInvoice,
        "BillingReference/InvoiceDocumentReference/ID",
    ),
    (F::BuyerReference, "BuyerReference"),
    (F::PaymentTerms, "PaymentTerms/Note"),
    (F::Note, "Note"),
    (F::Payee, "PayeeParty/PartyName/Name"),
    (
        F::TaxRepresentative,
        "TaxRepresentativeParty/PartyName/Name",
    ),
    (
        F::TaxRepresentativeVat,
        "TaxRepresentativeParty/PartyTaxScheme/CompanyID",
    ),
    (F::ShipTo, "Delivery/DeliveryParty/PartyName/Name"),
    (
        F::ShipToStreet,
        "Delivery/DeliveryLocation/Address/StreetName",
    ),
    (F::ShipToCity, "Delivery/DeliveryLocation/Address/CityName"),
    (
        F::ShipToPostCode,
        "Delivery/DeliveryLocation/Address/PostalZone",
    ),
    (
        F::ShipToCountry,
        "Delivery/DeliveryLocation/Address/Country/IdentificationCode",
    ),
    (F::PaymentMeans, "PaymentMeans/PaymentMeansCode"),
    (F::PaymentReference, "PaymentMeans/PaymentID"),
    (F::Iban, "PaymentMeans/PayeeFinancialAccount/ID"),
    (F::AccountName, "PaymentMeans/PayeeFinancialAccount/Name"),
    (
        F::Bic,
        "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID",
    ),
    (
        F::Bic,
        "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/FinancialInstitution/ID",
    ),
    (F::DirectDebitMandate, "PaymentMeans/PaymentMandate/ID"),
    (
        F::DebitedAccount,
        "PaymentMeans/PaymentMandate/PayerFinancialAccount/ID",
    ),
];

const NOTES: &[&str] = &["Note", "PaymentMeans/InstructionNote", "PaymentTerms/Note"];

const SELLER: &[FieldPath] = &[
    (F::Seller, "PartyLegalEntity/RegistrationName"),
    (F::Seller, "PartyName/Name"),
    (F::SellerTradingName, "PartyName/Name"),
    (F::SellerId, "PartyIdentification/ID[@schemeID!=SEPA]"),
    (F::SellerRegistration, "PartyLegalEntity/CompanyID"),
    (F::SellerVat, "PartyTaxScheme[TaxScheme/ID=VAT]/CompanyID"),
    (
        F::SellerTaxNumber,
        "PartyTaxScheme[TaxScheme/ID!=VAT]/CompanyID",
    ),
    (F::SellerStreet, "PostalAddress/StreetName"),
    (F::SellerCity, "PostalAddress/CityName"),
    (F::SellerPostCode, "PostalAddress/PostalZone"),
    (F::SellerCountry, "PostalAddress/Country/IdentificationCode"),
    (F::SellerContact, "Contact/Name"),
    (F::SellerPhone, "Contact/Telephone"),
    (F::SellerEmail, "Contact/ElectronicMail"),
];

const BUYER: &[FieldPath] = &[
    (F::Buyer, "PartyLegalEntity/RegistrationName"),
    (F::Buyer, "PartyName/Name"),
    (F::BuyerTradingName, "PartyName/Name"),
    (F::CustomerNumber, "PartyIdentification/ID"),
    (F::BuyerRegistration, "PartyLegalEntity/CompanyID"),
    (F::BuyerVat, "PartyTaxScheme[TaxScheme/ID=VAT]/CompanyID"),
    (F::BuyerStreet, "PostalAddress/StreetName"),
    (F::BuyerCity, "PostalAddress/CityName"),
    (F::BuyerPostCode, "PostalAddress/PostalZone"),
    (F::BuyerCountry, "PostalAddress/Country/IdentificationCode"),
    (F::BuyerContact, "Contact/Name"),
    (F::BuyerPhone, "Contact/Telephone"),
    (F::BuyerEmail, "Contact/ElectronicMail"),
];

const TOTALS: &[FieldPath] = &[
    (F::LinesTotal, "LineExtensionAmount"),
    (F::AllowancesTotal, "AllowanceTotalAmount"),
    (F::ChargesTotal, "ChargeTotalAmount"),
    (F::Net, "TaxExclusiveAmount"),
    (F::Total, "TaxInclusiveAmount"),
    (F::Prepaid, "PrepaidAmount"),
    (F::Rounding, "PayableRoundingAmount"),
    (F::Payable, "PayableAmount"),
];

const ALLOWANCE: AllowancePaths = AllowancePaths {
    element: "AllowanceCharge",
    indicator: "ChargeIndicator",
    charge: TRUE,
    amount: "Amount",
    reason: "AllowanceChargeReason",
};

const TAX: TaxPaths = TaxPaths {
    category: "TaxCategory/ID",
    rate: "TaxCategory/Percent",
    base: "TaxableAmount",
    tax: "TaxAmount",
    exemption_reason: "TaxCategory/TaxExemptionReason",
};

const LINE: LinePaths = LinePaths {
    id: "ID",
    description: &["Item/Name", "Item/Description", "Note"],
    item_code: "Item/SellersItemIdentification/ID",
    buyer_item_code: "Item/BuyersItemIdentification/ID",
    quantity: "InvoicedQuantity|CreditedQuantity",
    unit: "InvoicedQuantity|CreditedQuantity/@unitCode",
    unit_price: "Price/PriceAmount",
    price_base_quantity: "Price/BaseQuantity",
    net: "LineExtensionAmount",
    tax_rate: "Item/ClassifiedTaxCategory/Percent",
    tax_category: "Item/ClassifiedTaxCategory/ID",
    period_start: "InvoicePeriod/StartDate",
    period_end: "InvoicePeriod/EndDate",
    order_line: "OrderLineReference/LineID",
    allowance: ALLOWANCE,
};

pub(super) fn read(root: Node<'_, '_>, into: &mut Collector<'_, '_>) {
    into.table(root, HEADER);
    into.accounts(root, "PaymentMeans/PayeeFinancialAccount", &["ID"]);
    for notes in NOTES {
        into.accounts_in_notes(root, notes);
    }
    if root.tag_name().name() == "CreditNote" {
        // UBL lets the code out, the root element says the same (UNTDID 1001: 381).
        into.put_derived(F::TypeCode, root, "381".to_owned());
    }
    if let Some(party) = path::section(root, "AccountingSupplierParty/Party") {
        into.table(party, SELLER);
    }
    if let Some(party) = path::section(root, "AccountingCustomerParty/Party") {
        into.table(party, BUYER);
    }
    if let Some(totals) = path::section(root, "LegalMonetaryTotal") {
        into.table(totals, TOTALS);
    }
    into.tax_totals(root, "TaxTotal/TaxAmount");
    for tax in path::all(root, "TaxTotal/TaxSubtotal") {
        into.tax(tax, &TAX);
    }
    into.allowances(root, &ALLOWANCE);
    for terms in path::all(root, "PaymentTerms") {
        let amount = into.decimal(terms, "Amount");
        if amount.is_some() {
            let due_date = into.date(terms, "PaymentDueDate|InstallmentDueDate");
            into.reading
                .instalments
                .push(Instalment { due_date, amount });
        }
    }
    for line in path::all(root, "InvoiceLine|CreditNoteLine") {
        into.line(line, &LINE);
    }
}
