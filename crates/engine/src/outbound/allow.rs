//! The operator's allow list: what the closed outbound policy is opened for.

use std::net::IpAddr;

/// Addresses and hosts that the operator opened. Each entry opens exactly what it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    networks: Vec<Network>,
    names: Vec<Name>,
}

/// An entry of the allow list that is neither a CIDR block nor `host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{entry}` is neither a CIDR block nor host[:port]")]
pub struct AllowListError {
    /// The entry as it was written.
    pub entry: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix_bits: u8,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    host: String,
    port: Option<u16>,
}

impl AllowList {
    /// Reads a comma list such as `127.0.0.1:9000, 10.0.0.0/8, [::1]:80, internal.example`.
    ///
    /// # Errors
    /// Names the first entry that cannot be read.
    pub fn parse(list: &str) -> Result<Self, AllowListError> {
        let mut allow = Self::default();
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            allow.add(entry).ok_or_else(|| AllowListError { entry: entry.to_owned() })?;
        }
        Ok(allow)
    }

    /// Whether a network entry covers this address on this port.
    #[must_use]
    pub fn opens_address(&self, address: IpAddr, port: u16) -> bool {
        if self.networks.is_empty() {
            return false;
        }
        // An IPv4-mapped address reaches the IPv4 host, so it is that host which must be named.
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(address) && opens_port(network.port, port))
    }

    /// Whether a host entry names this host on this port.
    #[must_use]
    pub fn opens_name(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.');
        self.names.iter().any(|name| name.host.eq_ignore_ascii_case(host) && opens_port(name.port, port))
    }

    fn add(&mut self, entry: &str) -> Option<()> {
        if let Some((address, bits)) = entry.split_once('/') {
            let address: IpAddr = unbracket(address).parse().ok()?;
            let prefix_bits: u8 = bits.parse().ok()?;
            let widest = if address.is_ipv4() { 32 } else { 128 };
            (prefix_bits <= widest).then_some(())?;
            self.networks.push(Network { address, prefix_bits, port: None });
            return Some(());
        }
        if let Ok(address) = unbracket(entry).parse::<IpAddr>() {
            self.networks.push(Network::single(address, None));
            return Some(());
        }
        let (host, port) = split_port(entry)?;
        if let Ok(address) = unbracket(host).parse::<IpAddr>() {
            self.networks.push(Network::single(address, port));
            return Some(());
        }
        // The URL parser brings names into the form (lower case, IDNA) in which URLs carry them.
        match url::Host::parse(host.trim_end_matches('.')).ok()? {
            url::Host::Domain(host) if host != "*" => self.names.push(Name { host, port }),
            _ => return None,
        }
        Some(())
    }
}

impl Network {
    fn single(address: IpAddr, port: Option<u16>) -> Self {
        let address = address.to_canonical();
        Self { address, prefix_bits: if address.is_ipv4() { 32 } else { 128 }, port }
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix_bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix_bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

fn opens_port(allowed: Option<u16>, port: u16) -> bool {
    allowed.is_none_or(|allowed| allowed == port)
}

fn unbracket(text: &str) -> &str {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text)
}

fn split_port(entry: &str) -> Option<(&str, Option<u16>)> {
    match entry.rsplit_once(':') {
        None => Some((entry, None)),
        Some((host, port)) => Some((host, Some(port.parse().ok().filter(|port| *port != 0)?))),
    }
}
