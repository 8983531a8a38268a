//! Every vendor of the firm, as others are held against them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::domain::records::Vendor;
use crate::domain::{RecordId, RecordKind};
use crate::history::{Changed, Follows, History, identifier_key, name_key};

/// A vendor with what others are held against.
#[derive(Debug, Clone)]
pub(super) struct VendorOnRecord {
    pub(super) vendor: Arc<Vendor>,
    pub(super) name: ComparedName,
    /// What it trades under.
    pub(super) trading_name: Option<ComparedName>,
    /// Its VAT identifier, spelling aside.
    pub(super) vat_id: Option<String>,
    /// Its accounts, spelling aside.
    accounts: Vec<String>,
}

impl VendorOnRecord {
    fn of(vendor: Arc<Vendor>) -> Self {
        Self {
            name: ComparedName::of(&vendor.name),
            trading_name: vendor.trading_name.as_deref().map(ComparedName::of),
            vat_id: vat_id(&vendor),
            accounts: vendor
                .ibans
                .iter()
                .map(|iban| identifier_key(iban))
                .collect(),
            vendor,
        }
    }

    /// The names it is known by, as they are written and as they are compared.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &ComparedName)> {
        let trading = self.vendor.trading_name.as_deref();
        let trading = trading.zip(self.trading_name.as_ref());
        std::iter::once((self.vendor.name.as_str(), &self.name)).chain(trading)
    }
}

/// A vendor's VAT identifier, spelling aside; a stroke in its place is none.
pub(super) fn vat_id(vendor: &Vendor) -> Option<String> {
    let key = vendor.vat_id.as_deref().map(identifier_key);
    key.filter(|key| !key.is_empty())
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

/// All vendors, kept up with the records; quick to clone.
#[derive(Debug, Clone, Default)]
pub struct Vendors(Arc<Known>);

#[derive(Debug, Clone, Default)]
struct Known {
    /// In order of id.
    all: Vec<VendorOnRecord>,
    /// Ids of those that have an account.
    by_account: HashMap<String, BTreeSet<RecordId>>,
}

impl Vendors {
    /// Every one.
    pub(super) fn all(&self) -> &[VendorOnRecord] {
        &self.0.all
    }

    /// Whether a vendor is on record.
    pub(super) fn knows(&self, id: &RecordId) -> bool {
        self.0.place(id.as_str()).is_ok()
    }

    /// Those that have one of these accounts, in order of id.
    pub(super) fn with_accounts(&self, accounts: &[String]) -> Vec<&VendorOnRecord> {
        let known = &self.0;
        let ids = accounts.iter().filter_map(|one| known.by_account.get(one));
        let ids: BTreeSet<&RecordId> = ids.flatten().collect();
        ids.into_iter()
            .filter_map(|id| known.all.get(known.place(id.as_str()).ok()?))
            .collect()
    }
}

impl Known {
    fn place(&self, id: &str) -> Result<usize, usize> {
        self.all
            .binary_search_by(|known| known.vendor.id.as_str().cmp(id))
    }

    fn put(&mut self, vendor: Arc<Vendor>) {
        let vendor = VendorOnRecord::of(vendor);
        for account in &vendor.accounts {
            let of_account = self.by_account.entry(account.clone()).or_default();
            of_account.insert(vendor.vendor.id.clone());
        }
        let (Ok(at) | Err(at)) = self.place(vendor.vendor.id.as_str());
        self.all.insert(at, vendor);
    }

    fn take_out(&mut self, id: &str) {
        let Ok(at) = self.place(id) else {
            return;
        };
        let known = self.all.remove(at);
        for account in &known.accounts {
            if let Some(of_account) = self.by_account.get_mut(account) {
                of_account.remove(&known.vendor.id);
            }
        }
    }
}

impl FromIterator<Arc<Vendor>> for Vendors {
    fn from_iter<I: IntoIterator<Item = Arc<Vendor>>>(vendors: I) -> Self {
        let mut known = Known::default();
        vendors.into_iter().for_each(|vendor| known.put(vendor));
        Self(Arc::new(known))
    }
}

impl Follows for Vendors {
    fn of(history: &dyn History) -> Self {
        history.vendors().into_iter().collect()
    }

    fn take_in(&mut self, changed: &[Changed], history: &dyn History) {
        let vendors = changed
            .iter()
            .filter(|changed| changed.kind == RecordKind::Vendor);
        for Changed { id, .. } in vendors {
            // Whoever still looks at the older state keeps it.
            let known = Arc::make_mut(&mut self.0);
            known.take_out(id);
            if let Some(vendor) = history.vendor(id) {
                known.put(vendor);
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
            let body = json!({"id": id, "name": name, "ibans": [format!("XX{}", &name[..1])]});
            facts.insert(RecordKind::Vendor, at(day), 1, body).unwrap();
        };
        for (id, name) in [("b", "Birch"), ("d", "Dune")] {
            put(&mut facts, id, name, 1);
        }
        let told = |vendors: &Vendors| -> Vec<String> {
            let all = vendors.all().iter();
            let all = all.map(|one| {
                let with: Vec<&RecordId> = vendors
                    .with_accounts(&one.accounts)
                    .into_iter()
                    .map(|other| &other.vendor.id)
                    .collect();
                format!(
                    "{} {} {:?} {with:?}",
                    one.vendor.id, one.name.key, one.accounts
                )
            });
            all.collect()
        };
        let kept = FactsAsOf::new(Arc::new(facts.clone()), at(9));
        let mut vendors = Vendors::of(&kept);
        let mut changed = Vec::new();
        for (id, name, day) in [("a", "Aster", 2), ("d", "Bora", 3), ("c", "Cedar", 4)] {
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

    #[test]
    fn what_a_later_copy_took_in_is_not_seen_by_an_earlier_one() {
        let at = |day: u32| format!("2026-03-{day:02}T08:00:00Z").parse().unwrap();
        let put = |facts: &mut Facts, id: &str, day| {
            let body = json!({"id": id, "name": "Birch"});
            facts.insert(RecordKind::Vendor, at(day), 1, body).unwrap();
        };
        let seen = |facts: &Arc<Facts>, day| {
            let history = FactsAsOf::new(Arc::clone(facts), at(day));
            let vendors: Vendors = history.spending().as_followed();
            vendors.all().len()
        };
        let mut facts = Facts::default();
        put(&mut facts, "a", 1);
        let earlier = Arc::new(facts);
        assert_eq!(seen(&earlier, 2), 1);
        let mut later = (*earlier).clone();
        put(&mut later, "b", 2);
        let later = Arc::new(later);
        assert_eq!(
            (seen(&later, 3), seen(&earlier, 2), seen(&later, 1)),
            (2, 1, 1)
        );
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
