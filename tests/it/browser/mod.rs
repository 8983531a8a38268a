//! The clerk's pages in Chromium, mostly without a mouse.

mod collections;
mod driver;
mod firm;

use fantoccini::key::Key;
use scrutineer::advice::{FeedbackReason, Verdict};
use uuid::Uuid;

use driver::{Browser, browser};
pub(crate) use firm::Firm;

async fn sign_in(browser: &Browser, firm: &Firm, place: &str) {
    browser.open(&format!("{}{place}", firm.address)).await;
    browser.find("#key:focus").await;
    browser.paste(&firm.key).await;
    browser.press_key(Key::Enter).await;
    browser.find(".top .who").await;
}

async fn verdicts(firm: &Firm, document: Uuid) -> Vec<scrutineer::advice::Feedback> {
    let body = firm
        .store
        .analysis(&firm.tenant, document)
        .await
        .unwrap()
        .unwrap()
        .body;
    let id = body["recommendation"]["recommendation_id"]
        .as_str()
        .unwrap();
    let said = firm
        .store
        .feedback(&firm.tenant, id.parse().unwrap())
        .await
        .unwrap();
    said.into_iter().map(|said| said.feedback).collect()
}

#[tokio::test]
async fn signing_in_and_out_and_a_wrong_key() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    browser
        .open(&format!("{}/inbox?level=high", firm.address))
        .await;
    browser.find("#key").await;
    browser.paste("scr_000000000000_wrong").await;
    browser.press_key(Key::Enter).await;
    browser.wait_for_text("This key is not known").await;
    assert!(!browser.has(".top .who").await);

    browser.find("#key").await;
    browser.paste(&firm.key).await;
    browser.press_key(Key::Enter).await;
    browser.wait_for_text("Nothing matches").await;
    let address = browser.client.current_url().await.unwrap();
    assert!(address.as_str().ends_with("/inbox?level=high"), "{address}");
    let cookies = browser.script("return document.cookie").await;
    assert_eq!(cookies, "", "scripts must not see the session");

    browser
        .find("form[action='/sign-out'] button")
        .await
        .click()
        .await
        .unwrap();
    browser.find("#key").await;
    browser.open(&format!("{}/inbox", firm.address)).await;
    browser.find("#key").await;
    let complaints = browser.complaints().await;
    // The one complaint is the browser's own on the answer 401.
    assert!(
        complaints.iter().all(|c| c.contains("401")),
        "{complaints:?}"
    );
    browser.close().await;
}

#[tokio::test]
async fn a_document_is_decided_by_keyboard_alone() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    let older = firm.unsure().await;
    let document = firm.disagreeing().await;
    sign_in(&browser, &firm, "/inbox").await;

    // The skip link is first, and shows itself.
    browser.open(&format!("{}/inbox", firm.address)).await;
    browser.press_key(Key::Tab).await;
    let focused = "return document.activeElement.className + ' ' + document.activeElement.getBoundingClientRect().top";
    let skip = browser.script(focused).await;
    assert!(skip.as_str().unwrap().starts_with("skip "), "{skip}");

    // To the first document by Tab alone.
    for _ in 0..60 {
        browser.press_key(Key::Tab).await;
        let class = browser
            .script("return document.activeElement.className")
            .await;
        if class == "row-link" {
            break;
        }
    }
    browser.press_key(Key::Enter).await;
    browser.wait_for_text("What is odd").await;

    // Boxes on the page are no stops of their own: their fields beside are.
    let mut stops = Vec::new();
    for _ in 0..25 {
        browser.press_key(Key::Tab).await;
        let tag = browser
            .script("return document.activeElement.tagName")
            .await;
        stops.push(tag);
    }
    assert!(!stops.contains(&"rect".into()), "{stops:?}");
    browser.wait_for_text("10582.80").await;
    browser.wait_for_text("10.852,80").await;

    // A field that has the focus lights its box up.
    browser
        .script("document.querySelector('[data-show=field-total]').focus()")
        .await;
    assert!(browser.has("[data-mark=field-total].hot").await);
    let outlined = "return getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.script(outlined).await, "solid");

    browser.press("?").await;
    assert!(browser.has("dialog[open]").await);
    browser.press_key(Key::Escape).await;
    assert!(!browser.has("dialog[open]").await);

    browser.press("a").await;
    browser.wait_for_text("Accepted.").await;
    browser.press("e").await;
    browser.find("#edit-type:focus").await;
    let net = browser.find("#edit-net").await;
    net.clear().await.unwrap();
    net.send_keys("9000.00").await.unwrap();
    net.send_keys(&char::from(Key::Enter).to_string())
        .await
        .unwrap();
    browser.wait_for_text("Corrections saved.").await;

    browser.press("r").await;
    browser.find("details.reject[open] input:focus").await;
    browser.press(" ").await;
    browser.press_key(Key::Tab).await;
    browser.press_key(Key::Enter).await;
    browser.wait_for_text("Rejected.").await;

    let said = verdicts(&firm, document).await;
    let what: Vec<Verdict> = said.iter().map(|said| said.verdict).collect();
    assert_eq!(
        what,
        [Verdict::Accepted, Verdict::Edited, Verdict::Rejected]
    );
    assert_eq!(said[1].corrected.get("net").unwrap(), "9000.00");
    assert_eq!(said[1].corrected.len(), 1);
    assert_eq!(said[2].reason, Some(FeedbackReason::ALL[0]));

    browser.press("j").await;
    browser.wait_for_text("Not sure").await;
    let address = browser.client.current_url().await.unwrap();
    assert!(address.path().ends_with(&older.to_string()), "{address}");
    browser.press("k").await;
    browser.wait_for_text("What is odd").await;
    browser.press("i").await;
    browser.wait_for_text("2 documents").await;
    browser.press("/").await;
    assert_eq!(
        browser.script("return document.activeElement.id").await,
        "text"
    );
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    browser.close().await;
}

