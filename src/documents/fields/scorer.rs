//! The learned scorer: boosted trees over named features, calibrated, with a threshold to abstain.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One node of a tree; a leaf has `left == right`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Node(
    /// Feature.
    pub u16,
    /// Threshold; the value of a leaf.
    pub f32,
    /// Node taken when the feature is below the threshold.
    pub u16,
    /// Node taken otherwise.
    pub u16,
);

/// The scorer of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Raw score before any tree.
    pub base: f32,
    /// What the plain rule's score (the first feature) adds, times this; it keeps
    /// the trees honest on layouts they have not seen.
    pub rule: f32,
    /// Trees; the first node of each is its root.
    pub trees: Vec<Vec<Node>>,
    /// Probability = logistic(`scale` * raw + `shift`), fitted on held-back documents.
    pub scale: f32,
    /// See `scale`.
    pub shift: f32,
    /// Values less probable than this are not given.
    pub threshold: f32,
}

impl Head {
    /// Calibrated probability that the candidate with these features is right.
    #[must_use]
    pub fn probability(&self, features: &[f32]) -> f32 {
        logistic(self.scale * self.raw(features) + self.shift)
    }

    /// The plain rule and the sum of the trees.
    #[must_use]
    pub fn raw(&self, features: &[f32]) -> f32 {
        let rule = self.rule * features.first().copied().unwrap_or(0.0);
        self.base
            + rule
            + self
                .trees
                .iter()
                .map(|tree| leaf(tree, features))
                .sum::<f32>()
    }

    /// Whether every node points into its tree, downwards, and at a feature there is.
    #[must_use]
    pub fn is_sound(&self, features: usize) -> bool {
        let numbers = [self.base, self.rule, self.scale, self.shift, self.threshold];
        numbers.iter().all(|n| n.is_finite())
            && self.trees.iter().all(|tree| {
                !tree.is_empty()
                    && tree.iter().enumerate().all(|(i, node)| {
                        let inner = usize::from(node.2) > i
                            && usize::from(node.3) > i
                            && usize::from(node.2.max(node.3)) < tree.len()
                            && usize::from(node.0) < features;
                        node.1.is_finite() && (node.2 == node.3 || inner)
                    })
            })
    }
}

fn leaf(tree: &[Node], features: &[f32]) -> f32 {
    let mut at = 0;
    // A sound tree goes downwards, so it ends within its length.
    for _ in 0..tree.len() {
        let Some(Node(feature, value, left, right)) = tree.get(at).copied() else {
            return 0.0;
        };
        if left == right {
            return value;
        }
        let below = features
            .get(usize::from(feature))
            .is_some_and(|f| *f < value);
        at = usize::from(if below { left } else { right });
    }
    0.0
}

/// Logistic function that cannot overflow.
#[must_use]
pub(super) fn logistic(x: f32) -> f32 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// What the model file holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Names of the features of labelled values, in order.
    pub features: Vec<String>,
    /// Names of the features of party names, in order.
    pub party_features: Vec<String>,
    /// A scorer a field, by the field's wire name.
    pub heads: BTreeMap<String, Head>,
    /// The same for words read from pixels, which may be misread and come mostly from tills; a field
    /// without one has that of `heads`.
    pub pixel_heads: BTreeMap<String, Head>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stump() -> Head {
        let tree = vec![Node(0, 0.5, 1, 2), Node(0, -1.0, 0, 0), Node(0, 2.0, 0, 0)];
        Head {
            base: 0.0,
            rule: 0.0,
            trees: vec![tree],
            scale: 1.0,
            shift: 0.0,
            threshold: 0.5,
        }
    }

    #[test]
    fn a_stump_parts_two_sides() {
        let head = stump();
        assert!(head.is_sound(1));
        assert_eq!((head.raw(&[0.4]), head.raw(&[0.6])), (-1.0, 2.0));
        assert!(head.probability(&[0.6]) > 0.8);
    }

    #[test]
    fn unsound_trees_are_told() {
        let mut head = stump();
        head.trees[0][0].2 = 9;
        assert!(!head.is_sound(1));
        assert_eq!(head.raw(&[0.4]), 0.0);
        assert!(!stump().is_sound(0));
    }

    #[test]
    fn the_logistic_stays_finite() {
        assert_eq!((logistic(1e9), logistic(-1e9)), (1.0, 0.0));
    }
}
