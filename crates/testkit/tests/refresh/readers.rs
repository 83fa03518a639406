//! Many readers of one expired connection.

use bowline_testkit::engine::{Backend, Machine, World, quick, short_leases};
use bowline_testkit::eventually;

use crate::support::{access_token, assert_all_served, assert_requests, read_at_once, refresh_token};

const READERS: usize = 1_000;

async fn a_thousand_readers_on_one_node_cause_one_token_request(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    let old = world.expired(&node, "c").await;
    world.control.configure(|config| config.oauth.token_delay_ms = 500);
    let reads = read_at_once(&[&node], READERS, false).await;
    let token = assert_all_served(&reads, &old);
    assert_requests(&world.control, 1);
    let stored = node.stored("c").await;
    assert_eq!(access_token(&stored), token);
    assert_ne!(Some(refresh_token(&stored)), old.refresh_token, "the rotation is stored");
}

async fn a_thousand_readers_on_two_nodes_cause_one_token_request(backend: Backend) {
    let world = World::start(backend).await;
    let (one, two) = (world.node().await, world.node().await);
    let old = world.expired(&one, "c").await;
    world.control.configure(|config| config.oauth.token_delay_ms = 1_000);
    let reads = read_at_once(&[&one, &two], READERS, false).await;
    assert_all_served(&reads, &old);
    assert_requests(&world.control, 1);
}

async fn forced_readers_on_two_nodes_share_one_token_request(backend: Backend) {
    let world = World::start(backend).await;
    let (one, two) = (world.node().await, world.node().await);
    let old = world.expired(&one, "c").await;
    world.control.configure(|config| config.oauth.token_delay_ms = 1_000);
    let reads = read_at_once(&[&one, &two], 200, true).await;
    assert_all_served(&reads, &old);
    assert_requests(&world.control, 1);
}

/// The lease lives shorter than the call, so it must be extended.
async fn a_call_longer_than_the_lease_keeps_it(backend: Backend) {
    let world = World::start(backend).await;
    let (one, two) = (world.node_with(short_leases()).await, world.node_with(short_leases()).await);
    let old = world.expired(&one, "c").await;
    world.control.configure(|config| config.oauth.token_delay_ms = 3_000);
    let reads = read_at_once(&[&one, &two], 100, false).await;
    assert_all_served(&reads, &old);
    assert_requests(&world.control, 1);
}

async fn another_node_takes_over_when_the_holder_dies(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node_with(short_leases()).await;
    let old = world.expired(&node, "c").await;
    world.control.configure(|config| config.oauth.token_delay_ms = 700);
    let machine = Machine::start();
    let storage = machine.run(world.opener().open()).await;
    let holder = world.node_on(storage, short_leases()).await;
    machine.spawn(async move {
        let _ = holder.get("c").await;
    });
    let control = world.control.clone();
    eventually("the holder calls", async || (control.stats().token_requests_in_flight == 1).then_some(()))
        .await;
    machine.kill();
    let reads = read_at_once(&[&node], 100, false).await;
    assert_all_served(&reads, &old);
    assert_requests(&world.control, 2);
}

/// Ten seconds of lease, twelve of waiting: the lock of simpler designs would be gone before the answer comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_endpoint_slower_than_any_lease_is_called_once() {
    let world = World::start(Backend::Postgres).await;
    let (one, two) = (world.node_with(quick()).await, world.node_with(quick()).await);
    let old = world.expired(&one, "c").await;
    world.control.configure(|config| config.oauth.token_delay_ms = 12_000);
    let reads = read_at_once(&[&one, &two], READERS, false).await;
    assert_all_served(&reads, &old);
    assert_requests(&world.control, 1);
}

on_both_databases! {
    a_thousand_readers_on_one_node_cause_one_token_request
    a_thousand_readers_on_two_nodes_cause_one_token_request
    forced_readers_on_two_nodes_share_one_token_request
    a_call_longer_than_the_lease_keeps_it
    another_node_takes_over_when_the_holder_dies
}
