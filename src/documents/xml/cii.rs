//! UN/CEFACT Cross Industry Invoice: ZUGFeRD 1 and 2, Factur-X, XRechnung CII.
//!
//! ZUGFeRD 1 (`CrossIndustryDocument`) names some of the same elements
//! differently; the paths give both names.

use roxmltree::Node;

use super::collector::{AllowancePaths, Collector, FieldPath, LinePaths, TRUE, TaxPaths};
use super::path;
use crate::documents::field_name::FieldName as F;
use crate::documents::model::Instalment;

const DOCUMENT: &str = "ExchangedDocument|HeaderExchangedDocument";
const TRADE: &str = "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction";
const AGREEMENT: &str = "ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement";
const DELIVERY: &str = "ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery";
const SETTLEMENT: &str = "ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement";
const SUMMATION: &str =
    "SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation";

const DOCUMENT_FIELDS: &[FieldPath] = &[
    (F::Number, "ID"),
    (F::TypeCode, "TypeCode"),
    (F::TypeName, "Name"),
    (F::IssueDate, "IssueDateTime/DateTimeString|DateTime"),
    (F::Note, "IncludedNote/Content"),
];

const AGREEMENT_FIELDS: &[FieldPath] = &[
    (F::BuyerReference, "BuyerReference"),
    (
        F::OrderNumber,
        "BuyerOrderReferencedDocument/IssuerAssignedID|ID",
    ),
    (
        F::SalesOrderNumber,
        "SellerOrderReferencedDocument/IssuerAssignedID|ID",
    ),
    (
        F::ContractNumber,
        "ContractReferencedDocument/IssuerAssignedID|ID",
    ),
    (F::ProjectReference, "SpecifiedProcuringProject/ID"),
    (F::Seller, "SellerTradeParty/Name"),
    (
        F::SellerTradingName,
        "SellerTradeParty/SpecifiedLegalOrganization/TradingBusinessName",
    ),
    (F::SellerId, "SellerTradeParty/ID"),
    (F::SellerId, "SellerTradeParty/GlobalID"),
    (
        F::SellerRegistration,
        "SellerTradeParty/SpecifiedLegalOrganization/ID",
    ),
    (
        F::SellerVat,
        "SellerTradeParty/SpecifiedTaxRegistration/ID[@schemeID=VA]",
    ),
    (
        F::SellerTaxNumber,
        "SellerTradeParty/SpecifiedTaxRegistration/ID[@schemeID=FC]",
    ),
    (
        F::SellerStreet,
        "SellerTradeParty/PostalTradeAddress/LineOne",
    ),
    (
        F::SellerCity,
        "SellerTradeParty/PostalTradeAddress/CityName",
    ),
    (
        F::SellerPostCode,
        "SellerTradeParty/PostalTradeAddress/PostcodeCode",
    ),
    (
        F::SellerCountry,
        "SellerTradeParty/PostalTradeAddress/CountryID",
    ),
    (
        F::SellerContact,
        "SellerTradeParty/DefinedTradeContact/PersonName",
    ),
    (
        F::SellerContact,
        "SellerTradeParty/DefinedTradeContact/DepartmentName",
    ),
    (
        F::SellerPhone,
        "SellerTradeParty/DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber",
    ),
    (
        F::SellerEmail,
        "SellerTradeParty/DefinedTradeContact/EmailURIUniversalCommunication/URIID",
    ),
    (
        F::SellerEmail,
        "SellerTradeParty/DefinedTradeContact/EmailURIUniversalCommunication/CompleteNumber",
    ),
    (F::Buyer, "BuyerTradeParty/Name"),
    (
        F::BuyerTradingName,
        "BuyerTradeParty/SpecifiedLegalOrganization/TradingBusinessName",
    ),
    (F::CustomerNumber, "BuyerTradeParty/ID"),
    (F::CustomerNumber, "BuyerTradeParty/GlobalID"),
    (
        F::BuyerRegistration,
        "BuyerTradeParty/SpecifiedLegalOrganization/ID",
    ),
    (
        F::BuyerVat,
        "BuyerTradeParty/SpecifiedTaxRegistration/ID[@schemeID=VA]",
    ),
    (F::BuyerStreet, "BuyerTradeParty/PostalTradeAddress/LineOne"),
    (F::BuyerCity, "BuyerTradeParty/PostalTradeAddress/CityName"),
    (
        F::BuyerPostCode,
        "BuyerTradeParty/PostalTradeAddress/PostcodeCode",
    ),
    (
        F::BuyerCountry,
        "BuyerTradeParty/PostalTradeAddress/CountryID",
    ),
    (
        F::BuyerContact,
        "BuyerTradeParty/DefinedTradeContact/PersonName",
    ),
    (
        F::BuyerContact,
        "BuyerTradeParty/DefinedTradeContact/DepartmentName",
    ),
    (
        F::BuyerPhone,
        "BuyerTradeParty/DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber",
    ),
    (
        F::BuyerEmail,
        "BuyerTradeParty/DefinedTradeContact/EmailURIUniversalCommunication/URIID",
    ),
    (
        F::BuyerEmail,
        "BuyerTradeParty/DefinedTradeContact/EmailURIUniversalCommunication/CompleteNumber",
    ),
    (
        F::TaxRepresentative,
        "SellerTaxRepresentativeTradeParty/Name",
    ),
    (
        F::TaxRepresentativeVat,
        "SellerTaxRepresentativeTradeParty/SpecifiedTaxRegistration/ID[@schemeID=VA]",
    ),
];

