//! Parsing a record's members into types, with every problem named.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde_json::{Map, Value};

use super::{Amount, Currency};

/// Characters a text may have.
const MAX_TEXT: usize = 10_000;
/// Entries a list or a map may have.
const MAX_ENTRIES: usize = 10_000;

/// What is wrong with one member of a record. It never quotes the value, which may be personal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// The member: `due_on`, `lines[2].net`.
    pub field: String,
    /// What was expected and what stood there.
    pub problem: String,
}

/// A type that a member can have.
pub trait FieldValue: Sized {
    /// Reads a value that is there; `path` is put before the problems found in it.
    ///
    /// # Errors
    /// Every problem within the value.
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>>;

    /// What stands for a member that is not there; `None` makes it a required one.
    #[must_use]
    fn when_absent() -> Option<Self> {
        None
    }

    /// Whether the member need not be written.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A record or a part of one: named members, each of a type.
pub trait FieldSet: Sized {
    /// The members' names, in order, and whether each is required.
    fn members() -> Vec<(&'static str, bool)>;

    /// Reads the members; unknown ones are problems.
    ///
    /// # Errors
    /// Every problem found.
    fn from_members(path: &str, members: Map<String, Value>) -> Result<Self, Vec<FieldProblem>>;
}

/// Takes members out of an object one by one and gathers the problems.
pub struct MemberReader<'a> {
    path: &'a str,
    members: Map<String, Value>,
    problems: Vec<FieldProblem>,
}

impl<'a> MemberReader<'a> {
    /// Starts on an object found at `path` (empty for a whole record).
    #[must_use]
    pub fn new(path: &'a str, members: Map<String, Value>) -> Self {
        Self {
            path,
            members,
            problems: Vec::new(),
        }
    }

    /// Takes a member; `None` once there was a problem with it.
    pub fn take<T: FieldValue>(&mut self, name: &str) -> Option<T> {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        match self.members.remove(name) {
            None | Some(Value::Null) => {
                let absent = T::when_absent();
                if absent.is_none() {
                    self.problems.push(FieldProblem {
                        field: path,
                        problem: "is required and missing".to_owned(),
                    });
                }
                absent
            }
            Some(value) => match T::read(&path, value) {
                Ok(read) => Some(read),
                Err(found) => {
                    self.problems.extend(found);
                    None
                }
            },
        }
    }

    /// Ends with the problems found, those of unknown members among them.
    #[must_use]
    pub fn into_problems(mut self) -> Vec<FieldProblem> {
        for name in self.members.keys() {
            let name: String = name.chars().take(80).collect();
            self.problems.push(FieldProblem {
                field: if self.path.is_empty() {
                    name
                } else {
                    format!("{}.{name}", self.path)
                },
                problem: "is not a member of this record; other facts go under `attributes`"
                    .to_owned(),
            });
        }
        self.problems
    }
}

/// One problem with one member.
pub(crate) fn problem(path: &str, text: impl Into<String>) -> Vec<FieldProblem> {
    vec![FieldProblem {
        field: path.to_owned(),
        problem: text.into(),
    }]
}

/// All the parts, or every problem of all of them.
fn all_of<T, C: Default + Extend<T>>(
    parts: impl Iterator<Item = Result<T, Vec<FieldProblem>>>,
) -> Result<C, Vec<FieldProblem>> {
    let mut read = C::default();
    let mut problems = Vec::new();
    for part in parts {
        match part {
            Ok(part) => read.extend([part]),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(read)
    } else {
        Err(problems)
    }
}

/// What sort of JSON value it is, for messages that do not quote it.
fn sort_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(text) if text.is_empty() => "an empty text",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn expected(path: &str, wanted: &str, value: &Value) -> Vec<FieldProblem> {
    problem(path, format!("must be {wanted}, not {}", sort_of(value)))
}

/// A text without control characters other than line breaks and tabs, trimmed, not empty.
pub(crate) fn read_text(path: &str, value: Value, max: usize) -> Result<String, Vec<FieldProblem>> {
    let text = match value {
        Value::String(text) => text,
        // Whole numbers that stand for names, such as order numbers, are taken as written;
        // of `1.10` the last digit is gone by now.
        Value::Number(number) if !number.is_f64() => number.to_string(),
        Value::Number(_) => {
            let why = "must be a text: a number with a point or an exponent is not kept as written";
            return Err(problem(path, why));
        }
        other => return Err(expected(path, "a text", &other)),
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(problem(path, "must not be empty"));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(problem(path, "holds a control character"));
    }
    if text.chars().count() > max {
        return Err(problem(path, format!("is longer than {max} characters")));
    }
    Ok(text.to_owned())
}

impl FieldValue for String {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        read_text(path, value, MAX_TEXT)
    }
}

impl FieldValue for bool {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        match &value {
            Value::Bool(known) => Ok(*known),
            Value::String(text) if text == "true" => Ok(true),
            Value::String(text) if text == "false" => Ok(false),
            other => Err(expected(path, "true or false", other)),
        }
    }
}

