//! Detectors of vendors' invoices.

use super::*;
use crate::history::KnownInvoice;

#[derive(Default)]
struct Books {
    vendor: Option<Vendor>,
    earlier: Vec<Arc<KnownInvoice>>,
    vendors: Vec<Arc<Vendor>>,
    employees: Vec<Arc<Employee>>,
    order: Option<PurchaseOrder>,
}

fn invoice(changed: Value) -> VendorInvoice {
    let usual = json!({
        "id": "i", "number": "R-104", "vendor_id": "v", "issued_on": "2026-03-04", "currency": "EUR", "total": "6000",
    });
    read(usual, changed)
}

fn vendor(id: &str, changed: Value) -> Vendor {
    read(json!({"id": id, "name": "Northwind Studio GmbH"}), changed)
}

impl Books {
    fn earlier(invoices: impl IntoIterator<Item = Value>) -> Self {
        let invoices = invoices.into_iter().enumerate().map(|(at, changed)| {
            let mut one = invoice(changed);
            one.id = format!("e{at}").parse().unwrap();
            Arc::new(KnownInvoice::from(one))
        });
        Self {
            earlier: invoices.collect(),
            ..Self::default()
        }
    }

    fn of(changed: Value) -> Self {
        Self {
            vendor: Some(vendor("v", changed)),
            ..Self::default()
        }
    }

    fn alarms(&self, name: &str, changed: Value) -> bool {
        self.says(name, changed).is_some()
    }

    /// What a detector says, if it alarms.
    fn says(&self, name: &str, changed: Value) -> Option<String> {
        assert!(
            INVOICE.iter().any(|detector| detector.name == name),
            "{name}"
        );
        let vendors: Vendors = self.vendors.iter().cloned().collect();
        let invoice = KnownInvoice::from(invoice(changed));
        let flags = flags_of_invoice(&InvoiceView {
            invoice: &invoice,
            first_known: invoice.known_at,
            came: invoice.known_at,
            vendor: self.vendor.as_ref(),
            vendor_known: self.vendor.as_ref().and_then(|vendor| vendor.known_at),
            earlier: &self.earlier,
            vendors: &vendors,
            employees: &self.employees,
            salt: Some(b"salt"),
            order: self.order.as_ref(),
            thresholds: &Thresholds::default(),
        });
        let mut of_name = flags.into_iter().filter(|flag| flag.detector == name);
        of_name.next().map(|flag| flag.text)
    }
}

#[test]
fn net_and_tax_make_the_total_to_one_unit() {
    let stated = |tax: &str, code: &str| json!({"net": "5000", "tax": tax, "currency": code});
    let alone = Books::default();
    assert!(!alone.alarms("tax_arithmetic", stated("1000.01", "EUR")));
    assert!(alone.alarms("tax_arithmetic", stated("1000.02", "EUR")));
    assert!(!alone.alarms("tax_arithmetic", stated("1001", "JPY")));
    assert!(!alone.alarms("tax_arithmetic", json!({"net": "1"})));
}

#[test]
fn numbers_without_a_gap_are_counted_over_days() {
    let of = |number: &str, day: &str| json!({"number": number, "issued_on": day});
    let run = [
        of("R-101", "2026-01-02"),
        of("R-102", "2026-01-20"),
        of("R-103", "2026-02-10"),
    ];
    assert!(Books::earlier(run.clone()).alarms("sequential_numbers", json!({})));
    assert!(!Books::earlier(run[1..].to_vec()).alarms("sequential_numbers", json!({})));
    let gap = [
        of("R-100", "2026-01-02"),
        of("R-102", "2026-01-20"),
        of("R-103", "2026-02-10"),
    ];
    assert!(!Books::earlier(gap).alarms("sequential_numbers", json!({})));
    let one_day = ["R-101", "R-102", "R-103"].map(|number| of(number, "2026-02-10"));
    assert!(!Books::earlier(one_day).alarms("sequential_numbers", json!({})));
    let told = Books::earlier(run.clone()).says("sequential_numbers", json!({}));
    assert_eq!(
        told.unwrap(),
        "It and the 3 invoices of this vendor before it have numbers without a gap."
    );
    assert!(!Books::earlier(run).alarms("sequential_numbers", json!({"number": "final"})));
    let last = [of("18446744073709551615", "2026-02-10")];
    assert!(!Books::earlier(last).alarms("sequential_numbers", json!({"number": "7"})));
}

