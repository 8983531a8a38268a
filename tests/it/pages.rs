//! The clerk's pages over plain HTTP, as a browser without script asks for them.

use axum::http::Method;

use crate::app::{Answer, Ask, TestApp};

/// A browser as far as cookies go.
pub(crate) struct Clerk<'a> {
    app: &'a TestApp,
    /// Address it connects from.
    address: &'static str,
    /// `X-Forwarded-For`, if it sends one.
    forwarded: Option<&'static str>,
    cookies: Vec<(String, String)>,
}

impl<'a> Clerk<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            address: "127.0.0.1",
            forwarded: None,
            cookies: Vec::new(),
        }
    }

    pub(crate) async fn signed_in(app: &'a TestApp, key: &str) -> Self {
        let mut clerk = Self::new(app);
        let answer = clerk.sign_in(key, "").await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        clerk
    }

    async fn sign_in(&mut self, key: &str, next: &str) -> Answer {
        let form = self.send(Ask::get("/sign-in")).await;
        let visitor = hidden(&form, "visitor");
        let fields = [("key", key), ("visitor", &visitor), ("next", next)];
        self.post("/sign-in", &fields).await
    }

    async fn send(&mut self, ask: Ask) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let mut ask = ask.header("cookie", &cookies.join("; ")).from(self.address);
        if let Some(named) = self.forwarded {
            ask = ask.header("x-forwarded-for", named);
        }
        let answer = self.app.send(ask).await;
        for set in answer.headers.get_all("set-cookie") {
            let (pair, _) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Ask::get(path)).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let ask = Ask::new(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        self.send(ask).await
    }

    /// Sends one file as the form of the inbox does.
    async fn upload(&mut self, csrf: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = Vec::new();
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n")
                .bytes(),
        );
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n--cut--\r\n");
        let ask = Ask::post("/inbox/upload")
            .header("content-type", "multipart/form-data; boundary=cut")
            .body(body);
        self.send(ask).await
    }
}

/// The value of a hidden field of the page's forms.
pub(crate) fn hidden(page: &Answer, name: &str) -> String {
    let text = page.text();
    let start = format!("name=\"{name}\" value=\"");
    let rest = text
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {name} in {text}"))
        .1;
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn nobody_sees_anything_before_signing_in() {
    let app = TestApp::start().await;
    let mut stranger = Clerk::new(&app);
    for path in [
        "/inbox",
        "/inbox/019ab000-0000-7000-8000-000000000001",
        "/inbox/019ab000-0000-7000-8000-000000000001/pages/1.png",
    ] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(
            answer
                .header("location")
                .starts_with("/sign-in?next=%2Finbox"),
            "{path}"
        );
    }
    assert_eq!(
        stranger.post("/sign-out", &[("csrf", "x")]).await.status,
        303
    );
    let start = stranger.get("/").await;
    assert_eq!(start.header("location"), "/sign-in?next=%2F");
    // What was sent is not there any more, and nobody is led to where it was sent to.
    let lost = stranger
        .post("/collections/customers/C-1/contact", &[("csrf", "x")])
        .await;
    assert_eq!(
        lost.header("location"),
        "/sign-in?next=%2Fcollections%2Fcustomers%2FC-1&unsaved=true"
    );
}

#[tokio::test]
async fn a_page_lets_nothing_in_from_elsewhere() {
    let app = TestApp::start().await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    for path in [
        "/sign-in",
        "/inbox",
        "/inbox/019ab000-0000-7000-8000-000000000001",
    ] {
        let page = clerk.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        let text = page.text();
        for inline in [
            " style=",
            "<style",
            "onclick",
            "javascript:",
            "src=\"http",
            "href=\"http",
        ] {
            assert!(!text.contains(inline), "{path}: {inline}");
        }
    }
}

#[tokio::test]
async fn the_session_cookie_is_closed_to_scripts_and_other_sites() {
    let app = TestApp::start().await;
    let answer = Clerk::new(&app)
        .sign_in(&app.key, "/inbox?level=high")
        .await;
    assert_eq!(answer.header("location"), "/inbox?level=high");
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("; HttpOnly; SameSite=Strict; "), "{cookie}");
    assert!(!cookie.contains("Secure"), "plain loopback: {cookie}");
    assert!(!cookie.contains(&app.key), "{cookie}");

    let open = TestApp::start_with(|config, _| config.listen = ([0, 0, 0, 0], 0).into()).await;
    let answer = Clerk::new(&open).sign_in(&open.key, "").await;
    assert!(answer.header("set-cookie").ends_with("; Secure"));
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_many_are_stopped() {
    let app = TestApp::start().await;
    let mut clerk = Clerk::new(&app);
    let answer = clerk.sign_in("scr_000000000000_wrong", "").await;
    assert_eq!(answer.status, 401);
    assert!(answer.text().contains("This key is not known"));
    let mut last = answer.status;
    for _ in 0..12 {
        last = clerk.sign_in("scr_000000000000_wrong", "").await.status;
    }
    assert_eq!(last, 429);
    assert_eq!(
        clerk.sign_in(&app.key, "").await.status,
        303,
        "another key is not stopped"
    );
}

