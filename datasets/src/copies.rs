//! Copies of our own making among real invoices: what detection is chosen by, so that the
//! truth of a public set need not be looked at.

use chrono::Days;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use scrutineer::domain::records::VendorInvoice;
use scrutineer::domain::{Amount, FieldValue as _, RecordId};

use crate::sets::payments::InjectedCopy;

/// Days a copy comes after its original, at most.
const LATEST: u64 = 45;

/// Ways a copy is made.
const WAYS: [&str; 6] = [
    "exact",
    "number_slip",
    "number_extended",
    "amount_slip",
    "other_vendor",
    "new_number",
];

/// Adds copies of invoices over an amount, their kinds in turn, and says which.
pub fn add_copies(
    invoices: &mut Vec<VendorInvoice>,
    count: usize,
    least: Amount,
    seed: u64,
) -> Vec<InjectedCopy> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let chosen: Vec<VendorInvoice> = invoices
        .iter()
        .filter(|invoice| invoice.total >= least)
        .collect::<Vec<_>>()
        .choose_multiple(&mut random, count)
        .map(|invoice| (*invoice).clone())
        .collect();
    let vendors: Vec<RecordId> = invoices
        .iter()
        .map(|invoice| invoice.vendor_id.clone())
        .collect();
    let mut copies = Vec::new();
    for ((place, original), way) in (0..).zip(chosen).zip(WAYS.iter().cycle()) {
        let mut copy = original.clone();
        let Ok(id) = RecordId::read("id", format!("{}copy{place}", original.id).into()) else {
            continue;
        };
        copy.id = id;
        copy.issued_on = copy.issued_on + Days::new(random.random_range(0..=LATEST));
        match *way {
            "number_slip" => copy.number = slipped(&copy.number, &mut random),
            "number_extended" => {
                let ends = ["A", "-1", "R", "/2", "."];
                copy.number
                    .push_str(ends.choose(&mut random).copied().unwrap_or("A"));
            }
            "amount_slip" => {
                let text = slipped(&copy.total.to_string(), &mut random);
                copy.total = text.parse().unwrap_or(copy.total);
            }
            "other_vendor" => {
                if let Some(vendor) = vendors.choose(&mut random) {
                    copy.vendor_id = vendor.clone();
                }
            }
            "new_number" => copy.number = format!("{}", random.random_range(10_000..9_999_999)),
            _ => {}
        }
        copies.push(InjectedCopy {
            copy: copy.id.to_string(),
            original: original.id.to_string(),
            kind: (*way).to_owned(),
        });
        invoices.push(copy);
    }
    copies
}

/// One digit changed, or two neighbours exchanged, or a character lost.
fn slipped(text: &str, random: &mut ChaCha8Rng) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let digits: Vec<usize> = (0..characters.len())
        .filter(|at| characters.get(*at).is_some_and(char::is_ascii_digit))
        .collect();
    let Some(at) = digits.choose(random).copied() else {
        return text.to_owned();
    };
    match random.random_range(0..3) {
        0 => {
            if let Some(digit) = characters.get_mut(at) {
                let new = (digit.to_digit(10).unwrap_or(0) + random.random_range(1..10)) % 10;
                *digit = char::from_digit(new, 10).unwrap_or('0');
            }
        }
        1 if at + 1 < characters.len()
            && characters.get(at + 1).is_some_and(char::is_ascii_digit) =>
        {
            characters.swap(at, at + 1);
        }
        _ if characters.len() > 4 => {
            characters.remove(at);
        }
        _ => {}
    }
    characters.into_iter().collect()
}
