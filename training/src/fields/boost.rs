//! Boosted trees of forust, rewritten into the compact form the product loads.

use anyhow::Context as _;
use forust_ml::data::Matrix;
use forust_ml::gradientbooster::GradientBooster;
use forust_ml::objective::ObjectiveType;
use scrutineer::documents::fields::{Head, Node};

use super::examples::Row;

const TREES: usize = 50;
const DEPTH: usize = 3;
const LEARNING_RATE: f32 = 0.15;
/// Weight of the plain rule beside the trees.
const RULE: f32 = 4.0;

/// Fits one scorer; calibration is left at the identity.
pub(super) fn fit(rows: &[&Row]) -> anyhow::Result<Head> {
    let count = rows.len();
    let columns = rows.first().map_or(0, |r| r.features.len());
    // Column by column, as the booster wants it.
    let data: Vec<f64> = (0..columns)
        .flat_map(|c| rows.iter().map(move |r| f64::from(r.features[c])))
        .collect();
    let right: Vec<f64> = rows.iter().map(|r| f64::from(u8::from(r.right))).collect();
    let weights: Vec<f64> = rows.iter().map(|r| f64::from(r.weight)).collect();
    let matrix = Matrix::new(&data, count, columns);
    let mut booster = GradientBooster::default()
        .set_objective_type(ObjectiveType::LogLoss)
        .set_iterations(TREES)
        .set_max_depth(DEPTH)
        .set_max_leaves(1 << DEPTH)
        .set_learning_rate(LEARNING_RATE)
        .set_l2(2.0)
        .set_min_leaf_weight(2.0)
        .set_nbins(64)
        .set_base_score(0.0)
        .set_initialize_base_score(false)
        .set_parallel(false)
        .set_seed(17);
    booster
        .fit(&matrix, &right, &weights, None)
        .context("fitting the trees of a field")?;
    let trees = booster
        .trees
        .iter()
        .map(|tree| {
            let nodes: Vec<Split> = tree
                .nodes
                .iter()
                .map(|n| Split {
                    leaf: n.is_leaf.then_some(n.weight_value),
                    feature: n.split_feature,
                    value: n.split_value,
                    children: (n.left_child, n.right_child),
                })
                .collect();
            compact(&nodes)
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    #[expect(clippy::cast_possible_truncation, reason = "scores are small numbers")]
    let base = booster.base_score as f32;
    Ok(Head {
        base,
        rule: RULE,
        trees,
        scale: 1.0,
        shift: 0.0,
        threshold: 0.5,
    })
}

/// What is used of a node of the booster, whose own type has no public name.
struct Split {
    leaf: Option<f32>,
    feature: usize,
    value: f64,
    children: (usize, usize),
}

/// Nodes in the order of a walk from the root, so that children follow parents.
fn compact(nodes: &[Split]) -> anyhow::Result<Vec<Node>> {
    let mut out = Vec::new();
    place(nodes, 0, &mut out)?;
    Ok(out)
}

fn place(nodes: &[Split], at: usize, out: &mut Vec<Node>) -> anyhow::Result<u16> {
    let node = nodes
        .get(at)
        .context("a tree of the booster has no such node")?;
    let own = out.len();
    if let Some(value) = node.leaf {
        out.push(Node(0, rounded(value), 0, 0));
    } else {
        out.push(Node(0, 0.0, 0, 0));
        let left = place(nodes, node.children.0, out)?;
        let right = place(nodes, node.children.1, out)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "features are a few units at most"
        )]
        let value = node.value as f32;
        out[own] = Node(u16::try_from(node.feature)?, value, left, right);
    }
    Ok(u16::try_from(own)?)
}

/// Five significant digits are enough for a leaf and keep the file small.
fn rounded(value: f32) -> f32 {
    (value * 10_000.0).round() / 10_000.0
}
