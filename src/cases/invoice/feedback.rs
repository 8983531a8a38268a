//! What a person's word on this case may speak of.

use std::str::FromStr as _;

use chrono::NaiveDate;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};

use super::document_type::DocumentType;
use crate::advice::{Feedback, InvalidFeedback};
use crate::documents::{FieldKind, FieldName};
use crate::domain::Amount;

/// The name under which the type is spoken of.
const TYPE: &str = "type";

/// Checks that what is corrected exists and is normalised as the case's own values are, and
/// that `about` names a field, the type or one of the codes that the answer holds.
///
/// # Errors
/// [`InvalidFeedback::Member`] naming the member at fault.
pub fn check_feedback(feedback: &Feedback, codes: &[String]) -> Result<(), InvalidFeedback> {
    if let Some(about) = &feedback.about
        && about != TYPE
        && field(about).is_none()
        && !codes.contains(about)
    {
        return Err(wrong(
            "about".to_owned(),
            "names neither a field, `type` nor a finding or reason of this answer",
        ));
    }
    for (name, value) in &feedback.corrected {
        check_value(name, value).map_err(|what| wrong(format!("corrected.{name}"), what))?;
    }
    Ok(())
}

fn wrong(member: String, what: &'static str) -> InvalidFeedback {
    InvalidFeedback::Member { member, what }
}

fn check_value(name: &str, value: &str) -> Result<(), &'static str> {
    if name == TYPE {
        return named::<DocumentType>(value)
            .map(drop)
            .ok_or("is not a type of document");
    }
    let field = field(name).ok_or("is not a field")?;
    match field.kind() {
        // The document does not state it.
        _ if value.is_empty() => Ok(()),
        FieldKind::Date => NaiveDate::parse_from_str(value, "%Y-%m-%d")
            .ok()
            .filter(|date| date.to_string() == value)
            .map(drop)
            .ok_or("must be a date such as 2026-12-31"),
        FieldKind::Amount => Amount::from_str(value)
            .map(drop)
            .map_err(|_| "must be a plain decimal such as -1234.50"),
        FieldKind::Code | FieldKind::Text => Ok(()),
    }
}

fn field(name: &str) -> Option<FieldName> {
    named(name)
}

/// A value of a closed list by its name on the wire.
fn named<'de, T: serde::Deserialize<'de>>(name: &'de str) -> Option<T> {
    let name: StrDeserializer<'de, Error> = name.into_deserializer();
    T::deserialize(name).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn what_does_not_exist_or_is_not_normalised_is_named() {
        for (corrected, member) in [
            (
                json!({"total": "-10852.80", "due_date": "2026-12-12", "type": "receipt"}),
                None,
            ),
            (
                json!({"total": "", "due_date": "", "seller": "Any Name"}),
                None,
            ),
            (json!({"totl": "1"}), Some("corrected.totl")),
            (json!({"total": "1.000,00"}), Some("corrected.total")),
            (json!({"total": "1e3"}), Some("corrected.total")),
            (
                json!({"due_date": "12.12.2026"}),
                Some("corrected.due_date"),
            ),
            (json!({"due_date": "2026-2-1"}), Some("corrected.due_date")),
            (
                json!({"due_date": "2026-02-30"}),
                Some("corrected.due_date"),
            ),
            (json!({"type": "letter"}), Some("corrected.type")),
            (json!({"type": ""}), Some("corrected.type")),
        ] {
            let said = json!({"verdict": "edited", "corrected": corrected});
            let feedback: Feedback = serde_json::from_value(said).unwrap();
            let found = check_feedback(&feedback, &[]).err();
            let told = found.map(|error| error.to_string());
            match member {
                None => assert_eq!(told, None),
                Some(member) => {
                    let told = told.unwrap();
                    assert!(told.starts_with(&format!("`{member}` ")), "{told}");
                }
            }
        }
    }

    #[test]
    fn about_names_something_of_the_answer() {
        let codes = ["total_differs".to_owned()];
        for (about, known) in [
            ("total", true),
            ("type", true),
            ("total_differs", true),
            ("totl", false),
            ("date_in_future", false),
        ] {
            let said = json!({"verdict": "accepted", "about": about});
            let feedback: Feedback = serde_json::from_value(said).unwrap();
            assert_eq!(check_feedback(&feedback, &codes).is_ok(), known, "{about}");
        }
    }
}
