//! Isolation forest: what random cuts set apart early is unusual. Liu, Ting and Zhou (2008).
//!
//! Seeded, so that the same rows always give the same forest. A row's score is how many cuts
//! fewer than usual it took, which splits over the features that were cut on.

use crate::learn::split_mix::SplitMix;

/// How a forest is grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForestSettings {
    /// Trees.
    pub trees: usize,
    /// Rows that each tree sees.
    pub rows_per_tree: usize,
    /// Where the random numbers begin.
    pub seed: u64,
}

impl Default for ForestSettings {
    /// As in the paper.
    fn default() -> Self {
        Self {
            trees: 100,
            rows_per_tree: 256,
            seed: 1,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Leaf {
        /// Cuts that would still be needed to set apart what ended here.
        left: f64,
    },
    Cut {
        feature: usize,
        at: f64,
        left: f64,
        below: Box<Self>,
        above: Box<Self>,
    },
}

impl Node {
    const fn left(&self) -> f64 {
        match self {
            Self::Leaf { left } | Self::Cut { left, .. } => *left,
        }
    }
}

/// A grown forest.
#[derive(Debug, Clone, PartialEq)]
pub struct IsolationForest {
    trees: Vec<Node>,
    width: usize,
}

impl IsolationForest {
    /// Grows a forest on rows of `width` features. A value that is not finite counts as 0.
    #[must_use]
    pub fn grow<R: AsRef<[f64]>>(rows: &[R], width: usize, settings: ForestSettings) -> Self {
        let mut random = SplitMix::new(settings.seed);
        let seen = settings.rows_per_tree.clamp(1, rows.len().max(1));
        let deepest = seen.next_power_of_two().ilog2();
        let trees = (0..settings.trees).map(|_| {
            let mut picked: Vec<&[f64]> = random
                .distinct(rows.len(), seen)
                .into_iter()
                .filter_map(|at| rows.get(at).map(AsRef::as_ref))
                .collect();
            cut(&mut picked, width, deepest, &mut random)
        });
        Self {
            trees: trees.collect(),
            width,
        }
    }

    /// Points of each feature: cuts saved by cutting on it, as a share of the cuts a usual row
    /// takes, over all trees. Their sum is the score: above 0 for what is set apart early, below
    /// for what takes long. Cuts without a feature to their name do not exist, so nothing is
    /// left over.
    #[must_use]
    pub fn points(&self, row: &[f64]) -> Vec<f64> {
        let mut points = vec![0.0; self.width];
        let usual: f64 = self.trees.iter().map(Node::left).sum();
        if usual <= 0.0 {
            return points;
        }
        for tree in &self.trees {
            let mut node = tree;
            while let Node::Cut {
                feature,
                at,
                left,
                below,
                above,
            } = node
            {
                let next = if value(row, *feature) < *at {
                    below
                } else {
                    above
                };
                if let Some(points) = points.get_mut(*feature) {
                    *points += (left - 1.0 - next.left()) / usual;
                }
                node = next;
            }
        }
        points
    }

    /// The sum of [`Self::points`].
    #[must_use]
    pub fn score(&self, row: &[f64]) -> f64 {
        self.points(row).iter().sum()
    }
}

fn value(row: &[f64], feature: usize) -> f64 {
    row.get(feature)
        .copied()
        .filter(|value| value.is_finite())
        .unwrap_or(0.0)
}

/// Cuts that setting one of `count` rows apart takes on average: an unsuccessful search in a
/// binary search tree.
fn usual_cuts(count: usize) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    match count {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let others = (count - 1) as f64;
            2.0 * (others.ln() + EULER) - 2.0 * others / count as f64
        }
    }
}

fn cut(rows: &mut [&[f64]], width: usize, deepest: u32, random: &mut SplitMix) -> Node {
    let left = usual_cuts(rows.len());
    let range = |feature: usize| {
        let values = rows.iter().map(|row| value(row, feature));
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    };
    let differing: Vec<(usize, f64, f64)> = (0..width)
        .map(|feature| (feature, range(feature)))
        .filter(|(_, (low, high))| low < high)
        .map(|(feature, (low, high))| (feature, low, high))
        .collect();
    let chosen = differing.get(random.below(differing.len()));
    let Some((feature, low, high)) = chosen.filter(|_| deepest > 0).copied() else {
        return Node::Leaf { left };
    };
    // Halves first, so that a range of both signs at the ends of numbers does not overflow.
    let at = low + 2.0 * (high / 2.0 - low / 2.0) * random.share();
    let at = if at > low { at } else { high };
    rows.sort_unstable_by(|one, other| value(one, feature).total_cmp(&value(other, feature)));
    let split = rows.partition_point(|row| value(row, feature) < at);
    let (below, above) = rows.split_at_mut(split);
    Node::Cut {
        feature,
        at,
        left,
        below: Box::new(cut(below, width, deepest - 1, random)),
        above: Box::new(cut(above, width, deepest - 1, random)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<[f64; 2]> {
        let mut random = SplitMix::new(7);
        let mut rows: Vec<[f64; 2]> = (0..500).map(|_| [random.share(), random.share()]).collect();
        rows.push([0.5, 9.0]);
        rows
    }

    #[test]
    fn the_one_far_off_is_set_apart_first_and_by_the_feature_that_is_off() {
        let rows = rows();
        let forest = IsolationForest::grow(&rows, 2, ForestSettings::default());
        let far = forest.points(&[0.5, 9.0]);
        assert!(far[1] > far[0].abs() && far[1] > 0.1, "{far:?}");
        let others = rows[..500].iter().map(|row| forest.score(row));
        assert!(others.fold(f64::MIN, f64::max) < forest.score(&[0.5, 9.0]));
        assert_eq!(
            forest,
            IsolationForest::grow(&rows, 2, ForestSettings::default())
        );
    }

    #[test]
    fn nothing_alike_and_no_numbers_do_no_harm() {
        let settings = ForestSettings::default();
        let none = IsolationForest::grow::<[f64; 1]>(&[], 1, settings);
        assert_eq!(none.score(&[3.0]), 0.0);
        let alike = IsolationForest::grow(&[[1.0]; 40], 1, settings);
        assert_eq!(alike.score(&[3.0]), 0.0);
        let wild = [[f64::NAN], [f64::INFINITY], [f64::MAX], [f64::MIN], [1.0]];
        let forest = IsolationForest::grow(&wild, 1, settings);
        assert!(wild.iter().all(|row| forest.score(row).is_finite()));
    }
}
