//! Checksums by country. Each takes the identifier without its prefix, in the
//! form that its rule has checked, and answers `None` where none is known.

/// Decimal digits; a letter counts as nothing, so that no form can fail.
fn values(id: &str) -> impl Iterator<Item = u32> + '_ {
    id.chars().map(|c| c.to_digit(10).unwrap_or(0))
}

fn sum(id: &str, weights: &[u32]) -> u32 {
    values(id)
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

fn last(id: &str) -> Option<u32> {
    id.chars().next_back()?.to_digit(10)
}

/// The weighted sum is a multiple of `modulus`.
pub(super) fn weighted(id: &str, weights: &[u32], modulus: u32) -> Option<bool> {
    Some(sum(id, weights).is_multiple_of(modulus))
}

/// Luhn (ISO/IEC 7812-1, annex B).
pub(super) fn luhn(id: &str) -> Option<bool> {
    let sum: u32 = values(id)
        .collect::<Vec<_>>()
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| doubled(*digit, at % 2 == 1))
        .sum();
    Some(sum.is_multiple_of(10))
}

/// The digit, or the digits of its double added up.
const fn doubled(digit: u32, double: bool) -> u32 {
    if !double {
        return digit;
    }
    let twice = digit * 2;
    if twice > 9 { twice - 9 } else { twice }
}

/// ISO 7064 MOD 11,10: Germany, Croatia.
pub(super) fn iso_7064_mod_11_10(id: &str) -> Option<bool> {
    let product = values(id).take(id.len() - 1).fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    Some((11 - product) % 10 == last(id)?)
}

pub(super) fn austria(id: &str) -> Option<bool> {
    let sum: u32 = values(id)
        .take(7)
        .enumerate()
        .map(|(at, digit)| doubled(digit, at % 2 == 1))
        .sum();
    Some((10 - (sum + 4) % 10) % 10 == last(id)?)
}

pub(super) fn belgium(id: &str) -> Option<bool> {
    let (number, check): (u32, u32) = (id.get(..8)?.parse().ok()?, id.get(8..)?.parse().ok()?);
    Some(97 - number % 97 == check)
}

