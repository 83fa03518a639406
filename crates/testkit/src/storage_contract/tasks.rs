//! The life of a task: waiting, its lease, its result, and what becomes of it when its holder is lost.

use std::sync::Arc;

use bowline_domain::connection::Connection;
use bowline_domain::id::IntegrationId;
use bowline_domain::storage::{CreateTask, Storage};
use bowline_domain::task::{
    ClaimedTask, LostLease, NewTask, RetriesMax, Task, TaskKind, TaskResult, TaskState,
};

use super::TestStorage;
use super::fixtures::*;

const SYNC: TaskKind = TaskKind::Sync;

/// When a lease that was taken at 0 has run out.
const LEASE_OVER: i64 = 301;

fn retries(count: u8) -> RetriesMax {
    RetriesMax::new(count).expect("a valid count")
}

fn succeeded(text: &str) -> TaskResult {
    TaskResult::Succeeded(sealed(text))
}

async fn extend(db: &dyn Storage, claimed: &ClaimedTask, seconds: i64) -> bool {
    db.extend_task(claimed.task.id, claimed.epoch, at(seconds), TASK_LEASE).await.expect("an answer")
}

async fn finish(db: &dyn Storage, claimed: &ClaimedTask, result: TaskResult, seconds: i64) -> bool {
    db.finish_task(claimed.task.id, claimed.epoch, result, at(seconds)).await.expect("an answer")
}

async fn retry(db: &dyn Storage, claimed: &ClaimedTask, not_before: i64) -> bool {
    let error = sealed("error");
    db.retry_task(claimed.task.id, claimed.epoch, at(not_before), error).await.expect("an answer")
}

async fn cancel(db: &dyn Storage, of: &Connection, task: &Task, seconds: i64) -> bool {
    db.cancel_task(of.environment_id, task.id, at(seconds)).await.expect("an answer")
}

async fn expire(db: &dyn Storage, seconds: i64) -> Vec<Task> {
    db.expire_tasks(at(seconds), 100).await.expect("an answer")
}

async fn claimed(db: &dyn Storage, seconds: i64) -> ClaimedTask {
    claim(db, seconds).await.expect("a task is due")
}

/// What the holder of a lost lease may still do: nothing.
async fn assert_is_fenced(db: &dyn Storage, claimed: &ClaimedTask, seconds: i64) {
    assert!(!extend(db, claimed, seconds).await);
    assert!(!finish(db, claimed, succeeded("stale"), seconds).await);
    assert!(!retry(db, claimed, seconds).await);
}

pub async fn a_task_is_found_as_it_was_written(db: TestStorage) {
    let (made, other) = (connected(&*db, "dev").await, connected(&*db, "prod").await);
    let new = NewTask {
        retries_max: retries(5),
        lost_lease: LostLease::RunAgain,
        ..new_task(&made, TaskKind::Webhook, "f", 7)
    };
    let id = task_from(&*db, &made, new.clone()).await;
    let expected = Task {
        id,
        environment_id: made.environment_id,
        kind: TaskKind::Webhook,
        name: new.name,
        integration_id: made.integration_id,
        connection_id: made.id,
        state: TaskState::Created,
        output: None,
        error: None,
        retries_max: retries(5),
        attempts: 0,
        lost_lease: LostLease::RunAgain,
        start_by: new.start_by,
        created_at: at(7),
        started_at: None,
        finished_at: None,
    };
    assert_eq!(stored_task(&*db, &made, id).await, expected);
    assert_eq!(db.find_task(other.environment_id, id).await.expect("a read"), None);
    assert_eq!(
        db.find_task(made.environment_id, new_task(&made, SYNC, "g", 0).id).await.expect("a read"),
        None
    );
}

pub async fn the_id_of_a_task_is_taken_once(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let new = new_task(&made, SYNC, "f", 0);
    task_from(&*db, &made, new.clone()).await;
    db.create_task(made.environment_id, new, MANY_TASKS).await.expect_err("the id is taken");
    claimed(&*db, 0).await;
    assert_eq!(claim(&*db, 0).await, None);
}

