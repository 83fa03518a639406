//! Rate-limit windows.

use std::sync::Arc;
use std::time::Duration;

use super::TestStorage;

const WINDOW: Duration = Duration::from_secs(60);

async fn count(db: &TestStorage, key: &str, units: u64) -> u64 {
    let counted = db.count_rate_limit(key, units, WINDOW).await.expect("an answer");
    assert!(counted.resets_in > Duration::ZERO && counted.resets_in <= WINDOW);
    counted.used
}

pub async fn units_add_up_in_a_window_of_their_key(db: TestStorage) {
    assert_eq!(count(&db, "a", 1).await, 1);
    assert_eq!(count(&db, "a", 5).await, 6);
    assert_eq!(count(&db, "b", 2).await, 2);
    assert_eq!(count(&db, "a", 0).await, 6);
}

pub async fn a_window_has_a_fixed_end_and_then_counts_anew(db: TestStorage) {
    assert_eq!(count(&db, "a", 3).await, 3);
    db.pass_time(Duration::from_secs(40)).await;
    let counted = db.count_rate_limit("a", 1, WINDOW).await.expect("an answer");
    assert_eq!(counted.used, 4);
    assert!(counted.resets_in <= Duration::from_secs(20));
    db.pass_time(Duration::from_secs(21)).await;
    assert_eq!(count(&db, "a", 1).await, 1);
}

pub async fn concurrent_counts_lose_nothing(db: TestStorage) {
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let storage = Arc::clone(&db.storage);
        callers.spawn(async move { storage.count_rate_limit("a", 2, WINDOW).await.expect("an answer").used });
    }
    let mut seen = callers.join_all().await;
    seen.sort_unstable();
    assert_eq!(seen, (1..=50).map(|n| n * 2).collect::<Vec<_>>());
}
