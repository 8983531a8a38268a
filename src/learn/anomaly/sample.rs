//! A sample kept in order, so that its robust summary costs a few comparisons.

/// Median and spread of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Robust {
    /// How many values.
    pub count: usize,
    /// The middle value, or the mean of the two.
    pub median: f64,
    /// How far values spread upwards: the larger of the median absolute deviation times 1.4826
    /// and of the distance from the median to the 95th percentile by 1.645. Each is the standard
    /// deviation, were values normal. The first alone takes the second price of a merchant with
    /// two prices for odd; the second alone is nothing where few values are not alike.
    pub spread: f64,
}

/// What makes the median absolute deviation of normal values their standard deviation.
const NORMAL: f64 = 1.4826;

/// Share of values below the upper percentile.
const UPPER_SHARE: f64 = 0.95;
/// The normal deviate at that share.
const UPPER_DEVIATE: f64 = 1.645;

/// Finite values in rising order. Whatever is not finite is left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrderedSample {
    values: Vec<f32>,
}

impl OrderedSample {
    /// Orders values once; the same as inserting them one by one, and quicker.
    #[must_use]
    pub fn of(mut values: Vec<f32>) -> Self {
        values.retain(|value| value.is_finite());
        values.sort_unstable_by(f32::total_cmp);
        values.shrink_to_fit();
        Self { values }
    }

    /// Adds a value at its place.
    pub fn insert(&mut self, value: f32) {
        if value.is_finite() {
            let at = self.below(value);
            self.values.insert(at, value);
        }
    }

    /// How many values.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many values are at least so large.
    #[must_use]
    pub fn at_least(&self, value: f32) -> usize {
        self.values.len() - self.below(value)
    }

    /// The value below which a share of the sample lies; `None` of nothing.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let last = self.values.len().checked_sub(1)?;
        let at = (share.clamp(0.0, 1.0) * last as f64).round() as usize;
        self.values.get(at).map(|value| f64::from(*value))
    }

    /// Median and spread, as if one value equal to `without` were not there: a claim is never
    /// compared with itself. `None` of nothing.
    #[must_use]
    pub fn robust(&self, without: Option<f32>) -> Option<Robust> {
        let skipped = without.and_then(|value| {
            let at = self.below(value);
            (self.values.get(at) == Some(&value)).then_some(at)
        });
        let view = View {
            values: &self.values,
            skipped: skipped.unwrap_or(usize::MAX),
            count: self.values.len() - usize::from(skipped.is_some()),
        };
        let median = view.median()?;
        Some(Robust {
            count: view.count,
            median,
            spread: (NORMAL * view.deviation(median))
                .max((view.quantile(UPPER_SHARE) - median) / UPPER_DEVIATE),
        })
    }

    fn below(&self, value: f32) -> usize {
        self.values
            .partition_point(|known| known.total_cmp(&value).is_lt())
    }
}

/// An ordered sample in which one place is skipped.
struct View<'a> {
    values: &'a [f32],
    skipped: usize,
    count: usize,
}

impl View<'_> {
    fn get(&self, at: usize) -> f64 {
        let at = if at < self.skipped { at } else { at + 1 };
        self.values
            .get(at)
            .map_or(f64::NAN, |value| f64::from(*value))
    }

    fn median(&self) -> Option<f64> {
        let last = self.count.checked_sub(1)?;
        Some(f64::midpoint(self.get(last / 2), self.get(self.count / 2)))
    }

    /// Interpolated between neighbours.
    fn quantile(&self, share: f64) -> f64 {
        let place = share * (self.count.saturating_sub(1)) as f64;
        let low = self.get(place as usize);
        let high = self.get((place.ceil()) as usize);
        low + (high - low) * place.fract()
    }

    /// The middle one (the upper of two) of all distances to `centre`, which lies in the middle
    /// of the sample: distances rise from there to either side, so it is the element of a rank
    /// in two ordered lists.
    fn deviation(&self, centre: f64) -> f64 {
        let rank = self.count / 2;
        let middle = self.count.div_ceil(2);
        let lower = |at: usize| {
            at.checked_add(1)
                .and_then(|back| middle.checked_sub(back))
                .map_or(f64::INFINITY, |at| centre - self.get(at))
        };
        let upper = |at: usize| {
            if middle + at < self.count {
                self.get(middle + at) - centre
            } else {
                f64::INFINITY
            }
        };
        // How many of the `rank` nearest lie below the centre.
        let (mut few, mut many) = (rank.saturating_sub(self.count - middle), rank.min(middle));
        while few < many {
            let tried = usize::midpoint(few, many);
            let beyond = rank - tried;
            if beyond > 0 && upper(beyond - 1) > lower(tried) {
                few = tried + 1;
            } else {
                many = tried;
            }
        }
        lower(few).min(upper(rank - few))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(values: &[f32]) -> Option<(f64, f64)> {
        let mut sorted: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
        sorted.sort_by(f64::total_cmp);
        let count = sorted.len();
        let last = count.checked_sub(1)?;
        let median = f64::midpoint(sorted[last / 2], sorted[count / 2]);
        let place = UPPER_SHARE * last as f64;
        let (low, high) = (sorted[place as usize], sorted[place.ceil() as usize]);
        let upper = low + (high - low) * place.fract();
        let mut apart: Vec<f64> = sorted.iter().map(|value| (value - median).abs()).collect();
        apart.sort_by(f64::total_cmp);
        let deviation = NORMAL * apart[count / 2];
        Some((median, deviation.max((upper - median) / UPPER_DEVIATE)))
    }

    proptest! {
        #[test]
        fn the_summary_is_that_of_the_values_but_one(
            values in proptest::collection::vec((-40_i8..40).prop_map(f32::from), 0..40),
            left_out in 0_usize..40,
        ) {
            let sample = OrderedSample::of(values.clone());
            let found = sample.robust(None).map(|robust| (robust.median, robust.spread));
            prop_assert_eq!(found, plain(&values));
            if let Some(value) = values.get(left_out).copied() {
                let mut others = values.clone();
                others.remove(left_out);
                let found = sample.robust(Some(value));
                prop_assert_eq!(found.map_or(0, |robust| robust.count), others.len());
                prop_assert_eq!(found.map(|robust| (robust.median, robust.spread)), plain(&others));
            }
            let mut grown = OrderedSample::default();
            values.iter().for_each(|value| grown.insert(*value));
            prop_assert_eq!(grown, sample);
        }
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        let sample = OrderedSample::of(vec![f32::NAN, f32::INFINITY, 2.0]);
        assert_eq!((sample.len(), sample.at_least(2.0)), (1, 1));
        assert_eq!(sample.robust(Some(2.0)), None);
        assert_eq!(OrderedSample::default().quantile(0.5), None);
    }
}
