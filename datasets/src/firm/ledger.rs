//! The firm's records, each checked by the product's own reader before it is kept.

use std::collections::BTreeMap;

use scrutineer::domain::RecordKind;
use serde_json::{Map, Value};

use super::FirmError;

/// Records by kind, in the order they were made.
#[derive(Debug, Default)]
pub struct Ledger {
    rows: BTreeMap<RecordKind, Vec<Value>>,
}

impl Ledger {
    /// Keeps `row`, an object; members that are null are left out.
    ///
    /// # Errors
    /// [`FirmError::Record`] if the row is not a valid record of `kind`.
    pub(super) fn put(&mut self, kind: RecordKind, row: Value) -> Result<(), FirmError> {
        let Value::Object(members) = without_nulls(row) else {
            return Err(FirmError::Record {
                kind,
                problem: "not an object".to_owned(),
            });
        };
        if let Err(problems) = kind.check(members.clone()) {
            let problem = format!("{problems:?}");
            return Err(FirmError::Record { kind, problem });
        }
        self.rows
            .entry(kind)
            .or_default()
            .push(Value::Object(members));
        Ok(())
    }

    /// The records of `kind`.
    #[must_use]
    pub fn rows(&self, kind: RecordKind) -> &[Value] {
        self.rows.get(&kind).map_or(&[], Vec::as_slice)
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name, without_nulls(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
