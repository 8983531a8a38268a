//! The description of the interface, generated from the routes themselves.

use axum::body::Bytes;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::openapi::{HeaderBuilder, ObjectBuilder, Type};
use utoipa::{Modify, OpenApi as _, ToSchema};

use super::docs_page;
use super::problem::{PROBLEM_JSON, Problem};
use super::scoring::BatchLine;
use crate::domain::RecordKind;
use crate::error::ErrorCode;

/// A document that never changes while the process runs.
#[derive(Debug)]
pub(super) struct Page {
    /// Its bytes.
    pub body: Bytes,
    /// Its media type.
    pub content_type: &'static str,
    /// Its entity tag, quotes included.
    pub etag: String,
}

/// The description in both forms.
#[derive(Debug)]
pub(super) struct Published {
    /// OpenAPI 3.1.
    pub json: Page,
    /// For people.
    pub html: Page,
    /// The policy that `html` needs, and nothing more.
    pub content_security_policy: String,
}

impl Published {
    /// Completes the description and writes it out.
    #[must_use]
    pub(super) fn new(mut description: OpenApi) -> Self {
        complete(&mut description);
        // A description is plain data; serialising it cannot fail.
        let json = serde_json::to_vec_pretty(&description).unwrap_or_default();
        let html = docs_page::render(&description);
        let style =
            base64::engine::general_purpose::STANDARD.encode(Sha256::digest(docs_page::STYLE));
        Self {
            json: page(json, "application/json"),
            html: page(html.into_bytes(), "text/html; charset=utf-8"),
            content_security_policy: format!(
                "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors 'none'"
            ),
        }
    }
}

fn page(body: Vec<u8>, content_type: &'static str) -> Page {
    let digest = hex::encode(Sha256::digest(&body));
    Page {
        etag: format!("\"{}\"", digest.get(..32).unwrap_or(&digest)),
        body: body.into(),
        content_type,
    }
}

/// What the description says before any route is added.
#[must_use]
pub(super) fn base() -> OpenApi {
    Base::openapi()
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes bodies that are read as they are")]
pub(super) struct FileBytes(Vec<u8>);

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Scrutineer",
        description = "Scored recommendations for a back office. Advice can only add scrutiny: \
            no answer approves, pays, posts, releases, skips or weakens anything.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem, RecordKind, FileBytes, BatchLine)),
    modifiers(&Security),
    security(("key" = [])),
    tags(
        (name = "Documents", description = "Files in, what they say and what is odd about them out."),
        (name = "Cases", description = "Scores for one case."),
        (name = "Recommendations", description = "Answers given, what became of them, and proof."),
        (name = "Records", description = "The firm's facts, as rows or events."),
        (name = "Service", description = "Health, models, schemas and this description."),
    )
)]
struct Base;

struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut OpenApi) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some(
            "A key made by `scrutineer keys create`, or a token of the identity provider."
                .to_owned(),
        );
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("key", SecurityScheme::Http(bearer));
    }
}

/// Errors that any operation can answer with, and those that need a credential or a body.
const ALWAYS: [ErrorCode; 2] = [ErrorCode::Internal, ErrorCode::Timeout];
const PROTECTED: [ErrorCode; 3] = [
    ErrorCode::Unauthenticated,
    ErrorCode::Forbidden,
    ErrorCode::RateLimited,
];
const WITH_INPUT: [ErrorCode; 1] = [ErrorCode::InvalidRequest];
const WITH_BODY: [ErrorCode; 5] = [
    ErrorCode::RequestTimeout,
    ErrorCode::IdempotencyConflict,
    ErrorCode::PayloadTooLarge,
    ErrorCode::UnsupportedMediaType,
    ErrorCode::InvalidContent,
];

/// Adds the errors that come from the layers and not from a handler.
fn complete(description: &mut OpenApi) {
    for item in description.paths.paths.values_mut() {
        for (is_post, operation) in operations(item) {
            let protected = operation
                .security
                .as_ref()
                .is_none_or(|needed| !needed.iter().any(is_open));
            let mut codes = ALWAYS.to_vec();
            if protected {
                codes.extend(PROTECTED);
            }
            if is_post || operation.parameters.as_ref().is_some_and(|p| !p.is_empty()) {
                codes.extend(WITH_INPUT);
            }
            if is_post {
                codes.extend(WITH_BODY);
            }
            for code in codes {
                add_problem(operation, code);
            }
        }
    }
}

fn is_open(requirement: &utoipa::openapi::SecurityRequirement) -> bool {
    serde_json::to_value(requirement)
        .is_ok_and(|value| value.as_object().is_some_and(serde_json::Map::is_empty))
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    [
        item.get.as_mut().map(|operation| (false, operation)),
        item.post.as_mut().map(|operation| (true, operation)),
    ]
    .into_iter()
    .flatten()
}

fn add_problem(operation: &mut Operation, code: ErrorCode) {
    let row = code.row();
    operation
        .responses
        .responses
        .entry(row.status.to_string())
        .or_insert_with(|| RefOr::T(problem_response(row.title, code)));
}

fn problem_response(title: &str, code: ErrorCode) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemDetails")))
        .build();
    let mut response = ResponseBuilder::new()
        .description(title)
        .content(PROBLEM_JSON, content);
    if matches!(code, ErrorCode::RateLimited | ErrorCode::Timeout) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
        response = response.header(
            "Retry-After",
            HeaderBuilder::new()
                .schema(Some(seconds))
                .description(Some("Seconds to wait."))
                .build(),
        );
    }
    response.build()
}
