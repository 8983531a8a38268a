//! Work that goes on after its request was answered.

use axum::Json;
use axum::extract::State;
use uuid::Uuid;

use crate::http::auth::{Allowed, Documents};
use crate::http::extract::{NoQuery, Path, Query};
use crate::http::problem::{ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::store::{Job, StoreError};

/// How far a job is. Once it is done, the analysis is at `/v1/documents/{document_id}`.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}",
    tag = "Documents",
    params(("id" = Uuid, Path, description = "Id of the job.")),
    responses(
        (status = 200, description = "The job.", body = Job),
        (status = 404, description = "No such job.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn job(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Documents>,
    Path(id): Path<Uuid>,
    Query(NoQuery {}): Query<NoQuery>,
) -> ApiResult<Json<Job>> {
    let job = state.store().job(&caller.tenant, id).await?;
    Ok(Json(job.ok_or(StoreError::Missing("job"))?))
}
