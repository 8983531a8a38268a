//! Findings with their evidence, structure and page side by side where they disagree.

use super::words;
use crate::advice::Evidence;
use crate::cases::invoice::Finding;

/// One finding.
#[derive(Debug, Clone)]
pub(crate) struct FindingView {
    /// One sentence.
    pub(crate) text: String,
    /// `low`, `medium` or `high`.
    pub(crate) level: &'static str,
    /// The level in words.
    pub(crate) level_words: String,
    /// What structure and page say, where the finding is that they differ.
    pub(crate) sides: Option<Sides>,
    /// What to look at, where the two are not set side by side.
    pub(crate) evidence: Vec<EvidenceView>,
}

/// Two readings of one thing.
#[derive(Debug, Clone)]
pub(crate) struct Sides {
    /// In the structure.
    pub(crate) structure: EvidenceView,
    /// On the page.
    pub(crate) page: EvidenceView,
}

/// One piece of evidence.
#[derive(Debug, Clone)]
pub(crate) struct EvidenceView {
    /// Where it is from, in words.
    pub(crate) kind: String,
    /// The characters seen.
    pub(crate) text: Option<String>,
    /// Which document, record or element.
    pub(crate) reference: String,
    /// 1-based page.
    pub(crate) page: Option<u32>,
    /// Id of its box on the page, where it has one.
    pub(crate) mark: Option<String>,
    /// Whether it is another document, which can be opened.
    pub(crate) opens: bool,
}

/// The findings, heaviest first.
pub(crate) fn findings(found: &[Finding]) -> Vec<FindingView> {
    let mut ordered: Vec<(usize, &Finding)> = found.iter().enumerate().collect();
    ordered.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.level));
    ordered
        .into_iter()
        .map(|(position, finding)| view(position, finding))
        .collect()
}

/// Id of the box of one piece of evidence, the same wherever it is drawn.
pub(crate) fn mark(finding: usize, evidence: usize) -> String {
    format!("finding-{finding}-{evidence}")
}

fn view(position: usize, finding: &Finding) -> FindingView {
    let shown: Vec<EvidenceView> = finding
        .evidence
        .iter()
        .enumerate()
        .map(|(number, evidence)| evidence_view(position, number, evidence))
        .collect();
    let first_of = |kind: &str| finding.evidence.iter().position(|e| e.kind == kind);
    let sides = match (first_of("xml"), first_of("page")) {
        (Some(structure), Some(page)) => Some(Sides {
            structure: shown[structure].clone(),
            page: shown[page].clone(),
        }),
        _ => None,
    };
    let level = words::level_name(finding.level);
    FindingView {
        text: finding.text.clone(),
        level,
        level_words: words::level(level),
        evidence: if sides.is_some() { Vec::new() } else { shown },
        sides,
    }
}

fn evidence_view(finding: usize, number: usize, evidence: &Evidence) -> EvidenceView {
    EvidenceView {
        kind: match evidence.kind.as_str() {
            "xml" => "In the structure".to_owned(),
            "page" => "On the page".to_owned(),
            "record" => "In the records".to_owned(),
            "document" => "In another document".to_owned(),
            "derived" => "Computed".to_owned(),
            other => words::sentence(other),
        },
        text: evidence.text.clone().filter(|text| !text.is_empty()),
        reference: evidence.reference.clone(),
        page: evidence.page,
        mark: evidence
            .bbox
            .and(evidence.page)
            .map(|_| mark(finding, number)),
        opens: evidence.kind == "document",
    }
}
