//! What a function can ask for, one file per subject. Arguments and answers are JSON, as `runtime/js` has them.

mod checkpoint;
mod connection;
mod fetch;
mod functions;
mod http;
mod locks;

use bowline_runtime::{HostAnswer, HostCall, HostError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::host::RunScope;

/// Answers one call of a run.
pub(super) async fn answer(scope: &RunScope, call: HostCall) -> Result<HostAnswer, HostError> {
    let HostCall { operation, arguments, bytes } = call;
    let text = arguments.as_str();
    match operation.as_str() {
        "http" => http::send(scope, parse(text)?, bytes).await,
        "fetch" => fetch::send(scope, parse(text)?).await,
        "connection.get" => connection::get(scope, parse(text)?).await,
        "token.get" => connection::token(scope).await,
        "metadata.set" => connection::set_metadata(scope, parse(text)?).await,
        "metadata.update" => connection::update_metadata(scope, parse(text)?).await,
        "integration.get" => connection::integration(scope, parse(text)?).await,
        "environment.variables" => connection::variables(scope).await,
        "action.trigger" => functions::trigger_action(scope, parse(text)?).await,
        "lock.acquire" => locks::acquire(scope, parse(text)?).await,
        "lock.release" => locks::release(scope, parse(text)?).await,
        "lock.release_all" => locks::release_all(scope).await,
        "checkpoint.get" => checkpoint::get(scope).await,
        "checkpoint.save" => checkpoint::save(scope, parse(text)?).await,
        "checkpoint.clear" => checkpoint::clear(scope, parse(text)?).await,
        _ => Err(HostError::new("unknown_operation", format!("functions cannot ask for {operation:?} here"))),
    }
}

fn parse<A: DeserializeOwned>(arguments: &str) -> Result<A, HostError> {
    serde_json::from_str(arguments).map_err(|error| HostError::new("invalid_arguments", error.to_string()))
}

fn json(answer: &impl Serialize) -> Result<HostAnswer, HostError> {
    serde_json::to_string(answer).map(HostAnswer::json).map_err(internal)
}

/// A fault of this server: noted here, and told without its details.
fn internal(error: impl std::error::Error) -> HostError {
    tracing::error!(%error, "an operation of a function failed");
    HostError::new("server_error", "the server could not do this; its log says why")
}
