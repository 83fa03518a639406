//! Deployments take turns, and versions of a function follow each other.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::function::{Function, FunctionKind};
use bowline_domain::id::{FunctionId, IntegrationId};
use bowline_domain::storage::{
    ActivateFunction, DeployFunctions, FUNCTION_VERSIONS_KEPT_MAX, NewFunction, Storage,
};

use super::TestStorage;
use super::fixtures::*;

const SYNC: FunctionKind = FunctionKind::Sync;

/// The version `version` of the sync `f`, with sources of its own, in place of `old`.
fn next(old: &Function, version: &str) -> NewFunction {
    NewFunction {
        replaces: Some(old.id),
        version: version.to_owned(),
        js_digest: source_digest(&format!("js {version}")),
        ..new_function(old.integration_id, SYNC, "f")
    }
}

async fn versions(db: &dyn Storage, function: &Function) -> Vec<String> {
    let listed = db.list_function_versions(function.environment_id, function.id).await.expect("a read");
    let show = |one: &Function| format!("{}{}", one.version, if one.active { "!" } else { "" });
    listed.iter().map(show).collect()
}

async fn has_source(db: &dyn Storage, of: &Function, text: &str) -> bool {
    let digest = source_digest(text);
    let found = db.find_function_source(of.environment_id, of.integration_id, &digest).await;
    found.expect("a read").is_some()
}

pub async fn one_of_many_takers_gets_the_lock_and_the_next_after_it_is_back(db: TestStorage) {
    let (dev, prod) = (environment(&*db, "dev").await, environment(&*db, "prod").await);
    let mut takers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let storage = Arc::clone(&db.storage);
        takers.spawn(async move {
            let holder = uid().0;
            let taken = storage.acquire_deploy_lock(dev.id, holder, DEPLOY_LOCK).await.expect("an answer");
            taken.then_some(holder)
        });
    }
    let holders: Vec<_> = takers.join_all().await.into_iter().flatten().collect();
    let [holder] = holders[..] else { panic!("one of them: {holders:?}") };
    assert!(db.acquire_deploy_lock(prod.id, uid().0, DEPLOY_LOCK).await.expect("an answer"));
    db.release_deploy_lock(dev.id, holder).await.expect("a write");
    assert!(db.acquire_deploy_lock(dev.id, uid().0, DEPLOY_LOCK).await.expect("an answer"));
}

pub async fn a_lock_that_is_never_given_back_runs_out(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (slow, next) = (uid().0, uid().0);
    assert!(db.acquire_deploy_lock(env.id, slow, DEPLOY_LOCK).await.expect("an answer"));
    db.pass_time(DEPLOY_LOCK - Duration::from_secs(60)).await;
    assert!(!db.acquire_deploy_lock(env.id, next, DEPLOY_LOCK).await.expect("an answer"));
    db.pass_time(Duration::from_secs(61)).await;
    assert!(db.acquire_deploy_lock(env.id, next, DEPLOY_LOCK).await.expect("an answer"));
    let late = db.deploy_functions(env.id, slow, deployment(Vec::new(), 1)).await.expect("an answer");
    assert_eq!(late, DeployFunctions::LockLost);
}

pub async fn a_lock_is_given_back_by_its_holder_only(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    assert!(db.acquire_deploy_lock(env.id, uid().0, DEPLOY_LOCK).await.expect("an answer"));
    db.release_deploy_lock(env.id, uid().0).await.expect("an answer");
    assert!(!db.acquire_deploy_lock(env.id, uid().0, DEPLOY_LOCK).await.expect("an answer"));
}

pub async fn nothing_is_written_without_the_lock(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let old = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    let mut changes = deployment(vec![next(&old, "2")], 1);
    changes.deleted = vec![old.id];
    let outcome = db.deploy_functions(env.id, uid().0, changes).await.expect("an answer");
    assert_eq!(outcome, DeployFunctions::LockLost);
    let outcome = db.activate_function(env.id, uid().0, old.id, at(1)).await.expect("an answer");
    assert_eq!(outcome, ActivateFunction::LockLost);
    let found = db.find_functions(env.id, &github.key, &old.name, None).await.expect("a read");
    assert_eq!(found, [old]);
}

pub async fn a_new_version_takes_the_place_of_the_old_one_and_stays_disabled(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let old = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    assert!(db.set_function_enabled(env.id, old.id, false).await.expect("a write"));
    let outcome = deploy(&*db, env.id, deployment(vec![next(&old, "2")], 10)).await;
    assert_eq!(outcome, DeployFunctions::Deployed);
    let found = db.find_functions(env.id, &github.key, &old.name, None).await.expect("a read");
    let [new] = &found[..] else { panic!("one is active: {found:?}") };
    assert_ne!(new.id, old.id);
    assert_eq!((new.version.as_str(), new.enabled, new.created_at), ("2", false, at(10)));
    assert_eq!(versions(&*db, &old).await, ["2!", "1"]);
    assert_eq!(versions(&*db, new).await, ["2!", "1"]);
    let listed = db.list_deployed_functions(env.id).await.expect("a read");
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].function, listed[0].newest_version.as_str()), (new, "2"));
    assert!(!db.set_function_enabled(env.id, old.id, true).await.expect("an answer"));
}

