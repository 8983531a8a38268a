//! What detectors of vendors' invoices find in a document that is laid beside the firm's records.

use std::sync::Arc;

use super::as_record::{self, invoice, named, stranger};
use super::findings::{AccountFlag, Identity, surest, value};
use super::input::Firm;
use crate::cases::detectors::{
    Flag, INVOICE, InvoiceView, Thresholds, Vendors, flags_of_invoice, order_named, vendor_known,
};
use crate::documents::{FieldName, Reading};
use crate::domain::Salt;
use crate::domain::records::Vendor;

/// What detectors found.
#[derive(Debug, Default)]
pub(super) struct Detected {
    /// In the document, its first account taken for the one to pay to; in order of the registry.
    pub(super) flags: Vec<Flag>,
    /// Of its other accounts.
    pub(super) of_accounts: Vec<AccountFlag>,
}

/// What is found; nothing where seller, number, date, currency or total are not read, or cannot be
/// held as [`unfit`] tells. `pointed_at` are the vendors whom the document's words may mean. Tax is
/// not looked at: what is odd about a document's totals is found by checks of their own.
pub(super) fn look(
    firm: &Firm,
    reading: &Reading,
    pointed_at: &[Arc<Vendor>],
    document_id: &str,
    sha256: &str,
) -> Detected {
    let history = &*firm.history;
    let on_record = on_record(reading, pointed_at);
    let Some(vendor) = on_record.or_else(|| stranger(reading, document_id)) else {
        return Detected::default();
    };
    let Some(invoice) = invoice(reading, document_id, vendor.id.as_str()) else {
        return Detected::default();
    };
    let mut earlier = history.invoices_of(vendor.id.as_str());
    // A record of this document is no earlier invoice.
    earlier.retain(|other| !other.is_of_document(sha256));
    let order = order_named(history, &invoice);
    // Without the salt nobody can be told to be an employee.
    let salt = history.salt();
    let employees = salt.map(|_| history.work().employees());
    let employees = employees.unwrap_or_default();
    let vendors: Vendors = history.spending().as_followed();
    let view = InvoiceView {
        invoice: &invoice,
        // When the document came is looked at by checks of its own.
        first_known: None,
        came: None,
        vendor: Some(&vendor),
        vendor_known: vendor_known(history, vendor.id.as_str()),
        earlier: &earlier,
        vendors: &vendors,
        employees: &employees,
        salt: salt.map(Salt::as_bytes),
        order: order.as_deref(),
        thresholds: &firm.thresholds,
    };
    let flags = flags_of_invoice(&view);
    Detected {
        of_accounts: of_accounts(&view, reading, &flags),
        flags,
    }
}

/// What is found of each account that the document names beside the first, told once of all of which
/// it is found, and not again where it was found of the first.
fn of_accounts(view: &InvoiceView<'_>, reading: &Reading, told: &[Flag]) -> Vec<AccountFlag> {
    let thresholds = asked_of_accounts(view);
    let mut found: Vec<AccountFlag> = Vec::new();
    for account in reading.accounts().skip(1) {
        let mut invoice = view.invoice.clone();
        invoice.iban = Some(account.value.clone());
        let flags = flags_of_invoice(&InvoiceView {
            invoice: &invoice,
            thresholds: &thresholds,
            ..*view
        });
        for flag in flags.into_iter().filter(|flag| !told.contains(flag)) {
            match found.iter_mut().find(|known| known.flag == flag) {
                Some(known) => known.accounts.push(account.value.clone()),
                None => found.push(AccountFlag {
                    accounts: vec![account.value.clone()],
                    flag,
                }),
            }
        }
    }
    found
}

/// What the firm sets, with those detectors off that do not look at accounts. Whether an account is
/// another than before is not asked where the vendor's record names accounts: one finding tells what
/// is neither on it nor in earlier invoices.
fn asked_of_accounts(view: &InvoiceView<'_>) -> Thresholds {
    let is_on_record = view.vendor.is_some_and(|vendor| !vendor.ibans.is_empty());
    let is_asked = |name: &str| match name {
        "vendor_is_employee" | "shared_bank_account" => true,
        "bank_account_changed" => !is_on_record,
        _ => false,
    };
    let names = INVOICE.iter().map(|detector| detector.name);
    let mut thresholds = view.thresholds.clone();
    let others = names.filter(|name| !is_asked(name)).map(str::to_owned);
    thresholds.off.extend(others);
    thresholds
}

/// The vendor who is the seller, among those whom the document's words may mean.
pub(super) fn on_record(reading: &Reading, pointed_at: &[Arc<Vendor>]) -> Option<Arc<Vendor>> {
    let sellers = surest(reading, pointed_at, |vendor| Identity::of(vendor));
    sellers.into_iter().next().map(Arc::clone)
}