#[tokio::test]
async fn a_key_that_may_not_see_documents_does_not_get_in() {
    let app = TestApp::start().await;
    let key = app.new_key("firm", "records").await;
    let answer = Clerk::new(&app).sign_in(&key, "").await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("may not see documents"));
}

#[tokio::test]
async fn a_collectors_key_begins_at_the_worklist_and_opens_no_documents() {
    let app = TestApp::start().await;
    let key = app.new_key("firm", "read").await;
    let mut collector = Clerk::new(&app);
    let answer = collector.sign_in(&key, "").await;
    assert_eq!(answer.header("location"), "/collections");
    assert_eq!(collector.get("/collections").await.status, 200);
    assert_eq!(collector.get("/inbox").await.status, 403);
    let csv = collector.get("/collections.csv").await;
    // The mark by which spreadsheets know the encoding.
    let columns = "\u{feff}rank,customer_id,name,phone,action";
    assert!(csv.text().starts_with(columns));
}

#[tokio::test]
async fn a_withdrawn_key_ends_its_sessions_at_once() {
    let app = TestApp::start().await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    assert_eq!(clerk.get("/inbox").await.status, 200);
    let tenant = scrutineer::domain::TenantId::new("firm").unwrap();
    let prefix = app.key.split('_').nth(1).unwrap();
    app.store.revoke_key(&tenant, prefix).await.unwrap();
    assert_eq!(clerk.get("/inbox").await.status, 303);
}

#[tokio::test]
async fn forms_of_elsewhere_do_nothing() {
    let app = TestApp::start().await;
    let mut stranger = Clerk::new(&app);
    let forged = stranger
        .post("/sign-in", &[("key", &app.key), ("visitor", "0")])
        .await;
    assert_eq!(forged.status, 403);
    assert!(
        forged
            .headers
            .get_all("set-cookie")
            .iter()
            .all(|c| !c.to_str().unwrap().starts_with("scrutineer_session"))
    );

    // A form that is added is to be tried here too.
    let routes = include_str!("../../src/web/mod.rs");
    assert_eq!(routes.matches("post(").count(), 7);
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let id = upload_small(&mut clerk).await;
    for csrf in ["", "0", "ffffffffffffffffffffffffffffffff"] {
        let path = format!("/inbox/{id}");
        let answer = clerk
            .post(&path, &[("csrf", csrf), ("verdict", "accepted")])
            .await;
        assert_eq!(answer.status, 403, "{csrf}");
        assert_eq!(clerk.post("/sign-out", &[("csrf", csrf)]).await.status, 403);
        assert_eq!(clerk.upload(csrf, "x.pdf", b"%PDF").await.status, 403);
        let contact = [("csrf", csrf), ("kind", "call")];
        let path = "/collections/customers/C1/contact";
        assert_eq!(clerk.post(path, &contact).await.status, 403);
        let review = [("csrf", csrf), ("decision", "confirm")];
        for queue in ["expenses", "duplicates"] {
            let path = format!("/{queue}/{}", uuid::Uuid::nil());
            assert_eq!(clerk.post(&path, &review).await.status, 403);
        }
    }
    assert!(
        !clerk
            .get(&format!("/inbox/{id}"))
            .await
            .text()
            .contains("Accepted")
    );
}

