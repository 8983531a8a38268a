//! Collectors' and operations leads' pages in a real browser.

use std::time::{Duration, Instant};

use super::driver::browser;
use super::firm::Firm;
use super::sign_in;

#[tokio::test]
async fn the_worklist_is_worked_and_a_promise_holds_a_customer_back() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    firm.receivables().await;
    sign_in(&browser, &firm, "/collections").await;
    browser.wait_for_text("Not to be contacted now").await;
    browser.wait_for_text("A person, not a firm").await;
    // What is owed in another currency stands beside.
    let both = "return [...document.querySelectorAll('.worklist .cell-total')] \
        .some(cell => /USD\\s*\\+ .* EUR, .* overdue/.test(cell.innerText))";
    assert_eq!(browser.script(both).await, true);
    let first = browser
        .script("return document.querySelector('.worklist .row-link').textContent")
        .await;
    let first = first.as_str().unwrap().to_owned();

    // By keyboard from row to row and back, and into the search.
    let at = "return document.activeElement.textContent";
    browser.press("j").await;
    assert_eq!(browser.script(at).await, first);
    browser.press("j").await;
    assert_ne!(browser.script(at).await, first);
    browser.press("k").await;
    assert_eq!(browser.script(at).await, first);
    browser.press("/").await;
    assert!(browser.has("#text:focus").await);

    // The slider says where it stands, and the list is as long as that.
    browser
        .script("const s = document.getElementById('capacity'); s.value = 1; s.dispatchEvent(new Event('input'))")
        .await;
    let shown = "return document.getElementById('capacity-shown').value";
    assert_eq!(browser.script(shown).await, "1");
    browser.find(".filters button").await.click().await.unwrap();
    browser.wait_for_text("more would be worth a contact").await;
    let rows = "return document.querySelectorAll('.worklist:not(.held) tbody tr').length";
    assert_eq!(browser.script(rows).await, 1);

    // The customer: its history drawn, its invoices explained, a promise recorded.
    browser
        .find(".worklist .row-link")
        .await
        .click()
        .await
        .unwrap();
    browser.wait_for_text("How it has paid").await;
    let dots = "return document.querySelectorAll('.history circle').length";
    assert!(browser.script(dots).await.as_u64().unwrap() > 20);
    browser
        .find(".open-invoice summary")
        .await
        .click()
        .await
        .unwrap();
    browser.wait_for_text("speaks for payment").await;
    let day = "const d = new Date(Date.now() + 6 * 864e5).toISOString().slice(0, 10); \
        document.getElementById('kind').value = 'promise'; \
        document.getElementById('promised_on').value = d; return d";
    let day = browser.script(day).await;
    let note = browser.find("#note").await;
    note.send_keys("Will pay in full").await.unwrap();
    browser.find(".stack .primary").await.click().await.unwrap();
    browser
        .wait_for_text(&format!("Promise for {}", day.as_str().unwrap()))
        .await;
    browser.wait_for_text("Will pay in full").await;
    browser.wait_for_text("Payment is promised").await;

    browser.open(&format!("{}/collections", firm.address)).await;
    let held = "return document.querySelector('.worklist.held').innerText";
    let held = browser.script(held).await;
    assert!(held.as_str().unwrap().contains(&first), "{held}");
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    browser.close().await;
}

#[tokio::test]
async fn the_board_says_what_is_late_and_why() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    firm.work().await;
    sign_in(&browser, &firm, "/delays").await;
    browser.wait_for_text("Timesheets by team").await;
    browser.wait_for_text("Set-ups of projects").await;
    browser.wait_for_text("Rate card").await;
    browser.wait_for_text("Bills to come").await;
    browser.wait_for_text("expected to be missing").await;
    let steps = "return document.querySelectorAll('.chain')[0].querySelectorAll('circle').length";
    assert_eq!(browser.script(steps).await, 5);
    browser.press("j").await;
    assert!(browser.has(".board > li:focus").await);
    browser.find(".why-of summary").await.click().await.unwrap();
    browser.wait_for_text("speaks against").await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    browser.close().await;
}

