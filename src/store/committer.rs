//! Decisions that come at the same time become durable together.
//!
//! A commit waits for the disk, and a chain has one end: what arrives while one commit
//! runs is taken into the next, so that many callers share one wait. Nobody is answered before the
//! commit that holds their decision.
//!
//! It has a thread and a runtime of its own. A commit is some four waits for the database's thread
//! and one for the disk; among the requests' tasks each of them would stand in line again behind
//! all that is to be judged meanwhile. What `audit.head` remembers is synced by another thread
//! while the next commit runs: a power failure may leave it some commits short, which is no sign of
//! a chain that was cut off.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::audit_chain::{Head, Link};
use super::audit_head::HeadFile;
use super::checkpoints::Checkpoints;
use super::decisions::{ChainedDecision, chain};
use super::erasure::Erasures;
use super::error::{Result, StoreError};
use super::open::Writing;
use crate::domain::TenantId;

/// Decisions that wait to be taken up; more callers wait until there is room.
const MAX_WAITING: usize = 1024;
/// Decisions of one commit.
pub(super) const MAX_TOGETHER: usize = 256;
/// Time for which a commit of few waits for more, where the one before had more than one: what a
/// commit costs beside its decisions is shared by as many as come meanwhile.
const GATHERING: Duration = Duration::from_micros(300);
/// Decisions from which a commit waits for no more.
const FEW: usize = 16;

struct Waiting {
    tenant: TenantId,
    decision: ChainedDecision,
    /// As of when what it was made of was read.
    read: Erasures,
    answer: oneshot::Sender<Result<Option<Link>>>,
}

/// The way to the thread that commits.
#[derive(Debug, Clone)]
pub(crate) struct Committer {
    waiting: mpsc::Sender<Waiting>,
}

impl Committer {
    /// Starts the thread; it ends when the last committer is gone.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn start(writing: Writing, checkpoints: Checkpoints) -> std::io::Result<Self> {
        let (waiting, mut taken) = mpsc::channel::<Waiting>(MAX_WAITING);
        let heads = heads(Arc::clone(&writing.head_file))?;
        let committing = async move {
            // Whoever asks alone waits for nobody.
            let mut shared = false;
            let mut together = Vec::new();
            while taken.recv_many(&mut together, MAX_TOGETHER).await > 0 {
                if shared && together.len() < FEW {
                    std::thread::sleep(GATHERING);
                    let room = MAX_TOGETHER - together.len();
                    together.extend(std::iter::from_fn(|| taken.try_recv().ok()).take(room));
                }
                shared = together.len() > 1;
                commit(&writing, std::mem::take(&mut together)).await;
                // Where one word waits already, another says nothing more.
                let _ = heads.try_send(());
                checkpoints.committed();
            }
        };
        std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || {
                // Made here: a runtime must not be dropped where tasks of another run.
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_time()
                    .build();
                match runtime {
                    Ok(runtime) => runtime.block_on(committing),
                    // Then the way here is closed, and whoever comes is told so.
                    Err(error) => tracing::error!(%error, "no runtime to commit on"),
                }
            })?;
        Ok(Self { waiting })
    }

    /// Chains a decision, durably; `None` where something of the tenant's was erased since what it was
    /// made of was read.
    ///
    /// # Errors
    /// What the disk said; then nothing may be answered.
    pub(super) async fn append(
        &self,
        tenant: &TenantId,
        decision: ChainedDecision,
        read: Erasures,
    ) -> Result<Option<Link>> {
        let (answer, link) = oneshot::channel();
        let waiting = Waiting {
            tenant: tenant.clone(),
            decision,
            read,
            answer,
        };
        let closed = || StoreError::Invalid("the store is closed".to_owned());
        self.waiting.send(waiting).await.map_err(|_| closed())?;
        link.await.map_err(|_| closed())?
    }
}

/// Between two syncs of `audit.head`: commits wait for the same disk, and feel each.
const HEADS_PAUSE: Duration = Duration::from_millis(100);

/// A thread that syncs `audit.head` when it is told that something was added; it ends when nobody can tell it
/// any more.
fn heads(file: Arc<HeadFile>) -> std::io::Result<SyncSender<()>> {
    let (added, to_sync) = sync_channel(1);
    std::thread::Builder::new()
        .name("heads".to_owned())
        .spawn(move || {
            while to_sync.recv().is_ok() {
                if let Err(error) = file.sync_here() {
                    tracing::error!(%error, "what audit.head remembers may not outlive a power failure");
                }
                std::thread::sleep(HEADS_PAUSE);
            }
        })?;
    Ok(added)
}

async fn commit(writing: &Writing, together: Vec<Waiting>) {
    let links = match chain_all(writing, &together).await {
        Ok(links) => links,
        Err(error) => {
            let mut together = together;
            if together.len() > 1 {
                // One of them, or the disk, is at fault: each is told what became of its own.
                for waiting in together {
                    Box::pin(commit(writing, vec![waiting])).await;
                }
            } else if let Some(waiting) = together.pop() {
                let _ = waiting.answer.send(Err(error));
            }
            return;
        }
    };
    let ends = ends(&together, &links);
    let all_remembered = writing.head_file.append_here(&ends).is_ok();
    for (waiting, link) in together.into_iter().zip(links) {
        let link = match link {
            Some(link) if !all_remembered => remembered(writing, &waiting.tenant, link).map(Some),
            link => Ok(link),
        };
        // Whoever asked may have gone away; a decision that was chained stands.
        let _ = waiting.answer.send(link);
    }
}

fn remembered(writing: &Writing, tenant: &TenantId, link: Link) -> Result<Link> {
    writing.head_file.append_here(&[(tenant, &link)])?;
    Ok(link)
}

/// The last link of each tenant.
fn ends<'a>(together: &'a [Waiting], links: &'a [Option<Link>]) -> Vec<(&'a TenantId, &'a Link)> {
    let pairs = together.iter().map(|waiting| &waiting.tenant).zip(links);
    let chained = pairs.filter_map(|(tenant, link)| Some((tenant, link.as_ref()?)));
    chained.collect::<BTreeMap<_, _>>().into_iter().collect()
}

/// Chains all in one transaction, each tenant's in the order they came; links in the order
/// of what was given, none for what was made before an erasure.
async fn chain_all(writing: &Writing, together: &[Waiting]) -> Result<Vec<Option<Link>>> {
    let mut by_tenant: BTreeMap<&TenantId, Vec<usize>> = BTreeMap::new();
    for (at, waiting) in together.iter().enumerate() {
        by_tenant.entry(&waiting.tenant).or_default().push(at);
    }
    let mut transaction = writing.begin_unmarked().await?;
    writing.settle_what_was_left();
    let mut links: Vec<Option<Link>> = vec![None; together.len()];
    for (tenant, mut places) in by_tenant {
        let (erasures, head) = Head::within(&mut transaction, tenant).await?;
        places.retain(|at| together.get(*at).is_some_and(|one| one.read == erasures));
        if places.is_empty() {
            continue;
        }
        let those = places.iter().filter_map(|at| together.get(*at));
        let decisions: Vec<&ChainedDecision> = those.map(|one| &one.decision).collect();
        let chained = chain(&mut transaction, tenant, head, &decisions).await?;
        if chained.len() != places.len() {
            return Err(StoreError::Damaged("an entry was not chained".to_owned()));
        }
        for (at, link) in places.into_iter().zip(chained) {
            if let Some(place) = links.get_mut(at) {
                *place = Some(link);
            }
        }
    }
    transaction.commit().await?;
    Ok(links)
}
