//! Recommendations as they were given, with what they were made from.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::audit_chain::{self, EntryKind, Head, Link, NewEntry, SealedEntry};
use super::cursor::{Cursor, Page, bounded};
use super::erasure::Erasures;
use super::error::{Result, StoreError};
use super::lots::Lots;
use super::mentions::mentions;
use super::{Store, analyses, time};
use crate::advice::{Case, Judged, Recommendation};
use crate::domain::{CanonicalJson, TenantId};

/// Columns of `recommendations` behind `seq`.
const INDEXED: usize = 7;

/// A recommendation with what it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The answer, its `decision_sha256` set.
    pub recommendation: Recommendation,
    /// What was asked.
    pub input: Value,
    /// The features it was scored on.
    pub features: Value,
    /// Its place in the tenant's chain, from 1.
    pub seq: u64,
}

/// A recommendation about to be chained, with what it was made from.
#[derive(Debug)]
pub struct NewDecision<'a> {
    /// The answer; its `decision_sha256` is set once it is chained.
    pub recommendation: &'a mut Recommendation,
    /// What was asked.
    pub input: &'a CanonicalJson,
    /// The features it was scored on.
    pub features: &'a CanonicalJson,
    /// As of when what it was made of was read.
    pub read: Erasures,
}

/// Which recommendations to list.
#[derive(Debug, Clone, Default)]
pub struct DecisionFilter {
    /// Of this case only.
    pub case: Option<Case>,
    /// About this kind of subject only.
    pub subject_kind: Option<String>,
    /// About this subject only.
    pub subject_id: Option<String>,
}

/// Decisions of one transaction where there are many.
const TOGETHER: usize = 288;
/// Recommendations of one query where there are many.
const READ_TOGETHER: usize = 1_000;

impl Store {
    /// Stores an answer with its input and features as the next link of the tenant's chain, durably, and gives
    /// it as JSON with its `decision_sha256`; `None`, and nothing is kept, where something of the tenant's was
    /// erased since what it was made of was read.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if the recommendation is already chained or cannot be
    /// written as JSON, [`StoreError::Contract`] if it breaks the contract; else what the disk said, and then
    /// nothing may be answered.
    pub async fn append_judged(
        &self,
        tenant: &TenantId,
        judged: &Judged,
        read: Erasures,
    ) -> Result<Option<String>> {
        let mut text = written(&judged.recommendation)?;
        let Judged {
            recommendation,
            input,
            features,
        } = judged;
        let decision = ChainedDecision::of_text(recommendation, &text, input, features)?;
        self.ensure_tenant(tenant).await?;
        let chained = self.committer().append(tenant, decision, read).await?;
        Ok(chained.map(|link| {
            // Its last member, which it goes without in the chain.
            text.pop();
            text.push_str(",\"decision_sha256\":\"");
            text.push_str(&link.sha256);
            text.push_str("\"}");
            text
        }))
    }

    /// Does the same for many answers, some hundred in a transaction. `false`, and no more of them are
    /// kept, where something was erased since what they were made of was read.
    ///
    /// # Errors
    /// As [`Store::append_judged`]; the transactions before stand.
    pub async fn append_decisions(
        &self,
        tenant: &TenantId,
        answers: &[Judged],
        read: Erasures,
    ) -> Result<bool> {
        self.ensure_tenant(tenant).await?;
        for together in answers.chunks(TOGETHER) {
            let decisions = together
                .iter()
                .map(|one| ChainedDecision::new(&one.recommendation, &one.input, &one.features))
                .collect::<Result<Vec<_>>>()?;
            let mut transaction = self.begin_unmarked().await?;
            let (erasures, head) = Head::within(&mut transaction, tenant).await?;
            if erasures != read {
                return Ok(false);
            }
            let all: Vec<&ChainedDecision> = decisions.iter().collect();
            let links = chain(&mut transaction, tenant, head, &all).await?;
            transaction.commit().await?;
            if let Some(end) = links.last() {
                self.head_file().append(&[(tenant, end)]).await?;
            }
        }
        Ok(true)
    }

