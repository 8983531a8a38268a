//! Types of real documents, as far as their type codes tell them.

use std::collections::{BTreeMap, BTreeSet};

use scrutineer::cases::invoice::DocumentType;
use scrutineer::cases::invoice::document_type::{TypeInput, TypeModel, TypeVerdict};
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::documents::{FieldName, Page};
use scrutineer_datasets::sets::{TruthRow, TruthedDocuments};
use scrutineer_datasets::split::{self, Split};

use crate::Evaluation;
use crate::invoice::Protocol;

/// How the type model's answers on real documents agree with their type codes. A
/// code says invoice, credit note or pro forma, so which of the four invoice
/// types it is remains unchecked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Documents with a code that speaks of one of the three.
    pub documents: usize,
    /// Different invoices among them, by seller and number.
    pub identities: BTreeSet<String>,
    /// The most probable type agrees with the code.
    pub agree: usize,
    /// One type was answered and it agrees.
    pub answered_agree: usize,
    /// One type was answered and it does not agree.
    pub answered_wrong: usize,
    /// What the words of the first page say agrees, by a rule without a model.
    pub title_words_agree: usize,
    /// Documents whose code says invoice.
    pub invoices: usize,
    /// What the code says, and how often each type was answered, or none.
    pub confusion: BTreeMap<String, BTreeMap<String, usize>>,
    /// Files whose most probable type does not agree, with that type.
    pub disagreeing: Vec<String>,
}

/// Judges the documents of a set that are on one side of the split; those whose
/// pages hold no words are passed over where pages alone are judged.
///
/// # Errors
/// A file that cannot be read, or a document that cannot be judged.
pub fn on_real(
    model: &TypeModel,
    documents: &TruthedDocuments,
    side: Split,
    protocol: Protocol,
) -> anyhow::Result<Agreement> {
    let mut agreement = Agreement::default();
    let options = ParseOptions {
        ignore_xml: protocol == Protocol::Page,
        ..ParseOptions::default()
    };
    for row in &documents.rows {
        let is_pdf = row.file.to_lowercase().ends_with(".pdf");
        if split::of(&seller(row), &number(row)) != side || (protocol == Protocol::Page && !is_pdf)
        {
            continue;
        }
        let Some((said, allowed)) = said(row.stated(FieldName::TypeCode)) else {
            continue;
        };
        let parsed = parse(&std::fs::read(documents.folder.join(&row.file))?, &options);
        let reading = parsed
            .structured
            .map(|structured| structured.reading)
            .unwrap_or_default();
        let features = model.features(&TypeInput {
            pages: &parsed.pages,
            reading: &reading,
        })?;
        if let Some(verdict) = model.judge(&features, &row.file)? {
            agreement.add(row, said, allowed, &verdict);
            let by_words = by_title_words(&parsed.pages);
            agreement.title_words_agree += usize::from(allowed.contains(&by_words));
        }
    }
    Ok(agreement)
}

impl Agreement {
    fn add(&mut self, row: &TruthRow, said: &str, allowed: &[DocumentType], verdict: &TypeVerdict) {
        let first = verdict.set.first().copied().unwrap_or(DocumentType::Other);
        self.documents += 1;
        self.identities
            .insert(format!("{}|{}", seller(row), number(row)).to_lowercase());
        self.invoices += usize::from(said == INVOICE);
        self.agree += usize::from(allowed.contains(&first));
        if let Some(value) = verdict.value {
            self.answered_agree += usize::from(allowed.contains(&value));
            self.answered_wrong += usize::from(!allowed.contains(&value));
        }
        let answer = verdict.value.map_or("none", DocumentType::as_str);
        let answers = self.confusion.entry(said.to_owned()).or_default();
        *answers.entry(answer.to_owned()).or_default() += 1;
        if !allowed.contains(&first) {
            self.disagreeing.push(format!("{}: {first}", row.file));
        }
    }

    /// The figures, shares of the documents, beside two answers that need no model.
    #[must_use]
    pub fn evaluation(&self, set: &str, protocol: &str) -> Evaluation {
        let share = |part: usize| (self.documents > 0).then(|| part as f64 / self.documents as f64);
        let always = |agree: usize| {
            BTreeMap::from([
                ("type_right".to_owned(), share(agree)),
                ("type_wrong".to_owned(), share(self.documents - agree)),
            ])
        };
        let answered = self.answered_agree + self.answered_wrong;
        Evaluation {
            case: "invoice".to_owned(),
            set: set.to_owned(),
            protocol: protocol.to_owned(),
            n: self.documents,
            metrics: BTreeMap::from([
                ("identities".to_owned(), Some(self.identities.len() as f64)),
                (
                    "type_abstained".to_owned(),
                    share(self.documents - answered),
                ),
                ("type_first_agrees".to_owned(), share(self.agree)),
                ("type_right".to_owned(), share(self.answered_agree)),
                ("type_wrong".to_owned(), share(self.answered_wrong)),
            ]),
            baselines: BTreeMap::from([
                ("always an invoice".to_owned(), always(self.invoices)),
                (
                    "words of the first page".to_owned(),
                    always(self.title_words_agree),
                ),
            ]),
            fields: BTreeMap::new(),
            lines: BTreeMap::new(),
            confusion: self.confusion.clone(),
        }
    }
}

