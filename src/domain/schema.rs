//! JSON Schema (2020-12) documents made from the wire types themselves.
//!
//! OpenAPI 3.1 schemas are JSON Schema 2020-12 already; what is left to do is to
//! give a document of its own to a type: an `$id`, a title, and `$defs` in place
//! of `#/components/schemas`.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// Where published schemas live; `$id` is this followed by the file name.
pub const BASE: &str = "/v1/schema/";

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const COMPONENTS: &str = "#/components/schemas/";

/// The self-contained JSON Schema of `T`, with every type it refers to under `$defs`.
///
/// `file` is the published name, such as `recommendation.json`.
#[must_use]
pub fn document<T: ToSchema>(file: &str) -> Value {
    let mut referenced: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut referenced);
    referenced.sort_by(|a, b| a.0.cmp(&b.0));
    referenced.dedup_by(|a, b| a.0 == b.0);

    let mut root = Map::new();
    root.insert("$schema".to_owned(), json!(DIALECT));
    root.insert("$id".to_owned(), json!(format!("{BASE}{file}")));
    root.insert("title".to_owned(), json!(T::name()));
    if let Value::Object(own) = plain(&T::schema()) {
        root.extend(own);
    }
    if !referenced.is_empty() {
        let definitions: Map<String, Value> = referenced
            .iter()
            .map(|(name, schema)| (name.clone(), plain(schema)))
            .collect();
        root.insert("$defs".to_owned(), Value::Object(definitions));
    }
    Value::Object(root)
}

/// One schema as JSON, its references pointing into `$defs`.
fn plain(schema: &RefOr<Schema>) -> Value {
    // Schemas hold maps with string keys and numbers only: this cannot fail.
    let mut value = serde_json::to_value(schema).unwrap_or(Value::Bool(true));
    point_into_defs(&mut value);
    value
}

fn point_into_defs(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(target) if key == "$ref" => {
                        if let Some(name) = target.strip_prefix(COMPONENTS) {
                            *target = format!("#/$defs/{name}");
                        }
                    }
                    other => point_into_defs(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(point_into_defs),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Something with a part of its own type.
    #[derive(ToSchema, serde::Serialize)]
    #[allow(dead_code)]
    struct Whole {
        /// The part.
        part: Part,
    }

    /// A part.
    #[derive(ToSchema, serde::Serialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Part {
        /// A number.
        size: u8,
    }

    #[test]
    fn references_stay_inside_the_document() {
        let schema = document::<Whole>("whole.json");
        assert_eq!(schema["$id"], "/v1/schema/whole.json");
        assert_eq!(schema["$schema"], DIALECT);
        assert_eq!(schema["title"], "Whole");
        let text = schema.to_string();
        assert!(text.contains("#/$defs/Part"), "{text}");
        assert!(!text.contains("components"), "{text}");
        assert_eq!(schema["$defs"]["Part"]["additionalProperties"], false);
        assert_eq!(
            schema["$defs"]["Part"]["required"],
            serde_json::json!(["size"])
        );
    }
}
