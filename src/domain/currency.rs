//! ISO 4217 currencies with their minor units.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

/// A currency of ISO 4217 (list one, 2024, with the euro's late forerunners HRK and BGN).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{3}$")]
pub struct Currency(&'static str);

/// The code is not a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency code such as EUR")]
pub struct UnknownCurrency;

/// Currencies by their number of decimal places.
const BY_MINOR_UNITS: [(u32, &[&str]); 4] = [
    (
        0,
        &[
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF",
        ],
    ),
    (
        2,
        &[
            "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD",
            "BDT", "BGN", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD",
            "CAD", "CDF", "CHE", "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUC", "CUP", "CVE",
            "CZK", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL",
            "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS",
            "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR",
            "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
            "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB",
            "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR",
            "SDG", "SEK", "SGD", "SHP", "SLE", "SLL", "SOS", "SRD", "SSP", "STN", "SVC", "SYP",
            "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "USN",
            "UYU", "UZS", "VED", "VES", "WST", "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG", "ZWL",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&code).map_err(de::Error::custom)
    }
}

impl Currency {
    /// The euro.
    pub const EUR: Self = Self("EUR");

    /// Looks the code up; capitals only.
    ///
    /// # Errors
    /// [`UnknownCurrency`] if it is not in the list.
    pub fn new(code: &str) -> Result<Self, UnknownCurrency> {
        BY_MINOR_UNITS
            .iter()
            .find_map(|(_, codes)| codes.iter().find(|known| **known == code))
            .map(|known| Self(known))
            .ok_or(UnknownCurrency)
    }

    /// The three letters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// Decimal places of its smallest unit, 0..=4.
    #[must_use]
    pub fn minor_units(self) -> u32 {
        BY_MINOR_UNITS
            .iter()
            .find(|(_, codes)| codes.contains(&self.0))
            .map_or(2, |(places, _)| *places)
    }

    /// Every currency.
    pub fn all() -> impl Iterator<Item = Self> {
        BY_MINOR_UNITS
            .iter()
            .flat_map(|(_, codes)| codes.iter().map(|code| Self(code)))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Currency;

    #[test]
    fn codes_are_found_once_and_only_in_capitals() {
        let all: Vec<_> = Currency::all().collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
        for (code, places) in [("EUR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4)] {
            assert_eq!(Currency::new(code).unwrap().minor_units(), places);
        }
        for bad in ["eur", "EU", "EURO", "XXX", ""] {
            assert!(Currency::new(bad).is_err(), "{bad}");
        }
    }
}
