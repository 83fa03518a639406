//! Integrations.

use std::sync::Arc;

use bowline_domain::id::{EnvironmentId, ProviderName};
use bowline_domain::integration::{Integration, IntegrationPatch};
use bowline_domain::storage::{CreateIntegration, UpdateIntegration};

use super::TestStorage;
use super::fixtures::*;

pub async fn an_integration_is_found_as_it_was_written(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let mut new = new_integration("github-1");
    (new.display_name, new.forward_webhooks) = (Some("My GitHub".to_owned()), false);
    let made = created_integration(db.create_integration(env.id, new.clone()).await.expect("a write"));
    assert_eq!((made.uid, made.environment_id, &made.key), (new.uid, env.id, &new.key));
    assert_eq!((&made.provider, &made.display_name), (&new.provider, &new.display_name));
    assert_eq!((&made.credentials, made.forward_webhooks), (&new.credentials, false));
    assert_eq!((made.created_at, made.updated_at), (at(0), at(0)));
    for _ in 0..2 {
        let found = db.find_integration(env.id, &new.key).await.expect("a read");
        assert_eq!(found.as_deref(), Some(&made));
    }
    assert_eq!(db.find_integration(env.id, &integration_key("other")).await.expect("a read"), None);
}

pub async fn an_integration_needs_a_live_environment(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    assert!(db.delete_environment(env.account_id, env.id, at(1)).await.expect("a write"));
    assert!(db.create_integration(env.id, new_integration("a")).await.is_err());
    assert!(db.create_integration(EnvironmentId(4_711), new_integration("a")).await.is_err());
}

pub async fn a_taken_integration_key_is_refused_and_free_again_after_deletion(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let first = integration(&*db, env.id, "github").await;
    let again = db.create_integration(env.id, new_integration("github")).await;
    assert!(matches!(again, Ok(CreateIntegration::KeyTaken)));
    assert!(db.delete_integration(env.id, &first.key, at(1)).await.expect("a write"));
    let second = integration(&*db, env.id, "github").await;
    assert_ne!(first.id, second.id);
    let found = db.find_integration(env.id, &first.key).await.expect("a read");
    assert_eq!(found.as_deref(), Some(&second));
}

pub async fn integrations_of_one_environment_are_not_those_of_another(db: TestStorage) {
    let (one, two) = (environment(&*db, "one").await, environment(&*db, "two").await);
    let of_one = integration(&*db, one.id, "github").await;
    connection(&*db, &of_one, "c").await;
    assert_eq!(db.find_integration(two.id, &of_one.key).await.expect("a read"), None);
    assert!(db.list_integrations(two.id).await.expect("a read").is_empty());
    assert_eq!(db.count_connections(two.id, &of_one.key).await.expect("a read"), 0);
    let update = db.update_integration(two.id, &of_one.key, integration_patch(of_one.version)).await;
    assert!(matches!(update, Ok(UpdateIntegration::NotFound)));
    assert!(!db.delete_integration(two.id, &of_one.key, at(1)).await.expect("an answer"));
    let of_two = integration(&*db, two.id, "github").await;
    assert!(db.delete_integration(two.id, &of_two.key, at(1)).await.expect("a write"));
    let left = db.find_integration(one.id, &of_one.key).await.expect("a read");
    assert_eq!(left.as_deref(), Some(&of_one));
}

pub async fn integrations_are_listed_by_provider_and_then_by_age(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    for (key, provider, seconds) in [("a", "slack", 1), ("c", "github", 2), ("b", "github", 3)] {
        let mut new = new_integration(key);
        new.provider = ProviderName::parse(provider).expect("a valid name");
        new.created_at = at(seconds);
        created_integration(db.create_integration(env.id, new).await.expect("a write"));
    }
    let listed = db.list_integrations(env.id).await.expect("a read");
    assert_eq!(
        listed.iter().map(|integration| integration.key.as_str()).collect::<Vec<_>>(),
        ["c", "b", "a"]
    );
}

pub async fn an_update_changes_what_it_names_and_counts_the_version_up(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let old = integration(&*db, env.id, "github").await;
    assert!(db.find_integration(env.id, &old.key).await.expect("a read").is_some());
    let patch = IntegrationPatch {
        key: Some(integration_key("github-2")),
        provider: Some(ProviderName::parse("github-app").expect("a valid name")),
        display_name: Some("Shown".to_owned()),
        credentials: Some(sealed("new")),
        forward_webhooks: Some(false),
        ..integration_patch(old.version)
    };
    let new = updated(db.update_integration(env.id, &old.key, patch).await.expect("a write"));
    assert_eq!((new.id, new.version, new.updated_at), (old.id, old.version + 1, at(100)));
    assert_eq!((new.key.as_str(), new.provider.as_str()), ("github-2", "github-app"));
    assert_eq!((new.display_name.as_deref(), new.forward_webhooks), (Some("Shown"), false));
    assert_eq!((&new.credentials, new.created_at, new.uid), (&sealed("new"), old.created_at, old.uid));
    assert_eq!(db.find_integration(env.id, &old.key).await.expect("a read"), None);
    assert_eq!(db.find_integration(env.id, &new.key).await.expect("a read").as_deref(), Some(&new));
    let same = updated(
        db.update_integration(env.id, &new.key, integration_patch(new.version)).await.expect("a write"),
    );
    assert_eq!(same, Integration { version: new.version + 1, ..new });
}

