//! Answers by what they are about.
//!
//! An index over all of them in the order of subjects would have a page of its own to write for nearly
//! every answer, almost half of all that one writes. It lies in runs of 1,024 links of the chain instead
//! (migration 11): one run's fits on a dozen pages, which what is committed together mostly shares,
//! and whoever looks a subject up looks into every run, some microseconds each.

use super::Store;
use super::error::Result;
use crate::advice::Case;
use crate::domain::TenantId;

/// A statement that knows `about`: the tenant's (`$1`) answers about the subject of kind `$2` with id `$3`.
macro_rules! about {
    ($statement:literal) => {
        concat!(
            "WITH RECURSIVE runs (run) AS (\
             SELECT MAX(seq) / 1024 FROM recommendations WHERE tenant = $1 \
             UNION ALL SELECT run - 1 FROM runs WHERE run > 0), \
             about AS (SELECT r.* FROM runs CROSS JOIN recommendations r \
             WHERE r.tenant = $1 AND r.seq / 1024 = runs.run \
             AND r.subject_kind = $2 AND r.subject_id = $3) ",
            $statement
        )
    };
}
pub(super) use about;

impl Store {
    /// Where the answers about a subject stand in the tenant's chain, newest first; of one case only
    /// if it is said, and before a place.
    pub(super) async fn seqs_about(
        &self,
        tenant: &TenantId,
        (kind, id): (&str, &str),
        case: Option<Case>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<i64>> {
        let found = sqlx::query_scalar(about!(
            "SELECT seq FROM about WHERE ($4 IS NULL OR case_name = $4) \
             AND ($5 IS NULL OR seq < $5) ORDER BY seq DESC LIMIT $6"
        ));
        Ok(found
            .bind(tenant.as_str())
            .bind(kind)
            .bind(id)
            .bind(case.map(Case::as_str))
            .bind(before)
            .bind(limit)
            .fetch_all(self.readers())
            .await?)
    }
}
