//! How large the units of currencies are beside each other.

use rust_decimal::Decimal;

use crate::domain::Currency;

/// How many units of a currency are about one of the firm's: a power of ten.
pub(super) fn units(currency: Currency, home: Currency) -> Decimal {
    let (more, fewer) = (zeros(currency), zeros(home));
    match more.checked_sub(fewer) {
        Some(more) => Decimal::from(10_u64.pow(more)),
        None => Decimal::new(1, fewer - more),
    }
}

/// Zeros that amounts of a currency have more than those in euro, by which small ones would all look
/// large: too few rather than too many, so that what is large is never taken for small.
fn zeros(currency: Currency) -> u32 {
    match currency.code() {
        "IDR" | "VND" => 4,
        "BIF" | "CDF" | "COP" | "GNF" | "IQD" | "IRR" | "KHR" | "KRW" | "LAK" | "LBP" | "MGA"
        | "MMK" | "MNT" | "PYG" | "RWF" | "TZS" | "UGX" | "UZS" => 3,
        "AMD" | "AOA" | "ARS" | "CLP" | "CRC" | "CVE" | "DJF" | "DZD" | "GYD" | "HUF" | "ISK"
        | "JMD" | "JPY" | "KES" | "KMF" | "KZT" | "LKR" | "MWK" | "NGN" | "PKR" | "RSD" | "VUV"
        | "XAF" | "XOF" | "XPF" | "YER" => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_two_currencies_are_so_many_from_either_side() {
        let currency = |code: &str| Currency::new(code).unwrap();
        let of = |code: &str, home: &str| units(currency(code), currency(home)).to_string();
        assert_eq!([of("USD", "EUR"), of("EUR", "EUR")], ["1", "1"]);
        assert_eq!([of("JPY", "EUR"), of("EUR", "JPY")], ["100", "0.01"]);
        assert_eq!([of("IDR", "KRW"), of("KRW", "IDR")], ["10", "0.1"]);
    }
}
