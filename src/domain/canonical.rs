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
        let text = serde_json::to_string(value)?;
        Ok(Self(match Sorting::of(&text) {
            Spelling::Kept => text,
            Spelling::Anew(sorted) => sorted,
        }))
    }

    /// Spells what `serde_json` wrote, without white space.
    #[must_use]
    pub fn of_text(json: &str) -> Self {
        Self(match Sorting::of(json) {
            Spelling::Kept => json.to_owned(),
            Spelling::Anew(sorted) => sorted,
        })
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

/// A value as it was read.
enum Spelling {
    /// In order already: what was read stands.
    Kept,
    /// Spelled anew.
    Anew(String),
}

/// A member of an object.
struct Member<'a> {
    name: Cow<'a, str>,
    /// Where it stands in what was read, from the quotes of its name on.
    read: Range<usize>,
    /// Where its value begins there.
    value: usize,
    spelling: Spelling,
}

/// Reads JSON without white space once. Works on the text, for a tree of values costs ten times the
/// time, and copies only what is not in order: most objects are.
struct Sorting<'a> {
    text: &'a str,
    /// What is read next.
    at: usize,
    /// Members of the objects that are open, outermost first.
    members: Vec<Member<'a>>,
}

impl<'a> Sorting<'a> {
    fn of(text: &'a str) -> Spelling {
        let mut sorting = Self {
            text,
            at: 0,
            members: Vec::new(),
        };
        sorting.value()
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn part(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    fn value(&mut self) -> Spelling {
        match self.next() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.pass(end_of_string),
            _ => self.pass(end_of_scalar),
        }
    }

    /// Passes over what comes next and stands as it is.
    fn pass(&mut self, end: fn(&[u8]) -> usize) -> Spelling {
        let rest = self.text.as_bytes().get(self.at..);
        self.at += end(rest.unwrap_or_default());
        Spelling::Kept
    }

    fn array(&mut self) -> Spelling {
        let mut copied = self.at;
        let mut anew = String::new();
        self.at += 1;
        while let Some(byte) = self.next().filter(|byte| *byte != b']') {
            self.at += usize::from(byte == b',');
            let start = self.at;
            if let Spelling::Anew(sorted) = self.value() {
                anew.push_str(self.part(copied..start));
                anew.push_str(&sorted);
                copied = self.at;
            }
        }
        self.at += 1;
        if anew.is_empty() {
            return Spelling::Kept;
        }
        anew.push_str(self.part(copied..self.at));
        Spelling::Anew(anew)
    }

    fn object(&mut self) -> Spelling {
        let outer = self.members.len();
        let from = self.at;
        self.at += 1;
        while let Some(byte) = self.next().filter(|byte| *byte != b'}') {
            self.at += usize::from(byte == b',');
            let start = self.at;
            self.pass(end_of_string);
            let name = name(self.part(start..self.at));
            self.at += 1;
            let value = self.at;
            let spelling = self.value();
            self.members.push(Member {
                name,
                read: start..self.at,
                value,
                spelling,
            });
        }
        self.at += 1;
        let sorted = self.sorted(outer, self.at - from);
        self.members.truncate(outer);
        sorted
    }

    /// An object of the members behind those of outer ones, `length` bytes long.
    fn sorted(&mut self, outer: usize, length: usize) -> Spelling {
        let text = self.text;
        let members = self.members.get_mut(outer..).unwrap_or_default();
        let is_sorted = members.is_sorted_by(|a, b| a.name <= b.name);
        let is_kept = |member: &Member<'_>| matches!(member.spelling, Spelling::Kept);
        if is_sorted && members.iter().all(is_kept) {
            return Spelling::Kept;
        }
        if !is_sorted {
            members.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let mut anew = String::with_capacity(length);
        for member in members {
            anew.push(if anew.is_empty() { '{' } else { ',' });
            let (kept, spelled) = match &member.spelling {
                Spelling::Kept => (member.read.clone(), ""),
                Spelling::Anew(spelled) => (member.read.start..member.value, &**spelled),
            };
            anew.push_str(text.get(kept).unwrap_or_default());
            anew.push_str(spelled);
        }
        anew.push('}');
        Spelling::Anew(anew)
    }
}

/// How long the string is that JSON begins with, its quotes included.
fn end_of_string(json: &[u8]) -> usize {
    let mut at = 1;
    while let Some(ahead) = json
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at += ahead;
        if json.get(at) == Some(&b'"') {
            return at + 1;
        }
        // What is escaped closes nothing.
        at += 2;
    }
    json.len()
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

/// The same of texts that follow one another.
#[must_use]
pub(crate) fn sha256_hex_of<const N: usize>(texts: [&str; N]) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text);
    }
    hex::encode(digest.finalize())
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
