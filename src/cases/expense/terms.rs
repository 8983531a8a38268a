//! What the parts of a score are called: an invoice is no expense, and whoever bills is no employee.

use super::features::{GROUPS, NAMES, WIDTH};
use super::peers::{SIDES, Side};
use crate::history::Lines;

/// Words for lines of one kind.
pub(super) struct Terms {
    /// One of them.
    pub(super) one: &'static str,
    /// Names of the features, in order.
    pub(super) names: [&'static str; WIDTH],
    /// What each amount is compared with, in the order of the groups.
    pub(super) amount_of: [&'static str; GROUPS],
    /// The sides, in order.
    sides: [&'static str; SIDES],
}

const OF_EXPENSES: Terms = Terms {
    one: "expense",
    names: NAMES,
    amount_of: [
        "expenses of the firm",
        "expenses of this team",
        "expenses of this category",
        "expenses at this merchant",
        "expenses on this project",
        "this employee's expenses",
        "this employee's expenses at this merchant",
        "this employee's expenses of this category",
        "expenses of this category in this city",
        "expenses of this category in this role",
    ],
    sides: [
        "employee", "team", "merchant", "category", "city", "region", "project", "weekday", "role",
    ],
};

/// An invoice names no merchant, city, region or role: what is of them adds nothing and is never said.
const OF_INVOICES: Terms = Terms {
    one: "invoice",
    names: [
        "amount_in_firm",
        "amount_in_cost_centre",
        "amount_on_account",
        "amount_at_merchant",
        "amount_in_project",
        "amount_of_vendor",
        "amount_of_vendor_at_merchant",
        "amount_of_vendor_on_account",
        "amount_on_account_and_place",
        "amount_on_account_and_role",
        "rare_merchant",
        "rare_account",
        "rare_place",
        "rare_region",
        "rare_project",
        "rare_weekday",
        "pair_vendor_merchant",
        "pair_vendor_account",
        "pair_vendor_place",
        "pair_vendor_region",
        "pair_merchant_place",
        "pair_vendor_project",
        "pair_vendor_weekday",
        "pair_cost_centre_account",
        "pair_role_account",
        "pair_merchant_account",
        "pair_merchant_weekday",
        "pair_account_weekday",
    ],
    amount_of: [
        "invoices of the firm",
        "invoices of this cost centre",
        "invoices on this account",
        "invoices at this merchant",
        "invoices on this project",
        "this vendor's invoices",
        "this vendor's invoices at this merchant",
        "this vendor's invoices on this account",
        "invoices on this account in this city",
        "invoices on this account in this role",
    ],
    sides: [
        "vendor",
        "cost centre",
        "merchant",
        "account",
        "city",
        "region",
        "project",
        "weekday",
        "role",
    ],
};

impl Terms {
    /// Words for these lines.
    pub(super) const fn of(lines: Lines) -> &'static Self {
        match lines {
            Lines::Claims | Lines::Cards => &OF_EXPENSES,
            Lines::Invoices => &OF_INVOICES,
        }
    }

    /// What a side is called.
    pub(super) fn name(&self, side: Side) -> &'static str {
        self.sides.get(side as usize).copied().unwrap_or_default()
    }
}
