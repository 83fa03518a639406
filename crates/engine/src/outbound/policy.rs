//! The outbound policy: which URLs and addresses Bowline may call. Pure; nothing here does I/O.
//!
//! A call is judged twice. [`OutboundPolicy::check_url`] judges what is written: scheme, userinfo, host, port.
//! [`OutboundPolicy::check_address`] judges every address the host resolves to, just before connecting to it.

use std::net::IpAddr;

use url::{Host, Url};

use super::address::AddressClass;
use super::allow::AllowList;

/// Why a call is made; some rules depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A proxied or function-made call to a provider's API.
    Proxy,
    /// A token, discovery, revocation or registration call.
    OAuth,
    /// A delivery to a customer's webhook URL.
    Webhook,
}

/// Decides what may be called. Closed by default to everything that is not on the public Internet.
#[derive(Clone, Debug)]
pub struct OutboundPolicy {
    /// What the operator opened.
    pub allow: AllowList,
    /// Host names that are refused, with their subdomains, whatever they resolve to.
    pub denied_hosts: Vec<String>,
    /// Lets OAuth calls (and only those) reach private and shared networks, for a self-hosted identity provider.
    pub allow_private_for_oauth: bool,
}

/// Why a call was refused. Texts name the host at most, never an address it resolved to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Neither http nor https.
    #[error("only http and https URLs can be called")]
    Scheme,
    /// `user:password@` in the URL.
    #[error("URLs with user information are refused")]
    UserInfo,
    /// No host to call.
    #[error("the URL names no host")]
    NoHost,
    /// A port that belongs to another protocol.
    #[error("port {0} is refused")]
    Port(u16),
    /// A host on the deny list.
    #[error("host `{0}` is refused")]
    Host(String),
    /// The host is, or resolves to, an address that is not open.
    #[error("host `{host}` is at a {class} address, which is refused")]
    Address {
        /// The host as it was called.
        host: String,
        /// What the address belongs to.
        class: AddressClass,
    },
}

/// Names under which clouds and systems publish metadata or the machine itself.
const DENIED_HOSTS: &[&str] = &[
    "localhost",
    "localhost.localdomain",
    "localhost6.localdomain6",
    "ip6-localhost",
    "ip6-loopback",
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
];

/// Ports of other protocols, on which an HTTP request could be read as a command (the Fetch standard's list).
const DENIED_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
    515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
    2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    11211,
];

impl Default for OutboundPolicy {
    fn default() -> Self {
        Self::new(AllowList::default())
    }
}

impl OutboundPolicy {
    /// The closed policy, opened for `allow`.
    #[must_use]
    pub fn new(allow: AllowList) -> Self {
        let denied_hosts = DENIED_HOSTS.iter().map(|host| (*host).to_owned()).collect();
        Self { allow, denied_hosts, allow_private_for_oauth: false }
    }

    /// Judges a URL as written. Allocates nothing when the URL passes.
    ///
    /// # Errors
    /// The first rule that refuses it.
    pub fn check_url(&self, url: &Url, purpose: Purpose) -> Result<(), PolicyError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PolicyError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PolicyError::UserInfo);
        }
        let port = url.port_or_known_default().ok_or(PolicyError::NoHost)?;
        match url.host().ok_or(PolicyError::NoHost)? {
            Host::Domain(host) => self.check_name(host, port),
            Host::Ipv4(address) => self.check_literal(address.into(), port, url, purpose),
            Host::Ipv6(address) => self.check_literal(address.into(), port, url, purpose),
        }
    }

    /// Judges an address that `host` resolved to, or is.
    ///
    /// # Errors
    /// [`PolicyError::Address`] when the address is not open.
    pub fn check_address(
        &self,
        address: IpAddr,
        port: u16,
        host: &str,
        purpose: Purpose,
    ) -> Result<(), PolicyError> {
        let class = AddressClass::of(address);
        if class == AddressClass::Public || self.is_opened(class, address, port, host, purpose) {
            return Ok(());
        }
        Err(PolicyError::Address { host: host.to_owned(), class })
    }

    fn is_opened(
        &self,
        class: AddressClass,
        address: IpAddr,
        port: u16,
        host: &str,
        purpose: Purpose,
    ) -> bool {
        if class.is_never_open() {
            return false;
        }
        // Whoever runs a name's DNS chooses its addresses, so a name alone never opens the metadata service.
        let name_suffices = !matches!(class, AddressClass::LinkLocal | AddressClass::Metadata);
        let private_for_oauth = self.allow_private_for_oauth
            && purpose == Purpose::OAuth
            && matches!(class, AddressClass::Private | AddressClass::Shared);
        self.allow.opens_address(address, port)
            || (name_suffices && self.allow.opens_name(host, port))
            || private_for_oauth
    }

    fn check_name(&self, host: &str, port: u16) -> Result<(), PolicyError> {
        let host = host.trim_end_matches('.');
        if host.is_empty() {
            return Err(PolicyError::NoHost);
        }
        if self.allow.opens_name(host, port) && port != 0 {
            return Ok(());
        }
        if self.denied_hosts.iter().any(|denied| is_within(host, denied)) {
            return Err(PolicyError::Host(host.to_owned()));
        }
        check_port(port)
    }

    fn check_literal(
        &self,
        address: IpAddr,
        port: u16,
        url: &Url,
        purpose: Purpose,
    ) -> Result<(), PolicyError> {
        self.check_address(address, port, url.host_str().unwrap_or_default(), purpose)?;
        if self.allow.opens_address(address, port) && port != 0 {
            return Ok(());
        }
        check_port(port)
    }
}

fn check_port(port: u16) -> Result<(), PolicyError> {
    // The list is sorted; a test holds it to that.
    match DENIED_PORTS.binary_search(&port) {
        Ok(_) => Err(PolicyError::Port(port)),
        Err(_) => Ok(()),
    }
}

/// Whether `host` is `parent` or one of its subdomains.
pub(crate) fn is_within(host: &str, parent: &str) -> bool {
    let Some(at) = host.len().checked_sub(parent.len()) else { return false };
    let (head, tail) = (&host.as_bytes()[..at], &host.as_bytes()[at..]);
    tail.eq_ignore_ascii_case(parent.as_bytes()) && matches!(head.last(), None | Some(b'.'))
}

#[cfg(test)]
#[path = "tests/policy.rs"]
mod tests;
