//! Boosted trees of forust, rewritten into the form the product walks.

use anyhow::{Context as _, ensure};
use forust_ml::data::Matrix;
use forust_ml::gradientbooster::{GradientBooster, GrowPolicy};
use forust_ml::objective::ObjectiveType;
use forust_ml::sampler::SampleMethod;
use scrutineer::learn::trees::{Leaf, MAX_LEAVES, Node, Split, Trees};

/// Rows by features, column by column; what is not a number is missing.
#[derive(Debug, Clone)]
pub struct Table {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Table {
    /// Joins rows of equal length.
    ///
    /// # Errors
    /// A row of another length than the first.
    pub fn of_rows<R: AsRef<[f64]>>(rows: &[R]) -> anyhow::Result<Self> {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        ensure!(
            rows.iter().all(|row| row.as_ref().len() == columns),
            "rows of different lengths"
        );
        let column = |at: usize| rows.iter().map(move |row| row.as_ref()[at]);
        Ok(Self {
            rows: rows.len(),
            columns,
            values: (0..columns).flat_map(column).collect(),
        })
    }

    /// How many rows there are.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// How many features a row has.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// The features that are not the same in every row, and where they stood: the others say
    /// nothing, and would only be drawn in the place of one that does.
    fn varying(&self) -> (Self, Vec<usize>) {
        let bits = |value: &f64| {
            if value.is_nan() {
                None
            } else {
                Some(value.to_bits())
            }
        };
        let (places, columns): (Vec<usize>, Vec<&[f64]>) = self
            .values
            .chunks(self.rows.max(1))
            .enumerate()
            .filter(|(_, column)| {
                let first = column.first().and_then(bits);
                column.iter().any(|value| bits(value) != first)
            })
            .unzip();
        let table = Self {
            rows: self.rows,
            columns: columns.len(),
            values: columns.concat(),
        };
        (table, places)
    }
}

/// Hyper-parameters of boosted trees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoostParams {
    /// Trees, at most.
    pub trees: usize,
    /// Questions on the way to a leaf, at most.
    pub depth: usize,
    /// Leaves of a tree, at most; the leaf that gains most is split first.
    pub leaves: usize,
    /// Share of each tree's correction that is taken.
    pub learning_rate: f32,
    /// Ridge on leaf values.
    pub l2: f32,
    /// Least sum of second derivatives in a leaf.
    pub least_cover: f32,
    /// Bins that a feature's values are sorted into.
    pub bins: u16,
    /// Share of rows that each tree sees.
    pub row_share: f32,
    /// Share of features that each tree sees.
    pub column_share: f64,
    /// Seed of both draws.
    pub seed: u64,
}

/// Hyper-parameters that can be fitted with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CheckedBoost(BoostParams);

impl BoostParams {
    /// Checks every range.
    ///
    /// # Errors
    /// The first parameter that is out of its range, by name.
    pub fn check(self) -> anyhow::Result<CheckedBoost> {
        let share = |value: f64| value > 0.0 && value <= 1.0;
        ensure!(self.trees > 0, "`trees` must be positive");
        ensure!((1..=12).contains(&self.depth), "`depth` must be 1 to 12");
        ensure!(
            (2..=MAX_LEAVES).contains(&self.leaves),
            "`leaves` must be 2 to 32"
        );
        ensure!(
            share(f64::from(self.learning_rate)),
            "`learning_rate` must be within 0..=1"
        );
        ensure!(
            self.l2.is_finite() && self.l2 >= 0.0,
            "`l2` must not be negative"
        );
        ensure!(
            self.least_cover.is_finite() && self.least_cover > 0.0,
            "`least_cover` must be positive"
        );
        ensure!(self.bins >= 2, "`bins` must be at least 2");
        ensure!(
            share(f64::from(self.row_share)),
            "`row_share` must be within 0..=1"
        );
        ensure!(
            share(self.column_share),
            "`column_share` must be within 0..=1"
        );
        Ok(CheckedBoost(self))
    }
}