pub async fn what_is_deployed_again_as_it_is_only_gets_the_time(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let old = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    let mut again = deployment(Vec::new(), 30);
    again.redeployed = vec![old.id];
    assert_eq!(deploy(&*db, env.id, again).await, DeployFunctions::Deployed);
    let found = db.find_functions(env.id, &github.key, &old.name, None).await.expect("a read");
    assert_eq!(found, [Function { deployed_at: at(30), ..old }]);
}

pub async fn a_deleted_function_goes_with_all_its_versions_and_sources(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let other = function(&*db, &github, new_function(github.id, FunctionKind::Action, "f")).await;
    let old = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    deploy(&*db, env.id, deployment(vec![next(&old, "2")], 10)).await;
    assert!(has_source(&*db, &old, "js 2").await);
    let active = db.find_functions(env.id, &github.key, &old.name, Some(SYNC)).await.expect("a read");
    let mut deletion = deployment(Vec::new(), 20);
    deletion.deleted = active.iter().map(|function| function.id).collect();
    assert_eq!(deploy(&*db, env.id, deletion).await, DeployFunctions::Deployed);
    assert!(versions(&*db, &old).await.is_empty());
    assert!(!has_source(&*db, &old, "js 2").await);
    assert_eq!(versions(&*db, &other).await, ["1!"]);
    assert!(has_source(&*db, &other, "js of f").await);
    let again = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    assert!(again.enabled);
}

pub async fn a_deployment_for_a_deleted_integration_writes_nothing(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (gone, kept) = (integration(&*db, env.id, "gone").await, integration(&*db, env.id, "kept").await);
    assert!(db.delete_integration(env.id, &gone.key, at(1)).await.expect("a write"));
    for id in [gone.id, IntegrationId(4_711)] {
        let functions = vec![new_function(kept.id, SYNC, "f"), new_function(id, SYNC, "f")];
        let outcome = deploy(&*db, env.id, deployment(functions, 2)).await;
        assert_eq!(outcome, DeployFunctions::NoIntegration);
    }
    assert!(db.list_deployed_functions(env.id).await.expect("a read").is_empty());
}

pub async fn a_kept_version_becomes_active_again(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let old = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    deploy(&*db, env.id, deployment(vec![next(&old, "2")], 10)).await;
    let listed = db.list_deployed_functions(env.id).await.expect("a read");
    assert!(db.set_function_enabled(env.id, listed[0].function.id, false).await.expect("a write"));
    let holder = uid().0;
    assert!(db.acquire_deploy_lock(env.id, holder, DEPLOY_LOCK).await.expect("an answer"));
    let outcome = db.activate_function(env.id, holder, old.id, at(40)).await.expect("an answer");
    assert_eq!(outcome, ActivateFunction::Activated);
    assert_eq!(versions(&*db, &old).await, ["2", "1!"]);
    let listed = db.list_deployed_functions(env.id).await.expect("a read");
    let expected = Function { enabled: false, deployed_at: at(40), ..old };
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].function, listed[0].newest_version.as_str()), (&expected, "2"));
    // Once more, to what it is.
    let outcome = db.activate_function(env.id, holder, expected.id, at(50)).await.expect("an answer");
    assert_eq!(outcome, ActivateFunction::Activated);
    assert_eq!(versions(&*db, &expected).await, ["2", "1!"]);
}

pub async fn an_unknown_version_does_not_become_active(db: TestStorage) {
    let (dev, prod) = (environment(&*db, "dev").await, environment(&*db, "prod").await);
    let github = integration(&*db, dev.id, "github").await;
    let old = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    let holder = uid().0;
    for (environment, id) in [(dev.id, FunctionId(4_711)), (prod.id, old.id)] {
        assert!(db.acquire_deploy_lock(environment, holder, DEPLOY_LOCK).await.expect("an answer"));
        let outcome = db.activate_function(environment, holder, id, at(1)).await.expect("an answer");
        assert_eq!(outcome, ActivateFunction::NotFound);
    }
    assert_eq!(versions(&*db, &old).await, ["1!"]);
}

pub async fn old_versions_are_forgotten_and_their_sources_too(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let mut latest = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    for version in 2..=FUNCTION_VERSIONS_KEPT_MAX + 2 {
        latest = function(&*db, &github, next(&latest, &version.to_string())).await;
    }
    let kept = versions(&*db, &latest).await;
    assert_eq!(kept.len(), FUNCTION_VERSIONS_KEPT_MAX as usize);
    assert_eq!((kept[0].as_str(), kept[kept.len() - 1].as_str()), ("52!", "3"));
    assert!(!has_source(&*db, &latest, "js 2").await);
    assert!(!has_source(&*db, &latest, "js of f").await);
    assert!(has_source(&*db, &latest, "js 3").await);
    assert!(has_source(&*db, &latest, "ts of f").await);
}
