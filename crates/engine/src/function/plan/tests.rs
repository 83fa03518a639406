use bowline_domain::Timestamp;
use bowline_domain::function::FunctionDefinition;
use bowline_domain::id::{EnvironmentId, FunctionId, IntegrationId, ProviderName};

use super::*;

fn key(text: &str) -> IntegrationKey {
    IntegrationKey::parse(text).unwrap()
}

/// `github/issues` as a sync.
fn input(path: &str) -> FunctionInput {
    let (integration, name) = path.split_once('/').unwrap();
    FunctionInput {
        integration: key(integration),
        kind: FunctionKind::Sync,
        name: FunctionName::parse(name).unwrap(),
        event: None,
        version: None,
        js: "js".to_owned(),
        ts: "ts".to_owned(),
        definition: FunctionDefinition::default(),
    }
}

fn of_event(path: &str, event: FunctionEvent) -> FunctionInput {
    FunctionInput { kind: FunctionKind::OnEvent, event: Some(event), ..input(path) }
}

fn request(functions: Vec<FunctionInput>) -> DeployRequest {
    DeployRequest {
        functions,
        events: None,
        scope: DeployScope::Environment,
        reconcile: true,
        json_schema: None,
        sdk_version: None,
        source: FunctionSource::Repo,
    }
}

/// What was deployed from this input, as version `version`.
fn deployed(input: &FunctionInput, version: &str) -> DeployedFunction {
    let function = Function {
        id: FunctionId(1),
        environment_id: EnvironmentId(1),
        integration_id: IntegrationId(1),
        integration_key: input.integration.clone(),
        provider: ProviderName::parse("github").unwrap(),
        kind: input.kind,
        name: input.name.clone(),
        event: input.event,
        version: version.to_owned(),
        active: true,
        enabled: true,
        source: FunctionSource::Repo,
        sdk_version: None,
        js_digest: digest_of(&input.js),
        ts_digest: digest_of(&input.ts),
        definition: input.definition.clone(),
        created_at: Timestamp::default(),
        deployed_at: Timestamp::default(),
    };
    DeployedFunction { function, newest_version: version.to_owned() }
}

fn deleted(request: &DeployRequest, there: &[DeployedFunction]) -> Vec<String> {
    let plan = plan(request, there);
    plan.deleted.iter().map(|function| format!("{}/{}", function.integration_key, function.name)).collect()
}

#[test]
fn a_function_is_the_same_by_integration_kind_name_and_event() {
    let there = [deployed(&input("github/issues"), "1")];
    let action = FunctionInput { kind: FunctionKind::Action, ..input("github/issues") };
    let request = request(vec![input("github/issues"), action, input("slack/issues"), input("github/other")]);
    let plan = plan(&request, &there);
    let is_there: Vec<bool> = plan.steps.iter().map(|step| step.previous.is_some()).collect();
    assert_eq!(is_there, [true, false, false, false]);
}

#[test]
fn a_version_is_the_given_one_else_that_of_the_same_code_else_the_next() {
    let version = |input: &FunctionInput, there: Option<&DeployedFunction>| {
        Step { input, previous: there }.version().unwrap()
    };
    let old = input("github/issues");
    let named = FunctionInput { version: Some("7.1".to_owned()), ..old.clone() };
    let changed = FunctionInput { js: "new js".to_owned(), ..old.clone() };
    let retyped = FunctionInput { ts: "new ts".to_owned(), ..old.clone() };
    assert_eq!(version(&old, None), "1");
    assert_eq!(version(&of_event("github/setup", FunctionEvent::ValidateConnection), None), "0.0.1");
    let there = deployed(&old, "1.0.0");
    assert_eq!(version(&old, Some(&there)), "1.0.0");
    assert_eq!(version(&named, Some(&there)), "7.1");
    assert_eq!(version(&changed, Some(&there)), "1.0.1");
    assert_eq!(version(&retyped, Some(&there)), "1.0.1");
    // After a rollback the next version follows the newest, so that no two are called the same.
    let rolled_back = DeployedFunction { newest_version: "4".to_owned(), ..deployed(&old, "2") };
    assert_eq!(version(&old, Some(&rolled_back)), "2");
    assert_eq!(version(&changed, Some(&rolled_back)), "5");
    let odd = deployed(&old, "1.x");
    assert!(Step { input: &changed, previous: Some(&odd) }.version().is_err());
}

