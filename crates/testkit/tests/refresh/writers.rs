//! Connections that are replaced or deleted while they are refreshed.

use bowline_engine::connection::GetConnectionError;
use bowline_sim::{NewGrant, PlannedFailure};
use bowline_testkit::engine::{Backend, Node, SIMULATED, World};
use bowline_testkit::eventually;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{access_token, assert_requests, refresh_token};

type Reading = JoinHandle<Result<String, GetConnectionError>>;

/// A reader whose token request is under way for another second.
async fn start_reading(world: &World, node: &Node) -> Reading {
    world.control.configure(|config| config.oauth.token_delay_ms = 1_000);
    let reader = node.clone();
    let reading =
        tokio::spawn(async move { reader.get("c").await.map(|connection| access_token(&connection)) });
    eventually("the call begins", async || {
        (world.control.stats().token_requests_in_flight == 1).then_some(())
    })
    .await;
    reading
}

async fn an_import_during_a_refresh_wins(backend: Backend) {
    for fails in [false, true] {
        let world = World::start(backend).await;
        let node = world.node().await;
        world.expired(&node, "c").await;
        if fails {
            world.control.plan_failure(PlannedFailure::status(400, json!({"error": "invalid_grant"})));
        }
        let reading = start_reading(&world, &node).await;
        let new = world.control.mint_grant(NewGrant::default());
        let credentials = json!({
            "type": "OAUTH2", "access_token": new.access_token, "refresh_token": new.refresh_token,
        });
        node.import(SIMULATED, "c", credentials, json!({})).await.expect("the import is accepted");
        let read = reading.await.expect("the reader does not panic");
        assert_eq!(read.ok(), Some(new.access_token.clone()), "the reader is given the imported token");
        let stored = node.stored("c").await;
        assert_eq!(
            (access_token(&stored), Some(refresh_token(&stored))),
            (new.access_token, new.refresh_token)
        );
        assert_eq!(stored.connection.refresh.failure, None, "the failure was about the old credentials");
        assert_requests(&world.control, 1);
        let abandoned = node.storage.list_abandoned_refreshes(10).await.expect("the database answers");
        assert!(abandoned.is_empty());
    }
}

async fn a_connection_deleted_during_a_refresh_is_gone(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.expired(&node, "c").await;
    let reading = start_reading(&world, &node).await;
    assert!(node.delete("c").await);
    let read = reading.await.expect("the reader does not panic");
    assert!(matches!(read, Err(GetConnectionError::UnknownConnection)), "{read:?}");
    node.engine.refresh_in_background_once().await;
    assert_requests(&world.control, 1);
    assert!(node.storage.list_abandoned_refreshes(10).await.expect("the database answers").is_empty());
}

async fn an_integration_deleted_during_a_refresh_is_gone(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.expired(&node, "c").await;
    let reading = start_reading(&world, &node).await;
    let key = bowline_domain::id::IntegrationKey::parse(SIMULATED).expect("a valid key");
    let now = bowline_domain::Clock::now(&world.clock);
    let deleted = node.storage.delete_integration(node.environment.id, &key, now).await;
    assert!(deleted.expect("the database answers"));
    let read = reading.await.expect("the reader does not panic");
    assert!(matches!(read, Err(GetConnectionError::UnknownConnection)), "{read:?}");
    let read = node.get("c").await.map(|_| ());
    assert!(matches!(read, Err(GetConnectionError::UnknownIntegration)), "{read:?}");
    node.engine.refresh_in_background_once().await;
    assert_requests(&world.control, 1);
}

/// A connection that was read before it was deleted.
async fn a_refresh_of_a_deleted_connection_calls_nobody(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.expired(&node, "c").await;
    let seen = node.stored("c").await.connection;
    assert!(node.delete("c").await);
    let read = node.engine.open_fresh(&node.environment, seen, true).await.map(|_| ());
    assert!(matches!(read, Err(GetConnectionError::UnknownConnection)), "{read:?}");
    assert_requests(&world.control, 0);
}

/// A connection that was read before someone else refreshed it.
async fn a_stale_reader_is_given_the_newer_token_without_a_call(backend: Backend) {
    let world = World::start(backend).await;
    let (one, two) = (world.node().await, world.node().await);
    world.expired(&one, "c").await;
    let seen = one.stored("c").await.connection;
    let fresh = access_token(&two.get("c").await.expect("the provider is well"));
    for force in [false, true] {
        let read = one.engine.open_fresh(&one.environment, seen.clone(), force).await;
        assert_eq!(access_token(&read.expect("there is a newer token")), fresh);
    }
    assert_requests(&world.control, 1);
}

on_both_databases! {
    an_import_during_a_refresh_wins
    a_connection_deleted_during_a_refresh_is_gone
    an_integration_deleted_during_a_refresh_is_gone
    a_refresh_of_a_deleted_connection_calls_nobody
    a_stale_reader_is_given_the_newer_token_without_a_call
}
