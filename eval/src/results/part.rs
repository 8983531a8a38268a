//! One part of the page of results made anew, the others left as they stand.

use std::path::Path;

use super::{receivables_section, requests, scrutiny, write};
use crate::EvalError;

/// Parts of the page beside documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The HighRadius backtest.
    Receivables,
    /// Event logs.
    Requests,
    /// Claims, copies and linkage.
    Scrutiny,
}

/// How the title of a part begins.
const TITLE: &str = "\n# Results: ";

/// Runs the protocols of one part, and writes it and its plots in a folder whose page has it.
///
/// # Errors
/// [`EvalError`] when data are absent, or the page is or has no such part, or a file cannot be written.
pub fn write_part(out: &Path, part: Part) -> Result<(), EvalError> {
    let path = out.join("RESULTS.md");
    let failed = |message: String| EvalError::File {
        path: path.display().to_string(),
        message,
    };
    let page = std::fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
    let section = match part {
        Part::Receivables => receivables_section(out)?,
        Part::Requests => requests::section(out)?,
        Part::Scrutiny => scrutiny::section()?,
    };
    let page = with_part(&page, &section).ok_or_else(|| failed("has no such part".to_owned()))?;
    write(&path, &page)
}

/// The page with a part in place of the one of the same title.
fn with_part(page: &str, part: &str) -> Option<String> {
    let title = part.strip_prefix(TITLE)?.lines().next()?;
    let from = page.find(&format!("{TITLE}{title}\n"))?;
    let (before, own) = page.split_at(from);
    let next = own.get(1..)?.find(TITLE);
    let after = next.and_then(|next| own.get(next + 1..)).unwrap_or("");
    Some(format!("{before}{part}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_takes_the_place_of_its_own_and_of_no_other() {
        let page = "# Results: invoices\n\na\n\n# Results: one\n\n1\n\n# Results: two\n\n2\n";
        let with = |part: &str| with_part(page, part);
        assert_eq!(
            with("\n# Results: one\n\nnew\n").unwrap(),
            "# Results: invoices\n\na\n\n# Results: one\n\nnew\n\n# Results: two\n\n2\n"
        );
        assert_eq!(
            with("\n# Results: two\n\nnew\n").unwrap(),
            "# Results: invoices\n\na\n\n# Results: one\n\n1\n\n# Results: two\n\nnew\n"
        );
        assert_eq!(with("\n# Results: three\n\nnew\n"), None);
        assert_eq!(with("new"), None);
    }
}
