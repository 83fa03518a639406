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
    url::Url::parse(value).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.fragment().is_none()
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_pass() {
        for good in
            ["example.com", "a-b.example.co", "localhost", "10.0.0.1", "erp.example.com:8443", "my_host"]
        {
            assert!(is_hostname(good), "{good}");
        }
    }

    #[test]
    fn whatever_could_change_the_host_of_a_url_is_no_host_name() {
        let attacks = [
            "",
            ".",
            "..",
            "a..b",
            "a.com.",
            ".a.com",
            "user@evil.com",
            "evil.com#",
            "evil.com/",
            "evil.com/x",
            "evil.com?x",
            "evil.com\\x",
            "a.com\r\nHost: b",
            "a.com\n",
            " a.com",
            "a.com ",
            "evil。com",
            "evil．com",
            "evil｡com",
            "ex\u{200b}ample.com",
            "[::1]",
            "::1",
            "a.com:",
            "a.com:0",
            "a.com:99999",
            "a.com:80@evil.com",
            "a.com:+80",
            "%65vil.com",
            "-a.com",
            "a-.com",
            "https://a.com",
            "${connectionConfig.x}",
            "a\0.com",
        ];
        for attack in attacks {
            assert!(!is_hostname(attack), "{attack:?}");
        }
        assert!(!is_hostname(&"a".repeat(64)));
        assert!(!is_hostname(&"a.".repeat(200)));
    }

    #[test]
    fn only_plain_web_addresses_are_uris() {
        for good in ["https://example.com", "http://example.com:8080/path?x=1", "https://example.com/a/b"] {
            assert!(is_uri(good), "{good}");
        }
        let attacks = [
            "",
            "example.com",
            "ftp://example.com",
            "javascript://x",
            "https://",
            "https:///x",
            "https:example.com",
            "https://user@example.com",
            "https://u:p@example.com/",
            "https://example.com/#",
            "https://a.com\\@b.com",
            "https://a.com/\r\nX: y",
            "https://a\t.com",
            "https://evil。com",
            " https://a.com",
            "file:///etc/passwd",
        ];
        for attack in attacks {
            assert!(!is_uri(attack), "{attack:?}");
        }
    }

    #[test]
    fn uuids_have_five_groups_of_hexadecimal_digits() {
        assert!(is_uuid("123e4567-e89b-12d3-a456-426614174000"));
        assert!(!is_uuid("123e4567e89b12d3a456426614174000"));
        assert!(!is_uuid("123e4567-e89b-12d3-a456-42661417400g"));
        assert!(!is_uuid("123e4567-e89b-12d3-a456-426614174000\n"));
    }

    #[test]
    fn email_addresses_have_one_local_part_and_a_domain() {
        assert!(is_email("first.last+tag@mail.example.com"));
        for bad in
            ["", "a", "@b.com", "a@", "a@b", "a@b@c.com", "a b@c.com", "a@b.com\r\nBcc: x@y.z", "a@b.com:1"]
        {
            assert!(!is_email(bad), "{bad:?}");
        }
    }
}
