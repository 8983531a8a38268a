//! Documents that no record names, for records to be laid beside.

use chrono::Days;

use super::analyse::earlier_document;
use super::history::Wanted;
use super::{Service, ServiceError, on_own_thread};
use crate::cases::duplicate::{DuplicateCase, DuplicateIndex, Item};
use crate::domain::TenantId;
use crate::history::{FactsAsOf, History as _, UnrecordedDocument, WAITS_DAYS};
use crate::store::{AlikeDocument, DocumentName, Sought};

/// Documents read for one record: the latest, more than wait of one amount or number.
const MOST: usize = 2_000;
/// Documents that are looked through without a thread of their own.
const QUICKLY: usize = 32;

impl Service {
    /// Those that may be twins of the records asked about. What is recorded meanwhile is left out: it
    /// is laid beside them as a record.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) async fn unrecorded(
        &self,
        tenant: &TenantId,
        wanted: &Wanted,
        history: &FactsAsOf,
    ) -> Result<Vec<UnrecordedDocument>, ServiceError> {
        let store = self.store();
        let as_of = history.as_of();
        match wanted {
            Wanted::CopiesOf(record) => {
                let mut came = Vec::new();
                for item in Item::named(record, history) {
                    let since = item.known_at - Days::new(WAITS_DAYS);
                    let sought = sought(&item, history);
                    let found =
                        store.documents_between(tenant, since..=item.known_at, Some(&sought));
                    came.extend(found.await?);
                }
                if came.is_empty() {
                    return Ok(Vec::new());
                }
                // Where the records are yet to be filed, whoever files them looks for himself.
                if history.spending().is_followed::<DuplicateIndex>() {
                    came = without_recorded(came, history);
                }
                came.drain(..came.len().saturating_sub(MOST));
                let read = store.bills(tenant, &ids(came), as_of).await?;
                if read.len() <= QUICKLY {
                    return Ok(as_recorded(read, history));
                }
                let then = history.clone();
                on_own_thread(move || as_recorded(read, &then)).await
            }
            Wanted::CopiesSince(_) => {
                let since = DuplicateCase::documents_since(as_of);
                let came = store.documents_between(tenant, since..=as_of, None).await?;
                let then = history.clone();
                let came = on_own_thread(move || without_recorded(came, &then)).await?;
                let read = store.bills(tenant, &ids(came), as_of).await?;
                let then = history.clone();
                on_own_thread(move || as_recorded(read, &then)).await
            }
            _ => Ok(Vec::new()),
        }
    }
}

fn sought(item: &Item, history: &FactsAsOf) -> Sought {
    let pictures = item.document.as_deref();
    let pictures = pictures.map_or(&[][..], |digest| history.same_pictures(digest));
    Sought {
        sha256: item.document.clone().unwrap_or_default(),
        total: Some(item.amount()),
        number: item.number.as_ref().map(|number| number.text.clone()),
        pictures: pictures.to_vec(),
    }
}

fn without_recorded(mut came: Vec<DocumentName>, history: &FactsAsOf) -> Vec<DocumentName> {
    let index = history.spending().followed::<DuplicateIndex>();
    let index = index.read();
    came.retain(|name| !index.has_document(&name.sha256, history.as_of()));
    came
}

fn ids(names: Vec<DocumentName>) -> Vec<String> {
    names.into_iter().map(|name| name.id).collect()
}

fn as_recorded(read: Vec<AlikeDocument>, history: &FactsAsOf) -> Vec<UnrecordedDocument> {
    let documents = read.into_iter().filter_map(earlier_document);
    documents
        .filter_map(|document| document.as_recorded(history))
        .collect()
}
