//! Fields that several routes of connections read.

use std::collections::BTreeMap;

use bowline_api::error::ErrorCode;
use bowline_domain::connection::EndUser;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::tags::{TAGS_MAX, Tags, TagsProblem};
use bowline_domain::text;
use bowline_engine::Engine;

use crate::error::ApiError;
use crate::extract::{Params, Query};
use crate::validate::{Fields, email, length, url};

/// `end_user`, without an organization: imports carry none.
pub(crate) fn end_user(fields: &mut Fields) -> Option<EndUser> {
    fields.optional_object("end_user", |fields| EndUser {
        id: fields.required_text("id", length(1, 255)),
        email: fields.optional_text("email", email),
        display_name: fields.optional_text("display_name", length(0, 255)),
        tags: end_user_tags(fields),
        organization: None,
    })
}

/// The end user's own tags: as tags, but values may be empty, and keys keep their case.
fn end_user_tags(fields: &mut Fields) -> Option<BTreeMap<String, String>> {
    let tags: BTreeMap<_, _> = fields.optional_text_map("tags", length(0, 255))?.into_iter().collect();
    if tags.len() > TAGS_MAX {
        fields.refuse(&["tags"], &TagsProblem::TooMany);
    }
    for key in tags.keys() {
        // With a value that fits every rule, only the key can be refused.
        if let Err(problem) = Tags::parse([(key.clone(), "a@example.com".to_owned())]) {
            fields.refuse(&["tags", key], &problem);
        }
    }
    Some(tags)
}

/// Longest `webhook_url_override`.
pub(crate) const WEBHOOK_URL_CHARS_MAX: usize = 2_048;

/// `webhook_url_override`: a URL the outbound policy lets pass, or an empty text.
pub(crate) fn webhook_url_override(fields: &mut Fields) -> Option<String> {
    fields.optional_text("webhook_url_override", |text| {
        length(0, WEBHOOK_URL_CHARS_MAX)(text)?;
        if text.is_empty() { Ok(()) } else { url(text) }
    })
}

/// Refuses an address that webhooks could never be sent to.
pub(crate) fn check_webhook_target(engine: &Engine, address: Option<&str>) -> Result<(), ApiError> {
    match address.filter(|address| !address.is_empty()) {
        Some(address) => engine.check_webhook_target(address).map_err(|error| {
            ApiError::with_message(ErrorCode::InvalidBody, format!("webhook_url_override: {error}"))
        }),
        None => Ok(()),
    }
}

/// `connectionId` of the path.
pub(crate) fn connection_key(params: &Params) -> Result<ConnectionKey, ApiError> {
    let mut fields = params.fields();
    let key = fields.required_text("connectionId", text::check_connection_key);
    fields.finish()?;
    Ok(ConnectionKey::from_stored(key))
}

/// `provider_config_key` as the only field of the query.
pub(crate) fn integration_key(query: Query) -> Result<IntegrationKey, ApiError> {
    let mut fields = query.fields();
    let key = fields.required_text("provider_config_key", text::check_integration_key);
    fields.finish()?;
    Ok(IntegrationKey::from_stored(key))
}
