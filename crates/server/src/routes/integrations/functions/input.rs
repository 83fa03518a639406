//! Fields that several routes of functions read.

use bowline_domain::function::{FunctionEvent, FunctionKind};
use bowline_domain::id::{FunctionName, IntegrationKey};
use bowline_domain::text;
use bowline_engine::function::FunctionAddress;

use crate::error::ApiError;
use crate::extract::{Params, Query};
use crate::validate::Fields;

/// `uniqueKey` of the path.
pub(super) fn integration(params: &Params) -> Result<IntegrationKey, ApiError> {
    let mut fields = params.fields();
    let key = unique_key(&mut fields);
    fields.finish()?;
    Ok(key)
}

/// The function that the path names and whose kind, and perhaps event, the query tells.
pub(super) fn address(query: Query, params: &Params, kinds: &[&str]) -> Result<FunctionAddress, ApiError> {
    let mut fields = query.fields();
    let (kind, event) = kind_and_event(&mut fields, kinds);
    fields.finish()?;
    with_path(params, kind, event)
}

/// `type` and `event`
pub(super) fn kind_and_event(
    fields: &mut Fields,
    kinds: &[&str],
) -> (Option<FunctionKind>, Option<FunctionEvent>) {
    let kind = fields.optional_one_of("type", kinds).and_then(FunctionKind::parse);
    let event = fields.optional_one_of("event", FunctionEvent::NAMES).and_then(FunctionEvent::parse);
    (kind, event)
}

/// The function that the path names.
pub(super) fn with_path(
    params: &Params,
    kind: Option<FunctionKind>,
    event: Option<FunctionEvent>,
) -> Result<FunctionAddress, ApiError> {
    let mut fields = params.fields();
    let integration = unique_key(&mut fields);
    let name = FunctionName::from_stored(fields.required_text("name", text::check_function_name));
    fields.finish()?;
    Ok(FunctionAddress { integration, name, kind, event })
}

fn unique_key(fields: &mut Fields) -> IntegrationKey {
    IntegrationKey::from_stored(fields.required_text("uniqueKey", text::check_integration_key))
}