/// What the document states and no record may hold, so that it was laid beside none.
pub(super) fn unfit(
    reading: &Reading,
    pointed_at: &[Arc<Vendor>],
    document_id: &str,
) -> Vec<FieldName> {
    let mut fields = as_record::unfit(reading, document_id);
    let names_nobody = |name: &str| named(document_id, name).is_none();
    if on_record(reading, pointed_at).is_none()
        && value(reading, FieldName::Seller).is_some_and(names_nobody)
    {
        fields.push(FieldName::Seller);
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::firm::knowledge;
    use super::*;
    use crate::cases::invoice::findings::test_support::{beside, changed};
    use crate::documents::{FieldName as F, Line, Source};
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    const ON_RECORD: &str = "DE89370400440532013000";
    const ELSEWHERE: [&str; 2] = ["FR7630006000011234567890189", "NL91ABNA0417164300"];

    fn firm() -> Firm {
        firm_with(&[ON_RECORD])
    }

    /// With these accounts on the record of the first vendor.
    fn firm_with(accounts: &[&str]) -> Firm {
        let mut facts = Facts::default();
        let known = "2024-01-20T00:00:00Z".parse().unwrap();
        let mut put = |kind, body| facts.insert(kind, known, 1, body).unwrap();
        for vendor in [
            json!({"id": "v1", "name": "Seller GmbH", "trading_name": "Bluebird Coffee", "vat_id": "DE136695976",
                "ibans": accounts}),
            json!({"id": "v2", "name": "Northwind Studio", "vat_id": "DE129273398", "ibans": ["DE02120300000000202051"]}),
        ] {
            put(RecordKind::Vendor, vendor);
        }
        for (id, day, sha256) in [
            ("i1", "2024-01-05", "a".repeat(64)),
            ("i2", "2024-01-15", "b".repeat(64)),
        ] {
            put(
                RecordKind::VendorInvoice,
                json!({"id": id, "number": id, "vendor_id": "v1", "issued_on": day, "currency": "EUR",
                    "total": "100", "iban": ON_RECORD, "document_sha256": sha256}),
            );
        }
        put(
            RecordKind::PurchaseOrder,
            json!({"id": "o1", "number": "PO-7", "vendor_id": "v1", "issued_on": "2024-01-01", "currency": "EUR",
                "lines": [{"line": "1", "unit_price": "8"}]}),
        );
        Firm {
            history: Arc::new(FactsAsOf::new(Arc::new(facts), known)),
            thresholds: Arc::new(Thresholds::default()),
            earlier_documents: Vec::new(),
        }
    }

    fn found(reading: &Reading) -> Vec<(String, Vec<String>)> {
        let flags = seen(&firm(), reading).flags.into_iter();
        flags.map(|flag| (flag.detector, flag.twins)).collect()
    }

    fn seen(firm: &Firm, reading: &Reading) -> Detected {
        let vendors = firm.history.vendors();
        look(firm, reading, &vendors, "doc", &"b".repeat(64))
    }

    fn names(reading: &Reading) -> Vec<String> {
        found(reading).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_document_is_laid_beside_the_vendors_earlier_invoices() {
        assert!(found(&changed(&[])).is_empty());
        let elsewhere = found(&changed(&[(F::Iban, "FR7630006000011234567890189")]));
        // The record of this very document is not among them.
        assert_eq!(
            elsewhere,
            [(
                "bank_account_changed".to_owned(),
                vec!["vendor_invoice/i1".to_owned()]
            )]
        );
        let mut off = firm();
        off.thresholds = Arc::new(Thresholds {
            off: vec!["bank_account_changed".to_owned()],
            ..Thresholds::default()
        });
        let reading = changed(&[(F::Iban, "FR7630006000011234567890189")]);
        assert!(seen(&off, &reading).flags.is_empty());
        // Without a total nothing is guessed.
        let without = changed(&[(F::Iban, "FR7630006000011234567890189"), (F::Total, "")]);
        assert!(found(&without).is_empty());
    }

    #[test]
    fn each_account_that_a_document_names_is_asked_about() {
        let of_accounts = |firm: &Firm, first: &str, others: &[&str]| {
            let reading = beside(changed(&[(F::Iban, first)]), others);
            let found = seen(firm, &reading).of_accounts.into_iter();
            let found = found.map(|one| (one.flag.detector, one.accounts));
            found.collect::<Vec<(String, Vec<String>)>>()
        };
        let told = |detector: &str, accounts: &[&str]| {
            let accounts = accounts.iter().map(|account| (*account).to_owned());
            (detector.to_owned(), accounts.collect::<Vec<String>>())
        };
        let of_v2 = "DE02120300000000202051";
        let three = [ELSEWHERE[0], of_v2, ELSEWHERE[1]];
        let shared = told("shared_bank_account", &[of_v2]);
        let with_record = of_accounts(&firm(), ON_RECORD, &three);
        assert_eq!(with_record, std::slice::from_ref(&shared));

        let without = firm_with(&[]);
        assert_eq!(
            of_accounts(&without, ON_RECORD, &three),
            [told("bank_account_changed", &three), shared]
        );
        assert_eq!(of_accounts(&without, ON_RECORD, &[]), []);
        assert_eq!(
            of_accounts(&without, ELSEWHERE[0], &[ELSEWHERE[1], ON_RECORD]),
            [],
            "told of the first"
        );
        let mut off = without;
        off.thresholds = Arc::new(Thresholds {
            off: vec!["bank_account_changed".to_owned()],
            ..Thresholds::default()
        });
        assert_eq!(of_accounts(&off, ON_RECORD, &ELSEWHERE), []);
    }

    #[test]
    fn a_vendor_is_found_by_any_account_and_known_by_those_of_its_invoices() {
        let only_by_account = [
            (F::Seller, "Another name"),
            (F::SellerVat, "136695976"),
            (F::Iban, ELSEWHERE[0]),
        ];
        let reading = beside(changed(&only_by_account), &[ON_RECORD]);
        let known = knowledge(&firm(), &reading, "doc", &"b".repeat(64));
        let vendors: Vec<&str> = known.vendors.iter().map(|known| &*known.id).collect();
        assert_eq!(vendors, ["v1"]);
        assert_eq!(known.vendors[0].invoiced_ibans, [ON_RECORD]);
        let flagged = beside(changed(&[]), &["DE02120300000000202051"]);
        let known = knowledge(&firm(), &flagged, "doc", &"b".repeat(64));
        assert_eq!(known.account_flags.len(), 1);
    }

    #[test]
    fn a_stranger_may_look_like_a_vendor_or_use_its_account() {
        let strange = [
            (F::Seller, "Northwlnd Studio"),
            (F::SellerVat, "FR40303265045"),
        ];
        let read = changed(&strange);
        assert_eq!(
            names(&read),
            ["shared_bank_account", "lookalike_vendor"],
            "v1 has this account"
        );
        let under = |name: &str| {
            let strange = [(F::Seller, name), (F::SellerVat, "FR40303265045")];
            names(&changed(&strange)).contains(&"lookalike_vendor".to_owned())
        };
        assert!(under("Bluebird Cofee") && under("Northwlnd Studio"));
        assert!(!under("Bluebird Coffee Ltd"), "firms of one brand");
        let mut from_pixels = read;
        for field in from_pixels.fields.values_mut() {
            field.source = Source::Ocr;
        }
        assert!(names(&from_pixels).is_empty());
    }

    #[test]
    fn a_vendor_is_known_by_any_of_its_names_and_by_its_number_without_the_country() {
        for own in [
            [(F::Seller, "Seller"), (F::SellerVat, "")],
            [(F::Seller, "Bluebird Coffee"), (F::SellerVat, "")],
            [(F::Seller, "Seller GmbH"), (F::SellerVat, "136695976")],
        ] {
            assert!(names(&changed(&own)).is_empty(), "{own:?}");
            let elsewhere = [own[0], own[1], (F::Iban, "FR7630006000011234567890189")];
            assert_eq!(
                names(&changed(&elsewhere)),
                ["bank_account_changed"],
                "{own:?}"
            );
        }
        // The same name with another's number is another firm.
        let impostor = [(F::Seller, "Seller GmbH"), (F::SellerVat, "FR40303265045")];
        assert!(names(&changed(&impostor)).contains(&"lookalike_vendor".to_owned()));
    }

    #[test]
    fn what_no_record_may_hold_switches_off_nothing_else() {
        let elsewhere = (F::Iban, "FR7630006000011234567890189");
        let mut reading = changed(&[elsewhere, (F::DueDate, "2201-01-01")]);
        let billed = |id: &str, unit: &str, net: &str| Line {
            id: Some(id.to_owned()),
            order_line: Some("1".to_owned()),
            unit: Some(unit.to_owned()),
            unit_price: "9".parse().ok(),
            net: net.parse().ok(),
            ..Line::default()
        };
        reading.lines = vec![
            billed("1", "", "90.00000000001"),
            billed("", "C62", "9000000000000000"),
        ];
        assert_eq!(
            names(&reading),
            ["bank_account_changed", "price_above_order"]
        );
        let strange = [
            (F::Seller, "Northwlnd Studio"),
            (F::SellerVat, "FR40303265045"),
            (F::SellerCity, "\u{80}"),
        ];
        assert!(names(&changed(&strange)).contains(&"lookalike_vendor".to_owned()));
    }

    #[test]
    fn a_document_that_was_laid_beside_nothing_says_why() {
        let told = |changes: &[(F, &str)]| knowledge(&firm(), &changed(changes), "doc", "").unfit;
        assert!(told(&[]).is_empty());
        assert_eq!(told(&[(F::IssueDate, "2201-01-01")]), [F::IssueDate]);
        let nameless = (F::Seller, "\u{80}");
        assert_eq!(told(&[nameless, (F::SellerVat, "")]), [F::Seller]);
        assert!(told(&[nameless]).is_empty(), "known by its number");
    }

    #[test]
    fn prices_are_those_of_one_unit() {
        let billed = |price: &str, of: &str| {
            let mut reading = changed(&[]);
            reading.lines = vec![Line {
                id: Some("1".to_owned()),
                order_line: Some("1".to_owned()),
                unit_price: price.parse().ok(),
                price_base_quantity: of.parse().ok(),
                net: "1".parse().ok(),
                ..Line::default()
            }];
            names(&reading)
        };
        assert_eq!(billed("9", "1"), ["price_above_order"]);
        assert!(billed("80", "10").is_empty() && billed("9", "0").is_empty());
    }
}
