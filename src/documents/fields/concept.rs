//! What a label announces.

macro_rules! concepts {
    ($(($variant:ident, $name:literal),)+) => {
        /// What a label announces; the rows of `labels.tsv` name these.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the names are the table's own")]
        pub(super) enum Concept { $($variant,)+ }

        impl Concept {
            /// The concept a row of the table names.
            #[must_use]
            pub(super) fn of_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

concepts! {
    (Number, "number"), (Title, "title"), (IssueDate, "issue_date"), (DueDate, "due_date"),
    (DeliveryDate, "delivery_date"), (ServicePeriod, "service_period"), (ServiceStart, "service_start"),
    (ServiceEnd, "service_end"), (OtherDate, "other_date"), (OrderNumber, "order_number"),
    (SalesOrder, "sales_order"), (ContractNumber, "contract_number"), (Project, "project"),
    (DeliveryNote, "delivery_note"), (PrecedingInvoice, "preceding_invoice"),
    (CustomerNumber, "customer_number"), (BuyerReference, "buyer_reference"),
    (PaymentReference, "payment_reference"), (VatId, "vat_id"), (BuyerVat, "buyer_vat"),
    (TaxNumber, "tax_number"), (Registration, "registration"), (Iban, "iban"), (Bic, "bic"),
    (Account, "account"), (Bank, "bank"), (AccountName, "account_name"), (Mandate, "mandate"),
    (Net, "net"), (LinesTotal, "lines_total"), (Tax, "tax"), (Total, "total"), (Payable, "payable"),
    (Prepaid, "prepaid"), (Discount, "discount"), (Charge, "charge"), (Rounding, "rounding"), (Tendered, "tendered"),
    (PreviousBalance, "previous_balance"), (Installment, "installment"), (Capital, "capital"),
    (Seller, "seller"), (Buyer, "buyer"), (ShipTo, "ship_to"), (TaxRep, "tax_rep"), (Name, "name"),
    (Contact, "contact"), (Phone, "phone"), (Email, "email"), (Web, "web"), (PageNo, "page_no"),
    (PaymentTerms, "payment_terms"), (PaymentMeans, "payment_means"), (Currency, "currency"),
    (TaxCurrency, "tax_currency"), (TaxBase, "tax_base"), (Description, "description"),
    (Quantity, "quantity"), (Unit, "unit"), (UnitPrice, "unit_price"), (LineNet, "line_net"),
    (TaxRate, "tax_rate"), (LineTax, "line_tax"), (LineGross, "line_gross"), (LineNo, "line_no"),
    (ItemCode, "item_code"), (LineDiscount, "line_discount"), (OtherNumber, "other_number"), (Address, "address"),
}

impl Concept {
    /// Whether it only ever heads a column of the lines.
    #[must_use]
    pub(super) const fn is_column(self) -> bool {
        matches!(
            self,
            Self::Description
                | Self::Quantity
                | Self::Unit
                | Self::UnitPrice
                | Self::LineNet
                | Self::TaxRate
                | Self::LineTax
                | Self::LineGross
                | Self::LineNo
                | Self::ItemCode
                | Self::LineDiscount
        )
    }
}
