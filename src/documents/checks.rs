//! Checksums and arithmetic: IBAN, VAT ids, totals.
