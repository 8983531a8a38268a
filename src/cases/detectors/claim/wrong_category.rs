//! A merchant that nearly everybody posts to one category, posted to another.

use std::collections::BTreeMap;

use super::super::Found;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let category = view.claim.category.as_deref()?;
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for other in view
        .at_merchant
        .iter()
        .filter_map(|other| other.category.as_deref())
    {
        *lines.entry(other).or_default() += 1;
    }
    let all: usize = lines.values().sum();
    let (usual, count) = lines.into_iter().max_by_key(|(_, count)| *count)?;
    let enough = all >= view.thresholds.category_lines as usize;
    let agree = count * 100 >= all * view.thresholds.category_percent as usize;
    (enough && agree && usual != category).then(|| {
        Found::new(format!(
            "{count} of {all} other lines at this merchant are {usual}, and this one is {category}."
        ))
    })
}
