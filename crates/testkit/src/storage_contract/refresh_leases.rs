//! The refresh lease: who may call the provider.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::connection::{Connection, RefreshState};
use bowline_domain::id::ConnectionId;
use bowline_domain::storage::{AcquireLease, Lease, RefreshOutcome};

use super::TestStorage;
use super::fixtures::*;

const LEASE: Duration = Duration::from_secs(30);

async fn a_connection(db: &TestStorage) -> Arc<Connection> {
    let env = environment(&**db, "dev").await;
    let github = integration(&**db, env.id, "github").await;
    connection(&**db, &github, "c").await
}

async fn try_acquire(db: &TestStorage, of: &Connection, holder: &str) -> AcquireLease {
    let answer =
        db.acquire_refresh_lease(of.environment_id, of.id, holder, LEASE, of.credentials_version).await;
    answer.expect("an answer")
}

async fn acquire(db: &TestStorage, of: &Connection, holder: &str) -> Lease {
    match try_acquire(db, of, holder).await {
        AcquireLease::Acquired(lease) => lease,
        other => panic!("the lease was refused: {other:?}"),
    }
}

async fn extend(db: &TestStorage, of: &Connection, lease: Lease) -> bool {
    db.extend_refresh_lease(of.environment_id, of.id, lease.epoch, LEASE).await.expect("an answer")
}

async fn finish(db: &TestStorage, of: &Connection, lease: Lease, outcome: RefreshOutcome) -> bool {
    db.finish_refresh(of.environment_id, of.id, lease.epoch, outcome).await.expect("an answer")
}

fn refreshed(text: &str) -> RefreshOutcome {
    RefreshOutcome::Refreshed { credentials: sealed(text), expires_at: None, config: None, at: at(50) }
}

pub async fn one_of_fifty_concurrent_takers_gets_the_lease(db: TestStorage) {
    let made = a_connection(&db).await;
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..50 {
        let (storage, made) = (Arc::clone(&db.storage), Arc::clone(&made));
        callers.spawn(async move {
            let (environment, version) = (made.environment_id, made.credentials_version);
            storage.acquire_refresh_lease(environment, made.id, &n.to_string(), LEASE, version).await
        });
    }
    let outcomes: Vec<_> =
        callers.join_all().await.into_iter().map(|outcome| outcome.expect("an answer")).collect();
    let won = outcomes.iter().filter(|outcome| matches!(outcome, AcquireLease::Acquired(_))).count();
    let held =
        |outcome: &&AcquireLease| matches!(outcome, AcquireLease::Held { remaining } if *remaining <= LEASE);
    assert_eq!((won, outcomes.iter().filter(held).count()), (1, 49));
}

pub async fn a_first_lease_finds_nothing_abandoned(db: TestStorage) {
    let made = a_connection(&db).await;
    assert_eq!(acquire(&db, &made, "a").await.abandoned_at, None);
    match try_acquire(&db, &made, "b").await {
        AcquireLease::Held { remaining } => assert!(remaining > Duration::ZERO && remaining <= LEASE),
        other => panic!("the lease was given twice: {other:?}"),
    }
    // Not even its holder takes it twice.
    assert!(matches!(try_acquire(&db, &made, "a").await, AcquireLease::Held { .. }));
}

pub async fn an_expired_lease_is_taken_over_with_the_old_intent(db: TestStorage) {
    let made = a_connection(&db).await;
    let old = acquire(&db, &made, "a").await;
    db.pass_time(LEASE + Duration::from_secs(1)).await;
    let new = acquire(&db, &made, "b").await;
    assert!(new.epoch > old.epoch);
    assert!(new.abandoned_at.is_some());
}

pub async fn a_released_lease_is_free_and_leaves_nothing_abandoned(db: TestStorage) {
    let made = a_connection(&db).await;
    let old = acquire(&db, &made, "a").await;
    assert!(finish(&db, &made, old, RefreshOutcome::NotNeeded).await);
    assert_eq!(stored(&*db, &made).await, made);
    let new = acquire(&db, &made, "b").await;
    assert!(new.epoch > old.epoch);
    assert_eq!(new.abandoned_at, None);
}

pub async fn an_extended_lease_lasts_longer(db: TestStorage) {
    let made = a_connection(&db).await;
    let lease = acquire(&db, &made, "a").await;
    db.pass_time(LEASE - Duration::from_secs(10)).await;
    assert!(extend(&db, &made, lease).await);
    db.pass_time(Duration::from_secs(15)).await;
    assert!(matches!(try_acquire(&db, &made, "b").await, AcquireLease::Held { .. }));
    db.pass_time(LEASE).await;
    acquire(&db, &made, "b").await;
}

pub async fn an_old_epoch_neither_extends_nor_finishes(db: TestStorage) {
    let made = a_connection(&db).await;
    let old = acquire(&db, &made, "a").await;
    db.pass_time(LEASE + Duration::from_secs(1)).await;
    let new = acquire(&db, &made, "b").await;
    assert!(!extend(&db, &made, old).await);
    for outcome in
        [refreshed("stale"), RefreshOutcome::Failed(RefreshState::default()), RefreshOutcome::NotNeeded]
    {
        assert!(!finish(&db, &made, old, outcome).await);
    }
    assert_eq!(stored(&*db, &made).await, made);
    assert!(extend(&db, &made, new).await);
    assert!(finish(&db, &made, new, refreshed("fresh")).await);
    assert_eq!(stored(&*db, &made).await.credentials, sealed("fresh"));
}