pub async fn a_task_needs_a_live_connection_of_its_environment_and_integration(db: TestStorage) {
    let (made, other) = (connected(&*db, "dev").await, connected(&*db, "prod").await);
    let create =
        async |environment, new| db.create_task(environment, new, MANY_TASKS).await.expect("an answer");
    let new = || new_task(&made, SYNC, "f", 0);
    assert_eq!(create(other.environment_id, new()).await, CreateTask::NoConnection);
    let strange = NewTask { integration_id: other.integration_id, ..new() };
    assert_eq!(create(made.environment_id, strange).await, CreateTask::NoConnection);
    let unknown = NewTask { integration_id: IntegrationId(4_711), ..new() };
    assert_eq!(create(made.environment_id, unknown).await, CreateTask::NoConnection);
    db.delete_connection(made.environment_id, &made.integration_key, &made.key, at(1))
        .await
        .expect("a write");
    assert_eq!(create(made.environment_id, new()).await, CreateTask::NoConnection);
    assert_eq!(claim(&*db, 0).await, None);
}

pub async fn a_full_queue_refuses_that_kind_in_that_environment(db: TestStorage) {
    let (made, other) = (connected(&*db, "dev").await, connected(&*db, "prod").await);
    let create = async |of: &Connection, kind| {
        let new = NewTask { retries_max: retries(1), ..new_task(of, kind, "f", 0) };
        db.create_task(of.environment_id, new, 2).await.expect("an answer")
    };
    assert_eq!(create(&made, SYNC).await, CreateTask::Created);
    assert_eq!(create(&made, SYNC).await, CreateTask::Created);
    assert_eq!(create(&made, SYNC).await, CreateTask::QueueFull);
    assert_eq!(create(&other, SYNC).await, CreateTask::Created);
    assert_eq!(create(&made, TaskKind::Action).await, CreateTask::Created);
    // What is started does not wait, until it waits for its next attempt.
    let first =
        db.claim_task(&[SYNC], uid().0, at(0), TASK_LEASE).await.expect("an answer").expect("one is due");
    assert_eq!(first.task.environment_id, made.environment_id);
    assert_eq!(create(&made, SYNC).await, CreateTask::Created);
    assert!(retry(&*db, &first, 10).await);
    assert_eq!(create(&made, SYNC).await, CreateTask::QueueFull);
}

pub async fn concurrent_creations_never_let_more_wait_than_may(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let (storage, made) = (Arc::clone(&db.storage), Arc::clone(&made));
        callers.spawn(async move {
            let new = new_task(&made, SYNC, "f", 0);
            storage.create_task(made.environment_id, new, 7).await.expect("an answer")
        });
    }
    let outcomes = callers.join_all().await;
    assert_eq!(outcomes.iter().filter(|&&outcome| outcome == CreateTask::Created).count(), 7);
    assert_eq!(outcomes.iter().filter(|&&outcome| outcome == CreateTask::QueueFull).count(), 23);
}

pub async fn a_claimed_task_is_started_and_brings_its_payload(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let id = task(&*db, &made, SYNC, "f", 0).await;
    assert_eq!(claim(&*db, -1).await, None);
    let claimed = claimed(&*db, 5).await;
    assert_eq!((claimed.task.id, claimed.payload.clone(), claimed.task.attempts), (id, sealed("f"), 1));
    assert_eq!((claimed.task.state, claimed.task.started_at), (TaskState::Started, Some(at(5))));
    assert_eq!(stored_task(&*db, &made, id).await, claimed.task);
    assert_eq!(claim(&*db, 5).await, None);
}

pub async fn a_finished_task_keeps_its_result(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    for (result, state) in [
        (succeeded("output"), TaskState::Succeeded),
        (TaskResult::Failed(sealed("error")), TaskState::Failed),
    ] {
        let id = task(&*db, &made, SYNC, "f", 0).await;
        let claimed = claimed(&*db, 0).await;
        assert!(finish(&*db, &claimed, result, 9).await);
        let task = stored_task(&*db, &made, id).await;
        assert_eq!((task.state, task.finished_at), (state, Some(at(9))));
        assert_eq!(task.output, (state == TaskState::Succeeded).then(|| sealed("output")));
        assert_eq!(task.error, (state == TaskState::Failed).then(|| sealed("error")));
        assert_is_fenced(&*db, &claimed, 10).await;
        assert!(!cancel(&*db, &made, &task, 10).await);
        assert_eq!(claim(&*db, LEASE_OVER).await, None);
        assert!(expire(&*db, 10_000).await.is_empty());
        assert_eq!(stored_task(&*db, &made, id).await, task);
    }
}

