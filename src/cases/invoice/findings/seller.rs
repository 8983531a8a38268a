//! Whether the seller of a document is one whom the firm's records, or another document, name.

use super::evidence::{folded, value};
use super::{EarlierInvoice, KnownVendor};
use crate::documents::{FieldName as F, Reading};
use crate::domain::records::Vendor;
use crate::history::{identifier_key, name_key};

/// Letters and digits, at least, of a VAT identifier that is told from others without its country.
const TOLD_WITHOUT_COUNTRY: usize = 8;

/// How surely somebody is the seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cases::invoice) enum Sameness {
    /// By a name without its legal form, which firms of one group share, or by the one it trades under.
    Likely,
    /// By its VAT identifier or its whole name.
    Sure,
}

/// What somebody is known by.
#[derive(Debug, Clone, Copy)]
pub(in crate::cases::invoice) struct Identity<'a> {
    /// Legal name.
    pub(in crate::cases::invoice) name: &'a str,
    /// Name it trades under.
    pub(in crate::cases::invoice) trading_name: Option<&'a str>,
    /// VAT identifier.
    pub(in crate::cases::invoice) vat_id: Option<&'a str>,
}

impl<'a> Identity<'a> {
    /// A vendor on record.
    pub(in crate::cases::invoice) fn of(vendor: &'a Vendor) -> Self {
        Self {
            name: &vendor.name,
            trading_name: vendor.trading_name.as_deref(),
            vat_id: vendor.vat_id.as_deref(),
        }
    }
}

impl KnownVendor {
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity {
            name: &self.name,
            trading_name: self.trading_name.as_deref(),
            vat_id: self.vat_id.as_deref(),
        }
    }
}

impl EarlierInvoice {
    /// That of its seller.
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity {
            name: &self.seller,
            trading_name: self.seller_trading_name.as_deref(),
            vat_id: self.seller_vat.as_deref(),
        }
    }
}

/// Whether that is the document's seller. The VAT identifier decides where both sides state one, the
/// name otherwise.
pub(in crate::cases::invoice) fn sameness(
    reading: &Reading,
    other: Identity<'_>,
) -> Option<Sameness> {
    let key = |text: Option<&str>| text.map(identifier_key).filter(|key| !key.is_empty());
    match (key(value(reading, F::SellerVat)), key(other.vat_id)) {
        (Some(stated), Some(known)) => is_same_vat_id(&stated, &known).then_some(Sameness::Sure),
        _ => sameness_of_names(value(reading, F::Seller)?, other),
    }
}

/// Those who are the seller as surely as any of them is, in their order.
pub(in crate::cases::invoice) fn surest<'a, T>(
    reading: &Reading,
    among: &'a [T],
    identity: impl Fn(&T) -> Identity<'_>,
) -> Vec<&'a T> {
    let sellers = among
        .iter()
        .filter_map(|one| Some((sameness(reading, identity(one))?, one)));
    let sellers: Vec<_> = sellers.collect();
    let most = sellers.iter().map(|(sure, _)| *sure).max();
    let surest = sellers.into_iter().filter(|(sure, _)| Some(*sure) == most);
    surest.map(|(_, one)| one).collect()
}

/// Many leave out the country before a number that they state at home.
fn is_same_vat_id(one: &str, other: &str) -> bool {
    let lacks_country = |short: &str, long: &str| {
        short.len() >= TOLD_WITHOUT_COUNTRY
            && long.strip_suffix(short).is_some_and(|country| {
                // Switzerland has three letters, Austria one more that is part of the number.
                matches!(country.len(), 2 | 3) && country.bytes().all(|b| b.is_ascii_uppercase())
            })
    };
    one == other || lacks_country(one, other) || lacks_country(other, one)
}

fn sameness_of_names(seller: &str, other: Identity<'_>) -> Option<Sameness> {
    let whole = folded(seller);
    if !whole.is_empty() && whole == folded(other.name) {
        return Some(Sameness::Sure);
    }
    let key = name_key(seller);
    let mut names = [Some(other.name), other.trading_name].into_iter().flatten();
    let is_like = !key.is_empty() && names.any(|name| name_key(name) == key);
    is_like.then_some(Sameness::Likely)
}

#[cfg(test)]
mod tests {
    use super::super::test_support::changed;
    use super::*;

    fn beside(seller: &str, vat_id: &str, known: Identity<'_>) -> Option<Sameness> {
        let reading = changed(&[(F::Seller, seller), (F::SellerVat, vat_id)]);
        sameness(&reading, known)
    }

    #[test]
    fn names_are_compared_without_legal_form_and_with_the_one_traded_under() {
        let known = Identity {
            name: "Acme Trading GmbH",
            trading_name: Some("Bluebird Coffee Supplies"),
            vat_id: Some("DE136695976"),
        };
        for (name, sure) in [
            ("ACME TRADING GMBH", Some(Sameness::Sure)),
            ("Acme Trading", Some(Sameness::Likely)),
            ("Bluebird Coffee Supplies Ltd.", Some(Sameness::Likely)),
            ("Acme Tradings", None),
            ("\u{2014}", None),
            ("", None),
        ] {
            assert_eq!(beside(name, "", known), sure, "{name}");
            assert_eq!(beside(name, "FR40303265045", known), None, "{name}");
        }
    }

    #[test]
    fn numbers_are_compared_without_their_country_where_they_are_long_enough() {
        let same = |stated: &str, known: &str| {
            let known = Identity {
                name: "Another Ltd",
                trading_name: None,
                vat_id: Some(known),
            };
            beside("Seller GmbH", stated, known).is_some()
        };
        assert!(same("136695976", "DE 136.695.976") && same("DE136695976", "136695976"));
        assert!(same("12345678", "ATU12345678") && same("123456788", "CHE-123.456.788"));
        assert!(!same("FR136695976", "DE136695976"), "another country");
        assert!(!same("36695976", "DE136695976"), "a part of the number");
        assert!(!same("1234567", "RO1234567"), "too short");
        assert!(!same("-", "-"), "no number at all");
    }

    #[test]
    fn who_is_surely_the_seller_comes_before_who_is_likely() {
        let reading = changed(&[(F::SellerVat, "")]);
        let known = |name: &str| KnownVendor {
            name: name.to_owned(),
            ..KnownVendor::default()
        };
        let group = [known("Seller SAS"), known("SELLER GmbH"), known("Other AG")];
        let found = surest(&reading, &group, KnownVendor::identity);
        assert_eq!(found, [&group[1]]);
        let found = surest(&reading, &group[..1], KnownVendor::identity);
        assert_eq!(found, [&group[0]]);
        assert!(surest(&reading, &group[2..], KnownVendor::identity).is_empty());
    }
}
