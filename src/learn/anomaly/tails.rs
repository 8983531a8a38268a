//! Empirical right tails: how rare it is that a value is at least so large. Li et al. (2022),
//! "ECOD", of which only the right tail is kept where only much is odd.

use super::sample::OrderedSample;

/// A reference sample of each feature.
#[derive(Debug, Clone, PartialEq)]
pub struct RightTails {
    columns: Vec<OrderedSample>,
}

impl RightTails {
    /// Of rows, each as wide as `width`. A value that is not finite counts for nothing. `each` is
    /// told the feature, the place of the row and the points of every value that counts, feature
    /// by feature: those that [`Self::points`] gives, without a search for each.
    #[must_use]
    pub fn of<'a>(
        rows: impl Iterator<Item = &'a [f64]> + Clone,
        width: usize,
        mut each: impl FnMut(usize, usize, f64),
    ) -> Self {
        let mut column = |feature: usize| {
            let values = rows.clone().map(|row| row.get(feature).copied());
            let mut placed: Vec<(f32, u32)> = values
                .zip(0..)
                .filter_map(|(value, place)| Some((value? as f32, place)))
                .filter(|(value, _)| value.is_finite())
                .collect();
            placed.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
            let mut beyond = placed.len();
            for alike in placed.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
                let points = points(beyond, placed.len());
                beyond -= alike.len();
                for (_, place) in alike {
                    each(feature, *place as usize, points);
                }
            }
            OrderedSample::of(placed.into_iter().map(|(value, _)| value).collect())
        };
        Self {
            columns: (0..width).map(&mut column).collect(),
        }
    }

    /// How many features.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.columns.len()
    }

    /// Points of a feature's value: minus the logarithm of the share of the reference that is at
    /// least as large. Nothing for a value that is missing or a feature never seen; never
    /// beyond the logarithm of the reference's size. It never falls as the value rises.
    #[must_use]
    pub fn points(&self, feature: usize, value: f64) -> f64 {
        let Some(column) = self
            .columns
            .get(feature)
            .filter(|column| !column.is_empty())
        else {
            return 0.0;
        };
        if value.is_nan() {
            return 0.0;
        }
        points(column.at_least(value as f32), column.len())
    }
}

/// Minus the logarithm of a share, the asked value counted among those beyond.
fn points(beyond: usize, all: usize) -> f64 {
    -((beyond as f64 + 1.0) / (all as f64 + 1.0)).min(1.0).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_rise_with_the_value_and_are_the_same_for_ties() {
        let rows: Vec<[f64; 2]> = (0..99).map(|at| [f64::from(at / 2), f64::NAN]).collect();
        let mut told = Vec::new();
        let slices = rows.iter().map(<[f64; 2]>::as_slice);
        let tails = RightTails::of(slices, 2, |feature, row, points| {
            told.push((feature, row, points));
        });
        assert_eq!(told.len(), 99);
        for (feature, row, points) in told {
            assert_eq!(points, tails.points(feature, rows[row][feature]));
        }
        assert_eq!(tails.points(0, -1.0), 0.0);
        assert!((tails.points(0, 1e300) - 100.0_f64.ln()).abs() < 1e-9);
        assert!((tails.points(0, 49.0) - 50.0_f64.ln()).abs() < 1e-9);
        let mut last = 0.0;
        for at in 0..60 {
            let points = tails.points(0, f64::from(at));
            assert!(points >= last);
            last = points;
        }
        assert_eq!(tails.points(0, f64::NAN), 0.0);
        assert_eq!(tails.points(1, 5.0), 0.0, "a feature never seen");
        assert_eq!(tails.points(2, 5.0), 0.0, "no such feature");
    }
}
