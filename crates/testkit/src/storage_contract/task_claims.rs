//! Whose turn it is: fairness between environments, actions one at a time, and many claimers at once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bowline_domain::SealedBytes;
use bowline_domain::connection::Connection;
use bowline_domain::id::{EnvironmentId, TaskId};
use bowline_domain::storage::Storage;
use bowline_domain::task::{ClaimedTask, LostLease, NewTask, RetriesMax, TaskKind, TaskResult, TaskState};
use parking_lot::Mutex;

use super::TestStorage;
use super::fixtures::*;

const ACTION: TaskKind = TaskKind::Action;
const SYNC: TaskKind = TaskKind::Sync;
const CLAIMERS: usize = 50;

/// When a lease that was taken at 0 has run out.
const LEASE_OVER: i64 = 301;

/// The names of the tasks that so many claims at `seconds` get, `-` for none.
async fn names(db: &dyn Storage, claims: usize, seconds: i64) -> Vec<String> {
    let mut names = Vec::new();
    for _ in 0..claims {
        let claimed = claim(db, seconds).await;
        names.push(claimed.map_or("-".to_owned(), |claimed| claimed.task.name.as_str().to_owned()));
    }
    names
}

async fn finish(db: &dyn Storage, claimed: &ClaimedTask) {
    let result = TaskResult::Succeeded(sealed("output"));
    assert!(db.finish_task(claimed.task.id, claimed.epoch, result, at(1)).await.expect("an answer"));
}

/// An action that may run again once, also after a lost lease.
fn patient_action(of: &Connection, name: &str, seconds: i64) -> NewTask {
    let retries_max = RetriesMax::new(1).expect("a valid count");
    NewTask { retries_max, lost_lease: LostLease::RunAgain, ..new_task(of, ACTION, name, seconds) }
}

pub async fn what_has_been_due_the_longest_comes_first(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    task(&*db, &made, SYNC, "third", 3).await;
    task(&*db, &made, TaskKind::Webhook, "second", 2).await;
    task(&*db, &made, SYNC, "first", 1).await;
    task(&*db, &made, TaskKind::OnEvent, "last", 4).await;
    task(&*db, &made, SYNC, "same-time", 4).await;
    assert_eq!(names(&*db, 6, 4).await, ["first", "second", "third", "last", "same-time", "-"]);
}

pub async fn only_tasks_of_the_named_kinds_are_claimed(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    for &kind in TaskKind::ALL {
        task(&*db, &made, kind, kind.as_str(), 0).await;
    }
    assert_eq!(claim_of(&*db, &[], 1).await, None);
    let kinds = [TaskKind::Webhook, TaskKind::OnEvent];
    let mut seen = Vec::new();
    while let Some(claimed) = claim_of(&*db, &kinds, 1).await {
        seen.push(claimed.task.kind);
    }
    assert_eq!(seen, [TaskKind::OnEvent, TaskKind::Webhook]);
}

pub async fn environments_take_turns(db: TestStorage) {
    let (busy, calm) = (connected(&*db, "busy").await, connected(&*db, "calm").await);
    for n in 0..6 {
        task(&*db, &busy, SYNC, "busy", n).await;
    }
    assert_eq!(names(&*db, 2, 10).await, ["busy", "busy"]);
    task(&*db, &calm, SYNC, "calm", 7).await;
    task(&*db, &calm, TaskKind::Webhook, "calm", 8).await;
    assert_eq!(names(&*db, 6, 10).await, ["calm", "busy", "calm", "busy", "busy", "busy"]);
    // Who was served the longest ago has its turn, however long ago that is.
    task(&*db, &busy, SYNC, "busy", 0).await;
    task(&*db, &calm, SYNC, "calm", 9).await;
    assert_eq!(names(&*db, 3, 10).await, ["calm", "busy", "-"]);
}

pub async fn one_action_of_an_environment_runs_at_a_time(db: TestStorage) {
    let (made, other) = (connected(&*db, "dev").await, connected(&*db, "prod").await);
    for name in ["a", "b", "c"] {
        task(&*db, &made, ACTION, name, 0).await;
    }
    task(&*db, &other, ACTION, "other", 0).await;
    task(&*db, &made, SYNC, "sync", 1).await;
    let first = claim(&*db, 1).await.expect("one is due");
    assert_eq!(first.task.name.as_str(), "a");
    assert_eq!(names(&*db, 3, 1).await, ["other", "sync", "-"]);
    finish(&*db, &first).await;
    let second = claim(&*db, 1).await.expect("one is due");
    assert_eq!(second.task.name.as_str(), "b");
    assert_eq!(claim(&*db, 1).await, None);
    assert!(db.cancel_task(made.environment_id, second.task.id, at(2)).await.expect("an answer"));
    assert_eq!(names(&*db, 2, 2).await, ["c", "-"]);
}

pub async fn another_action_runs_while_one_waits_for_its_next_attempt(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    task_from(&*db, &made, patient_action(&made, "a", 0)).await;
    task(&*db, &made, ACTION, "b", 1).await;
    let first = claim(&*db, 1).await.expect("one is due");
    let retried = db.retry_task(first.task.id, first.epoch, at(5), sealed("error")).await;
    assert!(retried.expect("an answer"));
    let second = claim(&*db, 5).await.expect("one is due");
    assert_eq!(second.task.name.as_str(), "b");
    assert_eq!(claim(&*db, 5).await, None);
    finish(&*db, &second).await;
    assert_eq!(names(&*db, 2, 5).await, ["a", "-"]);
}

