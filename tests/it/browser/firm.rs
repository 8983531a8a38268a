//! A firm with documents in every state, served on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use chrono::{Duration, Utc};
use scrutineer::advice::{Judged, Recommendation};
use scrutineer::config::Config;
use scrutineer::documents::Media;
use scrutineer::documents::picture::{self, Look};
use scrutineer::domain::{CanonicalJson, RecordKind, TenantId};
use scrutineer::startup::App;
use scrutineer::store::{NewDocument, NewKey, Store};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::pdf_files::PdfFile;

/// A served firm; the server ends with it.
pub(crate) struct Firm {
    pub(crate) address: String,
    pub(crate) key: String,
    pub(crate) store: Store,
    pub(crate) tenant: TenantId,
    _stop: oneshot::Sender<()>,
    _data: TempDir,
}

impl Firm {
    /// Served with no documents.
    pub(crate) async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: data.path().join("data"),
            models_dir: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/models").into()),
            worker_program: Some(env!("CARGO_BIN_EXE_scrutineer").into()),
            ..Config::default()
        };
        let app = App::build(config).await.unwrap();
        let store = app.state().store().clone();
        let tenant = TenantId::new("meadow-partners").unwrap();
        let new = NewKey {
            label: "clerk".to_owned(),
            scopes: "documents feedback read records".parse().unwrap(),
            expires_at: None,
        };
        let key = store.create_key(&tenant, new).await.unwrap().token;
        let listener = app.listen().await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(app.serve(listener, async move {
            // Dropping the sender stops the server too.
            let _ = stopped.await;
        }));
        Self {
            address,
            key,
            store,
            tenant,
            _stop: stop,
            _data: data,
        }
    }

    /// Customers and invoices with a history of payments.
    pub(crate) async fn receivables(&self) {
        let now = Utc::now();
        let (customers, mut invoices) = crate::collections::records(now.date_naive());
        let issued = now - Duration::days(60);
        let dollars = json!({"id": "usd", "customer_id": "C1", "known_at": issued, "currency": "USD",
            "issued_on": issued.date_naive(), "due_on": (issued + Duration::days(14)).date_naive(),
            "total": "1250.00"});
        invoices += &format!("{dollars}\n");
        let rows = [("customer", customers), ("customer_invoice", invoices)];
        self.records(now, rows.into()).await;
    }

    /// A team's sheets and a project's bills.
    pub(crate) async fn work(&self) {
        let now = Utc::now();
        self.records(now, crate::delays::records(now.date_naive()))
            .await;
    }

    /// Claims and invoices that detectors flag.
    pub(crate) async fn spending(&self) {
        self.records(Utc::now(), crate::detectors::records()).await;
    }

    /// Claims to review.
    pub(crate) async fn expenses(&self) {
        let now = Utc::now();
        self.records(now, crate::expenses::records(now.date_naive()))
            .await;
    }

    /// Copies to decide on.
    pub(crate) async fn duplicates(&self) {
        let now = Utc::now();
        self.records(now, crate::duplicates::records(now.date_naive()))
            .await;
        let (claims, receipts) = crate::duplicates::dinners(now.date_naive());
        self.records(now, vec![("expense_claim", claims)]).await;
        for bytes in receipts {
            let look = Look::of(&picture::open(&bytes).unwrap()).unwrap();
            let new = NewDocument {
                bytes: Arc::from(bytes),
                media: Media::Image,
                filename: None,
            };
            let put = self.store.put_document(&self.tenant, new).await.unwrap();
            let id = put.row.id;
            self.store.put_look(&self.tenant, id, look).await.unwrap();
        }
        // A bill that waits in the inbox, and was recorded of another document under a slipped number.
        let day = (now - Duration::days(3)).date_naive().to_string();
        let mut body = disagreeing();
        set(&mut body, "issue_date", &day);
        let bytes = page("Alder Consulting GmbH", "AC-2026-0417");
        self.document("AC-2026-0417.pdf", bytes, body).await;
        let vendor = json!({"id": "V9", "name": "Alder Consulting GmbH", "vat_id": "DE136695976"});
        let recorded = json!({"id": "RECORDED", "vendor_id": "V9", "number": "AC-2026-O417", "issued_on": day, "currency": "EUR",
            "total": "10852.80", "document_sha256": "e".repeat(64)});
        let kinds = [("vendor", vendor), ("vendor_invoice", recorded)];
        let rows = kinds.map(|(kind, row)| (kind, row.to_string()));
        self.records(Utc::now(), rows.into()).await;
    }

    async fn records(&self, now: chrono::DateTime<Utc>, all: Vec<(&str, String)>) {
        for (kind, rows) in all {
            let kind: RecordKind = kind.parse().unwrap();
            let rows = rows.lines().map(|line| {
                let members = serde_json::from_str(line).unwrap();
                kind.check(members).unwrap()
            });
            let rows: Vec<_> = rows.collect();
            self.store
                .upsert_records(&self.tenant, &rows, now)
                .await
                .unwrap();
        }
    }

    /// Stores a document with what was made of it, and gives its id.
    pub(crate) async fn document(&self, name: &str, bytes: Vec<u8>, mut body: Value) -> Uuid {
        let new = NewDocument {
            bytes: Arc::from(bytes),
            media: Media::Pdf,
            filename: Some(name.to_owned()),
        };
        let put = self.store.put_document(&self.tenant, new).await.unwrap();
        let id = put.row.id;
        if let Some(stated) = body.get("recommendation") {
            let mut answer: Recommendation = serde_json::from_value(stated.clone()).unwrap();
            answer.recommendation_id = Uuid::now_v7();
            answer.subject.id = id.to_string();
            answer.validate().unwrap();
            let nothing = CanonicalJson::of(&json!({})).unwrap();
            let judged = Judged {
                recommendation: answer,
                input: nothing.clone(),
                features: nothing,
            };
            let read = self.store.erasures(&self.tenant).await.unwrap();
            let kept = self.store.append_judged(&self.tenant, &judged, read).await;
            let kept = kept.unwrap().unwrap();
            body["recommendation"] = serde_json::from_str(&kept).unwrap();
        }
        self.store
            .put_analysis(&self.tenant, id, &body)
            .await
            .unwrap();
        id
    }

    /// An invoice whose page and structure disagree: high, to be reviewed.
    pub(crate) async fn disagreeing(&self) -> Uuid {
        let bytes = page("Alder Consulting GmbH", "AC-2026-0417");
        self.document("AC-2026-0417.pdf", bytes, disagreeing())
            .await
    }

    /// A letter that may be two things: abstained.
    pub(crate) async fn unsure(&self) -> Uuid {
        let mut body = disagreeing();
        body["type"] = json!({"set": ["reminder", "statement"], "score": 0.51});
        body["findings"] = json!([]);
        set(&mut body, "seller", "Bright Water Utilities");
        set(&mut body, "number", "M-2210");
        let answer = &mut body["recommendation"];
        answer["status"] = json!("abstained");
        answer.as_object_mut().unwrap().remove("score");
        answer["level"] = json!("medium");
        answer["prediction_set"] = json!({"values": ["reminder", "statement"], "coverage": 0.9});
        self.document(
            "letter-2210.pdf",
            page("Bright Water Utilities", "M-2210"),
            body,
        )
        .await
    }

    /// A file of which a part could not be read: degraded.
    pub(crate) async fn degraded(&self) -> Uuid {
        let mut body = disagreeing();
        body["type"] = Value::Null;
        body["fields"] = json!({});
        body["lines"] = json!([]);
        body["findings"] = json!([]);
        let answer = &mut body["recommendation"];
        answer["status"] = json!("degraded");
        answer.as_object_mut().unwrap().remove("score");
        answer.as_object_mut().unwrap().remove("model");
        answer.as_object_mut().unwrap().remove("prediction_set");
        answer["reasons"] = json!([]);
        answer["counter_reasons"] = json!([]);
        answer["level"] = json!("low");
        answer["data_quality"] = json!({"missing": ["text_layer"], "stale": []});
        body["problems"] =
            json!([{"code": "no_text_layer", "text": "Page 1 is a picture without words."}]);
        self.document("scan-0031.pdf", page("", ""), body).await
    }

    /// Enough documents for a second page of the inbox.
    pub(crate) async fn many(&self, count: usize) {
        let sellers = [
            "Cedar Travel",
            "Dunmore Legal LLP",
            "Elm Office Supply",
            "Fennel Catering",
        ];
        let kinds = ["po_invoice", "services_invoice", "receipt", "credit_note"];
        for n in 0..count {
            let seller = sellers[n % sellers.len()];
            let number = format!("2026-{n:04}");
            let mut body = disagreeing();
            body["type"] = json!({"value": kinds[n % kinds.len()], "set": [kinds[n % kinds.len()]], "score": 0.96});
            body["findings"] = json!([]);
            set(&mut body, "seller", seller);
            set(&mut body, "number", &number);
            set(
                &mut body,
                "total",
                &format!("{}.{:02}", 80 + n * 37, n % 100),
            );
            let answer = &mut body["recommendation"];
            answer["level"] = json!("low");
            answer["effect"] = json!("none");
            answer["controls_to_add"] = json!([]);
            answer["score"] = json!(0.08);
            self.document(&format!("{number}.pdf"), page(seller, &number), body)
                .await;
        }
    }
}

