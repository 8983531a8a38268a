//! Trees laid out to be walked quickly: one array, several trees side by side.
//!
//! A walk is a chain of loads, each waiting for the one before. Walking several trees at
//! once fills the waits, and a leaf that leads to itself lets all of a group take the
//! same number of steps, so that no step is guessed wrongly.

use super::{Node, Trees};

/// Trees walked side by side.
const TOGETHER: usize = 8;

/// A node: a question, or a leaf that leads to itself.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// The threshold of a question, the value of a leaf.
    number: f64,
    /// Place of the feature in a [`Row`].
    place: u32,
    /// Nodes below and at or above the threshold, counted from the tree's root.
    sides: [u16; 2],
}

/// What a walk beyond the nodes would find; in sound trees there is none.
const NOWHERE: Step = Step {
    number: 0.0,
    place: 0,
    sides: [0, 0],
};

/// All trees of a sum.
#[derive(Debug, Clone)]
pub(super) struct Walks {
    steps: Vec<Step>,
    groups: Vec<Group>,
}

/// Trees walked side by side.
#[derive(Debug, Clone, Copy)]
struct Group {
    /// First node of each; of a group that is not full the last is walked again.
    roots: [u32; TOGETHER],
    trees: usize,
    /// Questions on the longest way.
    depth: usize,
}

/// A row, ready for many sums of trees: each value twice, a missing one once above and once
/// below every threshold.
#[derive(Debug, Clone)]
pub struct Row {
    values: Vec<f64>,
}

impl Row {
    /// Takes a row over; what it lacks up to so many features is missing.
    #[must_use]
    pub fn new(row: &[f64], features: usize) -> Self {
        let value = |at: usize| row.get(at).copied().unwrap_or(f64::NAN);
        let with = |missing: f64| {
            (0..features).map(move |at| {
                let value = value(at);
                if value.is_nan() { missing } else { value }
            })
        };
        let values = with(f64::INFINITY).chain(with(f64::NEG_INFINITY)).collect();
        Self { values }
    }
}

impl Walks {
    /// Lays sound trees out.
    pub(super) fn of(trees: &[Vec<Node>], features: usize) -> Self {
        let mut steps = Vec::with_capacity(trees.iter().map(Vec::len).sum());
        let mut roots = Vec::with_capacity(trees.len());
        for nodes in trees {
            roots.push((steps.len() as u32, depth(nodes)));
            steps.extend(nodes.iter().zip(0..).map(|(node, at)| match node {
                Node::Split(split) => Step {
                    number: split.threshold,
                    place: u32::from(split.feature)
                        + if split.missing_left {
                            features as u32
                        } else {
                            0
                        },
                    sides: [split.left, split.right],
                },
                Node::Leaf(leaf) => Step {
                    number: f64::from(leaf.value),
                    place: 0,
                    sides: [at, at],
                },
            }));
        }
        let groups = roots.chunks(TOGETHER).map(|group| {
            let last = group.last().map_or(0, |(root, _)| *root);
            let mut full = [last; TOGETHER];
            for (place, (root, _)) in full.iter_mut().zip(group) {
                *place = *root;
            }
            Group {
                roots: full,
                trees: group.len(),
                depth: group.iter().map(|(_, depth)| *depth).max().unwrap_or(0),
            }
        });
        Self {
            groups: groups.collect(),
            steps,
        }
    }

    /// The sum of the leaves that a row comes to, tree by tree.
    pub(super) fn sum(&self, row: &Row) -> f64 {
        let mut sum = 0.0;
        for group in &self.groups {
            let mut at = [0_u16; TOGETHER];
            for _ in 0..group.depth {
                for (at, root) in at.iter_mut().zip(group.roots) {
                    let step = self.step(root, *at);
                    let value = row.values.get(step.place as usize).copied();
                    let [below, above] = step.sides;
                    *at = if value.unwrap_or(f64::NAN) < step.number {
                        below
                    } else {
                        above
                    };
                }
            }
            for (at, root) in at.iter().zip(group.roots).take(group.trees) {
                sum += self.step(root, *at).number;
            }
        }
        sum
    }

    fn step(&self, root: u32, at: u16) -> &Step {
        let place = root as usize + usize::from(at);
        self.steps.get(place).unwrap_or(&NOWHERE)
    }
}

/// Questions on the longest way from the root.
fn depth(nodes: &[Node]) -> usize {
    // Children stand behind their parent, so they are settled first.
    let mut depths = vec![0; nodes.len()];
    for (at, node) in nodes.iter().enumerate().rev() {
        if let Node::Split(split) = node {
            let side = |child: u16| depths.get(usize::from(child)).copied().unwrap_or(0);
            let deeper = side(split.left).max(side(split.right)) + 1;
            if let Some(depth) = depths.get_mut(at) {
                *depth = deeper;
            }
        }
    }
    depths.first().copied().unwrap_or(0)
}

impl Trees {
    /// The raw score of a row that is asked of many sums of trees.
    #[must_use]
    pub fn raw_of(&self, row: &Row) -> f64 {
        self.base + self.walks.sum(row)
    }
}
