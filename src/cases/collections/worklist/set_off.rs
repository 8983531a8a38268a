//! What can be set off, beside what is owed: who asks for the whole of it is told of the credit.
//!
//! Only the ledger sets anything off: no amount, score or rank is lowered by it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::rows::CollectionsRow;
use crate::cases::collections::CustomerFile;
use crate::cases::collections::input::amount;
use crate::domain::Currency;
use crate::history::Receivable;

/// Puts beside what a customer owes in each currency what is there to be set off.
pub(super) fn tell(file: &CustomerFile, row: &mut CollectionsRow) {
    row.set_off_amount = there(file, row.currency);
    for other in &mut row.other_currencies {
        other.set_off_amount = there(file, other.currency);
    }
}

/// What is there in a currency in which something is open.
fn there(file: &CustomerFile, currency: Currency) -> Decimal {
    let mut open = file.open().filter(|one| one.currency == currency);
    // For a debt of nothing that is older than all, all of it is left.
    let first = open.next().map(|one| Receivable {
        id: "",
        due_on: NaiveDate::MIN,
        open_amount: 0.0,
        ..one
    });
    let money = first.and_then(|first| file.set_off(&first));
    let money = money.map(|money| amount(money, currency));
    // What was sent back may be more than what came.
    money
        .filter(|money| *money > Decimal::ZERO)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    fn euros_and_yen(rows: &[(RecordKind, Value)]) -> [String; 2] {
        let mut facts = Facts::default();
        let known = "2026-03-01T09:00:00Z".parse().unwrap();
        for (kind, row) in rows {
            facts.insert(*kind, known, 1, row.clone()).unwrap();
        }
        let as_of = "2026-03-10T09:00:00Z".parse().unwrap();
        let file = CustomerFile::of("c", &FactsAsOf::new(Arc::new(facts), as_of));
        ["EUR", "JPY"].map(|code| there(&file, Currency::new(code).unwrap()).to_string())
    }

    fn invoice(id: &str, currency: &str, total: &str) -> (RecordKind, Value) {
        let body = json!({"id": id, "customer_id": "c", "issued_on": "2026-01-05", "due_on": "2026-02-05",
            "currency": currency, "total": total});
        (RecordKind::CustomerInvoice, body)
    }

    fn payment(id: &str, currency: &str, amount: &str) -> (RecordKind, Value) {
        let body = json!({"id": id, "customer_id": "c", "paid_on": "2026-02-20", "amount": amount,
            "currency": currency});
        (RecordKind::Payment, body)
    }

    #[test]
    fn credits_and_money_on_account_are_told_by_currency_whether_they_cover_a_debt_or_not() {
        let owed = [
            invoice("old", "EUR", "1000.00"),
            invoice("new", "EUR", "400.00"),
            invoice("yen", "JPY", "90000"),
        ];
        let with = |more: &[(RecordKind, Value)]| euros_and_yen(&[&owed[..], more].concat());
        assert_eq!(with(&[]), ["0", "0"]);
        let credit = invoice("credit", "EUR", "-300.00");
        let on_account = payment("p1", "EUR", "50.50");
        assert_eq!(with(std::slice::from_ref(&credit)), ["300.00", "0"]);
        assert_eq!(with(&[credit.clone(), on_account]), ["350.50", "0"]);
        let more = payment("p2", "EUR", "2000.00");
        assert_eq!(with(&[credit, more]), ["2300.00", "0"], "more than is open");
        assert_eq!(with(&[payment("p3", "JPY", "700")]), ["0", "700"]);
        assert_eq!(with(&[payment("p4", "EUR", "-20.00")]), ["0", "0"]);
    }

    #[test]
    fn nothing_is_set_off_where_nothing_is_open() {
        let credit = invoice("credit", "EUR", "-300.00");
        assert_eq!(euros_and_yen(&[credit]), ["0", "0"]);
    }
}
