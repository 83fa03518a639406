//! Which addresses a user, or a document that a user's server serves, may name. Pure.

use url::{Host, Url};

use crate::outbound::OutboundPolicy;

/// Parses an address that somebody outside chose: https at a public name, unless the operator opened the host.
pub fn parse(text: &str, policy: &OutboundPolicy) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no URL")?;
    if !is_plain(text) || !url.username().is_empty() || url.password().is_some() {
        return Err("holds what no such address may hold");
    }
    let port = url.port_or_known_default().unwrap_or_default();
    let is_opened = match url.host() {
        None => return Err("names no host"),
        Some(Host::Domain(name)) => policy.allow.opens_name(name, port),
        Some(Host::Ipv4(address)) => policy.allow.opens_address(address.into(), port),
        Some(Host::Ipv6(address)) => policy.allow.opens_address(address.into(), port),
    };
    if is_opened {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err("must begin with https://");
    }
    match url.host() {
        Some(Host::Domain(name)) if !is_local(name) => Ok(url),
        _ => Err("must have a public host name"),
    }
}

/// Whether a text is an address and nothing that a template would fill in.
pub fn is_plain(text: &str) -> bool {
    !text.contains("${") && !text.contains("||")
}

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::AllowList;

    #[test]
    fn only_https_at_a_public_name_passes() {
        let policy = OutboundPolicy::default();
        assert!(parse("https://mcp.example.com/mcp", &policy).is_ok());
        for bad in [
            "http://mcp.example.com/",
            "https://localhost/",
            "https://a.localhost./",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://[::1]/",
            "https://u:p@mcp.example.com/",
            "https://mcp.example.com/?a=${x}",
            "https://mcp.example.com/||https://b.example",
            "ftp://mcp.example.com/",
            "data:text/plain,x",
            "mcp.example.com",
        ] {
            assert!(parse(bad, &policy).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_that_the_operator_opened_may_be_local_and_plain() {
        let policy = OutboundPolicy::new(AllowList::parse("localhost:9000").unwrap());
        assert!(parse("http://localhost:9000/mcp", &policy).is_ok());
        assert!(parse("http://localhost:9001/mcp", &policy).is_err());
    }
}
