//! The case's answer with everything a person or a machine is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::document_type::DocumentType;
use super::findings::Finding;
use super::recommendation::Judged;
use crate::advice::{Recommendation, Status};
use crate::documents::{
    AllowanceCharge, Field, FieldName, Instalment, Line, Page, Problem, TaxSubtotal,
};

/// What the document is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TypeAnswer {
    /// The type; absent where the case abstains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<DocumentType>,
    /// The types that cannot be told apart at the stated coverage, most probable first.
    pub set: Vec<DocumentType>,
    /// Calibrated probability of the first of the set, 0..=1.
    pub score: f64,
}

/// A page's size in points as displayed: what the boxes of fields and evidence are drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageSize {
    /// 1 for the first page.
    pub number: u32,
    /// Width in points.
    pub width: f32,
    /// Height in points.
    pub height: f32,
}

impl PageSize {
    pub(super) fn of(page: &Page) -> Self {
        Self {
            number: page.number,
            width: page.width,
            height: page.height,
        }
    }
}

/// One document, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Assessment {
    /// Whether there is a score.
    pub status: Status,
    /// What it is; absent where nothing on it could be read.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub document_type: Option<TypeAnswer>,
    /// What it says; a field is absent where it is not stated or the reader abstains.
    #[schema(value_type = std::collections::HashMap<String, Field>)]
    pub fields: BTreeMap<FieldName, Field>,
    /// Its pages, first to last; none for an e-invoice without a visible page.
    #[serde(default)]
    pub pages: Vec<PageSize>,
    /// Line items.
    pub lines: Vec<Line>,
    /// Tax by rate and category.
    pub taxes: Vec<TaxSubtotal>,
    /// Allowances and charges of the whole document.
    pub allowances: Vec<AllowanceCharge>,
    /// Payment schedule.
    pub instalments: Vec<Instalment>,
    /// What is odd about it, gravest first.
    pub findings: Vec<Finding>,
    /// What could not be read, and where.
    pub problems: Vec<Problem>,
    /// The envelope.
    pub recommendation: Recommendation,
}

impl Assessment {
    /// Everything shown of one judged document.
    pub(super) fn new(judged: &Judged<'_>, recommendation: Recommendation) -> Self {
        let reading = &judged.input.merged;
        Self {
            status: recommendation.status,
            document_type: judged.verdict.map(|verdict| TypeAnswer {
                value: verdict.value,
                set: verdict.set.clone(),
                score: verdict.score,
            }),
            fields: reading.fields.clone(),
            pages: judged.input.pages.clone(),
            lines: reading.lines.clone(),
            taxes: reading.taxes.clone(),
            allowances: reading.allowances.clone(),
            instalments: reading.instalments.clone(),
            findings: judged.findings.to_vec(),
            problems: judged.input.problems.clone(),
            recommendation,
        }
    }
}
