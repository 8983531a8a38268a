//! Shapley values of trees, most of them looked up.
//!
//! What a leaf contributes depends on nothing but which features on the way to it let the
//! row pass. A leaf has few such features, so what it gives each of them is computed once for
//! every pattern: Yang, "Fast TreeSHAP: Accelerating SHAP Value Computation for Trees"
//! (2021), second version. The values are those of Lundberg et al., "From local explanations
//! to global understanding with explainable AI for trees" (2020), path-dependent form.

use super::Node;

/// Features on the way to a leaf up to which its patterns are tabulated.
const TABULATED: usize = 8;

/// What all leaves give their features.
#[derive(Debug, Clone)]
pub(super) struct Shares {
    conditions: Vec<Condition>,
    leaves: Vec<Shared>,
    /// For each leaf and pattern, what each condition's feature is given.
    table: Vec<f64>,
}

/// All questions about one feature on the way to a leaf, taken together.
#[derive(Debug, Clone, Copy)]
struct Condition {
    feature: u16,
    missing_passes: bool,
    /// Passes from here on.
    low: f64,
    /// Passes below this.
    high: f64,
    /// Share of the fitted rows that pass where the feature is unknown.
    unknown: f64,
}

/// One leaf.
#[derive(Debug, Clone, Copy)]
struct Shared {
    /// How many conditions it has, behind those of the leaves before.
    conditions: usize,
    value: f64,
    /// Where its patterns begin; none if they are too many.
    table: Option<usize>,
}

impl Condition {
    /// Whether a finite or missing value passes. Computed without a jump: which way a row goes
    /// cannot be guessed.
    fn passes(&self, row: &[f64]) -> bool {
        let value = row.get(usize::from(self.feature)).copied();
        let value = value.unwrap_or(f64::NAN);
        ((self.low <= value) & (value < self.high)) | (value.is_nan() & self.missing_passes)
    }

    const fn unasked(feature: u16) -> Self {
        Self {
            feature,
            missing_passes: true,
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
            unknown: 1.0,
        }
    }
}

impl Shares {
    /// Prepares sound trees.
    pub(super) fn of(trees: &[Vec<Node>]) -> Self {
        let mut shares = Self {
            conditions: Vec::new(),
            leaves: Vec::new(),
            table: Vec::new(),
        };
        for nodes in trees {
            shares.visit(nodes, 0, &[]);
        }
        shares
    }

    fn visit(&mut self, nodes: &[Node], at: usize, way: &[Condition]) {
        match nodes.get(at) {
            Some(Node::Leaf(leaf)) => self.leaf(f64::from(leaf.value), way),
            Some(Node::Split(split)) => {
                let cover = |node: u16| nodes.get(usize::from(node)).map_or(0.0, Node::cover);
                let both = cover(split.left) + cover(split.right);
                for (node, is_left) in [(split.left, true), (split.right, false)] {
                    let known = way.iter().position(|one| one.feature == split.feature);
                    let mut narrower = known
                        .and_then(|known| way.get(known).copied())
                        .unwrap_or(Condition::unasked(split.feature));
                    narrower.unknown *= cover(node) / both;
                    narrower.missing_passes &= split.missing_left == is_left;
                    if is_left {
                        narrower.high = narrower.high.min(split.threshold);
                    } else {
                        narrower.low = narrower.low.max(split.threshold);
                    }
                    let mut deeper = way.to_owned();
                    match known.and_then(|known| deeper.get_mut(known)) {
                        Some(condition) => *condition = narrower,
                        None => deeper.push(narrower),
                    }
                    self.visit(nodes, usize::from(node), &deeper);
                }
            }
            // Not in a sound tree.
            None => {}
        }
    }

    fn leaf(&mut self, value: f64, way: &[Condition]) {
        let table = (way.len() <= TABULATED).then_some(self.table.len());
        if table.is_some() {
            for pattern in 0..1_u64 << way.len() {
                self.table.extend(given(way, value, pattern));
            }
        }
        self.conditions.extend_from_slice(way);
        self.leaves.push(Shared {
            conditions: way.len(),
            value,
            table,
        });
    }

    /// Adds what each feature of a row contributes to `sums`.
    pub(super) fn add(&self, row: &[f64], sums: &mut [f64]) {
        // Thresholds are finite, so this moves no value across one.
        let finite: Vec<f64> = row.iter().map(|v| v.clamp(f64::MIN, f64::MAX)).collect();
        let row = finite.as_slice();
        let mut conditions = self.conditions.as_slice();
        for leaf in &self.leaves {
            let Some((way, rest)) = conditions.split_at_checked(leaf.conditions) else {
                return;
            };
            conditions = rest;
            let bits = way.iter().zip(0_u32..);
            let pattern = bits.fold(0_u64, |pattern, (condition, bit)| {
                pattern | u64::from(condition.passes(row)) << bit
            });
            let mut add = |given: &[f64]| {
                for (condition, given) in way.iter().zip(given) {
                    if let Some(sum) = sums.get_mut(usize::from(condition.feature)) {
                        *sum += given;
                    }
                }
            };
            match leaf.table {
                Some(table) => {
                    let start = table + pattern as usize * way.len();
                    add(self.table.get(start..start + way.len()).unwrap_or_default());
                }
                None => add(&given(way, leaf.value, pattern)),
            }
        }
    }
}

/// What a leaf gives each feature on its way, if those whose bit is set let the row pass.
fn given(way: &[Condition], value: f64, pattern: u64) -> Vec<f64> {
    let passes = |at: usize| f64::from(u8::from(pattern >> at & 1 == 1));
    let share = |at: usize| {
        // How much flows through all other features when so many of them are known,
        // summed over the sets of that size.
        let mut flows = vec![1.0];
        for (other, condition) in way.iter().enumerate().filter(|(other, _)| *other != at) {
            let known = passes(other);
            flows.push(0.0);
            let mut fewer = 0.0;
            for flow in &mut flows {
                let before = *flow;
                *flow = before * condition.unknown + fewer * known;
                fewer = before;
            }
        }
        // Share of all orders in which a set of this size stands before the feature.
        let mut orders = 1.0 / way.len() as f64;
        let mut sum = 0.0;
        for (known, flow) in flows.iter().enumerate() {
            sum += flow * orders;
            orders *= (known + 1) as f64 / (way.len() - 1 - known).max(1) as f64;
        }
        sum
    };
    way.iter()
        .enumerate()
        .map(|(at, condition)| value * share(at) * (passes(at) - condition.unknown))
        .collect()
}

/// The mean of a tree's leaves, weighted by cover.
pub(super) fn mean(nodes: &[Node]) -> f64 {
    // Children stand behind their parent, so they are settled first.
    let mut means = vec![0.0; nodes.len()];
    for (at, node) in nodes.iter().enumerate().rev() {
        let value = match node {
            Node::Leaf(leaf) => f64::from(leaf.value),
            Node::Split(split) => {
                let side = |child: u16| {
                    let child = usize::from(child);
                    let cover = nodes.get(child).map_or(0.0, Node::cover);
                    (cover, means.get(child).copied().unwrap_or(0.0))
                };
                let ((left, left_mean), (right, right_mean)) =
                    (side(split.left), side(split.right));
                (left * left_mean + right * right_mean) / (left + right)
            }
        };
        if let Some(mean) = means.get_mut(at) {
            *mean = value;
        }
    }
    means.first().copied().unwrap_or(0.0)
}
