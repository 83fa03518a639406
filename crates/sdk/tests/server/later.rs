//! Methods whose routes the server does not have yet. Their answers are tested in `tests/answers/shapes.rs`; when a
//! route lands, its line here fails, and the method gets a test of its own in this folder.

use bowline_sdk::{Error, Result};
use serde_json::Value;

use super::place::{ADA, API_KEY, Place};

#[tokio::test(flavor = "multi_thread")]
async fn methods_without_a_route_say_so_until_they_are_tested_here() {
    let place = Place::sqlite().await;
    let bowline = &place.bowline;
    missing("list_records", bowline.list_records::<Value>(API_KEY, ADA, "Issue").await);
    missing("prune_records", bowline.prune_records(API_KEY, ADA, "Issue", "c").await);
    missing("trigger_sync", bowline.trigger_sync(API_KEY, ["issues"]).await);
    missing("start_sync", bowline.start_sync(API_KEY, ["issues"]).await);
    missing("pause_sync", bowline.pause_sync(API_KEY, ["issues"]).await);
    missing("sync_status", bowline.sync_status(API_KEY, ["issues"]).await);
    let frequency = bowline.update_sync_connection_frequency(API_KEY, "issues", ADA, None);
    missing("update_sync_connection_frequency", frequency.await);
    missing("create_sync_variant", bowline.create_sync_variant(API_KEY, ADA, "issues", "v").await);
    missing("delete_sync_variant", bowline.delete_sync_variant(API_KEY, ADA, "issues", "v").await);
}

fn missing<T: std::fmt::Debug>(method: &str, result: Result<T>) {
    let Err(Error::Api(error)) = &result else { panic!("{method} is served now: {result:?}") };
    assert!(error.message.starts_with("There is no route"), "{method} is served now: {error}");
}
