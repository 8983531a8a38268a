//! What the firm's records say that bears on one document.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::findings::{EarlierInvoice, FirmKnowledge, KnownVendor};
use super::input::Firm;
use super::{copies, detected};
use crate::documents::{FieldName, Reading};
use crate::domain::records::Vendor;
use crate::history::{History, VendorKey};

/// Vendors the document may be from, the order it names, their earlier invoices, what
/// detectors find and what it may be a copy of, as known at the moment that the firm's history looks from. An earlier
/// record of the same file, told by its digest, is not an earlier invoice.
pub(super) fn knowledge(
    firm: &Firm,
    reading: &Reading,
    document_id: &str,
    sha256: &str,
) -> FirmKnowledge {
    let history = &*firm.history;
    let value = |name| reading.fields.get(&name).map(|field| field.value.as_str());
    let vendors = pointed_at(history, reading);
    let earlier = vendors
        .iter()
        .flat_map(|vendor| {
            history
                .invoices_of(vendor.id.as_str())
                .into_iter()
                .filter(|invoice| !invoice.is_of_document(sha256))
                .map(|invoice| EarlierInvoice {
                    id: invoice.id.to_string(),
                    seller: vendor.name.clone(),
                    seller_vat: vendor.vat_id.clone(),
                    number: invoice.number.clone(),
                })
        })
        .collect();
    let orders = history.keeps_purchase_orders().then(|| {
        value(FieldName::OrderNumber)
            .into_iter()
            .flat_map(|number| history.purchase_orders(number))
            .map(|order| order.number.clone())
            .collect::<BTreeSet<_>>()
    });
    FirmKnowledge {
        flags: detected::flags(firm, reading, &vendors, document_id, sha256),
        copies: copies::copies(firm, reading, &vendors, document_id, sha256),
        vendors: vendors.iter().map(|vendor| known(vendor)).collect(),
        orders,
        earlier,
    }
}

/// The vendors whom a document's words may mean, in order of id.
pub(super) fn pointed_at(history: &dyn History, reading: &Reading) -> Vec<Arc<Vendor>> {
    let value = |name| reading.fields.get(&name).map(|field| field.value.as_str());
    let keys = [
        value(FieldName::SellerVat).map(VendorKey::VatId),
        value(FieldName::Iban).map(VendorKey::Iban),
        value(FieldName::Seller).map(VendorKey::Name),
    ];
    let keys = keys.into_iter().flatten();
    let mut vendors: Vec<_> = keys.flat_map(|key| history.vendors_by(key)).collect();
    vendors.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    vendors.dedup_by(|a, b| a.id == b.id);
    vendors
}

fn known(vendor: &Vendor) -> KnownVendor {
    KnownVendor {
        id: vendor.id.as_str().to_owned(),
        name: vendor.name.clone(),
        vat_id: vendor.vat_id.clone(),
        ibans: vendor.ibans.clone(),
    }
}
