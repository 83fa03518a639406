//! Deployed functions of an integration.

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::integrations::integration_path;
use crate::call::{Call, Data, at_least_one, endpoint};
use crate::client::Bowline;
use crate::http::path::Path;
use crate::ids::{FunctionName, IntegrationKey};

/// What kind a function is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FunctionKind {
    /// Runs on a schedule and writes records.
    Sync,
    /// Runs when it is called.
    Action,
    /// Runs when something happens to a connection.
    OnEvent,
}

impl FunctionKind {
    /// The kind on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Action => "action",
            Self::OnEvent => "on-event",
        }
    }
}

/// A deployed function.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Function {
    /// Its name.
    pub name: FunctionName,
    /// `sync`, `action` or `on-event`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it does.
    pub description: Option<String>,
    /// Whether it may run.
    pub enabled: Option<bool>,
    /// When it was deployed, ISO 8601.
    pub last_deployed: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A page of functions.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct FunctionPage {
    /// The functions.
    pub data: Vec<Function>,
    /// Where in the whole list they stand.
    pub pagination: Pagination,
}

/// Where a page stands.
#[derive(Debug, Clone, Copy, Deserialize)]
#[non_exhaustive]
pub struct Pagination {
    /// How many there are in all.
    pub total: u64,
    /// Which page this is, from 0.
    pub page: u64,
    /// How many a page has at most.
    pub limit: u64,
}

/// A function's source.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct FunctionCode {
    /// `sync`, `action` or `on-event`.
    #[serde(rename = "type")]
    pub kind: String,
    /// TypeScript.
    pub code: String,
}

/// `{"success": …}`
#[derive(Debug, Clone, Copy, Deserialize)]
#[doc(hidden)]
pub struct Success {
    success: bool,
}

endpoint!(
    /// [`Bowline::list_functions`]
    ListFunctions: FunctionPage
);
endpoint!(
    /// [`Bowline::get_function`]
    GetFunction: data Function
);
endpoint!(
    /// [`Bowline::get_function_code`]
    GetFunctionCode: FunctionCode
);
endpoint!(
    /// [`Bowline::delete_function`]
    DeleteFunction: Data<Success> => bool, |wire| Ok(wire.data.success)
);

impl Bowline {
    /// The functions of an integration. `GET /integrations/{key}/functions`
    pub fn list_functions(&self, integration: impl Into<IntegrationKey>) -> Call<ListFunctions> {
        Call::new(self, Method::GET, functions_path(&integration.into()))
    }

    /// One function. `GET /integrations/{key}/functions/{name}`
    ///
    /// Where two of different kinds have that name, say which with [`kind`](Call::kind), else the server answers
    /// `ambiguous_function`.
    pub fn get_function(
        &self,
        integration: impl Into<IntegrationKey>,
        name: impl Into<FunctionName>,
    ) -> Call<GetFunction> {
        Call::new(self, Method::GET, function_path(&integration.into(), &name.into()))
    }

    /// A function's source. `GET /integrations/{key}/functions/{name}/code`
    pub fn get_function_code(
        &self,
        integration: impl Into<IntegrationKey>,
        name: impl Into<FunctionName>,
    ) -> Call<GetFunctionCode> {
        let path = function_path(&integration.into(), &name.into()).map(|path| path.then("/code"));
        Call::new(self, Method::GET, path)
    }

    /// Deletes a sync or an action. `DELETE /integrations/{key}/functions/{name}`
    pub fn delete_function(
        &self,
        integration: impl Into<IntegrationKey>,
        name: impl Into<FunctionName>,
        kind: FunctionKind,
    ) -> Call<DeleteFunction> {
        Call::new(self, Method::DELETE, function_path(&integration.into(), &name.into()))
            .query("type", kind.as_str())
    }
}

fn functions_path(integration: &IntegrationKey) -> crate::Result<Path> {
    integration_path(integration).map(|path| path.then("/functions"))
}

fn function_path(integration: &IntegrationKey, name: &FunctionName) -> crate::Result<Path> {
    functions_path(integration)?.segment("function", name.as_str())
}

impl Call<ListFunctions> {
    /// Only functions of this kind.
    pub fn kind(self, kind: FunctionKind) -> Self {
        self.query("type", kind.as_str())
    }

    /// Only functions whose name contains this text.
    pub fn search(self, text: &str) -> Self {
        self.query("search", text)
    }

    /// Which page, from 0.
    pub fn page(self, page: u32) -> Self {
        self.query("page", page)
    }

    /// At most this many; up to 100.
    pub fn limit(self, limit: u32) -> Self {
        self.with(|request| {
            request.query("limit", at_least_one("limit", limit)?);
            Ok(())
        })
    }
}

impl Call<GetFunction> {
    /// Which one, where several have the name.
    pub fn kind(self, kind: FunctionKind) -> Self {
        self.query("type", kind.as_str())
    }
}

impl Call<GetFunctionCode> {
    /// Which one, where several have the name.
    pub fn kind(self, kind: FunctionKind) -> Self {
        self.query("type", kind.as_str())
    }
}
