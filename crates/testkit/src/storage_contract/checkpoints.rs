//! Checkpoints: compare-and-set on versions that never come back.

use std::sync::Arc;

use bowline_domain::checkpoint::Checkpoint;
use bowline_domain::connection::Connection;
use bowline_domain::id::CheckpointKey;
use bowline_domain::storage::{DeleteCheckpoint, SaveCheckpoint, Storage};

use super::TestStorage;
use super::fixtures::*;

fn key(text: &str) -> CheckpointKey {
    CheckpointKey::parse(text).expect("a valid key")
}

async fn save(
    db: &dyn Storage,
    of: &Connection,
    name: &str,
    expected: Option<i64>,
    value: &str,
) -> SaveCheckpoint {
    let saved =
        db.save_checkpoint(of.environment_id, of.id, &key(name), expected, sealed(value), at(5)).await;
    saved.expect("an answer")
}

async fn saved(db: &dyn Storage, of: &Connection, name: &str, expected: Option<i64>, value: &str) -> i64 {
    match save(db, of, name, expected, value).await {
        SaveCheckpoint::Saved(version) => version,
        other => panic!("the checkpoint was refused: {other:?}"),
    }
}

async fn delete(db: &dyn Storage, of: &Connection, name: &str, expected: i64) -> DeleteCheckpoint {
    db.delete_checkpoint(of.environment_id, of.id, &key(name), expected).await.expect("an answer")
}

async fn find(db: &dyn Storage, of: &Connection, name: &str) -> Option<Checkpoint> {
    db.find_checkpoint(of.environment_id, of.id, &key(name)).await.expect("a read")
}

pub async fn a_checkpoint_is_found_as_it_was_saved_last(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    assert_eq!(find(&*db, &made, "sync:f").await, None);
    let first = saved(&*db, &made, "sync:f", None, "one").await;
    let expected = Checkpoint { value: sealed("one"), version: first, saved_at: at(5) };
    assert_eq!(find(&*db, &made, "sync:f").await, Some(expected));
    let second = saved(&*db, &made, "sync:f", Some(first), "two").await;
    assert!(second > first);
    assert_eq!(find(&*db, &made, "sync:f").await.map(|found| found.value), Some(sealed("two")));
}

pub async fn a_checkpoint_of_another_version_is_not_replaced(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    assert_eq!(save(&*db, &made, "sync:f", Some(1), "x").await, SaveCheckpoint::Conflict);
    let first = saved(&*db, &made, "sync:f", None, "one").await;
    assert_eq!(save(&*db, &made, "sync:f", None, "x").await, SaveCheckpoint::Conflict);
    assert_eq!(save(&*db, &made, "sync:f", Some(first + 1), "x").await, SaveCheckpoint::Conflict);
    saved(&*db, &made, "sync:f", Some(first), "two").await;
    assert_eq!(save(&*db, &made, "sync:f", Some(first), "x").await, SaveCheckpoint::Conflict);
    assert_eq!(find(&*db, &made, "sync:f").await.map(|found| found.value), Some(sealed("two")));
}

pub async fn checkpoints_differ_by_connection_and_key(db: TestStorage) {
    let (made, other) = (connected(&*db, "dev").await, connected(&*db, "prod").await);
    for (of, name) in [(&made, "sync:f"), (&made, "sync:F"), (&other, "sync:f")] {
        saved(&*db, of, name, None, &format!("{name} of {}", of.id)).await;
    }
    for (of, name) in [(&made, "sync:f"), (&made, "sync:F"), (&other, "sync:f")] {
        let found = find(&*db, of, name).await.expect("it is there");
        assert_eq!(found.value, sealed(&format!("{name} of {}", of.id)));
    }
    let strange = db.find_checkpoint(other.environment_id, made.id, &key("sync:f")).await.expect("a read");
    assert_eq!(strange, None);
    let strange =
        db.save_checkpoint(other.environment_id, made.id, &key("sync:g"), None, sealed("x"), at(0)).await;
    assert_eq!(strange.expect("an answer"), SaveCheckpoint::NoConnection);
    let strange = db.delete_checkpoint(other.environment_id, made.id, &key("sync:f"), 1).await;
    assert_eq!(strange.expect("an answer"), DeleteCheckpoint::Missing);
    let strange = db.delete_checkpoints(other.environment_id, made.id, "").await;
    assert_eq!(strange.expect("a write"), 0);
    assert!(find(&*db, &made, "sync:f").await.is_some());
}

pub async fn a_checkpoint_is_deleted_once_and_only_in_the_expected_version(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    assert_eq!(delete(&*db, &made, "sync:f", 1).await, DeleteCheckpoint::Missing);
    let first = saved(&*db, &made, "sync:f", None, "one").await;
    let second = saved(&*db, &made, "sync:f", Some(first), "two").await;
    assert_eq!(delete(&*db, &made, "sync:f", first).await, DeleteCheckpoint::Conflict);
    assert!(find(&*db, &made, "sync:f").await.is_some());
    assert_eq!(delete(&*db, &made, "sync:f", second).await, DeleteCheckpoint::Deleted);
    assert_eq!(find(&*db, &made, "sync:f").await, None);
    assert_eq!(delete(&*db, &made, "sync:f", second).await, DeleteCheckpoint::Missing);
}

