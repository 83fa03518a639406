//! Locks that functions take.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::id::{EnvironmentId, LockKey};
use bowline_domain::storage::Storage;
use uuid::Uuid;

use super::TestStorage;
use super::fixtures::*;

const TTL: Duration = Duration::from_secs(10);

fn key(text: &str) -> LockKey {
    LockKey::parse(text).expect("a valid key")
}

async fn acquire(
    db: &dyn Storage,
    environment: EnvironmentId,
    name: &str,
    owner: Uuid,
    seconds: i64,
) -> bool {
    db.acquire_lock(environment, &key(name), owner, at(seconds), TTL).await.expect("an answer")
}

async fn release(db: &dyn Storage, environment: EnvironmentId, name: &str, owner: Uuid) -> bool {
    db.release_lock(environment, &key(name), owner).await.expect("an answer")
}

pub async fn a_lock_has_one_owner_who_may_renew_it(db: TestStorage) {
    let env = environment(&*db, "dev").await.id;
    let (owner, other) = (uid().0, uid().0);
    assert!(acquire(&*db, env, "größe", owner, 0).await);
    assert!(!acquire(&*db, env, "größe", other, 9).await);
    assert!(acquire(&*db, env, "größe", owner, 9).await);
    assert!(!acquire(&*db, env, "größe", other, 18).await);
    assert!(acquire(&*db, env, "größe", other, 19).await);
    assert!(!acquire(&*db, env, "größe", owner, 20).await);
}

pub async fn locks_differ_by_key_and_environment(db: TestStorage) {
    let (dev, prod) = (environment(&*db, "dev").await.id, environment(&*db, "prod").await.id);
    let (owner, other) = (uid().0, uid().0);
    assert!(acquire(&*db, dev, "a", owner, 0).await);
    assert!(acquire(&*db, dev, "A", other, 0).await);
    assert!(acquire(&*db, prod, "a", other, 0).await);
    assert!(!release(&*db, prod, "a", owner).await);
    assert!(release(&*db, dev, "a", owner).await);
    assert!(!acquire(&*db, prod, "a", owner, 0).await);
}

pub async fn one_of_fifty_takers_gets_a_free_and_an_expired_lock(db: TestStorage) {
    let env = environment(&*db, "dev").await.id;
    for seconds in [0, 10] {
        let mut takers = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let storage = Arc::clone(&db.storage);
            takers.spawn(async move { acquire(&*storage, env, "a", uid().0, seconds).await });
        }
        assert_eq!(takers.join_all().await.into_iter().filter(|&taken| taken).count(), 1);
    }
}

pub async fn a_lock_is_freed_by_its_owner_only(db: TestStorage) {
    let env = environment(&*db, "dev").await.id;
    let (owner, other) = (uid().0, uid().0);
    assert!(acquire(&*db, env, "a", owner, 0).await);
    assert!(!release(&*db, env, "a", other).await);
    assert!(!acquire(&*db, env, "a", other, 0).await);
    assert!(release(&*db, env, "a", owner).await);
    assert!(!release(&*db, env, "a", owner).await);
    assert!(acquire(&*db, env, "a", other, 0).await);
}

pub async fn all_locks_of_an_owner_are_freed_at_once(db: TestStorage) {
    let (dev, prod) = (environment(&*db, "dev").await.id, environment(&*db, "prod").await.id);
    let (owner, other) = (uid().0, uid().0);
    for name in ["a", "b"] {
        assert!(acquire(&*db, dev, name, owner, 0).await);
    }
    assert!(acquire(&*db, dev, "c", other, 0).await);
    assert!(acquire(&*db, prod, "a", owner, 0).await);
    assert_eq!(db.release_locks(dev, owner).await.expect("a write"), 2);
    assert_eq!(db.release_locks(dev, owner).await.expect("a write"), 0);
    assert!(acquire(&*db, dev, "a", other, 0).await);
    assert!(!acquire(&*db, dev, "c", owner, 0).await);
    assert!(!acquire(&*db, prod, "a", other, 0).await);
}

pub async fn taking_a_lock_removes_others_that_ran_out(db: TestStorage) {
    let env = environment(&*db, "dev").await.id;
    let (gone, owner) = (uid().0, uid().0);
    assert!(acquire(&*db, env, "old", gone, 0).await);
    assert!(acquire(&*db, env, "young", gone, 5).await);
    assert!(acquire(&*db, env, "new", owner, 10).await);
    assert!(!release(&*db, env, "old", gone).await);
    assert!(release(&*db, env, "young", gone).await);
    assert!(release(&*db, env, "new", owner).await);
}

pub async fn locks_go_with_their_environment_and_none_are_taken_in_a_deleted_one(db: TestStorage) {
    let (account, env) = (account(&*db).await, environment(&*db, "dev").await.id);
    let owner = uid().0;
    assert!(acquire(&*db, env, "a", owner, 0).await);
    assert!(db.delete_environment(account.id, env, at(1)).await.expect("a write"));
    assert!(!release(&*db, env, "a", owner).await);
    assert!(!acquire(&*db, env, "a", owner, 1).await);
}
