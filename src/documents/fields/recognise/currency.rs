//! Currencies as printed: ISO 4217 codes, signs and names.

/// ISO 4217 codes that appear on invoices; three capital letters alone are too
/// often something else to accept any.
const CODES: &[&str] = &[
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DEM", "DKK",
    "EGP", "EUR", "GBP", "HKD", "HRK", "HUF", "IDR", "ILS", "INR", "IQD", "ISK", "JOD", "JPY",
    "KES", "KRW", "KWD", "LYD", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "OMR", "PEN", "PHP",
    "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD",
    "UAH", "USD", "UYU", "VND", "XAF", "XOF", "ZAR",
];

/// Those of which the smallest unit is a thousandth.
const THOUSANDTHS: &[&str] = &[DINAR_OF_BAHRAIN, "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Ends the names of Malaysian companies too: a currency only beside three decimals.
const DINAR_OF_BAHRAIN: &str = "BHD";

/// A currency read from a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217.
    pub code: &'static str,
    /// False for a sign that several currencies share (`$`, `kr`).
    pub certain: bool,
}

impl Currency {
    /// Whether its smallest unit is a thousandth.
    #[must_use]
    pub fn has_thousandths(self) -> bool {
        THOUSANDTHS.contains(&self.code)
    }
}

const fn sure(code: &'static str) -> Option<Currency> {
    Some(Currency {
        code,
        certain: true,
    })
}

const fn likely(code: &'static str) -> Option<Currency> {
    Some(Currency {
        code,
        certain: false,
    })
}

/// The currency a whole word names.
#[must_use]
pub fn of_word(word: &str) -> Option<Currency> {
    if matches!(word, "Fr." | "SFr." | "sFr.") {
        return sure("CHF");
    }
    let word = word.trim_matches(|c: char| "()[].,:;/*".contains(c) && c != '$');
    if let Some(code) = CODES.iter().find(|c| **c == word) {
        return sure(code);
    }
    if let Some(found) = of_sign(word) {
        return Some(found);
    }
    match word.to_lowercase().as_str() {
        "euro" | "euros" | "eur" | "teuro" => sure("EUR"),
        "gbp" | "pounds" => sure("GBP"),
        "usd" | "dollars" => sure("USD"),
        "chf" | "sfr" | "fr" if word.starts_with(['C', 'S']) => sure("CHF"),
        "kč" => sure("CZK"),
        "zł" | "zl" | "złotych" => sure("PLN"),
        "ft" if word == "Ft" => sure("HUF"),
        "lei" => sure("RON"),
        "rs" | "rupees" => sure("INR"),
        "kr" => likely("SEK"),
        "dkk" => sure("DKK"),
        _ => None,
    }
}

/// The currency that a word names beside what may be its amount.
#[must_use]
pub fn of_word_beside(word: &str, amount: Option<&str>) -> Option<Currency> {
    if word.trim_matches(['(', ')', '.', ',', ':']) != DINAR_OF_BAHRAIN {
        return of_word(word);
    }
    amount
        .filter(|amount| has_three_decimals(amount))
        .and_then(|_| sure(DINAR_OF_BAHRAIN))
}

fn has_three_decimals(amount: &str) -> bool {
    let number = amount.trim_matches(|c: char| !c.is_ascii_digit());
    number
        .rsplit_once(['.', ','])
        .is_some_and(|(_, decimals)| decimals.len() == 3)
}

/// The currency of thousandths that a word names, alone, beside its amount or glued to it.
#[must_use]
pub fn of_thousandths(word: &str, beside: [Option<&str>; 2]) -> Option<Currency> {
    // Few documents name one, and every word of every document is asked.
    if !THOUSANDTHS.iter().any(|code| word.contains(code)) {
        return None;
    }
    beside
        .into_iter()
        .find_map(|amount| of_word_beside(word, amount))
        .or_else(|| strip_prefix(word).map(|found| found.0))
        .or_else(|| strip_suffix(word).map(|found| found.0))
        .filter(|found| found.has_thousandths())
}

