//! Accounts, environments and variables.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_domain::environment::{EnvironmentSettings, EnvironmentVariable, WebhookSwitches};
use bowline_domain::id::{AccountId, EnvironmentId};
use bowline_domain::storage::CreateEnvironment;
use uuid::Uuid;

use super::TestStorage;
use super::fixtures::*;

/// All callers of a race see one account.
pub async fn concurrent_first_uses_get_the_same_default_account(db: TestStorage) {
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let storage = Arc::clone(&db.storage);
        callers.spawn(async move { storage.ensure_default_account(Uuid::new_v4(), "default", at(0)).await });
    }
    let accounts = callers.join_all().await.into_iter().map(|account| account.expect("an account"));
    let seen: HashSet<_> = accounts.map(|account| (account.id, account.uuid)).collect();
    assert_eq!(seen.len(), 1);
}

pub async fn the_default_account_is_found_by_number(db: TestStorage) {
    let account = account(&*db).await;
    assert_eq!(account.name, "default");
    assert_eq!(db.find_account(account.id).await.expect("a read"), Some(account));
    assert_eq!(db.find_account(AccountId(4_711)).await.expect("a read"), None);
}

pub async fn an_environment_is_found_as_it_was_written(db: TestStorage) {
    let account = account(&*db).await;
    let mut new = new_environment(account.id, "prod");
    new.is_production = true;
    new.settings = EnvironmentSettings {
        callback_url: Some("https://example.com/cb".to_owned()),
        hmac_enabled: true,
        webhooks: WebhookSwitches { sync_error: false, ..WebhookSwitches::default() },
        ..EnvironmentSettings::default()
    };
    let made = created_environment(db.create_environment(new.clone()).await.expect("a write"));
    assert_eq!((made.uuid, made.account_id, &made.name), (new.uuid, account.id, &new.name));
    assert_eq!((made.public_key, &made.settings), (new.public_key, &new.settings));
    assert_eq!((&made.secrets, made.is_production, made.created_at), (&new.secrets, true, at(0)));
    assert_eq!(db.find_environment(made.id).await.expect("a read"), Some(made.clone()));
    assert_eq!(db.find_environment_by_uuid(made.uuid).await.expect("a read"), Some(made));
    assert_eq!(db.find_environment(EnvironmentId(4_711)).await.expect("a read"), None);
    assert_eq!(db.find_environment_by_uuid(Uuid::new_v4()).await.expect("a read"), None);
}

pub async fn environments_are_listed_in_the_order_they_were_made(db: TestStorage) {
    let account = account(&*db).await;
    for name in ["zulu", "alpha", "mike"] {
        environment(&*db, name).await;
    }
    let listed = db.list_environments(account.id).await.expect("a read");
    let names: Vec<_> = listed.iter().map(|environment| environment.name.as_str()).collect();
    assert_eq!(names, ["zulu", "alpha", "mike"]);
}

pub async fn an_environment_comes_with_its_first_keys(db: TestStorage) {
    let account = account(&*db).await;
    let mut new = new_environment(account.id, "dev");
    new.api_keys = vec![new_api_key(account.id, None, "first"), new_api_key(account.id, None, "second")];
    let digest = new.api_keys[1].digest;
    let made = created_environment(db.create_environment(new).await.expect("a write"));
    let (key, environment) = db.find_api_key(&digest).await.expect("a read").expect("the key is there");
    assert_eq!((key.display_name.as_str(), key.environment_id), ("second", Some(made.id)));
    assert_eq!(environment, Some(made.clone()));
    assert_eq!(db.list_api_keys(made.id).await.expect("a read").len(), 2);
}

pub async fn a_taken_environment_name_is_refused_and_free_again_after_deletion(db: TestStorage) {
    let account = account(&*db).await;
    let first = environment(&*db, "dev").await;
    let again = db.create_environment(new_environment(account.id, "dev")).await.expect("an answer");
    assert!(matches!(again, CreateEnvironment::Taken));
    assert!(db.delete_environment(account.id, first.id, at(1)).await.expect("a write"));
    let second = environment(&*db, "dev").await;
    assert_ne!(first.id, second.id);
    assert_eq!(db.list_environments(account.id).await.expect("a read"), [second]);
}

pub async fn an_environment_with_a_taken_digest_is_refused_as_a_whole(db: TestStorage) {
    let account = account(&*db).await;
    let mut first = new_environment(account.id, "one");
    first.api_keys = vec![new_api_key(account.id, None, "key")];
    let mut second = new_environment(account.id, "two");
    second.api_keys = vec![new_api_key(account.id, None, "other"), new_api_key(account.id, None, "key")];
    second.api_keys[1].digest = first.api_keys[0].digest;
    created_environment(db.create_environment(first).await.expect("a write"));
    let outcome = db.create_environment(second.clone()).await.expect("an answer");
    assert!(matches!(outcome, CreateEnvironment::Taken));
    assert_eq!(db.list_environments(account.id).await.expect("a read").len(), 1);
    assert!(db.find_api_key(&second.api_keys[0].digest).await.expect("a read").is_none());
}

