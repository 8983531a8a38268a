//! Documents that no record names, for records to be laid beside.

use chrono::Days;

use super::analyse::earlier_document;
use super::history::Wanted;
use super::{Service, ServiceError, on_own_thread};
use crate::cases::duplicate::{DuplicateCase, FirmItems, Item};
use crate::domain::TenantId;
use crate::history::{FactsAsOf, History as _, UnrecordedDocument, WAITS_DAYS};
use crate::store::{DocumentName, Sought};

/// Documents read for one record: the latest.
const MOST: usize = 256;

impl Service {
    /// Those that may be twins of the records asked about.
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
        let mut came = Vec::new();
        match wanted {
            Wanted::CopiesOf(record) => {
                for item in Item::named(record, history) {
                    let since = item.known_at - Days::new(WAITS_DAYS);
                    let sought = sought(&item, history);
                    let found =
                        store.documents_between(tenant, since..=item.known_at, Some(&sought));
                    came.extend(found.await?);
                }
            }
            Wanted::CopiesSince(_) => {
                let since = DuplicateCase::documents_since(as_of);
                came = store.documents_between(tenant, since..=as_of, None).await?;
            }
            _ => {}
        }
        if came.is_empty() {
            return Ok(Vec::new());
        }
        let mut unrecorded = without_recorded(came, history).await?;
        if matches!(wanted, Wanted::CopiesOf(_)) {
            unrecorded.drain(..unrecorded.len().saturating_sub(MOST));
        }
        let ids: Vec<String> = unrecorded.into_iter().map(|name| name.id).collect();
        let read = store.bills(tenant, &ids, as_of).await?;
        let documents = read.into_iter().filter_map(earlier_document);
        Ok(documents
            .filter_map(|document| document.as_recorded(history))
            .collect())
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

/// Without those that a record names; on a thread of its own where the records are yet to be filed.
async fn without_recorded(
    mut came: Vec<DocumentName>,
    history: &FactsAsOf,
) -> Result<Vec<DocumentName>, ServiceError> {
    let keep = move |history: &FactsAsOf| {
        let firm = FirmItems::of(history);
        let index = firm.index();
        came.retain(|name| !index.has_document(&name.sha256, history.as_of()));
        came
    };
    if FirmItems::are_filed(history) {
        return Ok(keep(history));
    }
    let history = history.clone();
    on_own_thread(move || keep(&history)).await
}