const INVOICE: &str = "invoice";

/// What a UNTDID 1001 code says, and the types that a document of it may have;
/// without a code it is an ordinary invoice.
fn said(code: Option<&str>) -> Option<(&'static str, &'static [DocumentType])> {
    use DocumentType::{
        CreditNote, NonPoInvoice, PoInvoice, ProForma, ServicesInvoice, UtilityBill,
    };
    match code {
        Some("381" | "396" | "261" | "262" | "296" | "308") => Some(("credit note", &[CreditNote])),
        Some("325") => Some(("pro forma", &[ProForma])),
        None | Some("380" | "326" | "386" | "389" | "751") => Some((
            INVOICE,
            &[PoInvoice, NonPoInvoice, ServicesInvoice, UtilityBill],
        )),
        // Corrections and others go either way.
        Some(_) => None,
    }
}

/// The simple rule: a credit note or pro forma if the first page says so in one
/// of six languages, else an invoice.
fn by_title_words(pages: &[Page]) -> DocumentType {
    const CREDIT: [&str; 9] = [
        "credit note",
        "gutschrift",
        "rechnungskorrektur",
        "stornorechnung",
        "facture d'avoir",
        "creditnota",
        "nota de crédito",
        "factura rectificativa",
        "nota di credito",
    ];
    let words = pages.first().into_iter().flat_map(|page| &page.words);
    let words: Vec<String> = words.map(|word| word.text.to_lowercase()).collect();
    let text = words.join(" ");
    if CREDIT.iter().any(|phrase| text.contains(phrase)) {
        DocumentType::CreditNote
    } else if text.contains("proforma") || text.contains("pro forma") || text.contains("pro-forma")
    {
        DocumentType::ProForma
    } else {
        DocumentType::NonPoInvoice
    }
}

fn seller(row: &TruthRow) -> String {
    row.stated(FieldName::Seller).unwrap_or_default().to_owned()
}

fn number(row: &TruthRow) -> String {
    row.stated(FieldName::Number).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(set: &[DocumentType]) -> TypeVerdict {
        TypeVerdict {
            value: (set.len() == 1).then(|| set[0]),
            score: 0.9,
            set: set.to_vec(),
            coverage: 0.9,
            probabilities: Vec::new(),
            raw_score: 0.0,
            baseline: 0.0,
            reasons: Vec::new(),
            counter_reasons: Vec::new(),
            evidence: Vec::new(),
        }
    }

    fn row(number: &str) -> TruthRow {
        TruthRow {
            file: format!("{number}.pdf"),
            fields: [(FieldName::Number, Some(number.to_owned()))].into(),
            lines: None,
            line_items: None,
            taxes: None,
            document_type: None,
        }
    }

    #[test]
    fn an_abstention_is_neither_right_nor_wrong() {
        use DocumentType::{CreditNote, PoInvoice, ServicesInvoice};
        let mut agreement = Agreement::default();
        for (number, code, set) in [
            ("1", "380", &[PoInvoice][..]),
            ("1", "380", &[PoInvoice, ServicesInvoice]),
            ("2", "381", &[PoInvoice]),
            ("3", "381", &[CreditNote]),
        ] {
            let (said, allowed) = said(Some(code)).unwrap_or_default();
            agreement.add(&row(number), said, allowed, &verdict(set));
        }
        let evaluation = agreement.evaluation("s", "p");
        assert_eq!(evaluation.metrics["type_right"], Some(0.5));
        assert_eq!(evaluation.metrics["type_wrong"], Some(0.25));
        assert_eq!(evaluation.metrics["type_abstained"], Some(0.25));
        assert_eq!(evaluation.metrics["identities"], Some(3.0));
        assert_eq!(
            evaluation.baselines["always an invoice"]["type_right"],
            Some(0.5)
        );
        assert_eq!(evaluation.confusion["invoice"]["none"], 1);
        assert_eq!(agreement.disagreeing, ["2.pdf: po_invoice"]);
    }
}
