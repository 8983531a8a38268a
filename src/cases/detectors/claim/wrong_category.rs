//! A merchant that nearly everybody posts to one category, posted to another.

use std::collections::BTreeMap;

use super::super::Found;
use super::super::words::spaced;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let category = view.claim.category.as_deref()?;
    // By its words, with the spelling that is met first.
    let mut lines: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for other in view
        .at_merchant
        .iter()
        .filter_map(|other| other.category.as_deref())
    {
        let (count, _) = lines.entry(spaced(other)).or_insert((0, other));
        *count += 1;
    }
    let all: usize = lines.values().map(|(count, _)| count).sum();
    let (words, (count, usual)) = lines.into_iter().max_by_key(|(_, (count, _))| *count)?;
    let enough = all >= view.thresholds.category_lines as usize;
    let agree = count * 100 >= all * view.thresholds.category_percent as usize;
    (enough && agree && words != spaced(category)).then(|| {
        Found::new(format!(
            "{count} of {all} other lines at this merchant are {usual}, and this one is {category}."
        ))
    })
}
