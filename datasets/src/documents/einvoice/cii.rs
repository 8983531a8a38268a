//! Cross Industry Invoice D16B, profile EN 16931.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Writer, amount, category, exemption_reason};
use crate::documents::facts::{Facts, Item};
use crate::documents::party::Party;

const NAMESPACES: &str = "xmlns:rsm=\"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100\" \
xmlns:ram=\"urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100\" \
xmlns:udt=\"urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100\"";

pub(super) fn write(facts: &Facts) -> String {
    let mut xml = Writer::new();
    xml.element("rsm:CrossIndustryInvoice", NAMESPACES, |xml| {
        xml.element("rsm:ExchangedDocumentContext", "", |xml| {
            xml.element(
                "ram:GuidelineSpecifiedDocumentContextParameter",
                "",
                |xml| {
                    xml.leaf("ram:ID", "urn:cen.eu:en16931:2017");
                },
            );
        });
        xml.element("rsm:ExchangedDocument", "", |xml| {
            xml.leaf("ram:ID", &facts.number);
            xml.leaf("ram:TypeCode", facts.kind.type_code().unwrap_or("380"));
            date(xml, "ram:IssueDateTime", facts.issue_date);
        });
        xml.element("rsm:SupplyChainTradeTransaction", "", |xml| {
            for (index, item) in facts.items.iter().enumerate() {
                line(xml, facts, index, item);
            }
            agreement(xml, facts);
            xml.element("ram:ApplicableHeaderTradeDelivery", "", |xml| {
                if let Some(delivered) = facts.delivery_date {
                    xml.element("ram:ActualDeliverySupplyChainEvent", "", |xml| {
                        date(xml, "ram:OccurrenceDateTime", delivered);
                    });
                }
            });
            settlement(xml, facts);
        });
    });
    xml.text
}

fn date(xml: &mut Writer, name: &'static str, value: NaiveDate) {
    xml.element(name, "", |xml| {
        xml.leaf_with(
            "udt:DateTimeString",
            "format=\"102\"",
            &value.format("%Y%m%d").to_string(),
        );
    });
}

fn line(xml: &mut Writer, facts: &Facts, index: usize, item: &Item) {
    xml.element("ram:IncludedSupplyChainTradeLineItem", "", |xml| {
        xml.element("ram:AssociatedDocumentLineDocument", "", |xml| {
            xml.leaf("ram:LineID", &(index + 1).to_string());
        });
        xml.element("ram:SpecifiedTradeProduct", "", |xml| {
            if !item.code.is_empty() {
                xml.leaf("ram:SellerAssignedID", &item.code);
            }
            xml.leaf("ram:Name", &item.description);
        });
        xml.element("ram:SpecifiedLineTradeAgreement", "", |xml| {
            xml.element("ram:NetPriceProductTradePrice", "", |xml| {
                xml.leaf("ram:ChargeAmount", &item.unit_price.to_string());
            });
        });
        xml.element("ram:SpecifiedLineTradeDelivery", "", |xml| {
            xml.leaf_with(
                "ram:BilledQuantity",
                "unitCode=\"C62\"",
                &item.quantity.to_string(),
            );
        });
        xml.element("ram:SpecifiedLineTradeSettlement", "", |xml| {
            xml.element("ram:ApplicableTradeTax", "", |xml| {
                xml.leaf("ram:TypeCode", "VAT");
                xml.leaf("ram:CategoryCode", category(facts, item.rate));
                xml.leaf("ram:RateApplicablePercent", &item.rate.to_string());
            });
            if !item.discount.is_zero() {
                xml.element("ram:SpecifiedTradeAllowanceCharge", "", |xml| {
                    xml.element("ram:ChargeIndicator", "", |xml| {
                        xml.leaf("udt:Indicator", "false")
                    });
                    let gross = item.quantity * item.unit_price;
                    xml.leaf("ram:ActualAmount", &amount(gross - item.net));
                });
            }
            xml.element(
                "ram:SpecifiedTradeSettlementLineMonetarySummation",
                "",
                |xml| {
                    xml.leaf("ram:LineTotalAmount", &amount(item.net));
                },
            );
        });
    });
}

fn agreement(xml: &mut Writer, facts: &Facts) {
    xml.element("ram:ApplicableHeaderTradeAgreement", "", |xml| {
        xml.element("ram:SellerTradeParty", "", |xml| party(xml, &facts.seller));
        xml.element("ram:BuyerTradeParty", "", |xml| party(xml, &facts.buyer));
        if let Some(order) = &facts.order_number {
            xml.element("ram:BuyerOrderReferencedDocument", "", |xml| {
                xml.leaf("ram:IssuerAssignedID", order);
            });
        }
    });
}

