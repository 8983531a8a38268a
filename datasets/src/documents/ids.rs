//! Numbers with check digits: VAT identifiers and IBANs that pass every check.
//!
//! Algorithms: VIES "VAT number algorithms" as published by the member states, and
//! ISO 13616 / ISO 7064 MOD 97-10 for IBANs.

use super::dice::Dice;

fn digit_at(digits: &str, index: usize) -> u32 {
    digits
        .chars()
        .nth(index)
        .and_then(|digit| digit.to_digit(10))
        .unwrap_or(0)
}

fn weighted_sum(digits: &str, weights: &[u32]) -> u32 {
    weights
        .iter()
        .enumerate()
        .map(|(index, weight)| digit_at(digits, index) * weight)
        .sum()
}

/// Sum of digits where every second one, from `from`, is doubled (Luhn).
fn luhn_sum(digits: &str, doubled: impl Fn(usize) -> bool) -> u32 {
    (0..digits.len())
        .map(|index| {
            let digit = digit_at(digits, index);
            if !doubled(index) {
                return digit;
            }
            let twice = digit * 2;
            if twice > 9 { twice - 9 } else { twice }
        })
        .sum()
}

/// A VAT identifier of `country`, without spaces; `None` where it has none here.
pub(crate) fn vat_id(dice: &mut Dice, country: &str) -> Option<String> {
    // Some drawn bodies have no valid check digit; the next draw decides then.
    (0..50).find_map(|_| attempt(dice, country)).map(|body| {
        if matches!(country, "CH") {
            format!("CHE{body}")
        } else {
            format!("{country}{body}")
        }
    })
}

fn attempt(dice: &mut Dice, country: &str) -> Option<String> {
    match country {
        "DE" => {
            let body = dice.digits(8);
            let mut product = 10;
            for index in 0..8 {
                let sum = match (digit_at(&body, index) + product) % 10 {
                    0 => 10,
                    sum => sum,
                };
                product = sum * 2 % 11;
            }
            Some(format!("{body}{}", (11 - product) % 10))
        }
        "AT" => {
            let body = dice.digits(7);
            let sum = luhn_sum(&body, |index| index % 2 == 1);
            Some(format!("U{body}{}", (10 - (sum + 4) % 10) % 10))
        }
        "BE" => {
            let body = format!("0{}", dice.digits(7));
            let number: u32 = body.parse().ok()?;
            Some(format!("{body}{:02}", 97 - number % 97))
        }
        "LU" => {
            let body = dice.digits(6);
            let number: u32 = body.parse().ok()?;
            Some(format!("{body}{:02}", number % 89))
        }
        "NL" => {
            let body = dice.digits(8);
            let check = weighted_sum(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            (check < 10).then(|| format!("{body}{check}B{:02}", dice.between(1, 3)))
        }
        "FR" => {
            let body = dice.digits(8);
            let check = (10 - luhn_sum(&body, |index| index % 2 == 1) % 10) % 10;
            let siren = format!("{body}{check}");
            let number: u64 = siren.parse().ok()?;
            Some(format!("{:02}{siren}", (12 + 3 * (number % 97)) % 97))
        }
        "IT" => {
            let body = format!("{}015", dice.digits(7));
            let check = (10 - luhn_sum(&body, |index| index % 2 == 1) % 10) % 10;
            Some(format!("{body}{check}"))
        }
        "ES" => {
            let body = dice.digits(7);
            let sum = luhn_sum(&body, |index| index % 2 == 0);
            Some(format!("B{body}{}", (10 - sum % 10) % 10))
        }
        "GB" => {
            let body = dice.digits(7);
            let sum = weighted_sum(&body, &[8, 7, 6, 5, 4, 3, 2]);
            Some(format!("{body}{:02}", 97 - sum % 97))
        }
        "IE" => {
            let body = dice.digits(7);
            let sum = weighted_sum(&body, &[8, 7, 6, 5, 4, 3, 2]) % 23;
            let letter = b"WABCDEFGHIJKLMNOPQRSTUV".get(sum as usize)?;
            Some(format!("{body}{}", char::from(*letter)))
        }
        "CH" => {
            let body = dice.digits(8);
            let check = (11 - weighted_sum(&body, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11;
            (check < 10).then(|| format!("{body}{check}"))
        }
        _ => None,
    }
}

/// The VAT identifier as people print it, sometimes with spaces or dots.
pub(crate) fn print_vat(dice: &mut Dice, country: &str, plain: &str) -> String {
    let groups: &[usize] = match country {
        "CH" => {
            let body = &plain[3..];
            let tail = dice.pick(&[" MWST", "", " TVA", " MWST"]);
            return format!("CHE-{}.{}.{}{tail}", &body[..3], &body[3..6], &body[6..]);
        }
        "GB" => &[2, 3, 4, 2],
        "BE" => &[2, 4, 3, 3],
        "FR" => &[2, 2, 3, 3, 3],
        "DE" => &[2, 3, 3, 3],
        _ => return plain.to_owned(),
    };
    let share = if country == "DE" { 15 } else { 50 };
    if !dice.percent(share) {
        return plain.to_owned();
    }
    let mut rest = plain;
    let mut parts = Vec::new();
    for size in groups {
        let (head, tail) = rest.split_at((*size).min(rest.len()));
        parts.push(head);
        rest = tail;
    }
    if country == "BE" {
        return format!("{} {}.{}.{}", parts[0], parts[1], parts[2], parts[3]);
    }
    parts.join(" ")
}

/// An IBAN of `country` with valid check digits, without spaces.
pub(crate) fn iban(dice: &mut Dice, country: &str) -> Option<String> {
    let pattern = match country {
        "DE" => "##################",
        "AT" | "LU" => "################",
        "CH" => "#################",
        "FR" => "#######################",
        "NL" => "@@@@##########",
        "ES" => "####################",
        "IT" => "@######################",
        "GB" | "IE" => "@@@@##############",
        "BE" => {
            let body = dice.digits(10);
            let number: u64 = body.parse().ok()?;
            let check = match number % 97 {
                0 => 97,
                rest => rest,
            };
            return Some(with_check_digits(country, &format!("{body}{check:02}")));
        }
        _ => return None,
    };
    let body = dice.fill(pattern);
    Some(with_check_digits(country, &body))
}

fn with_check_digits(country: &str, body: &str) -> String {
    let mut rest = 0_u32;
    for sign in body.chars().chain(country.chars()).chain("00".chars()) {
        let value = sign.to_digit(36).unwrap_or(0);
        rest = if value > 9 {
            rest * 100 + value
        } else {
            rest * 10 + value
        } % 97;
    }
    format!("{country}{:02}{body}", 98 - rest)
}

/// The IBAN in groups of four.
pub(crate) fn grouped(iban: &str) -> String {
    let mut text = String::new();
    for (index, sign) in iban.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        text.push(sign);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{grouped, luhn_sum, with_check_digits};

    #[test]
    fn check_digits_agree_with_the_examples_of_the_standards() {
        // The German example of the IBAN registry.
        assert_eq!(
            with_check_digits("DE", "370400440532013000"),
            "DE89370400440532013000"
        );
        assert_eq!(
            grouped("DE89370400440532013000"),
            "DE89 3704 0044 0532 0130 00"
        );
        // SIREN 732829320 passes Luhn.
        assert_eq!(luhn_sum("732829320", |index| index % 2 == 1) % 10, 0);
    }
}