#[test]
fn new_and_dormant_vendors_matter_from_a_large_amount_on() {
    let since = |day: &str| Books::of(json!({"created_on": day}));
    assert!(since("2026-01-03").alarms("new_vendor", json!({})));
    assert!(!since("2026-01-02").alarms("new_vendor", json!({})));
    assert!(!since("2026-01-03").alarms("new_vendor", json!({"total": "4999.99"})));
    assert!(!Books::default().alarms("new_vendor", json!({})));
    // Without a day of its own a vendor is known since its master data were.
    let known = |day: &str| Books::of(json!({"known_at": format!("{day}T09:00:00Z")}));
    assert!(known("2026-01-03").alarms("new_vendor", json!({})));
    assert!(!known("2026-01-02").alarms("new_vendor", json!({})));
    // A firm that keeps vendors knows this one, or another.
    let keeps = |id: &str| Books {
        vendors: vec![Arc::new(vendor(id, json!({})))],
        ..Books::default()
    };
    assert!(keeps("w").alarms("new_vendor", json!({})));
    assert!(!keeps("w").alarms("new_vendor", json!({"total": "4999.99"})));
    assert!(!keeps("v").alarms("new_vendor", json!({})));
    let last = |day: &str| Books::earlier([json!({"issued_on": day})]);
    let abroad = json!({"currency": "USD"});
    assert!(last("2025-03-03").alarms("dormant_vendor", abroad));
    assert!(last("2025-03-03").alarms("dormant_vendor", json!({})));
    assert!(!last("2025-03-04").alarms("dormant_vendor", json!({})));
    assert!(!last("2025-03-03").alarms("dormant_vendor", json!({"total": "12"})));
    assert!(
        !last("2026-03-05").alarms("dormant_vendor", json!({})),
        "it came later"
    );
}

#[test]
fn an_invoice_dated_before_all_others_is_not_said_to_be_the_first() {
    let told = |mut books: Books| {
        books.vendor = Some(vendor("v", json!({"created_on": "2026-01-03"})));
        books.says("new_vendor", json!({})).unwrap()
    };
    assert_eq!(
        told(Books::default()),
        "6000 EUR is asked for by the first invoice of a vendor on record since 2026-01-03."
    );
    assert_eq!(
        told(Books::earlier([json!({"issued_on": "2026-03-09"})])),
        "6000 EUR is asked for by an invoice dated before all others of a vendor on record since 2026-01-03."
    );
}

#[test]
fn an_amount_of_another_currency_is_large_by_its_number() {
    let strange = Books {
        vendors: vec![Arc::new(vendor("w", json!({})))],
        ..Books::default()
    };
    let large = |total: &str, code: &str| {
        strange.alarms("new_vendor", json!({"total": total, "currency": code}))
    };
    assert!(large("5000", "USD") && !large("4999.99", "USD"));
    assert!(large("5000", "KWD"));
    // Those of small units have to be of more digits.
    assert!(large("500000", "JPY") && !large("20000", "JPY"));
    assert!(large("5000000", "KRW") && !large("499999", "KRW"));
    assert!(large("50000000", "VND") && !large("2000000", "IDR"));
    assert!(large("999999999999999.9999999999", "USD"));
}

#[test]
fn what_is_large_is_told_from_the_size_of_the_firms_own_units() {
    let invoice = |total: &str, code: &str| {
        KnownInvoice::from(invoice(json!({"total": total, "currency": code})))
    };
    let thresholds = Thresholds {
        home_currency: Currency::new("JPY").unwrap(),
        large_payment: 500_000,
        ..Thresholds::default()
    };
    let vendors: Vendors = [Arc::new(vendor("w", json!({})))].into_iter().collect();
    let large = |invoice: &KnownInvoice| {
        let flags = flags_of_invoice(&InvoiceView {
            invoice,
            first_known: None,
            came: None,
            vendor: None,
            vendor_known: None,
            earlier: &[],
            vendors: &vendors,
            employees: &[],
            salt: None,
            order: None,
            thresholds: &thresholds,
        });
        flags.iter().any(|flag| flag.detector == "new_vendor")
    };
    assert!(large(&invoice("500000", "JPY")) && !large(&invoice("499999", "JPY")));
    assert!(large(&invoice("5000", "EUR")) && !large(&invoice("4999", "EUR")));
}

