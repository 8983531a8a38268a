//! A line of an expense report, a use of a company card or an invoice of a vendor, as far as it is
//! compared with others.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;

use crate::domain::records::ExpenseClaim;
use crate::domain::{Country, Currency};

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Id in the firm's own system.
    pub id: String,
    /// Day of the expense.
    pub day: NaiveDate,
    /// Whether that is a public holiday, which is a day of its own beside those of the week.
    pub is_holiday: bool,
    /// Amount in the firm's currency; absent where only another currency's is known.
    pub amount: Option<f64>,
    /// Claimant; of a card without a holder, the card.
    pub employee: Option<String>,
    /// Role of the claimant.
    pub role: Option<String>,
    /// Team charged.
    pub team: Option<String>,
    /// Who was paid, as written.
    pub merchant: Option<String>,
    /// Kind of expense, or what the merchant sells.
    pub category: Option<String>,
    /// City.
    pub place: Option<String>,
    /// State or province where the record says so under `attributes.region`, else the country.
    pub region: Option<String>,
    /// Project charged, else the cost centre.
    pub project: Option<String>,
}

impl Claim {
    /// Of a line of an expense report, or a use of a card or an invoice told as one, in a firm of that
    /// currency, with the role of whoever claims.
    #[must_use]
    pub fn of_claim(claim: &ExpenseClaim, role: Option<String>, home: &Currency) -> Self {
        let own = (claim.currency == *home).then_some(claim.amount);
        Self {
            id: claim.id.to_string(),
            day: claim.incurred_on,
            is_holiday: false,
            amount: claim
                .home_amount
                .or(own)
                .and_then(|amount| amount.decimal().to_f64()),
            employee: Some(claim.employee_id.to_string()),
            role,
            team: claim.team.clone(),
            merchant: claim.merchant.clone(),
            category: claim
                .category
                .clone()
                .or_else(|| claim.merchant_category.clone()),
            place: claim.city.clone(),
            region: region(&claim.attributes, claim.country.as_ref()),
            project: claim
                .project_id
                .as_ref()
                .map(ToString::to_string)
                .or_else(|| claim.cost_centre.clone()),
        }
    }

    /// In a firm with these public holidays.
    #[must_use]
    pub fn with_holidays(mut self, holidays: &[NaiveDate]) -> Self {
        self.is_holiday = holidays.contains(&self.day);
        self
    }

    /// The logarithm of the amount, which is what is compared; absent for credits and nothing,
    /// which claim no money.
    #[must_use]
    pub fn log_amount(&self) -> Option<f32> {
        let amount = self
            .amount
            .filter(|amount| *amount > 0.0 && amount.is_finite())?;
        Some(amount.ln() as f32)
    }
}

fn region(attributes: &BTreeMap<String, String>, country: Option<&Country>) -> Option<String> {
    let stated = attributes.get("region").cloned();
    stated.or_else(|| country.map(|country| country.as_str().to_owned()))
}
