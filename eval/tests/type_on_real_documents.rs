//! The type model on real invoices and credit notes of the building half.
//!
//! Skipped, and it says so, where the public sets are absent.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::Path;

use scrutineer::cases::invoice::document_type::TypeModel;
use scrutineer::registry::Registry;
use scrutineer_datasets::sets::{InvoiceSet, data_dir};
use scrutineer_datasets::split::Split;
use scrutineer_eval::document_type::{Agreement, on_real};
use scrutineer_eval::invoice::Protocol;

fn measure(set: InvoiceSet, protocol: Protocol) -> Option<Agreement> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let data = if data_dir().is_absolute() {
        data_dir()
    } else {
        root.join(data_dir())
    };
    let Ok(documents) = set.load(&data) else {
        eprintln!("skipped: {} is absent in {}", set.name(), data.display());
        return None;
    };
    let model = TypeModel::load(&Registry::open(&root.join("models")).unwrap()).unwrap();
    let agreement = on_real(&model, &documents, Split::Build, protocol).unwrap();
    eprintln!("{} {protocol:?}: {agreement:#?}", set.name());
    Some(agreement)
}

#[test]
fn type_codes_of_e_invoices_are_followed() {
    for set in [
        InvoiceSet::Zugferd,
        InvoiceSet::Mustang,
        InvoiceSet::Horstoeko,
    ] {
        if let Some(found) = measure(set, Protocol::Whole) {
            assert!(found.agree * 100 >= found.documents * 90, "{found:?}");
        }
    }
}

#[test]
fn pages_alone_tell_invoices_from_credit_notes() {
    for set in [
        InvoiceSet::Zugferd,
        InvoiceSet::Mustang,
        InvoiceSet::Horstoeko,
        InvoiceSet::Invoice2data,
    ] {
        if let Some(found) = measure(set, Protocol::Page) {
            assert!(found.agree * 100 >= found.documents * 80, "{found:?}");
        }
    }
}
