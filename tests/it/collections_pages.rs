//! Collectors' pages over plain HTTP: what they say of customers and what they leave unsaid.

use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::app::{Ask, TestApp};
use crate::pages::{Clerk, hidden};

fn rows(rows: &[Value]) -> String {
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    rows.join("\n")
}

/// An invoice of the customer `X` over 100 euros that was due so many days ago, with other members.
fn invoice(id: &str, due_days_ago: u64, others: Value) -> Value {
    let due = Utc::now().date_naive() - Days::new(due_days_ago);
    let mut invoice = json!({"id": id, "customer_id": "X", "issued_on": due - Days::new(30),
        "due_on": due, "currency": "EUR", "total": "100.00"});
    for (name, value) in others.as_object().unwrap() {
        invoice[name] = value.clone();
    }
    invoice
}

fn days_ago(days: u64) -> NaiveDate {
    Utc::now().date_naive() - Days::new(days)
}

#[tokio::test]
async fn a_customer_is_told_by_its_debts_alone_and_in_every_currency() {
    let app = TestApp::start().await;
    let customer =
        json!({"id": "X", "name": "Fern & Co", "currency": "EUR", "credit_limit": "5000.00"});
    app.put_records("customer", customer.to_string()).await;
    let invoices = [
        invoice("paid", 60, json!({"cleared_on": days_ago(58)})),
        invoice("some-day", 60, json!({"status": "paid"})),
        invoice("nothing-left", 60, json!({"open_amount": "0.00"})),
        invoice("given-up", 60, json!({"status": "written_off"})),
        invoice(
            "credit",
            60,
            json!({"total": "-50.00", "cleared_on": days_ago(61)}),
        ),
        invoice(
            "withdrawn",
            60,
            json!({"status": "cancelled", "cleared_on": days_ago(61)}),
        ),
        invoice("euros", 10, json!({"total": "1000.00"})),
        invoice("dollars", 10, json!({"currency": "USD", "total": "50.00"})),
        invoice("fresh", 0, json!({"total": "20.00"})),
    ];
    app.put_records("customer_invoice", rows(&invoices)).await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let page = clerk.get("/collections/customers/X").await.text();
    for (fact, value) in [
        ("Open", "1\u{202f}020.00 EUR + 50.00 USD"),
        ("Overdue", "1\u{202f}000.00 EUR + 50.00 USD"),
        ("Invoices paid", "3 (2 on a day not known)"),
        ("Paid late", "100 %"),
        ("Usually", "2 days late"),
        ("Credit limit", "5\u{202f}000.00 EUR"),
    ] {
        let fact = format!("<dt>{fact}</dt><dd>{value}</dd>");
        assert!(page.contains(&fact), "{fact} in {page}");
    }
    // One dot for what was paid, two for what is overdue.
    assert_eq!(page.matches("<circle class=").count(), 3, "{page}");
    assert_eq!(page.matches(": open, 10 days overdue").count(), 2, "{page}");
    // Every open invoice with its answer.
    assert_eq!(page.matches("<article class=").count(), 3, "{page}");
}

#[tokio::test]
async fn a_promise_that_could_hold_nothing_back_is_not_saved() {
    let app = TestApp::start().await;
    let open = invoice("euros", 10, json!({}));
    app.put_records("customer_invoice", open.to_string()).await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let path = "/collections/customers/X";
    let csrf = hidden(&clerk.get(path).await, "csrf");
    let today = Utc::now().date_naive();
    for (promised, status) in [
        (days_ago(1), 422),
        (today + Days::new(500), 422),
        (today + Days::new(9), 303),
    ] {
        let promised = promised.to_string();
        let fields = [
            ("csrf", csrf.as_str()),
            ("kind", "promise"),
            ("promised_on", promised.as_str()),
        ];
        let answer = clerk.post(&format!("{path}/contact"), &fields).await;
        assert_eq!(answer.status, status, "{promised}: {}", answer.text());
    }
    let said = clerk.get(path).await.text();
    assert_eq!(said.matches("Promise for ").count(), 1, "{said}");
    // A day under another name holds nothing back: it is not taken for a promise, nor passed over.
    let soon = (today + Days::new(9)).to_string();
    let spoke = [
        ("csrf", csrf.as_str()),
        ("kind", "call"),
        ("promised_on", soon.as_str()),
    ];
    let answer = clerk.post(&format!("{path}/contact"), &spoke).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(
        page.contains("Payment was promised") && page.contains(path),
        "{page}"
    );
}

