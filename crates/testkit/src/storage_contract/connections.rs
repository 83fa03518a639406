//! Connections: writing, finding, deleting.

use std::sync::Arc;

use bowline_domain::connection::{
    ConnectionContent, ConnectionPatch, NewConnection, RefreshFailure, RefreshState,
};
use bowline_domain::id::{ConnectionId, IntegrationId};
use bowline_domain::metadata::MetadataWrite;
use bowline_domain::storage::{AcquireLease, CreateConnection, RefreshOutcome, SetMetadata};
use std::time::Duration;

use super::TestStorage;
use super::fixtures::*;

fn full_content() -> ConnectionContent {
    ConnectionContent {
        credentials: sealed("full credentials"),
        credentials_expire_at: Some(at(3_600)),
        config: sealed("full config"),
        metadata: Some(metadata(r#"{"z":1,"a":{"y":[1.5,"é",null,true]},"big":9007199254740993}"#)),
        tags: tags(&[("team", "A"), ("project/x", "1 %_\\ \"")]),
        end_user: Some(end_user("u1")),
        webhook_url_override: Some("https://example.com/hook".to_owned()),
        last_fetched_at: Some(at(5)),
    }
}

pub async fn a_connection_is_found_as_it_was_written(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let new = NewConnection { content: full_content(), ..new_connection(github.id, "c") };
    let made = connection_from(&*db, &github, new.clone()).await;
    let content = full_content();
    assert_eq!((made.uid, made.environment_id, made.integration_id), (new.uid, env.id, github.id));
    assert_eq!((&made.integration_key, &made.provider, &made.key), (&github.key, &github.provider, &new.key));
    assert_eq!((&made.credentials, made.credentials_expire_at), (&content.credentials, Some(at(3_600))));
    assert_eq!(
        (&made.config, &made.tags, &made.end_user),
        (&content.config, &content.tags, &content.end_user)
    );
    assert_eq!(made.webhook_url_override, content.webhook_url_override);
    assert_eq!((made.last_fetched_at, &made.refresh), (Some(at(5)), &RefreshState::default()));
    assert_eq!((made.created_at, made.updated_at), (at(0), at(0)));
    for _ in 0..2 {
        assert_eq!(
            db.find_connection(env.id, &github.key, &new.key).await.expect("a read").as_ref(),
            Some(&made)
        );
    }
    assert_eq!(stored(&*db, &made).await, made);
}

pub async fn metadata_keeps_its_key_order_and_numbers(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let new = NewConnection { content: full_content(), ..new_connection(github.id, "c") };
    let made = connection_from(&*db, &github, new).await;
    let text = serde_json::to_string(&stored(&*db, &made).await.metadata).expect("it is JSON");
    assert_eq!(text, r#"{"z":1,"a":{"y":[1.5,"é",null,true]},"big":9007199254740993}"#);
}

pub async fn a_taken_connection_key_is_refused_in_its_integration_only(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (one, two) = (integration(&*db, env.id, "one").await, integration(&*db, env.id, "two").await);
    let first = connection(&*db, &one, "c").await;
    connection(&*db, &two, "c").await;
    let again = db.create_connection(env.id, new_connection(one.id, "c")).await;
    assert!(matches!(again, Ok(CreateConnection::KeyTaken)));
    connection(&*db, &one, "C").await;
    assert!(db.delete_connection(env.id, &one.key, &first.key, at(1)).await.expect("a write"));
    let second = connection(&*db, &one, "c").await;
    assert_ne!(first.id, second.id);
}

pub async fn concurrent_creations_of_one_connection_make_one(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let storage = Arc::clone(&db.storage);
        callers.spawn(async move { storage.create_connection(env.id, new_connection(github.id, "c")).await });
    }
    let outcomes = callers.join_all().await.into_iter().map(|outcome| outcome.expect("an answer"));
    assert_eq!(outcomes.filter(|outcome| matches!(outcome, CreateConnection::Created(_))).count(), 1);
}

pub async fn a_connection_needs_a_live_integration_of_its_environment(db: TestStorage) {
    let (one, two) = (environment(&*db, "one").await, environment(&*db, "two").await);
    let of_one = integration(&*db, one.id, "github").await;
    let foreign = db.create_connection(two.id, new_connection(of_one.id, "c")).await;
    assert!(matches!(foreign, Ok(CreateConnection::NoIntegration)));
    let unknown = db.create_connection(one.id, new_connection(IntegrationId(4_711), "c")).await;
    assert!(matches!(unknown, Ok(CreateConnection::NoIntegration)));
    assert!(db.delete_integration(one.id, &of_one.key, at(1)).await.expect("a write"));
    let late = db.create_connection(one.id, new_connection(of_one.id, "c")).await;
    assert!(matches!(late, Ok(CreateConnection::NoIntegration)));
}

/// Guarantee F1, method by method: nothing of another environment is seen or changed.
pub async fn connections_of_one_environment_are_not_those_of_another(db: TestStorage) {
    let (one, two) = (environment(&*db, "one").await, environment(&*db, "two").await);
    let of_one = integration(&*db, one.id, "github").await;
    let of_two = integration(&*db, two.id, "github").await;
    let made = connection(&*db, &of_one, "mine").await;
    connection(&*db, &of_two, "theirs").await;
    assert_eq!(db.find_connection(two.id, &of_one.key, &made.key).await.expect("a read"), None);
    assert_eq!(db.find_connection_by_id(two.id, made.id).await.expect("a read"), None);
    let listed = db.list_connections(two.id, &any_connection()).await.expect("a read");
    assert_eq!(listed.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(), ["theirs"]);
    assert!(
        db.replace_connection(two.id, made.id, full_content(), at(1)).await.expect("an answer").is_none()
    );
    let patch = ConnectionPatch { tags: Some(tags(&[("a", "b")])), ..ConnectionPatch::default() };
    assert!(db.update_connection(two.id, made.id, patch, at(1)).await.expect("an answer").is_none());
    let write = MetadataWrite::Replace(metadata("{}"));
    let keys = [made.key.clone()];
    let outcome = db.set_metadata(two.id, &of_two.key, &keys, &write, at(1)).await.expect("an answer");
    assert_eq!(outcome, SetMetadata::Unknown(made.key.clone()));
    assert!(!db.delete_connection(two.id, &of_one.key, &made.key, at(1)).await.expect("an answer"));
    let lease = Duration::from_secs(30);
    let acquired = db.acquire_refresh_lease(two.id, made.id, "x", lease, made.credentials_version).await;
    assert_eq!(acquired.expect("an answer"), AcquireLease::Gone);
    let mine = db.acquire_refresh_lease(one.id, made.id, "x", lease, made.credentials_version).await;
    let AcquireLease::Acquired(mine) = mine.expect("an answer") else { panic!("the lease is free") };
    assert!(!db.extend_refresh_lease(two.id, made.id, mine.epoch, lease).await.expect("an answer"));
    let failed = RefreshOutcome::Failed(RefreshState { attempts: 3, ..RefreshState::default() });
    assert!(!db.finish_refresh(two.id, made.id, mine.epoch, failed).await.expect("an answer"));
    assert_eq!(stored(&*db, &made).await, made);
}

pub async fn replacing_keeps_identity_and_counts_the_version_up(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let made = connection(&*db, &github, "c").await;
    assert!(db.find_connection(env.id, &github.key, &made.key).await.expect("a read").is_some());
    let new = db.replace_connection(env.id, made.id, full_content(), at(9)).await.expect("a write");
    let new = new.expect("it is there");
    let content = full_content();
    assert_eq!((new.id, new.uid, &new.key, new.created_at), (made.id, made.uid, &made.key, made.created_at));
    assert_eq!((new.credentials_version, new.updated_at), (made.credentials_version + 1, at(9)));
    assert_eq!(
        (&new.credentials, &new.config, &new.tags),
        (&content.credentials, &content.config, &content.tags)
    );
    assert_eq!((&new.metadata, &new.end_user), (&content.metadata, &content.end_user));
    assert_eq!((new.credentials_expire_at, new.last_fetched_at), (Some(at(3_600)), Some(at(5))));
    assert_eq!(
        db.find_connection(env.id, &github.key, &made.key).await.expect("a read").as_ref(),
        Some(&new)
    );
    assert_eq!(stored(&*db, &made).await, new);
    let gone = db.replace_connection(env.id, ConnectionId(4_711), full_content(), at(9)).await;
    assert!(gone.expect("an answer").is_none());
}

pub async fn replacing_keeps_metadata_and_end_user_that_are_not_given(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let old = NewConnection { content: full_content(), ..new_connection(github.id, "c") };
    let old = connection_from(&*db, &github, old).await;
    let new =
        db.replace_connection(env.id, old.id, content(), at(9)).await.expect("a write").expect("it is there");
    assert_eq!((&new.metadata, &new.end_user), (&old.metadata, &old.end_user));
    assert_eq!((new.tags.len(), &new.webhook_url_override), (0, &None));
    assert_eq!((new.credentials_expire_at, &new.config), (None, &sealed("config")));
    assert_eq!(stored(&*db, &old).await, new);
}

pub async fn replacing_clears_the_refresh_state(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let made = connection(&*db, &github, "c").await;
    let lease =
        db.acquire_refresh_lease(env.id, made.id, "x", Duration::from_secs(30), made.credentials_version);
    let AcquireLease::Acquired(lease) = lease.await.expect("a write") else { panic!("the lease is free") };
    let failure = RefreshFailure { code: "c".to_owned(), message: "m".to_owned(), log_id: "l".to_owned() };
    let state = RefreshState {
        last_failure_at: Some(at(1)),
        attempts: 3,
        exhausted: true,
        failure: Some(failure),
        ..RefreshState::default()
    };
    let finished =
        db.finish_refresh(env.id, made.id, lease.epoch, RefreshOutcome::Failed(state.clone())).await;
    assert!(finished.expect("a write"));
    assert_eq!(stored(&*db, &made).await.refresh, state);
    let new = db.replace_connection(env.id, made.id, content(), at(9)).await.expect("a write");
    assert_eq!(new.expect("it is there").refresh, RefreshState::default());
    assert_eq!(stored(&*db, &made).await.refresh, RefreshState::default());
}

pub async fn an_update_changes_only_the_labels_it_names(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let old = NewConnection { content: full_content(), ..new_connection(github.id, "c") };
    let old = connection_from(&*db, &github, old).await;
    assert!(db.find_connection(env.id, &github.key, &old.key).await.expect("a read").is_some());
    let patch = ConnectionPatch { tags: Some(tags(&[("only", "this")])), ..ConnectionPatch::default() };
    let new =
        db.update_connection(env.id, old.id, patch, at(9)).await.expect("a write").expect("it is there");
    assert_eq!((&new.tags, &new.end_user), (&tags(&[("only", "this")]), &old.end_user));
    assert_eq!((&new.webhook_url_override, new.updated_at), (&old.webhook_url_override, at(9)));
    assert_eq!((new.credentials_version, &new.credentials), (old.credentials_version, &old.credentials));
    let patch =
        ConnectionPatch { end_user: Some(end_user("u2")), webhook_url_override: Some(None), tags: None };
    let new =
        db.update_connection(env.id, old.id, patch, at(10)).await.expect("a write").expect("it is there");
    assert_eq!((&new.end_user, &new.webhook_url_override), (&Some(end_user("u2")), &None));
    assert_eq!(new.tags, tags(&[("only", "this")]));
    assert_eq!(db.find_connection(env.id, &github.key, &old.key).await.expect("a read"), Some(new));
    let gone = db.update_connection(env.id, ConnectionId(4_711), ConnectionPatch::default(), at(11)).await;
    assert!(gone.expect("an answer").is_none());
}

pub async fn a_deleted_connection_is_gone_for_every_method(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let made = connection(&*db, &github, "c").await;
    assert!(db.find_connection(env.id, &github.key, &made.key).await.expect("a read").is_some());
    assert!(db.delete_connection(env.id, &github.key, &made.key, at(1)).await.expect("a write"));
    assert!(!db.delete_connection(env.id, &github.key, &made.key, at(2)).await.expect("an answer"));
    assert_eq!(db.find_connection(env.id, &github.key, &made.key).await.expect("a read"), None);
    assert_eq!(db.find_connection_by_id(env.id, made.id).await.expect("a read"), None);
    assert!(db.list_connections(env.id, &any_connection()).await.expect("a read").is_empty());
    assert!(db.replace_connection(env.id, made.id, content(), at(2)).await.expect("an answer").is_none());
    let patch = ConnectionPatch::default();
    assert!(db.update_connection(env.id, made.id, patch, at(2)).await.expect("an answer").is_none());
    let write = MetadataWrite::Replace(metadata("{}"));
    let keys = [made.key.clone()];
    let outcome = db.set_metadata(env.id, &github.key, &keys, &write, at(2)).await.expect("an answer");
    assert_eq!(outcome, SetMetadata::Unknown(made.key.clone()));
    db.touch_fetched(&[(made.id, at(3))]).await.expect("nothing to do");
}

pub async fn nothing_of_a_user_outlives_a_deleted_connection(db: TestStorage) {
    const TRACES: [&str; 8] = [
        "trace-credentials",
        "trace-config",
        "trace-metadata",
        "trace-tag",
        "trace-user",
        "Name of trace",
        "org-trace",
        "trace-hook",
    ];
    let content = || ConnectionContent {
        credentials: sealed("trace-credentials"),
        config: sealed("trace-config"),
        metadata: Some(metadata(r#"{"a":"trace-metadata"}"#)),
        tags: tags(&[("a", "trace-tag")]),
        end_user: Some(end_user("trace-user")),
        webhook_url_override: Some("https://example.com/trace-hook".to_owned()),
        ..full_content()
    };
    let (one, two) = (environment(&*db, "one").await, environment(&*db, "two").await);
    let alone = integration(&*db, one.id, "alone").await;
    let with_integration = integration(&*db, one.id, "with-integration").await;
    let with_environment = integration(&*db, two.id, "with-environment").await;
    for of in [&alone, &with_integration, &with_environment] {
        connection_from(&*db, of, NewConnection { content: content(), ..new_connection(of.id, "c") }).await;
    }
    let key = connection_key("c");
    assert!(db.delete_connection(one.id, &alone.key, &key, at(1)).await.expect("a write"));
    assert!(db.delete_integration(one.id, &with_integration.key, at(1)).await.expect("a write"));
    assert!(db.delete_environment(two.account_id, two.id, at(1)).await.expect("a write"));
    let kept = NewConnection {
        content: ConnectionContent {
            metadata: Some(metadata(r#"{"a":"kept"}"#)),
            ..super::fixtures::content()
        },
        ..new_connection(alone.id, "kept")
    };
    connection_from(&*db, &alone, kept).await;
    db.storage.close().await;
    assert!(db.backend.connections_hold("kept").await);
    for trace in TRACES {
        assert!(!db.backend.connections_hold(trace).await, "{trace}");
    }
}

pub async fn fetches_are_noted_and_never_move_back(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let (one, two) = (connection(&*db, &github, "one").await, connection(&*db, &github, "two").await);
    assert!(db.find_connection(env.id, &github.key, &one.key).await.expect("a read").is_some());
    db.touch_fetched(&[]).await.expect("nothing to do");
    let fetches =
        [(one.id, at(8)), (one.id, at(10)), (one.id, at(9)), (two.id, at(1)), (ConnectionId(4_711), at(1))];
    db.touch_fetched(&fetches).await.expect("a write");
    db.touch_fetched(&[(one.id, at(5))]).await.expect("a write");
    let found =
        db.find_connection(env.id, &github.key, &one.key).await.expect("a read").expect("it is there");
    assert_eq!((found.last_fetched_at, found.updated_at), (Some(at(10)), one.updated_at));
    assert_eq!(stored(&*db, &one).await.last_fetched_at, Some(at(10)));
    assert_eq!(stored(&*db, &two).await.last_fetched_at, Some(at(1)));
}

/// A reader that starts after a write returned sees that write, however many read and write at once.
pub async fn every_read_after_a_write_sees_it(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let made = connection(&*db, &github, "c").await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (storage, made) = (Arc::clone(&db.storage), Arc::clone(&made));
        callers.spawn(async move {
            let mut seen = 0;
            while seen < 40 {
                let found = storage.find_connection(env.id, &made.integration_key, &made.key).await;
                let version = found.expect("a read").expect("it is there").credentials_version;
                assert!(version >= seen, "the version fell from {seen} to {version}");
                seen = version;
                tokio::task::yield_now().await;
            }
        });
    }
    for _ in 0..40 {
        let new = db.replace_connection(env.id, made.id, content(), at(1)).await.expect("a write");
        let found = db.find_connection(env.id, &made.integration_key, &made.key).await.expect("a read");
        assert_eq!(found.map(|found| found.credentials_version), new.map(|new| new.credentials_version));
    }
    callers.join_all().await;
}
