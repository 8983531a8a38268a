//! The names of the fields a document can state, one table.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a field's value is normalised and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Free text or an identifier.
    Text,
    /// A code of a published list.
    Code,
    /// An ISO 8601 calendar date.
    Date,
    /// A plain decimal in document currency.
    Amount,
}

macro_rules! field_names {
    ($(($variant:ident, $name:literal, $kind:ident, $bt:expr, $doc:literal),)+) => {
        /// A field a document can state, named after EN 16931 where it has a term.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum FieldName {
            $(#[doc = $doc] $variant,)+
        }

        impl FieldName {
            /// Every field, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// How its value is normalised.
            #[must_use]
            pub const fn kind(self) -> FieldKind {
                match self { $(Self::$variant => FieldKind::$kind,)+ }
            }

            /// The business term of EN 16931, where there is one.
            #[must_use]
            pub const fn business_term(self) -> Option<&'static str> {
                match self { $(Self::$variant => $bt,)+ }
            }

            /// What it is, in words for a person.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $doc,)+ }
            }
        }
    };
}

field_names! {
    (Number, "number", Text, Some("BT-1"), "Invoice number"),
    (TypeCode, "type_code", Code, Some("BT-3"), "UNTDID 1001 document type code"),
    (TypeName, "type_name", Text, None, "Document type as printed or named"),
    (IssueDate, "issue_date", Date, Some("BT-2"), "Issue date"),
    (TaxPointDate, "tax_point_date", Date, Some("BT-7"), "Tax point date"),
    (DueDate, "due_date", Date, Some("BT-9"), "Payment due date"),
    (ServiceStart, "service_start", Date, Some("BT-73"), "Start of the invoicing or delivery period"),
    (ServiceEnd, "service_end", Date, Some("BT-74"), "End of the invoicing or delivery period"),
    (DeliveryDate, "delivery_date", Date, Some("BT-72"), "Actual delivery date"),
    (Currency, "currency", Code, Some("BT-5"), "Document currency, ISO 4217"),
    (TaxCurrency, "tax_currency", Code, Some("BT-6"), "Tax accounting currency, ISO 4217"),
    (OrderNumber, "order_number", Text, Some("BT-13"), "Purchase order reference"),
    (SalesOrderNumber, "sales_order_number", Text, Some("BT-14"), "Sales order reference"),
    (ContractNumber, "contract_number", Text, Some("BT-12"), "Contract reference"),
    (ProjectReference, "project_reference", Text, Some("BT-11"), "Project reference"),
    (DeliveryNote, "delivery_note", Text, Some("BT-16"), "Despatch advice reference"),
    (PrecedingInvoice, "preceding_invoice", Text, Some("BT-25"), "Preceding invoice number"),
    (BuyerReference, "buyer_reference", Text, Some("BT-10"), "Buyer reference"),
    (CustomerNumber, "customer_number", Text, Some("BT-46"), "Buyer identifier, the customer number"),
    (PaymentTerms, "payment_terms", Text, Some("BT-20"), "Payment terms"),
    (Note, "note", Text, Some("BT-22"), "Note"),
    (Seller, "seller", Text, Some("BT-27"), "Seller name"),
    (SellerTradingName, "seller_trading_name", Text, Some("BT-28"), "Seller trading name"),
    (SellerId, "seller_id", Text, Some("BT-29"), "Seller identifier"),
    (SellerRegistration, "seller_registration", Text, Some("BT-30"), "Seller legal registration identifier"),
    (SellerVat, "seller_vat", Text, Some("BT-31"), "Seller VAT identifier"),
    (SellerTaxNumber, "seller_tax_number", Text, Some("BT-32"), "Seller tax registration number"),
    (SellerStreet, "seller_street", Text, Some("BT-35"), "Seller address line"),
    (SellerCity, "seller_city", Text, Some("BT-37"), "Seller city"),
    (SellerPostCode, "seller_post_code", Text, Some("BT-38"), "Seller post code"),
    (SellerCountry, "seller_country", Code, Some("BT-40"), "Seller country, ISO 3166-1 alpha-2"),
    (SellerContact, "seller_contact", Text, Some("BT-41"), "Seller contact point"),
    (SellerPhone, "seller_phone", Text, Some("BT-42"), "Seller telephone"),
    (SellerEmail, "seller_email", Text, Some("BT-43"), "Seller e-mail"),
    (Buyer, "buyer", Text, Some("BT-44"), "Buyer name"),
    (BuyerTradingName, "buyer_trading_name", Text, Some("BT-45"), "Buyer trading name"),
    (BuyerRegistration, "buyer_registration", Text, Some("BT-47"), "Buyer legal registration identifier"),
    (BuyerVat, "buyer_vat", Text, Some("BT-48"), "Buyer VAT identifier"),
    (BuyerStreet, "buyer_street", Text, Some("BT-50"), "Buyer address line"),
    (BuyerCity, "buyer_city", Text, Some("BT-52"), "Buyer city"),
    (BuyerPostCode, "buyer_post_code", Text, Some("BT-53"), "Buyer post code"),
    (BuyerCountry, "buyer_country", Code, Some("BT-55"), "Buyer country, ISO 3166-1 alpha-2"),
    (BuyerContact, "buyer_contact", Text, Some("BT-56"), "Buyer contact point"),
    (BuyerPhone, "buyer_phone", Text, Some("BT-57"), "Buyer telephone"),
    (BuyerEmail, "buyer_email", Text, Some("BT-58"), "Buyer e-mail"),
    (Payee, "payee", Text, Some("BT-59"), "Payee name"),
    (TaxRepresentative, "tax_representative", Text, Some("BT-62"), "Seller tax representative name"),
    (TaxRepresentativeVat, "tax_representative_vat", Text, Some("BT-63"), "Seller tax representative VAT identifier"),
    (ShipTo, "ship_to", Text, Some("BT-70"), "Deliver-to party name"),
    (ShipToStreet, "ship_to_street", Text, Some("BT-75"), "Deliver-to address line"),
    (ShipToCity, "ship_to_city", Text, Some("BT-77"), "Deliver-to city"),
    (ShipToPostCode, "ship_to_post_code", Text, Some("BT-78"), "Deliver-to post code"),
    (ShipToCountry, "ship_to_country", Code, Some("BT-80"), "Deliver-to country, ISO 3166-1 alpha-2"),
    (PaymentMeans, "payment_means", Code, Some("BT-81"), "UNTDID 4461 payment means code"),
    (PaymentReference, "payment_reference", Text, Some("BT-83"), "Remittance information"),
    (Iban, "iban", Text, Some("BT-84"), "Payment account: IBAN or other account"),
    (AccountName, "account_name", Text, Some("BT-85"), "Payment account name"),
    (Bic, "bic", Text, Some("BT-86"), "Payment service provider"),
    (DirectDebitMandate, "direct_debit_mandate", Text, Some("BT-89"), "Direct debit mandate reference"),
    (DebitedAccount, "debited_account", Text, Some("BT-91"), "Debited account"),
    (LinesTotal, "lines_total", Amount, Some("BT-106"), "Sum of line net amounts"),
    (AllowancesTotal, "allowances_total", Amount, Some("BT-107"), "Sum of document allowances"),
    (ChargesTotal, "charges_total", Amount, Some("BT-108"), "Sum of document charges"),
    (Net, "net", Amount, Some("BT-109"), "Total without tax"),
    (Tax, "tax", Amount, Some("BT-110"), "Total tax"),
    (TaxInTaxCurrency, "tax_in_tax_currency", Amount, Some("BT-111"), "Total tax in tax accounting currency"),
    (Total, "total", Amount, Some("BT-112"), "Total with tax"),
    (Prepaid, "prepaid", Amount, Some("BT-113"), "Paid amount"),
    (Rounding, "rounding", Amount, Some("BT-114"), "Rounding amount"),
    (Payable, "payable", Amount, Some("BT-115"), "Amount due for payment"),
    (PreviousBalance, "previous_balance", Amount, None, "Balance carried forward"),
    (StampDuty, "stamp_duty", Amount, None, "Stamp duty"),
    (Withheld, "withheld", Amount, None, "Part that the buyer pays to the state instead of the seller"),
}

impl std::fmt::Display for FieldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::FieldName;

    #[test]
    fn the_wire_name_is_the_serde_name() {
        for name in FieldName::ALL {
            let wire = serde_json::to_value(name).unwrap();
            assert_eq!(wire, name.as_str());
        }
    }
}
