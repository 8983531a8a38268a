//! E-invoices attached to a PDF: the first that can be read is compared with the pages, so
//! whatever keeps one from being read, and what a further one says otherwise, is told.

use rust_decimal::Decimal;

use super::pdf::{self, Attachment};
use super::{Field, FieldKind, FieldName as F, Media, Parsed, Problem, Reading, Structured};
use super::{sniff, xml};

/// The names that ZUGFeRD 1 and 2, Factur-X and XRechnung prescribe.
const INVOICE_NAMES: [&str; 3] = ["factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"];

/// Attachments read as e-invoices. Honest files hold one, or the same in two vocabularies.
const MOST_READ: usize = 8;

/// Fields in which a further e-invoice must agree with the one that was read.
const COMPARED: &[F] = &[
    F::Number,
    F::IssueDate,
    F::Currency,
    F::SellerVat,
    F::Net,
    F::Tax,
    F::Total,
    F::Payable,
];

/// Reads the e-invoices among the attachments, told by content; those of a well-known name go
/// first, for a PDF may carry several, and XML that may be anything last.
pub(super) fn read(pdf: &hayro_syntax::Pdf, parsed: &mut Parsed) {
    let told = parsed.problems.len();
    let attached = pdf::attachments(pdf, &mut parsed.problems);
    let is_all = parsed.problems.len() == told;
    let mut candidates: Vec<(&Attachment, Media)> = attached
        .iter()
        .map(|file| (file, sniff::sniff(&file.bytes)))
        .filter(|(file, media)| is_invoice(file, *media) || *media == Media::Xml)
        .collect();
    candidates.sort_by_key(|(file, media)| (!has_invoice_name(file), !is_invoice(file, *media)));
    let mut candidates = candidates.into_iter();
    for (file, media) in candidates.by_ref().take(MOST_READ) {
        read_one(file, media, parsed);
    }
    if let Some((file, _)) = candidates.find(|(file, media)| is_invoice(file, *media)) {
        parsed.problems.push(unread(&file.name));
    }
    if !is_all && parsed.structured.is_none() {
        parsed.problems.push(Problem {
            code: Problem::ATTACHED_INVOICE_UNREAD.to_owned(),
            text: "Not all that is attached could be read: if an e-invoice is among it, nothing \
                   compares it with the pages."
                .to_owned(),
        });
    }
}

fn read_one(file: &Attachment, media: Media, parsed: &mut Parsed) {
    let mut read = match xml::read(&file.bytes) {
        Ok(read) => read,
        // XML of another kind may be attached, and may be as it likes.
        Err(_) if !is_invoice(file, media) => return,
        Err(reason) => {
            parsed.problems.push(Problem {
                code: reason.code,
                text: format!("In the attachment \"{}\": {}", file.name, reason.text),
            });
            parsed.problems.push(unread(&file.name));
            return;
        }
    };
    if let Some(first) = &parsed.structured {
        let disagreement = disagreement(first, &read, &file.name);
        parsed.problems.extend(disagreement);
    } else {
        read.attachment = Some(file.name.clone());
        keep(read, parsed);
    }
}

/// What an e-invoice's reader could not make sense of is the file's problem too.
pub(super) fn keep(structured: Structured, parsed: &mut Parsed) {
    parsed.problems.extend(structured.problems.iter().cloned());
    parsed.structured = Some(structured);
}

fn unread(name: &str) -> Problem {
    Problem {
        code: Problem::ATTACHED_INVOICE_UNREAD.to_owned(),
        text: format!(
            "The e-invoice attached as \"{name}\" was not read: nothing compares it with the pages."
        ),
    }
}

/// Where a further e-invoice says otherwise. What only one of the two states is no contradiction,
/// but an account is: whoever reads the other e-invoice would pay to it.
fn disagreement(first: &Structured, other: &Structured, name: &str) -> Option<Problem> {
    let mut labels: Vec<&str> = COMPARED
        .iter()
        .filter(|name| differs(**name, &first.reading, &other.reading))
        .map(|name| name.label())
        .collect();
    let is_known = |account: &str| first.reading.accounts().any(|known| known.value == account);
    let mut accounts = other.reading.accounts();
    if accounts.any(|account| !is_known(&account.value)) {
        labels.push(F::Iban.label());
    }
    let read = first.attachment.as_deref().unwrap_or_default();
    (!labels.is_empty()).then(|| Problem {
        code: Problem::ATTACHED_INVOICES_DIFFER.to_owned(),
        text: format!(
            "The attachment \"{name}\" is an e-invoice too, and differs from \"{read}\", which was \
             read, in: {}.",
            labels.join("; ")
        ),
    })
}

fn differs(name: F, first: &Reading, other: &Reading) -> bool {
    let (Some(first), Some(other)) = (first.fields.get(&name), other.fields.get(&name)) else {
        return false;
    };
    let amount = |field: &Field| field.value.parse::<Decimal>().ok();
    if name.kind() == FieldKind::Amount {
        amount(first) != amount(other)
    } else {
        first.value != other.value
    }
}

