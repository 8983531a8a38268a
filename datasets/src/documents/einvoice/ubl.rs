//! UBL 2.1 Invoice and CreditNote as EN 16931 uses them.

use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;

use super::{Writer, amount, category, exemption_reason};
use crate::documents::facts::{Facts, Item};
use crate::documents::party::Party;

const COMPONENTS: &str = "xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"";

/// The names that differ between the two documents.
struct Names {
    root: &'static str,
    type_code: &'static str,
    line: &'static str,
    quantity: &'static str,
}

const INVOICE: Names = Names {
    root: "Invoice",
    type_code: "cbc:InvoiceTypeCode",
    line: "cac:InvoiceLine",
    quantity: "cbc:InvoicedQuantity",
};

const CREDIT_NOTE: Names = Names {
    root: "CreditNote",
    type_code: "cbc:CreditNoteTypeCode",
    line: "cac:CreditNoteLine",
    quantity: "cbc:CreditedQuantity",
};

pub(super) fn write(facts: &Facts) -> String {
    let credit = facts.kind == DocumentType::CreditNote;
    let names = if credit { &CREDIT_NOTE } else { &INVOICE };
    let root = format!(
        "xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:{}-2\" {COMPONENTS}",
        names.root
    );
    let currency = format!("currencyID=\"{}\"", facts.currency);
    let mut xml = Writer::new();
    xml.element(names.root, &root, |xml| {
        xml.leaf("cbc:CustomizationID", "urn:cen.eu:en16931:2017");
        xml.leaf("cbc:ID", &facts.number);
        xml.leaf("cbc:IssueDate", &facts.issue_date.to_string());
        if let (Some(due), false) = (facts.due_date, credit) {
            xml.leaf("cbc:DueDate", &due.to_string());
        }
        xml.leaf(names.type_code, facts.kind.type_code().unwrap_or("380"));
        xml.leaf("cbc:DocumentCurrencyCode", facts.currency);
        if let Some((start, end)) = facts.period {
            xml.element("cac:InvoicePeriod", "", |xml| {
                xml.leaf("cbc:StartDate", &start.to_string());
                xml.leaf("cbc:EndDate", &end.to_string());
            });
        }
        if let Some(order) = &facts.order_number {
            xml.element("cac:OrderReference", "", |xml| xml.leaf("cbc:ID", order));
        }
        if let Some(preceding) = &facts.preceding {
            xml.element("cac:BillingReference", "", |xml| {
                xml.element("cac:InvoiceDocumentReference", "", |xml| {
                    xml.leaf("cbc:ID", preceding)
                });
            });
        }
        xml.element("cac:AccountingSupplierParty", "", |xml| {
            party(xml, &facts.seller)
        });
        xml.element("cac:AccountingCustomerParty", "", |xml| {
            party(xml, &facts.buyer)
        });
        payment(xml, facts);
        let rate = facts
            .items
            .first()
            .map(|item| item.rate)
            .unwrap_or_default();
        for (charge, value) in [(false, facts.totals.allowance), (true, facts.totals.charge)] {
            if !value.is_zero() {
                allowance(xml, facts, charge, value, rate, &currency);
            }
        }
        tax_total(xml, facts, &currency);
        monetary_total(xml, facts, &currency);
        for (index, item) in facts.items.iter().enumerate() {
            line(xml, facts, names, index, item, &currency);
        }
    });
    xml.text
}

fn party(xml: &mut Writer, party: &Party) {
    xml.element("cac:Party", "", |xml| {
        xml.element("cac:PartyName", "", |xml| xml.leaf("cbc:Name", &party.name));
        xml.element("cac:PostalAddress", "", |xml| {
            xml.leaf("cbc:StreetName", &party.street);
            xml.leaf("cbc:CityName", &party.city);
            xml.leaf("cbc:PostalZone", &party.post_code);
            xml.element("cac:Country", "", |xml| {
                xml.leaf("cbc:IdentificationCode", party.country)
            });
        });
        if let Some(vat) = &party.vat {
            xml.element("cac:PartyTaxScheme", "", |xml| {
                xml.leaf("cbc:CompanyID", vat);
                xml.element("cac:TaxScheme", "", |xml| xml.leaf("cbc:ID", "VAT"));
            });
        }
        xml.element("cac:PartyLegalEntity", "", |xml| {
            xml.leaf("cbc:RegistrationName", &party.name)
        });
    });
}

