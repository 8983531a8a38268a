//! What kind of copy a pair is, or why it is none: one table, the first line that fits.
//!
//! The order is part of the meaning. What the records say themselves (a link, a credit, an order) comes
//! before what only looks so.

use super::compare::{AmountLevel, DateLevel, DocumentLevel, PartyLevel};
use super::{Comparison, Context, Item, NumberLevel};
use crate::domain::RecordKind;

/// Days after which an equal number of one vendor is taken for a new round of its numbers.
const NEW_ROUND_DAYS: u64 = 300;
/// Days after which an invoice is corrected, at most.
const DAYS_TO_CORRECT: u64 = 90;
/// Days between a purchase and its invoice, at most.
const DAYS_TO_BILL: u64 = 10;
/// Other items of a party with one amount or number from which it is usual there.
const USUAL: usize = 2;

/// A pair with all that verdicts are told from.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The later.
    pub later: &'a Item,
    /// The earlier.
    pub earlier: &'a Item,
    /// Their levels.
    pub compared: &'a Comparison,
    /// What is usual there.
    pub context: &'a Context,
}

macro_rules! verdicts {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal, alarms: $alarms:literal, $fits:path;)+) => {
        /// A kind of copy, or a reason why it is none.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Verdict {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Verdict {
            /// Every verdict, in the order in which they are asked.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// Whether money may be paid twice; the others are named so that they do not alarm.
            #[must_use]
            pub const fn alarms(self) -> bool {
                match self { $(Self::$name => $alarms,)+ }
            }

            /// The first that fits.
            #[must_use]
            pub fn of(seen: &Seen<'_>) -> Self {
                $(if $fits(seen) { return Self::$name; })+
                Self::Unrelated
            }
        }
    };
}

verdicts! {
    /// A claim that explains a card transaction and asks for no money: two records of one purchase.
    Explained, "explained", alarms: false, explained;
    /// Paid by company card and claimed back as well.
    CardAndClaim, "card_and_claim", alarms: true, card_and_claim;
    /// A credit, or a new bill for what a credit had taken back.
    CreditAndRebill, "credit_and_rebill", alarms: false, credit_and_rebill;
    /// The same invoice again with a changed amount, or one that names what it corrects: paying
    /// both pays twice.
    CorrectedResubmission, "corrected_resubmission", alarms: true, corrected;
    /// One person claims one purchase in two reports.
    CrossReport, "cross_report", alarms: true, cross_report;
    /// Several persons claim one receipt.
    SeveralEmployees, "several_employees", alarms: true, several_employees;
    /// A whole and one of the parts that add up to it.
    ParentAndChild, "parent_and_child", alarms: true, parent_and_child;
    /// A record that names no document, and the document that it was made of.
    OwnDocument, "own_document", alarms: false, own_document;
    /// Purchases of their own: other receipts, other nights or lines of one receipt, or a price
    /// usual there.
    SeparatePurchases, "separate_purchases", alarms: false, separate;
    /// An invoice the firm pays, and the same purchase claimed back or paid by card.
    InvoiceAndClaim, "invoice_and_claim", alarms: true, invoice_and_claim;
    /// One document filed under two vendors.
    OtherVendor, "other_vendor", alarms: true, other_vendor;
    /// A vendor that uses its numbers again, as each year.
    NumberReuse, "number_reuse", alarms: false, number_reuse;
    /// Partial bills on one order.
    Instalment, "instalment", alarms: false, instalment;
    /// The same amount at even intervals, under a number of its own each time, or under one that
    /// stands for the contract.
    Recurring, "recurring", alarms: false, recurring;
    /// The same document again.
    ExactResubmission, "exact_resubmission", alarms: true, exact;
    /// The same document with its number typed or scanned wrongly.
    RetypedNumber, "retyped_number", alarms: true, retyped;
    /// One purchase billed in parts of one day, numbered one after the other.
    Split, "split", alarms: false, split;
    /// The same amount of the same party, and nothing that says why.
    SameAmount, "same_amount", alarms: true, same_amount;
    /// Nothing that makes a copy.
    Unrelated, "unrelated", alarms: false, unrelated;
}

