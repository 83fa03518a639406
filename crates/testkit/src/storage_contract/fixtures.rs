//! Rows to start from; each function writes or builds one plain, valid thing.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::api_key::{ApiKey, KeyDigest, NewApiKey};
use bowline_domain::connection::{
    Connection, ConnectionContent, ConnectionFilter, EndUser, NewConnection, Organization,
};
use bowline_domain::environment::{Account, Environment, EnvironmentSettings, NewEnvironment};
use bowline_domain::function::{
    Function, FunctionDefinition, FunctionEvent, FunctionKind, FunctionSource, SourceDigest,
};
use bowline_domain::id::{
    AccountId, ConnectionKey, EnvironmentId, EnvironmentName, FunctionName, IntegrationId, IntegrationKey,
    ProviderName, RowUid, TaskId,
};
use bowline_domain::integration::{Integration, IntegrationPatch, NewIntegration};
use bowline_domain::metadata::Metadata;
use bowline_domain::scope::ScopeSet;
use bowline_domain::storage::{
    CreateApiKey, CreateConnection, CreateEnvironment, CreateIntegration, CreateTask, DeployFunctions,
    Deployment, NewFunction, NewSource, Storage,
};
use bowline_domain::tags::Tags;
use bowline_domain::task::{ClaimedTask, LostLease, NewTask, RetriesMax, Task, TaskKind};
use bowline_domain::{SealedBytes, Timestamp};
use uuid::Uuid;

/// A fixed moment and `seconds` after it.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_750_000_000_123_456 + seconds * 1_000_000)
}

/// A fresh row id.
pub fn uid() -> RowUid {
    RowUid(Uuid::new_v4())
}

/// A stand-in for a ciphertext.
pub fn sealed(text: &str) -> SealedBytes {
    SealedBytes(text.as_bytes().to_vec())
}

/// A digest no other key has.
pub fn digest() -> KeyDigest {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    KeyDigest(bytes)
}

/// An integration's key.
pub fn integration_key(text: &str) -> IntegrationKey {
    IntegrationKey::parse(text).expect("a valid integration key")
}

/// A connection's key.
pub fn connection_key(text: &str) -> ConnectionKey {
    ConnectionKey::parse(text).expect("a valid connection key")
}

/// A metadata object from its JSON text.
pub fn metadata(json: &str) -> Metadata {
    serde_json::from_str(json).expect("a JSON object")
}

/// Tags from pairs.
pub fn tags(pairs: &[(&str, &str)]) -> Tags {
    Tags::parse(pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned()))).expect("valid tags")
}

/// An end user with every field filled.
pub fn end_user(id: &str) -> EndUser {
    EndUser {
        id: id.to_owned(),
        email: Some(format!("{id}@example.com")),
        display_name: Some(format!("Name of {id}")),
        tags: Some([("plan".to_owned(), "pro".to_owned())].into()),
        organization: Some(Organization { id: format!("org-{id}"), display_name: Some("Org".to_owned()) }),
    }
}

/// The default account.
pub async fn account(db: &dyn Storage) -> Account {
    db.ensure_default_account(Uuid::new_v4(), "default", at(0)).await.expect("an account")
}

/// An environment to be written.
pub fn new_environment(account: AccountId, name: &str) -> NewEnvironment {
    NewEnvironment {
        uuid: Uuid::new_v4(),
        account_id: account,
        name: EnvironmentName::parse(name).expect("a valid name"),
        is_production: false,
        public_key: Uuid::new_v4(),
        settings: EnvironmentSettings::default(),
        secrets: sealed("environment secrets"),
        api_keys: Vec::new(),
        created_at: at(0),
    }
}

/// Writes an environment of the default account.
pub async fn environment(db: &dyn Storage, name: &str) -> Environment {
    let account = account(db).await;
    created_environment(db.create_environment(new_environment(account.id, name)).await.expect("a write"))
}

/// The environment that was written.
pub fn created_environment(outcome: CreateEnvironment) -> Environment {
    match outcome {
        CreateEnvironment::Created(environment) => environment,
        CreateEnvironment::Taken => panic!("the environment was refused"),
    }
}

