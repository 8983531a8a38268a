//! The drawn sheet made into a file, and the truth about it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::documents::FieldName;
use sha2::{Digest, Sha256};

use super::GeneratedDocument;
use super::draw::{Attachment, Sheet, Spelling};
use super::layout::{self, Column, Scene};
use super::truth::{Truth, TruthLine, TruthTax};

/// Draws the scene, attaches an e-invoice, and states what the pages say.
pub(super) fn finish(
    scene: &Scene,
    name: String,
    attachment: Option<Vec<u8>>,
) -> GeneratedDocument {
    const PRODUCERS: [&str; 4] = [
        "Quire Writer 4.1",
        "paperworks 2.0",
        "OfficeExport",
        "erp-print",
    ];
    let sheet = layout::draw(scene);
    let truth = truth_of(scene, &sheet);
    let attachment = attachment.map(|bytes| Attachment {
        name: "factur-x.xml",
        bytes,
    });
    let producer = PRODUCERS[usize::try_from(scene.salt % 4).unwrap_or(0)];
    let compress = !scene.salt.is_multiple_of(5);
    signed(
        name,
        sheet.into_pdf(producer, compress, attachment.as_ref()),
        truth,
    )
}

/// An e-invoice alone states every fact.
pub(super) fn structured(scene: &Scene, name: String, bytes: Vec<u8>) -> GeneratedDocument {
    let mut sheet = Sheet::new(1.0, 1.0, Spelling::Strings);
    for field in FieldName::ALL {
        sheet.mark(*field);
    }
    let mut truth = truth_of(scene, &sheet);
    "structured".clone_into(&mut truth.layout);
    for (line, item) in truth.lines.iter_mut().zip(&scene.facts.items) {
        line.quantity = Some(item.quantity);
        line.unit_price = Some(item.unit_price);
        line.tax_rate = Some(item.rate);
    }
    signed(name, bytes, truth)
}

fn signed(name: String, bytes: Vec<u8>, mut truth: Truth) -> GeneratedDocument {
    truth.file.clone_from(&name);
    truth.sha256 = hex::encode(Sha256::digest(&bytes));
    GeneratedDocument { name, bytes, truth }
}

fn iso(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// Only what the sheet was marked to show.
fn truth_of(scene: &Scene, sheet: &Sheet) -> Truth {
    let facts = scene.facts;
    let totals = &facts.totals;
    let text = |field, value: Option<String>| value.filter(|_| sheet.has(field));
    let money = |field, value: Decimal| sheet.has(field).then_some(value);
    let total = money(FieldName::Total, totals.total);
    // One printed sum can be several terms at once.
    let same_as_total = |value: Decimal| total.filter(|total| *total == value);
    let mut traits: Vec<String> = facts.traits.iter().map(|name| (*name).to_owned()).collect();
    if sheet.page_count() > 1 {
        traits.push("several_pages".to_owned());
    }
    Truth {
        file: String::new(),
        sha256: String::new(),
        kind: facts.kind,
        type_code: facts.kind.type_code().map(str::to_owned),
        number: text(FieldName::Number, Some(facts.number.clone())),
        issue_date: text(FieldName::IssueDate, Some(iso(facts.issue_date))),
        due_date: text(FieldName::DueDate, facts.due_date.map(iso)),
        service_start: text(
            FieldName::ServiceStart,
            facts.period.map(|period| iso(period.0)),
        ),
        service_end: text(
            FieldName::ServiceEnd,
            facts.period.map(|period| iso(period.1)),
        ),
        currency: text(FieldName::Currency, Some(facts.currency.to_owned())),
        seller: text(FieldName::Seller, Some(facts.seller.name.clone())),
        seller_vat: text(FieldName::SellerVat, facts.seller.vat.clone()),
        seller_country: text(
            FieldName::SellerCountry,
            Some(facts.seller.country.to_owned()),
        ),
        buyer: text(FieldName::Buyer, Some(facts.buyer.name.clone())),
        buyer_vat: text(FieldName::BuyerVat, facts.buyer.vat.clone()),
        order_number: text(FieldName::OrderNumber, facts.order_number.clone()),
        net: money(FieldName::Net, totals.net).or(same_as_total(totals.net)),
        tax: money(FieldName::Tax, totals.tax),
        payable: money(FieldName::Payable, totals.payable).or(same_as_total(totals.payable)),
        total,
        iban: text(FieldName::Iban, facts.seller.iban.clone()),
        lines: lines(scene, sheet),
        taxes: taxes(scene, sheet),
        language: facts.language.code().to_owned(),
        layout: layout_name(scene).to_owned(),
        traits,
        oddities: facts.oddities.clone(),
    }
}

fn layout_name(scene: &Scene) -> &'static str {
    match scene.facts.kind {
        DocumentType::Receipt => "till_slip",
        DocumentType::UtilityBill if layout::is_two_column_bill(scene) => "two_column_bill",
        _ => scene.style.name,
    }
}

fn lines(scene: &Scene, sheet: &Sheet) -> Vec<TruthLine> {
    if !sheet.has(FieldName::Total) {
        return Vec::new();
    }
    let till = scene.facts.kind == DocumentType::Receipt;
    let columns = layout::columns(scene);
    let shows = |column| !till && columns.contains(&column);
    scene
        .facts
        .items
        .iter()
        .map(|item| TruthLine {
            description: Some(item.description.clone()),
            quantity: shows(Column::Quantity).then_some(item.quantity),
            unit_price: shows(Column::UnitPrice).then_some(item.unit_price),
            net: Some(item.net),
            tax_rate: shows(Column::TaxRate).then_some(item.rate),
        })
        .collect()
}

fn taxes(scene: &Scene, sheet: &Sheet) -> Vec<TruthTax> {
    if !sheet.has(FieldName::Total) {
        return Vec::new();
    }
    let groups = scene.facts.totals.groups.iter();
    groups
        .filter(|group| !group.tax.is_zero())
        .map(|group| TruthTax {
            rate: group.rate,
            base: group.base,
            tax: group.tax,
        })
        .collect()
}
