//! One spelling for one JSON value, so that its digest means its content.

use std::borrow::Cow;
use std::ops::Range;

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
        Ok(Self::of_text(&serde_json::to_string(value)?))
    }

    /// Spells what `serde_json` wrote, without white space.
    #[must_use]
    pub fn of_text(json: &str) -> Self {
        Self(Sorting::of(json))
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

/// A member of an object: where its name stands in what is read, and where it was written.
struct Member<'a> {
    name: Cow<'a, str>,
    written: Range<usize>,
}

/// Reads JSON without white space once and writes it with its members sorted. Works on the text,
/// for a tree of values costs ten times the time.
struct Sorting<'a> {
    text: &'a str,
    /// What is read next.
    at: usize,
    out: String,
    /// Members of the objects that are open, outermost first.
    members: Vec<Member<'a>>,
    /// Where members are put in order.
    sorted: String,
}

impl<'a> Sorting<'a> {
    fn of(text: &'a str) -> String {
        let mut sorting = Self {
            text,
            at: 0,
            out: String::with_capacity(text.len()),
            members: Vec::new(),
            sorted: String::new(),
        };
        sorting.value();
        sorting.out
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn value(&mut self) {
        match self.next() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.take(end_of_string),
            _ => self.take(end_of_scalar),
        }
    }

    /// Takes over what comes next as it stands.
    fn take(&mut self, end: fn(&[u8]) -> usize) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let taken = rest.get(..end(rest.as_bytes())).unwrap_or_default();
        self.out.push_str(taken);
        self.at += taken.len();
    }

    /// Takes over one byte that stands for itself.
    fn pass(&mut self, byte: char) {
        self.out.push(byte);
        self.at += 1;
    }

    fn array(&mut self) {
        self.pass('[');
        while let Some(byte) = self.next().filter(|byte| *byte != b']') {
            if byte == b',' {
                self.pass(',');
            }
            self.value();
        }
        self.pass(']');
    }

    fn object(&mut self) {
        self.pass('{');
        let outer = self.members.len();
        let start = self.out.len();
        while let Some(byte) = self.next().filter(|byte| *byte != b'}') {
            if byte == b',' {
                self.pass(',');
            }
            let (from, written) = (self.at, self.out.len());
            self.take(end_of_string);
            let name = name(self.text.get(from..self.at).unwrap_or_default());
            self.pass(':');
            self.value();
            self.members.push(Member {
                name,
                written: written..self.out.len(),
            });
        }
        self.put_in_order(outer, start);
        self.members.truncate(outer);
        self.pass('}');
    }

    /// Sorts the members behind those of outer objects, which were written from `start` on.
    fn put_in_order(&mut self, outer: usize, start: usize) {
        let members = self.members.get_mut(outer..).unwrap_or_default();
        if members.is_sorted_by(|a, b| a.name <= b.name) {
            return;
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));
        self.sorted.clear();
        for member in members {
            if !self.sorted.is_empty() {
                self.sorted.push(',');
            }
            let written = self.out.get(member.written.clone());
            self.sorted.push_str(written.unwrap_or_default());
        }
        self.out.truncate(start);
        self.out.push_str(&self.sorted);
    }
}

/// How long the string is that JSON begins with, its quotes included.
fn end_of_string(json: &[u8]) -> usize {
    let mut escaped = false;
    let inner = json.iter().skip(1);
    let closing = inner.copied().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    closing.map_or(json.len(), |at| at + 2)
}

/// How long the number or word is that JSON begins with.
fn end_of_scalar(json: &[u8]) -> usize {
    let end = json.iter().position(|byte| b",]}".contains(byte));
    end.unwrap_or(json.len())
}

/// What a quoted name says.
fn name(quoted: &str) -> Cow<'_, str> {
    if quoted.contains('\\') {
        return serde_json::from_str(quoted).map_or(Cow::Borrowed(quoted), Cow::Owned);
    }
    let inner = quoted.get(1..quoted.len().saturating_sub(1));
    Cow::Borrowed(inner.unwrap_or_default())
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