    /// Does the same for the answer about a document and stores in the same transaction, so
    /// that neither is ever without the other, what is shown of it: `shown` holds the
    /// recommendation as its member `recommendation`, where `decision_sha256` is set too. `false`, and
    /// neither is kept, where something was erased since what it was made of was read.
    ///
    /// # Errors
    /// As [`Store::append_judged`], and [`StoreError::Missing`] if the tenant has no such
    /// document.
    pub async fn append_document_decision(
        &self,
        tenant: &TenantId,
        document_id: Uuid,
        decision: NewDecision<'_>,
        shown: &mut Value,
    ) -> Result<bool> {
        let NewDecision {
            recommendation,
            input,
            features,
            read,
        } = decision;
        let decision = ChainedDecision::new(recommendation, input, features)?;
        let mut transaction = self.begin_unmarked().await?;
        let (erasures, head) = Head::within(&mut transaction, tenant).await?;
        if erasures != read {
            return Ok(false);
        }
        let links = chain(&mut transaction, tenant, head, &[&decision]).await?;
        let missing = || StoreError::Damaged("an entry was not chained".to_owned());
        let link = links.into_iter().next().ok_or_else(missing)?;
        if let Some(recommendation) = shown.get_mut("recommendation") {
            recommendation["decision_sha256"] = Value::from(link.sha256.as_str());
        }
        analyses::put(&mut transaction, tenant, document_id, shown).await?;
        transaction.commit().await?;
        self.head_file().append(&[(tenant, &link)]).await?;
        recommendation.decision_sha256 = Some(link.sha256);
        Ok(true)
    }

