//! The published JSON Schemas of the contract.

use serde_json::{Value, json};

use super::controls::Controls;
use super::effect::Effect;
use super::feedback::Feedback;
use super::recommendation::Recommendation;
use crate::domain::schema::document;

/// Every schema of the contract as `(file name, JSON Schema 2020-12)`, served
/// under `/v1/schema/` and kept as files under `docs/schema/`.
#[must_use]
pub fn documents() -> Vec<(&'static str, Value)> {
    vec![
        ("recommendation.json", recommendation()),
        ("effect.json", document::<Effect>("effect.json")),
        (
            "controls.json",
            unique(document::<Controls>("controls.json")),
        ),
        ("feedback.json", feedback()),
    ]
}

/// The envelope with the rules that tie its members to each other.
fn recommendation() -> Value {
    let mut schema = document::<Recommendation>("recommendation.json");
    if let Some(controls) = schema.pointer_mut("/$defs/Controls") {
        *controls = unique(controls.take());
    }
    let steps: Vec<&str> = Effect::ALL
        .iter()
        .filter(|effect| effect.adds_controls())
        .map(|effect| effect.as_str())
        .collect();
    schema["allOf"] = json!([
        {
            "if": {"properties": {"status": {"const": "scored"}}},
            "then": {
                "required": ["score", "model"],
                "anyOf": [
                    {"properties": {"reasons": {"minItems": 1}}},
                    {"properties": {"counter_reasons": {"minItems": 1}}}
                ]
            },
            "else": {"not": {"required": ["score"]}}
        },
        {
            "if": {"properties": {"status": {"const": "degraded"}}},
            "then": {"properties": {"data_quality": {"properties": {"missing": {"minItems": 1}}}}}
        },
        {
            "if": {"properties": {"effect": {"enum": steps}}},
            "then": {"properties": {"controls_to_add": {"minItems": 1}}},
            "else": {"properties": {"controls_to_add": {"maxItems": 0}}}
        },
        {
            "if": {"properties": {"effect": {"const": "suggest"}}},
            "then": {"required": ["suggestion"]}
        }
    ]);
    schema
}

/// What a verdict needs beside itself.
fn feedback() -> Value {
    let mut schema = document::<Feedback>("feedback.json");
    schema["allOf"] = json!([
        {
            "if": {"properties": {"verdict": {"const": "rejected"}}},
            "then": {"required": ["reason"]}
        },
        {
            "if": {"properties": {"verdict": {"const": "edited"}}},
            "then": {
                "required": ["corrected"],
                "properties": {"corrected": {
                    "minProperties": 1, "maxProperties": super::feedback::MAX_CORRECTIONS
                }}
            },
            "else": {"properties": {"corrected": {"maxProperties": 0}}}
        }
    ]);
    schema
}

/// A set is a list without repetition.
fn unique(mut list: Value) -> Value {
    list["uniqueItems"] = json!(true);
    list
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;

    /// Set `UPDATE_SCHEMAS=1` to write the files anew.
    #[test]
    fn the_files_under_docs_are_the_schemas_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema");
        for (file, schema) in documents() {
            let path = folder.join(file);
            let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            if std::env::var_os("UPDATE_SCHEMAS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            let kept = std::fs::read_to_string(&path).unwrap();
            assert_eq!(kept, text, "{file}: run with UPDATE_SCHEMAS=1");
        }
    }

    #[test]
    fn the_effect_is_closed() {
        let (_, schema) = documents().into_iter().nth(1).unwrap();
        let names: Vec<&str> = Effect::ALL.iter().map(|e| e.as_str()).collect();
        assert_eq!(schema["enum"], json!(names));
        assert_eq!(schema["type"], "string");
    }

    #[test]
    fn no_object_takes_members_the_contract_does_not_know() {
        let (_, schema) = documents().into_iter().next().unwrap();
        assert_eq!(schema["additionalProperties"], false);
        for (name, part) in schema["$defs"].as_object().unwrap() {
            if part["type"] == "object" && name != "BBox" {
                assert_eq!(part["additionalProperties"], false, "{name}");
            }
        }
    }

    #[test]
    fn nothing_in_the_contract_can_loosen_a_control() {
        let text = documents()
            .iter()
            .map(|(_, schema)| schema["properties"].to_string() + &schema["enum"].to_string())
            .collect::<String>();
        for verb in [
            "approve", "pay\"", "post\"", "release", "skip", "waive", "remove",
        ] {
            assert!(!text.contains(verb), "{verb}");
        }
    }
}
