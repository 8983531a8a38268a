//! What is wrong with the shape of what was sent: which member or parameter, and what it must be.

use std::error::Error;

use axum::extract::rejection::QueryRejection;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::problem::{ApiError, FieldError};
use crate::error::ErrorCode;

/// Why bytes are not what they must be.
#[derive(Debug)]
pub(super) enum Misread {
    /// They are not JSON.
    NotJson(serde_json::Error),
    /// They are JSON of another shape.
    Shape(FieldError),
}

/// Reads one JSON value.
pub(super) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Misread> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        if error.inner().is_data() {
            Misread::Shape(fault(error.path(), &words(error.inner())))
        } else {
            Misread::NotJson(error.into_inner())
        }
    })?;
    reader.end().map_err(Misread::NotJson)?;
    Ok(value)
}

/// The same of JSON that was read.
pub(super) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, FieldError> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| fault(error.path(), &words(error.inner())))
}

/// The parameter at fault, if the query names one.
pub(super) fn of_query(rejection: &QueryRejection) -> Option<FieldError> {
    type Cause = serde_path_to_error::Error<serde::de::value::Error>;
    let error = std::iter::successors(rejection.source(), |error| (*error).source())
        .find_map(|error| error.downcast_ref::<Cause>())?;
    Some(fault(error.path(), &error.inner().to_string()))
}

/// A fault under a sentence, given without its end; that of the whole goes into the sentence.
pub(super) fn problem(sentence: &str, fault: FieldError) -> ApiError {
    if fault.field.is_none() {
        let detail = format!("{sentence}: it {}.", fault.detail);
        return ApiError::new(ErrorCode::InvalidContent, detail);
    }
    ApiError::new(ErrorCode::InvalidContent, format!("{sentence}.")).with_errors(vec![fault])
}

impl From<Misread> for ApiError {
    fn from(misread: Misread) -> Self {
        match misread {
            Misread::NotJson(error) => Self::new(
                ErrorCode::InvalidRequest,
                format!("The body is not JSON: {error}."),
            ),
            Misread::Shape(fault) => problem("The body cannot be used", fault),
        }
    }
}

/// What the error says, without the line: the member is named instead.
fn words(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    if error.line() > 0
        && let Some(end) = text.rfind(" at line ")
    {
        text.truncate(end);
    }
    text
}

fn fault(path: &Path, message: &str) -> FieldError {
    let place = place(path);
    // These are told of the object and name its member.
    for (told, detail) in [
        ("missing field `", "is required and missing"),
        ("duplicate field `", "is there twice"),
    ] {
        let name = message.strip_prefix(told);
        if let Some(name) = name.and_then(|rest| rest.strip_suffix('`')) {
            let field = place.map_or_else(|| name.to_owned(), |place| format!("{place}.{name}"));
            return field_error(Some(field), detail.to_owned());
        }
    }
    field_error(place, plain(message))
}

/// Where a member is, with a full stop before each name; `None` of the whole.
fn place(path: &Path) -> Option<String> {
    let mut place = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } if place.is_empty() => place.push_str(key),
            Segment::Map { key } => place.extend([".", key.as_str()]),
            Segment::Seq { index } => place.push_str(&format!("[{index}]")),
            // The name of a variant is a value and no member.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    (!place.is_empty()).then_some(place)
}

fn field_error(field: Option<String>, detail: String) -> FieldError {
    FieldError {
        field,
        line: None,
        detail,
    }
}

/// What serde says in plain words, to go on from the name of the member.
fn plain(message: &str) -> String {
    if message.starts_with("unknown field `") {
        // The name is as long as whoever sent it likes, and is told already.
        return match message.rsplit_once("`, expected ") {
            Some((_, known)) => format!("is not known; expected is {known}"),
            None => "is not known; nothing is expected".to_owned(),
        };
    }
    if let Some((_, wanted)) = message.rsplit_once(", expected ") {
        return format!("must be {}", plain_kind(wanted));
    }
    match message {
        ours if ours.starts_with("must be ") => ours.to_owned(),
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "must be a whole number, 0 or more".to_owned()
        }
        "number too large to fit in target type" => "is too large".to_owned(),
        "provided string was not `true` or `false`" => "must be true or false".to_owned(),
        uuid if uuid.starts_with("UUID parsing failed") => "must be a UUID".to_owned(),
        other => format!("cannot be used: {other}"),
    }
}

