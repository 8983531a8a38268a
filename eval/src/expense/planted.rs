//! Real lines of which some are changed, so that it is known which are odd: nobody labelled the rest, so
//! precision is a lower bound.

use std::collections::{BTreeMap, HashMap, HashSet};

use scrutineer::cases::expense::Claim;
use scrutineer::domain::sha256_hex;
use scrutineer_datasets::sets::spend::SpendLine;

/// Lines changed in each way.
const EACH: usize = 250;
/// A slipped point is looked for in amounts from this on.
const LEAST: f64 = 10.0;

/// What was changed: the name of each way, and the ids of the lines.
pub(super) type Planted = BTreeMap<&'static str, HashSet<String>>;

/// The lines as they are compared, the supplier in place of the vendor.
pub(super) fn claims(lines: &[SpendLine]) -> Vec<Claim> {
    let claim = |line: &SpendLine| Claim {
        id: line.row.to_string(),
        day: line.month,
        is_holiday: false,
        amount: Some(line.amount),
        employee: Some(line.supplier.clone()),
        role: None,
        team: line.service.clone(),
        merchant: None,
        category: Some(line.account.clone()),
        place: None,
        region: None,
        project: None,
    };
    lines.iter().map(claim).collect()
}

/// Moves the point of some amounts by one place, and posts some lines to an account to which no line of
/// their supplier ever was. Which lines and accounts is drawn by digests of their rows: the same each time.
pub(super) fn plant(claims: &mut [Claim]) -> Planted {
    let mut drawn: Vec<usize> = (0..claims.len()).collect();
    drawn.sort_by_cached_key(|at| sha256_hex(format!("planted|{at}")));
    let accounts: Vec<Option<String>> = drawn
        .iter()
        .filter_map(|at| claims.get(*at))
        .map(|claim| claim.category.clone())
        .collect();
    let mut of_supplier: HashMap<String, HashSet<String>> = HashMap::new();
    for claim in &*claims {
        if let (Some(supplier), Some(account)) = (&claim.employee, &claim.category) {
            let known = of_supplier.entry(supplier.clone()).or_default();
            known.insert(account.clone());
        }
    }
    let mut planted = Planted::from([
        ("slipped_point", HashSet::new()),
        ("other_account", HashSet::new()),
    ]);
    // Accounts are drawn from the far end, so that a line does not meet its own.
    let mut others = accounts.into_iter().rev().flatten();
    for at in drawn {
        let Some(claim) = claims.get_mut(at) else {
            continue;
        };
        let wanted = |name: &str| planted.get(name).is_some_and(|ids| ids.len() < EACH);
        let changed = if wanted("slipped_point") && claim.amount.is_some_and(|of| of >= LEAST) {
            claim.amount = claim.amount.map(|amount| amount * 10.0);
            "slipped_point"
        } else if wanted("other_account") {
            let known = claim.employee.as_ref().and_then(|who| of_supplier.get(who));
            let is_new = |account: &String| !known.is_some_and(|known| known.contains(account));
            let Some(account) = others.find(is_new) else {
                break;
            };
            claim.category = Some(account);
            "other_account"
        } else {
            break;
        };
        planted.entry(changed).or_default().insert(claim.id.clone());
    }
    planted
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn as_many_lines_as_wanted_are_changed_and_no_others() {
        let line = |row: usize| SpendLine {
            row,
            month: NaiveDate::from_ymd_opt(2020, 1, 1).unwrap(),
            supplier: format!("S{}", row % 7),
            service: None,
            amount: 1.0 + row as f64,
            account: format!("A{}", row % 7 + 7 * (row % 2)),
        };
        let lines: Vec<SpendLine> = (0..2_000).map(line).collect();
        let (before, mut after) = (claims(&lines), claims(&lines));
        let planted = plant(&mut after);
        for (one, other) in before.iter().zip(&after) {
            let of = |name: &str| planted[name].contains(&one.id);
            assert_eq!(one.amount != other.amount, of("slipped_point"));
            assert_eq!(one.category != other.category, of("other_account"));
            if of("other_account") {
                let (own, new) = (one.employee.as_deref().unwrap(), other.category.as_deref());
                assert_ne!(new, Some(format!("A{}", &own[1..]).as_str()));
            }
        }
        assert!(planted.values().all(|ids| ids.len() == EACH));
        let mut again = claims(&lines);
        assert_eq!(plant(&mut again), planted, "the same each time");
    }
}
