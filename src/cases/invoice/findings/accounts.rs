//! Accounts to pay to that are not known to be the seller's: whoever pays may take any that the
//! document names, so each is asked about.

use std::collections::BTreeSet;

use super::evidence::{Places, folded, listed};
use super::firm::detected;
use super::seller::surest;
use super::{Finding, FindingsInput, KnownVendor};
use crate::advice::{Evidence, Level};
use crate::documents::{Field, FieldName as F};

/// Accounts known to be the seller's. Where several vendors are the seller as surely as each other,
/// those of any of them will do.
pub(super) struct KnownAccounts<'a> {
    /// The first record of the seller that names any.
    record: Option<&'a KnownVendor>,
    on_record: BTreeSet<String>,
    invoiced: BTreeSet<String>,
}

impl<'a> KnownAccounts<'a> {
    pub(super) fn of(input: &FindingsInput<'a>) -> Self {
        let sellers = surest(input.merged, &input.firm.vendors, KnownVendor::identity);
        let on_record = sellers.iter().flat_map(|vendor| &vendor.ibans);
        let invoiced = sellers.iter().flat_map(|vendor| &vendor.invoiced_ibans);
        Self {
            on_record: on_record.map(|account| folded(account)).collect(),
            invoiced: invoiced.map(|account| folded(account)).collect(),
            record: sellers
                .iter()
                .copied()
                .find(|vendor| !vendor.ibans.is_empty()),
        }
    }

    /// Whether nothing is known, so that nothing can be said of an account.
    pub(super) fn is_empty(&self) -> bool {
        self.on_record.is_empty() && self.invoiced.is_empty()
    }

    pub(super) fn has(&self, account: &Field) -> bool {
        self.is_on_record(account) || self.invoiced.contains(&folded(&account.value))
    }

    fn is_on_record(&self, account: &Field) -> bool {
        self.on_record.contains(&folded(&account.value))
    }
}

/// What is none of the accounts on record for the vendor. Letterheads list several banks, so others
/// beside one on record weigh less than the first, and are one finding however many they are.
pub(super) fn changed(input: &FindingsInput<'_>, places: Places<'_>) -> Option<Finding> {
    let known = KnownAccounts::of(input);
    let record = known.record?;
    let mut accounts = input.merged.accounts();
    let first = accounts.next()?;
    let others: Vec<&Field> = accounts.filter(|other| !known.has(other)).collect();
    let is_first_strange = !known.is_on_record(first);
    let (code, text, level) = match (is_first_strange, others.is_empty()) {
        (true, true) => (
            "iban_not_on_record",
            "The account to pay to is none of those on record for this vendor.".to_owned(),
            Level::High,
        ),
        (true, false) => (
            "iban_not_on_record",
            format!(
                "The account to pay to is none of those on record for this vendor, nor is any of these: {}.",
                listed(&others)
            ),
            Level::High,
        ),
        (false, false) => (
            "iban_other_not_on_record",
            format!(
                "Beside an account on record for this vendor it names others, which are not: {}.",
                listed(&others)
            ),
            Level::Medium,
        ),
        (false, true) => return None,
    };
    let strange = is_first_strange.then_some(first).into_iter().chain(others);
    let mut evidence: Vec<Evidence> = strange.map(|account| places.field(account)).collect();
    evidence.extend(places.fields(input.merged, &[F::Seller]));
    evidence.push(places.record(&record.id, &record.name));
    Some(Finding {
        code: code.to_owned(),
        text,
        level,
        evidence,
    })
}