#[tokio::test]
async fn a_contact_sent_twice_is_one_and_written_anew_is_another() {
    let app = TestApp::start().await;
    let open = invoice("euros", 10, json!({}));
    app.put_records("customer_invoice", open.to_string()).await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let path = "/collections/customers/X";
    let page = clerk.get(path).await;
    let (csrf, id) = (hidden(&page, "csrf"), hidden(&page, "id"));
    for note in [
        "spoke to the bookkeeper",
        "spoke to the bookkeeper",
        "and again",
    ] {
        let fields = [
            ("csrf", csrf.as_str()),
            ("id", id.as_str()),
            ("kind", "call"),
            ("note", note),
        ];
        let answer = clerk.post(&format!("{path}/contact"), &fields).await;
        assert_eq!(answer.status, 303);
    }
    let said = clerk.get(path).await.text();
    for note in ["spoke to the bookkeeper", "and again"] {
        assert_eq!(said.matches(note).count(), 1, "{said}");
    }
}

#[tokio::test]
async fn what_would_change_nothing_is_refused_or_said_beforehand() {
    let app = TestApp::start().await;
    let invoices = [
        invoice("contested", 10, json!({"status": "disputed"})),
        invoice("plain", 10, json!({})),
        invoice("other", 10, json!({"customer_id": "Y"})),
    ];
    app.put_records("customer_invoice", rows(&invoices)).await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let path = "/collections/customers/X";
    let page = clerk.get(path).await;
    let said = "contested: the record of the invoice itself says disputed.";
    assert!(page.text().contains(said), "{}", page.text());
    let csrf = hidden(&page, "csrf");
    for (about, status) in [("other", 422), ("nothing", 422), ("plain", 303)] {
        let fields = [
            ("csrf", csrf.as_str()),
            ("kind", "call"),
            ("customer_invoice_id", about),
            ("note", about),
        ];
        let answer = clerk.post(&format!("{path}/contact"), &fields).await;
        assert_eq!(answer.status, status, "{about}: {}", answer.text());
        let refused = answer.text().contains("is no invoice of this customer.");
        assert_eq!(refused, status == 422, "{}", answer.text());
    }
    let page = clerk.get(path).await.text();
    assert_eq!(page.matches("<b>Call, ").count(), 1, "{page}");
}

#[tokio::test]
async fn days_overdue_are_told_of_each_currency() {
    let app = TestApp::start().await;
    let invoices = [
        invoice("euros", 10, json!({})),
        invoice(
            "dollars",
            60,
            json!({"currency": "USD", "total": "1500.00"}),
        ),
    ];
    app.put_records("customer_invoice", rows(&invoices)).await;
    let list = Ask::get("/v1/worklists/collections").key(&app.key);
    let list = app.send(list).await.json();
    let row = &list["ranked"][0];
    assert_eq!(row["currency"], "USD", "{list}");
    assert_eq!(row["days_overdue"], 60);
    let other = json!([{"currency": "EUR", "open_amount": "100.00", "overdue_amount": "100.00",
        "held_back_amount": "0", "set_off_amount": "0", "days_overdue": 10}]);
    assert_eq!(row["other_currencies"], other);
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let page = clerk.get("/collections").await.text();
    assert!(
        page.contains("+ 100.00 EUR, 100.00 overdue 10 d<"),
        "{page}"
    );
    let csv = clerk.get("/collections.csv").await.text();
    let plain = ",\"100.00 EUR open, 100.00 EUR overdue\",60,";
    assert!(csv.contains(plain), "{csv}");
}

