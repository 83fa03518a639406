//! Accounts, environments and variables.

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use super::TestStorage;
use super::fixtures::at;

/// All callers of a race see one account.
pub async fn concurrent_first_uses_get_the_same_default_account(db: TestStorage) {
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let storage = Arc::clone(&db.storage);
        callers.spawn(async move { storage.ensure_default_account(Uuid::new_v4(), "default", at(0)).await });
    }
    let seen: HashSet<_> = callers.join_all().await.into_iter().map(|account| account.expect("an account").uuid).collect();
    assert_eq!(seen.len(), 1);
}
