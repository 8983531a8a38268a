//! Expense claims, company cards, and the receipts behind the latest claims.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::domain::RecordKind;
use serde_json::json;

use super::calendar::{self, earlier, later, month_end, months, season, text, today, workday};
use super::people::{Person, Staff, TEAMS};
use super::work::Portfolio;
use super::{FirmError, Ledger};
use crate::documents::{
    Brief, Commission, Country, Dice, Facts, GeneratedDocument, Language, Party, Style, trade,
};

/// Category, merchant category, lowest and highest amount.
const CATEGORIES: [(&str, &str, [u32; 2]); 7] = [
    ("taxi", "taxicabs", [8, 60]),
    ("rail", "passenger railways", [15, 120]),
    ("flight", "airlines", [90, 620]),
    ("hotel", "lodging", [95, 340]),
    ("meal", "restaurants", [9, 75]),
    ("client entertainment", "restaurants", [60, 320]),
    ("office supplies", "stationery", [6, 90]),
];

/// How many receipts come as documents, and within how many days back.
const RECEIPTS: usize = 34;
const RECEIPT_DAYS: u32 = 51;
/// Every so many of them is photographed.
const PHOTOGRAPHED: usize = 3;
/// Every so many is claimed with more than it says, and by how much.
const MISKEYED: (usize, Decimal) = (12, Decimal::TEN);

struct Wallet<'a> {
    dice: &'a mut Dice,
    portfolio: &'a Portfolio,
    records: &'a mut Ledger,
    merchants: Vec<Party>,
    claims: usize,
    cards: usize,
    receipts: Vec<GeneratedDocument>,
}

/// Spends for 24 months; returns receipts of the last weeks.
pub(super) fn spend(
    dice: &mut Dice,
    staff: &Staff,
    portfolio: &Portfolio,
    records: &mut Ledger,
) -> Result<Vec<GeneratedDocument>, FirmError> {
    let country = Country::by_code("IE");
    let merchants = (0..60)
        .map(|_| Party::firm(dice, country, Language::En, ""))
        .collect();
    let mut wallet = Wallet {
        dice,
        portfolio,
        records,
        merchants,
        claims: 0,
        cards: 0,
        receipts: Vec::new(),
    };
    for month in months() {
        for person in staff
            .people
            .iter()
            .filter(|person| TEAMS.contains(&person.team))
        {
            wallet.report(staff, person, month)?;
        }
    }
    Ok(wallet.receipts)
}