/// Whether a file is an e-invoice by its content or says so by its name.
fn is_invoice(file: &Attachment, media: Media) -> bool {
    has_invoice_name(file) || matches!(media, Media::Cii | Media::Ubl | Media::Fatturapa)
}

fn has_invoice_name(file: &Attachment) -> bool {
    INVOICE_NAMES.contains(&file.name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::parse::{ParseOptions, parse};
    use crate::documents::pdf::test_support::pdf_of;

    const GOOD: &str = "DE89370400440532013000";
    const OTHER: &str = "DE02120300000000202051";

    fn invoice(number: &str, accounts: &[&str]) -> String {
        let means = accounts.iter().map(|iban| {
            format!(
                "<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
            )
        });
        format!(
            "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" xmlns:cbc=\"urn:cbc\" xmlns:cac=\"urn:cac\">\
             <cbc:ID>{number}</cbc:ID>{}</Invoice>",
            means.collect::<String>()
        )
    }

    fn parsed(attached: &[(&str, &str)]) -> Parsed {
        let page = "BT /F1 10 Tf 50 700 Td (Invoice 1) Tj ET";
        parse(&pdf_of(page, attached), &ParseOptions::default())
    }

    fn codes(parsed: &Parsed) -> Vec<&str> {
        let problems = parsed.problems.iter();
        problems.map(|problem| problem.code.as_str()).collect()
    }

    fn number(parsed: &Parsed) -> Option<&str> {
        let reading = &parsed.structured.as_ref()?.reading;
        Some(reading.fields.get(&F::Number)?.value.as_str())
    }

    #[test]
    fn what_a_further_invoice_says_otherwise_is_told() {
        let first = invoice("1", &[GOOD]);
        let beside = |other: &str| parsed(&[("a.xml", other), ("factur-x.xml", first.as_str())]);
        for (other, differs) in [
            (invoice("1", &[GOOD]), None),
            (invoice("1", &[]), None),
            (invoice("2", &[GOOD]), Some(F::Number)),
            (invoice("1", &[OTHER]), Some(F::Iban)),
            (invoice("1", &[GOOD, OTHER]), Some(F::Iban)),
        ] {
            let parsed = beside(&other);
            assert_eq!(number(&parsed), Some("1"));
            match differs {
                None => assert!(codes(&parsed).is_empty(), "{other}"),
                Some(field) => {
                    assert_eq!(
                        codes(&parsed),
                        [Problem::ATTACHED_INVOICES_DIFFER],
                        "{other}"
                    );
                    let text = &parsed.problems[0].text;
                    assert!(
                        text.contains(field.label()) && text.contains("\"a.xml\""),
                        "{text}"
                    );
                }
            }
        }
        assert!(codes(&beside("<html/>")).is_empty(), "no invoice at all");
        assert!(codes(&beside("<order/>")).is_empty(), "another vocabulary");
    }

    #[test]
    fn an_invoice_that_cannot_be_read_is_told_and_the_next_is_tried() {
        let sound = invoice("2", &[GOOD]);
        let declared = format!("<!DOCTYPE Invoice>{}", invoice("1", &[GOOD]));
        let unread = Problem::ATTACHED_INVOICE_UNREAD;
        for (name, text, reason) in [
            ("factur-x.xml", declared.as_str(), "xml_doctype_refused"),
            ("any.xml", declared.as_str(), "xml_doctype_refused"),
            ("factur-x.xml", "<order/>", "xml_vocabulary_unknown"),
            ("factur-x.xml", "nothing", "xml_not_well_formed"),
        ] {
            let alone = parsed(&[(name, text)]);
            assert_eq!(codes(&alone), [reason, unread], "{name} {text}");
            assert_eq!(number(&alone), None);
            let both = parsed(&[(name, text), ("xrechnung.xml", sound.as_str())]);
            assert!(codes(&both).contains(&unread), "{name} {text}");
            assert_eq!(number(&both), Some("2"), "{name} {text}");
        }
    }

    #[test]
    fn more_than_is_read_is_told() {
        let sound = invoice("1", &[]);
        let names: Vec<String> = (0..=64).map(|n| format!("{n}.txt")).collect();
        let mut attached: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), "x")).collect();
        attached.push(("factur-x.xml", sound.as_str()));
        let many = parsed(&attached);
        let expected = ["attachments_incomplete", Problem::ATTACHED_INVOICE_UNREAD];
        assert_eq!(codes(&many), expected);
        let copies: Vec<(&str, &str)> =
            names.iter().map(|n| (n.as_str(), sound.as_str())).collect();
        let few = parsed(&copies[..MOST_READ]);
        assert!(codes(&few).is_empty());
        let many = parsed(&copies[..=MOST_READ]);
        assert_eq!(codes(&many), [Problem::ATTACHED_INVOICE_UNREAD]);
    }
}
