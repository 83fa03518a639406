//! Refreshes that nobody asked for.

use std::time::Duration;

use bowline_domain::Clock;
use bowline_sim::{NewGrant, PlannedFailure};
use bowline_testkit::engine::{Backend, Node, SIMULATED, World};
use serde_json::{Value, json};

use crate::support::{assert_requests, seconds};

/// Connections of each kind, by the name of their key.
async fn import_one_of_each(world: &World, node: &Node) {
    let grant = |_: &str| world.control.mint_grant(NewGrant::default());
    let in_an_hour = world.clock.now().plus(Duration::from_secs(3_600)).iso_millis_z();
    let soon = world.clock.now().plus(Duration::from_secs(600)).iso_millis_z();
    let with = |key: &str, expires_at: Value| {
        let grant = grant(key);
        json!({
            "type": "OAUTH2", "access_token": grant.access_token, "refresh_token": grant.refresh_token,
            "expires_at": expires_at,
        })
    };
    let mut endless = with("endless", Value::Null);
    let mut without = with("without", json!(soon));
    for (credentials, field) in [(&mut endless, "expires_at"), (&mut without, "refresh_token")] {
        credentials.as_object_mut().expect("an object").remove(field);
    }
    for (key, credentials) in [
        ("later", with("later", json!(in_an_hour))),
        ("soon", with("soon", json!(soon))),
        ("endless", endless),
        ("without", without),
    ] {
        node.import(SIMULATED, key, credentials, json!({})).await.expect("the import is accepted");
    }
    world.expired(node, "expired").await;
}

async fn what_expires_soon_is_refreshed_and_nothing_else(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    import_one_of_each(&world, &node).await;
    node.engine.refresh_in_background_once().await;
    for (key, version) in [("later", 1), ("soon", 2), ("endless", 1), ("without", 1), ("expired", 2)] {
        assert_eq!(node.stored(key).await.connection.credentials_version, version, "{key}");
    }
    assert_eq!(world.control.stats().token_requests_total, 2);
    node.engine.refresh_in_background_once().await;
    assert_eq!(world.control.stats().token_requests_total, 2, "once is enough");
    let due = node.storage.list_due_refreshes(world.clock.now().plus(seconds(900)), None, 10).await;
    assert_eq!(due.expect("the database answers"), [], "what cannot be refreshed is never due");
}

async fn two_backgrounds_refresh_each_connection_once(backend: Backend) {
    let world = World::start(backend).await;
    let (one, two) = (world.node().await, world.node().await);
    for number in 0..40 {
        world.expired(&one, &format!("c{number}")).await;
    }
    world.control.configure(|config| config.oauth.token_delay_ms = 50);
    tokio::join!(one.engine.refresh_in_background_once(), two.engine.refresh_in_background_once());
    let stats = world.control.stats();
    assert_eq!(stats.token_requests_total, 40);
    assert!(stats.token_requests_by_refresh_token.values().all(|count| *count == 1));
    assert!(stats.token_requests_in_flight_max <= 16, "each node keeps to its limit");
}

async fn what_fails_is_left_in_peace_for_an_hour(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.expired(&node, "c").await;
    let refused = || PlannedFailure::status(503, json!({"error": "temporarily_unavailable"}));
    world.control.plan_failure(refused());
    for _ in 0..10 {
        node.engine.refresh_in_background_once().await;
        world.clock.advance(seconds(300));
    }
    assert_requests(&world.control, 1);
    world.clock.advance(seconds(3_600));
    node.engine.refresh_in_background_once().await;
    assert_requests(&world.control, 2);
    assert_eq!(node.stored("c").await.connection.refresh.failure, None);
}

on_both_databases! {
    what_expires_soon_is_refreshed_and_nothing_else
    two_backgrounds_refresh_each_connection_once
    what_fails_is_left_in_peace_for_an_hour
}
