//! URLs from templates, with values that cannot bend them.
//!
//! A value comes from a form an end user filled in, or from a provider's answer. Where it lands decides what it
//! may hold: in the host nothing that could end the host; in the path nothing that could start a query; as the
//! whole beginning of the URL only an http(s) address. Percent-encoding alone would not do: URL parsers decode
//! it in hosts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::{Scope, Template, parse::Node, render_node};

/// Everything but RFC 3986 "unreserved" characters.
pub const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is not a "pchar" or `/` (RFC 3986 section 3.3); `%` stays, so that encoded values are not encoded twice.
const PATH: &AsciiSet = &COMPONENT
    .remove(b'/')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'%');

/// How values behind the host are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlValues {
    /// As one component each: authorization and token URLs.
    Encoded,
    /// As paths that may hold several segments: base URLs of the proxy.
    Paths,
    /// As they are, where the definition says so (`skip_encode`).
    Raw,
}

/// Why a template gives no URL. Messages name placeholders, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlTemplateError {
    /// A placeholder without a value.
    #[error("{0} has no value")]
    Unresolved(String),
    /// A value that would change the structure of the URL.
    #[error("the value of {0} cannot be used in a URL")]
    UnsafeValue(String),
    /// The result is no http(s) URL.
    #[error("not an http or https URL")]
    NotAUrl,
}

impl Template<'_> {
    /// The URL this template stands for; of two alternatives the first that resolves.
    pub fn render_url(&self, scope: &Scope<'_>, values: UrlValues) -> Result<Url, UrlTemplateError> {
        let mut result = Err(UrlTemplateError::NotAUrl);
        for nodes in &self.alternatives {
            result = build(nodes, scope, values);
            if !matches!(result, Err(UrlTemplateError::Unresolved(_))) {
                break;
            }
        }
        result
    }
}

/// Reads an http(s) URL with a host and without user info.
pub fn parse_http_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_plain =
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    (is_plain && url.has_host()).then_some(url)
}

/// The part of the URL being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Scheme,
    Authority,
    Path,
    Query,
}

fn build(nodes: &[Node<'_>], scope: &Scope<'_>, values: UrlValues) -> Result<Url, UrlTemplateError> {
    let mut text = String::new();
    let mut part = Part::Scheme;
    for (index, node) in nodes.iter().enumerate() {
        if let Node::Text(literal) = node {
            let joins_slash = literal.starts_with('/') && text.ends_with('/') && part == Part::Path;
            text.push_str(if joins_slash { &literal[1..] } else { literal });
            part = part_after(part, literal);
            continue;
        }
        let source = || node.source().to_owned();
        let value = render_node(node, scope).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| UrlTemplateError::Unresolved(source()))?;
        let ends_host = ends_authority(nodes.get(index + 1));
        let written = write_value(&mut text, part, &value, ends_host, values);
        part = written.ok_or_else(|| UrlTemplateError::UnsafeValue(source()))?;
    }
    parse_http_url(&text).ok_or(UrlTemplateError::NotAUrl)
}

/// Appends a value to where the URL has got to, and gives the part it has got to then; `None` if unsafe.
fn write_value(
    text: &mut String,
    part: Part,
    value: &str,
    ends_host: bool,
    values: UrlValues,
) -> Option<Part> {
    match part {
        Part::Scheme => {
            text.push_str(whole_url(value).filter(|_| text.is_empty())?);
            Some(Part::Path)
        }
        Part::Authority => {
            let host = value.split_once('/').map_or(value, |(host, _)| host);
            let is_safe =
                is_authority_text(host) && (host.len() == value.len() || ends_host && is_path_text(value));
            text.push_str(Some(value).filter(|_| is_safe)?);
            Some(if host.len() == value.len() { Part::Authority } else { Part::Path })
        }
        Part::Path => {
            match values {
                UrlValues::Encoded => text.extend(utf8_percent_encode(value, COMPONENT)),
                UrlValues::Paths => text.extend(utf8_percent_encode(value, PATH)),
                UrlValues::Raw => text.push_str(Some(value).filter(|value| !has_control(value))?),
            }
            let is_dotted = value.split(['/', '\\']).any(is_dot_segment);
            (!is_dotted).then_some(Part::Path)
        }
        Part::Query => {
            text.extend(utf8_percent_encode(value, COMPONENT));
            Some(Part::Query)
        }
    }
}

/// The part after a literal of the definition.
fn part_after(mut part: Part, literal: &str) -> Part {
    let mut rest = literal;
    if part == Part::Scheme {
        let Some((_, after)) = literal.split_once("://") else { return part };
        (part, rest) = (Part::Authority, after);
    }
    if part == Part::Authority && rest.contains(['/', '?', '#']) {
        part = Part::Path;
    }
    if part == Part::Path && rest.contains(['?', '#']) {
        part = Part::Query;
    }
    part
}

/// Whether the host is over before this node.
fn ends_authority(next: Option<&Node<'_>>) -> bool {
    match next {
        None => true,
        Some(Node::Text(text)) => text.starts_with(['/', '?', '#']),
        Some(_) => false,
    }
}

/// An address at the start of a URL: http(s), no user info, no query, no fragment.
fn whole_url(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let is_clean = value.is_ascii() && !value.contains(['@', '?', '#', '\\', '%']) && !has_control(value);
    let url = parse_http_url(value).filter(|_| is_clean && !rest.contains("//"))?;
    (url.query().is_none() && url.fragment().is_none()).then_some(value)
}

/// Host characters, dots and a port; nothing that ends or decorates a host.
fn is_authority_text(value: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    !value.is_empty() && value.bytes().all(is_good)
}

/// A host followed by a plain path.
fn is_path_text(value: &str) -> bool {
    let is_good =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'~' | b'/');
    value.bytes().all(is_good) && !value.contains("//") && !value.split('/').any(is_dot_segment)
}

/// `.` or `..` in any spelling that URL parsers know (WHATWG URL, "single-dot URL path segment").
pub fn is_dot_segment(segment: &str) -> bool {
    let plain = segment.replace("%2e", ".").replace("%2E", ".");
    plain == "." || plain == ".."
}

fn has_control(value: &str) -> bool {
    value.chars().any(|c| c.is_control() || c.is_whitespace())
}