fn payment(xml: &mut Writer, facts: &Facts) {
    if let Some(iban) = &facts.seller.iban {
        xml.element("cac:PaymentMeans", "", |xml| {
            xml.leaf("cbc:PaymentMeansCode", "58");
            xml.element("cac:PayeeFinancialAccount", "", |xml| {
                xml.leaf("cbc:ID", iban)
            });
        });
    }
}

fn tax_category(
    xml: &mut Writer,
    facts: &Facts,
    name: &'static str,
    rate: Decimal,
    with_reason: bool,
) {
    xml.element(name, "", |xml| {
        xml.leaf("cbc:ID", category(facts, rate));
        xml.leaf("cbc:Percent", &rate.to_string());
        if let (true, Some(reason)) = (with_reason, exemption_reason(facts)) {
            xml.leaf("cbc:TaxExemptionReason", reason);
        }
        xml.element("cac:TaxScheme", "", |xml| xml.leaf("cbc:ID", "VAT"));
    });
}

fn allowance(
    xml: &mut Writer,
    facts: &Facts,
    charge: bool,
    value: Decimal,
    rate: Decimal,
    currency: &str,
) {
    xml.element("cac:AllowanceCharge", "", |xml| {
        xml.leaf("cbc:ChargeIndicator", if charge { "true" } else { "false" });
        xml.leaf(
            "cbc:AllowanceChargeReason",
            if charge { "Freight" } else { "Discount" },
        );
        xml.leaf_with("cbc:Amount", currency, &amount(value));
        tax_category(xml, facts, "cac:TaxCategory", rate, false);
    });
}

fn tax_total(xml: &mut Writer, facts: &Facts, currency: &str) {
    xml.element("cac:TaxTotal", "", |xml| {
        xml.leaf_with("cbc:TaxAmount", currency, &amount(facts.totals.tax));
        for group in &facts.totals.groups {
            xml.element("cac:TaxSubtotal", "", |xml| {
                xml.leaf_with("cbc:TaxableAmount", currency, &amount(group.base));
                xml.leaf_with("cbc:TaxAmount", currency, &amount(group.tax));
                tax_category(xml, facts, "cac:TaxCategory", group.rate, true);
            });
        }
    });
}

fn monetary_total(xml: &mut Writer, facts: &Facts, currency: &str) {
    let totals = &facts.totals;
    xml.element("cac:LegalMonetaryTotal", "", |xml| {
        let mut sum = |name: &str, value: Decimal| xml.leaf_with(name, currency, &amount(value));
        sum("cbc:LineExtensionAmount", totals.lines);
        sum("cbc:TaxExclusiveAmount", totals.net);
        sum("cbc:TaxInclusiveAmount", totals.total);
        sum("cbc:AllowanceTotalAmount", totals.allowance);
        sum("cbc:ChargeTotalAmount", totals.charge);
        if !totals.prepaid.is_zero() {
            sum("cbc:PrepaidAmount", totals.prepaid);
        }
        if !totals.rounding.is_zero() {
            sum("cbc:PayableRoundingAmount", totals.rounding);
        }
        sum("cbc:PayableAmount", totals.payable);
    });
}

fn line(xml: &mut Writer, facts: &Facts, names: &Names, index: usize, item: &Item, currency: &str) {
    xml.element(names.line, "", |xml| {
        xml.leaf("cbc:ID", &(index + 1).to_string());
        xml.leaf_with(
            names.quantity,
            "unitCode=\"C62\"",
            &item.quantity.to_string(),
        );
        xml.leaf_with("cbc:LineExtensionAmount", currency, &amount(item.net));
        if !item.discount.is_zero() {
            xml.element("cac:AllowanceCharge", "", |xml| {
                xml.leaf("cbc:ChargeIndicator", "false");
                let gross = item.quantity * item.unit_price;
                xml.leaf_with("cbc:Amount", currency, &amount(gross - item.net));
            });
        }
        xml.element("cac:Item", "", |xml| {
            xml.leaf("cbc:Name", &item.description);
            if !item.code.is_empty() {
                xml.element("cac:SellersItemIdentification", "", |xml| {
                    xml.leaf("cbc:ID", &item.code)
                });
            }
            tax_category(xml, facts, "cac:ClassifiedTaxCategory", item.rate, false);
        });
        xml.element("cac:Price", "", |xml| {
            xml.leaf_with("cbc:PriceAmount", currency, &item.unit_price.to_string());
        });
    });
}
