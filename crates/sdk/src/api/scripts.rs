//! What is deployed, in one list, and the environment's variables.

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::{Call, Data, endpoint};
use crate::client::Bowline;
use crate::http::path::Path;
use crate::ids::{FunctionName, IntegrationKey};
use crate::secret::Secret;

/// The functions of one integration.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ScriptsConfig {
    /// The integration.
    #[serde(rename = "providerConfigKey")]
    pub provider_config_key: IntegrationKey,
    /// Its provider's name.
    #[serde(default)]
    pub provider: String,
    /// Its syncs.
    #[serde(default)]
    pub syncs: Vec<Script>,
    /// Its actions.
    #[serde(default)]
    pub actions: Vec<Script>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A sync or an action.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Script {
    /// Its name.
    pub name: FunctionName,
    /// `sync` or `action`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Models that it writes or returns.
    #[serde(default)]
    pub returns: Vec<String>,
    /// How often it runs.
    pub runs: Option<String>,
    /// Whether it starts with the connection.
    pub auto_start: Option<bool>,
    /// Its version.
    pub version: Option<String>,
    /// When it was deployed, ISO 8601.
    pub last_deployed: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A function as language models take it.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct FunctionTool {
    /// Its name.
    pub name: String,
    /// What it does.
    #[serde(default)]
    pub description: String,
    /// JSON Schema of its input.
    #[serde(default)]
    pub parameters: Value,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A variable of the environment.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
}

/// A list, or an empty one where there is none: an older server answers `[]` in either format, or null.
#[derive(Deserialize)]
#[serde(untagged, bound = "T: serde::de::DeserializeOwned")]
#[doc(hidden)]
pub enum ListOrNothing<T> {
    Wrapped(Data<Vec<T>>),
    Bare(Vec<T>),
    Nothing(()),
}

impl<T> ListOrNothing<T> {
    fn into_list(self) -> Vec<T> {
        match self {
            Self::Wrapped(wrapped) => wrapped.data,
            Self::Bare(list) => list,
            Self::Nothing(()) => Vec::new(),
        }
    }
}

endpoint!(
    /// [`Bowline::get_scripts_config`]
    GetScriptsConfig: Vec<ScriptsConfig>
);
endpoint!(
    /// [`Bowline::get_function_tools`]
    GetFunctionTools: ListOrNothing<FunctionTool> => Vec<FunctionTool>, |wire| Ok(wire.into_list())
);
endpoint!(
    /// [`Bowline::get_environment_variables`]
    GetEnvironmentVariables: ListOrNothing<EnvironmentVariable> => Vec<EnvironmentVariable>, |wire| Ok(wire.into_list())
);

impl Bowline {
    /// What is deployed, by integration. `GET /scripts/config`
    pub fn get_scripts_config(&self) -> Call<GetScriptsConfig> {
        Call::new(self, Method::GET, Ok(Path::fixed("/scripts/config"))).query("format", "nango")
    }

    /// What is deployed, as tools for a language model. `GET /scripts/config?format=openai`
    pub fn get_function_tools(&self) -> Call<GetFunctionTools> {
        Call::new(self, Method::GET, Ok(Path::fixed("/scripts/config"))).query("format", "openai")
    }

    /// The environment's variables. `GET /environment-variables`
    pub fn get_environment_variables(&self) -> Call<GetEnvironmentVariables> {
        Call::new(self, Method::GET, Ok(Path::fixed("/environment-variables")))
    }
}
