#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::{Forest, Leaf, Node, Split, Trees};

fn leaf(value: f32, cover: f32) -> Node {
    Node::Leaf(Leaf { value, cover })
}

fn split(feature: u16, threshold: f64, left: u16, right: u16, cover: f32) -> Node {
    Node::Split(Split {
        feature,
        threshold,
        left,
        right,
        missing_left: feature.is_multiple_of(2),
        cover,
    })
}

/// Depth 3 over two features, the first of them asked twice on one way.
fn tree() -> Vec<Node> {
    vec![
        split(0, 0.5, 1, 4, 100.0),
        split(1, 0.2, 2, 3, 60.0),
        leaf(1.0, 25.0),
        leaf(-2.0, 35.0),
        split(0, 0.8, 5, 6, 40.0),
        leaf(3.0, 10.0),
        split(1, 0.7, 7, 8, 30.0),
        leaf(0.5, 12.0),
        leaf(4.0, 18.0),
    ]
}

#[test]
fn missing_values_take_the_side_that_fitting_chose() {
    let trees = Trees::new(0.25, 2, vec![tree()]).unwrap();
    assert_eq!(trees.raw(&[0.4, 0.1]), 1.25);
    assert_eq!(trees.raw(&[f64::NAN, 0.1]), 1.25);
    assert_eq!(trees.raw(&[0.4, f64::NAN]), -1.75);
    assert_eq!(trees.raw(&[]), -1.75);
    assert_eq!(trees.raw(&[0.9, 0.7]), 4.25);
}

/// The node that a row goes to next, and the one it does not.
fn sides(split: &Split, row: &[f64]) -> (usize, usize) {
    let value = row[usize::from(split.feature)];
    let goes_left = if value.is_nan() {
        split.missing_left
    } else {
        value < split.threshold
    };
    let (left, right) = (usize::from(split.left), usize::from(split.right));
    if goes_left {
        (left, right)
    } else {
        (right, left)
    }
}

/// Value of a tree when only some features are known.
fn partly_known(nodes: &[Node], at: usize, row: &[f64], known: u32) -> f64 {
    match nodes[at] {
        Node::Leaf(leaf) => f64::from(leaf.value),
        Node::Split(split) => {
            let value = |child: usize| partly_known(nodes, child, row, known);
            let (hot, cold) = sides(&split, row);
            if known & (1 << split.feature) != 0 {
                return value(hot);
            }
            let (a, b) = (nodes[hot].cover(), nodes[cold].cover());
            (a * value(hot) + b * value(cold)) / (a + b)
        }
    }
}

/// Shapley values by their definition: over every subset.
fn by_definition(nodes: &[Node], row: &[f64], features: u32) -> Vec<f64> {
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    (0..features)
        .map(|feature| {
            let subsets = (0..1_u32 << features).filter(|set| set & (1 << feature) == 0);
            subsets
                .map(|set| {
                    let size = set.count_ones();
                    let weight =
                        factorial(size) * factorial(features - size - 1) / factorial(features);
                    let with = partly_known(nodes, 0, row, set | (1 << feature));
                    weight * (with - partly_known(nodes, 0, row, set))
                })
                .sum()
        })
        .collect()
}

#[test]
fn unsound_trees_are_refused() {
    let refused = |nodes: Vec<Node>| Trees::new(0.0, 2, vec![nodes]).unwrap_err().problem;
    assert_eq!(refused(vec![]), "it has no node");
    assert!(refused(vec![split(0, 0.5, 0, 1, 2.0), leaf(1.0, 2.0)]).contains("upwards"));
    assert!(refused(vec![split(0, 0.5, 1, 9, 2.0), leaf(1.0, 2.0)]).contains("outside"));
    let foreign = vec![split(7, 0.5, 1, 2, 2.0), leaf(1.0, 1.0), leaf(1.0, 1.0)];
    assert!(refused(foreign).contains("a feature there is not"));
    assert!(refused(vec![leaf(f32::NAN, 1.0)]).contains("not finite"));
    assert!(refused(vec![leaf(1.0, 0.0)]).contains("cover"));
    assert!(refused(vec![leaf(1.0, 1.0); 33]).contains("32 leaves"));
}

