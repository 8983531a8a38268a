//! What was left unread though a person or a machine may go by it, so that no other question here
//! is asked of it.

use super::{Finding, FindingsInput};
use crate::advice::Level;
use crate::documents::Problem;

/// Problems of reading that are odd in themselves.
const ODD: [(&str, Level); 3] = [
    (Problem::HIDDEN_TEXT, Level::Medium),
    (Problem::ATTACHED_INVOICE_UNREAD, Level::Medium),
    (Problem::ATTACHED_INVOICES_DIFFER, Level::High),
];

pub(super) fn find(input: &FindingsInput<'_>) -> Vec<Finding> {
    let odd = input.problems.iter().filter_map(|problem| {
        let (_, level) = ODD.iter().find(|(code, _)| *code == problem.code)?;
        Some(Finding {
            code: problem.code.clone(),
            text: problem.text.clone(),
            level: *level,
            evidence: Vec::new(),
        })
    });
    odd.collect()
}
