//! Nodes that end, and databases that fail, at every step of a refresh.

use std::sync::Arc;

use bowline_domain::storage::Storage;
use bowline_engine::credential::refresh::RefreshError;
use bowline_testkit::engine::{Backend, Node, World, quick, short_leases};
use bowline_testkit::eventually;
use bowline_testkit::failing_storage::{FailingStorage, Fault, Point};

use crate::support::{
    access_token, assert_all_served, assert_requests, read_at_once, refresh_token, refusal, seconds,
};

struct Crash {
    world: World,
    /// A node that is still there.
    survivor: Node,
    /// A node on a storage with planned faults.
    doomed: Node,
    faults: Arc<FailingStorage>,
}

impl Crash {
    async fn prepare(backend: Backend) -> Self {
        let world = World::start(backend).await;
        let survivor = world.node_with(short_leases()).await;
        let faults = FailingStorage::over(world.storage().await);
        let storage: Arc<dyn Storage> = Arc::<FailingStorage>::clone(&faults);
        let doomed = world.node_on(storage, short_leases()).await;
        Self { world, survivor, doomed, faults }
    }

    /// The doomed node starts to refresh and stops for ever at `point`; its lease has run out.
    async fn happen_at(&self, point: Point) {
        self.faults.plan(point, Fault::Hang, 1);
        let doomed = self.doomed.clone();
        tokio::spawn(async move { doomed.get("c").await.map(|_| ()) });
        let storage = &self.survivor.storage;
        eventually("the lease runs out", async || {
            let abandoned = storage.list_abandoned_refreshes(10).await.expect("the database answers");
            (abandoned.len() == 1 && self.faults.left(point) == 0).then_some(())
        })
        .await;
    }
}

async fn a_crash_before_the_commit_is_recovered_within_grace(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    crash.world.control.configure(|config| config.oauth.refresh_grace_seconds = 60);
    let old = crash.world.expired(&crash.survivor, "c").await;
    crash.happen_at(Point::BeforeFinish).await;
    crash.survivor.engine.refresh_in_background_once().await;
    assert_requests(&crash.world.control, 2);
    let stored = crash.survivor.stored("c").await;
    assert_ne!(access_token(&stored), old.access_token);
    assert_ne!(Some(refresh_token(&stored)), old.refresh_token);
    assert_eq!(stored.connection.refresh.failure, None);
    crash.survivor.engine.refresh_in_background_once().await;
    assert_requests(&crash.world.control, 2);
    crash.survivor.force("c").await.expect("the stored refresh token is good");
}

async fn a_crash_before_the_commit_without_grace_is_named(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    crash.world.expired(&crash.survivor, "c").await;
    let before = crash.world.control.now_ms();
    crash.happen_at(Point::BeforeFinish).await;
    for _ in 0..3 {
        crash.survivor.engine.refresh_in_background_once().await;
    }
    assert_requests(&crash.world.control, 2);
    let failure =
        crash.survivor.stored("c").await.connection.refresh.failure.clone().expect("a stored failure");
    assert_eq!(failure.code, "refresh_interrupted");
    let begun = failure.message.split_whitespace().find_map(bowline_domain::Timestamp::parse_iso);
    let begun = begun.expect("the message names the time").as_millis();
    assert!((before - 2_000..before + 60_000).contains(&begun), "{} is not about {before}", failure.message);
    assert!(failure.message.contains("invalid_grant"), "{}", failure.message);
}

async fn a_crash_before_the_call_costs_nothing(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    let old = crash.world.expired(&crash.survivor, "c").await;
    crash.happen_at(Point::AfterAcquire).await;
    let reads = read_at_once(&[&crash.survivor], 50, false).await;
    assert_all_served(&reads, &old);
    assert_requests(&crash.world.control, 1);
}

async fn readers_and_the_background_recover_once_together(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    crash.world.control.configure(|config| {
        config.oauth.refresh_grace_seconds = 60;
        config.oauth.token_delay_ms = 200;
    });
    let old = crash.world.expired(&crash.survivor, "c").await;
    crash.happen_at(Point::BeforeFinish).await;
    let third = crash.world.node_with(short_leases()).await;
    let nodes = [&crash.survivor, &third];
    let (reads, (), ()) = tokio::join!(
        read_at_once(&nodes, 100, false),
        crash.survivor.engine.refresh_in_background_once(),
        third.engine.refresh_in_background_once(),
    );
    assert_all_served(&reads, &old);
    assert_requests(&crash.world.control, 2);
}

