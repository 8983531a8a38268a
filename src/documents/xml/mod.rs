//! E-invoices: CII, UBL, FatturaPA.
