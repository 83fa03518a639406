//! How calls to the provider's API are built, retried and tested (the wire key is `proxy`).

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::token::OneOrMany;

/// Everything the proxy needs besides the credentials.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiDefinition {
    /// Template of the base URL; `A || B` means B where A's first setting is absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub base_url: String,
    /// Header templates, in order; names as written.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, String>,
    /// Query parameter templates.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, String>,
    /// Values merged into request bodies.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub body: Map<String, Value>,
    /// When to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetryRules>,
    /// Pagination rules for the functions' `paginate`, as written.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub paginate: Map<String, Value>,
    /// The call that tells good credentials from bad ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// Response decoding is forced on.
    #[serde(skip_serializing_if = "is_false")]
    pub decompress: bool,
    /// All request headers are sent again when a redirect is followed.
    #[serde(skip_serializing_if = "is_false")]
    pub forward_headers_on_redirect: bool,
    /// Parameters that dashboards list; no effect on requests.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub connection_config: IndexMap<String, String>,
}

/// Which responses are worth another attempt, and how long to wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetryRules {
    /// Headers with the moment of the next attempt (epoch or date).
    #[serde(skip_serializing_if = "OneOrMany::is_empty")]
    pub at: OneOrMany,
    /// Headers with the seconds to wait.
    #[serde(skip_serializing_if = "OneOrMany::is_empty")]
    pub after: OneOrMany,
    /// Header that reads `0` when the quota is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<String>,
    /// Retryable statuses: `403`, `5xx` or `500-502`. Empty: the default list.
    #[serde(skip_serializing_if = "OneOrMany::is_empty")]
    pub error_code: OneOrMany,
    /// Where in an error body the waiting time stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_body: Option<RetryInBody>,
}

/// A waiting time inside an error body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryInBody {
    /// Dotted path of the text.
    pub path: String,
    /// Regular expression; its first group is the value.
    pub value: String,
    /// `at` or `after`, as for the headers.
    pub strategy: String,
}

/// A request that succeeds with good credentials only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verification {
    /// HTTP method; GET when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Endpoints tried in order; the first 2xx answer counts.
    pub endpoints: Vec<String>,
    /// Additional header templates.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, String>,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Base URL in place of the usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url_override: Option<String>,
}

/// Whether a flag has its default and is left out of the wire object.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(super) fn is_false(flag: &bool) -> bool {
    !*flag
}
