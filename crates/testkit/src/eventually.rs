//! Waiting for something that happens elsewhere.

use std::time::Duration;

use tokio::time::{Instant, sleep};

const STEP: Duration = Duration::from_millis(5);
const DEADLINE: Duration = Duration::from_secs(60);

/// Waits until `look` finds something; panics, naming `what`, when it never does.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        sleep(STEP).await;
    }
}
