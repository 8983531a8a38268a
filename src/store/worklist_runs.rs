//! Runs of worklists that are ranked from records.

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::FromRow;

use super::audit_chain::Head;
use super::erasure::Erasures;
use super::error::{Result, StoreError};
use super::{Store, time};
use crate::domain::TenantId;

/// Runs of a worklist that are kept, the last of each day: later ones replace the oldest.
const KEPT: i64 = 30;
/// Later, as text, than any day of a run.
const AFTER_ALL: &str = "9999-99-99";

/// A run as it was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct WorklistRun {
    /// The day it was made for.
    pub day: NaiveDate,
    /// What it was made from: the number of the records' last change, and of the documents that
    /// were there for it.
    pub generation: i64,
    /// What is shown, and until when it holds.
    pub body: Value,
    /// Which answers it rests on; kept until there is a run of a later day.
    pub answers: Value,
}

#[derive(FromRow)]
struct StoredRun {
    day: String,
    generation: i64,
    body: String,
    answers: Option<String>,
}

impl Store {
    /// How often the tenant's records were changed, erasures counted too: while the number
    /// stays, so does what was made from them.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn records_generation(&self, tenant: &TenantId) -> Result<i64> {
        let state = self.tenant_states().of(tenant).await?.unwrap_or_default();
        Ok(state.records_generation + state.records_erasures)
    }

    /// The last run of a worklist that was made for this day or an earlier one.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn last_run_until(
        &self,
        tenant: &TenantId,
        name: &str,
        day: NaiveDate,
    ) -> Result<Option<WorklistRun>> {
        match day.succ_opt() {
            Some(next) => self.last_run_before(tenant, name, next).await,
            None => self.run_before(tenant, name, AFTER_ALL).await,
        }
    }

    /// The last run of a worklist that was made for an earlier day than this one.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn last_run_before(
        &self,
        tenant: &TenantId,
        name: &str,
        day: NaiveDate,
    ) -> Result<Option<WorklistRun>> {
        self.run_before(tenant, name, &day.to_string()).await
    }

    async fn run_before(
        &self,
        tenant: &TenantId,
        name: &str,
        day: &str,
    ) -> Result<Option<WorklistRun>> {
        let row: Option<StoredRun> = sqlx::query_as(
            "SELECT day, generation, body, answers FROM worklist_runs \
             WHERE tenant = $1 AND name = $2 AND day < $3 \
             ORDER BY day DESC, ran_at DESC LIMIT 1",
        )
        .bind(tenant.as_str())
        .bind(name)
        .bind(day)
        .fetch_optional(self.readers())
        .await?;
        row.map(|row| {
            Ok(WorklistRun {
                day: row
                    .day
                    .parse()
                    .map_err(|_| StoreError::Damaged(format!("`{}` is no day", row.day)))?,
                generation: row.generation,
                body: serde_json::from_str(&row.body)?,
                answers: match row.answers {
                    Some(answers) => serde_json::from_str(&answers)?,
                    None => Value::Null,
                },
            })
        })
        .transpose()
    }

    /// Keeps a run in the place of earlier ones of its day, and lets those of the oldest days go; `false`,
    /// and nothing changes, where something was erased since what it was made of was read. A run may come
    /// after one of a later day, which it leaves as it is: who asked before midnight may have waited.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn put_run(
        &self,
        tenant: &TenantId,
        name: &str,
        run: &WorklistRun,
        read: Erasures,
    ) -> Result<bool> {
        self.ensure_tenant(tenant).await?;
        let mut transaction = self.begin_unmarked().await?;
        let (erasures, _) = Head::within(&mut transaction, tenant).await?;
        if erasures != read {
            return Ok(false);
        }
        for statement in [
            "DELETE FROM worklist_runs WHERE tenant = $1 AND name = $2 AND day = $3",
            "UPDATE worklist_runs SET answers = NULL \
             WHERE tenant = $1 AND name = $2 AND day < $3 AND answers IS NOT NULL",
        ] {
            sqlx::query(statement)
                .bind(tenant.as_str())
                .bind(name)
                .bind(run.day.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query(
            "INSERT INTO worklist_runs (tenant, name, ran_at, day, generation, body, answers) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(tenant.as_str())
        .bind(name)
        .bind(time::text(time::now()))
        .bind(run.day.to_string())
        .bind(run.generation)
        .bind(run.body.to_string())
        .bind(run.answers.to_string())
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM worklist_runs WHERE tenant = $1 AND name = $2 AND ran_at NOT IN \
             (SELECT ran_at FROM worklist_runs WHERE tenant = $1 AND name = $2 \
              ORDER BY day DESC, ran_at DESC LIMIT $3)",
        )
        .bind(tenant.as_str())
        .bind(name)
        .bind(KEPT)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{open, tenant};
    use super::*;

    fn run(day: &str, generation: i64) -> WorklistRun {
        WorklistRun {
            day: day.parse().unwrap(),
            generation,
            body: json!({"made": generation}),
            answers: json!({"of": generation}),
        }
    }

    #[tokio::test]
    async fn a_run_that_is_kept_after_one_of_a_later_day_takes_nothing_of_that() {
        let (_folder, store) = open().await;
        let a = tenant("a");
        store.ensure_tenant(&a).await.unwrap();
        let read = store.erasures(&a).await.unwrap();
        let put = async |run: &WorklistRun| store.put_run(&a, "list", run, read).await.unwrap();
        let (before, late) = (run("2026-03-01", 1), run("2026-03-02", 2));
        let (next, again) = (run("2026-03-03", 3), run("2026-03-02", 4));
        for run in [&before, &late, &next] {
            assert!(put(run).await);
        }
        // Of a day that is over, kept only now.
        assert!(put(&again).await);
        let until = async |day: NaiveDate| store.last_run_until(&a, "list", day).await.unwrap();
        let last = until(NaiveDate::MAX).await;
        assert_eq!(last.as_ref(), Some(&next), "with its answers");
        assert_eq!(until(next.day).await, last);
        assert_eq!(until(again.day).await, Some(again.clone()));
        let earlier = store.last_run_before(&a, "list", again.day).await.unwrap();
        let earlier = earlier.unwrap();
        assert_eq!((earlier.day, earlier.body), (before.day, before.body));
        assert_eq!(earlier.answers, Value::Null, "there is one of a later day");
    }

    #[tokio::test]
    async fn those_of_the_latest_days_are_kept_in_whatever_order_they_came() {
        let (_folder, store) = open().await;
        let a = tenant("a");
        store.ensure_tenant(&a).await.unwrap();
        let read = store.erasures(&a).await.unwrap();
        let first: NaiveDate = "2026-03-01".parse().unwrap();
        // The latest day first.
        for back in 0..=KEPT {
            let day = first + chrono::TimeDelta::days(KEPT - back);
            let run = run(&day.to_string(), back);
            assert!(store.put_run(&a, "list", &run, read).await.unwrap());
        }
        let until = async |day: NaiveDate| store.last_run_until(&a, "list", day).await.unwrap();
        assert_eq!(until(NaiveDate::MAX).await.unwrap().generation, 0);
        assert!(until(first).await.is_none(), "there is room for {KEPT}");
    }
}
