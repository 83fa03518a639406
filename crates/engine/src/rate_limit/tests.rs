//! Several nodes on one count.

use std::sync::atomic::AtomicU64;

use async_trait::async_trait;
use bowline_domain::ManualClock;
use bowline_domain::storage::{StorageError, StorageResult};

use super::*;

const KEY: RateLimitKey = RateLimitKey::Account(AccountId(1), Bucket::Secret);

/// One count for all keys, in a window that ends a minute after the epoch's start.
#[derive(Default)]
struct OneCount {
    used: AtomicU64,
    calls: AtomicU64,
    is_down: AtomicBool,
}

#[async_trait]
impl RateLimitStore for OneCount {
    async fn count_rate_limit(&self, _: &str, units: u64, window: Duration) -> StorageResult<RateLimitUse> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.is_down.load(Ordering::SeqCst) {
            return Err(StorageError::new("counting", "down"));
        }
        let used = self.used.fetch_add(units, Ordering::SeqCst) + units;
        Ok(RateLimitUse { used, resets_in: window })
    }
}

fn node(store: &Arc<OneCount>, limit: u64) -> RateLimiter {
    let clock = ManualClock::new(Timestamp::from_seconds(0));
    RateLimiter::new(Arc::<OneCount>::clone(store), Arc::new(clock), limit)
}

async fn allowed(node: &RateLimiter, requests: u64) -> u64 {
    let mut count = 0;
    for _ in 0..requests {
        count += u64::from(node.count(KEY, 1).await.unwrap().allowed);
    }
    count
}

#[tokio::test]
async fn two_nodes_together_never_exceed_the_limit() {
    for limit in [1, 3, 150, 1_000, 999] {
        let store = Arc::new(OneCount::default());
        let (one, two) = (node(&store, limit), node(&store, limit));
        let mut total = 0;
        for _ in 0..limit {
            total += allowed(&one, 1).await + allowed(&two, 2).await;
        }
        assert_eq!(total, limit, "limit {limit}");
    }
}

#[tokio::test]
async fn a_chunk_and_not_a_request_costs_a_call_to_the_store() {
    let store = Arc::new(OneCount::default());
    assert_eq!(allowed(&node(&store, 6_000), 600).await, 600);
    assert_eq!(store.calls.load(Ordering::SeqCst), 10);
}

#[tokio::test]
async fn refused_requests_do_not_ask_the_store_again() {
    let store = Arc::new(OneCount::default());
    assert_eq!(allowed(&node(&store, 5), 100).await, 5);
    assert_eq!(store.calls.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn a_dear_request_is_refused_when_less_is_left_than_it_costs() {
    let store = Arc::new(OneCount::default());
    let node = node(&store, 15);
    assert_eq!(
        node.count(KEY, 10).await.map(|verdict| (verdict.allowed, verdict.remaining)),
        Some((true, 5))
    );
    assert_eq!(
        node.count(KEY, 10).await.map(|verdict| (verdict.allowed, verdict.remaining)),
        Some((false, 0))
    );
}

#[tokio::test]
async fn requests_pass_uncounted_while_the_store_is_down() {
    let store = Arc::new(OneCount::default());
    let node = node(&store, 1);
    store.is_down.store(true, Ordering::SeqCst);
    assert_eq!(node.count(KEY, 1).await, None);
    store.is_down.store(false, Ordering::SeqCst);
    assert!(node.count(KEY, 1).await.unwrap().allowed);
}

#[tokio::test]
async fn a_limit_of_zero_asks_nobody() {
    let store = Arc::new(OneCount::default());
    assert_eq!(node(&store, 0).count(KEY, 1).await, None);
    assert_eq!(store.calls.load(Ordering::SeqCst), 0);
}
