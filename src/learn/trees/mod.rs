//! Boosted regression trees: raw scores, and exact contributions of each feature.
//!
//! Trees are fitted elsewhere (`fitting`); here they are only walked. A feature
//! that is not a number is *missing* and takes the side that fitting found better.

mod forest;
mod shapley;

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

pub use forest::Forest;
use shapley::Shares;

/// Leaves of a tree at most: what is left of them is kept in as many bits.
pub const MAX_LEAVES: usize = u32::BITS as usize;

/// One node: a leaf, or a question about one feature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Node {
    /// Goes left if the feature is below the threshold, right otherwise, and where
    /// `missing_left` says if it is missing.
    Split(Split),
    /// Ends here.
    Leaf(Leaf),
}

/// A question about one feature; on disk a list of its members in this order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(
    from = "(u16, f64, u16, u16, u8, f32)",
    into = "(u16, f64, u16, u16, u8, f32)"
)]
pub struct Split {
    /// Index of the feature.
    pub feature: u16,
    /// Values below it go left.
    pub threshold: f64,
    /// Node of the left side.
    pub left: u16,
    /// Node of the right side.
    pub right: u16,
    /// Whether a missing value goes left.
    pub missing_left: bool,
    /// Weight of the fitted rows that came here.
    pub cover: f32,
}

/// What a walk ends with; on disk a list of its members in this order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f32, f32)", into = "(f32, f32)")]
pub struct Leaf {
    /// Added to the raw score.
    pub value: f32,
    /// Weight of the fitted rows that came here.
    pub cover: f32,
}

impl From<(u16, f64, u16, u16, u8, f32)> for Split {
    fn from(
        (feature, threshold, left, right, missing, cover): (u16, f64, u16, u16, u8, f32),
    ) -> Self {
        Self {
            feature,
            threshold,
            left,
            right,
            missing_left: missing == 1,
            cover,
        }
    }
}

impl From<Split> for (u16, f64, u16, u16, u8, f32) {
    fn from(split: Split) -> Self {
        (
            split.feature,
            split.threshold,
            split.left,
            split.right,
            u8::from(split.missing_left),
            split.cover,
        )
    }
}

impl From<(f32, f32)> for Leaf {
    fn from((value, cover): (f32, f32)) -> Self {
        Self { value, cover }
    }
}

impl From<Leaf> for (f32, f32) {
    fn from(leaf: Leaf) -> Self {
        (leaf.value, leaf.cover)
    }
}

impl Node {
    fn cover(&self) -> f64 {
        match self {
            Self::Split(split) => f64::from(split.cover),
            Self::Leaf(leaf) => f64::from(leaf.cover),
        }
    }
}

impl Split {
    /// The node that a row goes to next.
    fn next(&self, row: &[f64]) -> usize {
        let value = row.get(usize::from(self.feature)).copied();
        let value = value.unwrap_or(f64::NAN);
        let goes_left = if value.is_nan() {
            self.missing_left
        } else {
            value < self.threshold
        };
        usize::from(if goes_left { self.left } else { self.right })
    }
}

/// A sum of trees.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Trees {
    /// Raw score before any tree.
    base: f64,
    /// Features that a row has.
    features: usize,
    /// The first node of each is its root; children stand behind their parent.
    trees: Vec<Vec<Node>>,
    /// What the trees give a row of which nothing is known: `base` and the mean of each tree.
    #[serde(skip)]
    expected: f64,
    /// The same trees, to be explained; made when first asked for.
    #[serde(skip)]
    shares: OnceLock<Shares>,
}

impl PartialEq for Trees {
    fn eq(&self, other: &Self) -> bool {
        // All else is derived.
        (self.base, self.features, &self.trees) == (other.base, other.features, &other.trees)
    }
}

/// Why trees are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tree {tree}: {problem}")]
pub struct UnsoundTree {
    /// Which tree, from 0.
    pub tree: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

#[derive(Deserialize)]
struct Unchecked {
    base: f64,
    features: usize,
    trees: Vec<Vec<Node>>,
}

impl TryFrom<Unchecked> for Trees {
    type Error = UnsoundTree;