impl Seen<'_> {
    fn both(&self, kind: RecordKind) -> bool {
        self.later.kind == kind && self.earlier.kind == kind
    }

    /// The card transaction and the claim, where it is one of each.
    fn card_with_claim(&self) -> Option<(&Item, &Item)> {
        match (self.later.kind, self.earlier.kind) {
            (RecordKind::CardTransaction, RecordKind::ExpenseClaim) => {
                Some((self.later, self.earlier))
            }
            (RecordKind::ExpenseClaim, RecordKind::CardTransaction) => {
                Some((self.earlier, self.later))
            }
            _ => None,
        }
    }

    fn one_document(&self) -> bool {
        self.compared.document <= DocumentLevel::Picture
    }

    fn other_documents(&self) -> bool {
        self.compared.document == DocumentLevel::Different
    }

    fn one_employee(&self) -> bool {
        let spenders = self.later.spenders(self.earlier);
        spenders.is_some_and(|(later, earlier)| later == earlier)
    }

    /// Whether both are of as much; where nothing is paid, nothing is paid twice.
    fn same_money(&self) -> bool {
        self.later.minor != 0
            && matches!(
                self.compared.amount,
                AmountLevel::Same | AmountLevel::Converted
            )
    }

    /// Whether one of the two is a vendor's invoice and the other what an employee spent.
    fn invoice_with_spending(&self) -> bool {
        let invoice = |item: &Item| item.kind == RecordKind::VendorInvoice;
        invoice(self.later) != invoice(self.earlier)
    }

    /// Whether one report lists both, from one receipt. A receipt saved anew is another file, which
    /// nobody needs for lines of one.
    fn lines_of_one_receipt(&self) -> bool {
        self.both(RecordKind::ExpenseClaim)
            && self.one_employee()
            && self.later.report.is_some()
            && self.later.report == self.earlier.report
            && self.compared.document == DocumentLevel::Same
            && !(self.same_money() && self.days_at_most(0))
    }

    fn one_party(&self) -> bool {
        self.compared.party == PartyLevel::Same
    }

    fn like_party(&self) -> bool {
        self.compared.party != PartyLevel::Different
    }

    fn one_number(&self) -> bool {
        matches!(
            self.compared.number,
            NumberLevel::Same | NumberLevel::Folded
        )
    }

    fn days_at_most(&self, days: u64) -> bool {
        self.compared.days <= days
    }

    fn one_purchase(&self) -> bool {
        self.one_document() || (self.same_money() && self.like_party() && self.days_at_most(1))
    }

    /// Whether one employee's use of a card and claim are of one purchase. Who holds the card need not be
    /// known where the merchant is.
    fn paid_and_claimed(&self) -> bool {
        let spenders = self.later.spenders(self.earlier);
        let by_one = match spenders {
            Some((later, earlier)) => later == earlier && self.like_party(),
            None => matches!(self.compared.party, PartyLevel::Same | PartyLevel::Alike),
        };
        self.same_money() && by_one && self.days_at_most(3)
    }

    /// Whether the later names the earlier as what it corrects.
    fn names_the_earlier(&self) -> bool {
        self.like_party() && self.later.names(self.earlier)
    }

    /// Whether the numbers differ as the months or years of their dates do: `2025-001` of one year
    /// and `2026-001` of the next.
    fn numbers_of_other_periods(&self) -> bool {
        let numbers = self.later.number.as_ref().zip(self.earlier.number.as_ref());
        numbers.is_some_and(|(later, earlier)| {
            later.counts_periods(self.later.date, earlier, self.earlier.date)
        })
    }
}

fn explained(seen: &Seen<'_>) -> bool {
    seen.card_with_claim().is_some_and(|(card, claim)| {
        let named = claim.explains.as_ref() == Some(&card.id);
        !claim.reimbursed && (named || (claim.explains.is_none() && seen.paid_and_claimed()))
    })
}

fn card_and_claim(seen: &Seen<'_>) -> bool {
    seen.card_with_claim().is_some_and(|(card, claim)| {
        claim.explains.as_ref() == Some(&card.id)
            || (claim.reimbursed && claim.explains.is_none() && seen.paid_and_claimed())
    })
}

fn credit_and_rebill(seen: &Seen<'_>) -> bool {
    let credit = (seen.later.minor < 0) != (seen.earlier.minor < 0);
    (credit
        && seen.one_party()
        && (seen.compared.amount == AmountLevel::Opposite || seen.names_the_earlier()))
        || (seen.one_party() && seen.same_money() && seen.context.credited)
}

fn corrected(seen: &Seen<'_>) -> bool {
    let again = seen.one_party()
        && seen.one_number()
        && matches!(seen.compared.amount, AmountLevel::Slip | AmountLevel::Near)
        && seen.context.with_number < USUAL
        && seen.days_at_most(NEW_ROUND_DAYS);
    // A number that the vendor used for nothing else, soon after, with another amount.
    let anew = seen.one_party()
        && seen.one_number()
        && seen.compared.amount == AmountLevel::Different
        && seen.context.with_number == 0
        && (1..=DAYS_TO_CORRECT).contains(&seen.compared.days)
        && (seen.later.minor < 0) == (seen.earlier.minor < 0);
    seen.names_the_earlier() || again || anew
}

fn cross_report(seen: &Seen<'_>) -> bool {
    seen.both(RecordKind::ExpenseClaim)
        && seen.one_employee()
        && seen.later.report.is_some()
        && seen.earlier.report.is_some()
        && seen.later.report != seen.earlier.report
        && !seen.other_documents()
        && seen.one_purchase()
}

fn several_employees(seen: &Seen<'_>) -> bool {
    seen.both(RecordKind::ExpenseClaim)
        && seen.later.employee != seen.earlier.employee
        && !seen.other_documents()
        && seen.one_purchase()
}