pub async fn a_failed_attempt_waits_for_its_time_and_starts_again(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let new = NewTask { retries_max: retries(1), ..new_task(&made, SYNC, "f", 0) };
    let id = task_from(&*db, &made, new).await;
    let first = claimed(&*db, 0).await;
    assert!(first.task.has_attempts_left());
    assert!(retry(&*db, &first, 60).await);
    let waiting = stored_task(&*db, &made, id).await;
    assert_eq!((waiting.state, waiting.error), (TaskState::Created, Some(sealed("error"))));
    assert_is_fenced(&*db, &first, 1).await;
    assert_eq!(claim(&*db, 59).await, None);
    let second = claimed(&*db, 60).await;
    assert_eq!((second.task.id, second.task.attempts, &second.task.error), (id, 2, &None));
    assert!(second.epoch > first.epoch);
    assert_is_fenced(&*db, &first, 61).await;
    assert!(!second.task.has_attempts_left());
    assert!(!retry(&*db, &second, 120).await);
    assert!(finish(&*db, &second, succeeded("output"), 62).await);
}

pub async fn a_task_starts_again_after_a_lost_lease_while_it_has_attempts_left(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let new =
        NewTask { retries_max: retries(1), lost_lease: LostLease::RunAgain, ..new_task(&made, SYNC, "f", 0) };
    let id = task_from(&*db, &made, new).await;
    let first = claimed(&*db, 0).await;
    assert_eq!(claim(&*db, LEASE_OVER - 2).await, None);
    let second = claimed(&*db, LEASE_OVER).await;
    assert_eq!((second.task.id, second.task.attempts), (id, 2));
    assert!(second.epoch > first.epoch);
    assert_is_fenced(&*db, &first, LEASE_OVER).await;
    // No third attempt.
    assert_eq!(claim(&*db, 2 * LEASE_OVER).await, None);
    assert!(expire(&*db, LEASE_OVER + 1).await.is_empty());
    let ended = expire(&*db, 2 * LEASE_OVER).await;
    assert_eq!(ended, [stored_task(&*db, &made, id).await]);
    assert_eq!((ended[0].state, &ended[0].error), (TaskState::Failed, &None));
    assert_is_fenced(&*db, &second, 2 * LEASE_OVER).await;
}

pub async fn a_task_that_must_not_run_twice_fails_when_its_lease_is_lost(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let new = NewTask { retries_max: retries(5), ..new_task(&made, TaskKind::Action, "f", 0) };
    let id = task_from(&*db, &made, new).await;
    let lost = claimed(&*db, 0).await;
    assert_eq!(claim(&*db, LEASE_OVER).await, None);
    assert!(expire(&*db, LEASE_OVER - 2).await.is_empty());
    let ended = expire(&*db, LEASE_OVER).await;
    assert_eq!(ended, [stored_task(&*db, &made, id).await]);
    assert_eq!((ended[0].state, ended[0].finished_at), (TaskState::Failed, Some(at(LEASE_OVER))));
    assert_is_fenced(&*db, &lost, LEASE_OVER).await;
    assert!(expire(&*db, LEASE_OVER).await.is_empty());
}

pub async fn an_extended_lease_lasts_longer(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    for lost_lease in [LostLease::RunAgain, LostLease::Fail] {
        let new = NewTask { retries_max: retries(1), lost_lease, ..new_task(&made, SYNC, "f", 0) };
        task_from(&*db, &made, new).await;
        let held = claimed(&*db, 0).await;
        assert!(extend(&*db, &held, 200).await);
        assert_eq!(claim(&*db, LEASE_OVER).await, None);
        assert!(expire(&*db, LEASE_OVER).await.is_empty());
        assert!(finish(&*db, &held, succeeded("output"), LEASE_OVER).await);
    }
}

pub async fn a_holder_that_is_late_but_not_replaced_goes_on(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    for lost_lease in [LostLease::RunAgain, LostLease::Fail] {
        let new = NewTask { retries_max: retries(1), lost_lease, ..new_task(&made, SYNC, "f", 0) };
        task_from(&*db, &made, new).await;
        let late = claimed(&*db, 0).await;
        assert!(extend(&*db, &late, LEASE_OVER).await);
        assert_eq!(claim(&*db, LEASE_OVER).await, None);
        assert!(finish(&*db, &late, succeeded("output"), 3 * LEASE_OVER).await);
    }
}

pub async fn a_task_that_nobody_started_in_time_expires(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let new = || NewTask { start_by: at(30), retries_max: retries(1), ..new_task(&made, SYNC, "f", 0) };
    let started = task_from(&*db, &made, new()).await;
    let first = claimed(&*db, 29).await;
    let late = task_from(&*db, &made, new()).await;
    assert!(retry(&*db, &first, 31).await);
    assert!(expire(&*db, 29).await.is_empty());
    // Nobody starts it too late, swept up or not.
    assert_eq!(claim(&*db, 30).await, None);
    let ended = expire(&*db, 30).await;
    assert_eq!(ended, [stored_task(&*db, &made, late).await]);
    assert_eq!((ended[0].state, ended[0].finished_at), (TaskState::Expired, Some(at(30))));
    // An attempt that follows another has no such limit.
    assert!(expire(&*db, 1_000).await.is_empty());
    assert_eq!(claimed(&*db, 1_000).await.task.id, started);
}

