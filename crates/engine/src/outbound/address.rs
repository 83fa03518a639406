//! What kind of address is this? Pure: the one table behind every address decision.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kind of network an address belongs to, as far as outbound calls care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressClass {
    /// Reachable on the public Internet.
    Public,
    /// `0.0.0.0/8` and `::`: "this host" on most systems.
    Unspecified,
    /// `127.0.0.0/8` and `::1`.
    Loopback,
    /// `169.254.0.0/16` and `fe80::/10`.
    LinkLocal,
    /// A cloud's instance metadata or wire server.
    Metadata,
    /// RFC 1918, unique local, site local and locally translated networks.
    Private,
    /// Carrier-grade NAT, `100.64.0.0/10`.
    Shared,
    /// Multicast groups.
    Multicast,
    /// `255.255.255.255`.
    Broadcast,
    /// Documentation ranges.
    Documentation,
    /// Benchmarking ranges.
    Benchmarking,
    /// Teredo: the true destination is hidden inside the address.
    Tunnel,
    /// Anything that no registry has given out for general use.
    Reserved,
}

impl fmt::Display for AddressClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata",
            Self::Private => "private",
            Self::Shared => "shared (carrier-grade NAT)",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Documentation => "documentation",
            Self::Benchmarking => "benchmarking",
            Self::Tunnel => "tunnelled",
            Self::Reserved => "reserved",
        })
    }
}

impl AddressClass {
    /// Classes that no allow entry opens: no service of anybody's lives there.
    #[must_use]
    pub fn is_never_open(self) -> bool {
        matches!(self, Self::Unspecified | Self::Multicast | Self::Broadcast)
    }

    /// The class of `address`; forms that carry an IPv4 address are judged by that one.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => of_v4(v4),
            IpAddr::V6(v6) => of_v6(v6),
        }
    }
}

fn of_v4(address: Ipv4Addr) -> AddressClass {
    use AddressClass as C;
    match address.octets() {
        // Alibaba, Azure and Oracle keep theirs outside the link-local range.
        [169, 254, 169, 254] | [100, 100, 100, 200] | [168, 63, 129, 16] | [192, 0, 0, 192] => C::Metadata,
        [0, ..] => C::Unspecified,
        [127, ..] => C::Loopback,
        [169, 254, ..] => C::LinkLocal,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => C::Private,
        [100, 64..=127, ..] => C::Shared,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => C::Documentation,
        [198, 18 | 19, ..] => C::Benchmarking,
        // Protocol assignments, and the retired 6to4 relay range.
        [192, 0, 0, _] | [192, 88, 99, _] => C::Reserved,
        [224..=239, ..] => C::Multicast,
        [255, 255, 255, 255] => C::Broadcast,
        [240..=255, ..] => C::Reserved,
        _ => C::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> AddressClass {
    use AddressClass as C;
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => C::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => C::Loopback,
        // IPv4-compatible, -mapped, -translated (RFC 2765) and well-known NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => of_v4(embedded(high, low)),
        // Local-use NAT64 (RFC 8215): where the IPv4 address sits is the network's own affair.
        [0x64, 0xff9b, 1, ..] => C::Private,
        [0x2002, high, low, ..] => of_v4(embedded(high, low)),
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => C::Metadata,
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => C::Private,
        [0xfe80..=0xfebf, ..] => C::LinkLocal,
        [0xff00..=0xffff, ..] => C::Multicast,
        [0x2001, 0, ..] => C::Tunnel,
        [0x2001, 2, 0, ..] => C::Benchmarking,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => C::Documentation,
        [0x2001, 0..=0x01ff, ..] => C::Reserved,
        [0x2000..=0x3fff, ..] => C::Public,
        _ => C::Reserved,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}
