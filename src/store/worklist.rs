//! What people should look at, most pressing first.

use std::str::FromStr;

use super::cursor::{Cursor, InvalidCursor};
use super::error::Result;
use super::inbox::{InboxFilter, InboxRow};
use super::{Store, name_of};
use crate::advice::Level;
use crate::domain::TenantId;

/// Levels of attention, most pressing first: the first key of the order.
const LEVELS: [Level; 3] = [Level::High, Level::Medium, Level::Low];

/// A worklist: its name and which documents stand on it.
#[derive(Debug)]
pub struct Worklist {
    /// Its name on the wire.
    pub name: &'static str,
    filter: fn() -> InboxFilter,
}

/// Every worklist: one line each.
pub static WORKLISTS: [Worklist; 1] = [Worklist {
    name: "invoice_review",
    filter: undecided_to_review,
}];

/// Where a worklist goes on: in which level, and after which row of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorklistCursor {
    level: usize,
    after: Option<Cursor>,
}

/// Some rows of a worklist and where it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorklistPage {
    /// The rows.
    pub items: Vec<InboxRow>,
    /// Absent on the last page. A page may be short, and the last one empty.
    pub next: Option<WorklistCursor>,
}

impl Worklist {
    /// The worklist of this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        WORKLISTS.iter().find(|list| list.name == name)
    }
}

fn undecided_to_review() -> InboxFilter {
    InboxFilter {
        needs_review: Some(true),
        decided: Some(false),
        ..InboxFilter::default()
    }
}

impl Store {
    /// Rows of a worklist, by level and then newest first.
    ///
    /// # Errors
    /// If the store cannot be read, or the cursor is of another listing.
    pub async fn worklist(
        &self,
        tenant: &TenantId,
        list: &Worklist,
        cursor: WorklistCursor,
        limit: usize,
    ) -> Result<WorklistPage> {
        let mut items = Vec::new();
        let mut next = Some(cursor);
        // A page goes on in the next level where one is used up.
        while items.len() < limit
            && let Some(WorklistCursor { level, after }) = next.take()
            && let Some(shown) = LEVELS.get(level)
        {
            let filter = InboxFilter {
                level: Some(name_of(shown)?),
                ..(list.filter)()
            };
            let page = self
                .list_documents(tenant, &filter, after.as_ref(), limit - items.len())
                .await?;
            items.extend(page.items);
            next = Some(match page.next {
                Some(after) => WorklistCursor {
                    level,
                    after: Some(after),
                },
                None => WorklistCursor {
                    level: level + 1,
                    after: None,
                },
            })
            .filter(|next| next.level < LEVELS.len());
        }
        Ok(WorklistPage { items, next })
    }
}

impl std::fmt::Display for WorklistCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.", self.level)?;
        self.after
            .as_ref()
            .map_or(Ok(()), |after| write!(f, "{after}"))
    }
}

impl FromStr for WorklistCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (level, after) = text.split_once('.').ok_or(InvalidCursor)?;
        let level = level.parse().map_err(|_| InvalidCursor)?;
        if level >= LEVELS.len() {
            return Err(InvalidCursor);
        }
        let after = Some(after).filter(|after| !after.is_empty());
        Ok(Self {
            level,
            after: after.map(str::parse).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_wire_and_nonsense_is_refused() {
        for cursor in [
            WorklistCursor::default(),
            WorklistCursor {
                level: 2,
                after: Some(Cursor::new("0199-ab")),
            },
        ] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for bad in ["", ".", "3.", "-1.", "high.", "0.%", "0"] {
            assert_eq!(bad.parse::<WorklistCursor>(), Err(InvalidCursor), "{bad}");
        }
    }
}
