//! What becomes of the body.
//!
//! Bodies go through byte for byte, and streamed, unless something has to be put into them or computed from
//! them. Their content type is the caller's word (`Nango-Proxy-Content-Type`), else what came in, else what the
//! provider's definition says.

use bowline_domain::provider::AuthMode;
use bytes::Bytes;
use http::{
    Method,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use serde_json::{Map, Value};

use super::{BuildError, BuildInput, BuiltBody, carries_credential, form, request::api};
use crate::template::{
    Form, Template,
    json::{Unresolved, interpolate_object},
};

const JSON: &str = "application/json";
const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// The body as it came in.
#[derive(Debug, Clone, Copy)]
pub enum InboundBody<'a> {
    /// There is none, or an empty one.
    None,
    /// There is one, not read yet.
    Stream,
    /// There is one, in memory.
    Bytes(&'a Bytes),
}

/// Whether the body has to be read before the request can be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyNeed {
    /// It can be streamed; [`InboundBody::Stream`] will do.
    Stream,
    /// [`InboundBody::Bytes`] is needed.
    Buffer,
}

/// Says whether the body is needed in memory: to put something into it, to re-encode it, or to sign it.
pub fn body_need(input: &BuildInput<'_>) -> BodyNeed {
    if !sends_body(input.method) || matches!(input.body, InboundBody::None) {
        return BodyNeed::Stream;
    }
    let kind = input.connection.credential.kind;
    let content_type = content_type(input);
    let signs_form =
        matches!(kind, AuthMode::OAuth1 | AuthMode::Tba) && is(content_type.as_deref(), URLENCODED);
    let is_needed = is_injected(input, content_type.as_deref())
        || is_converted(input, content_type.as_deref())
        || signs_form
        || signs_payload(input)
        || api(input.provider).is_some_and(|api| api.headers.values().any(|value| reads_body(value)));
    if is_needed { BodyNeed::Buffer } else { BodyNeed::Stream }
}

/// AWS signatures cover the payload; S3 alone lets it be left out.
fn signs_payload(input: &BuildInput<'_>) -> bool {
    let credential = &input.connection.credential;
    credential.kind == AuthMode::AwsSigV4 && credential.text("service") != Some("s3")
}

/// Whether a header template is computed from the body.
fn reads_body(template: &str) -> bool {
    let names = Template::parse(template, Form::Object).names();
    names.iter().any(|name| matches!(*name, "params" | "bodyCanonicalParams" | "awsSigV4"))
}

