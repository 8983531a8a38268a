//! Every vendor of the firm, as others are held against them.

use std::sync::Arc;

use crate::domain::RecordKind;
use crate::domain::records::Vendor;
use crate::history::{Changed, Follows, History, identifier_key, name_key};

/// A vendor with what others are held against.
#[derive(Debug, Clone)]
pub struct VendorOnRecord {
    pub(super) vendor: Arc<Vendor>,
    pub(super) name: ComparedName,
    /// Its VAT identifier, spelling aside.
    pub(super) vat_id: Option<String>,
    /// Its accounts, spelling aside.
    pub(super) accounts: Vec<String>,
}

impl VendorOnRecord {
    /// Of a vendor.
    #[must_use]
    pub fn of(vendor: Arc<Vendor>) -> Self {
        Self {
            name: ComparedName::of(&vendor.name),
            vat_id: vendor.vat_id.as_deref().map(identifier_key),
            accounts: vendor
                .ibans
                .iter()
                .map(|iban| identifier_key(iban))
                .collect(),
            vendor,
        }
    }
}

/// A name, spelling aside, with what tells most other names from it without a letter-by-letter look.
#[derive(Debug, Clone)]
pub(super) struct ComparedName {
    key: String,
    letters: usize,
    /// Which letters it has, 64 of them told apart.
    has: u64,
}

impl ComparedName {
    pub(super) fn of(name: &str) -> Self {
        let key = name_key(name);
        let place = |letter: char| 1_u64 << (u32::from(letter) % 64);
        Self {
            letters: key.chars().count(),
            has: key.chars().fold(0, |has, letter| has | place(letter)),
            key,
        }
    }

    pub(super) const fn letters(&self) -> usize {
        self.letters
    }

    /// Whether at most so many letters are left out, put in, changed or swapped with their neighbour.
    pub(super) fn is_within(&self, slips: usize, other: &Self) -> bool {
        // A slip takes one letter away and puts another in, at most.
        self.letters.abs_diff(other.letters) <= slips
            && (self.has ^ other.has).count_ones() as usize <= 2 * slips
            && strsim::osa_distance(&self.key, &other.key) <= slips
    }
}

/// All vendors, in order of id; kept up with the records.
#[derive(Debug, Default)]
pub struct Vendors(Vec<VendorOnRecord>);

impl Vendors {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[VendorOnRecord] {
        &self.0
    }
}

impl Follows for Vendors {
    fn of(history: &dyn History) -> Self {
        let all = history.vendors().into_iter();
        Self(all.map(VendorOnRecord::of).collect())
    }

    fn take_in(&mut self, changed: &[Changed], history: &dyn History) {
        let vendors = changed
            .iter()
            .filter(|changed| changed.kind == RecordKind::Vendor);
        for Changed { id, .. } in vendors {
            let place = self
                .0
                .binary_search_by(|known| known.vendor.id.as_str().cmp(id));
            let found = history.vendor(id).map(VendorOnRecord::of);
            match (place, found) {
                (Ok(at), Some(vendor)) => {
                    if let Some(known) = self.0.get_mut(at) {
                        *known = vendor;
                    }
                }
                (Err(at), Some(vendor)) => self.0.insert(at, vendor),
                (Ok(at), None) => {
                    self.0.remove(at);
                }
                (Err(_), None) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::history::{Facts, FactsAsOf};

    #[test]
    fn vendors_kept_up_are_those_found_anew() {
        let mut facts = Facts::default();
        let at = |day: u32| format!("2026-03-{day:02}T08:00:00Z").parse().unwrap();
        let put = |facts: &mut Facts, id: &str, name: &str, day| {
            let body = json!({"id": id, "name": name, "ibans": [format!("XX{id}")]});
            facts.insert(RecordKind::Vendor, at(day), 1, body).unwrap();
        };
        for (id, name) in [("b", "Birch"), ("d", "Dune")] {
            put(&mut facts, id, name, 1);
        }
        let told = |vendors: &Vendors| -> Vec<String> {
            let all = vendors.all().iter();
            all.map(|one| format!("{} {} {:?}", one.vendor.id, one.name.key, one.accounts))
                .collect()
        };
        let kept = FactsAsOf::new(Arc::new(facts.clone()), at(9));
        let mut vendors = Vendors::of(&kept);
        let mut changed = Vec::new();
        for (id, name, day) in [("a", "Aster", 2), ("d", "Delta", 3), ("c", "Cedar", 4)] {
            put(&mut facts, id, name, day);
            changed.push(Changed {
                kind: RecordKind::Vendor,
                id: id.to_owned(),
            });
        }
        let now = FactsAsOf::new(Arc::new(facts), at(9));
        vendors.take_in(&changed, &now);
        assert_eq!(told(&vendors), told(&Vendors::of(&now)));
        vendors.take_in(&changed, &now);
        assert_eq!(told(&vendors), told(&Vendors::of(&now)));
    }

    proptest! {
        #[test]
        fn no_name_within_reach_is_passed_over(one in "[a-d]{0,9}", other in "[a-d]{0,9}", slips in 0_usize..3) {
            let (one, other) = (ComparedName::of(&one), ComparedName::of(&other));
            let distance = strsim::osa_distance(&one.key, &other.key);
            prop_assert_eq!(one.is_within(slips, &other), distance <= slips);
        }
    }
}
