//! What invoices say of their sort, as small numbers: a firm has millions of them.

use std::collections::HashMap;

use super::super::keys::identifier_key;
use crate::domain::records::CustomerInvoice;

/// Facts that sort invoices: the part of the firm that bills, the kind of document, the terms.
pub(super) const FACTS: usize = 3;
/// Values told apart of one fact, those that came first. Where there are more, they are words of single
/// invoices, which tell nothing of others.
const MOST_VALUES: usize = 1_000;

/// Numbers of what an invoice says of its sort; 0 where it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct InvoiceSort(pub(super) [u16; FACTS]);

/// The sorts of all invoices.
#[derive(Debug, Clone)]
pub(super) struct Sorts {
    /// Numbers of the values of each fact, spelling aside.
    values: [HashMap<String, u16>; FACTS],
    /// The sorts by their number, and the number of each.
    sorts: Vec<InvoiceSort>,
    numbers: HashMap<InvoiceSort, u16>,
}

impl Default for Sorts {
    /// Of invoices that say nothing.
    fn default() -> Self {
        let none = InvoiceSort::default();
        Self {
            values: Default::default(),
            sorts: vec![none],
            numbers: HashMap::from([(none, 0)]),
        }
    }
}

impl Sorts {
    /// The number of the sort of an invoice.
    pub(super) fn number(&mut self, invoice: &CustomerInvoice) -> u16 {
        let stated = [
            &invoice.business_unit,
            &invoice.document_type,
            &invoice.payment_terms,
        ];
        let mut sort = InvoiceSort::default();
        for ((number, values), text) in sort.0.iter_mut().zip(&mut self.values).zip(stated) {
            let Some(key) = text.as_deref().map(identifier_key) else {
                continue;
            };
            let next = values.len() + 1;
            if let Some(known) = values.get(&key) {
                *number = *known;
            } else if !key.is_empty() && next <= MOST_VALUES {
                *number = next as u16;
                values.insert(key, *number);
            }
        }
        if let Some(number) = self.numbers.get(&sort) {
            return *number;
        }
        // Beyond what there are numbers for it is as if nothing were said.
        let Ok(number) = u16::try_from(self.sorts.len()) else {
            return 0;
        };
        self.sorts.push(sort);
        self.numbers.insert(sort, number);
        number
    }

    /// The sort of a number.
    pub(super) fn get(&self, number: u16) -> InvoiceSort {
        self.sorts
            .get(usize::from(number))
            .copied()
            .unwrap_or_default()
    }
}
