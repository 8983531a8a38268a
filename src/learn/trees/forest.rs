//! Many sums of trees asked about one row, at once.
//!
//! A tree's leaves are numbered from left to right. A question that a row answers by going
//! right rules out all leaves on its left; the first leaf that nothing rules out is where the row
//! ends: Lucchese et al., "QuickScorer: A Fast Algorithm to Rank Documents with Additive
//! Ensembles of Regression Trees" (2015). Of one feature those questions stand
//! side by side, up to the row's value, so nothing is guessed and nothing waited for.

use super::{MAX_LEAVES, Node, Trees};

/// Several sums of trees over the same features.
#[derive(Debug, Clone, Default)]
pub struct Forest {
    /// One for each feature.
    questions: Vec<Questions>,
    /// Where the leaves of each tree begin.
    starts: Vec<usize>,
    leaves: Vec<f32>,
    /// Raw score before any tree and number of trees, of each sum.
    sums: Vec<(f64, usize)>,
}

/// The questions about one feature.
#[derive(Debug, Clone, Default)]
struct Questions {
    /// Rising.
    thresholds: Vec<f64>,
    /// What each rules out for values from its threshold on.
    hits: Vec<Hit>,
    /// What is ruled out where the value is missing.
    missing: Vec<Hit>,
}

/// Leaves of a tree that are left.
#[derive(Debug, Clone, Copy)]
struct Hit {
    tree: u32,
    left: u32,
}

/// A question before it is sorted in.
struct Asked {
    feature: usize,
    threshold: f64,
    missing_left: bool,
    hit: Hit,
}

impl Forest {
    /// Lays sums of trees out side by side.
    #[must_use]
    pub fn of<'a>(sums: impl IntoIterator<Item = &'a Trees>) -> Self {
        let mut forest = Self::default();
        let mut asked = Vec::new();
        let mut features = 0;
        for sum in sums {
            features = features.max(sum.features);
            forest.sums.push((sum.base, sum.trees.len()));
            for nodes in &sum.trees {
                let tree = forest.starts.len() as u32;
                let start = forest.leaves.len();
                forest.starts.push(start);
                lay_out(nodes, 0, tree, start, &mut forest.leaves, &mut asked);
            }
        }
        asked.sort_by(|a, b| a.threshold.total_cmp(&b.threshold));
        forest.questions.resize_with(features, Questions::default);
        for one in asked {
            if let Some(questions) = forest.questions.get_mut(one.feature) {
                questions.thresholds.push(one.threshold);
                questions.hits.push(one.hit);
                if !one.missing_left {
                    questions.missing.push(one.hit);
                }
            }
        }
        forest
    }

    /// The raw score of a row in each sum, bit for bit what [`Trees::raw`] gives.
    #[must_use]
    pub fn raws(&self, row: &[f64]) -> Vec<f64> {
        let mut left = vec![u32::MAX; self.starts.len()];
        for (at, questions) in self.questions.iter().enumerate() {
            let value = row.get(at).copied().unwrap_or(f64::NAN);
            let hits = if value.is_nan() {
                &questions.missing
            } else {
                let passed = questions
                    .thresholds
                    .partition_point(|threshold| *threshold <= value);
                questions.hits.get(..passed).unwrap_or_default()
            };
            for hit in hits {
                if let Some(left) = left.get_mut(hit.tree as usize) {
                    *left &= hit.left;
                }
            }
        }
        let mut ends = left.iter().zip(&self.starts).map(|(left, start)| {
            let leaf = self.leaves.get(start + left.trailing_zeros() as usize);
            f64::from(leaf.copied().unwrap_or(0.0))
        });
        let sums = self
            .sums
            .iter()
            .map(|(base, trees)| base + ends.by_ref().take(*trees).sum::<f64>());
        sums.collect()
    }
}

/// Numbers the leaves below a node from left to right, and says what its questions rule out.
fn lay_out(
    nodes: &[Node],
    at: usize,
    tree: u32,
    start: usize,
    leaves: &mut Vec<f32>,
    asked: &mut Vec<Asked>,
) {
    match nodes.get(at) {
        Some(Node::Leaf(leaf)) => leaves.push(leaf.value),
        Some(Node::Split(split)) => {
            let first = leaves.len() - start;
            lay_out(nodes, split.left.into(), tree, start, leaves, asked);
            let end = leaves.len() - start;
            lay_out(nodes, split.right.into(), tree, start, leaves, asked);
            // Something stands to the right of `end`, so no shift is too far.
            let below = |leaf: usize| (1_u32 << leaf.min(MAX_LEAVES - 1)) - 1;
            let hit = Hit {
                tree,
                left: !(below(end) & !below(first)),
            };
            asked.push(Asked {
                feature: split.feature.into(),
                threshold: split.threshold,
                missing_left: split.missing_left,
                hit,
            });
        }
        // Not in a sound tree.
        None => {}
    }
}