/// An API key to be written.
pub fn new_api_key(account: AccountId, environment: Option<EnvironmentId>, name: &str) -> NewApiKey {
    NewApiKey {
        uid: uid(),
        account_id: account,
        environment_id: environment,
        display_name: name.to_owned(),
        scopes: ScopeSet::environment_all(),
        digest: digest(),
        secret: sealed("key text"),
        created_at: at(0),
    }
}

/// The key that was written.
pub fn created_api_key(outcome: CreateApiKey) -> ApiKey {
    match outcome {
        CreateApiKey::Created(key) => key,
        other => panic!("the key was refused: {other:?}"),
    }
}

/// An integration to be written.
pub fn new_integration(key: &str) -> NewIntegration {
    NewIntegration {
        uid: uid(),
        key: integration_key(key),
        provider: ProviderName::parse("github").expect("a valid provider name"),
        display_name: None,
        credentials: sealed("application credentials"),
        forward_webhooks: true,
        created_at: at(0),
    }
}

/// Writes an integration.
pub async fn integration(db: &dyn Storage, environment: EnvironmentId, key: &str) -> Integration {
    created_integration(db.create_integration(environment, new_integration(key)).await.expect("a write"))
}

/// The integration that was written.
pub fn created_integration(outcome: CreateIntegration) -> Integration {
    match outcome {
        CreateIntegration::Created(integration) => integration,
        CreateIntegration::KeyTaken => panic!("the integration was refused"),
    }
}

/// A patch that changes nothing but the version.
pub fn integration_patch(expected_version: i64) -> IntegrationPatch {
    IntegrationPatch {
        expected_version,
        key: None,
        provider: None,
        display_name: None,
        credentials: None,
        forward_webhooks: None,
        updated_at: at(100),
    }
}

/// A connection's content with only what must be there.
pub fn content() -> ConnectionContent {
    ConnectionContent {
        credentials: sealed("credentials"),
        credentials_expire_at: None,
        config: sealed("config"),
        metadata: None,
        tags: Tags::default(),
        end_user: None,
        webhook_url_override: None,
        last_fetched_at: None,
    }
}

/// A connection to be written.
pub fn new_connection(integration: IntegrationId, key: &str) -> NewConnection {
    NewConnection {
        uid: uid(),
        integration_id: integration,
        key: connection_key(key),
        content: content(),
        created_at: at(0),
    }
}

/// Writes a connection of the integration.
pub async fn connection(db: &dyn Storage, integration: &Integration, key: &str) -> Arc<Connection> {
    connection_from(db, integration, new_connection(integration.id, key)).await
}

/// Writes this connection.
pub async fn connection_from(
    db: &dyn Storage,
    integration: &Integration,
    new: NewConnection,
) -> Arc<Connection> {
    created_connection(db.create_connection(integration.environment_id, new).await.expect("a write"))
}

/// The connection that was written.
pub fn created_connection(outcome: CreateConnection) -> Arc<Connection> {
    match outcome {
        CreateConnection::Created(connection) => connection,
        other => panic!("the connection was refused: {other:?}"),
    }
}

/// The connection as storage has it now, by number; it must be there.
pub async fn stored(db: &dyn Storage, connection: &Connection) -> Arc<Connection> {
    db.find_connection_by_id(connection.environment_id, connection.id)
        .await
        .expect("a read")
        .expect("it is there")
}

/// A filter that lets everything through.
pub fn any_connection() -> ConnectionFilter {
    ConnectionFilter { limit: 1_000, ..ConnectionFilter::default() }
}

/// How long tests hold the lock of deployments.
pub const DEPLOY_LOCK: Duration = Duration::from_secs(600);

/// A function's name.
pub fn function_name(text: &str) -> FunctionName {
    FunctionName::parse(text).expect("a valid function name")
}

/// A digest that stands for a text of its own.
pub fn source_digest(text: &str) -> SourceDigest {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    SourceDigest(bytes)
}

/// A function to be deployed, of version 1, with sources `js of NAME` and `ts of NAME`.
pub fn new_function(integration: IntegrationId, kind: FunctionKind, name: &str) -> NewFunction {
    NewFunction {
        integration_id: integration,
        kind,
        name: function_name(name),
        event: (kind == FunctionKind::OnEvent).then_some(FunctionEvent::PostConnectionCreation),
        replaces: None,
        version: "1".to_owned(),
        source: FunctionSource::Repo,
        sdk_version: None,
        js_digest: source_digest(&format!("js of {name}")),
        ts_digest: source_digest(&format!("ts of {name}")),
        definition: FunctionDefinition::default(),
    }
}

