//! The models and what they say of themselves.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::auth::{Allowed, Read};
use crate::http::extract::{NoQuery, Query};
use crate::http::problem::ApiResult;
use crate::http::state::AppState;
use crate::registry::LoadedManifest;

/// Every version of every model.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Models {
    /// By name, then by version.
    items: Vec<Model>,
}

/// One version of a model.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Model {
    /// Its name.
    name: String,
    /// Its version, from 1 up.
    version: u32,
    /// Whether this version answers.
    current: bool,
    /// What it answers.
    description: String,
    /// SPDX identifier of the licence of its files.
    licence: String,
    /// Last day of the data it was fitted on.
    trained_until: NaiveDate,
    /// What it was fitted on.
    data: String,
    /// Figures measured on data it was not fitted on.
    #[schema(value_type = std::collections::HashMap<String, f64>)]
    metrics: BTreeMap<String, f64>,
    /// Lower-case hex SHA-256 of its manifest.
    sha256: String,
}

impl From<(&LoadedManifest, bool)> for Model {
    fn from((loaded, current): (&LoadedManifest, bool)) -> Self {
        let manifest = loaded.manifest.clone();
        Self {
            name: manifest.name,
            version: manifest.version,
            current,
            description: manifest.description,
            licence: manifest.licence,
            trained_until: manifest.trained_until,
            data: manifest.data,
            metrics: manifest.metrics,
            sha256: loaded.sha256.clone(),
        }
    }
}

/// The models, what they were fitted on and how well they did.
#[utoipa::path(
    get,
    path = "/v1/models",
    tag = "Service",
    responses((status = 200, description = "The models.", body = Models))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    _: Allowed<Read>,
    Query(NoQuery {}): Query<NoQuery>,
) -> ApiResult<Json<Models>> {
    let items = state.registry().all().map(Model::from).collect();
    Ok(Json(Models { items }))
}