pub async fn an_action_that_lost_its_holder_runs_again_before_those_that_wait(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    task_from(&*db, &made, patient_action(&made, "lost", 0)).await;
    let lost = claim(&*db, 0).await.expect("one is due");
    task(&*db, &made, ACTION, "waiting", 0).await;
    assert_eq!(claim(&*db, 299).await, None);
    let again = claim(&*db, LEASE_OVER).await.expect("one is due");
    assert_eq!((again.task.id, again.task.attempts), (lost.task.id, 2));
    assert_eq!(claim(&*db, LEASE_OVER).await, None);
    finish(&*db, &again).await;
    assert_eq!(names(&*db, 2, LEASE_OVER).await, ["waiting", "-"]);
}

pub async fn the_next_action_starts_once_a_lost_one_has_failed(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    task(&*db, &made, ACTION, "lost", 0).await;
    claim(&*db, 0).await.expect("one is due");
    task(&*db, &made, ACTION, "waiting", 0).await;
    // Its holder may still be at work until it is told that it lost.
    assert_eq!(claim(&*db, LEASE_OVER).await, None);
    let ended = db.expire_tasks(at(LEASE_OVER), 10).await.expect("an answer");
    assert_eq!(ended.iter().map(|task| task.state).collect::<Vec<_>>(), [TaskState::Failed]);
    assert_eq!(names(&*db, 2, LEASE_OVER).await, ["waiting", "-"]);
}

pub async fn one_of_fifty_claimers_gets_the_only_task(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    let new = NewTask { kind: SYNC, ..patient_action(&made, "f", 0) };
    task_from(&*db, &made, new).await;
    // The second round claims what the first round's holder lost.
    for (round, seconds) in [(1, 0), (2, LEASE_OVER)] {
        let mut claimers = tokio::task::JoinSet::new();
        for _ in 0..CLAIMERS {
            let storage = Arc::clone(&db.storage);
            claimers.spawn(async move { claim(&*storage, seconds).await });
        }
        let claimed: Vec<_> = claimers.join_all().await.into_iter().flatten().collect();
        assert_eq!(claimed.iter().map(|one| one.task.attempts).collect::<Vec<_>>(), [round]);
    }
}

pub async fn nobody_is_sent_away_while_a_task_is_due(db: TestStorage) {
    let made = connected(&*db, "dev").await;
    for n in 0..20 {
        task(&*db, &made, SYNC, "f", n).await;
    }
    let mut claimers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let storage = Arc::clone(&db.storage);
        claimers.spawn(async move { claim(&*storage, 100).await.map(|claimed| claimed.task.id) });
    }
    let claimed = claimers.join_all().await.into_iter().collect::<Option<HashSet<_>>>();
    assert_eq!(claimed.map(|ids| ids.len()), Some(20));
}

/// What the claimers of a race have seen.
#[derive(Default)]
struct Race {
    running_actions: BTreeMap<EnvironmentId, u32>,
    runs: HashMap<TaskId, u32>,
    finished: usize,
}

impl Race {
    fn start(&mut self, claimed: &ClaimedTask) {
        *self.runs.entry(claimed.task.id).or_default() += 1;
        if claimed.task.kind == ACTION {
            let running = self.running_actions.entry(claimed.task.environment_id).or_default();
            *running += 1;
            assert_eq!(*running, 1, "two actions of one environment run");
        }
    }

    /// Before the result is stored: after that, the next may already run.
    fn stop(&mut self, claimed: &ClaimedTask) {
        if claimed.task.kind == ACTION {
            *self.running_actions.entry(claimed.task.environment_id).or_default() -= 1;
        }
    }
}

async fn work(storage: Arc<dyn Storage>, race: Arc<Mutex<Race>>, tasks: usize) {
    while race.lock().finished < tasks {
        let Some(claimed) = claim(&*storage, 100).await else {
            tokio::task::yield_now().await;
            continue;
        };
        race.lock().start(&claimed);
        let extended = storage.extend_task(claimed.task.id, claimed.epoch, at(100), TASK_LEASE).await;
        assert!(extended.expect("an answer"));
        race.lock().stop(&claimed);
        let result = TaskResult::Succeeded(SealedBytes(claimed.epoch.to_be_bytes().to_vec()));
        let finished = storage.finish_task(claimed.task.id, claimed.epoch, result, at(101)).await;
        assert!(finished.expect("an answer"));
        race.lock().finished += 1;
    }
}

pub async fn fifty_claimers_run_two_hundred_tasks_once_each_and_actions_one_at_a_time(db: TestStorage) {
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let made = connected(&*db, name).await;
        for n in 0..40 {
            let kind = if n % 2 == 0 { ACTION } else { SYNC };
            ids.push(task(&*db, &made, kind, "f", n).await);
        }
    }
    let race = Arc::new(Mutex::new(Race::default()));
    let mut claimers = tokio::task::JoinSet::new();
    for _ in 0..CLAIMERS {
        claimers.spawn(work(Arc::clone(&db.storage), Arc::clone(&race), ids.len()));
    }
    claimers.join_all().await;
    let race = race.lock();
    assert_eq!((race.finished, race.runs.len()), (200, 200));
    assert!(ids.iter().all(|id| race.runs.get(id) == Some(&1)));
}