#[test]
fn trees_survive_a_round_trip() {
    let trees = Trees::new(0.25, 2, vec![tree()]).unwrap();
    let text = serde_json::to_string(&trees).unwrap();
    assert_eq!(serde_json::from_str::<Trees>(&text).unwrap(), trees);
    assert!(serde_json::from_str::<Trees>(&text.replace("[0,0.5,1,4", "[0,0.5,0,4")).is_err());
}

proptest! {
    #[test]
    fn contributions_are_shapley_values_and_add_up(
        row in prop::collection::vec(
            prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), 0.0..1.0f64],
            3,
        ),
        leaves in prop::collection::vec(-5.0..5.0f32, 5),
        covers in prop::collection::vec(0.5..50.0f32, 9),
        asked in prop::collection::vec(0_u16..3, 4),
    ) {
        let mut nodes = tree();
        let (mut leaves, mut asked) = (leaves.into_iter(), asked.into_iter());
        for (node, cover) in nodes.iter_mut().zip(covers) {
            match node {
                Node::Leaf(leaf) => *leaf = Leaf { value: leaves.next().unwrap(), cover },
                Node::Split(split) => {
                    split.feature = asked.next().unwrap();
                    split.cover = cover;
                }
            }
        }
        let trees = Trees::new(0.5, 3, vec![nodes.clone(), nodes.clone()]).unwrap();
        let contributions = trees.contributions(&row);
        for (found, expected) in contributions.iter().zip(by_definition(&nodes, &row, 3)) {
            prop_assert!((found - 2.0 * expected).abs() < 1e-9, "{found} {expected}");
        }
        let one = Trees::new(-1.0, 3, vec![nodes.clone()]).unwrap();
        let raws = Forest::of([&trees, &one, &trees]).raws(&row);
        prop_assert_eq!(raws, [trees.raw(&row), one.raw(&row), trees.raw(&row)]);
        let walked = 2.0 * partly_known(&nodes, 0, &row, u32::MAX) + 0.5;
        prop_assert!((walked - trees.raw(&row)).abs() < 1e-9);
        let total = trees.expected() + contributions.iter().sum::<f64>();
        prop_assert!((total - trees.raw(&row)).abs() < 1e-9);
    }
}

/// A tree grown leaf by leaf: at every step one of the leaves, counted from the last, is split.
fn grown(steps: &[(usize, u16, u8, bool, f32, f32)]) -> Vec<Node> {
    let mut nodes = vec![leaf(0.5, 9.0)];
    for (back, feature, threshold, missing_left, value, cover) in steps {
        let leaves: Vec<usize> = (0..nodes.len())
            .filter(|at| matches!(nodes[*at], Node::Leaf(_)))
            .collect();
        let at = leaves[leaves.len() - 1 - back % leaves.len()];
        let left = u16::try_from(nodes.len()).unwrap();
        nodes[at] = Node::Split(Split {
            feature: *feature,
            threshold: f64::from(*threshold),
            left,
            right: left + 1,
            missing_left: *missing_left,
            cover: nodes[at].cover() as f32,
        });
        nodes.extend([leaf(*value, *cover), leaf(-value, 2.0 * cover)]);
    }
    nodes
}

proptest! {
    /// Some with more questions on the way to a leaf than are tabulated, and with one threshold
    /// asked about often.
    #[test]
    fn trees_of_any_shape_are_told_and_explained_alike(
        steps in prop::collection::vec(
            (0_usize..3, 0_u16..4, 0_u8..6, any::<bool>(), -2.0..2.0f32, 0.5..9.0f32),
            0..20,
        ),
        cut in 0_usize..20,
        row in prop::collection::vec(
            prop_oneof![Just(f64::NAN), (-1_i8..7).prop_map(f64::from), -1.0..7.0f64],
            4,
        ),
    ) {
        let (first, second) = steps.split_at(cut.min(steps.len()));
        let trees = [grown(&steps), grown(first), grown(second)];
        let sum = Trees::new(0.25, 4, trees.to_vec()).unwrap();
        let alone = Trees::new(-0.5, 4, vec![grown(&steps)]).unwrap();
        let raws = Forest::of([&sum, &alone]).raws(&row);
        prop_assert_eq!(raws, [sum.raw(&row), alone.raw(&row)]);
        let mut expected = vec![0.0; 4];
        for nodes in &trees {
            for (sum, part) in expected.iter_mut().zip(by_definition(nodes, &row, 4)) {
                *sum += part;
            }
        }
        for (found, expected) in sum.contributions(&row).iter().zip(&expected) {
            prop_assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }
}
