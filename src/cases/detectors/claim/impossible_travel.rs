//! Nobody buys lunch in two countries on one day without travelling between them.

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let country = view.claim.country.as_ref()?;
    let travels = |claim| Kind::Travel.is_of(claim, view.thresholds);
    // Tickets and rooms are paid from afar, and explain being in two places.
    if travels(view.claim) || view.own_within(1).any(travels) {
        return None;
    }
    let elsewhere: Vec<_> = view
        .own_within(0)
        .filter(|other| other.country.as_ref().is_some_and(|other| other != country))
        .collect();
    let other = elsewhere.first()?.country.as_ref()?;
    let text = format!(
        "Lines of {} are of {} and {}, and nothing tells of a journey.",
        view.claim.incurred_on,
        country.as_str(),
        other.as_str(),
    );
    Some(Found::new(text).beside(
        view.lines.kind().as_str(),
        elsewhere.iter().map(|other| &other.id),
    ))
}