/// The currency of a sign such as `€`.
#[must_use]
pub fn of_sign(sign: &str) -> Option<Currency> {
    match sign {
        "€" | "\u{80}" => sure("EUR"),
        "£" => sure("GBP"),
        "US$" => sure("USD"),
        "C$" | "CA$" => sure("CAD"),
        "A$" | "AU$" => sure("AUD"),
        "NZ$" => sure("NZD"),
        "S$" => sure("SGD"),
        "HK$" => sure("HKD"),
        "R$" => sure("BRL"),
        "$" => likely("USD"),
        "₹" => sure("INR"),
        "¥" => likely("JPY"),
        "₽" => sure("RUB"),
        "₺" => sure("TRY"),
        "₪" => sure("ILS"),
        "₩" => sure("KRW"),
        _ => None,
    }
}

/// Splits a currency sign or code off the front of a word: `EUR12`, `€12`.
#[must_use]
pub fn strip_prefix(word: &str) -> Option<(Currency, &str)> {
    strip(word, |w, s| w.strip_prefix(s))
}

/// Splits a currency sign or code off the end of a word: `12€`, `12EUR`.
#[must_use]
pub fn strip_suffix(word: &str) -> Option<(Currency, &str)> {
    strip(word, |w, s| w.strip_suffix(s))
}

const SIGNS: &[&str] = &[
    "US$", "CA$", "AU$", "NZ$", "HK$", "C$", "A$", "S$", "R$", "$", "€", "£", "₹", "¥", "₽", "₺",
    "₪", "₩",
];

fn strip<'a>(
    word: &'a str,
    cut: impl Fn(&'a str, &'static str) -> Option<&'a str>,
) -> Option<(Currency, &'a str)> {
    for sign in SIGNS {
        if let Some(rest) = cut(word, sign).filter(|r| !r.is_empty()) {
            return of_sign(sign).map(|c| (c, rest));
        }
    }
    for code in CODES
        .iter()
        .copied()
        .chain(["SFr.", "Fr.", "Rs.", "Euro", "Rs", "Kč", "zł", "kr"])
    {
        if let Some(rest) = cut(word, code)
            && rest.chars().any(|c| c.is_ascii_digit())
            && !rest.chars().any(char::is_alphabetic)
        {
            return of_word(code).map(|c| (c, rest));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_signs_and_glued() {
        assert_eq!(of_word("EUR").unwrap().code, "EUR");
        assert_eq!(of_word("(EUR)").unwrap().code, "EUR");
        assert_eq!(of_word("£").unwrap().code, "GBP");
        assert!(!of_word("$").unwrap().certain);
        assert_eq!(of_word("GLN"), None);
        assert_eq!(strip_suffix("12,50€").unwrap().1, "12,50");
        assert_eq!(strip_prefix("EUR12.50").unwrap().1, "12.50");
        assert_eq!(strip_prefix("EUROPE"), None);
    }

    #[test]
    fn those_of_thousandths_are_the_ones_of_three_decimals() {
        for known in crate::domain::Currency::all() {
            let is_told = THOUSANDTHS.contains(&known.code());
            assert_eq!(is_told, known.minor_units() == 3, "{known}");
        }
    }

    #[test]
    fn a_malaysian_company_is_no_currency() {
        let dinar = |word, amount| of_word_beside(word, Some(amount)).map(|found| found.code);
        assert_eq!(dinar("BHD", "12.345"), Some("BHD"));
        assert_eq!(dinar("(BHD)", "1,012.345"), Some("BHD"));
        assert_eq!(dinar("BHD", "12,"), None);
        assert_eq!(dinar("BHD", "1,234.00"), None);
        assert_eq!(of_word("BHD"), None);
        assert_eq!(dinar("KWD", "12,"), Some("KWD"));
        assert!(of_thousandths("BHD", [Some("SDN"), None]).is_none());
        assert!(of_thousandths("BHD", [None, Some("2.345")]).is_some());
        assert!(of_thousandths("KWD2.345", [None, None]).is_some());
        assert!(of_thousandths("EUR", [None, None]).is_none());
    }
}