#[test]
fn an_invoice_is_known_neither_long_after_nor_before_its_date() {
    let alone = Books::default();
    let known =
        |day: &str| json!({"issued_on": "2026-03-04", "known_at": format!("{day}T09:00:00Z")});
    assert!(!alone.alarms("late_invoice", known("2026-08-31")));
    assert!(alone.alarms("late_invoice", known("2026-09-01")));
    assert!(!alone.alarms("future_dated_invoice", known("2026-03-03")));
    assert!(alone.alarms("future_dated_invoice", known("2026-03-02")));
    for detector in ["late_invoice", "future_dated_invoice"] {
        assert!(!alone.alarms(detector, json!({})), "{detector}");
    }
}

#[test]
fn vendors_may_be_employees_or_each_other() {
    use sha2::{Digest as _, Sha256};
    let hash = |value: &str| hex::encode(Sha256::digest(format!("salt{value}")));
    let employee = |account: &str| -> Arc<Employee> {
        Arc::new(read(
            json!({"id": "e1"}),
            json!({"bank_account_hash": hash(account)}),
        ))
    };
    let paid_to = || json!({"iban": "DE02 1203 0000 0000 2020 51"});
    let mut books = Books {
        employees: vec![employee("DE02120300000000202051")],
        ..Books::default()
    };
    assert!(books.alarms("vendor_is_employee", paid_to()));
    assert!(!books.alarms("vendor_is_employee", json!({})));
    books.employees = vec![employee("DE02120300000000202052")];
    assert!(!books.alarms("vendor_is_employee", paid_to()));
    let mut by_phone = Books::of(json!({"phone": "+49 30 123"}));
    by_phone.employees = vec![Arc::new(read(
        json!({"id": "e1"}),
        json!({"phone_hash": hash("4930123")}),
    ))];
    assert!(by_phone.alarms("vendor_is_employee", json!({})));

    let shares = |of_vendor: Value, of_employee: Value| {
        let mut books = Books::of(of_vendor);
        books.employees = vec![Arc::new(read(json!({"id": "e1"}), of_employee))];
        books.alarms("vendor_is_employee", json!({}))
    };
    let tax = |number: &str| json!({"tax_id_hash": hash(number)});
    assert!(shares(json!({"tax_number": "12/345/678"}), tax("12345678")));
    assert!(!shares(
        json!({"tax_number": "12/345/679"}),
        tax("12345678")
    ));
    assert!(shares(
        json!({"vat_id": "DE 811907980"}),
        tax("DE811907980")
    ));
    let home = |street: &str| json!({"street": street, "post_code": "10115", "city": "Berlin"});
    let lives = json!({"address_hash": hash("LINDENWEG410115BERLIN")});
    assert!(shares(home("Lindenweg 4"), lives.clone()));
    assert!(!shares(home("Lindenweg 5"), lives));

    let iban = json!({"ibans": ["de02120300000000202051"]});
    books.vendors = vec![Arc::new(vendor("w", iban.clone()))];
    assert!(books.alarms("shared_bank_account", paid_to()));
    assert!(!books.alarms(
        "shared_bank_account",
        json!({"iban": "FR1420041010050500013M02606"})
    ));
    books.vendors = vec![Arc::new(vendor("v", iban))];
    assert!(
        !books.alarms("shared_bank_account", paid_to()),
        "it is its own"
    );
}