fn parent_and_child(seen: &Seen<'_>) -> bool {
    seen.context.adds_up
}

/// Firms need not say which document a record was made of; one that came before it and says the same
/// is taken to be that. Whatever else was recorded of it is another record, and laid beside this one.
fn own_document(seen: &Seen<'_>) -> bool {
    let of_the_party = matches!(seen.compared.party, PartyLevel::Same | PartyLevel::Alike)
        || (seen.one_number() && seen.like_party());
    // Who asks to be paid back for a bill asks for what the bill asks for too.
    let is_paid = !seen.later.reimbursed || seen.earlier.is_receipt;
    let bought = seen.invoice_with_spending() && seen.days_at_most(DAYS_TO_BILL) && is_paid;
    seen.earlier.is_document
        && !seen.later.is_document
        && seen.later.document.is_none()
        && of_the_party
        && seen.same_money()
        && (seen.one_number() || bought)
}

fn separate(seen: &Seen<'_>) -> bool {
    let bought = seen.later.number.is_none() && seen.earlier.number.is_none();
    let nights = seen.later.report.is_some()
        && seen.later.report == seen.earlier.report
        && seen.compared.days > 0;
    let usual = seen.context.with_amount >= USUAL;
    let apart = !seen.one_document() && (seen.other_documents() || nights || usual);
    bought && (apart || seen.lines_of_one_receipt())
}

fn invoice_and_claim(seen: &Seen<'_>) -> bool {
    let like = matches!(seen.compared.party, PartyLevel::Same | PartyLevel::Alike);
    let one_purchase = seen.same_money() && like && seen.days_at_most(DAYS_TO_BILL);
    seen.invoice_with_spending() && (seen.one_document() || one_purchase)
}

fn other_vendor(seen: &Seen<'_>) -> bool {
    let invoices = seen.later.number.is_some() && seen.earlier.number.is_some();
    let one_invoice =
        invoices && seen.same_money() && seen.compared.number <= NumberLevel::Extended;
    match seen.compared.party {
        PartyLevel::Different | PartyLevel::Alike => seen.one_document() || one_invoice,
        // A vendor's name that is not known may be the document's seller, or not.
        PartyLevel::Absent => one_invoice,
        PartyLevel::Same => false,
    }
}

fn number_reuse(seen: &Seen<'_>) -> bool {
    let often = seen.context.with_number >= USUAL && !seen.same_money();
    seen.one_party()
        && seen.one_number()
        && !seen.one_document()
        && (often
            || seen.compared.days > NEW_ROUND_DAYS
            || (seen.compared.amount == AmountLevel::Different))
}

fn instalment(seen: &Seen<'_>) -> bool {
    seen.one_party()
        && seen.later.order_key.is_some()
        && seen.later.order_key == seen.earlier.order_key
        && !seen.one_document()
        // What an order does not come to was billed twice, or too much.
        && !seen.context.over_ordered
        // A folded or slipped number on one order is a copy typed anew.
        && !seen.one_number()
        && seen.compared.number != NumberLevel::Slip
        && !(seen.compared.number == NumberLevel::Extended && seen.same_money())
}

fn exact(seen: &Seen<'_>) -> bool {
    let numbered =
        seen.one_party() && seen.compared.number == NumberLevel::Same && seen.same_money();
    // Where neither says who was paid, the same day and person have to do.
    let unnamed = seen.later.party.is_none() && seen.earlier.party.is_none();
    let bought = seen.compared.number == NumberLevel::Absent
        && seen.later.kind == seen.earlier.kind
        && (seen.one_party() || (unnamed && seen.one_employee()))
        && seen.same_money()
        && seen.compared.date == DateLevel::Same
        && seen.later.employee == seen.earlier.employee;
    seen.one_document() || numbered || bought
}

fn recurring(seen: &Seen<'_>) -> bool {
    // A number that the contract has, and not the bill, was there before the two.
    let of_the_contract = seen.one_number() && seen.context.with_number > 0;
    let evenly = seen.context.regular && (!seen.one_number() || of_the_contract);
    seen.one_party()
        && seen.same_money()
        && !seen.one_document()
        && (evenly || seen.numbers_of_other_periods())
}

fn retyped(seen: &Seen<'_>) -> bool {
    let near = matches!(
        seen.compared.number,
        NumberLevel::Folded | NumberLevel::Slip | NumberLevel::Extended
    );
    seen.one_party() && seen.same_money() && near
}

fn split(seen: &Seen<'_>) -> bool {
    seen.one_party()
        && seen.compared.date == DateLevel::Same
        && seen.compared.number == NumberLevel::Neighbour
        && !seen.same_money()
}

fn same_amount(seen: &Seen<'_>) -> bool {
    seen.one_party() && seen.same_money()
}

const fn unrelated(_: &Seen<'_>) -> bool {
    true
}
