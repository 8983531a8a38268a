//! VAT identifiers: form and, where the algorithm is public, checksum.
//!
//! Forms follow the VIES specification; checksums those published by the tax
//! authorities and collected in the European Commission's "VAT number
//! algorithms". A right checksum does not say that a number was ever given out.

mod algorithms;

use self::algorithms as check;
use super::compact;

/// Verdict on a VAT identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VatIdCheck {
    /// Form and checksum are right.
    Valid,
    /// Form is right; no public checksum is known for it.
    FormatOnly,
    /// Form is right, checksum is not.
    WrongChecksum,
    /// The country's identifiers have another form.
    WrongFormat,
    /// No rule for what it begins with.
    UnknownCountry,
}

/// A country's rule: prefix, whether the rest has the form, its checksum
/// (`None` where this kind of number has no public one).
type CountryRule = (&'static str, fn(&str) -> bool, fn(&str) -> Option<bool>);

/// Checks an identifier with its country prefix; white space, points and hyphens
/// are passed over.
#[must_use]
pub fn vat_id_check(text: &str) -> VatIdCheck {
    let id = compact(text);
    let rule = RULES
        .iter()
        .find_map(|rule| Some((rule, id.strip_prefix(rule.0)?)));
    let Some(((_, has_form, checksum), rest)) = rule else {
        return VatIdCheck::UnknownCountry;
    };
    if !has_form(rest) {
        return VatIdCheck::WrongFormat;
    }
    match checksum(rest) {
        Some(true) => VatIdCheck::Valid,
        Some(false) => VatIdCheck::WrongChecksum,
        None => VatIdCheck::FormatOnly,
    }
}

/// The EU, Great Britain, Northern Ireland, Switzerland and Norway. Without a
/// public checksum: Bulgarian numbers of ten digits, Czech ones of nine or ten,
/// Latvian ones of persons, British ones of authorities.
#[rustfmt::skip]
const RULES: &[CountryRule] = &[
    ("AT", |id| id.strip_prefix('U').is_some_and(|rest| digits(rest, &[8])), |id| check::austria(id.get(1..)?)),
    ("BE", |id| digits(id, &[10]) && id.starts_with(['0', '1']), check::belgium),
    ("BG", |id| digits(id, &[9, 10]), check::bulgaria),
    ("CHE", |id| digits(id.trim_end_matches(char::is_alphabetic), &[9]) && suffix(id, &["", "MWST", "TVA", "IVA", "VAT"]), |id| check::switzerland(id.get(..9)?)),
    ("CY", |id| id.len() == 9 && digits(id.get(..8).unwrap_or_default(), &[8]) && id.ends_with(|c: char| c.is_ascii_uppercase()), check::cyprus),
    ("CZ", |id| digits(id, &[8, 9, 10]), check::czechia),
    ("DE", |id| digits(id, &[9]) && !id.starts_with('0'), check::iso_7064_mod_11_10),
    ("DK", |id| digits(id, &[8]) && !id.starts_with('0'), |id| check::weighted(id, &[2, 7, 6, 5, 4, 3, 2, 1], 11)),
    ("EE", |id| digits(id, &[9]), |id| check::weighted(id, &[3, 7, 1, 3, 7, 1, 3, 7, 1], 10)),
    ("EL", |id| digits(id, &[9]), check::greece),
    ("ES", |id| id.len() == 9 && digits(id.get(1..8).unwrap_or_default(), &[7]), check::spain),
    ("FI", |id| digits(id, &[8]), |id| check::weighted(id, &[7, 9, 10, 5, 8, 4, 2, 1], 11)),
    ("FR", |id| id.len() == 11 && digits(id.get(2..).unwrap_or_default(), &[9]), check::france),
    ("GB", |id| digits(id, &[9, 12]) || authority(id), check::great_britain),
    ("XI", |id| digits(id, &[9, 12]) || authority(id), check::great_britain),
    ("HR", |id| digits(id, &[11]), check::iso_7064_mod_11_10),
    ("HU", |id| digits(id, &[8]), |id| check::weighted(id, &[9, 7, 3, 1, 9, 7, 3, 1], 10)),
    ("IE", irish, check::ireland),
    ("IT", |id| digits(id, &[11]), check::italy),
    ("LT", |id| digits(id, &[9, 12]), check::lithuania),
    ("LU", |id| digits(id, &[8]), check::luxembourg),
    ("LV", |id| digits(id, &[11]), check::latvia),
    ("MT", |id| digits(id, &[8]) && !id.starts_with('0'), |id| check::weighted(id, &[3, 4, 6, 7, 8, 9, 10, 1], 37)),
    ("NL", |id| id.len() == 12 && id.as_bytes().get(9) == Some(&b'B') && digits(id.get(..9).unwrap_or_default(), &[9]) && digits(id.get(10..).unwrap_or_default(), &[2]), check::netherlands),
    ("NO", |id| digits(id.strip_suffix("MVA").unwrap_or(id), &[9]), |id| check::norway(id.get(..9)?)),
    ("PL", |id| digits(id, &[10]), check::poland),
    ("PT", |id| digits(id, &[9]) && !id.starts_with('0'), check::portugal),
    ("RO", |id| digits(id, &[2, 3, 4, 5, 6, 7, 8, 9, 10]) && !id.starts_with('0'), check::romania),
    ("SE", |id| digits(id, &[12]), |id| check::luhn(id.get(..10)?)),
    ("SI", |id| digits(id, &[8]) && !id.starts_with('0'), check::slovenia),
    ("SK", |id| digits(id, &[10]) && !id.starts_with('0'), |id| Some(id.parse::<u64>().ok()? % 11 == 0)),
];

fn digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn suffix(id: &str, allowed: &[&str]) -> bool {
    allowed.contains(&id.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// British government departments (GD) and health authorities (HA).
fn authority(id: &str) -> bool {
    let number = id.strip_prefix("GD").or_else(|| id.strip_prefix("HA"));
    number.is_some_and(|number| digits(number, &[3]))
}

/// Seven digits and one or two letters, or the form of before 2013 with a letter
/// in second place.
fn irish(id: &str) -> bool {
    let shape: String = id
        .chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { 'A' })
        .collect();
    matches!(shape.as_str(), "9999999A" | "9999999AA" | "9A99999A")
}

#[cfg(test)]
mod tests;