pub async fn a_finished_lease_neither_extends_nor_finishes_again(db: TestStorage) {
    let made = a_connection(&db).await;
    let lease = acquire(&db, &made, "a").await;
    assert!(finish(&db, &made, lease, refreshed("first")).await);
    assert!(!extend(&db, &made, lease).await);
    assert!(!finish(&db, &made, lease, refreshed("second")).await);
    assert_eq!(stored(&*db, &made).await.credentials, sealed("first"));
}

pub async fn a_holder_that_is_late_but_not_replaced_may_still_finish(db: TestStorage) {
    let made = a_connection(&db).await;
    let lease = acquire(&db, &made, "a").await;
    db.pass_time(LEASE + Duration::from_secs(1)).await;
    assert!(finish(&db, &made, lease, refreshed("late")).await);
    assert_eq!(stored(&*db, &made).await.credentials, sealed("late"));
}

pub async fn the_lease_is_refused_for_credentials_of_another_version(db: TestStorage) {
    let made = a_connection(&db).await;
    let lease = acquire(&db, &made, "a").await;
    assert!(finish(&db, &made, lease, refreshed("new")).await);
    assert_eq!(try_acquire(&db, &made, "b").await, AcquireLease::VersionMoved);
    let now = stored(&*db, &made).await;
    acquire(&db, &now, "b").await;
}

pub async fn replacing_a_connection_fences_a_running_refresh(db: TestStorage) {
    let made = a_connection(&db).await;
    let lease = acquire(&db, &made, "a").await;
    let new = db.replace_connection(made.environment_id, made.id, content(), at(1)).await.expect("a write");
    let new = new.expect("it is there");
    assert!(!extend(&db, &made, lease).await);
    assert!(!finish(&db, &made, lease, refreshed("stale")).await);
    assert_eq!(stored(&*db, &made).await, new);
    let next = acquire(&db, &new, "b").await;
    assert!(next.epoch > lease.epoch);
    assert_eq!(next.abandoned_at, None);
}

pub async fn deleting_a_connection_fences_a_running_refresh(db: TestStorage) {
    let made = a_connection(&db).await;
    let lease = acquire(&db, &made, "a").await;
    let deleted = db.delete_connection(made.environment_id, &made.integration_key, &made.key, at(1)).await;
    assert!(deleted.expect("a write"));
    assert!(!extend(&db, &made, lease).await);
    assert!(!finish(&db, &made, lease, refreshed("stale")).await);
    assert_eq!(try_acquire(&db, &made, "b").await, AcquireLease::Gone);
    db.pass_time(LEASE + Duration::from_secs(1)).await;
    assert!(db.list_abandoned_refreshes(10).await.expect("a read").is_empty());
}

pub async fn deleting_an_integration_fences_running_refreshes(db: TestStorage) {
    let made = a_connection(&db).await;
    let lease = acquire(&db, &made, "a").await;
    let deleted = db.delete_integration(made.environment_id, &made.integration_key, at(1)).await;
    assert!(deleted.expect("a write"));
    assert!(!extend(&db, &made, lease).await);
    assert!(!finish(&db, &made, lease, refreshed("stale")).await);
    db.pass_time(LEASE + Duration::from_secs(1)).await;
    assert!(db.list_abandoned_refreshes(10).await.expect("a read").is_empty());
}

pub async fn an_unknown_connection_has_no_lease(db: TestStorage) {
    let made = a_connection(&db).await;
    let answer = db.acquire_refresh_lease(made.environment_id, ConnectionId(4_711), "a", LEASE, 1).await;
    assert_eq!(answer.expect("an answer"), AcquireLease::Gone);
}

pub async fn leases_that_ran_out_without_an_outcome_are_listed(db: TestStorage) {
    let made = a_connection(&db).await;
    let env = environment(&*db, "other").await;
    let github = integration(&*db, env.id, "github").await;
    let other = connection(&*db, &github, "c").await;
    let done = connection(&*db, &github, "done").await;
    acquire(&db, &made, "a").await;
    acquire(&db, &other, "a").await;
    let lease = acquire(&db, &done, "a").await;
    assert!(finish(&db, &done, lease, RefreshOutcome::NotNeeded).await);
    assert!(db.list_abandoned_refreshes(10).await.expect("a read").is_empty());
    db.pass_time(LEASE + Duration::from_secs(1)).await;
    let listed = db.list_abandoned_refreshes(10).await.expect("a read");
    let mut seen: Vec<_> = listed.iter().map(|due| (due.environment_id, due.connection_id)).collect();
    seen.sort();
    assert_eq!(seen, [(made.environment_id, made.id), (env.id, other.id)]);
    assert_eq!(db.list_abandoned_refreshes(1).await.expect("a read").len(), 1);
    acquire(&db, &made, "b").await;
    assert_eq!(db.list_abandoned_refreshes(10).await.expect("a read").len(), 1);
}