#[test]
fn a_lookalike_is_a_slip_or_two_away_and_another_firm() {
    let beside = |name: &str, vat: &str| {
        let mut books = Books::of(json!({"vat_id": "DE1"}));
        books.vendors = vec![Arc::new(vendor("w", json!({"name": name, "vat_id": vat})))];
        books.alarms("lookalike_vendor", json!({}))
    };
    assert!(beside("Northwlnd Studio", "DE2") && beside("Nortwind Studoi AG", "DE2"));
    assert!(!beside("Nortwin Studi", "DE2"), "three letters");
    assert!(!beside("Northwlnd Studio", "DE 1"), "on record twice");
    let mut unnumbered = Books::of(json!({"vat_id": "-"}));
    let looks_like = json!({"name": "Northwlnd Studio", "vat_id": "\u{2014}"});
    unnumbered.vendors = vec![Arc::new(vendor("w", looks_like))];
    assert!(unnumbered.alarms("lookalike_vendor", json!({})));
    let mut short = Books::of(json!({"name": "ABC"}));
    short.vendors = vec![Arc::new(vendor("w", json!({"name": "ABD"})))];
    assert!(!short.alarms("lookalike_vendor", json!({})));
    let exactly = |number: &str| {
        let mut short = Books::of(json!({"name": "DHL", "vat_id": "FR1"}));
        let known = json!({"name": "D.H.L. GmbH", "vat_id": number});
        short.vendors = vec![Arc::new(vendor("w", known))];
        short.alarms("lookalike_vendor", json!({}))
    };
    assert!(exactly("DE1") && !exactly("FR1"));
    let mut nameless = Books::of(json!({"name": "-"}));
    nameless.vendors = vec![Arc::new(vendor("w", json!({"name": "\u{2014}"})))];
    assert!(!nameless.alarms("lookalike_vendor", json!({})));
}

#[test]
fn a_vendor_is_known_by_what_it_trades_under_too() {
    let known = json!({"name": "Seller GmbH", "trading_name": "Bluebird Coffee", "vat_id": "DE3"});
    let beside = |own: Value, others: &[(&str, &str)]| {
        let mut books = Books::of(own);
        let others = others.iter().enumerate();
        let others = others.map(|(at, (name, number))| {
            vendor(&format!("w{at}"), json!({"name": name, "vat_id": number}))
        });
        let all = others.chain([vendor("x", known.clone())]);
        books.vendors = all.map(Arc::new).collect();
        books.says("lookalike_vendor", json!({}))
    };
    let named = |name: &str| json!({"name": name, "vat_id": "DE1"});
    assert_eq!(
        beside(named("Bluebird Cofee"), &[]).unwrap(),
        "Bluebird Cofee is almost Bluebird Coffee, under which another vendor trades."
    );
    // Firms of one brand; another of a name almost the same makes neither an impostor.
    let brand = named("Bluebird Coffee Ltd");
    assert_eq!(beside(brand, &[("Bluebird Coffe", "DE2")]), None);
    // Whoever only trades under such a name.
    let trades = json!({"name": "Zeta", "trading_name": "Northwlnd Studio", "vat_id": "DE1"});
    assert_eq!(
        beside(trades, &[("Northwind Studio", "DE2")]).unwrap(),
        "Northwlnd Studio is almost Northwind Studio, another vendor."
    );
    assert_eq!(
        beside(named("Seller"), &[]).unwrap(),
        "Seller has the name of Seller GmbH, another vendor."
    );
}

#[test]
fn accounts_and_terms_are_compared_with_those_before() {
    let paid = |iban: &str| json!({"iban": iban, "issued_on": "2026-01-01"});
    let asked = || json!({"iban": "FR14 2004"});
    assert!(Books::earlier([paid("DE02"), paid("DE03")]).alarms("bank_account_changed", asked()));
    assert!(
        !Books::earlier([paid("DE02"), paid("fr142004")]).alarms("bank_account_changed", asked())
    );
    assert!(
        !Books::earlier([json!({})]).alarms("bank_account_changed", asked()),
        "none was named"
    );
    let stroke = || json!({"iban": "-", "issued_on": "2026-01-01"});
    assert!(!Books::earlier([stroke()]).alarms("bank_account_changed", asked()));
    assert!(!Books::earlier([paid("DE02")]).alarms("bank_account_changed", json!({"iban": "-"})));
    let on_record = Books::of(json!({"ibans": ["DE02"]}));
    assert!(on_record.alarms("bank_account_changed", asked()));
    assert!(!on_record.alarms("bank_account_changed", json!({"iban": "n/a"})));
    let unnamed = Books::of(json!({"ibans": ["-"]}));
    assert!(!unnamed.alarms("bank_account_changed", asked()));
    let mut unpaid = Books::of(json!({}));
    unpaid.vendors = vec![Arc::new(vendor("w", json!({"ibans": ["N/A"]})))];
    assert!(!unpaid.alarms("shared_bank_account", json!({"iban": "n/a"})));
    assert!(!on_record.alarms("bank_account_changed", json!({"iban": "de 02"})));

    // One dated before all others is compared with them all the same.
    let back = json!({"iban": "FR14 2004", "issued_on": "2025-12-01"});
    assert!(Books::earlier([paid("DE02")]).alarms("bank_account_changed", back.clone()));
    assert!(!Books::earlier([paid("FR142004")]).alarms("bank_account_changed", back));

    let due = |day: &str| json!({"issued_on": "2026-01-01", "due_on": day});
    let thirty = || vec![due("2026-01-31"); 3];
    let now = |day: &str| json!({"due_on": day});
    assert!(Books::earlier(thirty()).alarms("terms_changed", now("2026-03-28")));
    assert!(!Books::earlier(thirty()).alarms("terms_changed", now("2026-03-29")));
    assert!(
        !Books::earlier(thirty()).alarms("terms_changed", now("2026-05-29")),
        "later is no harm"
    );
    assert!(!Books::earlier(vec![due("2026-01-31"); 2]).alarms("terms_changed", now("2026-03-10")));
}

