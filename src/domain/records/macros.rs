//! How a record is declared: its members once, everything else from them.

use chrono::{DateTime, NaiveDate, Utc};

use super::RecordKind;
use crate::domain::{FieldProblem, FieldSet, RecordId};

/// A canonical record.
pub trait Record: FieldSet + serde::Serialize + utoipa::ToSchema {
    /// Its kind.
    const KIND: RecordKind;

    /// Its id in the firm's own system.
    fn id(&self) -> &RecordId;

    /// When it became known, where it says so.
    fn known_at(&self) -> Option<DateTime<Utc>>;

    /// The day it belongs to in the business.
    fn business_date(&self) -> Option<NaiveDate>;

    /// What is wrong between its members.
    fn contradictions(&self) -> Vec<FieldProblem>;
}

/// Declares a part of a record: members with their types.
macro_rules! record_part {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, utoipa::ToSchema)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)+
        }

        impl serde::Serialize for $name {
            /// Members that are absent are left out.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(if !$crate::domain::FieldValue::is_absent(&self.$field) {
                    serde::ser::SerializeMap::serialize_entry(
                        &mut map,
                        stringify!($field),
                        &self.$field,
                    )?;
                })+
                serde::ser::SerializeMap::end(map)
            }
        }

        impl $crate::domain::FieldSet for $name {
            fn members() -> Vec<(&'static str, bool)> {
                vec![$((
                    stringify!($field),
                    <$type as $crate::domain::FieldValue>::when_absent().is_none(),
                ),)+]
            }

            fn from_members(
                path: &str,
                members: serde_json::Map<String, serde_json::Value>,
            ) -> Result<Self, Vec<$crate::domain::FieldProblem>> {
                let mut reader = $crate::domain::MemberReader::new(path, members);
                $(let $field = reader.take::<$type>(stringify!($field));)+
                let problems = reader.into_problems();
                match ($($field,)+) {
                    ($(Some($field),)+) if problems.is_empty() => Ok(Self { $($field,)+ }),
                    _ => Err(problems),
                }
            }
        }

        impl $crate::domain::FieldValue for $name {
            fn read(
                path: &str,
                value: serde_json::Value,
            ) -> Result<Self, Vec<$crate::domain::FieldProblem>> {
                match value {
                    serde_json::Value::Object(members) => {
                        $crate::domain::FieldSet::from_members(path, members)
                    }
                    _ => Err($crate::domain::fields::problem(path, "must be an object")),
                }
            }
        }
    };
}

/// Declares a record: a part with `id`, `known_at` and `attributes`, and the day it belongs to.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident dated by $date:expr, checked by $check:expr,
        { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }
    ) => {
        $crate::domain::records::macros::record_part! {
            $(#[$meta])*
            $name {
                /// Id in the firm's own system.
                id: $crate::domain::RecordId,
                $($(#[$field_meta])* $field: $type,)+
                /// When it became known, RFC 3339; the moment of arrival when absent.
                known_at: Option<chrono::DateTime<chrono::Utc>>,
                /// Further facts, as texts.
                attributes: std::collections::BTreeMap<String, String>,
            }
        }

        impl $crate::domain::records::Record for $name {
            const KIND: $crate::domain::records::RecordKind =
                $crate::domain::records::RecordKind::$name;

            fn id(&self) -> &$crate::domain::RecordId {
                &self.id
            }

            fn known_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
                self.known_at
            }

            fn business_date(&self) -> Option<chrono::NaiveDate> {
                let date: fn(&Self) -> Option<chrono::NaiveDate> = $date;
                date(self)
            }

            fn contradictions(&self) -> Vec<$crate::domain::FieldProblem> {
                let check: fn(&Self) -> Vec<$crate::domain::FieldProblem> = $check;
                check(self)
            }
        }
    };
}

/// A problem when the second of two days, both given, lies before the first.
pub(super) fn in_order(
    first: Option<NaiveDate>,
    second: Option<NaiveDate>,
    name: &str,
    earlier: &str,
) -> Vec<FieldProblem> {
    match (first, second) {
        (Some(first), Some(second)) if second < first => {
            crate::domain::fields::problem(name, format!("lies before `{earlier}`"))
        }
        _ => Vec::new(),
    }
}

pub(crate) use {record, record_part};
