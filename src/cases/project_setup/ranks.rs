//! Ranks of values, and how two rows of them go together.

/// The mean of so many ranks.
pub(super) fn middle(count: usize) -> f64 {
    (count as f64 - 1.0) / 2.0
}

/// Rank of each value, from 0; of equal ones the mean of theirs.
pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = before as f64 + middle(equal.len());
        before += equal.len();
        for (_, at) in equal {
            if let Some(slot) = ranks.get_mut(*at) {
                *slot = rank;
            }
        }
    }
    ranks
}

/// Rank correlation of pairs; missing where one side is always the same.
pub(super) fn correlation(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (ones, others): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let (a, b) = (ranks(&ones), ranks(&others));
    let middle = middle(a.len());
    let sum = |a: &[f64], b: &[f64]| -> f64 {
        let products = a.iter().zip(b).map(|(x, y)| (x - middle) * (y - middle));
        products.sum()
    };
    let spread = (sum(&a, &a) * sum(&b, &b)).sqrt();
    sum(&a, &b) / spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[5.0, 1.0, 5.0, 9.0]), [1.5, 0.0, 1.5, 3.0]);
        assert!(ranks(&[]).is_empty());
    }

    #[test]
    fn ranks_go_together_whatever_the_distances() {
        let of = |pairs: &[(f64, f64)]| correlation(pairs.iter().copied());
        assert_eq!(of(&[(1.0, 3.0), (2.0, 4.0), (9.0, 400.0)]), 1.0);
        assert_eq!(of(&[(1.0, 9.0), (2.0, 4.0), (9.0, -4.0)]), -1.0);
        assert!(of(&[(1.0, 9.0), (1.0, 4.0)]).is_nan());
        assert!(of(&[]).is_nan());
    }
}
