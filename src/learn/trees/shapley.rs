//! Shapley values of trees, most of them looked up.
//!
//! What a leaf contributes depends on nothing but which features on the way to it let the
//! row pass, and so on how the questions on that way are answered. Few questions have few patterns of
//! answers: trees are cut into twigs, each with the questions that lead to it and those within it, and
//! what all its leaves give together is computed once for every pattern. After Yang, "Fast TreeSHAP:
//! Accelerating SHAP Value Computation for Trees" (2021), second version, which does so for single
//! leaves. The values are those of Lundberg et al., "From local explanations to global understanding
//! with explainable AI for trees" (2020), path-dependent form.

use super::{Node, Split};

/// Questions of a twig up to which its patterns are tabulated.
const TABULATED: usize = 8;

/// What all leaves give their features.
#[derive(Debug, Clone)]
pub(super) struct Shares {
    /// Of each feature all values that are asked about, rising.
    thresholds: Vec<Vec<f64>>,
    /// The questions of all twigs, and the features they ask about.
    questions: Vec<Question>,
    features: Vec<u16>,
    twigs: Vec<Twig>,
    /// For each twig and pattern, what each of its features is given.
    table: Vec<f64>,
}

/// A question in ranks: how many thresholds of its feature a value has reached. All of a row's
/// values are ranked once, and half of the memory is read through.
#[derive(Debug, Clone, Copy)]
struct Question {
    /// Where the rank stands among a row's; see [`places`].
    place: u32,
    /// The first rank that goes right.
    right_from: u32,
}

/// All of a tree that lies below one of its nodes.
#[derive(Debug, Clone)]
struct Twig {
    /// How many there are, behind those of the twigs before.
    questions: usize,
    features: usize,
    given: Given,
}

#[derive(Debug, Clone)]
enum Given {
    /// Where the patterns begin.
    Tabulated(usize),
    /// One leaf that too many questions lead to.
    WorkedOut(Leaf),
}

/// A leaf, and on what it depends, one for each feature on the way to it.
#[derive(Debug, Clone)]
struct Leaf {
    value: f64,
    conditions: Vec<Condition>,
}

/// All questions about one feature on the way to a leaf, taken together.
#[derive(Debug, Clone, Copy)]
struct Condition {
    /// Its place among the features of the twig.
    feature: usize,
    /// Bits of the questions in a pattern.
    asked: u64,
    /// What these bits are where the row passes.
    passed: u64,
    /// Share of the fitted rows that pass where the feature is unknown.
    unknown: f64,
}

/// One question on the way to a leaf, and how it is answered there.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    split: &'a Split,
    /// Its bit in a pattern.
    bit: u32,
    right: bool,
    /// Share of the fitted rows that go this way.
    share: f64,
}

/// Where the rank of a feature stands among a row's: once for questions that send a missing value
/// left, and once for those that send it right.
fn places(feature: u16) -> [u32; 2] {
    let left = u32::from(feature) * 2;
    [left, left + 1]
}

impl Question {
    fn of(split: &Split, thresholds: &[Vec<f64>]) -> Self {
        let [left, right] = places(split.feature);
        let thresholds = thresholds.get(usize::from(split.feature));
        Self {
            place: if split.missing_left { left } else { right },
            right_from: thresholds.map_or(0, |all| rank(all, split.threshold)),
        }
    }

    /// One where a row goes right. Computed without a jump: which way a row goes cannot be guessed.
    fn answer(&self, ranks: &[u32]) -> u64 {
        let rank = ranks.get(self.place as usize).copied();
        u64::from(rank.unwrap_or(0) >= self.right_from)
    }
}

/// How many of some rising thresholds a value has reached.
fn rank(thresholds: &[f64], value: f64) -> u32 {
    thresholds.partition_point(|threshold| *threshold <= value) as u32
}

