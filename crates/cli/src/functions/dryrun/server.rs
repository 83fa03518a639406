//! Calls of a function to the server itself.

use bowline_engine::outbound::{BufferedResponse, OutboundError};
use bowline_runtime::HostError;
use serde_json::Value;
use url::form_urlencoded;

use super::proxy::ProxyRequest;
use crate::api_client::{ApiClient, ApiError};

/// The server, with errors as functions see them.
pub struct Server(pub ApiClient);

impl Server {
    /// Sends a request to the provider, whose answer it gives whatever its status.
    pub async fn proxy(&self, request: ProxyRequest) -> Result<BufferedResponse, HostError> {
        let ProxyRequest { method, path, headers, body } = request;
        let sent = self.0.send_raw(method, &path, headers, body).await;
        sent.map_err(|error| unreachable_server(&error))
    }

    /// Reads from the API.
    pub async fn read(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, HostError> {
        self.ask("GET", &with_query(path, query), &[], None).await
    }

    /// Makes any call to the API.
    pub async fn ask(
        &self,
        verb: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, HostError> {
        let body = body.map(Value::to_string);
        self.0.json(verb, path, headers, body.as_deref()).await.map_err(|error| {
            match error.chain().find_map(|cause| cause.downcast_ref::<ApiError>()) {
                Some(refusal) => refused(refusal),
                None => unreachable_server(&error),
            }
        })
    }
}

/// A text as one segment of a path.
pub fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// A path with a query, where there is one.
pub fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish())
}

fn refused(error: &ApiError) -> HostError {
    let code = error.code.clone().unwrap_or_else(|| "server_error".to_owned());
    HostError::new(code, error.to_string())
}

fn unreachable_server(error: &anyhow::Error) -> HostError {
    let timed_out = error
        .chain()
        .any(|cause| matches!(cause.downcast_ref::<OutboundError>(), Some(OutboundError::Timeout(_))));
    let code = if timed_out { "ETIMEDOUT" } else { "ECONNREFUSED" };
    HostError { network: true, ..HostError::new(code, format!("{error:#}")) }
}
