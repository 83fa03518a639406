//! No secret gets into a stored failure, an error's text or the log (guarantee G8).

use std::io::{self, Write};
use std::sync::Arc;

use bowline_sim::{FailureKind, NewGrant, PlannedFailure};
use bowline_testkit::engine::{Backend, World};
use parking_lot::Mutex;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_gets_into_failures_errors_or_the_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone());
    // For the whole process: a subscriber per thread would miss what other tests made the callsites forget.
    tracing::subscriber::set_global_default(subscriber.finish()).expect("no other subscriber in these tests");
    let world = World::start(Backend::Sqlite).await;
    let node = world.node().await;
    let grant = world.control.mint_grant(NewGrant::default());
    let refresh_token = grant.refresh_token.clone().expect("the simulator gives one");
    let secrets = [grant.access_token.as_str(), &refresh_token, "sim-secret", "at-unknown"];
    let echo = format!("you sent {refresh_token} with sim-secret, and had {}", grant.access_token);
    let failures: [PlannedFailure; 6] = [
        PlannedFailure::status(400, json!({"error": "invalid_grant", "error_description": echo})),
        PlannedFailure::status(400, json!({"error": echo})),
        PlannedFailure::status(500, json!(format!("{}{echo}", "x".repeat(200)))),
        PlannedFailure::status(
            500,
            json!({"access_token": "at-unknown", "sent": {"refresh_token": refresh_token}}),
        ),
        FailureKind::TruncatedJson { status: 200 }.into(),
        PlannedFailure::reset(),
    ];
    for failure in failures {
        world.import_grant(&node, "c", &grant).await;
        world.control.plan_failure(failure.clone());
        let error = node.get("c").await.map(|_| ()).expect_err("the refresh fails");
        let stored = node.stored("c").await.connection;
        let told = format!("{error} {error:?} {stored:?}");
        for secret in secrets {
            assert!(!told.contains(secret), "{failure:?}: {told}");
        }
    }
    node.force("c").await.expect("the provider is well again");
    let log = String::from_utf8_lossy(&log.0.lock()).into_owned();
    assert!(log.contains("refresh failed"), "the log was captured");
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}