/// GET and the like never have a body upstream.
pub(super) fn sends_body(method: &Method) -> bool {
    matches!(method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE" | "PROPFIND" | "REPORT")
}

/// The body for the provider.
pub(super) struct BodyPlan {
    pub body: BuiltBody,
    pub content_type: Option<String>,
    /// The definition put a credential into the body.
    pub has_credential: bool,
}

/// Decides about body and content type.
pub(super) fn plan(input: &BuildInput<'_>) -> Result<BodyPlan, BuildError> {
    let content_type = content_type(input);
    if !sends_body(input.method) {
        return Ok(BodyPlan { body: BuiltBody::None, content_type, has_credential: false });
    }
    let bytes = match input.body {
        InboundBody::Stream if body_need(input) == BodyNeed::Buffer => return Err(BuildError::BodyNotRead),
        InboundBody::Stream => {
            return Ok(BodyPlan { body: BuiltBody::Forward, content_type, has_credential: false });
        }
        InboundBody::Bytes(bytes) if !bytes.is_empty() => Some(bytes),
        InboundBody::None | InboundBody::Bytes(_) => None,
    };
    let injected = injected_values(input, content_type.as_deref());
    let has_credential = !injected.is_empty() && injects_credential(input);
    let Some(bytes) = bytes else { return Ok(without_inbound(content_type, injected, has_credential)) };
    let changed = changed_body(input, bytes, content_type.as_deref(), &injected);
    let body = BuiltBody::Bytes(changed.unwrap_or_else(|| bytes.clone()));
    Ok(BodyPlan { body, content_type, has_credential })
}

/// What the definition wants in the body becomes the body.
fn without_inbound(
    content_type: Option<String>,
    injected: Map<String, Value>,
    has_credential: bool,
) -> BodyPlan {
    if injected.is_empty() {
        return BodyPlan { body: BuiltBody::None, content_type, has_credential };
    }
    let bytes = Value::Object(injected).to_string().into();
    BodyPlan { body: BuiltBody::Bytes(bytes), content_type: Some(JSON.to_owned()), has_credential }
}

/// The body with values put in or re-encoded; `None` if it stays as it is.
fn changed_body(
    input: &BuildInput<'_>,
    bytes: &Bytes,
    content_type: Option<&str>,
    injected: &Map<String, Value>,
) -> Option<Bytes> {
    let is_converted = is_converted(input, content_type);
    if is_converted || is_json(content_type) {
        if injected.is_empty() && !is_converted {
            return None;
        }
        let Ok(Value::Object(mut object)) = serde_json::from_slice(bytes) else { return None };
        object.extend(injected.clone());
        let text = if is_converted {
            form::encode(&form::pairs(&object))
        } else {
            Value::Object(object).to_string()
        };
        return Some(text.into());
    }
    if injected.is_empty() {
        return None;
    }
    if is(content_type, URLENCODED) {
        let separator: &[u8] = if bytes.ends_with(b"&") { b"" } else { b"&" };
        return Some([bytes, separator, form::encode(&form::pairs(injected)).as_bytes()].concat().into());
    }
    append_parts(bytes, boundary(content_type?)?, &form::pairs(injected))
}

/// Appends fields before the closing delimiter of a multipart body (RFC 2046 section 5.1.1).
fn append_parts(bytes: &Bytes, boundary: &str, pairs: &[(String, String)]) -> Option<Bytes> {
    let closing = format!("--{boundary}--");
    let end = bytes.windows(closing.len()).rposition(|window| window == closing.as_bytes())?;
    let mut body = bytes[..end].to_vec();
    for (name, value) in pairs {
        // A name or value that could end its part early does not get in.
        if name.contains(['"', '\r', '\n']) || value.contains(&format!("--{boundary}")) {
            return None;
        }
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(&bytes[end..]);
    Some(body.into())
}

/// The definition's body values, for body types that can take them.
fn injected_values(input: &BuildInput<'_>, content_type: Option<&str>) -> Map<String, Value> {
    let Some(api) = api(input.provider).filter(|_| is_injected(input, content_type)) else {
        return Map::new();
    };
    let scope = input.connection.scope(input.context);
    interpolate_object(&api.body, Form::Object, &scope, Unresolved::Drop)
}

fn is_injected(input: &BuildInput<'_>, content_type: Option<&str>) -> bool {
    let has_values = api(input.provider).is_some_and(|api| !api.body.is_empty());
    let is_empty = match input.body {
        InboundBody::None => true,
        InboundBody::Stream => false,
        InboundBody::Bytes(bytes) => bytes.is_empty(),
    };
    let takes_values = is_json(content_type) || is(content_type, URLENCODED) || is(content_type, MULTIPART);
    has_values && (is_empty || takes_values && !is_coded(input))
}

/// Whether the body is compressed: nothing can be read from it or put into it.
fn is_coded(input: &BuildInput<'_>) -> bool {
    input.call.headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity")
}

fn injects_credential(input: &BuildInput<'_>) -> bool {
    let text = api(input.provider).map(|api| Value::Object(api.body.clone()).to_string()).unwrap_or_default();
    carries_credential(&Template::parse(&text, Form::Text).names())
}

/// JSON came in, and a form has to go out: clients give data as an object and name the encoding in a header.
fn is_converted(input: &BuildInput<'_>, content_type: Option<&str>) -> bool {
    is(content_type, URLENCODED) && is_json(input.content_type) && !is_coded(input)
}

/// The content type for the provider.
fn content_type(input: &BuildInput<'_>) -> Option<String> {
    let inbound =
        input.content_type.filter(|_| sends_body(input.method) && !matches!(input.body, InboundBody::None));
    let caller = input.call.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if let Some(caller) = caller {
        // Only the inbound header knows the boundary that is in the body.
        let lacks_boundary = is(Some(caller), MULTIPART) && boundary(caller).is_none();
        let inbound_form = inbound.filter(|inbound| lacks_boundary && is(Some(inbound), MULTIPART));
        return Some(inbound_form.unwrap_or(caller).to_owned());
    }
    if let Some(inbound) = inbound.filter(|inbound| !is_json(Some(inbound))) {
        return Some(inbound.to_owned());
    }
    let defined = template_content_type(input);
    let by_default = || matches!(input.method.as_str(), "POST" | "PUT" | "PATCH").then_some(URLENCODED);
    defined.or(inbound).or_else(by_default).map(str::to_owned)
}

/// What the definition says, where it says it plainly.
fn template_content_type<'a>(input: &BuildInput<'a>) -> Option<&'a str> {
    let headers = &api(input.provider)?.headers;
    let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?;
    Some(value.as_str()).filter(|value| !value.contains("${"))
}

fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is(content_type: Option<&str>, wanted: &str) -> bool {
    content_type.is_some_and(|content_type| essence(content_type) == wanted)
}

/// `application/json` and its relatives (RFC 6839 section 3.1).
pub(super) fn is_json(content_type: Option<&str>) -> bool {
    content_type.map(essence).is_some_and(|essence| essence == JSON || essence.ends_with("+json"))
}

/// Whether a content type is that of HTML forms.
pub(super) fn is_form(content_type: Option<&str>) -> bool {
    is(content_type, URLENCODED)
}

fn boundary(content_type: &str) -> Option<&str> {
    let value = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    Some(value.trim().trim_matches('"')).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests;
