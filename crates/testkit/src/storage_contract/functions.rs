//! Functions are found by name, event and endpoint, and go with what they belong to.

use bowline_domain::function::{
    Function, FunctionDefinition, FunctionEndpoint, FunctionEvent, FunctionKind, FunctionSource, SyncType,
};
use bowline_domain::id::{EnvironmentId, FunctionId, ProviderName};
use bowline_domain::integration::Integration;
use bowline_domain::storage::{DeployFunctions, FunctionFilter, NewFunction, Storage};
use serde_json::json;

use super::TestStorage;
use super::fixtures::*;

const ACTION: FunctionKind = FunctionKind::Action;
const SYNC: FunctionKind = FunctionKind::Sync;
const ON_EVENT: FunctionKind = FunctionKind::OnEvent;

fn full_definition() -> FunctionDefinition {
    FunctionDefinition {
        description: Some("Fetches issues. ✓".to_owned()),
        scopes: vec!["repo".to_owned()],
        models: vec!["Issue".to_owned(), "Label".to_owned()],
        input: Some("Filter".to_owned()),
        runs: Some("every hour".to_owned()),
        auto_start: true,
        track_deletes: true,
        sync_type: Some(SyncType::Incremental),
        endpoints: vec![endpoint("GET", "/issues"), endpoint("GET", "/labels")],
        webhook_subscriptions: vec!["*".to_owned()],
        json_schema: Some(json!({"definitions": {"Issue": {"type": "object"}}})),
        features: vec!["checkpoints".to_owned()],
        attributes: [("a".to_owned(), json!([1, null]))].into_iter().collect(),
    }
}

fn endpoint(method: &str, path: &str) -> FunctionEndpoint {
    FunctionEndpoint { method: method.to_owned(), path: path.to_owned(), group: Some("Issues".to_owned()) }
}

fn names(functions: &[Function]) -> Vec<&str> {
    functions.iter().map(|function| function.name.as_str()).collect()
}

/// Functions of each kind: sync `Issues`, action `issues`, actions `a` and `b`, and `setup` for two events.
async fn some_functions(db: &dyn Storage, integration: &Integration) {
    let new = |kind, name| new_function(integration.id, kind, name);
    let deleting =
        NewFunction { event: Some(FunctionEvent::PreConnectionDeletion), ..new(ON_EVENT, "setup") };
    let functions = vec![
        new(SYNC, "Issues"),
        new(ACTION, "issues"),
        new(ACTION, "b"),
        new(ACTION, "a"),
        deleting,
        new(ON_EVENT, "setup"),
    ];
    let outcome = deploy(db, integration.environment_id, deployment(functions, 0)).await;
    assert_eq!(outcome, DeployFunctions::Deployed);
}

pub async fn a_function_is_found_as_it_was_deployed(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let new = NewFunction {
        version: "1.0.0".to_owned(),
        source: FunctionSource::Standalone,
        sdk_version: Some("0.71.10-zero".to_owned()),
        definition: full_definition(),
        ..new_function(github.id, SYNC, "issues")
    };
    let found = function(&*db, &github, new.clone()).await;
    let expected = Function {
        id: found.id,
        environment_id: env.id,
        integration_id: github.id,
        integration_key: github.key.clone(),
        provider: github.provider.clone(),
        kind: SYNC,
        name: function_name("issues"),
        event: None,
        version: "1.0.0".to_owned(),
        active: true,
        enabled: true,
        source: FunctionSource::Standalone,
        sdk_version: Some("0.71.10-zero".to_owned()),
        js_digest: new.js_digest,
        ts_digest: new.ts_digest,
        definition: full_definition(),
        created_at: at(0),
        deployed_at: at(0),
    };
    assert_eq!(found, expected);
    let source = db.find_function_source(env.id, github.id, &new.js_digest).await.expect("a read");
    assert_eq!(source.as_deref(), Some(&new.js_digest.0[..]));
    let none = db.find_function_source(env.id, github.id, &source_digest("none")).await.expect("a read");
    assert_eq!(none, None);
}

pub async fn functions_are_found_by_name_and_told_apart_by_kind(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (github, other) =
        (integration(&*db, env.id, "github").await, integration(&*db, env.id, "other").await);
    for kind in [SYNC, ACTION, ON_EVENT] {
        function(&*db, &github, new_function(github.id, kind, "f")).await;
    }
    let find = async |integration: &Integration, kind| {
        let found = db.find_functions(env.id, &integration.key, &function_name("f"), kind).await;
        found.expect("a read").iter().map(|function| function.kind).collect::<Vec<_>>()
    };
    assert_eq!(find(&github, None).await, [ACTION, ON_EVENT, SYNC]);
    assert_eq!(find(&github, Some(SYNC)).await, [SYNC]);
    assert!(find(&other, None).await.is_empty());
}