fn set(body: &mut Value, field: &str, value: &str) {
    body["fields"][field]["value"] = json!(value);
    body["fields"][field]["raw"] = json!(value);
}

fn field(value: &str, raw: &str, confidence: f64, bbox: [f32; 4]) -> Value {
    let [x0, y0, x1, y1] = bbox;
    json!({
        "value": value, "raw": raw, "confidence": confidence, "source": "page", "page": 1,
        "bbox": {"x0": x0, "y0": y0, "x1": x1, "y1": y1},
    })
}

/// What was made of [`page`].
fn disagreeing() -> Value {
    let as_of = Utc::now();
    let total_box = json!({"x0": 470.0, "y0": 432.0, "x1": 535.0, "y1": 445.0});
    let reason = |code: &str, text: &str, weight: f64, value: &str, usual: &str| {
        let direction = if weight < 0.0 { "lowers" } else { "raises" };
        json!({"code": code, "text": text, "direction": direction, "weight": weight,
               "feature": code, "value": value, "baseline": usual})
    };
    let line = |n: u32, text: &str, quantity: &str, price: &str, net: &str| {
        let top = 305.0 + 20.0 * f64::from(n - 1);
        json!({"id": n.to_string(), "description": text, "quantity": quantity, "unit": "HUR",
               "unit_price": price, "net": net, "tax_rate": "19", "page": 1,
               "bbox": {"x0": 58.0, "y0": top - 11.0, "x1": 535.0, "y1": top + 4.0}})
    };
    json!({
        "type": {"value": "services_invoice", "set": ["services_invoice"], "score": 0.94},
        "pages": [{"number": 1, "width": 595.0, "height": 842.0}],
        "fields": {
            "seller": field("Alder Consulting GmbH", "Alder Consulting GmbH", 0.97, [58.0, 50.0, 230.0, 68.0]),
            "seller_vat": field("DE136695976", "DE 136 695 976", 0.93, [58.0, 91.0, 190.0, 102.0]),
            "number": field("AC-2026-0417", "AC-2026-0417", 0.99, [440.0, 150.0, 520.0, 161.0]),
            "issue_date": field("2026-11-12", "12.11.2026", 0.98, [440.0, 168.0, 500.0, 179.0]),
            "due_date": field("2026-12-12", "12.12.2026", 0.74, [440.0, 186.0, 500.0, 197.0]),
            "buyer": field("Meadow Partners LLP", "Meadow Partners LLP", 0.91, [58.0, 150.0, 180.0, 161.0]),
            "order_number": field("PO-88231", "PO-88231", 0.58, [440.0, 204.0, 500.0, 215.0]),
            "currency": {"value": "EUR", "raw": "EUR", "confidence": 1.0, "source": "xml", "path": "/Invoice/cbc:DocumentCurrencyCode"},
            "net": field("9120.00", "9.120,00", 0.97, [470.0, 396.0, 535.0, 409.0]),
            "tax": field("1732.80", "1.732,80", 0.97, [470.0, 414.0, 535.0, 427.0]),
            "total": field("10852.80", "10.852,80", 0.96, [470.0, 432.0, 535.0, 445.0]),
            "iban": field("DE89370400440532013000", "DE89 3704 0044 0532 0130 00", 0.95, [58.0, 760.0, 240.0, 771.0]),
        },
        "lines": [
            line(1, "Architecture review, senior consultant", "32", "165.00", "5280.00"),
            line(2, "Migration workshop, two consultants", "16", "165.00", "2640.00"),
            line(3, "Project management", "8", "150.00", "1200.00"),
        ],
        "taxes": [{"category": "S", "rate": "19", "base": "9120.00", "tax": "1732.80"}],
        "findings": [
            {"code": "total_differs", "level": "high",
             "text": "The total in the structure is not the total on the page.",
             "evidence": [
                {"kind": "xml", "ref": "/Invoice/cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "text": "10582.80"},
                {"kind": "page", "ref": "document", "page": 1, "text": "10.852,80", "bbox": total_box}]},
            {"code": "bank_account_new", "level": "medium",
             "text": "This account was not seen with this seller before.",
             "evidence": [{"kind": "page", "ref": "document", "page": 1, "text": "DE89 3704 0044 0532 0130 00",
                           "bbox": {"x0": 58.0, "y0": 760.0, "x1": 240.0, "y1": 771.0}}]},
        ],
        "recommendation": {
            "recommendation_id": "019ab000-0000-7000-8000-000000000001",
            "case": "invoice", "subject": {"type": "document", "id": "-"},
            "as_of": as_of, "status": "scored", "score": 0.87, "score_kind": "needs_review",
            "level": "high",
            "prediction_set": {"values": ["services_invoice"], "coverage": 0.9},
            "reasons": [
                reason("total_differs", "The total differs between structure and page", 2.1, "270.00 apart", "0.00"),
                reason("bank_account_new", "A new bank account for a known seller", 0.9, "new", "known"),
            ],
            "counter_reasons": [
                reason("arithmetic_holds", "Lines, net, tax and total on the page add up", -0.7, "exact", "exact"),
                reason("seller_known", "The seller has sent 41 invoices before", -0.4, "41", "6"),
            ],
            "evidence": [], "counterfactuals": [],
            "effect": "add_review", "controls_to_add": ["review.accounts_payable", "confirm.bank_account"],
            "data_quality": {"missing": [], "stale": []},
            "model": {"name": "invoice_type", "version": "1", "sha256": "ab".repeat(32), "trained_until": "2026-09-30"},
            "features_sha256": "cd".repeat(32),
            "expires_at": as_of + Duration::days(30),
        },
    })
}

/// An invoice of one page, with words where [`disagreeing`] has its boxes.
fn page(seller: &str, number: &str) -> Vec<u8> {
    let mut content = String::new();
    let mut say = |font: &str, size: f32, x: f32, baseline: f32, text: &str| {
        let y = 842.0 - baseline;
        let text = text.replace('(', "\\(").replace(')', "\\)");
        content.push_str(&format!("BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n"));
    };
    if !number.is_empty() {
        say("B", 16.0, 58.0, 64.0, seller);
        say(
            "F",
            9.0,
            58.0,
            84.0,
            "Kastanienallee 12, 10435 Berlin, Germany",
        );
        say("F", 9.0, 58.0, 100.0, "VAT id DE 136 695 976");
        for (n, row) in [
            "Meadow Partners LLP",
            "14 Orchard Street",
            "Dublin 2, Ireland",
        ]
        .iter()
        .enumerate()
        {
            say("F", 10.0, 58.0, 159.0 + 15.0 * n as f32, row);
        }
        let facts = [
            ("Invoice", number),
            ("Date", "12.11.2026"),
            ("Due", "12.12.2026"),
            ("Your order", "PO-88231"),
        ];
        for (n, (label, value)) in facts.iter().enumerate() {
            say("F", 10.0, 370.0, 159.0 + 18.0 * n as f32, label);
            say("B", 10.0, 440.0, 159.0 + 18.0 * n as f32, value);
        }
        say("B", 13.0, 58.0, 262.0, "Services in October 2026");
        for (x, label) in [
            (58.0, "Service"),
            (330.0, "Hours"),
            (395.0, "Rate"),
            (490.0, "EUR"),
        ] {
            say("B", 9.0, x, 285.0, label);
        }
        let lines = [
            (
                "Architecture review, senior consultant",
                "32",
                "165,00",
                "5.280,00",
            ),
            (
                "Migration workshop, two consultants",
                "16",
                "165,00",
                "2.640,00",
            ),
            ("Project management", "8", "150,00", "1.200,00"),
        ];
        for (n, (text, hours, rate, net)) in lines.iter().enumerate() {
            let y = 305.0 + 20.0 * n as f32;
            for (x, cell) in [(58.0, text), (335.0, hours), (395.0, rate), (490.0, net)] {
                say("F", 10.0, x, y, cell);
            }
        }
        let sums = [
            ("Net", "9.120,00"),
            ("VAT 19 %", "1.732,80"),
            ("Total EUR", "10.852,80"),
        ];
        for (n, (label, value)) in sums.iter().enumerate() {
            let y = 406.0 + 18.0 * n as f32;
            say("B", 10.0, 395.0, y, label);
            say("B", 10.0, 480.0, y, value);
        }
        say("F", 9.0, 58.0, 740.0, "Payable within 30 days to");
        say("F", 10.0, 58.0, 769.0, "IBAN DE89 3704 0044 0532 0130 00");
    }
    content.push_str("0.7 w 58 552 m 535 552 l S 58 452 m 535 452 l S\n");
    PdfFile::default()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << /Font << /F 5 0 R /B 6 0 R >> >> >>",
        )
        .stream(4, "", content.as_bytes())
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        .object(
            6,
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        )
        .bytes()
}
