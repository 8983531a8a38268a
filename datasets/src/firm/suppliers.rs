//! Who sells to the firm, and how each of them writes invoices.

use scrutineer::cases::invoice::DocumentType;
use scrutineer::domain::RecordKind;
use serde_json::json;

use super::calendar::{self, earlier, today};
use super::{FirmError, Ledger};
use crate::documents::{Brief, Country, Dice, Facts, Language, Party, Style, trade};

/// A vendor with its habits.
pub(super) struct Supplier {
    pub(super) id: String,
    pub(super) party: Party,
    pub(super) country: &'static Country,
    pub(super) language: Language,
    /// Catalogue group: `goods`, `overhead`, `services` or `utility`.
    pub(super) group: &'static str,
    pub(super) trade: (&'static str, Vec<&'static str>),
    /// Invoices in a year.
    pub(super) per_year: u32,
    pub(super) terms_days: u32,
    pub(super) style: Style,
    pub(super) salt: u64,
    /// Account its invoices are posted to.
    pub(super) account: &'static str,
}

impl Supplier {
    /// What a document of this vendor is drawn from.
    pub(super) fn brief(&self, kind: DocumentType, issue_date: chrono::NaiveDate) -> Brief {
        Brief {
            kind,
            language: self.language,
            country: self.country,
            group: self.group,
            trade: self.trade.clone(),
            seller: self.party.clone(),
            buyer: Some(firm_party()),
            issue_date,
        }
    }
}

/// The demo firm as its vendors address it.
pub(super) fn firm_party() -> Party {
    Party {
        name: "Kestrelmoor Advisory DAC".to_owned(),
        street: "14 Lantern Quay".to_owned(),
        post_code: "D02 K7X3".to_owned(),
        city: "Dublin 2".to_owned(),
        country: "IE",
        vat: Some("IE4821630W".to_owned()),
        vat_printed: "IE4821630W".to_owned(),
        contact: "Accounts Payable".to_owned(),
        domain: "kestrelmoor.ie.example".to_owned(),
        ..Party::default()
    }
}

/// Group, how many vendors, invoices a year, posting account.
const PLAN: [(&str, usize, [u32; 2], &str); 4] = [
    ("goods", 18, [4, 14], "6210"),
    ("overhead", 20, [6, 12], "6400"),
    ("services", 14, [6, 16], "5900"),
    ("utility", 5, [6, 12], "6310"),
];

/// Signs the vendors and records them.
pub(super) fn sign(dice: &mut Dice, records: &mut Ledger) -> Result<Vec<Supplier>, FirmError> {
    let mut suppliers = Vec::new();
    for (group, count, often, account) in PLAN {
        for _ in 0..count {
            let supplier = draw(dice, suppliers.len(), group, often, account);
            record(dice, &supplier, records)?;
            suppliers.push(supplier);
        }
    }
    Ok(suppliers)
}

fn draw(
    dice: &mut Dice,
    index: usize,
    group: &'static str,
    often: [u32; 2],
    account: &'static str,
) -> Supplier {
    let code = if group == "utility" {
        "IE"
    } else {
        dice.pick(&[
            "IE", "IE", "IE", "GB", "DE", "FR", "NL", "ES", "IT", "BE", "AT",
        ])
    };
    let country = Country::by_code(code);
    let language = country.language(dice);
    let trade = trade(dice, language, group);
    let party = Party::firm(dice, country, language, trade.0);
    let sample = Facts::draw_for(
        dice,
        Brief {
            kind: DocumentType::NonPoInvoice,
            language,
            country,
            group,
            trade: trade.clone(),
            seller: party.clone(),
            buyer: Some(firm_party()),
            issue_date: today(),
        },
    );
    Supplier {
        id: format!("V-{}", 2001 + index),
        style: Style::draw(dice, &sample),
        party,
        country,
        language,
        group,
        trade,
        per_year: dice.between(often[0], often[1]),
        terms_days: dice.pick(&[14, 30, 30, 30, 45, 60]),
        salt: dice.salt(),
        account,
    }
}

fn record(dice: &mut Dice, supplier: &Supplier, records: &mut Ledger) -> Result<(), FirmError> {
    let party = &supplier.party;
    let created = earlier(today(), dice.between(740, 2_600));
    let row = json!({
        "id": supplier.id,
        "name": party.name,
        "vat_id": party.vat,
        "tax_number": party.tax_number,
        "registration_id": party.register,
        "street": party.street,
        "city": party.city,
        "post_code": party.post_code,
        "country": party.country,
        "email": party.email("accounts"),
        "phone": party.phone,
        "ibans": party.iban.iter().collect::<Vec<_>>(),
        "currency": supplier.country.currency,
        "payment_terms_days": supplier.terms_days,
        "category": format!("{} / {}", supplier.group, supplier.trade.0),
        "active": true,
        "created_on": created.to_string(),
        "known_at": calendar::text(calendar::at(created, 10, 0)),
    });
    records.put(RecordKind::Vendor, row)
}