#[tokio::test]
async fn doubt_is_said_plainly() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    let unsure = firm.unsure().await;
    let degraded = firm.degraded().await;
    sign_in(&browser, &firm, &format!("/inbox/{unsure}")).await;
    browser.wait_for_text("The model cannot tell").await;
    browser
        .wait_for_text("Payment reminder or Statement of account")
        .await;
    browser
        .open(&format!("{}/inbox/{degraded}", firm.address))
        .await;
    browser.wait_for_text("Only partly read").await;
    browser.wait_for_text("Missing: Text layer.").await;
    browser
        .wait_for_text("Page 1 is a picture without words.")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn a_file_is_uploaded_read_and_shown() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    sign_in(&browser, &firm, "/inbox").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.pdf");
    std::fs::write(&path, crate::pdf_files::small_invoice().bytes()).unwrap();
    let files = browser.find("#files").await;
    files.send_keys(path.to_str().unwrap()).await.unwrap();
    browser.find("#upload button").await.click().await.unwrap();
    browser.wait_for_text("small.pdf").await;
    browser.wait_for_text("4711").await;
    // The page was drawn, not only asked for.
    let drawn = "return fetch(document.querySelector('.sheet image').getAttribute('href')).then(r => r.status + ' ' + r.headers.get('content-type'))";
    assert_eq!(browser.script(drawn).await, "200 image/png");
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    browser.close().await;
}

#[tokio::test]
async fn phone_and_desk_light_and_dark() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    firm.many(26).await;
    firm.degraded().await;
    firm.unsure().await;
    let document = firm.disagreeing().await;
    browser.resize(1440, 900, false).await;
    browser.open(&format!("{}/sign-in", firm.address)).await;
    browser.find("#key").await;
    browser.screenshot("sign-in").await;
    sign_in(&browser, &firm, "/inbox").await;
    let places = [
        ("inbox", "/inbox".to_owned()),
        ("document", format!("/inbox/{document}")),
        ("edit", format!("/inbox/{document}?edit=1")),
        (
            "missing",
            "/inbox/019ab000-0000-7000-8000-000000000009".to_owned(),
        ),
    ];
    let mut papers = Vec::new();
    for scheme in ["light", "dark"] {
        browser.colours(scheme).await;
        for (device, width, height) in [("desk", 1440, 900), ("phone", 390, 844)] {
            browser.resize(width, height, device == "phone").await;
            for (name, place) in &places {
                browser.open(&format!("{}{place}", firm.address)).await;
                browser.find("main").await;
                let taken = browser.page_width().await;
                assert!(
                    taken <= u64::from(width),
                    "{name} on a {device} is {taken} px wide"
                );
                browser
                    .screenshot(&format!("{name}-{device}-{scheme}"))
                    .await;
            }
        }
        let paper = "return getComputedStyle(document.body).backgroundColor";
        papers.push(browser.script(paper).await);
    }
    assert_ne!(papers[0], papers[1], "dark is dark");
    browser.close().await;
}
