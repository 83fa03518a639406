//! The body of a deployment, which its confirmation sends too.

use std::collections::HashSet;

use bowline_api::error::ErrorCode;
use bowline_domain::frequency::{FrequencyProblem, parse_frequency};
use bowline_domain::function::FunctionSource;
use bowline_engine::function::{DeployRequest, DeployScope, FunctionInput};

use super::flow::{event_function, flow, integration};
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::validate::{Fields, Refusal};

/// Fields in which null means absent.
const NULLABLE: [&str; 7] = [
    "deployMode",
    "jsonSchema",
    "onEventScriptsByProvider",
    "postConnectionScriptsByProvider",
    "reconcile",
    "sdkVersion",
    "source",
];

/// Reads the body. What is not known here was added by a newer client, and passes.
pub(super) fn deploy_request(body: JsonBody) -> Result<DeployRequest, ApiError> {
    let mut fields = body.fields().lenient();
    fields.drop_null(&NULLABLE);
    let functions = fields.required_objects("flowConfigs", flow);
    let events = events(&mut fields);
    refuse_twins(&mut fields, functions.iter().chain(events.iter().flatten()));
    let request = DeployRequest {
        functions,
        events,
        scope: scope(&mut fields),
        reconcile: fields.optional_bool("reconcile").unwrap_or(false),
        json_schema: fields.optional_json_object("jsonSchema"),
        sdk_version: fields.optional_text("sdkVersion", check_sdk_version),
        source: match fields.optional_one_of("source", &["repo", "standalone"]) {
            Some("standalone") => FunctionSource::Standalone,
            _ => FunctionSource::Repo,
        },
    };
    fields.finish()?;
    request.functions.iter().try_for_each(check_frequency)?;
    Ok(request)
}

/// Functions of events, in the present form and in that of old clients; `None` when neither is there.
fn events(fields: &mut Fields) -> Option<Vec<FunctionInput>> {
    let present = fields.optional_objects("onEventScriptsByProvider", |group| of_integration(group, true));
    let old =
        fields.optional_objects("postConnectionScriptsByProvider", |group| of_integration(group, false));
    if present.is_none() && old.is_none() {
        return None;
    }
    Some(present.into_iter().chain(old).flatten().flatten().collect())
}

fn of_integration(group: &mut Fields, has_event: bool) -> Vec<FunctionInput> {
    let key = integration(group);
    group.required_objects("scripts", |script| event_function(script, &key, has_event))
}

fn scope(fields: &mut Fields) -> DeployScope {
    let is_single = fields.optional_bool("singleDeployMode").unwrap_or(false);
    match fields.optional_one_of("deployMode", &["all", "single", "integration"]) {
        Some("single") => DeployScope::Function,
        Some("integration") => DeployScope::Integration,
        None if is_single => DeployScope::Function,
        _ => DeployScope::Environment,
    }
}

/// Two functions of one name, kind and event would be two versions at once.
fn refuse_twins<'a>(fields: &mut Fields, inputs: impl Iterator<Item = &'a FunctionInput>) {
    let mut seen = HashSet::new();
    for input in inputs {
        if !seen.insert((&input.integration, input.kind, &input.name, input.event)) {
            let name = format!("The {} {}/{} is there twice", input.kind, input.integration, input.name);
            fields.refuse(&["flowConfigs"], Refusal::custom(name));
        }
    }
}

/// Holds three numbers and how the function was written: `0.71.10-zero`, `0.60.0-yaml`.
fn check_sdk_version(text: &str) -> Result<(), Refusal> {
    let is_release = |before: &str| {
        let core = before.rsplit(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default();
        core.split('.').filter(|part| !part.is_empty()).count() >= 3
    };
    let marks = ["-zero", "-yaml"].into_iter().filter_map(|mark| text.find(mark));
    if marks.map(|at| &text[..at]).any(is_release) {
        Ok(())
    } else {
        Err(Refusal::format("Invalid string: must match pattern /[0-9]+.[0-9]+.[0-9]+-(zero|yaml)/"))
    }
}

fn check_frequency(input: &FunctionInput) -> Result<(), ApiError> {
    let Some(runs) = &input.definition.runs else { return Ok(()) };
    let Err(problem) = parse_frequency(runs) else { return Ok(()) };
    let code = match problem {
        FrequencyProblem::TooShort => ErrorCode::SyncIntervalTooShort,
        FrequencyProblem::BadFormat | FrequencyProblem::Unreadable => ErrorCode::SyncIntervalInvalid,
    };
    Err(ApiError::with_message(code, format!("{}: {problem}", input.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sdk_version_has_three_numbers_and_a_form() {
        for text in ["0.71.10-zero", "0.60.0-yaml", "1.2.3-zero-beta"] {
            assert!(check_sdk_version(text).is_ok(), "{text}");
        }
        for text in ["", "0.71.10", "0.71-zero", "zero", "0.71.10-other", "..-zero"] {
            assert!(check_sdk_version(text).is_err(), "{text}");
        }
    }
}
