//! Amounts, and amounts of a currency. Never floats.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::Currency;

/// Digits before the point an amount may have.
const MAX_WHOLE_DIGITS: u32 = 15;
/// Digits after the point an amount may have.
const MAX_PLACES: u32 = 10;

/// A decimal number within `±10^15` with at most ten places: money, hours or a quantity.
/// Written as a plain decimal string, `-1234.50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, ToSchema)]
#[schema(value_type = String, pattern = r"^[-+]?[0-9]{1,15}(\.[0-9]{1,10})?$")]
pub struct Amount(Decimal);

/// Why a text or number is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    /// Not digits with an optional sign and point.
    #[error("not a plain decimal such as -1234.50 (no separators, exponents or currency signs)")]
    NotPlain,
    /// Beyond what is kept.
    #[error("beyond 15 digits before or 10 after the point")]
    TooLarge,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Checks the bounds.
    ///
    /// # Errors
    /// [`InvalidAmount::TooLarge`].
    pub fn new(value: Decimal) -> Result<Self, InvalidAmount> {
        let bound = Decimal::from(10_u64.pow(MAX_WHOLE_DIGITS));
        if value.abs() < bound && value.normalize().scale() <= MAX_PLACES {
            // Minus zero would be a second spelling of nothing.
            Ok(Self(if value.is_zero() { value.abs() } else { value }))
        } else {
            Err(InvalidAmount::TooLarge)
        }
    }

    /// The number.
    #[must_use]
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// The sum; `None` beyond the bounds.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_add(other.0)?).ok()
    }

    /// The difference; `None` beyond the bounds.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_sub(other.0)?).ok()
    }
}

impl FromStr for Amount {
    type Err = InvalidAmount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(places) {
            return Err(InvalidAmount::NotPlain);
        }
        if text.len() > 64 {
            return Err(InvalidAmount::TooLarge);
        }
        // Exact: a number that would have to be rounded is refused.
        let value = Decimal::from_str_exact(text).map_err(|_| InvalidAmount::TooLarge)?;
        Self::new(value)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// An amount of a currency. Adding needs the same currency on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

/// Why two amounts of money do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Different currencies.
    #[error("{0} and {1} do not add up")]
    CurrencyMismatch(Currency, Currency),
    /// Beyond the bounds of [`Amount`].
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError`] for different currencies or a sum beyond the bounds.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_add(other.amount);
        self.with(amount.ok_or(MoneyError::TooLarge)?)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError`] for different currencies or a difference beyond the bounds.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_sub(other.amount);
        self.with(amount.ok_or(MoneyError::TooLarge)?)
    }

    /// Rounded to the currency's smallest unit, halves away from zero as invoices do.
    #[must_use]
    pub fn rounded(self) -> Self {
        let amount = self.amount.decimal().round_dp_with_strategy(
            self.currency.minor_units(),
            rust_decimal::RoundingStrategy::MidpointAwayFromZero,
        );
        Self {
            amount: Amount::new(amount).unwrap_or(self.amount),
            currency: self.currency,
        }
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(self.currency, other.currency))
        }
    }

    fn with(self, amount: Amount) -> Result<Self, MoneyError> {
        Ok(Self {
            amount,
            currency: self.currency,
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Amount, InvalidAmount, Money, MoneyError};
    use crate::domain::Currency;

    fn money(text: &str, code: &str) -> Money {
        Money {
            amount: text.parse().unwrap(),
            currency: Currency::new(code).unwrap(),
        }
    }

    #[test]
    fn only_plain_decimals_are_amounts() {
        for bad in [
            "", "-", ".", "1.", ".5", "NaN", "inf", "1e3", "1,5", "1 000", "€5", "0x1", "--1",
            "1.2.3",
        ] {
            assert_eq!(bad.parse::<Amount>(), Err(InvalidAmount::NotPlain), "{bad}");
        }
        for huge in ["1000000000000000", "0.12345678901", &"9".repeat(400)] {
            assert_eq!(
                huge.parse::<Amount>(),
                Err(InvalidAmount::TooLarge),
                "{huge}"
            );
        }
        assert_eq!("-0.00".parse::<Amount>().unwrap().to_string(), "0.00");
        assert_eq!(
            "999999999999999.99".parse::<Amount>().unwrap().to_string(),
            "999999999999999.99"
        );
    }

    #[test]
    fn currencies_do_not_mix_and_sums_do_not_overflow() {
        let mixed = money("1", "EUR").checked_add(money("1", "USD"));
        assert!(matches!(mixed, Err(MoneyError::CurrencyMismatch(..))));
        let huge = money("999999999999999", "EUR");
        assert_eq!(huge.checked_add(huge), Err(MoneyError::TooLarge));
        assert_eq!(money("1.005", "EUR").rounded().to_string(), "1.01 EUR");
        assert_eq!(money("-2.5", "JPY").rounded().to_string(), "-3 JPY");
    }

    proptest! {
        #[test]
        fn any_text_is_an_amount_or_an_error(text in ".{0,80}") {
            if let Ok(amount) = text.parse::<Amount>() {
                prop_assert_eq!(amount.to_string().parse::<Amount>(), Ok(amount));
            }
        }

        #[test]
        fn adding_and_taking_away_gives_back(a in -99_999_999_999_i64..99_999_999_999, b in -99_999_999_999_i64..99_999_999_999) {
            let cents = |n: i64| Money {
                amount: Amount::new(rust_decimal::Decimal::new(n, 2)).unwrap(),
                currency: Currency::new("EUR").unwrap(),
            };
            let sum = cents(a).checked_add(cents(b)).unwrap();
            prop_assert_eq!(sum, cents(b).checked_add(cents(a)).unwrap());
            prop_assert_eq!(sum.checked_sub(cents(b)).unwrap(), cents(a));
        }
    }
}
