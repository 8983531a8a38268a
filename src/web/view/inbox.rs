//! The inbox as rows and choices.

use super::words;
use crate::advice::Verdict;
use crate::store::{InboxCounts, InboxRow, Page};
use crate::web::query::InboxQuery;

/// Where in the inbox the reader is.
pub(in crate::web) struct Place {
    /// The filter.
    pub(in crate::web) query: InboxQuery,
    /// Most bytes of one upload.
    pub(in crate::web) max_bytes: usize,
    /// What an upload that just ended did.
    pub(in crate::web) uploaded: Option<Uploaded>,
}

/// What an upload did.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Uploaded {
    /// New documents.
    pub(in crate::web) added: u32,
    /// Documents that were here already.
    pub(in crate::web) known: u32,
}

/// The page's content.
pub(in crate::web) struct InboxView {
    pub(in crate::web) total: u64,
    pub(in crate::web) needs_review: u64,
    pub(in crate::web) decided: u64,
    pub(in crate::web) notice: Option<Notice>,
    pub(in crate::web) max_mb: usize,
    pub(in crate::web) text: String,
    pub(in crate::web) choices: Vec<Choice>,
    pub(in crate::web) filtered: bool,
    pub(in crate::web) rows: Vec<Row>,
    pub(in crate::web) first: Option<String>,
    pub(in crate::web) older: Option<String>,
}

/// One line above the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Notice {
    /// `good`, `bad` or `plain`.
    pub(in crate::web) class: &'static str,
    /// What to say.
    pub(in crate::web) text: String,
}

/// One filter and its options.
pub(in crate::web) struct Choice {
    pub(in crate::web) name: &'static str,
    pub(in crate::web) label: &'static str,
    pub(in crate::web) options: Vec<Choosable>,
}

/// One option.
pub(in crate::web) struct Choosable {
    pub(in crate::web) value: String,
    pub(in crate::web) label: String,
    pub(in crate::web) chosen: bool,
}

