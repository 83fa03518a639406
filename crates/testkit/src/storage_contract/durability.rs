//! What outlives the process, and what a closed storage does.

use std::time::Duration;

use bowline_domain::connection::{ConnectionContent, NewConnection};
use bowline_domain::environment::EnvironmentVariable;
use bowline_domain::id::DataKeyId;
use bowline_domain::storage::{AcquireLease, WrappedDataKey};

use super::TestStorage;
use super::fixtures::*;

const LEASE: Duration = Duration::from_secs(30);

pub async fn a_healthy_storage_says_so(db: TestStorage) {
    db.check_health().await.expect("it is healthy");
}

pub async fn a_closed_storage_answers_with_errors(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let made = connection(&*db, &github, "c").await;
    assert!(db.find_connection(env.id, &github.key, &made.key).await.expect("a read").is_some());
    db.storage.close().await;
    assert!(db.check_health().await.is_err());
    assert!(db.find_connection(env.id, &github.key, &made.key).await.is_err());
    assert!(db.create_integration(env.id, new_integration("late")).await.is_err());
}

pub async fn everything_is_there_after_closing_and_reopening(mut db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let content = ConnectionContent {
        credentials_expire_at: Some(at(60)),
        metadata: Some(metadata(r#"{"b":1,"a":2}"#)),
        tags: tags(&[("team", "A")]),
        end_user: Some(end_user("u1")),
        ..content()
    };
    let made =
        connection_from(&*db, &github, NewConnection { content, ..new_connection(github.id, "c") }).await;
    let key = new_api_key(env.account_id, Some(env.id), "key");
    created_api_key(db.create_api_key(key.clone(), 10).await.expect("a write"));
    let data_key = WrappedDataKey { id: DataKeyId(1), wrapped: sealed("wrapped"), created_at: at(0) };
    assert!(db.insert_data_key(data_key.clone()).await.expect("a write"));
    let variable = EnvironmentVariable { uid: uid(), name: "A".to_owned(), value: sealed("value") };
    db.put_variable(env.id, variable.clone()).await.expect("a write");
    let held = db.acquire_refresh_lease(env.id, made.id, "a", LEASE, made.credentials_version).await;
    let AcquireLease::Acquired(held) = held.expect("a write") else { panic!("the lease is free") };

    db.close_and_reopen().await;

    assert_eq!(db.find_account(env.account_id).await.expect("a read"), Some(account(&*db).await));
    assert_eq!(db.list_environments(env.account_id).await.expect("a read"), std::slice::from_ref(&env));
    assert_eq!(db.list_integrations(env.id).await.expect("a read"), [github]);
    assert_eq!(stored(&*db, &made).await, made);
    let (found, of) = db.find_api_key(&key.digest).await.expect("a read").expect("it is there");
    assert_eq!((found.uid, of), (key.uid, Some(env.clone())));
    assert_eq!(db.list_data_keys().await.expect("a read"), [data_key]);
    assert_eq!(db.list_variables(env.id).await.expect("a read"), [variable]);
    assert_eq!(db.list_due_refreshes(at(61), None, 10).await.expect("a read").len(), 1);
    let again = db.acquire_refresh_lease(env.id, made.id, "b", LEASE, made.credentials_version).await;
    assert!(matches!(again, Ok(AcquireLease::Held { .. })));
    assert!(db.extend_refresh_lease(env.id, made.id, held.epoch, LEASE).await.expect("a write"));
}
