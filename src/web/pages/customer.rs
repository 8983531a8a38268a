//! One customer, and what was said to it.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Days, NaiveDate, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::collections::run;
use crate::cases::collections::{CustomerFile, PROMISE_DAYS};
use crate::domain::records::Interaction;
use crate::domain::{RecordId, RecordKind, Scope};
use crate::history::FactsAsOf;
use crate::web::failure::Failure;
use crate::web::frame::{self, Frame};
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::collections::customer_address;
use crate::web::view::customer::{CustomerView, shown};

/// What can be recorded here, as the record calls it and as people do.
const KINDS: [(&str, &str); 6] = [
    ("call", "We spoke"),
    ("reminder", "We reminded"),
    ("email", "A message went or came"),
    ("promise", "Payment was promised"),
    ("dispute", "It is contested"),
    ("resolved", "The dispute is settled"),
];

#[derive(Template)]
#[template(path = "customer.html")]
struct CustomerPage {
    frame: Frame,
    csrf: String,
    page: CustomerView,
    kinds: &'static [(&'static str, &'static str)],
    may_record: bool,
    today: String,
}

/// The page.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let run = run(&pages, &who).await?;
    let history = pages.store().history(who.tenant(), Utc::now()).await?;
    let file = known(&id, &history)?;
    let row = run.row(&id);
    let open = row.into_iter().flat_map(shown);
    let ids: Vec<Uuid> = open.map(|invoice| invoice.recommendation_id).collect();
    let answers = pages.store().recommendations(who.tenant(), &ids).await?;
    let page = CustomerPage {
        frame: Frame::inside(&who.session, "collections"),
        csrf: who.session.csrf.clone(),
        page: CustomerView::new(&file, row, &answers),
        kinds: &KINDS,
        may_record: who.may(Scope::Records),
        today: run.as_of.date_naive().to_string(),
    };
    Ok(frame::page(StatusCode::OK, &page))
}

/// Records a contact, a promise or a dispute, and goes back to the customer.
pub(in crate::web) async fn contact(
    State(pages): State<Pages>,
    who: SignedIn,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let form: BTreeMap<String, String> = pairs.into_iter().collect();
    let value = |name: &str| form.get(name).map_or("", |text| text.trim());
    who.check_form(value("csrf"))?;
    who.require(Scope::Records, "record contacts")?;
    let unsaved = |what: String| Failure::Unsaved {
        what,
        back: customer_address(&id),
    };
    let now = Utc::now();
    let today = now.date_naive();
    if let Some(what) = promise_problem(value("kind"), value("promised_on"), today) {
        return Err(unsaved(what));
    }
    let file = known(&id, &pages.store().history(who.tenant(), now).await?)?;
    let about = value("customer_invoice_id");
    if !about.is_empty() && file.ledger.get(about).is_none() {
        return Err(unsaved(format!(
            "`{about}` is no invoice of this customer."
        )));
    }
    let sent_as: Uuid = value("id").parse().unwrap_or_else(|_| Uuid::now_v7());
    let earlier = sent_as.to_string();
    let earlier = file.said.iter().find(|one| one.id.as_str() == earlier);
    let record_id = match earlier {
        // The button was pressed twice.
        Some(one) if is_same(one, value) => {
            return Ok(Redirect::to(&customer_address(&id)).into_response());
        }
        // Gone back to, and written anew.
        Some(_) => Uuid::now_v7(),
        None => sent_as,
    };
    let mut members = Map::from_iter([
        ("id".to_owned(), json!(record_id)),
        ("customer_id".to_owned(), json!(id)),
        ("time".to_owned(), json!(now)),
        ("kind".to_owned(), json!(value("kind"))),
    ]);
    for name in ["customer_invoice_id", "promised_on", "note"] {
        if !value(name).is_empty() {
            members.insert(name.to_owned(), Value::from(value(name)));
        }
    }
    let record = RecordKind::Interaction.check(members).map_err(|problems| {
        let first = problems.into_iter().next();
        unsaved(first.map_or_else(String::new, |problem| {
            format!("`{}` {}.", problem.field, problem.problem)
        }))
    })?;
    pages
        .store()
        .upsert_records(who.tenant(), &[record], now)
        .await?;
    Ok(Redirect::to(&customer_address(&id)).into_response())
}

/// What is wrong with a promise: one needs its day, and a day is promised by nothing else.
fn promise_problem(kind: &str, promised_on: &str, today: NaiveDate) -> Option<String> {
    match (kind == "promise", promised_on) {
        (true, "") => return Some("A promise needs the day it is for.".to_owned()),
        (false, "") => return None,
        (false, _) => {
            let what = "A day is promised where “Payment was promised” is chosen: otherwise nothing would be held back for it.";
            return Some(what.to_owned());
        }
        (true, _) => {}
    }
    let day: Option<NaiveDate> = promised_on.parse().ok();
    let is_ahead = |day: NaiveDate| day >= today && day <= today + Days::new(PROMISE_DAYS);
    (!day.is_some_and(is_ahead)).then(|| {
        format!("A promise is for a day from today on, {PROMISE_DAYS} days ahead at most.")
    })
}

/// Whether what was recorded is what a form says.
fn is_same<'a>(one: &Interaction, value: impl Fn(&str) -> &'a str) -> bool {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let promised_on = one.promised_on.map(|day| day.to_string());
    let about = one.customer_invoice_id.as_ref().map(RecordId::as_str);
    let recorded = [
        one.kind.as_str().to_owned(),
        text(about),
        text(promised_on.as_deref()),
        text(one.note.as_deref()),
    ];
    recorded
        == ["kind", "customer_invoice_id", "promised_on", "note"].map(|name| value(name).to_owned())
}

/// What is known of a customer, if anything is.
fn known(id: &str, history: &FactsAsOf) -> Result<CustomerFile, Failure> {
    let file = CustomerFile::of(id, history);
    if file.ledger.is_empty() && file.customer.is_none() {
        return Err(Failure::NotFound("customer"));
    }
    Ok(file)
}
