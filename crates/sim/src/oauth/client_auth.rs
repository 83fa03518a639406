//! Who is the client? RFC 6749 §2.3.1: a Basic header whose parts are form-encoded, or fields in the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use crate::call::{Call, Fields};
use crate::config::{Client, ClientAuthMethod, OauthConfig};
use crate::reply::Reply;

use super::oauth_error;

pub(crate) struct ClientRefusal(&'static str);

impl ClientRefusal {
    pub(crate) fn into_reply(self) -> Reply {
        oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", self.0)
    }
}

struct Presented {
    id: String,
    secret: Option<String>,
}

/// The client that made this call, or why it is not believed.
pub(crate) fn authenticate(
    config: &OauthConfig,
    call: &Call,
    fields: &Fields,
) -> Result<Client, ClientRefusal> {
    let presented = match (config.require_client_auth, from_header(call)) {
        (ClientAuthMethod::Body, Some(_)) => return Err(ClientRefusal("credentials must be in the body")),
        (ClientAuthMethod::Basic, None) => return Err(ClientRefusal("credentials must be in the header")),
        (_, Some(presented)) => presented,
        (_, None) => from_body(fields).ok_or(ClientRefusal("client credentials are missing"))?,
    };
    let known = config.clients.iter().find(|client| client.id == presented.id);
    match known {
        None => Err(ClientRefusal("the client is unknown")),
        Some(client) if client.secret.is_some() && client.secret != presented.secret => {
            Err(ClientRefusal("the client secret is wrong"))
        }
        Some(client) => Ok(client.clone()),
    }
}

fn from_header(call: &Call) -> Option<Presented> {
    let (id, secret) = basic_credentials(call)?;
    Some(Presented { id: form_decode(&id), secret: Some(form_decode(&secret)) })
}

fn from_body(fields: &Fields) -> Option<Presented> {
    let secret = fields.get("client_secret").map(str::to_owned);
    Some(Presented { id: fields.get("client_id")?.to_owned(), secret })
}

/// User name and password of a Basic header (RFC 7617), as sent.
pub(crate) fn basic_credentials(call: &Call) -> Option<(String, String)> {
    let (scheme, encoded) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}

/// Reads `encoded` as one form-encoded value. `&` and `=` may not stand in one, so they are kept by escaping.
fn form_decode(encoded: &str) -> String {
    let escaped = encoded.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(escaped.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}
