//! What a route asks of a key, as types: `Caller<scope::ConnectionsRead>` (spec §2.2 and §5).

/// What a route asks of a key.
pub trait Required: Send + Sync + 'static {
    /// One of these scopes must be granted; none means that a key of the plane is enough.
    const ANY_OF: &'static [&'static str];
    /// Whether a connect-session token is accepted too.
    const TAKES_SESSION: bool = false;
}

macro_rules! scopes {
    ($($(#[doc = $doc:literal])+ $name:ident = $($scope:literal)|*;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Required for $name {
            const ANY_OF: &'static [&'static str] = &[$($scope),*];
        }
    )+};
}

scopes! {
    /// Any key of an environment.
    AnyEnvironment = ;
    /// Lists integrations, with or without credentials.
    IntegrationsList = "environment:integrations:list" | "environment:integrations:list_credentials";
    /// Reads one integration, with or without credentials.
    IntegrationsRead = "environment:integrations:read" | "environment:integrations:read_credentials";
    /// Creates integrations.
    IntegrationsCreate = "environment:integrations:create";
    /// Changes integrations.
    IntegrationsUpdate = "environment:integrations:update";
    /// Deletes integrations.
    IntegrationsDelete = "environment:integrations:delete";
    /// Lists the functions of integrations.
    IntegrationsListFunctions = "environment:integrations:list_functions";
    /// Lists an integration's functions.
    FunctionsList = "environment:functions:list";
    /// Reads one function and its source.
    FunctionsRead = "environment:functions:read";
    /// Deletes functions.
    FunctionsDelete = "environment:functions:delete";
    /// Deploys functions, and goes back to earlier versions.
    Deploy = "environment:deploy";
    /// Lists connections.
    ConnectionsList = "environment:connections:list" | "environment:connections:list_credentials";
    /// Reads one connection, with or without credentials.
    ConnectionsRead = "environment:connections:read" | "environment:connections:read_credentials";
    /// Imports connections.
    ConnectionsCreate = "environment:connections:create";
    /// Changes connections and their metadata.
    ConnectionsUpdate = "environment:connections:update";
    /// Deletes connections.
    ConnectionsDelete = "environment:connections:delete";
    /// Opens connect sessions.
    ConnectSessionsWrite = "environment:connect_sessions:write";
    /// Calls providers through the proxy.
    Proxy = "environment:proxy";
    /// Runs actions and reads their results.
    ActionsExecute = "environment:actions:execute";
    /// Reads the environment's variables.
    VariablesRead = "environment:variables:read";
    /// Replaces the webhook signing key.
    WebhookSigningKeyRotate = "environment:webhook_signing_key:rotate";
    /// Lists environments.
    EnvironmentsList = "account:environments:list";
    /// Creates environments.
    EnvironmentsCreate = "account:environments:create";
    /// Deletes environments.
    EnvironmentsDelete = "account:environments:delete";
    /// Creates API keys.
    ApiKeysCreate = "account:environments:api_keys:create";
    /// Lists API keys.
    ApiKeysList = "account:environments:api_keys:list";
    /// Reads one API key with its secret.
    ApiKeysRead = "account:environments:api_keys:read";
    /// Deletes API keys.
    ApiKeysDelete = "account:environments:api_keys:delete";
}

/// As another requirement, and connect sessions are let in too.
#[derive(Debug, Clone, Copy)]
pub struct OrSession<S>(std::marker::PhantomData<S>);

impl<S: Required> Required for OrSession<S> {
    const ANY_OF: &'static [&'static str] = S::ANY_OF;
    const TAKES_SESSION: bool = true;
}
