//! Shapley values of one tree in time that grows with its leaves and the square of
//! its depth: Algorithm 2 of Lundberg et al. (2020).

use super::Node;

/// One feature on the way from the root to the node being visited.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Index of the feature; none for the root.
    feature: Option<u16>,
    /// Share of the fitted rows that flow on where the feature is unknown.
    unknown: f64,
    /// 1 if the row itself flows on, else 0.
    known: f64,
    /// Share of all orders of the features in which a subset of this size flows on.
    weight: f64,
}

/// The paths of a walk, one behind the other; room that is used again from tree to tree.
#[derive(Debug, Default)]
pub(super) struct Walk {
    paths: Vec<Step>,
}

/// The way into a node: the step that leads there.
struct Entry {
    node: usize,
    feature: Option<u16>,
    unknown: f64,
    known: f64,
}

impl Walk {
    /// Adds what each feature contributes in this tree to `sums`.
    pub(super) fn add(&mut self, nodes: &[Node], row: &[f64], sums: &mut [f64]) {
        self.paths.clear();
        let root = Entry {
            node: 0,
            feature: None,
            unknown: 1.0,
            known: 1.0,
        };
        self.visit(nodes, row, sums, 0, root);
    }

    /// Visits a node; the path that leads to it begins at `start`.
    fn visit(&mut self, nodes: &[Node], row: &[f64], sums: &mut [f64], start: usize, entry: Entry) {
        self.extend(start, &entry);
        match nodes.get(entry.node) {
            Some(Node::Leaf(leaf)) => {
                let path = self.paths.get(start..).unwrap_or_default();
                for (at, step) in path.iter().enumerate().skip(1) {
                    let share = unwound_sum(path, at) * (step.known - step.unknown);
                    let feature = step.feature.map(usize::from);
                    if let Some(sum) = feature.and_then(|feature| sums.get_mut(feature)) {
                        *sum += share * f64::from(leaf.value);
                    }
                }
            }
            Some(Node::Split(split)) => {
                let (hot, cold) = split.sides(row);
                let cover = |node: usize| nodes.get(node).map_or(0.0, Node::cover);
                let both = cover(hot) + cover(cold);
                let (mut unknown, mut known) = (1.0, 1.0);
                let path = self.paths.get(start..).unwrap_or_default();
                let earlier = path
                    .iter()
                    .position(|step| step.feature == Some(split.feature));
                if let Some(at) = earlier {
                    if let Some(step) = path.get(at) {
                        (unknown, known) = (step.unknown, step.known);
                    }
                    self.unwind(start, at);
                }
                let end = self.paths.len();
                for (node, known) in [(hot, known), (cold, 0.0)] {
                    // Each side starts from a copy of this path, behind it.
                    self.paths.truncate(end);
                    self.paths.extend_from_within(start..end);
                    let entry = Entry {
                        node,
                        feature: Some(split.feature),
                        unknown: unknown * cover(node) / both,
                        known,
                    };
                    self.visit(nodes, row, sums, end, entry);
                }
            }
            // Not in a sound tree.
            None => {}
        }
    }

    /// Adds a feature to the path and counts the subsets anew.
    fn extend(&mut self, start: usize, entry: &Entry) {
        let length = self.paths.len() - start;
        self.paths.push(Step {
            feature: entry.feature,
            unknown: entry.unknown,
            known: entry.known,
            weight: if length == 0 { 1.0 } else { 0.0 },
        });
        let Some(path) = self.paths.get_mut(start..) else {
            return;
        };
        let size = (length + 1) as f64;
        for at in (0..length).rev() {
            let weight = path.get(at).map_or(0.0, |step| step.weight);
            if let Some(next) = path.get_mut(at + 1) {
                next.weight += entry.known * weight * (at + 1) as f64 / size;
            }
            if let Some(step) = path.get_mut(at) {
                step.weight = entry.unknown * weight * (length - at) as f64 / size;
            }
        }
    }

    /// Takes a feature out of the path again, as if it had never been added.
    fn unwind(&mut self, start: usize, at: usize) {
        let Some(path) = self.paths.get_mut(start..) else {
            return;
        };
        let Some((last, removed)) = path.len().checked_sub(1).zip(path.get(at).copied()) else {
            return;
        };
        let size = (last + 1) as f64;
        let mut above = path.get(last).map_or(0.0, |step| step.weight);
        for index in (0..last).rev() {
            if let Some(step) = path.get_mut(index) {
                if removed.known == 0.0 {
                    step.weight = step.weight * size / (removed.unknown * (last - index) as f64);
                } else {
                    let weight = step.weight;
                    step.weight = above * size / ((index + 1) as f64 * removed.known);
                    above = weight - step.weight * removed.unknown * (last - index) as f64 / size;
                }
            }
        }
        // Weights stay in place: they belong to sizes, not to features.
        for index in at..last {
            if let Some(next) = path.get(index + 1).copied()
                && let Some(step) = path.get_mut(index)
            {
                (step.feature, step.unknown, step.known) = (next.feature, next.unknown, next.known);
            }
        }
        self.paths.pop();
    }
}

/// The sum of the weights that [`Walk::unwind`] would leave.
fn unwound_sum(path: &[Step], at: usize) -> f64 {
    let Some((last, removed)) = path.len().checked_sub(1).zip(path.get(at)) else {
        return 0.0;
    };
    let size = (last + 1) as f64;
    let mut above = path.get(last).map_or(0.0, |step| step.weight);
    let mut sum = 0.0;
    for (index, step) in path.iter().enumerate().take(last).rev() {
        if removed.known == 0.0 {
            sum += step.weight * size / (removed.unknown * (last - index) as f64);
        } else {
            let weight = above * size / ((index + 1) as f64 * removed.known);
            above = step.weight - weight * removed.unknown * (last - index) as f64 / size;
            sum += weight;
        }
    }
    sum
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