const DELIVERY_FIELDS: &[FieldPath] = &[
    (
        F::DeliveryDate,
        "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString|DateTime",
    ),
    (
        F::DeliveryNote,
        "DespatchAdviceReferencedDocument/IssuerAssignedID|ID",
    ),
    (
        F::DeliveryNote,
        "DeliveryNoteReferencedDocument/IssuerAssignedID|ID",
    ),
    (F::ShipTo, "ShipToTradeParty/Name"),
    (
        F::ShipToStreet,
        "ShipToTradeParty/PostalTradeAddress/LineOne",
    ),
    (
        F::ShipToCity,
        "ShipToTradeParty/PostalTradeAddress/CityName",
    ),
    (
        F::ShipToPostCode,
        "ShipToTradeParty/PostalTradeAddress/PostcodeCode",
    ),
    (
        F::ShipToCountry,
        "ShipToTradeParty/PostalTradeAddress/CountryID",
    ),
];

const SETTLEMENT_FIELDS: &[FieldPath] = &[
    (F::Currency, "InvoiceCurrencyCode"),
    (F::TaxCurrency, "TaxCurrencyCode"),
    (F::PaymentReference, "PaymentReference"),
    (F::Payee, "PayeeTradeParty/Name"),
    (
        F::ServiceStart,
        "BillingSpecifiedPeriod/StartDateTime/DateTimeString|DateTime",
    ),
    (
        F::ServiceEnd,
        "BillingSpecifiedPeriod/EndDateTime/DateTimeString|DateTime",
    ),
    (
        F::TaxPointDate,
        "ApplicableTradeTax/TaxPointDate/DateString",
    ),
    (F::PaymentTerms, "SpecifiedTradePaymentTerms/Description"),
    (
        F::DueDate,
        "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString|DateTime",
    ),
    (
        F::DirectDebitMandate,
        "SpecifiedTradePaymentTerms/DirectDebitMandateID",
    ),
    (
        F::PrecedingInvoice,
        "InvoiceReferencedDocument/IssuerAssignedID|ID",
    ),
    (
        F::PaymentMeans,
        "SpecifiedTradeSettlementPaymentMeans/TypeCode",
    ),
    (
        F::Iban,
        "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID",
    ),
    (
        F::Iban,
        "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/ProprietaryID",
    ),
    (
        F::AccountName,
        "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/AccountName",
    ),
    (
        F::Bic,
        "SpecifiedTradeSettlementPaymentMeans/PayeeSpecifiedCreditorFinancialInstitution/BICID",
    ),
    (
        F::DebitedAccount,
        "SpecifiedTradeSettlementPaymentMeans/PayerPartyDebtorFinancialAccount/IBANID",
    ),
];

const SUMMATION_FIELDS: &[FieldPath] = &[
    (F::LinesTotal, "LineTotalAmount"),
    (F::AllowancesTotal, "AllowanceTotalAmount"),
    (F::ChargesTotal, "ChargeTotalAmount"),
    (F::Net, "TaxBasisTotalAmount"),
    (F::Total, "GrandTotalAmount"),
    (F::Prepaid, "TotalPrepaidAmount"),
    (F::Rounding, "RoundingAmount"),
    (F::Payable, "DuePayableAmount"),
];

