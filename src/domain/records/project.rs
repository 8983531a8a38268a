//! Work for a customer.

use chrono::NaiveDate;

use super::macros::{in_order, record};
use crate::domain::codes::code_list;
use crate::domain::{Amount, Currency, RecordId};

code_list! {
    /// How a project is paid.
    ContractType {
        /// By the hour.
        TimeAndMaterials = "time_and_materials",
        /// A fixed price.
        FixedFee = "fixed_fee",
        /// By milestone.
        Milestone = "milestone",
        /// A fixed price a period.
        Retainer = "retainer",
        /// Not billed.
        Internal = "internal",
    }
}

code_list! {
    /// How often a project is billed.
    BillingCycle {
        /// Every week.
        Weekly = "weekly",
        /// Every two weeks.
        Biweekly = "biweekly",
        /// Every month.
        Monthly = "monthly",
        /// Every quarter.
        Quarterly = "quarterly",
        /// At milestones.
        Milestone = "milestone",
        /// Once, at the end.
        Completion = "completion",
    }
}

record! {
    /// A project.
    Project dated by |project| project.starts_on, checked by |project| in_order(project.starts_on, project.ends_on, "ends_on", "starts_on"),
    {
        /// Name.
        name: String,
        /// Customer.
        customer_id: Option<RecordId>,
        /// Employee who leads it.
        manager_id: Option<RecordId>,
        /// Team.
        team: Option<String>,
        /// How it is paid.
        contract_type: Option<ContractType>,
        /// How often it is billed.
        billing_cycle: Option<BillingCycle>,
        /// Currency of its budget and bills.
        currency: Option<Currency>,
        /// Money agreed.
        budget: Option<Amount>,
        /// Hours agreed.
        budget_hours: Option<Amount>,
        /// First day.
        starts_on: Option<NaiveDate>,
        /// Last day planned.
        ends_on: Option<NaiveDate>,
        /// Day it was closed.
        closed_on: Option<NaiveDate>,
    }
}
