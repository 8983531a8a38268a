//! `POST /v1/documents`: a file in, its analysis or a job out.

use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::DocumentAnswer;
use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Documents};
use crate::http::body_kind;
use crate::http::extract::{Payload, Query};
use crate::http::gate::Turn;
use crate::http::openapi::FileBytes;
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::service::{Incoming, MAX_NAME_CHARACTERS, file_name};
use crate::store::Job;

/// What may be said beside the file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct UploadQuery {
    /// Name of the file, for people only; a part of a form brings its own.
    #[param(max_length = 200)]
    filename: Option<String>,
}

/// A form with a file.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the form; the fields are read one by one"
)]
struct UploadForm {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Stores a document and says what it is, what it says and what is odd about it.
///
/// What it is, is told from its content and never from its name or media type. The same
/// bytes again are the same document and get the same answer (200). A long file, or any
/// with `Prefer: respond-async`, is answered with a job (202).
#[utoipa::path(
    post,
    path = "/v1/documents",
    tag = "Documents",
    params(
        UploadQuery,
        ("Prefer" = Option<String>, Header, description = "`respond-async` asks for a job."),
    ),
    request_body(
        content(
            (FileBytes = "application/octet-stream"),
            (FileBytes = "application/pdf"),
            (FileBytes = "application/xml"),
            (UploadForm = "multipart/form-data"),
        ),
        description = "The file: PDF, image or e-invoice (CII, UBL, FatturaPA).",
    ),
    responses(
        (status = 200, description = "These bytes came before; the analysis they have.", body = DocumentAnswer),
        (status = 201, description = "The analysis.", body = DocumentAnswer),
        (status = 202, description = "A job works on it.", body = Job),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(in crate::http) async fn upload(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Documents>,
    Query(query): Query<UploadQuery>,
    headers: HeaderMap,
    turn: Turn,
    request: Request,
) -> ApiResult<Response> {
    if let Some(name) = &query.filename
        && name.chars().count() > MAX_NAME_CHARACTERS
    {
        return Err(invalid_name());
    }
    let incoming = read(&state, query, request).await?;
    let long = incoming.bytes.len() > state.config().limits.inline_bytes;
    if long || wants_job(&headers) {
        drop(turn);
        let job = state.jobs().submit(&caller.tenant, incoming).await?;
        return Ok(accepted(job, !long));
    }
    let analysed = state
        .service()
        .analyse(&caller.tenant, incoming, Utc::now())
        .await?;
    let place = format!("/v1/documents/{}", analysed.document.id);
    let status = if analysed.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let answer = DocumentAnswer {
        document: analysed.document,
        analysis: Some(
            serde_json::to_value(&analysed.assessment)
                .map_err(|error| ApiError::internal(&error))?,
        ),
    };
    Ok((status, [(header::LOCATION, place)], Json(answer)).into_response())
}

fn invalid_name() -> ApiError {
    ApiError::new(ErrorCode::InvalidParameter, "A parameter is not valid.").with_field(
        "filename",
        format!("must have at most {MAX_NAME_CHARACTERS} characters"),
    )
}

fn accepted(job: Job, asked: bool) -> Response {
    let place = format!("/v1/jobs/{}", job.id);
    let mut response =
        (StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(job)).into_response();
    if asked {
        response.headers_mut().insert(
            "preference-applied",
            HeaderValue::from_static("respond-async"),
        );
    }
    response
}

fn wants_job(headers: &HeaderMap) -> bool {
    headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
}

async fn read(state: &AppState, query: UploadQuery, request: Request) -> ApiResult<Incoming> {
    let kind = body_kind::of(request.headers());
    let (bytes, filename) = match kind.as_str() {
        "multipart/form-data" => from_form(state, request).await?,
        // What the bytes are is told from themselves; the type only says that they are a file.
        "" | "application/octet-stream" | "application/pdf" | "application/xml" | "text/xml" => {
            let Payload(bytes) = Payload::from_request(request, state).await?;
            (bytes, None)
        }
        image if image.starts_with("image/") => {
            let Payload(bytes) = Payload::from_request(request, state).await?;
            (bytes, None)
        }
        other => return Err(body_kind::unsupported(other)),
    };
    if bytes.is_empty() {
        return Err(ApiError::new(
            ErrorCode::InvalidContent,
            "The file is empty.",
        ));
    }
    Ok(Incoming {
        bytes: bytes.as_ref().into(),
        filename: query.filename.or(filename).as_deref().and_then(file_name),
    })
}

/// The one file of a form. The form is read to its end, so that a second file is not lost without a word.
async fn from_form(
    state: &AppState,
    request: Request,
) -> ApiResult<(axum::body::Bytes, Option<String>)> {
    body_kind::refuse_coded(request.headers())?;
    let mut form = Multipart::from_request(request, state).await?;
    let mut file = None;
    while let Some(part) = form.next_field().await? {
        if part.name() != Some("file") {
            continue;
        }
        if file.is_some() {
            return Err(ApiError::new(
                ErrorCode::InvalidContent,
                "A form brings one file: send each in a request of its own.",
            )
            .with_field("file", "is there twice"));
        }
        let name = part.file_name().map(ToOwned::to_owned);
        file = Some((part.bytes().await?, name));
    }
    file.ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidContent, "The form has no file.")
            .with_field("file", "is missing")
    })
}