impl Shares {
    /// Prepares sound trees.
    pub(super) fn of(trees: &[Vec<Node>]) -> Self {
        let mut shares = Self {
            thresholds: thresholds(trees),
            questions: Vec::new(),
            features: Vec::new(),
            twigs: Vec::new(),
            table: Vec::new(),
        };
        for nodes in trees {
            shares.visit(nodes, 0, &[]);
        }
        shares
    }

    /// Cuts what lies below a node into twigs.
    fn visit(&mut self, nodes: &[Node], at: usize, way: &[Step<'_>]) {
        let mut below = Vec::new();
        let mut leaves = Vec::new();
        gather(nodes, at, way, way.len(), &mut below, &mut leaves);
        match nodes.get(at) {
            Some(Node::Split(split)) if way.len() + below.len() > TABULATED => {
                let bit = way.len() as u32;
                for (child, step) in sides(nodes, split, bit) {
                    self.visit(nodes, child, &[way, &[step]].concat());
                }
            }
            _ => self.twig(way.iter().map(|step| step.split).chain(below), &leaves),
        }
    }

    fn twig<'a>(
        &mut self,
        asked: impl Iterator<Item = &'a Split>,
        leaves: &[(f64, Vec<Step<'_>>)],
    ) {
        let asked: Vec<&Split> = asked.collect();
        let mut features: Vec<u16> = asked.iter().map(|split| split.feature).collect();
        features.sort_unstable();
        features.dedup();
        let leaves: Vec<Leaf> = leaves
            .iter()
            .map(|(value, way)| Leaf::of(*value, way, &features))
            .collect();
        let given = if asked.len() <= TABULATED {
            let start = self.table.len();
            let patterns = 1_usize << asked.len();
            self.table.resize(start + patterns * features.len(), 0.0);
            let table = self.table.get_mut(start..).unwrap_or_default();
            for leaf in &leaves {
                leaf.tabulate(features.len(), table);
            }
            Given::Tabulated(start)
        } else {
            // A leaf by itself.
            let leaf = leaves.into_iter().next();
            Given::WorkedOut(leaf.unwrap_or(Leaf::NOTHING))
        };
        let questions = asked
            .iter()
            .map(|split| Question::of(split, &self.thresholds));
        self.questions.extend(questions);
        self.twigs.push(Twig {
            questions: asked.len(),
            features: features.len(),
            given,
        });
        self.features.extend(features);
    }

    /// Adds what each feature of a row contributes to `sums`.
    pub(super) fn add(&self, row: &[f64], sums: &mut [f64]) {
        let mut ranks = Vec::with_capacity(2 * self.thresholds.len());
        // A value that a row lacks is missing.
        let values = row.iter().copied().chain(std::iter::repeat(f64::NAN));
        for (thresholds, value) in self.thresholds.iter().zip(values) {
            let reached = rank(thresholds, value);
            ranks.extend(if value.is_nan() {
                [0, u32::MAX]
            } else {
                [reached, reached]
            });
        }
        // Which patterns first and what they give then: what is looked up lies apart in memory, and
        // is fetched at once where nothing has to be worked out in between.
        let mut patterns = Vec::with_capacity(self.twigs.len());
        let mut questions = self.questions.as_slice();
        for twig in &self.twigs {
            let (own, rest) = questions.split_at(twig.questions.min(questions.len()));
            questions = rest;
            patterns.push(own.iter().zip(0_u32..).fold(0, |pattern, (question, bit)| {
                pattern | question.answer(&ranks) << bit
            }));
        }
        let mut features = self.features.as_slice();
        for (twig, pattern) in self.twigs.iter().zip(patterns) {
            let (own, rest) = features.split_at(twig.features.min(features.len()));
            features = rest;
            let worked_out;
            let given = match &twig.given {
                Given::Tabulated(start) => {
                    let start = start + pattern as usize * own.len();
                    self.table.get(start..start + own.len())
                }
                Given::WorkedOut(leaf) => {
                    worked_out = leaf.given(own.len(), pattern);
                    Some(worked_out.as_slice())
                }
            };
            for (feature, given) in own.iter().zip(given.unwrap_or_default()) {
                if let Some(sum) = sums.get_mut(usize::from(*feature)) {
                    *sum += given;
                }
            }
        }
    }
}

impl Leaf {
    const NOTHING: Self = Self {
        value: 0.0,
        conditions: Vec::new(),
    };

    fn of(value: f64, way: &[Step<'_>], features: &[u16]) -> Self {
        let conditions = features.iter().enumerate().filter_map(|(at, feature)| {
            let steps = way.iter().filter(|step| step.split.feature == *feature);
            steps.fold(None, |condition: Option<Condition>, step| {
                let so_far = condition.unwrap_or(Condition {
                    feature: at,
                    asked: 0,
                    passed: 0,
                    unknown: 1.0,
                });
                Some(Condition {
                    asked: so_far.asked | 1 << step.bit,
                    passed: so_far.passed | u64::from(step.right) << step.bit,
                    unknown: so_far.unknown * step.share,
                    ..so_far
                })
            })
        });
        Self {
            value,
            conditions: conditions.collect(),
        }
    }

    /// Which conditions let the row pass, a bit each.
    fn passes(&self, pattern: u64) -> u64 {
        let bits = self.conditions.iter().zip(0_u32..);
        bits.fold(0, |passes, (condition, bit)| {
            let pass = pattern & condition.asked == condition.passed;
            passes | u64::from(pass) << bit
        })
    }

    fn unknown(&self) -> Vec<f64> {
        self.conditions.iter().map(|one| one.unknown).collect()
    }

    /// Adds what it gives under each pattern to a table of so many features a pattern.
    fn tabulate(&self, features: usize, table: &mut [f64]) {
        let unknown = self.unknown();
        let all: Vec<Vec<f64>> = (0..1_u64 << unknown.len())
            .map(|passes| given(&unknown, self.value, passes))
            .collect();
        for (sums, pattern) in table.chunks_mut(features.max(1)).zip(0..) {
            let given = all.get(self.passes(pattern) as usize);
            self.add(given.map(Vec::as_slice).unwrap_or_default(), sums);
        }
    }

    /// What it gives each of so many features.
    fn given(&self, features: usize, pattern: u64) -> Vec<f64> {
        let mut sums = vec![0.0; features];
        let given = given(&self.unknown(), self.value, self.passes(pattern));
        self.add(&given, &mut sums);
        sums
    }

    fn add(&self, given: &[f64], sums: &mut [f64]) {
        for (condition, given) in self.conditions.iter().zip(given) {
            if let Some(sum) = sums.get_mut(condition.feature) {
                *sum += given;
            }
        }
    }
}

/// Both sides of a question, each with the node that stands there.
fn sides<'a>(nodes: &[Node], split: &'a Split, bit: u32) -> [(usize, Step<'a>); 2] {
    let cover = |node: u16| nodes.get(usize::from(node)).map_or(0.0, Node::cover);
    let both = cover(split.left) + cover(split.right);
    [(split.left, false), (split.right, true)].map(|(child, right)| {
        let step = Step {
            split,
            bit,
            right,
            share: cover(child) / both,
        };
        (usize::from(child), step)
    })
}

/// Collects the questions below a node, whose bits stand behind the `first` ones, and the leaves with
/// the whole way to each.
fn gather<'a>(
    nodes: &'a [Node],
    at: usize,
    way: &[Step<'a>],
    first: usize,
    below: &mut Vec<&'a Split>,
    leaves: &mut Vec<(f64, Vec<Step<'a>>)>,
) {
    match nodes.get(at) {
        Some(Node::Leaf(leaf)) => leaves.push((f64::from(leaf.value), way.to_owned())),
        Some(Node::Split(split)) => {
            let bit = (first + below.len()) as u32;
            below.push(split);
            for (child, step) in sides(nodes, split, bit) {
                gather(nodes, child, &[way, &[step]].concat(), first, below, leaves);
            }
        }
        // Not in a sound tree.
        None => {}
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
