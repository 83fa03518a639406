//! Metadata of connections.

use std::sync::Arc;

use bowline_domain::id::ConnectionKey;
use bowline_domain::integration::Integration;
use bowline_domain::metadata::{METADATA_BYTES_MAX, MetadataWrite};
use bowline_domain::storage::SetMetadata;

use super::TestStorage;
use super::fixtures::*;

async fn github(db: &TestStorage) -> Integration {
    let env = environment(&**db, "dev").await;
    integration(&**db, env.id, "github").await
}

async fn set(
    db: &TestStorage,
    of: &Integration,
    keys: &[ConnectionKey],
    write: MetadataWrite,
) -> SetMetadata {
    db.set_metadata(of.environment_id, &of.key, keys, &write, at(7)).await.expect("an answer")
}

pub async fn replacing_and_merging_change_all_named_connections(db: TestStorage) {
    let github = github(&db).await;
    let (one, two) = (connection(&*db, &github, "one").await, connection(&*db, &github, "two").await);
    let other = connection(&*db, &github, "other").await;
    assert!(db.find_connection(one.environment_id, &github.key, &one.key).await.expect("a read").is_some());
    let both = [one.key.clone(), two.key.clone()];
    let replace = MetadataWrite::Replace(metadata(r#"{"z":{"x":1},"b":1}"#));
    assert_eq!(set(&db, &github, &both, replace).await, SetMetadata::Done);
    let merge = MetadataWrite::Merge(metadata(r#"{"z":{"y":2},"c":3}"#));
    assert_eq!(set(&db, &github, &both, merge).await, SetMetadata::Done);
    for made in [&one, &two] {
        let now = db.find_connection(made.environment_id, &github.key, &made.key).await.expect("a read");
        let now = now.expect("it is there");
        let text = serde_json::to_string(&now.metadata).expect("it is JSON");
        assert_eq!((text.as_str(), now.updated_at), (r#"{"z":{"y":2},"b":1,"c":3}"#, at(7)));
    }
    assert_eq!(stored(&*db, &other).await, other);
    assert_eq!(set(&db, &github, &[], MetadataWrite::Replace(metadata("{}"))).await, SetMetadata::Done);
}

pub async fn one_unknown_connection_means_nothing_is_written(db: TestStorage) {
    let github = github(&db).await;
    let slack = integration(&*db, github.environment_id, "slack").await;
    let one = connection(&*db, &github, "one").await;
    let foreign = connection(&*db, &slack, "foreign").await;
    let write = || MetadataWrite::Replace(metadata(r#"{"a":1}"#));
    let keys = [one.key.clone(), connection_key("none")];
    assert_eq!(set(&db, &github, &keys, write()).await, SetMetadata::Unknown(connection_key("none")));
    let keys = [one.key.clone(), foreign.key.clone()];
    assert_eq!(set(&db, &github, &keys, write()).await, SetMetadata::Unknown(foreign.key.clone()));
    assert_eq!(stored(&*db, &one).await, one);
    assert_eq!(stored(&*db, &foreign).await, foreign);
}

pub async fn merges_add_up_to_the_limit_and_not_beyond(db: TestStorage) {
    let github = github(&db).await;
    let (one, two) = (connection(&*db, &github, "one").await, connection(&*db, &github, "two").await);
    let half = |name: &str| {
        let around = format!(r#"{{"{name}":"","#).len();
        metadata(&format!(r#"{{"{name}":"{}"}}"#, "x".repeat(METADATA_BYTES_MAX / 2 - around)))
    };
    let keys = [one.key.clone()];
    assert_eq!(set(&db, &github, &keys, MetadataWrite::Replace(half("a"))).await, SetMetadata::Done);
    assert_eq!(set(&db, &github, &keys, MetadataWrite::Merge(half("b"))).await, SetMetadata::Done);
    let full = stored(&*db, &one).await;
    let both = [two.key.clone(), one.key.clone()];
    let outcome = set(&db, &github, &both, MetadataWrite::Merge(metadata(r#"{"c":1}"#))).await;
    assert_eq!(outcome, SetMetadata::TooLarge(one.key.clone()));
    assert_eq!((stored(&*db, &one).await, stored(&*db, &two).await), (full, two));
    assert_eq!(set(&db, &github, &keys, MetadataWrite::Replace(half("c"))).await, SetMetadata::Done);
}

pub async fn a_connection_named_twice_is_written_once(db: TestStorage) {
    let github = github(&db).await;
    let one = connection(&*db, &github, "one").await;
    let keys = [one.key.clone(), one.key.clone()];
    let outcome = set(&db, &github, &keys, MetadataWrite::Merge(metadata(r#"{"a":1}"#))).await;
    assert_eq!(outcome, SetMetadata::Done);
    assert_eq!(stored(&*db, &one).await.metadata, Some(metadata(r#"{"a":1}"#)));
}

pub async fn concurrent_merges_lose_nothing(db: TestStorage) {
    let github = github(&db).await;
    let (one, two) = (connection(&*db, &github, "one").await, connection(&*db, &github, "two").await);
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..50 {
        let (storage, github) = (Arc::clone(&db.storage), github.clone());
        // In both orders, as a database with row locks could deadlock on it.
        let mut keys = [one.key.clone(), two.key.clone()];
        if n % 2 == 0 {
            keys.reverse();
        }
        let write = MetadataWrite::Merge(metadata(&format!(r#"{{"k{n}":{n}}}"#)));
        callers.spawn(async move {
            let outcome =
                storage.set_metadata(github.environment_id, &github.key, &keys, &write, at(7)).await;
            assert_eq!(outcome.expect("an answer"), SetMetadata::Done);
        });
    }
    callers.join_all().await;
    for made in [&one, &two] {
        let now = stored(&*db, made).await;
        assert_eq!(now.metadata.as_ref().map(|object| object.len()), Some(50));
    }
}
