//! What is sent to deploy functions: the body that the official command sends, 0.71.10.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use bowline_bundler::{Entry, Kind};
use serde_json::{Map, Value, json};

use crate::error::hinted;
use crate::functions::build::{Function, artifact};

/// The style of code that the runtime is to expect; the version is that of the package whose interface it has.
const SDK_VERSION: &str = "0.71.10-zero";

/// What of a project is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// Everything. What the project does not hold any more is deleted.
    All,
    /// One integration. What the project does not hold of it any more is deleted.
    Integration(String),
    /// Functions of this kind and name, perhaps of one integration only. Nothing is deleted.
    Single {
        /// `Sync` or `Action`.
        kind: Kind,
        /// The function.
        name: String,
        /// Its integration, if one was named.
        integration: Option<String>,
    },
}

impl Chosen {
    /// Whether a function belongs to it. The kind of a function is known only once it is compiled, so that of its
    /// folder is taken.
    pub fn has(&self, entry: &Entry, kind: Option<Kind>) -> bool {
        match self {
            Self::All => true,
            Self::Integration(integration) => entry.integration == *integration,
            Self::Single { kind: wanted, name, integration } => {
                kind == Some(*wanted)
                    && entry.name == *name
                    && integration.as_ref().is_none_or(|integration| entry.integration == *integration)
            }
        }
    }

    fn mode(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Integration(_) => "integration",
            Self::Single { .. } => "single",
        }
    }

    fn named(&self) -> String {
        match self {
            Self::All => "the project".to_owned(),
            Self::Integration(integration) => format!("the integration `{integration}`"),
            Self::Single { kind, name, integration: None } => format!("the {} `{name}`", kind.as_str()),
            Self::Single { kind, name, integration: Some(integration) } => {
                format!("the {} `{name}` of `{integration}`", kind.as_str())
            }
        }
    }
}

/// The body of a deployment.
#[derive(Debug, Clone)]
pub struct Body(Map<String, Value>);

impl Body {
    /// Puts together what is chosen of compiled functions. `version` counts instead of the functions' own.
    ///
    /// # Errors
    /// When nothing is left to deploy, more than one function is meant, or a source cannot be read.
    pub fn new(functions: &[Function], chosen: &Chosen, version: Option<&str>) -> Result<Self> {
        let own: Vec<&Function> =
            functions.iter().filter(|function| chosen.has(&function.entry, function.bundle.kind)).collect();
        let flows = flows(&own, version)?;
        if flows.is_empty() {
            return Err(hinted(
                anyhow!("{} holds no syncs or actions to deploy", chosen.named()),
                "functions are deployed that index.ts lists; event scripts go along with a sync or an action",
            ));
        }
        if matches!(chosen, Chosen::Single { .. }) && flows.len() > 1 {
            bail!("{} is in more than one integration; name one with --integration", chosen.named());
        }
        let mut body = Map::new();
        body.insert("flowConfigs".into(), flows.into());
        if !matches!(chosen, Chosen::Single { .. }) {
            body.insert("onEventScriptsByProvider".into(), on_events(&own)?);
        }
        body.insert("deployMode".into(), chosen.mode().into());
        body.insert("debug".into(), false.into());
        body.insert("sdkVersion".into(), SDK_VERSION.into());
        Ok(Self(body))
    }

    /// As it is sent to learn what would change.
    pub fn for_preview(&self) -> Value {
        let mut body = self.0.clone();
        body.insert("reconcile".into(), false.into());
        body.into()
    }

    /// As it is sent to deploy.
    pub fn for_deployment(&self) -> Value {
        let mut body = self.0.clone();
        body.insert("reconcile".into(), true.into());
        body.insert("nangoYamlBody".into(), "".into());
        body.insert("source".into(), "repo".into());
        body.into()
    }
}

/// For each integration, in the order of the index, its syncs and then its actions.
fn flows(own: &[&Function], version: Option<&str>) -> Result<Vec<Value>> {
    let mut flows = Vec::new();
    for integration in integrations(own) {
        for kind in [Kind::Sync, Kind::Action] {
            for function in of(own, integration, kind) {
                let mut flow = if kind == Kind::Sync { sync(function)? } else { action(function)? };
                if let Some(version) = version {
                    flow["version"] = version.into();
                }
                flows.push(flow);
            }
        }
    }
    Ok(flows)
}

fn sync(function: &Function) -> Result<Value> {
    let described = artifact::sync(function);
    let mut flow = common(function, &described)?;
    for field in ["runs", "track_deletes", "auto_start", "sync_type", "endpoints"] {
        flow.insert(field.to_owned(), described[field].clone());
    }
    flow.insert("attributes".into(), json!({}));
    flow.insert("webhookSubscriptions".into(), described["webhookSubscriptions"].clone());
    Ok(flow.into())
}

fn action(function: &Function) -> Result<Value> {
    let described = artifact::action(function);
    let mut flow = common(function, &described)?;
    flow.insert("runs".into(), Value::Null);
    flow.insert("track_deletes".into(), false.into());
    let endpoint = &described["endpoint"];
    let endpoints: Vec<&Value> = if endpoint.is_null() { Vec::new() } else { vec![endpoint] };
    flow.insert("endpoints".into(), json!(endpoints));
    Ok(flow.into())
}

/// What syncs and actions have in common.
fn common(function: &Function, described: &Value) -> Result<Map<String, Value>> {
    let mut flow = Map::new();
    flow.insert("syncName".into(), described["name"].clone());
    flow.insert("providerConfigKey".into(), function.entry.integration.as_str().into());
    flow.insert("type".into(), described["type"].clone());
    flow.insert("models".into(), described["output"].clone());
    if !described["input"].is_null() {
        flow.insert("input".into(), described["input"].clone());
    }
    flow.insert("version".into(), described["version"].clone());
    let description = function.definition.description.as_deref().unwrap_or_default();
    flow.insert("metadata".into(), json!({ "description": description, "scopes": described["scopes"] }));
    flow.insert("fileBody".into(), file_body(function)?);
    flow.insert("models_json_schema".into(), described["json_schema"].clone());
    flow.insert("features".into(), described["features"].clone());
    Ok(flow)
}

fn on_events(own: &[&Function]) -> Result<Value> {
    let mut by_integration = Vec::new();
    for integration in integrations(own) {
        let mut scripts = Vec::new();
        for function in of(own, integration, Kind::OnEvent) {
            scripts.push(json!({
                "name": function.entry.name,
                "fileBody": file_body(function)?,
                "event": function.definition.event,
            }));
        }
        if !scripts.is_empty() {
            by_integration.push(json!({ "providerConfigKey": integration, "scripts": scripts }));
        }
    }
    Ok(by_integration.into())
}

/// The bundle, and the file that the function stands in, which people read.
fn file_body(function: &Function) -> Result<Value> {
    let path: &Path = &function.entry.path;
    let source = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(json!({ "js": function.bundle.js, "ts": source }))
}

fn integrations<'a>(own: &[&'a Function]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for function in own {
        if !names.contains(&function.entry.integration.as_str()) {
            names.push(&function.entry.integration);
        }
    }
    names
}

fn of<'a>(own: &[&'a Function], integration: &str, kind: Kind) -> Vec<&'a Function> {
    let is_wanted = |function: &&&Function| {
        function.entry.integration == integration && function.bundle.kind == Some(kind)
    };
    own.iter().filter(is_wanted).copied().collect()
}
