//! Accept, edit, reject: a form becomes feedback.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::value::{Error as NameError, StrDeserializer};
use serde::de::{Deserialize, IntoDeserializer};
use uuid::Uuid;

use crate::advice::{Feedback, FeedbackReason, Verdict};
use crate::documents::FieldName;
use crate::domain::Scope;
use crate::web::failure::Failure;
use crate::web::query::InboxQuery;
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::analysis::Analysis;

/// Stores the decision and goes back to the document.
pub(in crate::web) async fn decide(
    State(pages): State<Pages>,
    who: SignedIn,
    Path(id): Path<Uuid>,
    Query(query): Query<InboxQuery>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let form: BTreeMap<String, String> = pairs.into_iter().collect();
    let value = |name: &str| form.get(name).map_or("", String::as_str);
    who.check_form(value("csrf"))?;
    who.require(Scope::Feedback, "decide on documents")?;
    let stored = pages
        .store()
        .analysis(who.tenant(), id)
        .await?
        .ok_or(Failure::NotFound("document"))?;
    let analysis = Analysis::from_json(&stored.body);
    let answer = analysis
        .recommendation
        .as_ref()
        .ok_or(Failure::NotFound("answer on this document"))?;
    let verdict: Verdict = named(value("verdict")).ok_or_else(unusable)?;
    let feedback = Feedback {
        verdict,
        reason: match value("reason") {
            "" => None,
            name => Some(named::<FeedbackReason>(name).ok_or_else(unusable)?),
        },
        about: None,
        corrected: match verdict {
            Verdict::Edited => corrections(&form, &analysis),
            Verdict::Accepted | Verdict::Rejected => BTreeMap::new(),
        },
    };
    let back = |done: &str| {
        let address = query.address(&format!("/inbox/{id}"), &[("done", done)]);
        Redirect::to(&address).into_response()
    };
    if verdict == Verdict::Edited && feedback.corrected.is_empty() {
        return Ok(back("unchanged"));
    }
    pages
        .service()
        .give_feedback(
            who.tenant(),
            answer.recommendation_id,
            &feedback,
            who.actor(),
        )
        .await?;
    Ok(back(match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Edited => "edited",
        Verdict::Rejected => "rejected",
    }))
}

/// A value of a closed list by its name on the wire.
pub(super) fn named<'de, T: Deserialize<'de>>(name: &'de str) -> Option<T> {
    let name: StrDeserializer<'de, NameError> = name.into_deserializer();
    T::deserialize(name).ok()
}

pub(super) fn unusable() -> Failure {
    Failure::Unusable("That is not among the choices.".to_owned())
}

/// What the form holds otherwise than the analysis; an emptied value is a correction too.
fn corrections(form: &BTreeMap<String, String>, analysis: &Analysis) -> BTreeMap<String, String> {
    let read = |name: &str| {
        analysis
            .fields
            .get(name)
            .map_or("", |field| field.value.as_str())
    };
    let mut corrected: BTreeMap<String, String> = FieldName::ALL
        .iter()
        .filter_map(|name| {
            let given = form.get(&format!("field.{name}"))?.trim();
            // A browser gives line breaks as CR LF, also where the value has LF.
            let given = given.replace("\r\n", "\n");
            (given != read(name.as_str()).trim()).then(|| (name.to_string(), given))
        })
        .collect();
    // Names that are no fields are handed on, to be refused by name.
    let others = form
        .iter()
        .filter_map(|(name, given)| Some((name.strip_prefix("field.")?, given)));
    for (name, given) in others {
        if named::<FieldName>(name).is_none() {
            corrected.insert(name.to_owned(), given.clone());
        }
    }
    let kind = analysis.document_type.value.as_deref().unwrap_or_default();
    if let Some(given) = form.get("type").filter(|given| *given != kind) {
        corrected.insert("type".to_owned(), given.clone());
    }
    corrected
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_what_differs_is_a_correction() {
        let analysis = Analysis::from_json(&serde_json::json!({
            "type": {"value": "po_invoice", "set": ["po_invoice"], "score": 0.9},
            "fields": {
                "number": {"value": "R-1", "raw": "R-1", "confidence": 0.9, "source": "page"},
                "total": {"value": "12.50", "raw": "12,50", "confidence": 0.7, "source": "page"},
            }
        }));
        let form = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>()
        };
        let same = form(&[
            ("type", "po_invoice"),
            ("field.number", " R-1 "),
            ("field.net", ""),
        ]);
        assert!(corrections(&same, &analysis).is_empty());
        let changed = form(&[
            ("type", "credit_note"),
            ("field.number", ""),
            ("field.net", "10.50"),
            ("field.nonsense", "x"),
        ]);
        let corrected = corrections(&changed, &analysis);
        let shown: Vec<(&str, &str)> = corrected
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("net", "10.50"),
                // Handed on, to be refused by name.
                ("nonsense", "x"),
                ("number", ""),
                ("type", "credit_note"),
            ]
        );
    }

    #[test]
    fn a_name_outside_the_list_is_refused() {
        assert_eq!(named::<Verdict>("accepted"), Some(Verdict::Accepted));
        assert_eq!(named::<Verdict>("approved"), None);
        assert_eq!(named::<FeedbackReason>("because"), None);
    }
}