/// A whole number within the bounds of its type.
fn read_whole<N: TryFrom<u64> + std::fmt::Display>(
    path: &str,
    value: &Value,
    most: N,
) -> Result<N, Vec<FieldProblem>> {
    let read = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    };
    let wanted = format!("a whole number from 0 to {most}");
    read.and_then(|read| N::try_from(read).ok())
        .ok_or_else(|| match value {
            Value::Number(_) => problem(path, format!("must be {wanted}, not another")),
            other => expected(path, &wanted, other),
        })
}

impl FieldValue for u16 {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        read_whole(path, &value, Self::MAX)
    }
}

impl FieldValue for u32 {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        read_whole(path, &value, Self::MAX)
    }
}

impl FieldValue for Amount {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let text = match &value {
            Value::String(text) => text.trim().to_owned(),
            // A JSON number passes through a float on its way here: up to 15 digits are exact.
            Value::Number(number) => {
                let text = number.to_string();
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                if digits > 15 {
                    let why = "has more than 15 digits: write it as a text";
                    return Err(problem(path, why));
                }
                text
            }
            other => return Err(expected(path, "a decimal", other)),
        };
        text.parse()
            .map_err(|why: super::InvalidAmount| problem(path, format!("is {why}")))
    }
}

impl FieldValue for Currency {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let text = value.as_str().map(str::trim).unwrap_or_default();
        Self::new(text).map_err(|why| problem(path, format!("is {why}")))
    }
}

impl FieldValue for NaiveDate {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let text = value.as_str().map(str::trim).unwrap_or_default();
        // chrono would also take one-digit months.
        let read = (text.len() == 10)
            .then(|| Self::parse_from_str(text, "%Y-%m-%d").ok())
            .flatten()
            .filter(|day| (1900..=2200).contains(&day.year()));
        read.ok_or_else(|| {
            problem(
                path,
                "must be a day of the calendar from 1900 to 2200, as 2026-01-31",
            )
        })
    }
}

impl FieldValue for DateTime<Utc> {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let text = value.as_str().map(str::trim).unwrap_or_default();
        DateTime::parse_from_rfc3339(text)
            .map(|moment| moment.with_timezone(&Utc))
            .ok()
            .filter(|moment| (1900..=2200).contains(&moment.year()))
            .ok_or_else(|| {
                let why = "must be a time with its zone, as 2026-01-31T17:45:00+01:00 or …Z";
                problem(path, why)
            })
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        T::read(path, value).map(Some)
    }

    fn when_absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: FieldValue> FieldValue for Vec<T> {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let items = match value {
            Value::Array(items) if items.len() <= MAX_ENTRIES => items,
            Value::Array(_) => {
                return Err(problem(
                    path,
                    format!("has more than {MAX_ENTRIES} entries"),
                ));
            }
            other => return Err(expected(path, "a list", &other)),
        };
        let items = items.into_iter().enumerate();
        all_of(items.map(|(position, item)| T::read(&format!("{path}[{position}]"), item)))
    }

    fn when_absent() -> Option<Self> {
        Some(Self::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl FieldValue for BTreeMap<String, String> {
    fn read(path: &str, value: Value) -> Result<Self, Vec<FieldProblem>> {
        let members = match value {
            Value::Object(members) if members.len() <= MAX_ENTRIES => members,
            Value::Object(_) => {
                return Err(problem(
                    path,
                    format!("has more than {MAX_ENTRIES} entries"),
                ));
            }
            other => return Err(expected(path, "an object of texts", &other)),
        };
        all_of(members.into_iter().map(|(name, value)| {
            let path = format!("{path}.{name}");
            let value = match value {
                Value::Bool(known) => Value::String(known.to_string()),
                other => other,
            };
            Ok((name, read_text(&path, value, MAX_TEXT)?))
        }))
    }

    fn when_absent() -> Option<Self> {
        Some(Self::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}
