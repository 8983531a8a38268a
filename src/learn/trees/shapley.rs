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
    /// Of each feature all values that are asked about, rising.
    thresholds: Vec<Vec<f64>>,
    conditions: Vec<Ranked>,
    /// The feature of each condition.
    features: Vec<u16>,
    /// See [`Condition::unknown`].
    unknown: Vec<f64>,
    leaves: Vec<Shared>,
    /// For each leaf and pattern, what each condition's feature is given.
    table: Vec<f64>,
}

/// A condition in ranks: how many thresholds of its feature a value has reached. All of a row's
/// values are ranked once, and less than half of the memory is read through.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    feature: u16,
    missing_passes: bool,
    /// Passes from here on.
    low: u32,
    /// Passes up to here.
    high: u32,
}

/// The rank of what is missing.
const MISSING: u32 = u32::MAX;

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

impl Ranked {
    /// Whether a row's value passes. Computed without a jump: which way a row goes cannot be
    /// guessed.
    fn passes(&self, ranks: &[u32]) -> bool {
        let rank = ranks.get(usize::from(self.feature)).copied();
        let rank = rank.unwrap_or(MISSING);
        ((self.low <= rank) & (rank <= self.high)) | ((rank == MISSING) & self.missing_passes)
    }
}

/// How many of some rising thresholds a value has reached.
fn rank(thresholds: &[f64], value: f64) -> u32 {
    thresholds.partition_point(|threshold| *threshold <= value) as u32
}

impl Condition {
    fn ranked(&self, thresholds: &[Vec<f64>]) -> Ranked {
        let thresholds = thresholds.get(usize::from(self.feature));
        let thresholds = thresholds.map(Vec::as_slice).unwrap_or_default();
        Ranked {
            feature: self.feature,
            missing_passes: self.missing_passes,
            low: rank(thresholds, self.low),
            // What has not reached it has reached all below.
            high: thresholds.partition_point(|threshold| *threshold < self.high) as u32,
        }
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
            thresholds: thresholds(trees),
            conditions: Vec::new(),
            features: Vec::new(),
            unknown: Vec::new(),
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
        let unknown: Vec<f64> = way.iter().map(|condition| condition.unknown).collect();
        let table = (way.len() <= TABULATED).then_some(self.table.len());
        if table.is_some() {
            for pattern in 0..1_u64 << way.len() {
                self.table.extend(given(&unknown, value, pattern));
            }
        }
        let ranked = way
            .iter()
            .map(|condition| condition.ranked(&self.thresholds));
        self.conditions.extend(ranked);
        self.features.extend(way.iter().map(|one| one.feature));
        self.unknown.extend(unknown);
        self.leaves.push(Shared {
            conditions: way.len(),
            value,
            table,
        });
    }

    /// Adds what each feature of a row contributes to `sums`.
    pub(super) fn add(&self, row: &[f64], sums: &mut [f64]) {
        let ranks: Vec<u32> = self
            .thresholds
            .iter()
            .zip(row)
            .map(|(thresholds, value)| {
                if value.is_nan() {
                    MISSING
                } else {
                    rank(thresholds, *value)
                }
            })
            .collect();
        // Which patterns first and what they give then: what is looked up lies apart in memory, and
        // is fetched at once where nothing has to be worked out in between.
        let mut patterns = Vec::with_capacity(self.leaves.len());
        let mut conditions = self.conditions.as_slice();
        for leaf in &self.leaves {
            let (way, rest) = conditions.split_at(leaf.conditions.min(conditions.len()));
            conditions = rest;
            let bits = way.iter().zip(0_u32..);
            patterns.push(bits.fold(0_u64, |pattern, (condition, bit)| {
                pattern | u64::from(condition.passes(&ranks)) << bit
            }));
        }
        let mut at = 0;
        for (leaf, pattern) in self.leaves.iter().zip(patterns) {
            let way = at..at + leaf.conditions;
            at = way.end;
            let worked_out;
            let given = match leaf.table {
                Some(table) => {
                    let start = table + pattern as usize * leaf.conditions;
                    self.table.get(start..start + leaf.conditions)
                }
                None => {
                    let unknown = self.unknown.get(way.clone()).unwrap_or_default();
                    worked_out = given(unknown, leaf.value, pattern);
                    Some(worked_out.as_slice())
                }
            };
            let features = self.features.get(way).unwrap_or_default();
            for (feature, given) in features.iter().zip(given.unwrap_or_default()) {
                if let Some(sum) = sums.get_mut(usize::from(*feature)) {
                    *sum += given;
                }
            }
        }
    }
}

/// Of each feature all values that trees ask about, rising.
fn thresholds(trees: &[Vec<Node>]) -> Vec<Vec<f64>> {
    let mut thresholds: Vec<Vec<f64>> = Vec::new();
    for node in trees.iter().flatten() {
        if let Node::Split(split) = node {
            let feature = usize::from(split.feature);
            if thresholds.len() <= feature {
                thresholds.resize_with(feature + 1, Vec::new);
            }
            if let Some(of_feature) = thresholds.get_mut(feature) {
                of_feature.push(split.threshold);
            }
        }
    }
    for of_feature in &mut thresholds {
        of_feature.sort_unstable_by(f64::total_cmp);
        of_feature.dedup();
    }
    thresholds
}

/// What a leaf gives each feature on its way, if those whose bit is set let the row pass: of each
/// the share of the fitted rows that pass where it is unknown.
fn given(way: &[f64], value: f64, pattern: u64) -> Vec<f64> {
    let passes = |at: usize| f64::from(u8::from(pattern >> at & 1 == 1));
    let share = |at: usize| {
        // How much flows through all other features when so many of them are known,
        // summed over the sets of that size.
        let mut flows = vec![1.0];
        for (other, unknown) in way.iter().enumerate().filter(|(other, _)| *other != at) {
            let known = passes(other);
            flows.push(0.0);
            let mut fewer = 0.0;
            for flow in &mut flows {
                let before = *flow;
                *flow = before * unknown + fewer * known;
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
        .map(|(at, unknown)| value * share(at) * (passes(at) - unknown))
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
