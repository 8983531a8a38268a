//! What the firm sets for detectors.

use std::path::PathBuf;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::Currency;

/// What the firm sets for detectors. Amounts are of the firm's currency, shares in percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Names of detectors that do not run.
    pub off: Vec<String>,
    /// File of the salt of employees' hashed data. Without it no vendor can be told to be an employee.
    pub salt_file: Option<PathBuf>,
    /// The firm's currency.
    pub home_currency: Currency,
    /// Amounts from which somebody else has to approve.
    pub approval_limits: Vec<u32>,
    /// How far below a limit is just under it.
    pub under_limit_percent: u32,
    /// Days in which lines at one merchant are taken together.
    pub split_days: u32,
    /// Least amount that is called round.
    pub round_from: u32,
    /// What a round amount is a multiple of.
    pub round_multiple: u32,
    /// Lines of the same amount that are too many, the one asked about among them.
    pub repeated_lines: u32,
    /// Days in which the same amount is counted.
    pub repeated_days: u32,
    /// Public holidays.
    pub holidays: Vec<NaiveDate>,
    /// Days after which a claim is late.
    pub late_after_days: u32,
    /// Days by which receipt and claim may differ.
    pub receipt_days: u32,
    /// Amount from which a receipt is due.
    pub receipt_from: u32,
    /// How far a rate of exchange may be from the middle of the others.
    pub exchange_percent: u32,
    /// Most that a tip may be of the bill.
    pub tip_percent: u32,
    /// Most kilometres or miles of a day.
    pub mileage_a_day: u32,
    /// Amount of one kilometre or mile.
    pub mileage_rate: Decimal,
    /// Words of merchants and kinds of merchant that are not paid for.
    pub barred: Vec<String>,
    /// Categories for which the card is required.
    pub card_categories: Vec<String>,
    /// Amount from which the card is required.
    pub card_from: u32,
    /// Lines of a merchant from which its category is known.
    pub category_lines: u32,
    /// Share of them that must agree.
    pub category_percent: u32,
    /// Lines within `burst_days` that are many.
    pub burst_lines: u32,
    /// Days in which lines are counted.
    pub burst_days: u32,
    /// Amount from which a new merchant matters.
    pub new_merchant_from: u32,
    /// Days after its date at which an invoice becomes known late.
    pub invoice_late_after_days: u32,
    /// Invoices in a row whose numbers follow each other that are too many.
    pub sequential_invoices: u32,
    /// Days for which a vendor is new.
    pub new_vendor_days: u32,
    /// Days of silence after which a vendor is dormant.
    pub dormant_days: u32,
    /// Amount that is large for a new or dormant vendor.
    pub large_payment: u32,
    /// How far a price may be above that of the order or of before.
    pub price_percent: u32,
    /// Days by which terms may become shorter.
    pub terms_days: u32,
    /// Words by which meals are known.
    pub meal_words: Vec<String>,
    /// Words by which per diems are known.
    pub per_diem_words: Vec<String>,
    /// Words by which drives in one's own car are known.
    pub mileage_words: Vec<String>,
    /// Words by which tips are known.
    pub tip_words: Vec<String>,
    /// Words by which cash is known.
    pub cash_words: Vec<String>,
    /// Words by which travel is known.
    pub travel_words: Vec<String>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            off: Vec::new(),
            salt_file: None,
            home_currency: Currency::EUR,
            approval_limits: vec![100, 500, 1_000, 5_000],
            under_limit_percent: 3,
            split_days: 3,
            round_from: 100,
            round_multiple: 50,
            repeated_lines: 4,
            repeated_days: 30,
            holidays: Vec::new(),
            late_after_days: 60,
            receipt_days: 2,
            receipt_from: 25,
            exchange_percent: 5,
            tip_percent: 20,
            mileage_a_day: 800,
            mileage_rate: Decimal::new(30, 2),
            barred: words(&[
                "casino",
                "casinos",
                "spielbank",
                "spielhalle",
                "betting",
                "betway",
                "bookmaker",
                "gambling",
                "lottery",
                "wettbüro",
                "jewelry",
                "jewellery",
                "jeweller",
                "jewellers",
                "jeweler",
                "jewelers",
                "juwelier",
                "escort",
                "nightclub",
                "nightclubs",
                "night club",
                "strip club",
                "nachtclub",
                "tobacco",
                "tobacconist",
                "dating",
                "5944",
                "5993",
                "7273",
                "7995",
            ]),
            card_categories: words(&["flight", "airfare", "hotel", "lodging", "rail"]),
            card_from: 150,
            category_lines: 10,
            category_percent: 80,
            burst_lines: 15,
            burst_days: 2,
            new_merchant_from: 250,
            invoice_late_after_days: 180,
            sequential_invoices: 4,
            new_vendor_days: 60,
            dormant_days: 365,
            large_payment: 5_000,
            price_percent: 10,
            terms_days: 5,
            meal_words: words(&[
                "meal",
                "meals",
                "lunch",
                "dinner",
                "breakfast",
                "restaurant",
            ]),
            per_diem_words: words(&["per diem", "daily allowance", "subsistence"]),
            mileage_words: words(&["mileage", "kilometre", "kilometres", "private car"]),
            tip_words: words(&["tip", "tips", "gratuity"]),
            cash_words: words(&["cash", "atm", "6010", "6011"]),
            travel_words: words(&[
                "flight", "airfare", "airline", "rail", "train", "ferry", "hotel", "lodging",
            ]),
        }
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

impl Thresholds {
    /// Whether a detector runs.
    #[must_use]
    pub fn runs(&self, detector: &str) -> bool {
        !self.off.iter().any(|off| off == detector)
    }
}
