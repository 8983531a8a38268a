//! What a record states beside what its answer says: a change of it is news for whoever decided the record.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::records::ExpenseClaim;
use crate::domain::{Amount, sha256_hex};
use crate::history::{KnownInvoice, identifier_key};

/// What else a record states, as far as it tells what is to be paid, to whom and for what. How the firm
/// books, approves and pays it is left out: that goes on after somebody has decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stated {
    /// Amount in the firm's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    home_amount: Option<String>,
    /// Digest of the account that an invoice asks to be paid to, however that is spelt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iban_sha256: Option<String>,
    /// Digest of the receipt's bytes, or of the document's that an invoice came as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document_sha256: Option<String>,
    /// Digest of all the rest.
    details_sha256: String,
}

impl Stated {
    /// By a claim, a use of a card or an invoice, told as a line; by the last also itself.
    pub(super) fn of(line: &ExpenseClaim, invoice: Option<&KnownInvoice>) -> Self {
        let iban = invoice.and_then(|invoice| invoice.iban.as_deref());
        let document = line.receipt_sha256.as_ref();
        let details = json!([of_line(line), invoice.map(of_invoice)]);
        Self {
            home_amount: line.home_amount.map(|amount| amount.to_string()),
            iban_sha256: iban.map(|iban| sha256_hex(identifier_key(iban))),
            document_sha256: document.map(|digest| digest.as_str().to_owned()),
            details_sha256: sha256_hex(details.to_string()),
        }
    }

    /// Each part by name, and whether it is another than it was then.
    pub(crate) fn changed_since(&self, then: &Self) -> [(&'static str, bool); 4] {
        let same_home_amount = match (&self.home_amount, &then.home_amount) {
            (Some(now), Some(then)) => is_same_amount(now, then),
            (None, None) => true,
            _ => false,
        };
        [
            ("home_amount", !same_home_amount),
            ("iban", self.iban_sha256 != then.iban_sha256),
            ("document", self.document_sha256 != then.document_sha256),
            ("details", self.details_sha256 != then.details_sha256),
        ]
    }
}

/// Whether two texts are one amount, with however many noughts behind the point.
pub(crate) fn is_same_amount(one: &str, other: &str) -> bool {
    match (one.parse::<Amount>(), other.parse::<Amount>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn of_line(line: &ExpenseClaim) -> Value {
    // Without a category the answer says this in its place.
    let sells = line.category.as_ref().and(line.merchant_category.as_ref());
    json!([
        sells,
        line.description,
        line.country,
        line.city,
        line.quantity.map(plain),
        line.attendees,
        line.paid_by,
    ])
}

fn of_invoice(invoice: &KnownInvoice) -> Value {
    let prices = invoice.prices.iter().map(|one| {
        let named = (&one.line, &one.item_code, &one.order_line, &one.unit);
        json!([named, plain(one.price)]).to_string()
    });
    let mut prices: Vec<String> = prices.collect();
    // Lines may come in another order the next time.
    prices.sort_unstable();
    json!([
        invoice.number,
        invoice.due_on,
        invoice.net.map(plain),
        invoice.tax.map(plain),
        invoice.order_number,
        invoice.preceding_invoice,
        prices,
    ])
}

/// In its one spelling.
fn plain(amount: Amount) -> String {
    amount.decimal().normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FieldSet;
    use crate::domain::records::VendorInvoice;

    fn read<T: FieldSet>(usual: Value, more: Value) -> T {
        let (Value::Object(mut members), Value::Object(more)) = (usual, more) else {
            panic!("not objects")
        };
        members.extend(more);
        members.retain(|_, value| !value.is_null());
        T::from_members("", members).unwrap()
    }

    fn of_claim(more: Value) -> Stated {
        let usual = json!({"id": "c", "employee_id": "e", "incurred_on": "2026-03-04", "amount": "12",
            "currency": "EUR", "description": "lunch", "quantity": "2", "home_amount": "12.50"});
        Stated::of(&read(usual, more), None)
    }

    fn line(item: &str, price: &str) -> Value {
        json!({"line": item, "item_code": item, "unit_price": price, "net": "5"})
    }

    fn of_vendor(more: Value) -> Stated {
        let usual = json!({"id": "i", "number": "N-1", "vendor_id": "v", "issued_on": "2026-03-04",
            "currency": "EUR", "total": "119.00", "net": "100.00", "iban": "DE02120300000000202051",
            "lines": [line("1", "2.50"), line("2", "7")]});
        let invoice = KnownInvoice::from(read::<VendorInvoice>(usual, more));
        Stated::of(&invoice.as_line(), Some(&invoice))
    }

    fn changed(now: &Stated, then: &Stated) -> Vec<&'static str> {
        let parts = now.changed_since(then).into_iter();
        parts.filter_map(|(name, is)| is.then_some(name)).collect()
    }

    #[test]
    fn whatever_is_to_be_paid_to_whom_and_for_what_counts() {
        for (more, name) in [
            (json!({"home_amount": "12.51"}), "home_amount"),
            (json!({"home_amount": null}), "home_amount"),
            (json!({"receipt_sha256": "a".repeat(64)}), "document"),
            (json!({"description": "dinner"}), "details"),
            (json!({"quantity": "3"}), "details"),
            (json!({"country": "FR"}), "details"),
        ] {
            let now = of_claim(more.clone());
            assert_eq!(changed(&now, &of_claim(json!({}))), [name], "{more}");
        }
        for (more, name) in [
            (json!({"iban": "FR1420041010050500013M02606"}), "iban"),
            (json!({"iban": null}), "iban"),
            (json!({"document_sha256": "a".repeat(64)}), "document"),
            (json!({"due_on": "2026-04-04"}), "details"),
            (json!({"number": "N-2"}), "details"),
            (json!({"order_number": "O-1"}), "details"),
            (json!({"lines": []}), "details"),
        ] {
            let now = of_vendor(more.clone());
            assert_eq!(changed(&now, &of_vendor(json!({}))), [name], "{more}");
        }
    }

    #[test]
    fn another_spelling_and_what_the_firm_does_with_it_do_not_count() {
        let claim = json!({"quantity": "2.0", "home_amount": "12.5", "approver_id": "b", "team": "tax",
            "approved_at": "2026-03-09T08:00:00Z", "attributes": {"batch": "7"}});
        let invoice = json!({"iban": "de02 1203 0000 0000 2020 51", "net": "100", "status": "paid",
            "paid_on": "2026-03-09", "lines": [line("2", "7.00"), line("1", "2.5")]});
        let none = Vec::<&str>::new();
        assert_eq!(changed(&of_claim(claim), &of_claim(json!({}))), none);
        assert_eq!(changed(&of_vendor(invoice), &of_vendor(json!({}))), none);
    }
}