pub async fn a_page_of_functions_is_filtered_ordered_and_counted(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    some_functions(&*db, &github).await;
    let page = async |filter: FunctionFilter| {
        let page = db.list_functions(env.id, &github.key, &filter).await.expect("a read");
        let lines: Vec<String> =
            page.functions.iter().map(|function| format!("{} {}", function.kind, function.name)).collect();
        (lines.join(", "), page.total)
    };
    let all = FunctionFilter { limit: 100, ..FunctionFilter::default() };
    let everything =
        "action a, action b, action issues, on-event setup, on-event setup, sync Issues".to_owned();
    assert_eq!(page(all.clone()).await, (everything, 6));
    let of_events = FunctionFilter { kind: Some(ON_EVENT), ..all.clone() };
    assert_eq!(page(of_events).await, ("on-event setup, on-event setup".to_owned(), 2));
    let found = FunctionFilter { search: Some("SSU".to_owned()), ..all.clone() };
    assert_eq!(page(found).await, ("action issues, sync Issues".to_owned(), 2));
    let wild = FunctionFilter { search: Some("%".to_owned()), ..all.clone() };
    assert_eq!(page(wild).await, (String::new(), 0));
    let second = FunctionFilter { limit: 2, offset: 2, ..all.clone() };
    assert_eq!(page(second).await, ("action issues, on-event setup".to_owned(), 6));
    let beyond = FunctionFilter { offset: 6, ..all };
    assert_eq!(page(beyond).await, (String::new(), 6));
}

pub async fn functions_of_an_event_are_listed_while_they_are_enabled(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    some_functions(&*db, &github).await;
    let another = function(&*db, &github, new_function(github.id, ON_EVENT, "another")).await;
    let list = async |event| {
        let listed = db.list_event_functions(env.id, &github.key, event).await.expect("a read");
        names(&listed).join(",")
    };
    assert_eq!(list(FunctionEvent::PostConnectionCreation).await, "another,setup");
    assert_eq!(list(FunctionEvent::PreConnectionDeletion).await, "setup");
    assert_eq!(list(FunctionEvent::ValidateConnection).await, "");
    assert!(db.set_function_enabled(env.id, another.id, false).await.expect("a write"));
    assert_eq!(list(FunctionEvent::PostConnectionCreation).await, "setup");
    assert!(db.set_function_enabled(env.id, another.id, true).await.expect("a write"));
    assert_eq!(list(FunctionEvent::PostConnectionCreation).await, "another,setup");
    assert!(!db.set_function_enabled(env.id, FunctionId(4_711), true).await.expect("an answer"));
}

pub async fn a_function_is_found_by_its_endpoint_and_the_newest_wins(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let with = |kind, name, path: &str| {
        let definition =
            FunctionDefinition { endpoints: vec![endpoint("GET", path)], ..FunctionDefinition::default() };
        NewFunction { definition, ..new_function(github.id, kind, name) }
    };
    let find = async |method: &str, path: &str| {
        let found = db.find_function_by_endpoint(env.id, &github.key, method, path).await.expect("a read");
        found.map(|function| function.name.to_string())
    };
    let first = function(&*db, &github, with(SYNC, "first", "/issues")).await;
    assert_eq!(find("GET", "/issues").await.as_deref(), Some("first"));
    assert_eq!(find("POST", "/issues").await, None);
    assert_eq!(find("GET", "/issues/").await, None);
    let second = deployment(vec![with(ACTION, "second", "/issues")], 10);
    assert_eq!(deploy(&*db, env.id, second).await, DeployFunctions::Deployed);
    assert_eq!(find("GET", "/issues").await.as_deref(), Some("second"));
    let moved = NewFunction { replaces: Some(first.id), ..with(SYNC, "first", "/moved") };
    assert_eq!(deploy(&*db, env.id, deployment(vec![moved], 20)).await, DeployFunctions::Deployed);
    assert_eq!(find("GET", "/issues").await.as_deref(), Some("second"));
    assert_eq!(find("GET", "/moved").await.as_deref(), Some("first"));
}

pub async fn deployed_functions_are_listed_by_provider_and_the_integrations_age(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    for (key, provider, seconds) in [("a", "slack", 1), ("c", "github", 2), ("b", "github", 3)] {
        let mut new = new_integration(key);
        new.provider = ProviderName::parse(provider).expect("a valid name");
        new.created_at = at(seconds);
        let made = created_integration(db.create_integration(env.id, new).await.expect("a write"));
        function(&*db, &made, new_function(made.id, SYNC, "s")).await;
        function(&*db, &made, new_function(made.id, ACTION, "z")).await;
    }
    let listed = db.list_deployed_functions(env.id).await.expect("a read");
    let lines: Vec<String> = listed
        .iter()
        .map(|deployed| format!("{}/{}", deployed.function.integration_key, deployed.function.name))
        .collect();
    assert_eq!(lines, ["c/z", "c/s", "b/z", "b/s", "a/z", "a/s"]);
}