fn party(xml: &mut Writer, party: &Party) {
    xml.leaf("ram:Name", &party.name);
    xml.element("ram:PostalTradeAddress", "", |xml| {
        xml.leaf("ram:PostcodeCode", &party.post_code);
        xml.leaf("ram:LineOne", &party.street);
        xml.leaf("ram:CityName", &party.city);
        xml.leaf("ram:CountryID", party.country);
    });
    if let Some(vat) = &party.vat {
        xml.element("ram:SpecifiedTaxRegistration", "", |xml| {
            xml.leaf_with("ram:ID", "schemeID=\"VA\"", vat);
        });
    }
}

fn settlement(xml: &mut Writer, facts: &Facts) {
    let totals = &facts.totals;
    xml.element("ram:ApplicableHeaderTradeSettlement", "", |xml| {
        xml.leaf("ram:InvoiceCurrencyCode", facts.currency);
        if let Some(iban) = &facts.seller.iban {
            xml.element("ram:SpecifiedTradeSettlementPaymentMeans", "", |xml| {
                xml.leaf("ram:TypeCode", "58");
                xml.element("ram:PayeePartyCreditorFinancialAccount", "", |xml| {
                    xml.leaf("ram:IBANID", iban);
                });
            });
        }
        for group in &totals.groups {
            xml.element("ram:ApplicableTradeTax", "", |xml| {
                xml.leaf("ram:CalculatedAmount", &amount(group.tax));
                xml.leaf("ram:TypeCode", "VAT");
                if let Some(reason) = exemption_reason(facts) {
                    xml.leaf("ram:ExemptionReason", reason);
                }
                xml.leaf("ram:BasisAmount", &amount(group.base));
                xml.leaf("ram:CategoryCode", category(facts, group.rate));
                xml.leaf("ram:RateApplicablePercent", &group.rate.to_string());
            });
        }
        if let Some((start, end)) = facts.period {
            xml.element("ram:BillingSpecifiedPeriod", "", |xml| {
                date(xml, "ram:StartDateTime", start);
                date(xml, "ram:EndDateTime", end);
            });
        }
        let rate = facts
            .items
            .first()
            .map(|item| item.rate)
            .unwrap_or_default();
        for (charge, value) in [(false, totals.allowance), (true, totals.charge)] {
            if !value.is_zero() {
                allowance(xml, facts, charge, value, rate);
            }
        }
        if let Some(due) = facts.due_date {
            xml.element("ram:SpecifiedTradePaymentTerms", "", |xml| {
                date(xml, "ram:DueDateDateTime", due);
            });
        }
        summation(xml, facts);
        if let Some(preceding) = &facts.preceding {
            xml.element("ram:InvoiceReferencedDocument", "", |xml| {
                xml.leaf("ram:IssuerAssignedID", preceding);
            });
        }
    });
}

fn allowance(xml: &mut Writer, facts: &Facts, charge: bool, value: Decimal, rate: Decimal) {
    xml.element("ram:SpecifiedTradeAllowanceCharge", "", |xml| {
        xml.element("ram:ChargeIndicator", "", |xml| {
            xml.leaf("udt:Indicator", if charge { "true" } else { "false" });
        });
        xml.leaf("ram:ActualAmount", &amount(value));
        xml.leaf("ram:Reason", if charge { "Freight" } else { "Discount" });
        xml.element("ram:CategoryTradeTax", "", |xml| {
            xml.leaf("ram:TypeCode", "VAT");
            xml.leaf("ram:CategoryCode", category(facts, rate));
            xml.leaf("ram:RateApplicablePercent", &rate.to_string());
        });
    });
}

fn summation(xml: &mut Writer, facts: &Facts) {
    let totals = &facts.totals;
    xml.element(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        "",
        |xml| {
            xml.leaf("ram:LineTotalAmount", &amount(totals.lines));
            xml.leaf("ram:ChargeTotalAmount", &amount(totals.charge));
            xml.leaf("ram:AllowanceTotalAmount", &amount(totals.allowance));
            xml.leaf("ram:TaxBasisTotalAmount", &amount(totals.net));
            let currency = format!("currencyID=\"{}\"", facts.currency);
            xml.leaf_with("ram:TaxTotalAmount", &currency, &amount(totals.tax));
            if !totals.rounding.is_zero() {
                xml.leaf("ram:RoundingAmount", &amount(totals.rounding));
            }
            xml.leaf("ram:GrandTotalAmount", &amount(totals.total));
            if !totals.prepaid.is_zero() {
                xml.leaf("ram:TotalPrepaidAmount", &amount(totals.prepaid));
            }
            xml.leaf("ram:DuePayableAmount", &amount(totals.payable));
        },
    );
}
