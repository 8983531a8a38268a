//! What a document says that came as the receipt of a claim.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::domain::Currency;

/// What a receipt says; what is not legible is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Total with tax and tip.
    pub total: Option<Decimal>,
    /// Its currency.
    pub currency: Option<Currency>,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Who issued it.
    pub merchant: Option<String>,
}

impl Receipt {
    /// Of the fields that were read from a document, by name, each with its `value`.
    #[must_use]
    pub fn of_fields(fields: &Value) -> Self {
        let text = |name: &str| fields.get(name)?.get("value")?.as_str();
        Self {
            total: text("total").and_then(|total| total.parse().ok()),
            currency: text("currency").and_then(|code| Currency::new(code).ok()),
            date: text("issue_date").and_then(|date| date.parse().ok()),
            merchant: text("seller")
                .or_else(|| text("seller_trading_name"))
                .map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_legible_is_absent() {
        let read = Receipt::of_fields(&json!({
            "total": {"value": "18.40"},
            "currency": {"value": "EUR"},
            "issue_date": {"value": "2026-02-30"},
            "seller": {"problem": "not found"},
        }));
        let expected = Receipt {
            total: Some("18.40".parse().unwrap()),
            currency: Some(Currency::EUR),
            ..Receipt::default()
        };
        assert_eq!(read, expected);
        assert_eq!(Receipt::of_fields(&Value::Null), Receipt::default());
    }
}