#[tokio::test]
async fn as_many_are_shown_as_are_set_and_the_slider_goes_as_far() {
    let few = TestApp::start().await;
    let mut clerk = Clerk::signed_in(&few, &few.key).await;
    let page = clerk.get("/collections").await.text();
    assert!(page.contains("max=\"100\" value=\"20\""), "{page}");
    let many = TestApp::start_with(|config, _| config.collections.contacts_a_day = 250).await;
    let mut clerk = Clerk::signed_in(&many, &many.key).await;
    for (query, most, capacity) in [
        ("", "250", "250"),
        ("?capacity=120", "250", "120"),
        ("?capacity=900", "900", "900"),
        ("?capacity=5000", "1000", "1000"),
    ] {
        let page = clerk.get(&format!("/collections{query}")).await.text();
        let slider = format!("max=\"{most}\" value=\"{capacity}\"");
        assert!(page.contains(&slider), "{query} {page}");
    }
    // What the settings may hold, the interface takes.
    for (capacity, status) in [("1000", 200), ("1001", 400)] {
        let path = format!("/v1/worklists/collections?capacity={capacity}");
        let answer = many.send(Ask::get(&path).key(&many.key)).await;
        assert_eq!(answer.status, status, "{capacity}");
    }
}

#[tokio::test]
async fn a_firm_where_all_is_paid_is_not_told_to_send_records() {
    let app = TestApp::start().await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let page = clerk.get("/collections").await.text();
    assert!(page.contains("No invoices yet") && page.contains("scrutineer import"));
    let paid = invoice("paid", 60, json!({"cleared_on": days_ago(58)}));
    app.put_records("customer_invoice", paid.to_string()).await;
    let page = clerk.get("/collections").await.text();
    assert!(page.contains("Nobody to contact") && page.contains("Nothing is open."));
    assert!(!page.contains("scrutineer import"), "{page}");
    let fresh = invoice(
        "fresh",
        0,
        json!({"due_on": Utc::now().date_naive() + Days::new(60)}),
    );
    app.put_records("customer_invoice", fresh.to_string()).await;
    let page = clerk.get("/collections").await.text();
    assert!(
        page.contains("What is open needs no contact now."),
        "{page}"
    );
    // Who calls is found though nothing is to be done.
    let found = clerk.get("/collections?text=x").await.text();
    assert!(found.contains("With nothing to do"), "{found}");
    assert!(
        found.contains("href=\"/collections/customers/X\""),
        "{found}"
    );
    assert!(found.contains("class=\"row-link\">X</a>"), "by keyboard");
    let nobody = clerk.get("/collections?text=nobody").await.text();
    assert!(nobody.contains("Nobody matches"), "{nobody}");
    for (page, waiting) in [(&page, 1), (&found, 1), (&nobody, 0)] {
        let count = format!("<b>{waiting}</b> with nothing to do");
        assert!(page.contains(&count), "{page}");
    }
}

#[tokio::test]
async fn what_is_not_to_be_spoken_of_is_said_beside_what_is() {
    let app = TestApp::start().await;
    let today = Utc::now().date_naive();
    let (customers, invoices) = crate::collections::records(today);
    app.put_records("customer", customers).await;
    app.put_records("customer_invoice", invoices).await;
    let promise = json!({"id": "P1", "customer_id": "C3", "customer_invoice_id": "I3-25", "kind": "promise",
        "time": Utc::now() - Days::new(1), "promised_on": today + Days::new(5)});
    app.put_records("interaction", promise.to_string()).await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let page = clerk.get("/collections").await.text();
    let said = "of it 3\u{202f}000.00 EUR not to be spoken of (payment is promised)";
    assert_eq!(page.matches(said).count(), 1, "{page}");
    let csv = clerk.get("/collections.csv").await.text();
    let mut lines = csv.lines();
    let head = lines.next().unwrap();
    assert!(head.ends_with(",because,held_back_amount,set_off_amount"));
    let third = lines.find(|line| line.contains(",C3,")).unwrap();
    assert!(third.ends_with(",3000.00,0"), "{third}");
}

