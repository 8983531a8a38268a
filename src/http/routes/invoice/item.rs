//! One document to be scored, by id or by its bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::advice::Recommendation;
use crate::domain::TenantId;
use crate::error::ErrorCode;
use crate::http::problem::{ApiError, ApiResult};
use crate::service::{Incoming, MAX_NAME_CHARACTERS, Service, file_name};
use crate::store::StoreError;

/// A document: either stored, by its id, or here, by its bytes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ScoreItem {
    /// Id of a stored document.
    document_id: Option<Uuid>,
    /// The file in base64 (RFC 4648, section 4); it is stored as if sent to `/v1/documents`.
    #[schema(value_type = Option<String>, format = Byte)]
    content: Option<String>,
    /// Name of the file, for people only.
    #[schema(max_length = 200)]
    filename: Option<String>,
}

/// Scores one item.
///
/// # Errors
/// [`ErrorCode::InvalidContent`] naming the member at fault, [`ErrorCode::NotFound`] for an
/// unknown document, and what the service says.
pub(in crate::http) async fn score(
    service: &Service,
    tenant: &TenantId,
    item: ScoreItem,
) -> ApiResult<Recommendation> {
    if let Some(name) = &item.filename
        && name.chars().count() > MAX_NAME_CHARACTERS
    {
        return Err(
            ApiError::new(ErrorCode::InvalidContent, "The item cannot be used.").with_field(
                "filename",
                format!("must have at most {MAX_NAME_CHARACTERS} characters"),
            ),
        );
    }
    let bytes = match (item.document_id, item.content) {
        (Some(id), None) => service
            .store()
            .document_bytes(tenant, id)
            .await?
            .ok_or(StoreError::Missing("document"))?,
        (None, Some(content)) => decode(&content)?,
        (None, None) => return Err(one_of("either this or `content` is needed")),
        (Some(_), Some(_)) => return Err(one_of("goes without `content`")),
    };
    let incoming = Incoming {
        bytes: bytes.into(),
        filename: item.filename.as_deref().and_then(file_name),
    };
    let analysed = service.analyse(tenant, incoming, Utc::now()).await?;
    Ok(analysed.assessment.recommendation)
}

fn decode(content: &str) -> ApiResult<Vec<u8>> {
    let invalid = |detail: String| {
        ApiError::new(ErrorCode::InvalidContent, "The document cannot be read.")
            .with_field("content", detail)
    };
    let bytes = STANDARD
        .decode(content)
        .map_err(|error| invalid(format!("is not base64: {error}")))?;
    if bytes.is_empty() {
        return Err(invalid("is empty".to_owned()));
    }
    Ok(bytes)
}

fn one_of(detail: &str) -> ApiError {
    ApiError::new(
        ErrorCode::InvalidContent,
        "One of `document_id` and `content` is needed.",
    )
    .with_field("document_id", detail)
}
