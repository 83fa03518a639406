//! Fields that several routes of connections read.

use std::collections::BTreeMap;

use bowline_api::error::ErrorCode;
use bowline_domain::connection::EndUser;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::text;
use bowline_engine::Engine;

use crate::error::ApiError;
use crate::extract::{Params, Query};
use crate::validate::{Fields, email, length, url};

/// `end_user`, without an organization: imports carry none.
pub(super) fn end_user(fields: &mut Fields) -> Option<EndUser> {
    fields.optional_object("end_user", |fields| EndUser {
        id: fields.required_text("id", length(1, 255)),
        email: fields.optional_text("email", email),
        display_name: fields.optional_text("display_name", length(0, 255)),
        tags: fields.optional_text_map("tags", length(0, 255)).map(BTreeMap::from_iter),
        organization: None,
    })
}

/// `webhook_url_override`: a URL the outbound policy lets pass, or an empty text.
pub(super) fn webhook_url_override(fields: &mut Fields) -> Option<String> {
    fields.optional_text("webhook_url_override", |text| if text.is_empty() { Ok(()) } else { url(text) })
}

/// Refuses an address that webhooks could never be sent to.
pub(super) fn check_webhook_target(engine: &Engine, address: Option<&str>) -> Result<(), ApiError> {
    match address.filter(|address| !address.is_empty()) {
        Some(address) => engine
            .check_webhook_target(address)
            .map_err(|error| ApiError::with_message(ErrorCode::InvalidBody, format!("webhook_url_override: {error}"))),
        None => Ok(()),
    }
}

/// `connectionId` of the path.
pub(super) fn connection_key(params: &Params) -> Result<ConnectionKey, ApiError> {
    let mut fields = params.fields();
    let key = fields.required_text("connectionId", text::check_connection_key);
    fields.finish()?;
    Ok(ConnectionKey::from_stored(key))
}

/// `provider_config_key` as the only field of the query.
pub(super) fn integration_key(query: Query) -> Result<IntegrationKey, ApiError> {
    let mut fields = query.fields();
    let key = fields.required_text("provider_config_key", text::check_integration_key);
    fields.finish()?;
    Ok(IntegrationKey::from_stored(key))
}
