//! Pages of a listing.

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::problem::{ApiError, ApiResult};
use crate::error::ErrorCode;
use crate::store::{InvalidCursor, Page};

const DEFAULT: usize = 50;
const MOST: usize = 200;

/// Some items of a listing, and where it goes on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listing<T> {
    /// The items.
    pub(super) items: Vec<T>,
    /// Value of `cursor` for the next page; null on the last.
    #[schema(required)]
    pub(super) next: Option<String>,
}

impl<T> From<Page<T>> for Listing<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            items: page.items,
            next: page.next.map(|cursor| cursor.to_string()),
        }
    }
}

/// Items a page may hold: what was asked for, if it can be had.
pub(super) fn limit(asked: Option<usize>) -> ApiResult<usize> {
    match asked {
        None => Ok(DEFAULT),
        Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(_) => Err(
            ApiError::new(ErrorCode::InvalidParameter, "A parameter is not valid.")
                .with_field("limit", format!("must be from 1 to {MOST}")),
        ),
    }
}

/// Where a listing goes on, if it was said.
pub(super) fn cursor<T>(text: Option<&str>) -> ApiResult<Option<T>>
where
    T: FromStr<Err = InvalidCursor>,
{
    text.map(str::parse)
        .transpose()
        .map_err(|error: InvalidCursor| {
            ApiError::new(ErrorCode::InvalidParameter, "A parameter is not valid.")
                .with_field("cursor", error.to_string())
        })
}