const ALLOWANCE: AllowancePaths = AllowancePaths {
    element: "SpecifiedTradeAllowanceCharge",
    indicator: "ChargeIndicator/Indicator",
    charge: TRUE,
    amount: "ActualAmount",
    reason: "Reason",
};

/// Freight and the like: always a charge, so its indicator is its own name.
const LOGISTICS: AllowancePaths = AllowancePaths {
    element: "SpecifiedLogisticsServiceCharge",
    indicator: "",
    charge: &[],
    amount: "AppliedAmount",
    reason: "Description",
};

const TAX: TaxPaths = TaxPaths {
    category: "CategoryCode",
    rate: "RateApplicablePercent|ApplicablePercent",
    base: "BasisAmount",
    tax: "CalculatedAmount",
    exemption_reason: "ExemptionReason",
};

const LINE: LinePaths = LinePaths {
    id: "AssociatedDocumentLineDocument/LineID",
    description: &[
        "SpecifiedTradeProduct/Name",
        "SpecifiedTradeProduct/Description",
        "AssociatedDocumentLineDocument/IncludedNote/Content",
    ],
    item_code: "SpecifiedTradeProduct/SellerAssignedID",
    buyer_item_code: "SpecifiedTradeProduct/BuyerAssignedID",
    quantity: "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery/BilledQuantity",
    unit: "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery/BilledQuantity/@unitCode",
    unit_price: "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement/NetPriceProductTradePrice/ChargeAmount",
    price_base_quantity: "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement/NetPriceProductTradePrice/BasisQuantity",
    net: "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation/LineTotalAmount",
    tax_rate: "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement/ApplicableTradeTax/RateApplicablePercent|ApplicablePercent",
    tax_category: "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement/ApplicableTradeTax/CategoryCode",
    period_start: "SpecifiedLineTradeSettlement/BillingSpecifiedPeriod/StartDateTime/DateTimeString|DateTime",
    period_end: "SpecifiedLineTradeSettlement/BillingSpecifiedPeriod/EndDateTime/DateTimeString|DateTime",
    order_line: "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement/BuyerOrderReferencedDocument/LineID",
    allowance: AllowancePaths {
        element: "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement/SpecifiedTradeAllowanceCharge",
        ..ALLOWANCE
    },
};

pub(super) fn read(root: Node<'_, '_>, into: &mut Collector<'_, '_>) {
    if let Some(document) = path::section(root, DOCUMENT) {
        into.table(document, DOCUMENT_FIELDS);
    }
    let Some(trade) = path::section(root, TRADE) else {
        return;
    };
    if let Some(agreement) = path::section(trade, AGREEMENT) {
        into.table(agreement, AGREEMENT_FIELDS);
    }
    if let Some(delivery) = path::section(trade, DELIVERY) {
        into.table(delivery, DELIVERY_FIELDS);
    }
    if let Some(settlement) = path::section(trade, SETTLEMENT) {
        read_settlement(settlement, into);
    }
    if let Some(document) = path::section(root, DOCUMENT) {
        into.accounts_in_notes(document, "IncludedNote/Content");
    }
    for line in path::all(trade, "IncludedSupplyChainTradeLineItem") {
        into.line(line, &LINE);
    }
}

fn read_settlement(settlement: Node<'_, '_>, into: &mut Collector<'_, '_>) {
    into.table(settlement, SETTLEMENT_FIELDS);
    into.accounts(
        settlement,
        "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount",
        &["IBANID", "ProprietaryID"],
    );
    for notes in [
        "SpecifiedTradePaymentTerms/Description",
        "SpecifiedTradeSettlementPaymentMeans/Information",
    ] {
        into.accounts_in_notes(settlement, notes);
    }
    if let Some(summation) = path::section(settlement, SUMMATION) {
        into.tax_totals(summation, "TaxTotalAmount");
        into.table(summation, SUMMATION_FIELDS);
    }
    for tax in path::all(settlement, "ApplicableTradeTax") {
        into.tax(tax, &TAX);
    }
    into.allowances(settlement, &ALLOWANCE);
    into.charges(settlement, &LOGISTICS);
    let terms = path::all(settlement, "SpecifiedTradePaymentTerms");
    for term in terms {
        let amount = into.decimal(term, "PartialPaymentAmount");
        if amount.is_some() {
            let due_date = into.date(term, "DueDateDateTime/DateTimeString|DateTime");
            into.reading
                .instalments
                .push(Instalment { due_date, amount });
        }
    }
}
