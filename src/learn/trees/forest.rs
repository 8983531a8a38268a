//! Many sums of trees asked about one row, at once.
//!
//! A tree's leaves are numbered from left to right. A question that a row answers by going
//! right rules out all leaves on its left; the first leaf that nothing rules out is where the row
//! ends: Lucchese et al., "QuickScorer: A Fast Algorithm to Rank Documents with Additive
//! Ensembles of Regression Trees" (2015). Of one feature those questions stand
//! side by side, up to the row's value, so nothing is guessed and nothing waited for.
//!
//! Which side of a question counts as the left one is free: here the one on which the middle of all that is
//! asked of the feature lies. Then only questions between that and the row's value rule anything out,
//! half as many.

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
    /// Rising, each once.
    thresholds: Vec<f64>,
    /// How many questions have a threshold up to each.
    up_to: Vec<usize>,
    /// What each rules out, by rising threshold: up to the middle for values below its threshold,
    /// behind it for values from its threshold on.
    hits: Vec<Hit>,
    /// How many are up to the middle.
    middle: usize,
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
    /// Whether the middle of what is asked of the feature goes right.
    turned: bool,
    missing_left: bool,
    hit: Hit,
}

impl Forest {
    /// Lays sums of trees out side by side.
    #[must_use]
    pub fn of<'a>(sums: impl IntoIterator<Item = &'a Trees>) -> Self {
        let sums: Vec<&Trees> = sums.into_iter().collect();
        let mut forest = Self::default();
        let mut laying = Laying {
            middles: middles(&sums),
            leaves: Vec::new(),
            asked: Vec::new(),
        };
        for sum in sums {
            forest.sums.push((sum.base, sum.trees.len()));
            for nodes in &sum.trees {
                let tree = forest.starts.len() as u32;
                let start = laying.leaves.len();
                forest.starts.push(start);
                laying.lay_out(nodes, 0, tree, start);
            }
        }
        forest.leaves = laying.leaves;
        let mut asked = laying.asked;
        asked.sort_by(|a, b| a.threshold.total_cmp(&b.threshold));
        let features = laying.middles.len();
        forest.questions.resize_with(features, Questions::default);
        for one in asked {
            if let Some(questions) = forest.questions.get_mut(one.feature) {
                questions.push(&one);
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
            for hit in questions.hits(value) {
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

impl Questions {
    /// Sorts in a question whose threshold is the highest so far.
    fn push(&mut self, asked: &Asked) {
        self.hits.push(asked.hit);
        if self.thresholds.last() != Some(&asked.threshold) {
            self.thresholds.push(asked.threshold);
            self.up_to.push(0);
        }
        if let Some(up_to) = self.up_to.last_mut() {
            *up_to = self.hits.len();
        }
        if asked.turned {
            self.middle = self.hits.len();
        }
        if asked.missing_left == asked.turned {
            self.missing.push(asked.hit);
        }
    }

    /// What a value rules out.
    fn hits(&self, value: f64) -> &[Hit] {
        if value.is_nan() {
            return &self.missing;
        }
        let reached = self
            .thresholds
            .partition_point(|threshold| *threshold <= value);
        let up_to = reached.checked_sub(1).and_then(|last| self.up_to.get(last));
        let passed = up_to.copied().unwrap_or(0);
        let between = passed.min(self.middle)..passed.max(self.middle);
        self.hits.get(between).unwrap_or_default()
    }
}

/// Of each feature the middle one of all thresholds that are asked about; not a number where none is.
fn middles(sums: &[&Trees]) -> Vec<f64> {
    let features = sums.iter().map(|sum| sum.features).max().unwrap_or(0);
    let mut thresholds = vec![Vec::new(); features];
    for node in sums.iter().flat_map(|sum| sum.trees.iter().flatten()) {
        if let Node::Split(split) = node
            && let Some(of_feature) = thresholds.get_mut(usize::from(split.feature))
        {
            of_feature.push(split.threshold);
        }
    }
    let middle = |mut of_feature: Vec<f64>| {
        of_feature.sort_unstable_by(f64::total_cmp);
        let middle = of_feature.get(of_feature.len() / 2);
        middle.copied().unwrap_or(f64::NAN)
    };
    thresholds.into_iter().map(middle).collect()
}

/// Trees that are being laid out side by side.
struct Laying {
    middles: Vec<f64>,
    leaves: Vec<f32>,
    asked: Vec<Asked>,
}

impl Laying {
    /// Numbers the leaves below a node from left to right, and says what its questions rule out.
    fn lay_out(&mut self, nodes: &[Node], at: usize, tree: u32, start: usize) {
        match nodes.get(at) {
            Some(Node::Leaf(leaf)) => self.leaves.push(leaf.value),
            Some(Node::Split(split)) => {
                let middle = self.middles.get(usize::from(split.feature));
                let turned = middle.is_some_and(|middle| split.threshold <= *middle);
                let (left, right) = if turned {
                    (split.right, split.left)
                } else {
                    (split.left, split.right)
                };
                let first = self.leaves.len() - start;
                self.lay_out(nodes, left.into(), tree, start);
                let end = self.leaves.len() - start;
                self.lay_out(nodes, right.into(), tree, start);
                // Something stands to the right of `end`, so no shift is too far.
                let below = |leaf: usize| (1_u32 << leaf.min(MAX_LEAVES - 1)) - 1;
                let hit = Hit {
                    tree,
                    left: !(below(end) & !below(first)),
                };
                self.asked.push(Asked {
                    feature: split.feature.into(),
                    threshold: split.threshold,
                    turned,
                    missing_left: split.missing_left,
                    hit,
                });
            }
            // Not in a sound tree.
            None => {}
        }
    }
}