#[tokio::test]
async fn detectors_are_tried_and_show_what_they_would_flag() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    sign_in(&browser, &firm, "/detectors").await;
    browser.wait_for_text("Nothing to try them on yet").await;
    firm.spending().await;
    browser.open(&format!("{}/detectors", firm.address)).await;
    browser
        .wait_for_text("tried on 4 claims and 3 invoices")
        .await;
    let bars = "return document.querySelectorAll('.months rect[height=\"24.0\"]').length";
    assert!(browser.script(bars).await.as_u64().unwrap() >= 3);
    let opened = "const one = [...document.querySelectorAll('.detectors details')]; one.forEach(d => d.open = true)";
    browser.script(opened).await;
    browser
        .wait_for_text("beside expense_claim/C1, expense_claim/C2")
        .await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    browser.close().await;
}

#[tokio::test]
async fn claims_are_reviewed_by_keyboard_and_decided_ones_leave() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    sign_in(&browser, &firm, "/expenses").await;
    browser.wait_for_text("No claims yet").await;
    firm.expenses().await;
    browser.open(&format!("{}/expenses", firm.address)).await;
    browser.wait_for_text("claim ODD of E2").await;
    browser.wait_for_text("Drawn at random").await;
    browser.wait_for_text("was a Sunday").await;
    browser.find(".why-of summary").await.click().await.unwrap();
    browser.wait_for_text("Amount is").await;
    let focus = "document.querySelector('.claim-form [value=dismiss]').focus()";
    browser.script(focus).await;
    browser.press_key(fantoccini::key::Key::Enter).await;
    browser.wait_for_text("1 decided").await;
    let shown = browser.script("return document.body.innerText").await;
    assert!(!shown.as_str().unwrap().contains("claim ODD of E2"));
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    browser.close().await;
}

#[tokio::test]
async fn copies_are_shown_beside_their_twins_and_decided_by_keyboard() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    sign_in(&browser, &firm, "/duplicates").await;
    browser.wait_for_text("No records yet").await;
    firm.duplicates().await;
    browser.open(&format!("{}/duplicates", firm.address)).await;
    browser.wait_for_text("vendor invoice AGAIN").await;
    browser.wait_for_text("2O31707").await;
    browser.wait_for_text("card and claim").await;
    browser.wait_for_text("several employees").await;
    let drawn = "const all = [...document.querySelectorAll('.sheets img')]; \
        all.forEach(one => one.scrollIntoView()); \
        return all.filter(one => one.complete && one.naturalWidth > 0).length";
    let deadline = Instant::now() + Duration::from_secs(20);
    while browser.script(drawn).await != 3 {
        assert!(
            Instant::now() < deadline,
            "both receipts and the bill are shown"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let focus = "document.querySelector('.claim-form [value=dismiss]').focus()";
    browser.script(focus).await;
    browser.press_key(fantoccini::key::Key::Enter).await;
    browser.wait_for_text("1 decided").await;
    let focus = "document.querySelector('.twins a').focus()";
    browser.script(focus).await;
    browser.press_key(fantoccini::key::Key::Enter).await;
    browser.wait_for_text("AC-2026-0417.pdf").await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    browser.close().await;
}

#[tokio::test]
async fn lists_and_boards_on_phone_and_desk_in_light_and_dark() {
    let Some(browser) = browser().await else {
        return;
    };
    let firm = Firm::start().await;
    firm.receivables().await;
    firm.work().await;
    firm.spending().await;
    firm.expenses().await;
    firm.duplicates().await;
    sign_in(&browser, &firm, "/collections").await;
    let places = [
        ("collections", "/collections"),
        ("customer", "/collections/customers/C1"),
        ("delays", "/delays"),
        ("detectors", "/detectors"),
        ("expenses", "/expenses"),
        ("duplicates", "/duplicates"),
    ];
    for scheme in ["light", "dark"] {
        browser.colours(scheme).await;
        for (device, width, height) in [("desk", 1440, 900), ("phone", 390, 844)] {
            browser.resize(width, height, device == "phone").await;
            for (name, place) in places {
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
    }
    browser.close().await;
}
