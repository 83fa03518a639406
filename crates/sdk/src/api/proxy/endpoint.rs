//! The provider's path behind `/proxy`.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::error::{Error, Result};
use crate::http::path::Path;

/// What no address holds as it is. A backslash would be taken for a slash (WHATWG URL §4.4).
const ILLEGAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The path at the server for an endpoint of the provider.
pub(super) fn path(endpoint: &str) -> Result<Path> {
    if endpoint.contains('#') {
        return Err(Error::invalid("endpoint", "holds a `#`: write it as %23 if it belongs to a name"));
    }
    let (path, _) = endpoint.split_once('?').unwrap_or((endpoint, ""));
    // These would climb out of `/proxy`, and the call would reach another route with the secret key.
    if path.split(['/', '\\']).any(is_dots) {
        return Err(Error::invalid("endpoint", "holds a `.` or `..` as a part of its path"));
    }
    let encoded: String = utf8_percent_encode(endpoint, ILLEGAL).collect();
    Path::given(&format!("/proxy/{}", encoded.strip_prefix('/').unwrap_or(&encoded)))
        .map_err(|_| Error::invalid("endpoint", "is no path of a provider's API"))
}

fn is_dots(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(plain.as_str(), "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_stays_as_it_was_written() {
        for (endpoint, expected) in [
            ("/repos?state=open&a[]=1", "/proxy/repos?state=open&a[]=1"),
            ("repos/a%2Fb", "/proxy/repos/a%2Fb"),
            ("", "/proxy/"),
            ("?x=1", "/proxy/?x=1"),
            ("/naïve path", "/proxy/na%C3%AFve%20path"),
            ("//double", "/proxy//double"),
            ("/v1/{id}|x", "/proxy/v1/%7Bid%7D%7Cx"),
            ("/files/...", "/proxy/files/..."),
        ] {
            assert_eq!(path(endpoint).unwrap().as_str(), expected, "{endpoint}");
        }
    }

    #[test]
    fn an_endpoint_cannot_climb_out_of_the_proxy() {
        for endpoint in
            ["..", "/../connections", "/a/../../b", "/%2e%2E/x", "/.%2e", "/a\\..\\..\\b", "/./a", "/a#b"]
        {
            assert!(path(endpoint).is_err(), "{endpoint}");
        }
    }
}
