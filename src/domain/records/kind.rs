//! The kinds of record there are, one table.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};

use super::Record;
use crate::domain::{FieldProblem, FieldSet as _, schema};

/// A record of some kind, checked member by member and written back in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRecord {
    /// Its kind.
    pub kind: RecordKind,
    /// Its id in the firm's own system.
    pub id: String,
    /// When it became known, where it says so.
    pub known_at: Option<DateTime<Utc>>,
    /// The day it belongs to in the business.
    pub business_date: Option<NaiveDate>,
    /// Its members without `known_at`, normalised, absent ones left out.
    pub body: Value,
}

/// The name is not one of a kind of record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a kind of record; there are: {}", RecordKind::names())]
pub struct UnknownKind {
    /// What was given instead.
    pub name: String,
}

macro_rules! kinds {
    ($(($kind:ident, $name:literal, $doc:literal),)+) => {
        /// A kind of canonical record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum RecordKind {
            $(#[doc = $doc] $kind,)+
        }

        impl RecordKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// The members' names, in order, and whether each is required.
            #[must_use]
            pub fn members(self) -> Vec<(&'static str, bool)> {
                match self { $(Self::$kind => super::$kind::members(),)+ }
            }

            /// Reads an object as a record of this kind.
            ///
            /// # Errors
            /// Every problem found, each naming its member.
            pub fn check(self, members: Map<String, Value>) -> Result<CheckedRecord, Vec<FieldProblem>> {
                match self { $(Self::$kind => checked::<super::$kind>(members),)+ }
            }

            /// Its JSON Schema (2020-12), as published in `datasets/schema/`.
            #[must_use]
            pub fn schema(self) -> Value {
                let mut document = match self {
                    $(Self::$kind => schema::document::<super::$kind>(concat!($name, ".json")),)+
                };
                close(&mut document);
                document
            }
        }
    };
}

kinds! {
    (Vendor, "vendor", "Somebody who sends us invoices."),
    (PurchaseOrder, "purchase_order", "What was ordered, with its lines."),
    (VendorInvoice, "vendor_invoice", "What a vendor billed, with its lines."),
    (Employee, "employee", "A person of the firm, without their name."),
    (ExpenseClaim, "expense_claim", "One line of an expense report."),
    (CardTransaction, "card_transaction", "One use of a company card."),
    (Timesheet, "timesheet", "One person's hours of one period."),
    (Project, "project", "Work for a customer."),
    (ProjectSetup, "project_setup", "The opening of a project, with what it depends on."),
    (Bill, "bill", "A planned bill of a project and what became of it."),
    (Customer, "customer", "Somebody whom we bill."),
    (CustomerInvoice, "customer_invoice", "What we billed."),
    (Payment, "payment", "Money received or paid."),
    (Interaction, "interaction", "A contact with a customer about money."),
    (Approval, "approval", "A step of a workflow and its outcome."),
    (Event, "event", "Something that happened in a case."),
}

impl RecordKind {
    fn names() -> String {
        let names: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
        names.join(", ")
    }
}

impl std::fmt::Display for RecordKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for RecordKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| UnknownKind {
                name: name.chars().take(80).collect(),
            })
    }
}

fn checked<T: Record>(members: Map<String, Value>) -> Result<CheckedRecord, Vec<FieldProblem>> {
    let record = T::from_members("", members)?;
    let contradictions = record.contradictions();
    if !contradictions.is_empty() {
        return Err(contradictions);
    }
    let mut body = serde_json::to_value(&record)
        .map_err(|error| crate::domain::fields::problem("", error.to_string()))?;
    if let Some(members) = body.as_object_mut() {
        members.remove("known_at");
    }
    Ok(CheckedRecord {
        kind: T::KIND,
        id: record.id().as_str().to_owned(),
        known_at: record.known_at(),
        business_date: record.business_date(),
        body,
    })
}

/// Says in the schema what the reader insists on: no members but the named ones, lists may be absent.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let optional: Vec<String> = object
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .filter(|(_, property)| {
                    property.get("type").is_some_and(|kind| kind == "array")
                        || property.get("additionalProperties").is_some()
                })
                .map(|(name, _)| name.clone())
                .collect();
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            if let Some(Value::Array(required)) = object.get_mut("required") {
                required.retain(|name| !optional.iter().any(|known| name == known));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
