//! Documents behind records, to be laid side by side.

use std::collections::HashMap;

use uuid::Uuid;

/// The first page of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Sheet {
    /// The document.
    pub(in crate::web) document: Uuid,
    /// The record it is of.
    pub(in crate::web) about: String,
}

/// Documents that can be shown, by digest.
pub(in crate::web) type Shown = HashMap<String, Uuid>;

/// The documents of records, in their order: what each is called, and its document's digest.
pub(in crate::web) fn sheets<'a>(
    shown: &Shown,
    records: impl IntoIterator<Item = (String, Option<&'a str>)>,
) -> Vec<Sheet> {
    let of = |(about, digest): (String, Option<&str>)| {
        let document = *shown.get(digest?)?;
        Some(Sheet { document, about })
    };
    records.into_iter().filter_map(of).collect()
}