impl CheckedBoost {
    /// The same with another number of trees.
    #[must_use]
    pub const fn with_trees(self, trees: usize) -> Self {
        Self(BoostParams { trees, ..self.0 })
    }

    /// Trees, at most.
    #[must_use]
    pub const fn trees(&self) -> usize {
        self.0.trees
    }

    /// Fits log odds of `truth`, from the odds of the whole. One thread; the same input
    /// gives the same trees.
    ///
    /// # Errors
    /// Lists of different lengths, no row, or what the booster refuses.
    pub fn fit(&self, table: &Table, truth: &[bool], weights: &[f64]) -> anyhow::Result<Trees> {
        ensure!(table.rows > 0 && table.columns > 0, "nothing to fit on");
        ensure!(
            truth.len() == table.rows && weights.len() == table.rows,
            "{} rows, {} outcomes, {} weights",
            table.rows,
            truth.len(),
            weights.len()
        );
        let outcomes: Vec<f64> = truth.iter().map(|y| f64::from(u8::from(*y))).collect();
        let base = prior(truth, weights);
        let (varying, places) = table.varying();
        if places.is_empty() {
            return Ok(Trees::new(base, table.columns, Vec::new())?);
        }
        let matrix = Matrix::new(&varying.values, varying.rows, varying.columns);
        let mut booster = self.booster(base);
        booster
            .fit(&matrix, &outcomes, weights, None)
            .context("fitting boosted trees")?;
        let trees = booster
            .trees
            .iter()
            .map(|tree| {
                let raw: Vec<Raw> = tree
                    .nodes
                    .iter()
                    .map(|node| Raw {
                        leaf: node.is_leaf.then_some(node.weight_value),
                        cover: node.hessian_sum,
                        feature: places.get(node.split_feature).copied().unwrap_or_default(),
                        threshold: node.split_value,
                        left: node.left_child,
                        right: node.right_child,
                        missing: node.missing_node,
                    })
                    .collect();
                in_walking_order(&raw)
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Trees::new(base, table.columns, trees)?)
    }

    fn booster(&self, base: f64) -> GradientBooster {
        let params = self.0;
        let mut booster = GradientBooster::default()
            .set_objective_type(ObjectiveType::LogLoss)
            .set_iterations(params.trees)
            .set_max_depth(params.depth)
            .set_learning_rate(params.learning_rate)
            .set_l2(params.l2)
            .set_min_leaf_weight(params.least_cover)
            .set_nbins(params.bins)
            .set_colsample_bytree(params.column_share)
            .set_base_score(base)
            .set_initialize_base_score(false)
            .set_parallel(false)
            .set_seed(params.seed)
            .set_max_leaves(params.leaves);
        booster.grow_policy = GrowPolicy::LossGuide;
        if params.row_share < 1.0 {
            booster
                .set_sample_method(SampleMethod::Random)
                .set_subsample(params.row_share)
        } else {
            booster
        }
    }
}

/// Log odds of the whole, half a case added to either side so that one class alone
/// stays finite.
fn prior(truth: &[bool], weights: &[f64]) -> f64 {
    let sum = |wanted: bool| -> f64 {
        let cases = truth.iter().zip(weights).filter(|(y, _)| **y == wanted);
        cases.map(|(_, weight)| weight).sum()
    };
    ((sum(true) + 0.5) / (sum(false) + 0.5)).ln()
}

/// What is used of a node of the booster, whose own type has no public name.
struct Raw {
    leaf: Option<f32>,
    cover: f32,
    feature: usize,
    threshold: f64,
    left: usize,
    right: usize,
    missing: usize,
}

/// Least cover written: a side that no row took has none of its own.
const LEAST_COVER: f32 = 1e-6;

/// Nodes in the order of a walk from the root, so that children follow parents.
fn in_walking_order(raw: &[Raw]) -> anyhow::Result<Vec<Node>> {
    let mut nodes = Vec::with_capacity(raw.len());
    place(raw, 0, &mut nodes)?;
    Ok(nodes)
}

fn place(raw: &[Raw], at: usize, nodes: &mut Vec<Node>) -> anyhow::Result<u16> {
    let node = raw.get(at).context("the booster's tree lacks a node")?;
    let own = nodes.len();
    let cover = node.cover.max(LEAST_COVER);
    let value = node.leaf.unwrap_or_default();
    nodes.push(Node::Leaf(Leaf { value, cover }));
    if node.leaf.is_none() {
        let left = place(raw, node.left, nodes)?;
        let right = place(raw, node.right, nodes)?;
        nodes[own] = Node::Split(Split {
            feature: u16::try_from(node.feature)?,
            threshold: node.threshold,
            left,
            right,
            missing_left: node.missing == node.left,
            cover,
        });
    }
    Ok(u16::try_from(own)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMS: BoostParams = BoostParams {
        trees: 30,
        depth: 4,
        leaves: 12,
        learning_rate: 0.2,
        l2: 1.0,
        least_cover: 1.0,
        bins: 64,
        row_share: 0.8,
        column_share: 0.7,
        seed: 7,
    };

    /// Three features of a fixed pattern, every fifth value of the second missing.
    fn rows(count: usize) -> (Vec<[f64; 3]>, Vec<bool>) {
        let row = |i: usize| {
            let u = |salt: usize| ((i * 7919 + salt * 104_729) % 997) as f64 / 997.0;
            let second = if i.is_multiple_of(5) { f64::NAN } else { u(2) };
            let y = u(1) + if second.is_nan() { 0.6 } else { second } > 0.9 + 0.4 * u(3);
            ([u(1), second, u(4)], y)
        };
        (0..count).map(row).unzip()
    }

    #[test]
    fn walks_as_the_booster_does_and_its_contributions_agree() {
        let (rows, truth) = rows(800);
        let table = Table::of_rows(&rows).unwrap();
        let params = PARAMS.check().unwrap();
        let weights = vec![1.0; rows.len()];
        let trees = params.fit(&table, &truth, &weights).unwrap();
        assert_eq!(trees, params.fit(&table, &truth, &weights).unwrap());

        let mut booster = params.booster(prior(&truth, &weights));
        let outcomes: Vec<f64> = truth.iter().map(|y| f64::from(u8::from(*y))).collect();
        let matrix = Matrix::new(&table.values, table.rows, table.columns);
        booster.fit(&matrix, &outcomes, &weights, None).unwrap();
        let method = forust_ml::gradientbooster::ContributionsMethod::Shapley;
        let theirs = booster.predict_contributions(&matrix, method, false);
        for ((row, raw), theirs) in rows
            .iter()
            .zip(booster.predict(&matrix, false))
            .zip(theirs.chunks_exact(4))
        {
            assert!((trees.raw(row) - raw).abs() < 1e-5);
            for (ours, theirs) in trees.contributions(row).iter().zip(theirs) {
                assert!((ours - theirs).abs() < 1e-3, "{ours} {theirs}");
            }
        }
    }

    #[test]
    fn one_class_alone_is_sure_but_finite() {
        let (rows, _) = rows(40);
        let table = Table::of_rows(&rows).unwrap();
        let params = PARAMS.check().unwrap();
        let trees = params.fit(&table, &[true; 40], &[1.0; 40]).unwrap();
        let raw = trees.raw(&rows[0]);
        assert!(raw > 2.0 && raw.is_finite());
    }

    #[test]
    fn parameters_out_of_range_are_named() {
        let mut bad = PARAMS;
        bad.column_share = 0.0;
        assert!(
            bad.check()
                .unwrap_err()
                .to_string()
                .contains("column_share")
        );
        let checked = PARAMS.check().unwrap();
        assert!(
            checked
                .fit(&Table::of_rows::<[f64; 1]>(&[]).unwrap(), &[], &[])
                .is_err()
        );
    }
}