    /// The recommendation with this id; `None` if the tenant has none or it was erased.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn recommendation(
        &self,
        tenant: &TenantId,
        id: Uuid,
    ) -> Result<Option<Recommendation>> {
        Ok(self
            .decision(tenant, id)
            .await?
            .map(|decision| decision.recommendation))
    }

    /// The recommendations with these ids, in their order; those that the tenant has not, or that
    /// were erased, are left out.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn recommendations(
        &self,
        tenant: &TenantId,
        ids: &[Uuid],
    ) -> Result<Vec<Recommendation>> {
        let mut found = HashMap::with_capacity(ids.len());
        for some in ids.chunks(READ_TOGETHER) {
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
                "SELECT p.content, e.entry_sha256 FROM recommendations r \
                 JOIN audit_parts p ON p.tenant = r.tenant AND p.seq = r.seq AND p.name = 'output' \
                 JOIN audit_entries e ON e.tenant = r.tenant AND e.seq = r.seq \
                 WHERE p.content IS NOT NULL AND r.tenant = ",
            );
            query.push_bind(tenant.as_str());
            query.push(" AND r.id IN (");
            let mut list = query.separated(", ");
            for id in some {
                list.push_bind(id.to_string());
            }
            query.push(")");
            let rows: Vec<(String, String)> =
                query.build_query_as().fetch_all(self.readers()).await?;
            for (output, sha256) in rows {
                let mut recommendation: Recommendation = serde_json::from_str(&output)?;
                recommendation.decision_sha256 = Some(sha256);
                found.insert(recommendation.recommendation_id, recommendation);
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// The recommendation with its input and features, for replay; `None` if the tenant has
    /// none or it was erased.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn decision(&self, tenant: &TenantId, id: Uuid) -> Result<Option<Decision>> {
        let seq: Option<i64> =
            sqlx::query_scalar("SELECT seq FROM recommendations WHERE tenant = $1 AND id = $2")
                .bind(tenant.as_str())
                .bind(id.to_string())
                .fetch_optional(self.readers())
                .await?;
        match seq {
            Some(seq) => self.decision_at(tenant, seq).await,
            None => Ok(None),
        }
    }

    /// The tenant's recommendations, newest first.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn decisions(
        &self,
        tenant: &TenantId,
        filter: &DecisionFilter,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Decision>> {
        let limit = bounded(limit);
        let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let other = |_| StoreError::Invalid("the cursor is of another listing".to_owned());
        let before: Option<i64> = cursor
            .map(|cursor| cursor.key().parse().map_err(other))
            .transpose()?;
        let seqs = match (&filter.subject_kind, &filter.subject_id) {
            (Some(kind), Some(id)) => {
                self.seqs_about(tenant, (kind, id), filter.case, before, most)
                    .await?
            }
            _ => self.seqs(tenant, filter, before, most).await?,
        };
        let page = Page::cut(seqs, limit, ToString::to_string);
        let mut items = Vec::with_capacity(page.items.len());
        for seq in page.items {
            items.extend(self.decision_at(tenant, seq).await?);
        }
        Ok(Page {
            items,
            next: page.next,
        })
    }

    /// Where answers stand in the tenant's chain, newest first.
    async fn seqs(
        &self,
        tenant: &TenantId,
        filter: &DecisionFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<i64>> {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("SELECT seq FROM recommendations WHERE tenant = ");
        query.push_bind(tenant.as_str());
        if let Some(case) = filter.case {
            query.push(" AND case_name = ").push_bind(case.as_str());
        }
        if let Some(kind) = &filter.subject_kind {
            query.push(" AND subject_kind = ").push_bind(kind);
        }
        if let Some(id) = &filter.subject_id {
            query.push(" AND subject_id = ").push_bind(id);
        }
        if let Some(before) = before {
            query.push(" AND seq < ").push_bind(before);
        }
        query.push(" ORDER BY seq DESC LIMIT ").push_bind(limit);
        Ok(query.build_query_scalar().fetch_all(self.readers()).await?)
    }

    async fn decision_at(&self, tenant: &TenantId, seq: i64) -> Result<Option<Decision>> {
        let rows: Vec<(String, Option<String>, String)> = sqlx::query_as(
            "SELECT p.name, p.content, e.entry_sha256 FROM audit_parts p \
             JOIN audit_entries e ON e.tenant = p.tenant AND e.seq = p.seq \
             WHERE p.tenant = $1 AND p.seq = $2",
        )
        .bind(tenant.as_str())
        .bind(seq)
        .fetch_all(self.readers())
        .await?;
        let part = |wanted: &str| {
            rows.iter()
                .find(|(name, ..)| name == wanted)
                .and_then(|(_, content, _)| content.as_deref())
        };
        let (Some(input), Some(features), Some(output)) =
            (part("input"), part("features"), part("output"))
        else {
            return Ok(None);
        };
        let mut recommendation: Recommendation = serde_json::from_str(output)?;
        recommendation.decision_sha256 = rows.first().map(|(.., sha256)| sha256.clone());
        Ok(Some(Decision {
            recommendation,
            input: serde_json::from_str(input)?,
            features: serde_json::from_str(features)?,
            seq: u64::try_from(seq).unwrap_or_default(),
        }))
    }
}

/// A recommendation as JSON.
fn written(recommendation: &Recommendation) -> Result<String> {
    serde_json::to_string(recommendation)
        .map_err(|error| StoreError::Invalid(format!("not a recommendation: {error}")))
}

fn entry(
    recommendation: &Recommendation,
    text: &str,
    input: &CanonicalJson,
    features: &CanonicalJson,
) -> Result<NewEntry> {
    if recommendation.decision_sha256.is_some() {
        return Err(StoreError::Invalid(
            "the recommendation is already in the chain".to_owned(),
        ));
    }
    recommendation.validate()?;
    let output = CanonicalJson::of_text(text);
    Ok(NewEntry {
        kind: EntryKind::Recommendation,
        id: recommendation.recommendation_id,
        at: time::now(),
        parts: vec![
            ("input", input.clone().into_string()),
            ("features", features.clone().into_string()),
            ("output", output.into_string()),
        ],
    })
}

/// A decision that needs only its place in the chain.
#[derive(Debug, Clone)]
pub(super) struct ChainedDecision {
    sealed: SealedEntry,
    /// Its columns of `recommendations`.
    index: [String; INDEXED],
    /// Kinds and ids of what it names beside its subject.
    mentions: Vec<(String, String)>,
}

impl ChainedDecision {
    fn new(
        recommendation: &Recommendation,
        input: &CanonicalJson,
        features: &CanonicalJson,
    ) -> Result<Self> {
        Self::of_text(recommendation, &written(recommendation)?, input, features)
    }

    /// The same of what was written as JSON already.
    fn of_text(
        recommendation: &Recommendation,
        text: &str,
        input: &CanonicalJson,
        features: &CanonicalJson,
    ) -> Result<Self> {
        let entry = entry(recommendation, text, input, features)?;
        let at = time::text(entry.at);
        Ok(Self {
            mentions: mentions(recommendation, input)?,
            sealed: entry.seal()?,
            index: [
                recommendation.recommendation_id.to_string(),
                recommendation.case.as_str().to_owned(),
                recommendation.subject.kind.clone(),
                recommendation.subject.id.clone(),
                super::name_of(&recommendation.status)?,
                super::name_of(&recommendation.level)?,
                at,
            ],
        })
    }
}

/// Makes recommendations the next links of the tenant's chain, within the transaction that read
/// its end under the write lock.
pub(super) async fn chain(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    head: Head,
    decisions: &[&ChainedDecision],
) -> Result<Vec<Link>> {
    let sealed: Vec<&SealedEntry> = decisions.iter().map(|one| &one.sealed).collect();
    let mut lots = Lots::new();
    let links = audit_chain::link_all(&mut lots, tenant, head, &sealed)?;
    let rows: Vec<(&ChainedDecision, i64)> = decisions
        .iter()
        .zip(&links)
        .map(|(decision, link)| (*decision, i64::try_from(link.seq).unwrap_or(i64::MAX)))
        .collect();
    let columns = "recommendations (tenant, seq, id, case_name, subject_kind, subject_id, \
                   status, level, decided_at)";
    lots.insert(columns, &rows, |mut row, one| {
        row.push_bind(one.map(|_| tenant.as_str()));
        row.push_bind(one.map(|(_, seq)| *seq));
        for at in 0..INDEXED {
            let column = one.and_then(|(decision, _)| decision.index.get(at));
            row.push_bind(column.map(String::as_str));
        }
    });
    let mentions: Vec<(&(String, String), i64)> = rows
        .iter()
        .flat_map(|(decision, seq)| decision.mentions.iter().map(move |named| (named, *seq)))
        .collect();
    let columns = "mentions (tenant, kind, id, seq)";
    lots.insert(columns, &mentions, |mut row, one| {
        row.push_bind(one.map(|_| tenant.as_str()));
        row.push_bind(one.map(|((kind, _), _)| kind.as_str()));
        row.push_bind(one.map(|((_, id), _)| id.as_str()));
        row.push_bind(one.map(|(_, seq)| *seq));
    });
    lots.run(connection).await?;
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ErasureTarget;
    use crate::store::tests::{decide, open, put, tenant};

    #[tokio::test]
    async fn many_answers_are_read_at_once_in_the_order_asked_for() {
        let (_folder, store) = open().await;
        let (a, b) = (tenant("a"), tenant("b"));
        let document = put(&store, &a, b"the bytes").await.row.id;
        let gone = decide(&store, &a, "document", &document.to_string()).await;
        let first = decide(&store, &a, "document", "first").await;
        let second = decide(&store, &a, "document", "second").await;
        let target = ErasureTarget::Document(document);
        store.erase(&a, &target, "asked for", "key").await.unwrap();
        // Neither the erased nor the unknown leaves a gap.
        let (gone, unknown) = (gone.recommendation_id, Uuid::nil());
        let ids = [
            second.recommendation_id,
            gone,
            unknown,
            first.recommendation_id,
        ];
        let found = store.recommendations(&a, &ids).await.unwrap();
        assert_eq!(found, [second, first]);
        assert!(store.recommendations(&b, &ids).await.unwrap().is_empty());
        assert!(store.recommendations(&a, &[]).await.unwrap().is_empty());
    }
}