impl Wallet<'_> {
    /// One report of a person and month, handed in at the month's end.
    fn report(
        &mut self,
        staff: &Staff,
        person: &Person,
        month: NaiveDate,
    ) -> Result<(), FirmError> {
        let handed_in = workday(later(month_end(month), self.dice.between(0, 4)));
        if handed_in > today() {
            return Ok(());
        }
        let lines = self.dice.below(4) * season(month) / 100;
        let approver = staff.lead_of(person.team);
        let report = format!("R-{}-{}", person.id, month.format("%Y%m"));
        for _ in 0..lines {
            let date = self.dice.day(month, 27);
            self.claim(person, approver, &report, date, handed_in)?;
        }
        Ok(())
    }

    fn claim(
        &mut self,
        person: &Person,
        approver: &Person,
        report: &str,
        date: NaiveDate,
        handed_in: NaiveDate,
    ) -> Result<(), FirmError> {
        self.claims += 1;
        let (category, merchant_category, range) =
            CATEGORIES[self.dice.weighted(&[5, 3, 1, 2, 5, 1, 2])];
        let merchant = self.dice.pick(&self.merchants);
        let mut amount = self.dice.amount(range[0], range[1]);
        // A few claims stand out: far above the usual, or a round figure.
        if self.dice.percent(1) {
            amount *= Decimal::from(self.dice.between(4, 9));
        } else if self.dice.percent(2) {
            amount = amount.round();
        }
        let by_card = self.dice.percent(45);
        let card = if by_card {
            Some(self.card(person, &merchant, merchant_category, date, amount)?)
        } else {
            None
        };
        let wants_receipt = date >= earlier(today(), RECEIPT_DAYS)
            && self.receipts.len() < RECEIPTS
            && category == "meal";
        let receipt = if wants_receipt {
            Some(self.receipt(&merchant, date)?)
        } else {
            None
        };
        if let Some((_, printed)) = &receipt {
            amount = printed.unwrap_or(amount);
            if self.receipts.len().is_multiple_of(MISKEYED.0) {
                amount += MISKEYED.1;
            }
        }
        let decided = workday(later(handed_in, self.dice.between(1, 6)));
        self.records.put(
            RecordKind::ExpenseClaim,
            json!({
                "id": format!("X-{:05}", self.claims),
                "report_id": report,
                "employee_id": person.id,
                "incurred_on": date.to_string(),
                "submitted_at": text(calendar::at(handed_in, 17, 10)),
                "category": category,
                "merchant": merchant.name,
                "merchant_category": merchant_category,
                "description": format!("{category}, {}", merchant.city),
                "amount": amount.to_string(),
                "currency": "EUR",
                "home_amount": amount.to_string(),
                "country": "IE",
                "city": merchant.city,
                "quantity": (category == "hotel").then_some("1"),
                "attendees": (category == "client entertainment").then(|| self.dice.between(2, 8)),
                "paid_by": if by_card { "company_card" } else { "employee" },
                "receipt": receipt.is_some() || self.dice.percent(93),
                "receipt_sha256": receipt.map(|(sha256, _)| sha256),
                "card_transaction_id": card,
                "team": person.team,
                "project_id": self.portfolio.any_at(self.dice, date),
                "cost_centre": person.cost_centre,
                "approver_id": (decided <= today() && approver.id != person.id).then(|| approver.id.clone()),
                "approved_at": (decided <= today()).then(|| text(calendar::at(decided, 11, 0))),
                "known_at": text(calendar::at(handed_in, 17, 10)),
            }),
        )
    }

    fn card(
        &mut self,
        person: &Person,
        merchant: &Party,
        merchant_category: &str,
        date: NaiveDate,
        amount: Decimal,
    ) -> Result<String, FirmError> {
        self.cards += 1;
        let id = format!("K-{:05}", self.cards);
        let posted = later(date, self.dice.between(1, 3)).min(today());
        self.records.put(
            RecordKind::CardTransaction,
            json!({
                "id": id,
                "card_id": format!("CARD-{}", person.id),
                "employee_id": person.id,
                "transacted_on": date.to_string(),
                "posted_on": posted.to_string(),
                "merchant": merchant.name,
                "merchant_category": merchant_category,
                "description": merchant.name.to_uppercase(),
                "amount": amount.to_string(),
                "currency": "EUR",
                "home_amount": amount.to_string(),
                "country": "IE",
                "city": merchant.city,
                "team": person.team,
                "cost_centre": person.cost_centre,
                "known_at": text(calendar::at(posted, 6, 0)),
            }),
        )?;
        Ok(id)
    }

    /// A till receipt of `merchant`; returns its digest and the total on it.
    fn receipt(
        &mut self,
        merchant: &Party,
        date: NaiveDate,
    ) -> Result<(String, Option<Decimal>), FirmError> {
        let country = Country::by_code("IE");
        let sold = trade(self.dice, Language::En, "receipt");
        let facts = Facts::draw_for(
            self.dice,
            Brief {
                kind: DocumentType::Receipt,
                language: Language::En,
                country,
                group: "receipt",
                trade: sold,
                seller: merchant.clone(),
                buyer: Some(Party::default()),
                issue_date: date,
            },
        );
        let style = Style::draw(self.dice, &facts);
        let commission = Commission {
            facts,
            style,
            salt: self.dice.salt(),
            attachment: None,
        };
        let number = self.receipts.len() + 1;
        let mut document = commission.into_pdf(format!("receipt-{number:04}.pdf"));
        // Those claimed with more than they say are left legible.
        if number % PHOTOGRAPHED == 1 {
            let name = format!("receipt-{number:04}.jpg");
            document = document.photographed(name).map_err(FirmError::Receipt)?;
        }
        let found = (document.truth.sha256.clone(), document.truth.total);
        self.receipts.push(document);
        Ok(found)
    }
}