pub async fn no_more_tasks_end_at_once_than_asked_for(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    for n in 0..4 {
        let new = NewTask { start_by: at(LEASE_OVER), ..new_task(&made, SYNC, "f", n) };
        task_from(&*db, &made, new).await;
    }
    claimed(&*db, 0).await;
    let ended = async || db.expire_tasks(at(LEASE_OVER), 3).await.expect("an answer").len();
    assert_eq!((ended().await, ended().await, ended().await), (3, 1, 0));
}

pub async fn a_cancelled_task_is_over_and_its_holder_stops(db: TestStorage) {
    let (made, other) = (connected(&*db, "dev").await, connected(&*db, "prod").await);
    let running = task(&*db, &made, SYNC, "f", 0).await;
    let held = claimed(&*db, 0).await;
    let waiting = task(&*db, &made, SYNC, "f", 0).await;
    for id in [running, waiting] {
        let task = stored_task(&*db, &made, id).await;
        assert!(!cancel(&*db, &other, &task, 4).await);
        assert!(cancel(&*db, &made, &task, 4).await);
        assert!(!cancel(&*db, &made, &task, 5).await);
        let task = stored_task(&*db, &made, id).await;
        assert_eq!((task.state, task.finished_at), (TaskState::Cancelled, Some(at(4))));
    }
    assert_is_fenced(&*db, &held, 5).await;
    assert_eq!(claim(&*db, LEASE_OVER).await, None);
    assert!(expire(&*db, 10_000).await.is_empty());
}

pub async fn finished_tasks_are_deleted_from_the_oldest_on(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(task(&*db, &made, SYNC, "f", n).await);
        let claimed = claimed(&*db, n).await;
        assert!(finish(&*db, &claimed, succeeded("output"), 10 + n).await);
    }
    ids.push(task(&*db, &made, SYNC, "f", 0).await);
    let delete = async |before, limit| db.delete_finished_tasks(at(before), limit).await.expect("a write");
    let left = async || {
        let mut left = Vec::new();
        for &id in &ids {
            left.push(db.find_task(made.environment_id, id).await.expect("a read").is_some());
        }
        left
    };
    assert_eq!(delete(10, 100).await, 0);
    assert_eq!(delete(13, 2).await, 2);
    assert_eq!(left().await, [false, false, true, true, true]);
    assert_eq!(delete(13, 2).await, 1);
    assert_eq!(delete(100, 100).await, 1);
    assert_eq!(left().await, [false, false, false, false, true]);
}

pub async fn tasks_go_with_their_connection_integration_and_environment(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let account = account(&*db).await;
    for what in ["connection", "integration", "environment"] {
        let env = environment(&*db, what).await;
        let github = integration(&*db, env.id, "github").await;
        let gone = connection(&*db, &github, "c").await;
        let running = task(&*db, &gone, SYNC, "f", 0).await;
        let held = claimed(&*db, 0).await;
        let waiting = task(&*db, &gone, SYNC, "f", 0).await;
        let deleted = match what {
            "connection" => db.delete_connection(env.id, &github.key, &gone.key, at(1)).await,
            "integration" => db.delete_integration(env.id, &github.key, at(1)).await,
            _ => db.delete_environment(account.id, env.id, at(1)).await,
        };
        assert!(deleted.expect("a write"), "{what}");
        for id in [running, waiting] {
            assert_eq!(db.find_task(env.id, id).await.expect("a read"), None, "{what}");
        }
        assert_is_fenced(&*db, &held, 1).await;
        assert_eq!(claim(&*db, LEASE_OVER).await, None, "{what}");
    }
    task(&*db, &made, SYNC, "f", 0).await;
    claimed(&*db, 0).await;
}

pub async fn tasks_are_there_after_reopening(mut db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let (running, waiting) = (task(&*db, &made, SYNC, "f", 0).await, task(&*db, &made, SYNC, "g", 1).await);
    let held = claimed(&*db, 0).await;
    db.close_and_reopen().await;
    assert_eq!(stored_task(&*db, &made, running).await, held.task);
    assert!(extend(&*db, &held, 1).await);
    assert_eq!(claimed(&*db, 1).await.task.id, waiting);
}
