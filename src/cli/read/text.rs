//! An assessment as a person reads it in a terminal.

use std::io::{self, Write};
use std::path::Path;

use crate::advice::{Level, Reason, Status};
use crate::cases::invoice::Assessment;
use crate::documents::{Field, Line, Source};

const BAR_WIDTH: usize = 10;
const REASONS_SHOWN: usize = 3;

/// Writes the whole of one file's answer.
pub(super) fn write(out: &mut impl Write, path: &Path, assessment: &Assessment) -> io::Result<()> {
    writeln!(out, "{}", path.display())?;
    heading(out, assessment)?;
    for (name, field) in &assessment.fields {
        write_field(out, name.as_str(), field)?;
    }
    lines(out, &assessment.lines)?;
    findings(out, assessment)?;
    reasons(out, "because", &assessment.recommendation.reasons)?;
    reasons(out, "although", &assessment.recommendation.counter_reasons)?;
    asks(out, assessment)?;
    writeln!(out)
}

fn heading(out: &mut impl Write, assessment: &Assessment) -> io::Result<()> {
    let Some(answer) = &assessment.document_type else {
        return writeln!(out, "  not readable");
    };
    match answer.value {
        Some(value) => {
            writeln!(
                out,
                "  {:<24} {} {:.2}",
                value.as_str(),
                bar(answer.score),
                answer.score
            )
        }
        None => {
            let set: Vec<&str> = answer.set.iter().map(|value| value.as_str()).collect();
            writeln!(out, "  not sure: {}", set.join(" or "))
        }
    }
}

fn write_field(out: &mut impl Write, name: &str, field: &Field) -> io::Result<()> {
    let origin = match (field.source, field.page) {
        (Source::Xml, Some(page)) => format!("xml, page {page}"),
        (Source::Xml, None) => "xml".to_owned(),
        (Source::Derived, _) => "derived".to_owned(),
        (_, Some(page)) => format!("page {page}"),
        (_, None) => String::new(),
    };
    writeln!(
        out,
        "    {name:<22} {:<36} {} {:.2}  {origin}",
        shortened(&field.value, 36),
        bar(field.confidence),
        field.confidence,
    )
}

fn lines(out: &mut impl Write, lines: &[Line]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "  lines")?;
    for line in lines {
        let description = line.description.as_deref().unwrap_or("");
        let quantity = line
            .quantity
            .map(|value| value.to_string())
            .unwrap_or_default();
        let net = line.net.map(|value| value.to_string()).unwrap_or_default();
        writeln!(
            out,
            "    {:<44} {quantity:>10} {net:>14}",
            shortened(description, 44)
        )?;
    }
    Ok(())
}

fn findings(out: &mut impl Write, assessment: &Assessment) -> io::Result<()> {
    if !assessment.findings.is_empty() {
        writeln!(out, "  findings")?;
    }
    for finding in &assessment.findings {
        let level = match finding.level {
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "HIGH",
        };
        writeln!(out, "    {level:<7} {}", finding.text)?;
    }
    for problem in &assessment.problems {
        writeln!(out, "    problem {}", problem.text)?;
    }
    Ok(())
}

fn reasons(out: &mut impl Write, heading: &str, reasons: &[Reason]) -> io::Result<()> {
    for (position, reason) in reasons.iter().take(REASONS_SHOWN).enumerate() {
        let heading = if position == 0 { heading } else { "" };
        writeln!(out, "  {heading:<9} {:+.2}  {}", reason.weight, reason.text)?;
    }
    Ok(())
}

fn asks(out: &mut impl Write, assessment: &Assessment) -> io::Result<()> {
    let advice = &assessment.recommendation;
    let steps: Vec<&str> = advice
        .controls_to_add
        .iter()
        .map(|step| step.as_str())
        .collect();
    if !steps.is_empty() {
        writeln!(out, "  asks for  {}", steps.join(", "))?;
    }
    if assessment.status != Status::Scored && !advice.data_quality.missing.is_empty() {
        writeln!(
            out,
            "  missing   {}",
            advice.data_quality.missing.join(", ")
        )?;
    }
    Ok(())
}

fn bar(share: f64) -> String {
    // A confidence is within 0..=1, so the product is a small non-negative number.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within 0..=10"
    )]
    let full = (share.clamp(0.0, 1.0) * BAR_WIDTH as f64).round() as usize;
    format!("{}{}", "█".repeat(full), "░".repeat(BAR_WIDTH - full))
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let head: String = text.chars().take(width - 1).collect();
    format!("{head}…")
}
