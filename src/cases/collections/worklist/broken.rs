//! A broken promise lowers no rank.
//!
//! A model may have learned that money comes soon after a promise was broken, for then somebody calls: that is
//! no reason to call later. Customers who broke one are ranked at least as if they had not; their scores are
//! what the model says.

use crate::cases::collections::contact::Contact;
use crate::cases::collections::features::NAMES;

/// The features that tell of broken promises.
const BROKEN: &str = "promises_broken";
const KEPT_SHARE: &str = "promises_kept_share";

/// The features had no promise been broken; none where none was.
pub(super) fn had_none_been_broken(contact: &Contact, row: &[f64]) -> Option<Vec<f64>> {
    if contact.promises_broken == 0 {
        return None;
    }
    let kept_share = match contact.promises_kept {
        0 => f64::NAN,
        _ => 1.0,
    };
    let mut changed = row.to_vec();
    for (feature, value) in [(BROKEN, 0.0), (KEPT_SHARE, kept_share)] {
        let at = NAMES.iter().position(|known| *known == feature);
        if let Some(place) = at.and_then(|at| changed.get_mut(at)) {
            *place = value;
        }
    }
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_of_broken_promises_and_nothing_else_is_put_aside() {
        let row: Vec<f64> = (0..NAMES.len()).map(|at| 100.0 + at as f64).collect();
        let contact = |promises_kept, promises_broken| Contact {
            promises_kept,
            promises_broken,
            promise_broken: promises_broken > 0,
            ..Contact::default()
        };
        assert_eq!(had_none_been_broken(&contact(3, 0), &row), None);
        for (kept, share) in [(0, f64::NAN), (3, 1.0)] {
            let changed = had_none_been_broken(&contact(kept, 2), &row).unwrap();
            let places = row.iter().zip(&changed).zip(NAMES);
            let others = places.filter(|((was, is), _)| was.to_bits() != is.to_bits());
            let others: Vec<(&str, u64)> =
                others.map(|((_, is), name)| (name, is.to_bits())).collect();
            let expected = [(KEPT_SHARE, share.to_bits()), (BROKEN, 0.0_f64.to_bits())];
            assert_eq!(others, expected);
        }
    }
}
