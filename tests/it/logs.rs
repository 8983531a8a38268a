//! A log line never holds a name, bank data, a token or a body.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use scrutineer::domain::TenantId;
use scrutineer::store::{NewKey, Store};

use crate::samples::{cii, pdf};

/// What must not be in any log line, as it is sent.
const PLANTED: [&str; 8] = [
    "Zweigelt",
    "DE89370400440532013000",
    "DE89 3704 0044 0532 0130 00",
    "Quittenbaum",
    "wrongtokenwrongtoken",
    "Mirabelle",
    "Schlehe",
    "Holunder",
];

/// Method and path, headers, body, and the status expected.
type Asked<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a [u8], u16);

/// A server of its own, as a person starts it, logging as much as it can.
struct Server {
    child: Child,
    address: String,
    log: JoinHandle<String>,
}

impl Server {
    fn start(data: &std::path::Path, format: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scrutineer"))
            .arg("serve")
            .env("SCRUTINEER_DATA_DIR", data)
            .env("SCRUTINEER_LISTEN", "127.0.0.1:0")
            .env("SCRUTINEER_LOG_FILTER", "debug,scrutineer=trace")
            .env("SCRUTINEER_LOG_FORMAT", format)
            .env(
                "SCRUTINEER_MODELS_DIR",
                concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
            )
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap();
        let address = address.split(' ').next().unwrap().to_owned();
        // Read as it comes: a full pipe would stop the server.
        let mut errors = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            errors.read_to_string(&mut log).unwrap();
            log
        });
        Self {
            child,
            address,
            log,
        }
    }

    /// Sends one request and gives the whole answer.
    fn ask(&self, head: &str, headers: &[(&str, &str)], body: &[u8]) -> String {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let mut request = format!(
            "{head} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        connection.write_all(request.as_bytes()).unwrap();
        connection.write_all(body).unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Ends it and gives what it logged.
    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.join().unwrap()
    }
}

async fn key(data: &std::path::Path) -> String {
    let store = Store::open(data).await.unwrap();
    let new = NewKey {
        label: "test".to_owned(),
        scopes: "*".parse().unwrap(),
        expires_at: None,
    };
    let created = store.create_key(&TenantId::default(), new).await.unwrap();
    store.close().await;
    created.token
}

#[tokio::test]
async fn what_documents_forms_and_tokens_say_is_in_no_log_line() {
    for format in ["text", "json"] {
        let data = tempfile::tempdir().unwrap();
        let token = key(data.path()).await;
        let server = Server::start(data.path(), format);
        let bearer = format!("Bearer {token}");
        let auth = ("Authorization", bearer.as_str());
        let iban = "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>\
            <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE89370400440532013000</ram:IBANID>\
            </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>\
            <ram:SpecifiedTradeSettlementHeaderMonetarySummation>";
        let invoice = cii("Q-1")
            .replace("Muster GmbH", "Zweigelt Weine GmbH")
            .replacen(
                "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>",
                iban,
                1,
            );
        let sent = server.ask(
            "POST /v1/documents?filename=Quittenbaum.xml",
            &[auth, ("Content-Type", "application/xml")],
            invoice.as_bytes(),
        );
        assert!(sent.starts_with("HTTP/1.1 201"), "{sent}");
        assert!(
            sent.contains("DE89370400440532013000"),
            "it was read: {sent}"
        );
        let id = sent.split("\"recommendation_id\":\"").nth(1).unwrap();
        let id = id.split('"').next().unwrap();
        let page = pdf("Zweigelt DE89 3704 0044 0532 0130 00");
        let broken = [&page[..page.len() / 2], &b"Mirabelle"[..]].concat();
        let octets = ("Content-Type", "application/octet-stream");
        let json = ("Content-Type", "application/json");
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        let wrong = (
            "Authorization",
            "Bearer scr_000000000000_wrongtokenwrongtoken",
        );
        let feedback = format!("POST /v1/recommendations/{id}/feedback");
        let good_key = format!("visitor=1&key={token}");
        let asks: [Asked<'_>; 12] = [
            ("POST /v1/documents", vec![auth, octets], &page[..], 201),
            ("POST /v1/documents", vec![auth, octets], &broken, 201),
            ("GET /v1/documents?text=Zweigelt", vec![auth], b"", 200),
            ("GET /v1/documents/Zweigelt", vec![auth], b"", 400),
            ("GET /Mirabelle/Schlehe", vec![auth], b"", 404),
            ("GET /v1/models", vec![wrong], b"", 401),
            (
                &feedback,
                vec![auth, json],
                br#"{"verdict":"edited","corrected":{"seller":"Holunder"}}"#,
                201,
            ),
            (
                &feedback,
                vec![auth, json, ("Idempotency-Key", "Schlehe")],
                br#"{"verdict":"edited","corrected":{"Holunder":"Holunder"}}"#,
                422,
            ),
            (
                "POST /v1/records/vendor",
                vec![auth, ("Content-Type", "application/x-ndjson")],
                br#"{"id":"Mirabelle","name":"Holunder","currency":"Schlehe"}"#,
                200,
            ),
            (
                "POST /v1/invoice/score",
                vec![auth, json],
                br#"{"content":"Holunder"}"#,
                200,
            ),
            (
                "POST /sign-in",
                vec![form, ("Cookie", "scrutineer_visitor=1")],
                b"visitor=1&key=scr_000000000000_wrongtokenwrongtoken",
                401,
            ),
            (
                "POST /sign-in",
                vec![form, ("Cookie", "scrutineer_visitor=1")],
                good_key.as_bytes(),
                303,
            ),
        ];
        for (head, headers, body, status) in asks {
            let answer = server.ask(head, &headers, body);
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{head}: {answer}"
            );
        }
        let log = server.stop();
        assert!(log.contains("answered"), "{log}");
        assert!(!log.contains('\u{1b}'), "colours for nobody: {log}");
        for secret in PLANTED.into_iter().chain([&token[17..]]) {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret}");
        }
    }
}
