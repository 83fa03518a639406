//! The named formats of form fields.
//!
//! Field values end up inside URLs, often as the host. The checks are therefore stricter than the grammar
//! they are named after: nothing that could end the host early, add credentials, or start a new line passes.

/// A value without the format asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// `hostname`
    #[error("must be a host name such as app.example.com, without scheme or path")]
    Hostname,
    /// `uri`
    #[error("must be a URL starting with https:// or http://")]
    Uri,
    /// `uuid`
    #[error("must be a UUID")]
    Uuid,
    /// `email`
    #[error("must be an e-mail address")]
    Email,
}

/// The formats there are.
pub const FORMATS: [&str; 4] = ["hostname", "uri", "uuid", "email"];

/// Checks `value` against the format called `name`; `None` when there is no such format.
pub fn check(name: &str, value: &str) -> Option<Result<(), FormatError>> {
    let (good, error) = match name {
        "hostname" => (is_hostname(value), FormatError::Hostname),
        "uri" => (is_uri(value), FormatError::Uri),
        "uuid" => (is_uuid(value), FormatError::Uuid),
        "email" => (is_email(value), FormatError::Email),
        _ => return None,
    };
    Some(if good { Ok(()) } else { Err(error) })
}

/// A DNS name or IPv4 address in ASCII, with an optional port (self-hosted products need one).
pub fn is_hostname(value: &str) -> bool {
    let (host, port) = match value.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (value, None),
    };
    port.is_none_or(is_port) && host.len() <= 253 && host.split('.').all(is_label)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=63).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// An absolute http(s) URL without user info or fragment, in printable ASCII.
pub fn is_uri(value: &str) -> bool {
    // The URL parser drops tabs and line ends and turns `\` into `/`; what is stored must be what was checked.
    let printable = value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let Some((_, rest)) = value.split_once("://").filter(|_| printable) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') {
        return false;
    }
    url::Url::parse(value)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.fragment().is_none())
}

/// 32 hexadecimal digits grouped 8-4-4-4-12.
pub fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A mailbox at a host name.
pub fn is_email(value: &str) -> bool {
    let Some((local, host)) = value.rsplit_once('@') else { return false };
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let local_is_good = (1..=64).contains(&local.len()) && local.bytes().all(is_local);
    local_is_good && host.contains('.') && !host.contains(':') && is_hostname(host)
}