/// What detectors found of accounts beside the first: of less weight where that is known.
pub(super) fn flagged(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    let known = KnownAccounts::of(input);
    let mut accounts = input.merged.accounts();
    let heaviest = match accounts.next() {
        Some(first) if known.has(first) => Level::Medium,
        _ => Level::High,
    };
    let others: Vec<&Field> = accounts.collect();
    let flags = input.firm.account_flags.iter();
    flags
        .map(|found| {
            let mut named = others.clone();
            named.retain(|account| found.accounts.contains(&account.value));
            let finding = detected(&found.flag, &named, input, places);
            Finding {
                text: format!(
                    "Of {}, which it names as well: {}",
                    listed(&named),
                    finding.text
                ),
                level: finding.level.min(heaviest),
                ..finding
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{beside, changed, find_in, firm, sound};
    use super::super::{AccountFlag, FirmKnowledge};
    use super::*;
    use crate::cases::detectors::Flag;
    use crate::documents::Reading;

    const ON_RECORD: &str = "DE89370400440532013000";
    const OTHERS: [&str; 2] = ["DE02120300000000202051", "DE75512108001245126199"];

    fn found(reading: &Reading, firm: &FirmKnowledge) -> Vec<Finding> {
        find_in(Some(reading), None, firm)
    }

    fn told(reading: &Reading, firm: &FirmKnowledge) -> Vec<(String, Level)> {
        let found = found(reading, firm).into_iter();
        found.map(|finding| (finding.code, finding.level)).collect()
    }

    fn shown(finding: &Finding) -> Vec<&str> {
        let texts = finding.evidence.iter().map(|one| one.text.as_deref());
        texts.flatten().collect()
    }

    #[test]
    fn other_banks_of_a_letterhead_are_one_finding() {
        let letterhead = beside(sound(), &OTHERS);
        let found = found(&letterhead, &firm());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].code.as_str(), found[0].level),
            ("iban_other_not_on_record", Level::Medium)
        );
        assert_eq!(
            found[0].text,
            "Beside an account on record for this vendor it names others, which are not: \
             DE02120300000000202051, DE75512108001245126199."
        );
        let places = [OTHERS[0], OTHERS[1], "Seller GmbH", "SELLER GMBH"];
        assert_eq!(shown(&found[0]), places);
        assert_eq!(told(&letterhead, &FirmKnowledge::default()), []);
    }

    #[test]
    fn other_accounts_on_record_or_of_earlier_invoices_are_fine() {
        let mut known = firm();
        known.vendors[0].ibans.push(OTHERS[0].to_owned());
        known.vendors[0].invoiced_ibans = vec!["DE75 5121 0800 1245 1261 99".to_owned()];
        assert_eq!(told(&beside(sound(), &OTHERS), &known), []);
        // An earlier invoice vouches for no first account: its detector looks at those.
        let first = changed(&[(F::Iban, OTHERS[1])]);
        let high = ("iban_not_on_record".to_owned(), Level::High);
        assert_eq!(told(&first, &known), [high]);
    }

    #[test]
    fn the_first_account_weighs_as_before_whatever_stands_beside_it() {
        let first = changed(&[(F::Iban, OTHERS[0])]);
        let with_known = found(&beside(first.clone(), &[ON_RECORD]), &firm());
        assert_eq!(with_known, found(&first, &firm()));
        let found = found(&beside(first, &OTHERS[1..]), &firm());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].code.as_str(), found[0].level),
            ("iban_not_on_record", Level::High)
        );
        assert!(
            found[0]
                .text
                .ends_with(", nor is any of these: DE75512108001245126199."),
            "{}",
            found[0].text
        );
        assert_eq!(shown(&found[0])[..2], OTHERS);
        // One that a note alone names is the first.
        let noted = beside(changed(&[(F::Iban, "")]), &OTHERS[..1]);
        let high = ("iban_not_on_record".to_owned(), Level::High);
        assert_eq!(told(&noted, &firm()), [high]);
    }

    #[test]
    fn accounts_that_are_too_many_to_name_are_counted() {
        let many: Vec<String> = (1..=6).map(|number| format!("A{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let found = found(&beside(sound(), &many), &firm());
        assert!(
            found[0].text.ends_with("A1, A2, A3, A4, A5 and 1 more."),
            "{}",
            found[0].text
        );
    }

    #[test]
    fn what_detectors_find_of_another_account_shows_that_account() {
        let mut known = firm();
        known.vendors[0].invoiced_ibans = vec![OTHERS[0].to_owned()];
        known.account_flags = vec![AccountFlag {
            accounts: vec![OTHERS[0].to_owned()],
            flag: Flag {
                detector: "shared_bank_account".to_owned(),
                text: "The account is that of Other GmbH too.".to_owned(),
                twins: vec!["vendor/v2".to_owned()],
            },
        }];
        let reading = beside(sound(), &OTHERS[..1]);
        let found = found(&reading, &known);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].code.as_str(), found[0].level),
            ("shared_bank_account", Level::Medium)
        );
        assert_eq!(
            found[0].text,
            "Of DE02120300000000202051, which it names as well: The account is that of Other GmbH too."
        );
        assert_eq!(shown(&found[0]), [OTHERS[0], "Seller GmbH", "vendor/v2"]);
        // With no account beside it that is known, it weighs as much as the first would.
        known.vendors.clear();
        let high = ("shared_bank_account".to_owned(), Level::High);
        assert_eq!(told(&reading, &known), [high]);
    }
}