/// A kind of value as people call it.
fn plain_kind(wanted: &str) -> &str {
    match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" => "a text",
        "a sequence" => "a list",
        "a map" => "an object",
        "a formatted UUID string" => "a UUID",
        object if object.starts_with("struct ") => "an object",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use axum::extract::Query;
    use axum::http::Uri;
    use serde::Deserialize;
    use uuid::Uuid;

    use super::*;
    use crate::advice::Feedback;
    use crate::cases::record_case::RecordItem;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        #[serde(rename = "limit")]
        _limit: Option<u32>,
        #[serde(rename = "strict")]
        _strict: Option<bool>,
        #[serde(rename = "document_id")]
        _id: Option<Uuid>,
    }

    /// The member at fault and what is wrong with it.
    fn told<T: DeserializeOwned>(json: &str) -> (String, String) {
        match read::<T>(json.as_bytes()) {
            Err(Misread::Shape(fault)) => (fault.field.unwrap_or_default(), fault.detail),
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("{json} is taken"),
        }
    }

    #[test]
    fn a_member_at_fault_is_named_with_what_it_must_be() {
        let moment = "must be a moment such as 2026-11-25T09:00:00Z";
        let day = "must be a day such as 2026-11-30";
        for (item, field, detail) in [
            (r#"{"id":"a","as_of":"2026-11-25"}"#, "as_of", moment),
            (
                r#"{"id":"a","as_of":"2026-11-25T09:00:00"}"#,
                "as_of",
                moment,
            ),
            (r#"{"id":"a","as_of":""}"#, "as_of", moment),
            (r#"{"id":"a","as_of":5}"#, "as_of", moment),
            (r#"{"id":"a","period_end":"soon"}"#, "period_end", day),
            (r#"{"id":7}"#, "id", "must be a text"),
            ("{}", "id", "is required and missing"),
            (r#"{"id":"a","id":"b"}"#, "id", "is there twice"),
            ("7", "", "must be an object"),
            (
                r#"{"id":"a","asof":1}"#,
                "asof",
                "is not known; expected is one of `id`, `as_of`, `period_end`",
            ),
        ] {
            let expected = (field.to_owned(), detail.to_owned());
            assert_eq!(told::<RecordItem>(item), expected, "{item}");
        }
        let (field, detail) = told::<Feedback>(r#"{"verdict":"no"}"#);
        assert_eq!(field, "verdict");
        assert_eq!(detail, "must be one of `accepted`, `edited`, `rejected`");
        let (field, _) = told::<Feedback>(r#"{"verdict":"edited","corrected":{"total":1}}"#);
        assert_eq!(field, "corrected.total");
        let (field, detail) = told::<Asked>(r#"{"document_id":"x"}"#);
        assert_eq!((&*field, &*detail), ("document_id", "must be a UUID"));
    }

    #[test]
    fn moments_and_days_are_read_as_they_were() {
        let item: RecordItem =
            read(br#"{"id":"a","as_of":"2026-11-25T10:00:00+01:00","period_end":null}"#).unwrap();
        let moment = "2026-11-25T09:00:00Z".parse().unwrap();
        assert_eq!((item.as_of, item.period_end), (Some(moment), None));
        let item: RecordItem = read(br#"{"id":"a","period_end":"2026-11-30"}"#).unwrap();
        assert_eq!(item.period_end, "2026-11-30".parse().ok());
        assert_eq!(item.as_of, None);
    }

    #[test]
    fn a_parameter_at_fault_is_named_with_what_it_must_be() {
        for (query, field, detail) in [
            ("limit=ten", "limit", "must be a whole number, 0 or more"),
            ("limit=-1", "limit", "must be a whole number, 0 or more"),
            ("limit=", "limit", "must be a whole number, 0 or more"),
            ("limit=99999999999", "limit", "is too large"),
            ("strict=yes", "strict", "must be true or false"),
            (
                "bad=1",
                "bad",
                "is not known; expected is one of `limit`, `strict`, `document_id`",
            ),
            ("limit=1&limit=2", "limit", "is there twice"),
        ] {
            let uri: Uri = format!("/?{query}").parse().unwrap();
            let rejection = Query::<Asked>::try_from_uri(&uri).unwrap_err();
            let fault = of_query(&rejection).unwrap();
            let expected = (Some(field.to_owned()), detail.to_owned());
            assert_eq!((fault.field, fault.detail), expected, "{query}");
        }
    }

    #[test]
    fn what_is_not_json_is_another_fault() {
        for json in ["", "{", "{\"id\":", "{\"id\":\"a\"} x"] {
            let read = read::<RecordItem>(json.as_bytes());
            assert!(matches!(read, Err(Misread::NotJson(_))), "{json}");
        }
    }
}
