//! The document page's content, put together.

use chrono::{DateTime, Utc};

use super::analysis::Analysis;
use super::answer::{self, Asked, Doubt, KindView};
use super::bars::{self, ReasonBar};
use super::fields::{self, FieldGroup};
use super::findings::{self, FindingView};
use super::inbox::Notice;
use super::lines::{self, LineRow, TaxRow};
use super::picture::{self, Picture};
use super::words;
use crate::advice::{FeedbackReason, Verdict};
use crate::documents::Media;
use crate::store::{DocumentRow, StoredFeedback};
use crate::web::query::InboxQuery;

/// Most problems of a file that are shown.
const MAX_PROBLEMS: usize = 20;

/// What the page is about and how it is looked at.
pub(in crate::web) struct Look<'a> {
    /// The stored file.
    pub(in crate::web) document: &'a DocumentRow,
    /// What was said about it, oldest first.
    pub(in crate::web) said: &'a [StoredFeedback],
    /// The inbox it was opened from.
    pub(in crate::web) query: &'a InboxQuery,
    /// The document before, in that inbox.
    pub(in crate::web) previous: Option<uuid::Uuid>,
    /// The document after.
    pub(in crate::web) next: Option<uuid::Uuid>,
    /// 1-based page.
    pub(in crate::web) page: u32,
    /// Zoom in percent.
    pub(in crate::web) zoom: u16,
    /// Whether fields are being corrected.
    pub(in crate::web) editing: bool,
    /// Whether the key may decide.
    pub(in crate::web) may_decide: bool,
    /// What was just done.
    pub(in crate::web) notice: Option<Notice>,
}

/// The page's content.
pub(in crate::web) struct DocumentView {
    pub(in crate::web) id: String,
    pub(in crate::web) title: String,
    pub(in crate::web) subtitle: String,
    pub(in crate::web) inbox: String,
    /// This page's address, ready for one more pair.
    pub(in crate::web) at: String,
    pub(in crate::web) action: String,
    pub(in crate::web) previous: Option<String>,
    pub(in crate::web) next: Option<String>,
    pub(in crate::web) notice: Option<Notice>,
    pub(in crate::web) verdict: Option<String>,
    pub(in crate::web) doubt: Option<Doubt>,
    pub(in crate::web) kind: KindView,
    pub(in crate::web) asked: Option<Asked>,
    pub(in crate::web) can_decide: bool,
    pub(in crate::web) editing: bool,
    /// What could not be read, one sentence each.
    pub(in crate::web) problems: Vec<String>,
    pub(in crate::web) findings: Vec<FindingView>,
    pub(in crate::web) bars: Vec<ReasonBar>,
    pub(in crate::web) groups: Vec<FieldGroup>,
    pub(in crate::web) lines: Vec<LineRow>,
    pub(in crate::web) line_count: usize,
    pub(in crate::web) taxes: Vec<TaxRow>,
    pub(in crate::web) picture: Option<Picture>,
    pub(in crate::web) structure_only: bool,
    pub(in crate::web) reasons_offered: Vec<(&'static str, &'static str)>,
    pub(in crate::web) types: &'static [(&'static str, &'static str)],
}

impl DocumentView {
    /// From the analysis and how it is looked at.
    pub(in crate::web) fn new(analysis: &Analysis, look: Look<'_>) -> Self {
        let document = look.document;
        let path = format!("/inbox/{}", document.id);
        let here = look.query.address(&path, &[]);
        let joint = if here.contains('?') { '&' } else { '?' };
        let beside = |id: uuid::Uuid| look.query.address(&format!("/inbox/{id}"), &[]);
        let answer = analysis.recommendation.as_ref();
        let can_decide = look.may_decide && answer.is_some();
        let editing = look.editing && can_decide;
        let filename = document
            .filename
            .as_deref()
            .unwrap_or("Document without a name");
        let field = |name: &str| analysis.fields.get(name).map(|field| field.value.clone());
        let title = match (field("seller"), field("number")) {
            (Some(seller), Some(number)) => format!("{seller}, {number}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => filename.to_owned(),
        };
        Self {
            id: document.id.to_string(),
            subtitle: subtitle(
                (title != filename).then_some(filename),
                document.media,
                document.received_at,
            ),
            title,
            inbox: look.query.address("/inbox", &[]),
            at: format!("{here}{joint}"),
            action: here,
            previous: look.previous.map(beside),
            next: look.next.map(beside),
            verdict: look
                .said
                .iter()
                .rev()
                .find(|said| said.feedback.about.is_none())
                .filter(|_| look.notice.is_none())
                .map(verdict),
            notice: look.notice,
            doubt: answer::doubt(analysis),
            kind: answer::kind(&analysis.document_type, answer),
            asked: answer.map(answer::asked),
            can_decide,
            editing,
            problems: analysis
                .problems
                .iter()
                .take(MAX_PROBLEMS)
                .map(|problem| problem.text.clone())
                .collect(),
            findings: findings::findings(&analysis.findings),
            bars: answer.map_or_else(Vec::new, |answer| {
                bars::bars(&answer.reasons, &answer.counter_reasons)
            }),
            groups: fields::groups(&analysis.fields, editing),
            lines: lines::lines(&analysis.lines),
            line_count: analysis.lines.len(),
            taxes: lines::taxes(&analysis.taxes),
            picture: picture::picture(analysis, look.page, look.zoom),
            structure_only: !matches!(document.media, Media::Pdf | Media::Image),
            reasons_offered: FeedbackReason::ALL
                .iter()
                .map(|reason| (reason.as_str(), reason.label()))
                .collect(),
            types: words::document_types(),
        }
    }
}

fn subtitle(filename: Option<&str>, media: Media, received: DateTime<Utc>) -> String {
    let media = match media {
        Media::Pdf => "PDF",
        Media::Cii => "CII e-invoice",
        Media::Ubl => "UBL e-invoice",
        Media::Fatturapa => "FatturaPA",
        Media::Xml => "XML",
        Media::Image => "picture",
        Media::Unknown => "unknown kind of file",
    };
    let name = filename.map_or_else(String::new, |name| format!("{name} · "));
    format!("{name}{media} · received {} UTC", words::minute(received))
}

fn verdict(said: &StoredFeedback) -> String {
    let what = match said.feedback.verdict {
        Verdict::Accepted => "Accepted".to_owned(),
        Verdict::Edited => match said.feedback.corrected.len() {
            1 => "Corrected in one value".to_owned(),
            values => format!("Corrected in {values} values"),
        },
        Verdict::Rejected => "Rejected".to_owned(),
    };
    let why = said
        .feedback
        .reason
        .map_or_else(String::new, |reason| format!(" ({})", reason.label()));
    format!(
        "{what}{why} with key {}, {} UTC.",
        said.actor,
        words::minute(said.given_at)
    )
}
