//! What the scenarios have in common.

use std::time::Duration;

use bowline_engine::connection::{GetConnectionError, OpenConnection};
use bowline_engine::credential::refresh::RefreshError;
use bowline_sim::{Control, Grant};
use bowline_testkit::engine::Node;
use tokio::task::JoinSet;

/// Each reader's result: its access token, or why there is none.
pub type Reads = Vec<Result<String, GetConnectionError>>;

/// The access token of a connection.
pub fn access_token(connection: &OpenConnection) -> String {
    connection.credentials.text("access_token").unwrap_or_default().to_owned()
}

/// The refresh token of a connection.
pub fn refresh_token(connection: &OpenConnection) -> String {
    connection.credentials.text("refresh_token").unwrap_or_default().to_owned()
}

/// `count` concurrent readers, spread over the nodes.
pub async fn read_at_once(nodes: &[&Node], count: usize, force: bool) -> Reads {
    let mut readers = JoinSet::new();
    for number in 0..count {
        let node = nodes[number % nodes.len()].clone();
        readers.spawn(async move {
            let read = if force { node.force("c").await } else { node.get("c").await };
            read.map(|connection| access_token(&connection))
        });
    }
    readers.join_all().await
}

/// Everybody was given the same token, and it is not the old one.
#[track_caller]
pub fn assert_all_served(reads: &Reads, old: &Grant) -> String {
    let first = reads[0].as_ref().unwrap_or_else(|error| panic!("{error:?}")).clone();
    assert_ne!(first, old.access_token);
    for read in reads {
        assert_eq!(read.as_ref().ok(), Some(&first), "{read:?}");
    }
    first
}

/// Exactly this many token requests came, never two of them at a time.
#[track_caller]
pub fn assert_requests(control: &Control, total: u64) {
    let stats = control.stats();
    assert_eq!((stats.token_requests_total, stats.token_requests_in_flight), (total, 0));
    assert_eq!(stats.token_requests_in_flight_max, total.min(1), "token requests at the same time");
}

/// Why a read failed.
pub fn refusal(read: Result<OpenConnection, GetConnectionError>) -> RefreshError {
    match read {
        Err(GetConnectionError::Refresh { error, .. }) => error,
        Err(other) => panic!("not refused by the refresh: {other:?}"),
        Ok(_) => panic!("not refused"),
    }
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