async fn upload_small(clerk: &mut Clerk<'_>) -> String {
    let csrf = hidden(&clerk.get("/inbox").await, "csrf");
    let bytes = crate::pdf_files::small_invoice().bytes();
    let answer = clerk.upload(&csrf, "small.pdf", &bytes).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer
        .header("location")
        .strip_prefix("/inbox/")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_document_is_uploaded_shown_and_decided_without_script() {
    let app = TestApp::start().await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let id = upload_small(&mut clerk).await;
    let page = clerk.get(&format!("/inbox/{id}")).await;
    assert!(page.text().contains("4711"), "{}", page.text());
    assert!(
        page.text().contains("/duplicates"),
        "every page leads to all"
    );
    let picture = clerk.get(&format!("/inbox/{id}/pages/1.png")).await;
    assert_eq!(picture.header("content-type"), "image/png");
    assert!(picture.body.starts_with(b"\x89PNG"));
    assert_eq!(
        clerk.get(&format!("/inbox/{id}/pages/2.png")).await.status,
        404
    );
    assert_eq!(
        clerk.get(&format!("/inbox/{id}/pages/x.png")).await.status,
        404
    );

    let csrf = hidden(&page, "csrf");
    let path = format!("/inbox/{id}");
    let decided = clerk
        .post(
            &path,
            &[
                ("csrf", &csrf),
                ("verdict", "edited"),
                ("reason", "wrong_value"),
                ("field.number", "4712"),
            ],
        )
        .await;
    assert_eq!(
        decided.header("location"),
        format!("/inbox/{id}?done=edited")
    );
    let page = clerk.get(&path).await.text();
    assert!(
        page.contains("Corrected in one value (A value was read wrong)"),
        "{page}"
    );
    let nothing = clerk
        .post(
            &path,
            &[("csrf", &csrf), ("verdict", "edited"), ("reason", "other")],
        )
        .await;
    assert!(nothing.header("location").ends_with("done=unchanged"));
    for (name, value) in [
        ("field.bogus", "1"),
        ("field.total", "12,50"),
        ("type", "letter"),
    ] {
        let fields = [("csrf", &*csrf), ("verdict", "edited"), (name, value)];
        let answer = clerk.post(&path, &fields).await;
        assert_eq!(answer.status, 422, "{name}");
        let member = name.replace("field.", "");
        assert!(
            answer.text().contains(&format!("corrected.{member}")),
            "{}",
            answer.text()
        );
    }
    for wrong in [("verdict", "approved"), ("verdict", "rejected")] {
        let answer = clerk.post(&path, &[("csrf", &csrf), wrong]).await;
        assert_eq!(answer.status, 422, "{wrong:?}");
    }
    let inbox = clerk.get("/inbox?decided=true&text=4711").await.text();
    assert!(inbox.contains("Corrected"), "{inbox}");
    assert!(
        clerk
            .get("/inbox?text=nothing%20like%20it")
            .await
            .text()
            .contains("Nothing matches")
    );
    assert_eq!(clerk.get("/inbox?cursor=%00").await.status, 404);
}

#[tokio::test]
async fn firms_do_not_see_each_other() {
    let app = TestApp::start().await;
    let mut ours = Clerk::signed_in(&app, &app.key).await;
    let id = upload_small(&mut ours).await;
    let key = app.new_key("other-firm", "*").await;
    let mut theirs = Clerk::signed_in(&app, &key).await;
    let csrf = hidden(&theirs.get("/inbox").await, "csrf");
    assert_eq!(theirs.get(&format!("/inbox/{id}")).await.status, 404);
    assert_eq!(
        theirs.get(&format!("/inbox/{id}/pages/1.png")).await.status,
        404
    );
    let decided = theirs
        .post(
            &format!("/inbox/{id}"),
            &[("csrf", &csrf), ("verdict", "accepted")],
        )
        .await;
    assert_eq!(decided.status, 404);
    assert!(
        theirs
            .get("/inbox")
            .await
            .text()
            .contains("Nothing here yet")
    );
}

#[tokio::test]
async fn assets_are_kept_by_browsers() {
    let app = TestApp::start().await;
    for (path, media) in [
        ("/assets/app.css", "text/css"),
        ("/assets/app.js", "text/javascript"),
        ("/assets/icon.svg", "image/svg+xml"),
    ] {
        let asset = app.get_public(path).await;
        assert!(asset.header("content-type").starts_with(media), "{path}");
        assert!(
            asset.header("cache-control").contains("immutable"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_address_that_tries_too_often_is_stopped_whatever_it_claims() {
    let app = TestApp::start_with(|config, _| {
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    })
    .await;
    for (address, forwarded, neighbour) in [
        ("203.0.113.9", Some("198.51.100.7"), ("203.0.113.10", None)),
        (
            "10.0.0.1",
            Some("198.51.100.8"),
            ("10.0.0.1", Some("198.51.100.9")),
        ),
    ] {
        let mut stranger = Clerk::new(&app);
        (stranger.address, stranger.forwarded) = (address, forwarded);
        let mut last = 0;
        for number in 0..31 {
            let key = format!("scr_{number:012}_0");
            last = stranger.sign_in(&key, "").await.status.as_u16();
        }
        assert_eq!(last, 429, "{address}");
        let mut clerk = Clerk::new(&app);
        (clerk.address, clerk.forwarded) = neighbour;
        let signed_in = clerk.sign_in(&app.key, "").await;
        assert_eq!(signed_in.status, 303, "{neighbour:?}");
    }
}

#[tokio::test]
async fn a_document_that_may_be_a_copy_leads_to_the_other() {
    let app = TestApp::start().await;
    let mut clerk = Clerk::signed_in(&app, &app.key).await;
    let first = app.upload(crate::samples::cii("RE-2041077")).await.json();
    let again = app.upload(crate::samples::cii("RE-2O41077")).await.json();
    let id = |answer: &serde_json::Value| answer["document"]["id"].as_str().unwrap().to_owned();
    let page = clerk.get(&format!("/inbox/{}", id(&again))).await.text();
    assert!(page.contains("May be a copy (retyped number)"), "{page}");
    let other = format!("/inbox/{}", id(&first));
    assert!(page.contains(&format!("<a href=\"{other}\">")), "{page}");
    assert_eq!(clerk.get(&other).await.status, 200);
}
