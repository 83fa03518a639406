//! What a deployment does, by comparison of what it brings with what is there (spec `deploy.md` §4.1, §6). Pure.

use std::collections::{HashMap, HashSet};

use bowline_domain::function::{
    Function, FunctionEvent, FunctionKind, FunctionSource, VersionProblem, first_version, next_version,
};
use bowline_domain::id::{FunctionName, IntegrationKey};
use bowline_domain::storage::DeployedFunction;

use super::request::{DeployRequest, DeployScope, FunctionInput};
use super::source::digest_of;

type Address<'a> = (&'a IntegrationKey, FunctionKind, &'a FunctionName, Option<FunctionEvent>);

/// What a deployment does.
pub struct Plan<'a> {
    /// What it brings, in its order: functions first, then those of events.
    pub steps: Vec<Step<'a>>,
    /// What goes, because the deployment speaks for it and does not bring it.
    pub deleted: Vec<&'a Function>,
}

/// A function that is brought, and what it takes the place of.
pub struct Step<'a> {
    /// As it is brought.
    pub input: &'a FunctionInput,
    /// As it is now.
    pub previous: Option<&'a DeployedFunction>,
}

/// Compares a request with all active functions of the environment.
pub fn plan<'a>(request: &'a DeployRequest, deployed: &'a [DeployedFunction]) -> Plan<'a> {
    let by_address: HashMap<Address, &DeployedFunction> =
        deployed.iter().map(|deployed| (address_of(&deployed.function), deployed)).collect();
    let inputs = request.functions.iter().chain(request.events.iter().flatten());
    let steps: Vec<Step> = inputs
        .map(|input| Step { input, previous: by_address.get(&input_address(input)).copied() })
        .collect();
    let brought: HashSet<Address> = steps.iter().map(|step| input_address(step.input)).collect();
    let functions = deployed.iter().map(|deployed| &deployed.function);
    let deleted = functions
        .filter(|function| speaks_for(request, function) && !brought.contains(&address_of(function)))
        .collect();
    Plan { steps, deleted }
}

fn address_of(function: &Function) -> Address<'_> {
    (&function.integration_key, function.kind, &function.name, function.event)
}

fn input_address(input: &FunctionInput) -> Address<'_> {
    (&input.integration, input.kind, &input.name, input.event)
}

/// Whether a function that the request does not bring is to go. A request without functions of events leaves those
/// alone, and one without any function leaves everything alone.
fn speaks_for(request: &DeployRequest, function: &Function) -> bool {
    let Some(first) = request.functions.first() else { return false };
    let is_in_scope = match request.scope {
        DeployScope::Environment => true,
        DeployScope::Integration => function.integration_key == first.integration,
        DeployScope::Function => false,
    };
    let is_its_kind = function.kind != FunctionKind::OnEvent || request.events.is_some();
    is_in_scope && is_its_kind && function.source == FunctionSource::Repo
}

impl Step<'_> {
    /// The version it gets: the one it names; else that of the same code; else the one after the newest.
    pub fn version(&self) -> Result<String, VersionProblem> {
        match (&self.input.version, self.previous) {
            (Some(version), _) => Ok(version.clone()),
            (None, None) => Ok(first_version(self.input.kind).to_owned()),
            (None, Some(previous)) if self.is_same_code() => Ok(previous.function.version.clone()),
            (None, Some(previous)) => next_version(&previous.newest_version),
        }
    }

    /// Whether what is there is all that would be written with this version.
    pub fn changes_nothing(&self, request: &DeployRequest, version: &str) -> bool {
        self.is_same_code()
            && self.previous.is_some_and(|DeployedFunction { function, .. }| {
                function.version == version
                    && function.definition == self.input.definition
                    && function.sdk_version == request.sdk_version
                    && function.source == request.source
            })
    }

    fn is_same_code(&self) -> bool {
        self.previous.is_some_and(|DeployedFunction { function, .. }| {
            function.js_digest == digest_of(&self.input.js) && function.ts_digest == digest_of(&self.input.ts)
        })
    }

    /// The models that a sync wrote until now and does not write any more.
    pub fn dropped_models(&self) -> impl Iterator<Item = &str> {
        let kept = &self.input.definition.models;
        let is_sync = self.input.kind == FunctionKind::Sync;
        let before = self.previous.filter(|_| is_sync).map(|previous| &previous.function.definition.models);
        before.into_iter().flatten().filter(|model| !kept.contains(model)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