    fn try_from(raw: Unchecked) -> Result<Self, UnsoundTree> {
        Self::new(raw.base, raw.features, raw.trees)
    }
}

impl Trees {
    /// Checks that every walk ends, and within the row.
    ///
    /// # Errors
    /// [`UnsoundTree`] for a node that points upwards or outside, at a feature there
    /// is not, or holds a number that is not finite, and for more than [`MAX_LEAVES`] leaves.
    pub fn new(base: f64, features: usize, trees: Vec<Vec<Node>>) -> Result<Self, UnsoundTree> {
        for (tree, nodes) in trees.iter().enumerate() {
            sound(nodes, features).map_err(|problem| UnsoundTree { tree, problem })?;
        }
        if !base.is_finite() {
            return Err(UnsoundTree {
                tree: 0,
                problem: "the base is not finite",
            });
        }
        Ok(Self::of_sound(base, features, trees))
    }

    fn of_sound(base: f64, features: usize, trees: Vec<Vec<Node>>) -> Self {
        Self {
            base,
            features,
            expected: base + trees.iter().map(|nodes| shapley::mean(nodes)).sum::<f64>(),
            shares: OnceLock::new(),
            trees,
        }
    }

    /// Features that a row has.
    #[must_use]
    pub const fn features(&self) -> usize {
        self.features
    }

    /// How many trees there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.trees.len()
    }

    /// Whether there is no tree.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// The first trees alone, as boosting stood after so many.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let trees = self.trees.iter().take(count).cloned().collect();
        Self::of_sound(self.base, self.features, trees)
    }

    /// The raw score of a row.
    #[must_use]
    pub fn raw(&self, row: &[f64]) -> f64 {
        self.base + self.trees.iter().map(|nodes| leaf(nodes, row)).sum::<f64>()
    }

    /// Whether any tree asks for a feature.
    #[must_use]
    pub fn asks_for(&self, feature: usize) -> bool {
        let asks = |node: &Node| matches!(node, Node::Split(split) if usize::from(split.feature) == feature);
        self.trees.iter().flatten().any(asks)
    }

    /// The raw score of a row of which nothing is known.
    #[must_use]
    pub const fn expected(&self) -> f64 {
        self.expected
    }

    /// What each feature adds to the raw score beyond [`Self::expected`]: Shapley values
    /// of the trees, exact up to rounding; path-dependent, as in Lundberg et al., "From local
    /// explanations to global understanding with explainable AI for trees" (2020).
    #[must_use]
    pub fn contributions(&self, row: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.features];
        let shares = self.shares.get_or_init(|| Shares::of(&self.trees));
        shares.add(row, &mut sums);
        sums
    }
}

fn leaf(nodes: &[Node], row: &[f64]) -> f64 {
    let mut at = 0;
    loop {
        match nodes.get(at) {
            Some(Node::Split(split)) => at = split.next(row),
            Some(Node::Leaf(leaf)) => return f64::from(leaf.value),
            // Not in a sound tree.
            None => return 0.0,
        }
    }
}

fn sound(nodes: &[Node], features: usize) -> Result<(), &'static str> {
    if nodes.is_empty() {
        return Err("it has no node");
    }
    let leaves = nodes.iter().filter(|node| matches!(node, Node::Leaf(_)));
    if leaves.count() > MAX_LEAVES {
        return Err("it has more than 32 leaves");
    }
    for (at, node) in nodes.iter().enumerate() {
        match node {
            Node::Leaf(leaf) if !leaf.value.is_finite() => return Err("a leaf is not finite"),
            Node::Leaf(_) => {}
            Node::Split(split) => {
                let children = [usize::from(split.left), usize::from(split.right)];
                if children
                    .iter()
                    .any(|child| *child <= at || *child >= nodes.len())
                {
                    return Err("a node points upwards or outside");
                }
                if usize::from(split.feature) >= features {
                    return Err("a node asks for a feature there is not");
                }
                if !split.threshold.is_finite() {
                    return Err("a threshold is not finite");
                }
            }
        }
        let cover = node.cover();
        if !(cover.is_finite() && cover > 0.0) {
            return Err("a cover is not positive");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