/// A deployment of these functions with their sources, at `seconds`.
pub fn deployment(functions: Vec<NewFunction>, seconds: i64) -> Deployment {
    let sources_of = |new: &NewFunction| {
        [new.js_digest, new.ts_digest].map(|digest| NewSource {
            integration_id: new.integration_id,
            digest,
            deflated: digest.0.to_vec(),
        })
    };
    let sources = functions.iter().flat_map(sources_of).collect();
    Deployment { functions, sources, redeployed: Vec::new(), deleted: Vec::new(), at: at(seconds) }
}

/// Deploys under a lock of its own.
pub async fn deploy(db: &dyn Storage, environment: EnvironmentId, deployment: Deployment) -> DeployFunctions {
    let holder = Uuid::new_v4();
    assert!(db.acquire_deploy_lock(environment, holder, DEPLOY_LOCK).await.expect("an answer"));
    let outcome = db.deploy_functions(environment, holder, deployment).await.expect("an answer");
    db.release_deploy_lock(environment, holder).await.expect("a write");
    outcome
}

/// Deploys one function that must be accepted; as it is stored.
pub async fn function(db: &dyn Storage, integration: &Integration, new: NewFunction) -> Function {
    let (name, kind, event) = (new.name.clone(), new.kind, new.event);
    let outcome = deploy(db, integration.environment_id, deployment(vec![new], 0)).await;
    assert_eq!(outcome, DeployFunctions::Deployed);
    let found = db.find_functions(integration.environment_id, &integration.key, &name, Some(kind)).await;
    let found = found.expect("a read").into_iter().find(|found| found.event == event);
    found.expect("it is there")
}

/// How long tests hold a task.
pub const TASK_LEASE: Duration = Duration::from_secs(300);

/// How many tasks of a kind may wait, where that does not matter.
pub const MANY_TASKS: u32 = 1_000;

/// An environment of this name with one integration and one connection.
pub async fn connected(db: &dyn Storage, name: &str) -> Arc<Connection> {
    let env = environment(db, name).await;
    let github = integration(db, env.id, "github").await;
    connection(db, &github, "c").await
}

/// A task to be written, made at `seconds`, with an hour to start, without retries, and with its name as its payload.
pub fn new_task(of: &Connection, kind: TaskKind, name: &str, seconds: i64) -> NewTask {
    NewTask {
        id: TaskId(Uuid::new_v4()),
        kind,
        name: function_name(name),
        integration_id: of.integration_id,
        connection_id: of.id,
        payload: sealed(name),
        retries_max: RetriesMax::NONE,
        lost_lease: LostLease::Fail,
        start_by: at(seconds + 3_600),
        created_at: at(seconds),
    }
}

/// Writes this task, which must be accepted; its id.
pub async fn task_from(db: &dyn Storage, of: &Connection, new: NewTask) -> TaskId {
    let id = new.id;
    let outcome = db.create_task(of.environment_id, new, MANY_TASKS).await.expect("a write");
    assert_eq!(outcome, CreateTask::Created);
    id
}

/// Writes a task.
pub async fn task(db: &dyn Storage, of: &Connection, kind: TaskKind, name: &str, seconds: i64) -> TaskId {
    task_from(db, of, new_task(of, kind, name, seconds)).await
}

/// Claims a task of any kind at `seconds`.
pub async fn claim(db: &dyn Storage, seconds: i64) -> Option<ClaimedTask> {
    claim_of(db, TaskKind::ALL, seconds).await
}

/// Claims a task of these kinds at `seconds`.
pub async fn claim_of(db: &dyn Storage, kinds: &[TaskKind], seconds: i64) -> Option<ClaimedTask> {
    db.claim_task(kinds, Uuid::new_v4(), at(seconds), TASK_LEASE).await.expect("an answer")
}

/// The task as storage has it now; it must be there.
pub async fn stored_task(db: &dyn Storage, of: &Connection, id: TaskId) -> Task {
    db.find_task(of.environment_id, id).await.expect("a read").expect("it is there")
}
