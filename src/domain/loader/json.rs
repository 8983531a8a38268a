//! JSON that means one thing: no member twice, no number that a float would change.

use std::cell::RefCell;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Digits that a binary float keeps whatever they are.
const FLOAT_DIGITS: usize = 15;
/// Digits that a whole number of 64 bits keeps whatever they are.
const WHOLE_DIGITS: usize = 19;

/// Why a text is not JSON that means one thing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum JsonFault {
    /// Not JSON from this column on, from 1.
    NotJson(usize),
    /// The member stands twice in its object.
    Twice(String),
    /// The number that starts in this column, from 1, has more digits than are kept.
    TooManyDigits(usize),
}

/// Reads one value from UTF-8.
pub(super) fn parse(text: &[u8]) -> Result<Value, JsonFault> {
    let doubled = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = Once(&doubled)
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match (read, doubled.into_inner()) {
        (_, Some(name)) => Err(JsonFault::Twice(name)),
        (Err(error), None) => Err(JsonFault::NotJson(error.column())),
        (Ok(value), None) => match too_many_digits(text) {
            Some(column) => Err(JsonFault::TooManyDigits(column)),
            None => Ok(value),
        },
    }
}

/// Reads a value each of whose members stands once; notes the first that does not.
#[derive(Clone, Copy)]
struct Once<'n>(&'n RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if members.contains_key(&name) {
                self.0.replace(Some(name.chars().take(80).collect()));
                return Err(A::Error::custom("a member stands twice"));
            }
            members.insert(name, object.next_value_seed(self)?);
        }
        Ok(Value::Object(members))
    }
}

/// The column of the first number in valid JSON that has more digits than are kept.
fn too_many_digits(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let length = match byte {
            b'"' => quoted(text.get(at..)?),
            b'-' | b'0'..=b'9' => {
                let rest = text.get(at..)?;
                let length = rest.iter().take_while(|b| is_of_number(**b)).count();
                if has_too_many_digits(rest.get(..length)?) {
                    return Some(at + 1);
                }
                length
            }
            _ => 1,
        };
        at += length;
    }
    None
}

/// Bytes from an opening quote to its closing one.
fn quoted(text: &[u8]) -> usize {
    let mut escaped = false;
    let closing = text.iter().skip(1).position(|byte| {
        let closes = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    });
    closing.map_or(text.len(), |offset| offset + 2)
}

const fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

fn has_too_many_digits(number: &[u8]) -> bool {
    let is_exponent = |byte: &u8| matches!(byte, b'e' | b'E');
    let mantissa = number.split(is_exponent).next().unwrap_or_default();
    let digits = mantissa
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .skip_while(|byte| **byte == b'0')
        .count();
    let is_whole = mantissa.len() == number.len() && !number.contains(&b'.');
    digits > if is_whole { WHOLE_DIGITS } else { FLOAT_DIGITS }
}

#[cfg(test)]
mod tests {
    use super::{JsonFault, parse};

    #[test]
    fn a_member_that_stands_twice_is_named_at_any_depth() {
        let twice = |name: &str| Err(JsonFault::Twice(name.to_owned()));
        assert_eq!(parse(br#"{"a":1,"b":2,"a":1}"#), twice("a"));
        assert_eq!(parse(br#"[{"a":{"b":[],"b":0}}]"#), twice("b"));
        assert_eq!(parse(br#"{"a":1,"\u0061":1}"#), twice("a"));
        assert!(parse(br#"{"a":{"a":[{"a":1},{"a":1}]}}"#).is_ok());
    }

    #[test]
    fn values_are_those_of_any_reader() {
        let text =
            r#"{"a":[null,true,-1,18446744073709551,1.5,"é\n\"",{}],"b":"123456789.1234567890"}"#;
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes()), Ok(value));
    }

    #[test]
    fn numbers_that_a_float_would_change_are_refused() {
        for (text, column) in [
            ("[1000000000000.000001]", 2),
            (r#"{"1.2345678901234567":0.1234567890123456}"#, 23),
            ("123456789012345678901", 1),
            ("[ -9999999999999.9999]", 3),
        ] {
            assert_eq!(
                parse(text.as_bytes()),
                Err(JsonFault::TooManyDigits(column)),
                "{text}"
            );
        }
        for text in [
            "0.000000000000000000012",
            "1234567890.12345",
            "-1234567890123456789",
        ] {
            assert!(parse(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_told_by_column() {
        for (text, column) in [
            ("[NaN]", 2),
            ("[Infinity]", 2),
            ("[1e400]", 6),
            (r#"["\ud800"]"#, 9),
            ("[1] 2", 5),
        ] {
            assert_eq!(
                parse(text.as_bytes()),
                Err(JsonFault::NotJson(column)),
                "{text}"
            );
        }
        assert!(matches!(
            parse(&b"[".repeat(200_000)),
            Err(JsonFault::NotJson(_))
        ));
    }
}
