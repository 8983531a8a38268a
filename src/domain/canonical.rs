//! One spelling for one JSON value, so that its digest means its content.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// JSON without white space, object members in byte order of their names.
///
/// Numbers keep `serde_json`'s shortest form; arrays keep their order.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (position, (name, member)) in members.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(name.clone()).to_string());
                out.push(':');
                write_value(member, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// Lower-case hexadecimal SHA-256 of the bytes.
#[must_use]
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::{canonical_json, sha256_hex};
    use serde_json::json;

    #[test]
    fn members_are_sorted_at_every_depth_and_arrays_are_not() {
        let value = json!({"b": [3, {"z": null, "a": "é\"\n"}], "a": 1.5});
        assert_eq!(
            canonical_json(&value),
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
}
