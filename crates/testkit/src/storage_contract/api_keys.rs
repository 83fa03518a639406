//! API keys and data keys.

use std::sync::Arc;

use bowline_domain::SealedBytes;
use bowline_domain::id::{AccountId, DataKeyId, EnvironmentId};
use bowline_domain::scope::ScopeSet;
use bowline_domain::storage::{CreateApiKey, WrappedDataKey};

use super::TestStorage;
use super::fixtures::*;

pub async fn a_key_is_found_by_its_digest_with_its_environment(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let mut new = new_api_key(env.account_id, Some(env.id), "key");
    new.scopes = ScopeSet::from_texts(["environment:connections:read", "environment:proxy"]);
    let made = created_api_key(db.create_api_key(new.clone(), 10).await.expect("a write"));
    assert_eq!((made.uid, made.account_id, made.environment_id), (new.uid, env.account_id, Some(env.id)));
    assert_eq!((&made.scopes, &made.secret, made.last_used_at), (&new.scopes, &new.secret, None));
    for _ in 0..2 {
        let found = db.find_api_key(&new.digest).await.expect("a read");
        assert_eq!(found, Some((made.clone(), Some(env.clone()))));
    }
    assert_eq!(db.find_api_key(&digest()).await.expect("a read"), None);
}

pub async fn an_account_key_has_no_environment(db: TestStorage) {
    let account = account(&*db).await;
    let env = environment(&*db, "dev").await;
    let new = new_api_key(account.id, None, "key");
    let made = created_api_key(db.create_api_key(new.clone(), 0).await.expect("a write"));
    assert_eq!(db.find_api_key(&new.digest).await.expect("a read"), Some((made.clone(), None)));
    assert_eq!(db.list_account_api_keys(account.id).await.expect("a read"), [made]);
    assert!(db.list_api_keys(env.id).await.expect("a read").is_empty());
    assert!(db.list_account_api_keys(AccountId(4_711)).await.expect("a read").is_empty());
}

pub async fn keys_are_listed_in_the_order_they_were_made(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    for name in ["z", "a", "m"] {
        let new = new_api_key(env.account_id, Some(env.id), name);
        created_api_key(db.create_api_key(new, 10).await.expect("a write"));
    }
    let listed = db.list_api_keys(env.id).await.expect("a read");
    assert_eq!(listed.iter().map(|key| key.display_name.as_str()).collect::<Vec<_>>(), ["z", "a", "m"]);
    assert!(db.list_account_api_keys(env.account_id).await.expect("a read").is_empty());
}

pub async fn a_taken_key_name_is_refused_in_its_environment_only(db: TestStorage) {
    let (one, two) = (environment(&*db, "one").await, environment(&*db, "two").await);
    let in_one = || new_api_key(one.account_id, Some(one.id), "key");
    let first = created_api_key(db.create_api_key(in_one(), 10).await.expect("a write"));
    assert!(matches!(db.create_api_key(in_one(), 10).await, Ok(CreateApiKey::Taken)));
    let in_two = new_api_key(two.account_id, Some(two.id), "key");
    created_api_key(db.create_api_key(in_two, 10).await.expect("a write"));
    let of_account = || new_api_key(one.account_id, None, "key");
    created_api_key(db.create_api_key(of_account(), 10).await.expect("a write"));
    assert!(matches!(db.create_api_key(of_account(), 10).await, Ok(CreateApiKey::Taken)));
    assert!(db.delete_api_key(one.id, first.id, at(1)).await.expect("a write"));
    created_api_key(db.create_api_key(in_one(), 10).await.expect("a write"));
}

pub async fn a_taken_digest_is_refused_everywhere_until_its_key_is_deleted(db: TestStorage) {
    let (one, two) = (environment(&*db, "one").await, environment(&*db, "two").await);
    let new = new_api_key(one.account_id, Some(one.id), "key");
    let made = created_api_key(db.create_api_key(new.clone(), 10).await.expect("a write"));
    let mut same = new_api_key(two.account_id, Some(two.id), "key");
    same.digest = new.digest;
    assert!(matches!(db.create_api_key(same.clone(), 10).await, Ok(CreateApiKey::Taken)));
    assert!(db.delete_api_key(one.id, made.id, at(1)).await.expect("a write"));
    created_api_key(db.create_api_key(same.clone(), 10).await.expect("a write"));
    let (_, environment) = db.find_api_key(&same.digest).await.expect("a read").expect("it is there");
    assert_eq!(environment, Some(two));
}

pub async fn a_key_needs_a_live_environment_of_its_account(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let unknown = new_api_key(env.account_id, Some(EnvironmentId(4_711)), "key");
    assert!(matches!(db.create_api_key(unknown, 10).await, Ok(CreateApiKey::NoEnvironment)));
    let foreign = new_api_key(AccountId(4_711), Some(env.id), "key");
    assert!(matches!(db.create_api_key(foreign, 10).await, Ok(CreateApiKey::NoEnvironment)));
    assert!(db.delete_environment(env.account_id, env.id, at(1)).await.expect("a write"));
    let late = new_api_key(env.account_id, Some(env.id), "key");
    assert!(matches!(db.create_api_key(late, 10).await, Ok(CreateApiKey::NoEnvironment)));
}