pub async fn a_version_never_comes_back_after_a_deletion(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let old = saved(&*db, &made, "sync:f", None, "old").await;
    assert_eq!(delete(&*db, &made, "sync:f", old).await, DeleteCheckpoint::Deleted);
    assert_eq!(save(&*db, &made, "sync:f", Some(old), "x").await, SaveCheckpoint::Conflict);
    assert_eq!(save(&*db, &made, "sync:f", Some(old + 1), "x").await, SaveCheckpoint::Conflict);
    let new = saved(&*db, &made, "sync:f", None, "new").await;
    assert!(new > old);
    assert_eq!(save(&*db, &made, "sync:f", Some(old), "stale").await, SaveCheckpoint::Conflict);
    assert_eq!(delete(&*db, &made, "sync:f", old).await, DeleteCheckpoint::Conflict);
    assert_eq!(db.delete_checkpoints(made.environment_id, made.id, "sync:").await.expect("a write"), 1);
    assert!(saved(&*db, &made, "sync:f", None, "newest").await > new);
}

pub async fn of_fifty_concurrent_saves_of_one_version_one_wins(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let mut expected = None;
    // The first round makes the checkpoint, the second replaces it, the third makes it again after a deletion.
    for round in 0..3 {
        let mut callers = tokio::task::JoinSet::new();
        for n in 0..50 {
            let (storage, made) = (Arc::clone(&db.storage), Arc::clone(&made));
            callers
                .spawn(async move { (n, save(&*storage, &made, "sync:f", expected, &n.to_string()).await) });
        }
        let outcomes = callers.join_all().await;
        let winners: Vec<_> = outcomes
            .iter()
            .filter_map(|&(n, outcome)| match outcome {
                SaveCheckpoint::Saved(version) => Some((n, version)),
                _ => None,
            })
            .collect();
        let [(winner, version)] = winners[..] else { panic!("one wins: {winners:?}") };
        let found = find(&*db, &made, "sync:f").await.expect("it is there");
        assert_eq!((found.value, found.version), (sealed(&winner.to_string()), version));
        expected = Some(version);
        if round == 1 {
            assert_eq!(delete(&*db, &made, "sync:f", version).await, DeleteCheckpoint::Deleted);
            expected = None;
        }
    }
}

/// Adds one to the number that the checkpoint holds, again until nobody was faster.
async fn count_up(db: &dyn Storage, of: &Connection) {
    loop {
        let old = find(db, of, "sync:f").await;
        let number = old.as_ref().map_or(0, |old| old.value.0.len());
        let value = "x".repeat(number + 1);
        let saved = save(db, of, "sync:f", old.map(|old| old.version), &value).await;
        if saved != SaveCheckpoint::Conflict {
            return;
        }
    }
}

pub async fn concurrent_counts_in_a_checkpoint_lose_nothing(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (storage, made) = (Arc::clone(&db.storage), Arc::clone(&made));
        callers.spawn(async move {
            for _ in 0..5 {
                count_up(&*storage, &made).await;
            }
        });
    }
    callers.join_all().await;
    let found = find(&*db, &made, "sync:f").await.expect("it is there");
    assert_eq!((found.value.0.len(), found.version), (50, 50));
}

pub async fn checkpoints_are_deleted_by_the_start_of_their_keys(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    for name in ["sync:f", "sync:f:v", "sync:f%g", "sync:g", "action:f"] {
        saved(&*db, &made, name, None, "x").await;
    }
    let delete =
        async |prefix| db.delete_checkpoints(made.environment_id, made.id, prefix).await.expect("a write");
    assert_eq!(delete("sync:_").await, 0);
    assert_eq!(delete("sync:f%").await, 1);
    assert_eq!(delete("Sync:f").await, 0);
    assert_eq!(delete("sync:f").await, 2);
    assert_eq!(delete("sync:f").await, 0);
    assert!(find(&*db, &made, "sync:g").await.is_some());
    assert_eq!(delete("").await, 2);
}

pub async fn checkpoints_go_with_their_connection_integration_and_environment(db: TestStorage) {
    let account = account(&*db).await;
    for what in ["connection", "integration", "environment"] {
        let env = environment(&*db, what).await;
        let github = integration(&*db, env.id, "github").await;
        let gone = connection(&*db, &github, "c").await;
        let version = saved(&*db, &gone, "sync:f", None, "x").await;
        let deleted = match what {
            "connection" => db.delete_connection(env.id, &github.key, &gone.key, at(1)).await,
            "integration" => db.delete_integration(env.id, &github.key, at(1)).await,
            _ => db.delete_environment(account.id, env.id, at(1)).await,
        };
        assert!(deleted.expect("a write"), "{what}");
        assert_eq!(find(&*db, &gone, "sync:f").await, None, "{what}");
        let again = save(&*db, &gone, "sync:f", Some(version), "y").await;
        assert_eq!(again, SaveCheckpoint::NoConnection, "{what}");
        assert_eq!(delete(&*db, &gone, "sync:f", version).await, DeleteCheckpoint::Missing, "{what}");
    }
}