pub async fn functions_of_one_environment_are_not_those_of_another(db: TestStorage) {
    let (dev, prod) = (environment(&*db, "dev").await, environment(&*db, "prod").await);
    let github = integration(&*db, dev.id, "github").await;
    integration(&*db, prod.id, "github").await;
    let new = NewFunction { definition: full_definition(), ..new_function(github.id, SYNC, "issues") };
    let found = function(&*db, &github, new).await;
    let event = new_function(github.id, ON_EVENT, "setup");
    function(&*db, &github, event).await;

    let (key, name) = (&github.key, &found.name);
    assert!(db.find_functions(prod.id, key, name, None).await.expect("a read").is_empty());
    assert!(db.list_deployed_functions(prod.id).await.expect("a read").is_empty());
    let all = FunctionFilter { limit: 10, ..FunctionFilter::default() };
    assert_eq!(db.list_functions(prod.id, key, &all).await.expect("a read").total, 0);
    let event = FunctionEvent::PostConnectionCreation;
    assert!(db.list_event_functions(prod.id, key, event).await.expect("a read").is_empty());
    let endpoint = db.find_function_by_endpoint(prod.id, key, "GET", "/issues").await;
    assert_eq!(endpoint.expect("a read"), None);
    assert!(db.list_function_versions(prod.id, found.id).await.expect("a read").is_empty());
    let source = db.find_function_source(prod.id, github.id, &found.js_digest).await.expect("a read");
    assert_eq!(source, None);
    assert!(!db.set_function_enabled(prod.id, found.id, false).await.expect("an answer"));

    let foreign = deployment(vec![new_function(github.id, ACTION, "foreign")], 1);
    assert_eq!(deploy(&*db, prod.id, foreign).await, DeployFunctions::NoIntegration);
    let mut deletion = deployment(Vec::new(), 1);
    deletion.deleted = vec![found.id];
    deletion.redeployed = vec![found.id];
    assert_eq!(deploy(&*db, prod.id, deletion).await, DeployFunctions::Deployed);
    let still = db.find_functions(dev.id, key, name, None).await.expect("a read");
    assert_eq!(still, [found]);
}

pub async fn functions_and_sources_go_with_their_integration(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let (github, other) =
        (integration(&*db, env.id, "github").await, integration(&*db, env.id, "other").await);
    let gone = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    let kept = function(&*db, &other, new_function(other.id, SYNC, "f")).await;
    assert!(db.delete_integration(env.id, &github.key, at(1)).await.expect("a write"));
    assert!(all_is_gone(&*db, env.id, &gone).await);
    let again = integration(&*db, env.id, "github").await;
    let found = db.find_functions(env.id, &again.key, &gone.name, None).await.expect("a read");
    assert!(found.is_empty());
    let listed = db.list_deployed_functions(env.id).await.expect("a read");
    assert_eq!(listed.iter().map(|deployed| deployed.function.id).collect::<Vec<_>>(), [kept.id]);
}

pub async fn functions_sources_and_the_lock_go_with_their_environment(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let gone = function(&*db, &github, new_function(github.id, SYNC, "f")).await;
    let holder = uid().0;
    assert!(db.acquire_deploy_lock(env.id, holder, DEPLOY_LOCK).await.expect("a write"));
    assert!(db.delete_environment(env.account_id, env.id, at(1)).await.expect("a write"));
    assert!(all_is_gone(&*db, env.id, &gone).await);
    let late = db.deploy_functions(env.id, holder, deployment(Vec::new(), 2)).await.expect("an answer");
    assert_eq!(late, DeployFunctions::LockLost);
    assert!(!db.acquire_deploy_lock(env.id, uid().0, DEPLOY_LOCK).await.expect("an answer"));
}

async fn all_is_gone(db: &dyn Storage, environment: EnvironmentId, function: &Function) -> bool {
    let versions = db.list_function_versions(environment, function.id).await.expect("a read");
    let source = db.find_function_source(environment, function.integration_id, &function.js_digest).await;
    versions.is_empty() && source.expect("a read").is_none()
}

pub async fn a_thousand_functions_are_deployed_at_once(db: TestStorage) {
    let env = environment(&*db, "dev").await;
    let github = integration(&*db, env.id, "github").await;
    let new = |n: usize| {
        let endpoints = vec![endpoint("GET", &format!("/f{n}"))];
        let definition = FunctionDefinition { endpoints, ..FunctionDefinition::default() };
        NewFunction { definition, ..new_function(github.id, ACTION, &format!("f{n}")) }
    };
    let outcome = deploy(&*db, env.id, deployment((0..1_000).map(new).collect(), 0)).await;
    assert_eq!(outcome, DeployFunctions::Deployed);
    let listed = db.list_deployed_functions(env.id).await.expect("a read");
    assert_eq!(listed.len(), 1_000);
    for deployed in listed.into_iter().step_by(97) {
        let name = &deployed.function.name;
        let found = db.find_function_by_endpoint(env.id, &github.key, "GET", &format!("/{name}")).await;
        assert_eq!(found.expect("a read"), Some(deployed.function));
    }
}