/// Nine digits are a company's; ten a person's, of one of several kinds.
pub(super) fn bulgaria(id: &str) -> Option<bool> {
    if id.len() != 9 {
        return None;
    }
    let first = sum(id, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
    let check = if first == 10 {
        sum(id, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10
    } else {
        first
    };
    Some(check == last(id)?)
}

pub(super) fn cyprus(id: &str) -> Option<bool> {
    const ODD_PLACES: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let sum: u32 = values(id)
        .take(8)
        .enumerate()
        .map(|(at, digit)| match usize::try_from(digit) {
            Ok(digit) if at % 2 == 0 => ODD_PLACES.get(digit).copied().unwrap_or(0),
            _ => digit,
        })
        .sum();
    let letter = char::from_u32(u32::from('A') + sum % 26)?;
    Some(id.ends_with(letter))
}

/// Eight digits are a company's; nine or ten a person's birth number.
pub(super) fn czechia(id: &str) -> Option<bool> {
    if id.len() != 8 {
        return None;
    }
    let remainder = (11 - sum(id, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    let check = if remainder == 0 { 1 } else { remainder % 10 };
    Some(check == last(id)?)
}

pub(super) fn greece(id: &str) -> Option<bool> {
    let sum = values(id).take(8).fold(0, |sum, digit| sum * 2 + digit) * 2;
    Some(sum % 11 % 10 == last(id)?)
}

/// A person's number ends in a letter, a company's in a digit or letter of the
/// same value.
pub(super) fn spain(id: &str) -> Option<bool> {
    const PERSON: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    const COMPANY: &[u8; 10] = b"JABCDEFGHI";
    let (first, end) = (id.chars().next()?, id.chars().next_back()?);
    let middle = id.get(1..8)?;
    let person = |number: String| {
        let index = number.parse::<usize>().ok()? % PERSON.len();
        Some(PERSON.get(index).copied().map(char::from) == Some(end))
    };
    match first {
        '0'..='9' => person(format!("{first}{middle}")),
        'X' | 'Y' | 'Z' => person(format!("{}{middle}", u32::from(first) - u32::from('X'))),
        'K' | 'L' | 'M' => person(middle.to_owned()),
        'A'..='H' | 'J' | 'N' | 'P'..='S' | 'U' | 'V' | 'W' => {
            let sum: u32 = values(middle)
                .enumerate()
                .map(|(at, digit)| doubled(digit, at % 2 == 0))
                .sum();
            let check = (10 - sum % 10) % 10;
            let letter = COMPANY
                .get(usize::try_from(check).ok()?)
                .copied()
                .map(char::from);
            Some(end.to_digit(10) == Some(check) || letter == Some(end))
        }
        _ => Some(false),
    }
}

/// Key and company number: the key is digits, or has letters by the later rule.
pub(super) fn france(id: &str) -> Option<bool> {
    const LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let number: u64 = id.get(2..)?.parse().ok()?;
    // The company number has a digit of its own, but for Monaco's.
    if number >= 1_000_000 && luhn(id.get(2..)?) == Some(false) {
        return Some(false);
    }
    if let Ok(key) = id.get(..2)?.parse::<u64>() {
        return Some((number * 100 + 12) % 97 == key);
    }
    let mut key = id.chars().take(2);
    let (first, second) = (key.next()?, key.next()?);
    let (Some(high), Some(low)) = (LETTERS.find(first), LETTERS.find(second)) else {
        return Some(false);
    };
    let (high, low) = (u64::try_from(high).ok()?, u64::try_from(low).ok()?);
    let check = if first.is_ascii_digit() {
        (high * 24 + low).checked_sub(10)?
    } else {
        (high * 34 + low).checked_sub(100)?
    };
    Some((number + 1 + check / 11) % 11 == check % 11)
}

/// Nine digits, or twelve of which the last three name a branch; authorities
/// have no checksum.
pub(super) fn great_britain(id: &str) -> Option<bool> {
    if id.len() < 9 {
        return None;
    }
    // Numbers from 100 upward may leave 42 or 55 more, since 2010.
    let recent = id.get(..3)?.parse::<u32>().ok()? >= 100;
    let remainder = sum(id, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    Some(remainder == 0 || (recent && matches!(remainder, 42 | 55)))
}

pub(super) fn ireland(id: &str) -> Option<bool> {
    const LETTERS: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";
    let old = !id.as_bytes().get(1)?.is_ascii_digit();
    let (number, letter, extra) = if old {
        (
            format!("0{}{}", id.get(2..7)?, id.get(..1)?),
            id.as_bytes().get(7)?,
            None,
        )
    } else {
        (
            id.get(..7)?.to_owned(),
            id.as_bytes().get(7)?,
            id.as_bytes().get(8),
        )
    };
    let extra = extra.map_or(0, |letter| {
        LETTERS.iter().position(|l| l == letter).unwrap_or(0)
    });
    let sum = sum(&number, &[8, 7, 6, 5, 4, 3, 2]) + 9 * u32::try_from(extra).ok()?;
    let index = usize::try_from(sum % 23).ok()?;
    Some(LETTERS.get(index) == Some(letter))
}

/// Luhn, and the office that gave the number out.
pub(super) fn italy(id: &str) -> Option<bool> {
    let office: u32 = id.get(7..10)?.parse().ok()?;
    let known = matches!(office, 1..=100 | 120 | 121 | 888 | 999);
    Some(known && !id.starts_with("0000000") && luhn(id)?)
}

pub(super) fn lithuania(id: &str) -> Option<bool> {
    let total = |shift: u32| -> u32 {
        values(id)
            .take(id.len() - 1)
            .zip(0u32..)
            .map(|(digit, at)| (1 + (at + shift) % 9) * digit)
            .sum()
    };
    let first = total(0) % 11;
    let check = if first == 10 { total(2) % 11 } else { first };
    // The last but one tells a person's or company's number apart; it is a 1.
    Some(id.as_bytes().get(id.len() - 2) == Some(&b'1') && check % 10 == last(id)?)
}

pub(super) fn luxembourg(id: &str) -> Option<bool> {
    let (number, check): (u32, u32) = (id.get(..6)?.parse().ok()?, id.get(6..)?.parse().ok()?);
    Some(number % 89 == check)
}

/// Companies' numbers begin above 3; persons' have no checksum since 2017.
pub(super) fn latvia(id: &str) -> Option<bool> {
    if id.starts_with(['0', '1', '2', '3']) {
        return None;
    }
    Some(sum(id, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3)
}

/// Companies' numbers hold by the eleven-proof, sole traders' since 2020 by
/// ISO 7064 MOD 97-10.
pub(super) fn netherlands(id: &str) -> Option<bool> {
    let check = id.get(8..9)?.parse::<u32>().ok()?;
    let old = sum(id, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == check;
    Some(old || super::super::remainder_97("NL".chars().chain(id.chars())) == 1)
}

fn eleven_less(sum: u32) -> u32 {
    (11 - sum % 11) % 11
}

pub(super) fn norway(id: &str) -> Option<bool> {
    Some(eleven_less(sum(id, &[3, 2, 7, 6, 5, 4, 3, 2])) == last(id)?)
}

pub(super) fn switzerland(id: &str) -> Option<bool> {
    Some(eleven_less(sum(id, &[5, 4, 3, 2, 7, 6, 5, 4])) == last(id)?)
}

pub(super) fn poland(id: &str) -> Option<bool> {
    Some(sum(id, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == last(id)?)
}

pub(super) fn portugal(id: &str) -> Option<bool> {
    Some(eleven_less(sum(id, &[9, 8, 7, 6, 5, 4, 3, 2])) % 10 == last(id)?)
}

pub(super) fn romania(id: &str) -> Option<bool> {
    let padded = format!("{id:0>10}");
    Some(sum(&padded, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == last(id)?)
}

pub(super) fn slovenia(id: &str) -> Option<bool> {
    let total = 11 - sum(id, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    Some(total != 11 && total % 10 == last(id)?)
}
