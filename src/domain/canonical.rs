//! One spelling for one JSON value, so that its digest means its content.

use std::borrow::Cow;

use serde::Serialize;
use sha2::{Digest, Sha256};

/// JSON in its one spelling: no white space, object members in byte order of their names.
///
/// Numbers keep `serde_json`'s shortest form; arrays keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalJson(String);

impl CanonicalJson {
    /// Spells a value.
    ///
    /// # Errors
    /// If the value has a map whose keys are not strings.
    pub fn of(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Self> {
        let text = serde_json::to_string(value)?;
        let mut sorted = String::with_capacity(text.len());
        write_sorted(&text, &mut sorted);
        Ok(Self(sorted))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, to be kept.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Writes a value, given as JSON without white space, with its members sorted. Works on the
/// text, for a tree of values costs ten times the time.
fn write_sorted(value: &str, out: &mut String) {
    match value.as_bytes().first() {
        Some(b'{') => {
            let mut members: Vec<(&str, &str)> = parts(value).filter_map(member).collect();
            members.sort_by(|a, b| name(a.0).cmp(&name(b.0)));
            out.push('{');
            for (position, (name, member)) in members.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(name);
                out.push(':');
                write_sorted(member, out);
            }
            out.push('}');
        }
        Some(b'[') => {
            out.push('[');
            for (position, item) in parts(value).enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_sorted(item, out);
            }
            out.push(']');
        }
        _ => out.push_str(value),
    }
}

/// What stands between the commas of an object or array.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value
        .get(1..value.len().saturating_sub(1))
        .unwrap_or_default();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut open = 0_usize;
        let end = end_of(rest, |byte| {
            match byte {
                b'{' | b'[' => open += 1,
                b'}' | b']' => open = open.saturating_sub(1),
                _ => {}
            }
            byte == b',' && open == 0
        });
        let (part, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        Some(part)
    })
}

/// The name of a member, quoted, and its value.
fn member(part: &str) -> Option<(&str, &str)> {
    let end = end_of(part, |byte| byte == b':');
    Some((part.get(..end)?, part.get(end + 1..)?))
}

/// Where the first byte outside a string stands that is looked for, or the end.
fn end_of(text: &str, mut is_end: impl FnMut(u8) -> bool) -> usize {
    let (mut in_string, mut escaped) = (false, false);
    let found = text.bytes().position(|byte| {
        if !in_string {
            in_string = byte == b'"';
            return !in_string && is_end(byte);
        }
        if escaped {
            escaped = false;
        } else if byte == b'\\' {
            escaped = true;
        } else {
            in_string = byte != b'"';
        }
        false
    });
    found.unwrap_or(text.len())
}

/// What a quoted name says.
fn name(quoted: &str) -> Cow<'_, str> {
    if quoted.contains('\\') {
        return serde_json::from_str(quoted).map_or(Cow::Borrowed(quoted), Cow::Owned);
    }
    Cow::Borrowed(quoted.trim_matches('"'))
}

/// Lower-case hexadecimal SHA-256 of the bytes.
#[must_use]
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes.as_ref()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{CanonicalJson, sha256_hex};

    #[test]
    fn members_are_sorted_at_every_depth_and_arrays_are_not() {
        #[derive(serde::Serialize)]
        struct Unsorted {
            b: Value,
            a: f64,
        }
        let value = Unsorted {
            b: json!([3, {"z": null, "a": "é\"\n"}]),
            a: 1.5,
        };
        assert_eq!(
            CanonicalJson::of(&value).unwrap().as_str(),
            "{\"a\":1.5,\"b\":[3,{\"a\":\"é\\\"\\n\",\"z\":null}]}"
        );
    }

    #[test]
    fn the_digest_is_the_published_one() {
        assert_eq!(
            sha256_hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = "[a-c\"\\\\{}:,\\[\\]\u{e9}\u{1}]{0,4}";
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(|number: f64| Value::from(number)),
            text.prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(text, inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// `serde_json` writes the members of its own maps in this order already.
        #[test]
        fn the_order_of_members_does_not_matter(value in values()) {
            #[derive(serde::Serialize)]
            struct Backwards<'a> {
                z: &'a Value,
                a: &'a Value,
            }
            let found = CanonicalJson::of(&Backwards { z: &value, a: &value }).unwrap();
            let sorted = BTreeMap::from([("a", &value), ("z", &value)]);
            prop_assert_eq!(found.into_string(), serde_json::to_string(&sorted).unwrap());
        }
    }
}