/// One document.
pub(in crate::web) struct Row {
    pub(in crate::web) href: String,
    pub(in crate::web) title: String,
    pub(in crate::web) subtitle: String,
    pub(in crate::web) kind: String,
    pub(in crate::web) level: Option<(String, &'static str)>,
    pub(in crate::web) issued: String,
    pub(in crate::web) total: String,
    pub(in crate::web) currency: String,
    pub(in crate::web) findings: u32,
    /// Class and words.
    pub(in crate::web) state: (String, String),
    pub(in crate::web) received: String,
}

impl InboxView {
    /// From what the store lists and counts.
    pub(in crate::web) fn new(
        listed: &Page<InboxRow>,
        counts: &InboxCounts,
        place: &Place,
    ) -> Self {
        let query = &place.query;
        let address = |extra: &[(&str, &str)]| query.address("/inbox", extra);
        Self {
            total: counts.total,
            needs_review: counts.needs_review,
            decided: counts.decided,
            notice: place.uploaded.map(uploaded),
            max_mb: place.max_bytes / 1_048_576,
            text: query.text.clone(),
            choices: choices(query, counts),
            filtered: query.is_filtered(),
            rows: listed
                .items
                .iter()
                .map(|row| self::row(row, query))
                .collect(),
            first: (!query.cursor.is_empty()).then(|| address(&[])),
            older: listed
                .next
                .as_ref()
                .map(|next| address(&[("cursor", &next.to_string())])),
        }
    }
}

fn uploaded(done: Uploaded) -> Notice {
    let files = |n: u32, what: &str| match n {
        1 => format!("1 document {what}"),
        n => format!("{n} documents {what}"),
    };
    let text = match done {
        Uploaded { added, known: 0 } => format!("{}.", files(added, "added")),
        Uploaded { added: 0, known } => format!("{} here already.", files(known, "was")),
        Uploaded { added, known } => {
            format!("{}, {} here already.", files(added, "added"), known)
        }
    };
    Notice {
        class: "good",
        text: text.replace("documents was", "documents were"),
    }
}

fn choices(query: &InboxQuery, counts: &InboxCounts) -> Vec<Choice> {
    let counted = |name: &str, label: String, count: Option<&u64>| {
        let label = match count {
            Some(count) => format!("{label} ({count})"),
            None => label,
        };
        (name.to_owned(), label)
    };
    let kinds = words::document_types()
        .iter()
        .map(|(name, label)| counted(name, (*label).to_owned(), counts.by_type.get(*name)));
    let levels = ["high", "medium", "low"]
        .map(|name| counted(name, words::level(name), counts.by_level.get(name)));
    let statuses = [
        "scored",
        "abstained",
        "insufficient_history",
        "degraded",
        "pending",
    ]
    .map(|name| counted(name, words::status(name), counts.by_status.get(name)));
    let review = [("true", "To review"), ("false", "No need")]
        .map(|(name, label)| counted(name, label.to_owned(), None));
    let decided = [("false", "Open"), ("true", "Decided")]
        .map(|(name, label)| counted(name, label.to_owned(), None));
    vec![
        choice("type", "Kind", kinds, &query.document_type),
        choice("level", "Level", levels, &query.level),
        choice("needs_review", "Review", review, &query.needs_review),
        choice("decided", "Decision", decided, &query.decided),
        choice("status", "Reading", statuses, &query.status),
    ]
}

fn choice(
    name: &'static str,
    label: &'static str,
    options: impl IntoIterator<Item = (String, String)>,
    chosen: &str,
) -> Choice {
    let any = (String::new(), "Any".to_owned());
    Choice {
        name,
        label,
        options: std::iter::once(any)
            .chain(options)
            .map(|(value, label)| Choosable {
                chosen: value == chosen,
                value,
                label,
            })
            .collect(),
    }
}

fn row(row: &InboxRow, query: &InboxQuery) -> Row {
    let filename = row.filename.as_deref().unwrap_or("Document without a name");
    let title = row.seller.clone().unwrap_or_else(|| filename.to_owned());
    let subtitle = match (&row.number, row.seller.is_some()) {
        (Some(number), true) => format!("{number} · {filename}"),
        (Some(number), false) => number.clone(),
        (None, true) => filename.to_owned(),
        (None, false) => String::new(),
    };
    Row {
        href: query.address(&format!("/inbox/{}", row.document_id), &[]),
        title,
        subtitle,
        kind: row
            .document_type
            .as_deref()
            .map_or_else(String::new, words::document_type),
        level: row.level.as_ref().map(|name| {
            let short = match name.as_str() {
                "high" => "High",
                "medium" => "Medium",
                _ => "Low",
            };
            (name.clone(), short)
        }),
        issued: row.issue_date.clone().unwrap_or_default(),
        total: row.total.as_deref().map_or_else(String::new, words::amount),
        currency: row.currency.clone().unwrap_or_default(),
        findings: row.findings,
        state: state(row),
        received: words::minute(row.received_at),
    }
}

fn state(row: &InboxRow) -> (String, String) {
    let verdict = row.verdict.map(|verdict| match verdict {
        Verdict::Accepted => ("accepted", "Accepted"),
        Verdict::Edited => ("edited", "Corrected"),
        Verdict::Rejected => ("rejected", "Rejected"),
    });
    verdict.map_or_else(
        || {
            let asks = row.status == "scored" && row.needs_review;
            let words = if asks {
                "To review".to_owned()
            } else {
                words::status(&row.status)
            };
            (row.status.clone(), words)
        },
        |(class, words)| (class.to_owned(), words.to_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_is_told_in_words() {
        let told = |added, known| uploaded(Uploaded { added, known }).text;
        assert_eq!(told(1, 0), "1 document added.");
        assert_eq!(told(0, 2), "2 documents were here already.");
        assert_eq!(told(3, 1), "3 documents added, 1 here already.");
    }

    #[test]
    fn a_choice_keeps_what_was_chosen() {
        let query = InboxQuery {
            level: "high".to_owned(),
            ..InboxQuery::default()
        };
        let levels = &choices(&query, &InboxCounts::default())[1];
        let chosen: Vec<&str> = levels
            .options
            .iter()
            .filter(|option| option.chosen)
            .map(|option| option.value.as_str())
            .collect();
        assert_eq!(chosen, ["high"]);
    }
}