pub async fn an_update_from_an_old_version_is_refused(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let old = integration(&*db, env.id, "github").await;
    updated(db.update_integration(env.id, &old.key, integration_patch(old.version)).await.expect("a write"));
    let late = IntegrationPatch { credentials: Some(sealed("late")), ..integration_patch(old.version) };
    let outcome = db.update_integration(env.id, &old.key, late).await;
    assert!(matches!(outcome, Ok(UpdateIntegration::VersionMoved)));
    let now = db.find_integration(env.id, &old.key).await.expect("a read").expect("it is there");
    assert_eq!(now.credentials, old.credentials);
}

pub async fn of_concurrent_updates_of_one_version_one_wins(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let old = integration(&*db, env.id, "github").await;
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..20 {
        let (storage, old) = (Arc::clone(&db.storage), old.clone());
        let patch = IntegrationPatch { display_name: Some(n.to_string()), ..integration_patch(old.version) };
        callers.spawn(async move {
            storage.update_integration(old.environment_id, &old.key, patch).await.expect("an answer")
        });
    }
    let outcomes = callers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, UpdateIntegration::Updated(_))).count(), 1);
    assert_eq!(
        outcomes.iter().filter(|outcome| matches!(outcome, UpdateIntegration::VersionMoved)).count(),
        19
    );
}

pub async fn a_rename_is_refused_to_a_taken_key_and_with_live_connections(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (one, two) = (integration(&*db, env.id, "one").await, integration(&*db, env.id, "two").await);
    let rename =
        |to: &str| IntegrationPatch { key: Some(integration_key(to)), ..integration_patch(one.version) };
    let taken = db.update_integration(env.id, &one.key, rename("two")).await;
    assert!(matches!(taken, Ok(UpdateIntegration::KeyTaken)));
    let made = connection(&*db, &one, "c").await;
    let held = db.update_integration(env.id, &one.key, rename("three")).await;
    assert!(matches!(held, Ok(UpdateIntegration::HasConnections)));
    assert_eq!(db.find_integration(env.id, &one.key).await.expect("a read").as_deref(), Some(&one));
    // The key it has is no rename.
    let kept = updated(db.update_integration(env.id, &one.key, rename("one")).await.expect("a write"));
    assert!(db.delete_connection(env.id, &one.key, &made.key, at(1)).await.expect("a write"));
    let patch = IntegrationPatch { key: Some(integration_key("three")), ..integration_patch(kept.version) };
    assert_eq!(
        updated(db.update_integration(env.id, &one.key, patch).await.expect("a write")).key.as_str(),
        "three"
    );
    assert_eq!(db.find_integration(env.id, &two.key).await.expect("a read").as_deref(), Some(&two));
}

pub async fn a_connection_shows_its_integration_s_new_provider(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let made = connection(&*db, &github, "c").await;
    assert!(db.find_connection(env.id, &github.key, &made.key).await.expect("a read").is_some());
    let provider = Some(ProviderName::parse("github-app").expect("a valid name"));
    let patch = IntegrationPatch { provider, ..integration_patch(github.version) };
    updated(db.update_integration(env.id, &github.key, patch).await.expect("a write"));
    let now = db.find_connection(env.id, &github.key, &made.key).await.expect("a read").expect("it is there");
    assert_eq!(now.provider.as_str(), "github-app");
}

pub async fn deleting_an_integration_takes_its_connections(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (one, two) = (integration(&*db, env.id, "one").await, integration(&*db, env.id, "two").await);
    let (gone, kept) = (connection(&*db, &one, "c").await, connection(&*db, &two, "c").await);
    assert!(db.find_connection(env.id, &one.key, &gone.key).await.expect("a read").is_some());
    assert!(db.delete_integration(env.id, &one.key, at(1)).await.expect("a write"));
    assert_eq!(db.find_integration(env.id, &one.key).await.expect("a read"), None);
    assert_eq!(db.find_connection(env.id, &one.key, &gone.key).await.expect("a read"), None);
    assert_eq!(db.find_connection_by_id(env.id, gone.id).await.expect("a read"), None);
    let listed = db.list_connections(env.id, &any_connection()).await.expect("a read");
    assert_eq!(listed.iter().map(|line| line.id).collect::<Vec<_>>(), [kept.id]);
    assert!(!db.delete_integration(env.id, &one.key, at(2)).await.expect("an answer"));
}

pub async fn live_connections_are_counted(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (one, two) = (integration(&*db, env.id, "one").await, integration(&*db, env.id, "two").await);
    for key in ["a", "b", "c"] {
        connection(&*db, &one, key).await;
    }
    connection(&*db, &two, "a").await;
    assert!(db.delete_connection(env.id, &one.key, &connection_key("b"), at(1)).await.expect("a write"));
    assert_eq!(db.count_connections(env.id, &one.key).await.expect("a read"), 2);
    assert_eq!(db.count_connections(env.id, &integration_key("none")).await.expect("a read"), 0);
}

fn updated(outcome: UpdateIntegration) -> Integration {
    match outcome {
        UpdateIntegration::Updated(integration) => integration,
        other => panic!("the update was refused: {other:?}"),
    }
}