pub async fn concurrent_creations_of_one_environment_make_one(db: TestStorage) {
    let account = account(&*db).await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let storage = Arc::clone(&db.storage);
        callers.spawn(async move { storage.create_environment(new_environment(account.id, "dev")).await });
    }
    let outcomes = callers.join_all().await.into_iter().map(|outcome| outcome.expect("an answer"));
    assert_eq!(outcomes.filter(|outcome| matches!(outcome, CreateEnvironment::Created(_))).count(), 1);
    assert_eq!(db.list_environments(account.id).await.expect("a read").len(), 1);
}

pub async fn secrets_are_replaced_only_if_they_are_the_expected_ones(db: TestStorage) {
    let made = environment(&*db, "dev").await;
    let wrong = db.replace_environment_secrets(made.id, &sealed("other"), sealed("new")).await;
    assert!(!wrong.expect("an answer"));
    assert_eq!(
        db.find_environment(made.id).await.expect("a read").expect("it is there").secrets,
        made.secrets
    );
    assert!(db.replace_environment_secrets(made.id, &made.secrets, sealed("new")).await.expect("a write"));
    assert_eq!(
        db.find_environment(made.id).await.expect("a read").expect("it is there").secrets,
        sealed("new")
    );
    let unknown = db.replace_environment_secrets(EnvironmentId(4_711), &sealed("new"), sealed("x")).await;
    assert!(!unknown.expect("an answer"));
}

pub async fn deleting_an_environment_takes_everything_in_it(db: TestStorage) {
    let account = account(&*db).await;
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let made = connection(&*db, &github, "c").await;
    let new_key = new_api_key(account.id, Some(env.id), "key");
    created_api_key(db.create_api_key(new_key.clone(), 10).await.expect("a write"));
    db.put_variable(env.id, variable("A")).await.expect("a write");
    assert!(db.find_api_key(&new_key.digest).await.expect("a read").is_some());
    assert!(db.find_connection(env.id, &github.key, &made.key).await.expect("a read").is_some());

    assert!(db.delete_environment(account.id, env.id, at(1)).await.expect("a write"));

    assert_eq!(db.find_environment(env.id).await.expect("a read"), None);
    assert_eq!(db.find_environment_by_uuid(env.uuid).await.expect("a read"), None);
    assert!(db.find_api_key(&new_key.digest).await.expect("a read").is_none());
    assert!(db.list_api_keys(env.id).await.expect("a read").is_empty());
    assert!(db.list_integrations(env.id).await.expect("a read").is_empty());
    assert_eq!(db.find_integration(env.id, &github.key).await.expect("a read"), None);
    assert_eq!(db.find_connection(env.id, &github.key, &made.key).await.expect("a read"), None);
    assert_eq!(db.find_connection_by_id(env.id, made.id).await.expect("a read"), None);
    assert!(db.list_connections(env.id, &any_connection()).await.expect("a read").is_empty());
    assert!(db.list_variables(env.id).await.expect("a read").is_empty());
    assert!(!db.delete_environment(account.id, env.id, at(2)).await.expect("an answer"));
}

pub async fn an_environment_of_another_account_is_not_deleted(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    assert!(!db.delete_environment(AccountId(4_711), env.id, at(1)).await.expect("an answer"));
    assert_eq!(db.find_environment(env.id).await.expect("a read"), Some(env));
}

pub async fn variables_are_listed_by_name_and_replaced_as_a_whole(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (first, other, second) = (variable("B"), variable("A"), variable("B"));
    for written in [first, other.clone(), second.clone()] {
        db.put_variable(env.id, written).await.expect("a write");
    }
    assert_eq!(db.list_variables(env.id).await.expect("a read"), [other, second]);
}

pub async fn a_variable_is_deleted_once(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    db.put_variable(env.id, variable("A")).await.expect("a write");
    assert!(db.delete_variable(env.id, "A").await.expect("a write"));
    assert!(!db.delete_variable(env.id, "A").await.expect("an answer"));
    assert!(db.list_variables(env.id).await.expect("a read").is_empty());
}

pub async fn variables_of_one_environment_are_not_those_of_another(db: TestStorage) {
    let (one, two) = (environment(&*db, "one").await, environment(&*db, "two").await);
    let (of_one, of_two) = (variable("A"), variable("A"));
    db.put_variable(one.id, of_one.clone()).await.expect("a write");
    assert!(!db.delete_variable(two.id, "A").await.expect("an answer"));
    db.put_variable(two.id, of_two.clone()).await.expect("a write");
    assert_eq!(db.list_variables(one.id).await.expect("a read"), [of_one]);
    assert_eq!(db.list_variables(two.id).await.expect("a read"), [of_two]);
}

fn variable(name: &str) -> EnvironmentVariable {
    let uid = uid();
    EnvironmentVariable { uid, name: name.to_owned(), value: sealed(&format!("value {uid}")) }
}