pub async fn concurrent_creations_never_exceed_the_limit_of_keys(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..20 {
        let storage = Arc::clone(&db.storage);
        let new = new_api_key(env.account_id, Some(env.id), &format!("key {n}"));
        callers.spawn(async move { storage.create_api_key(new, 5).await.expect("an answer") });
    }
    let outcomes = callers.join_all().await;
    let made = outcomes.iter().filter(|outcome| matches!(outcome, CreateApiKey::Created(_))).count();
    let refused = outcomes.iter().filter(|outcome| matches!(outcome, CreateApiKey::TooMany)).count();
    assert_eq!((made, refused), (5, 15));
    let listed = db.list_api_keys(env.id).await.expect("a read");
    assert_eq!(listed.len(), 5);
    assert!(db.delete_api_key(env.id, listed[0].id, at(1)).await.expect("a write"));
    let next = new_api_key(env.account_id, Some(env.id), "next");
    created_api_key(db.create_api_key(next, 5).await.expect("a write"));
}

pub async fn a_deleted_key_is_not_found_any_more(db: TestStorage) {
    let (env, other) = (environment(&*db, "dev").await, environment(&*db, "other").await);
    let new = new_api_key(env.account_id, Some(env.id), "key");
    let made = created_api_key(db.create_api_key(new.clone(), 10).await.expect("a write"));
    assert!(db.find_api_key(&new.digest).await.expect("a read").is_some());
    assert!(!db.delete_api_key(other.id, made.id, at(1)).await.expect("an answer"));
    assert!(db.find_api_key(&new.digest).await.expect("a read").is_some());
    assert!(db.delete_api_key(env.id, made.id, at(1)).await.expect("a write"));
    assert!(db.find_api_key(&new.digest).await.expect("a read").is_none());
    assert!(!db.delete_api_key(env.id, made.id, at(2)).await.expect("an answer"));
}

pub async fn the_oldest_key_takes_a_digest_from_outside(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (first, second) = (
        new_api_key(env.account_id, Some(env.id), "first"),
        new_api_key(env.account_id, Some(env.id), "second"),
    );
    for new in [first.clone(), second.clone()] {
        created_api_key(db.create_api_key(new, 10).await.expect("a write"));
    }
    assert!(db.find_api_key(&first.digest).await.expect("a read").is_some());
    let (fixed, new_uid) = (digest(), uid());
    assert!(db.replace_default_api_key(env.id, &fixed, sealed("fixed"), new_uid).await.expect("a write"));
    assert!(db.find_api_key(&first.digest).await.expect("a read").is_none());
    let (key, _) = db.find_api_key(&fixed).await.expect("a read").expect("it is there");
    assert_eq!((key.display_name.as_str(), key.secret, key.uid), ("first", sealed("fixed"), new_uid));
    let taken = db.replace_default_api_key(env.id, &second.digest, sealed("x"), uid()).await;
    assert!(!taken.expect("an answer"));
    assert!(db.replace_default_api_key(env.id, &fixed, sealed("again"), uid()).await.expect("a write"));
}

pub async fn uses_of_keys_are_noted(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let new = new_api_key(env.account_id, Some(env.id), "key");
    let made = created_api_key(db.create_api_key(new.clone(), 10).await.expect("a write"));
    assert!(db.find_api_key(&new.digest).await.expect("a read").is_some());
    db.touch_api_keys(&[(made.id, at(60))]).await.expect("a write");
    let (key, _) = db.find_api_key(&new.digest).await.expect("a read").expect("it is there");
    assert_eq!(key.last_used_at, Some(at(60)));
    assert_eq!(db.list_api_keys(env.id).await.expect("a read")[0].last_used_at, Some(at(60)));
    db.touch_api_keys(&[]).await.expect("nothing to do");
}

pub async fn an_environment_s_new_secrets_are_seen_through_its_key(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let new = new_api_key(env.account_id, Some(env.id), "key");
    created_api_key(db.create_api_key(new.clone(), 10).await.expect("a write"));
    assert!(db.find_api_key(&new.digest).await.expect("a read").is_some());
    assert!(db.replace_environment_secrets(env.id, &env.secrets, sealed("new")).await.expect("a write"));
    let (_, found) = db.find_api_key(&new.digest).await.expect("a read").expect("it is there");
    assert_eq!(found.expect("its environment").secrets, sealed("new"));
}

pub async fn one_of_many_writes_of_a_data_key_wins(db: TestStorage) {
    let key = |id, text: &str, seconds| WrappedDataKey {
        id: DataKeyId(id),
        wrapped: SealedBytes(text.as_bytes().to_vec()),
        created_at: at(seconds),
    };
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..20 {
        let (storage, key) = (Arc::clone(&db.storage), key(u32::MAX, &n.to_string(), 5));
        callers.spawn(async move { storage.insert_data_key(key).await.expect("an answer") });
    }
    assert_eq!(callers.join_all().await.into_iter().filter(|&won| won).count(), 1);
    assert!(db.insert_data_key(key(7, "older", 1)).await.expect("a write"));
    let listed = db.list_data_keys().await.expect("a read");
    assert_eq!(listed.iter().map(|key| key.id).collect::<Vec<_>>(), [DataKeyId(7), DataKeyId(u32::MAX)]);
    assert_eq!(listed[0], key(7, "older", 1));
}