#[test]
fn only_what_is_equal_in_everything_changes_nothing() {
    let old = input("github/issues");
    let there = deployed(&old, "1");
    let same = |input: &FunctionInput, request: &DeployRequest, version: &str| {
        Step { input, previous: Some(&there) }.changes_nothing(request, version)
    };
    let plain = request(Vec::new());
    assert!(same(&old, &plain, "1"));
    assert!(!same(&old, &plain, "2"));
    assert!(!same(&FunctionInput { js: "new".to_owned(), ..old.clone() }, &plain, "1"));
    let mut slower = old.clone();
    slower.definition.runs = Some("every day".to_owned());
    assert!(!same(&slower, &plain, "1"));
    let newer = DeployRequest { sdk_version: Some("0.71.10-zero".to_owned()), ..plain.clone() };
    assert!(!same(&old, &newer, "1"));
    assert!(!Step { input: &old, previous: None }.changes_nothing(&plain, "1"));
}

#[test]
fn what_is_not_brought_goes_within_the_scope() {
    let there = [
        deployed(&input("github/kept"), "1"),
        deployed(&input("github/gone"), "1"),
        deployed(&input("slack/far"), "1"),
    ];
    let mut request = request(vec![input("github/kept")]);
    assert_eq!(deleted(&request, &there), ["github/gone", "slack/far"]);
    request.scope = DeployScope::Integration;
    assert_eq!(deleted(&request, &there), ["github/gone"]);
    request.scope = DeployScope::Function;
    assert!(deleted(&request, &there).is_empty());
    request.scope = DeployScope::Environment;
    request.functions.clear();
    assert!(deleted(&request, &there).is_empty());
}

#[test]
fn what_came_from_elsewhere_stays() {
    let mut alone = deployed(&input("github/alone"), "1");
    alone.function.source = FunctionSource::Standalone;
    let mut catalog = deployed(&input("github/catalog"), "1");
    catalog.function.source = FunctionSource::Catalog;
    assert!(deleted(&request(vec![input("github/kept")]), &[alone, catalog]).is_empty());
}

#[test]
fn functions_of_events_are_replaced_as_a_whole_where_they_are_spoken_of() {
    let (made, going) = (FunctionEvent::PostConnectionCreation, FunctionEvent::PreConnectionDeletion);
    let there = [
        deployed(&of_event("github/setup", made), "0.0.1"),
        deployed(&of_event("github/setup", going), "0.0.1"),
        deployed(&of_event("slack/setup", made), "0.0.1"),
    ];
    let mut request = request(vec![input("github/issues")]);
    assert!(deleted(&request, &there).is_empty());
    request.events = Some(vec![of_event("github/setup", going)]);
    let gone: Vec<_> = plan(&request, &there).deleted.into_iter().map(|function| function.event).collect();
    assert_eq!(
        (deleted(&request, &there), gone),
        (vec!["github/setup".to_owned(), "slack/setup".to_owned()], vec![Some(made), Some(made)],)
    );
    request.scope = DeployScope::Integration;
    assert_eq!(deleted(&request, &there), ["github/setup"]);
}

#[test]
fn models_that_a_sync_does_not_write_any_more_are_told() {
    let with = |models: &[&str]| {
        let mut input = input("github/issues");
        input.definition.models = models.iter().map(|model| (*model).to_owned()).collect();
        input
    };
    let there = deployed(&with(&["Issue", "Label", "User"]), "1");
    let now = with(&["Label"]);
    let step = Step { input: &now, previous: Some(&there) };
    assert_eq!(step.dropped_models().collect::<Vec<_>>(), ["Issue", "User"]);
    let action = FunctionInput { kind: FunctionKind::Action, ..with(&[]) };
    assert_eq!(Step { input: &action, previous: Some(&there) }.dropped_models().count(), 0);
}
