//! Jobs.

use chrono::{Duration, Utc};

use super::{open, put, tenant};
use crate::store::{Job, JobState, Store, StoreError};

#[tokio::test]
async fn a_job_is_given_out_once_and_again_when_its_worker_died() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let document = put(&store, &a, b"x").await.row.id;
    let missing = store.create_job(&b, document).await;
    assert!(matches!(missing, Err(StoreError::Missing("document"))));
    let job = store.create_job(&a, document).await.unwrap();
    assert_eq!(store.job(&b, job.id).await.unwrap(), None);

    let now = Utc::now();
    let lease = Duration::minutes(1);
    let (owner, claimed) = store.claim_job(now, lease).await.unwrap().unwrap();
    assert_eq!(
        (owner, claimed.id, claimed.attempts),
        (a.clone(), job.id, 1)
    );
    assert!(store.claim_job(now, lease).await.unwrap().is_none());
    for attempt in 1..3 {
        let later = now + lease * attempt;
        assert!(store.claim_job(later, lease).await.unwrap().is_some());
    }
    assert!(
        store
            .claim_job(now + lease * 9, lease)
            .await
            .unwrap()
            .is_none()
    );
    let failed = store.job(&a, job.id).await.unwrap().unwrap();
    assert_eq!(failed.state, JobState::Failed);

    let next = store.create_job(&a, document).await.unwrap();
    let (_, claimed) = store.claim_job(now, lease).await.unwrap().unwrap();
    assert!(store.finish_job(&a, &claimed, None).await.unwrap());
    assert_eq!(
        store.job(&a, next.id).await.unwrap().unwrap().state,
        JobState::Done
    );
}

#[tokio::test]
async fn who_took_too_long_does_not_end_the_job_of_another() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let document = put(&store, &a, b"x").await.row.id;
    let id = store.create_job(&a, document).await.unwrap().id;
    let (now, lease) = (Utc::now(), Duration::minutes(1));
    let claim = async |at| {
        store
            .claim_job(at, lease)
            .await
            .unwrap()
            .map(|(_, job)| job)
    };
    let finish = async |job: &Job, problem: Option<&str>| {
        let ended = store.finish_job(&a, job, problem).await;
        ended.unwrap()
    };
    let state = async || store.job(&a, id).await.unwrap().unwrap().state;
    let late = claim(now).await.unwrap();
    let second = claim(now + lease).await.unwrap();
    assert!(!finish(&late, Some("the analysis failed")).await);
    assert_eq!(state().await, JobState::Running);
    assert!(finish(&second, None).await);
    assert!(!finish(&late, Some("the analysis failed")).await);
    assert!(!finish(&second, Some("the analysis failed")).await);
    assert_eq!(state().await, JobState::Done);
}

#[tokio::test]
async fn jobs_that_wait_are_counted_whoever_takes_them_up_and_how_often() {
    let (folder, store) = open().await;
    // A second handle stands for a second process.
    let other = Store::open(folder.path()).await.unwrap();
    let (a, b) = (tenant("a"), tenant("b"));
    let (now, lease) = (Utc::now(), Duration::minutes(1));
    for tenant in [&a, &b, &b] {
        let document = put(&store, tenant, b"x").await.row.id;
        store.create_job(tenant, document).await.unwrap();
    }
    let waiting = async || store.jobs_waiting().await.unwrap();
    assert_eq!(waiting().await, 3);
    // One is taken up again and again.
    for attempt in 0..3 {
        let claimed = other.claim_job(now + lease * attempt, lease).await.unwrap();
        assert!(claimed.is_some());
        assert_eq!(waiting().await, 2);
    }
    assert_eq!(other.jobs_waiting().await.unwrap(), 2);
    while let Some((tenant, job)) = other.claim_job(now + lease * 2, lease).await.unwrap() {
        assert!(other.finish_job(&tenant, &job, None).await.unwrap());
    }
    assert_eq!(waiting().await, 0);
}
