//! How alike two short texts are.

/// Longest text, in bytes, of which places fit a word of bits.
const WORD: usize = 64;
/// Bytes of ASCII.
const ASCII: usize = 128;
/// What agreement at the beginning counts for, and up to how many letters: Winkler (1990).
const PREFIX_SCALE: f64 = 0.1;
const PREFIX: usize = 4;
/// Below this the beginning does not count.
const BOOST_FROM: f64 = 0.7;

/// Jaro-Winkler likeness, 0 to 1. Short ASCII is compared by bits, the rest letter by letter.
pub(super) fn jaro_winkler(one: &str, other: &str) -> f64 {
    let jaro = if one.len() <= WORD && other.len() <= WORD && one.is_ascii() && other.is_ascii() {
        jaro_of_bytes(one.as_bytes(), other.as_bytes())
    } else {
        strsim::jaro(one, other)
    };
    if jaro <= BOOST_FROM {
        return jaro;
    }
    let alike = one
        .chars()
        .zip(other.chars())
        .take(PREFIX)
        .take_while(|(one, other)| one == other);
    jaro + PREFIX_SCALE * alike.count() as f64 * (1.0 - jaro)
}

fn jaro_of_bytes(one: &[u8], other: &[u8]) -> f64 {
    if one.is_empty() || other.is_empty() {
        return f64::from(u8::from(one.len() == other.len()));
    }
    let reach = (one.len().max(other.len()) / 2).saturating_sub(1);
    // Where each letter is in the other text: Hyyrö (2003) for another distance.
    let mut places = [0_u64; ASCII];
    for (at, byte) in other.iter().enumerate() {
        if let Some(places) = places.get_mut(usize::from(*byte)) {
            *places |= 1 << at;
        }
    }
    let (mut used_one, mut used_other) = (0_u64, 0_u64);
    for (at, byte) in one.iter().enumerate() {
        let known = places.get(usize::from(*byte)).copied().unwrap_or(0);
        let near = below(at + reach + 1) & !below(at.saturating_sub(reach));
        let free = known & near & !used_other;
        // The first of them, if any.
        used_other |= free & free.wrapping_neg();
        used_one |= u64::from(free != 0) << at;
    }
    let common = used_one.count_ones();
    if common == 0 {
        return 0.0;
    }
    let apart = taken(one, used_one)
        .zip(taken(other, used_other))
        .filter(|(one, other)| one != other)
        .count();
    let common = f64::from(common);
    (common / one.len() as f64
        + common / other.len() as f64
        + (common - (apart / 2) as f64) / common)
        / 3.0
}

/// The bits below a place.
const fn below(place: usize) -> u64 {
    if place < WORD { (1 << place) - 1 } else { !0 }
}

/// Bytes at the places of a mask.
fn taken(bytes: &[u8], mut mask: u64) -> impl Iterator<Item = u8> + '_ {
    std::iter::from_fn(move || {
        let byte = bytes.get(mask.trailing_zeros() as usize).copied()?;
        mask &= mask - 1;
        Some(byte)
    })
}

/// How many bytes two texts begin with alike.
pub(super) fn same_beginning(one: &str, other: &str) -> usize {
    one.bytes()
        .zip(other.bytes())
        .take_while(|(one, other)| one == other)
        .count()
}

/// Whether one text becomes the other by one byte wrong, lost or added, or two neighbours
/// exchanged. Symmetric; no text is one slip from itself.
pub(crate) fn one_slip(one: &[u8], other: &[u8]) -> bool {
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (
        one.get(start..).unwrap_or(&[]),
        other.get(start..).unwrap_or(&[]),
    );
    match (one, other) {
        ([a, b, rest @ ..], [c, d, other_rest @ ..]) if a == d && b == c && rest == other_rest => {
            true
        }
        ([_, rest @ ..], [_, other_rest @ ..]) if rest == other_rest => true,
        ([_, rest @ ..], other) if rest == other => true,
        (one, [_, rest @ ..]) => rest == one,
        _ => false,
    }
}