#[tokio::test]
async fn a_credit_is_told_wherever_the_whole_amount_is_asked_for_and_lowers_nothing() {
    let app = TestApp::start().await;
    let owed = [
        invoice("euros", 140, json!({"total": "1000.00"})),
        invoice("dollars", 10, json!({"currency": "USD", "total": "50.00"})),
    ];
    app.put_records("customer_invoice", rows(&owed)).await;
    let list = async || {
        let list = Ask::get("/v1/worklists/collections").key(&app.key);
        app.send(list).await.json()["ranked"][0].clone()
    };
    let before = list().await;
    assert_eq!(before["set_off_amount"], "0");
    let credit = invoice("credit", 30, json!({"total": "-300.00"}));
    app.put_records("customer_invoice", credit.to_string())
        .await;
    let on_account = json!({"id": "p", "customer_id": "X", "paid_on": days_ago(3), "amount": "20.00",
        "currency": "USD"});
    app.put_records("payment", on_account.to_string()).await;
    let row = list().await;
    for member in [
        "rank",
        "action",
        "level",
        "at_stake",
        "open_amount",
        "overdue_amount",
    ] {
        assert_eq!(row[member], before[member], "{member}");
    }
    assert_eq!(row["set_off_amount"], "300.00", "{row}");
    assert_eq!(row["other_currencies"][0]["set_off_amount"], "20.00");
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let said = "set off first: 300.00 EUR + 20.00 USD of credits or unmatched money";
    for path in ["/collections", "/collections/customers/X"] {
        let page = clerk.get(path).await.text();
        assert_eq!(page.matches(said).count(), 1, "{path} {page}");
    }
    let page = clerk.get("/collections/customers/X").await.text();
    let fact = "<dt>To be set off</dt><dd>300.00 EUR + 20.00 USD</dd>";
    assert!(page.contains(fact), "{page}");
    let csv = clerk.get("/collections.csv").await.text();
    let line = csv.lines().nth(1).unwrap();
    assert!(line.ends_with(",0,300.00"), "{line}");
    assert!(line.contains(", 20.00 USD to be set off\""), "{line}");
}

#[tokio::test]
async fn a_promise_of_a_part_is_told_with_what_was_promised() {
    let app = TestApp::start().await;
    let open = invoice("euros", 10, json!({}));
    app.put_records("customer_invoice", open.to_string()).await;
    let soon = Utc::now().date_naive() + Days::new(5);
    let promise = json!({"id": "P1", "customer_id": "X", "kind": "promise", "time": Utc::now() - Days::new(1),
        "promised_on": soon, "promised_amount": "1500.00", "currency": "EUR"});
    app.put_records("interaction", promise.to_string()).await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let page = clerk.get("/collections/customers/X").await.text();
    let said = format!("Promise of 1\u{202f}500.00 EUR for {soon}");
    assert!(page.contains(&said), "{page}");
}

#[tokio::test]
async fn every_page_lists_the_shortcuts_that_work_on_it() {
    let app = TestApp::start().await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let step = |what: &str| format!("<dd>Next and previous {what}</dd>");
    for (path, steps, search) in [
        ("/inbox", "document", Some("Search the inbox")),
        ("/collections", "customer", Some("Search customers")),
        ("/delays", "card", None),
        ("/expenses", "card", None),
        ("/duplicates", "card", None),
        ("/detectors", "card", None),
    ] {
        let page = clerk.get(path).await.text();
        assert!(page.contains(&step(steps)), "{path} {page}");
        assert_eq!(page.contains("<kbd>/</kbd>"), search.is_some(), "{path}");
        assert!(search.is_none_or(|search| page.contains(search)), "{path}");
        assert_eq!(page.contains("<kbd>u</kbd>"), path == "/inbox", "{path}");
        assert!(!page.contains("<kbd>r</kbd>"), "{path}");
    }
}
