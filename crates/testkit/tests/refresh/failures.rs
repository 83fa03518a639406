//! Refreshes that fail: who is told, what is stored, when it is tried again.

use bowline_engine::credential::refresh::{RefreshError, RefreshOptions};
use bowline_sim::{FailureKind, NewGrant, PlannedFailure};
use bowline_testkit::engine::{Backend, World};
use serde_json::json;

use crate::support::{access_token, assert_requests, read_at_once, refusal, seconds};

const DAY: u64 = 86_400;

fn server_error() -> PlannedFailure {
    PlannedFailure::status(500, json!({"error": "server_error", "error_description": "try later"}))
}

async fn one_failing_request_is_shared_by_all_callers(backend: Backend) {
    for force in [false, true] {
        let world = World::start(backend).await;
        let (one, two) = (world.node().await, world.node().await);
        world.expired(&one, "c").await;
        world.control.configure(|config| config.oauth.token_delay_ms = 1_000);
        world.control.plan_failure(server_error());
        let reads = read_at_once(&[&one, &two], 200, force).await;
        assert!(reads.iter().all(Result::is_err));
        assert_requests(&world.control, 1);
        let stored = one.stored("c").await.connection;
        let failure = stored.refresh.failure.clone().expect("the failure is stored");
        assert_eq!(failure.code, "refresh_token_external_error");
        assert!(
            failure.message.contains("500") && failure.message.contains("try later"),
            "{}",
            failure.message
        );
        for read in reads {
            let told = refusal(read.map(|_| unreachable!("all have failed")));
            assert!(matches!(told, RefreshError::Failed(told) if told == failure));
        }
    }
}

async fn after_a_failure_nothing_is_tried_for_a_while_unless_forced(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.expired(&node, "c").await;
    world.control.plan_failure(server_error());
    refusal(node.get("c").await);
    for _ in 0..3 {
        let told = refusal(node.get("c").await);
        assert!(matches!(told, RefreshError::Backoff { retry_after } if retry_after == seconds(30)));
    }
    world.clock.advance(seconds(29));
    refusal(node.get("c").await);
    assert_requests(&world.control, 1);

    world.control.plan_failure(server_error());
    assert!(matches!(refusal(node.force("c").await), RefreshError::Failed(_)));
    assert_requests(&world.control, 2);

    world.clock.advance(seconds(31));
    node.get("c").await.expect("the provider is well again");
    assert_requests(&world.control, 3);
    let state = &node.stored("c").await.connection.refresh;
    assert_eq!((state.attempts, state.exhausted, &state.failure), (0, false, &None));
    assert_eq!(
        (state.last_success_at, state.last_failure_at),
        (Some(bowline_domain::Clock::now(&world.clock)), None)
    );
}

async fn failures_on_four_days_end_the_attempts_until_forced(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.expired(&node, "c").await;
    for day in 1..=4 {
        for _ in 0..2 {
            world.control.plan_failure(server_error());
            assert!(matches!(refusal(node.force("c").await), RefreshError::Failed(_)));
        }
        let state = node.stored("c").await.connection.refresh.clone();
        assert_eq!((state.attempts, state.exhausted), (day, day == 4), "failures count once a day");
        world.clock.advance(seconds(DAY));
    }
    assert!(matches!(refusal(node.get("c").await), RefreshError::Exhausted));
    node.engine.refresh_in_background_once().await;
    assert_eq!(world.control.stats().token_requests_total, 8, "nothing is tried any more");

    node.force("c").await.expect("forced, and the provider is well again");
    let state = node.stored("c").await.connection.refresh.clone();
    assert_eq!((state.attempts, state.exhausted, state.failure), (0, false, None));
}

async fn a_lost_answer_is_made_up_for_within_the_grace_of_the_provider(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.control.configure(|config| config.oauth.refresh_grace_seconds = 60);
    let old = world.expired(&node, "c").await;
    world.control.plan_failure(PlannedFailure::lost_answer());
    let told = refusal(node.get("c").await);
    let RefreshError::Failed(failure) = told else { panic!("{told:?}") };
    assert_eq!(failure.code, "refresh_token_external_error");
    assert!(failure.message.contains("could not be reached"), "{}", failure.message);

    world.clock.advance(seconds(31));
    let fresh = node.get("c").await.expect("the old refresh token is still accepted");
    assert_ne!(access_token(&fresh), old.access_token);
    assert_requests(&world.control, 2);
    node.force("c").await.expect("the stored refresh token is the current one");
}

async fn a_lost_answer_outside_grace_is_reuse_and_not_tried_again(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.expired(&node, "c").await;
    world.control.plan_failure(PlannedFailure::lost_answer());
    refusal(node.get("c").await);
    world.clock.advance(seconds(31));
    refusal(node.get("c").await);
    let failure = node.stored("c").await.connection.refresh.failure.clone().expect("a stored failure");
    assert_eq!(failure.code, "refresh_token_external_error");
    assert!(failure.message.contains("status 400: invalid_grant"), "{}", failure.message);
    for _ in 0..20 {
        refusal(node.get("c").await);
        node.engine.refresh_in_background_once().await;
    }
    assert_requests(&world.control, 2);
}

async fn a_caller_waits_no_longer_than_it_is_told_to(backend: Backend) {
    let world = World::start(backend).await;
    let options = RefreshOptions { wait_max: seconds(1), ..bowline_testkit::engine::quick() };
    let (one, two) = (world.node_with(options.clone()).await, world.node_with(options).await);
    world.expired(&one, "c").await;
    world.control.configure(|config| config.oauth.token_delay_ms = 2_500);
    let reads = read_at_once(&[&one, &two], 10, false).await;
    for read in reads {
        let told = refusal(read.map(|_| unreachable!("nobody waits that long")));
        assert!(matches!(told, RefreshError::TimedOut), "{told:?}");
    }
    bowline_testkit::eventually("the refresh goes on and is stored", async || {
        (one.stored("c").await.connection.credentials_version > 1).then_some(())
    })
    .await;
    one.get("c").await.expect("fresh now");
    assert_requests(&world.control, 1);
}

async fn one_broken_connection_does_not_hold_up_another(backend: Backend) {
    let world = World::start(backend).await;
    let node = world.node().await;
    world.expired(&node, "c").await;
    let other = world.control.mint_grant(NewGrant::default());
    world.import_grant(&node, "d", &other).await;
    world.control.plan_failure(FailureKind::Html { status: 502 }.into());
    refusal(node.get("c").await);
    node.get("d").await.expect("nothing is wrong with this one");
}

on_both_databases! {
    one_failing_request_is_shared_by_all_callers
    after_a_failure_nothing_is_tried_for_a_while_unless_forced
    failures_on_four_days_end_the_attempts_until_forced
    a_lost_answer_is_made_up_for_within_the_grace_of_the_provider
    a_lost_answer_outside_grace_is_reuse_and_not_tried_again
    a_caller_waits_no_longer_than_it_is_told_to
    one_broken_connection_does_not_hold_up_another
}