async fn a_crash_after_the_commit_loses_nothing(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    let old = crash.world.expired(&crash.survivor, "c").await;
    crash.faults.plan(Point::AfterFinish, Fault::Hang, 1);
    let doomed = crash.doomed.clone();
    tokio::spawn(async move { doomed.get("c").await.map(|_| ()) });
    eventually("the outcome is stored", async || (crash.faults.left(Point::AfterFinish) == 0).then_some(()))
        .await;
    let fresh = crash.survivor.get("c").await.expect("the token is there");
    assert_ne!(access_token(&fresh), old.access_token);
    assert_requests(&crash.world.control, 1);
}

async fn a_token_outlives_a_failing_database(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    let old = crash.world.expired(&crash.survivor, "c").await;
    let control = crash.world.control.clone();
    control.configure(|config| config.oauth.token_delay_ms = 500);
    // About five seconds of pauses, more than two leases long.
    crash.faults.plan(Point::BeforeFinish, Fault::Error, 14);
    let (doomed, survivor) = ([&crash.doomed], [&crash.survivor]);
    let (reads, others) = tokio::join!(read_at_once(&doomed, 50, false), async {
        eventually("the call begins", async || (control.stats().token_requests_in_flight == 1).then_some(()))
            .await;
        read_at_once(&survivor, 50, false).await
    });
    assert_eq!(crash.faults.left(Point::BeforeFinish), 0);
    assert_eq!(assert_all_served(&reads, &old), assert_all_served(&others, &old));
    assert_requests(&crash.world.control, 1);
    crash.survivor.force("c").await.expect("the rotated refresh token was stored");
}

async fn a_commit_whose_answer_is_lost_counts(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    let old = crash.world.expired(&crash.doomed, "c").await;
    crash.faults.plan(Point::AfterFinish, Fault::Error, 1);
    let fresh = crash.doomed.get("c").await.expect("it was stored");
    assert_ne!(access_token(&fresh), old.access_token);
    assert_requests(&crash.world.control, 1);
}

async fn a_lease_whose_answer_is_lost_delays_and_no_more(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    let old = crash.world.expired(&crash.doomed, "c").await;
    crash.faults.plan(Point::AfterAcquire, Fault::Error, 1);
    assert!(matches!(refusal(crash.doomed.get("c").await), RefreshError::Internal));
    let reads = read_at_once(&[&crash.doomed, &crash.survivor], 50, false).await;
    assert_all_served(&reads, &old);
    assert_requests(&crash.world.control, 1);
}

/// A holder that could not extend its lease for so long that another took over: its answer is dropped, and
/// whoever asked it is given what the other got.
async fn a_holder_that_lost_its_lease_serves_the_others_result(backend: Backend) {
    let crash = Crash::prepare(backend).await;
    crash.world.control.configure(|config| {
        config.oauth.refresh_grace_seconds = 60;
        config.oauth.token_delay_ms = 4_500;
    });
    let old = crash.world.expired(&crash.survivor, "c").await;
    crash.faults.plan(Point::BeforeExtend, Fault::Error, 1_000);
    let doomed = [&crash.doomed];
    let (late, other) = tokio::join!(read_at_once(&doomed, 10, false), async {
        let storage = &crash.survivor.storage;
        eventually("the lease runs out", async || {
            (!storage.list_abandoned_refreshes(10).await.expect("the database answers").is_empty())
                .then_some(())
        })
        .await;
        crash.survivor.get("c").await
    });
    let token = assert_all_served(&late, &old);
    assert_eq!(token, access_token(&other.expect("the other node refreshes")));
    assert_eq!(access_token(&crash.survivor.stored("c").await), token);
    crash.survivor.force("c").await.expect("the stored refresh token is the current one");
}

async fn a_stop_waits_for_refreshes_under_way(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node_with(quick()).await;
    let old = world.expired(&node, "c").await;
    world.control.configure(|config| config.oauth.token_delay_ms = 1_000);
    let reader = node.clone();
    let reading = tokio::spawn(async move { reader.get("c").await });
    eventually("the call begins", async || {
        (world.control.stats().token_requests_in_flight == 1).then_some(())
    })
    .await;
    reading.abort();
    let shutdown = tokio_util::sync::CancellationToken::new();
    shutdown.cancel();
    tokio::time::timeout(seconds(20), Arc::clone(&node.engine).run(true, shutdown))
        .await
        .expect("the engine stops");
    assert_ne!(access_token(&node.stored("c").await), old.access_token);
    assert_requests(&world.control, 1);
}

on_both_databases! {
    a_crash_before_the_commit_is_recovered_within_grace
    a_crash_before_the_commit_without_grace_is_named
    a_crash_before_the_call_costs_nothing
    readers_and_the_background_recover_once_together
    a_crash_after_the_commit_loses_nothing
    a_token_outlives_a_failing_database
    a_commit_whose_answer_is_lost_counts
    a_lease_whose_answer_is_lost_delays_and_no_more
    a_holder_that_lost_its_lease_serves_the_others_result
    a_stop_waits_for_refreshes_under_way
}
