//! What a refresh leaves behind, and which connections are due for one.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::connection::{
    Connection, ConnectionContent, NewConnection, RefreshFailure, RefreshState,
};
use bowline_domain::integration::Integration;
use bowline_domain::storage::{AcquireLease, DueRefresh, RefreshOutcome};
use bowline_domain::{SealedBytes, Timestamp};

use super::TestStorage;
use super::fixtures::*;

async fn github(db: &TestStorage) -> Integration {
    let env = environment(&**db, "dev").await;
    integration(&**db, env.id, "github").await
}

/// Takes the lease and finishes with this outcome.
async fn refresh(db: &TestStorage, of: &Connection, outcome: RefreshOutcome) {
    let lease_for = Duration::from_secs(30);
    let lease =
        db.acquire_refresh_lease(of.environment_id, of.id, "a", lease_for, of.credentials_version).await;
    let AcquireLease::Acquired(lease) = lease.expect("an answer") else { panic!("the lease is free") };
    assert!(db.finish_refresh(of.environment_id, of.id, lease.epoch, outcome).await.expect("an answer"));
}

fn refreshed(config: Option<SealedBytes>) -> RefreshOutcome {
    RefreshOutcome::Refreshed { credentials: sealed("new"), expires_at: Some(at(7_200)), config, at: at(50) }
}

fn failing(exhausted: bool) -> RefreshState {
    let failure = RefreshFailure { code: "x".to_owned(), message: "m".to_owned(), log_id: "l".to_owned() };
    RefreshState {
        last_success_at: None,
        last_failure_at: Some(at(40)),
        attempts: 2,
        exhausted,
        failure: Some(failure),
    }
}

pub async fn a_failure_is_stored_and_keeps_the_credentials(db: TestStorage) {
    let github = github(&db).await;
    let made = connection(&*db, &github, "c").await;
    assert!(db.find_connection(made.environment_id, &github.key, &made.key).await.expect("a read").is_some());
    refresh(&db, &made, RefreshOutcome::Failed(failing(true))).await;
    let now = db.find_connection(made.environment_id, &github.key, &made.key).await.expect("a read");
    let now = now.expect("it is there");
    assert_eq!(now.refresh, failing(true));
    assert_eq!((&now.credentials, now.credentials_version), (&made.credentials, made.credentials_version));
    let listed = db.list_connections(made.environment_id, &any_connection()).await.expect("a read");
    assert_eq!(listed[0].failure, failing(true).failure);
}

pub async fn a_success_stores_credentials_counts_up_and_clears_the_failure(db: TestStorage) {
    let github = github(&db).await;
    let made = connection(&*db, &github, "c").await;
    refresh(&db, &made, RefreshOutcome::Failed(failing(true))).await;
    assert!(db.find_connection(made.environment_id, &github.key, &made.key).await.expect("a read").is_some());
    refresh(&db, &made, refreshed(None)).await;
    let now = db.find_connection(made.environment_id, &github.key, &made.key).await.expect("a read");
    let now = now.expect("it is there");
    assert_eq!((&now.credentials, now.credentials_version), (&sealed("new"), made.credentials_version + 1));
    assert_eq!((now.credentials_expire_at, &now.config), (Some(at(7_200)), &made.config));
    assert_eq!(now.refresh, RefreshState { last_success_at: Some(at(50)), ..RefreshState::default() });
    assert_eq!(stored(&*db, &made).await, now);
}

pub async fn a_success_may_change_the_config(db: TestStorage) {
    let github = github(&db).await;
    let made = connection(&*db, &github, "c").await;
    refresh(&db, &made, refreshed(Some(sealed("new config")))).await;
    assert_eq!(stored(&*db, &made).await.config, sealed("new config"));
}

async fn expiring(
    db: &TestStorage,
    of: &Integration,
    key: &str,
    expires_at: Option<Timestamp>,
) -> Arc<Connection> {
    let content = ConnectionContent { credentials_expire_at: expires_at, ..content() };
    connection_from(&**db, of, NewConnection { content, ..new_connection(of.id, key) }).await
}

async fn due(db: &TestStorage, before: i64) -> Vec<DueRefresh> {
    db.list_due_refreshes(at(before), None, 100).await.expect("a read")
}

pub async fn due_refreshes_span_environments_by_time_and_number(db: TestStorage) {
    let github = github(&db).await;
    let other = environment(&*db, "other").await;
    let other = integration(&*db, other.id, "slack").await;
    let late = expiring(&db, &github, "late", Some(at(30))).await;
    let twin_one = expiring(&db, &github, "twin-1", Some(at(20))).await;
    let twin_two = expiring(&db, &other, "twin-2", Some(at(20))).await;
    let early = expiring(&db, &other, "early", Some(at(10))).await;
    expiring(&db, &github, "later", Some(at(31))).await;
    expiring(&db, &github, "never", None).await;
    let listed = due(&db, 31).await;
    let expected = [&early, &twin_one, &twin_two, &late].map(|made| DueRefresh {
        environment_id: made.environment_id,
        connection_id: made.id,
        expires_at: made.credentials_expire_at,
    });
    assert_eq!(listed, expected);
}

pub async fn due_refreshes_are_paged_without_gap_or_repeat(db: TestStorage) {
    let github = github(&db).await;
    for n in 0..11 {
        expiring(&db, &github, &format!("c{n}"), Some(at(n / 4))).await;
    }
    let mut seen = Vec::new();
    loop {
        let after = seen.last().and_then(|due: &DueRefresh| Some((due.expires_at?, due.connection_id)));
        let page = db.list_due_refreshes(at(100), after, 3).await.expect("a read");
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 3);
        seen.extend(page);
    }
    assert_eq!(seen, due(&db, 100).await);
    assert_eq!(seen.len(), 11);
}

pub async fn exhausted_and_deleted_connections_are_not_due(db: TestStorage) {
    let github = github(&db).await;
    let exhausted = expiring(&db, &github, "exhausted", Some(at(10))).await;
    let failing_once = expiring(&db, &github, "failing", Some(at(10))).await;
    let deleted = expiring(&db, &github, "deleted", Some(at(10))).await;
    let done = expiring(&db, &github, "done", Some(at(10))).await;
    refresh(&db, &exhausted, RefreshOutcome::Failed(failing(true))).await;
    refresh(&db, &failing_once, RefreshOutcome::Failed(failing(false))).await;
    refresh(&db, &done, refreshed(None)).await;
    assert!(
        db.delete_connection(github.environment_id, &github.key, &deleted.key, at(1)).await.expect("a write")
    );
    let listed = due(&db, 100).await;
    assert_eq!(listed.iter().map(|due| due.connection_id).collect::<Vec<_>>(), [failing_once.id]);
}