#[test]
fn an_account_is_known_by_invoices_that_somebody_may_pay() {
    let named = |iban: &str, status: &str| json!({"iban": iban, "status": status, "issued_on": "2026-01-01", "number": "R-1"});
    let asked = || json!({"iban": "FR14 2004"});
    for void in ["rejected", "cancelled"] {
        let sent_back = [named("DE02", "paid"), named("FR142004", void)];
        assert!(Books::earlier(sent_back).alarms("bank_account_changed", asked()));
        // Where the vendor's record names accounts, they alone are left to compare with.
        let mut first = Books::earlier([named("FR142004", void)]);
        assert!(!first.alarms("bank_account_changed", asked()));
        first.vendor = Some(vendor("v", json!({"ibans": ["DE02"]})));
        assert!(first.alarms("bank_account_changed", asked()));
        assert!(Books::earlier([named("DE02", void)]).alarms("bank_account_changed", asked()));
    }
    let posted = [named("DE02", "paid"), named("FR142004", "posted")];
    assert!(!Books::earlier(posted).alarms("bank_account_changed", asked()));
    // A record of the invoice itself says nothing of its account.
    let own = json!({"iban": "FR142004", "number": "r 104", "issued_on": "2026-03-04"});
    let books = Books::earlier([named("DE02", "paid"), own.clone()]);
    assert!(books.alarms("bank_account_changed", asked()));
    assert!(!Books::earlier([own]).alarms("bank_account_changed", asked()));
    let mut itself = Books::earlier([
        json!({"iban": "FR142004", "issued_on": "2026-01-01"}),
        named("DE02", "paid"),
    ]);
    assert!(!itself.alarms("bank_account_changed", asked()));
    Arc::make_mut(&mut itself.earlier[0]).id = "i".parse().unwrap();
    assert!(itself.alarms("bank_account_changed", asked()));
}

#[test]
fn prices_are_compared_with_order_and_history() {
    let line = |price: &str| json!({"lines": [{"line": "1", "item_code": "A", "order_line": "7", "unit_price": price, "net": "1"}]});
    let order = |code: &str| -> PurchaseOrder {
        let lines = json!([{"line": "7", "unit_price": "20"}]);
        read(
            json!({"id": "p", "number": "4", "vendor_id": "v", "issued_on": "2026-01-01"}),
            json!({"currency": code, "lines": lines}),
        )
    };
    let ordered = Books {
        order: Some(order("EUR")),
        ..Books::default()
    };
    assert!(ordered.alarms("price_above_order", line("22.01")));
    assert!(!ordered.alarms("price_above_order", line("22")));
    let abroad = Books {
        order: Some(order("USD")),
        ..Books::default()
    };
    assert!(!abroad.alarms("price_above_order", line("30")));
    let before = ["19", "20", "21"].map(line);
    assert!(Books::earlier(before.clone()).alarms("price_above_history", line("22.01")));
    assert!(!Books::earlier(before.clone()).alarms("price_above_history", line("22")));
    assert!(!Books::earlier(before[1..].to_vec()).alarms("price_above_history", line("40")));
}
