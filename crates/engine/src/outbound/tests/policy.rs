//! What the policy refuses, spelled in every way an attacker might try.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use url::Url;

use super::super::address::AddressClass;
use super::super::allow::AllowList;
use super::{DENIED_PORTS, OutboundPolicy, PolicyError, Purpose, is_within};

const PURPOSES: [Purpose; 3] = [Purpose::Proxy, Purpose::OAuth, Purpose::Webhook];

/// Spellings of targets inside, or of URLs that mean something else than they seem to.
const ATTACKS: &[&str] = &[
    "http://127.0.0.1/",
    "http://127.0.0.1:8080/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7F.0.0.1/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://0177.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://127.0.0.1./",
    "http://127.0.0.0x1/",
    "http://127.0x0.1/",
    "http://%31%32%37.0.0.1/",
    "http://127%2e0%2e0%2e1/",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://127．0．0．1/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://LocalHost:3003/",
    "http://localhost./",
    "http://ｌocalhost/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://loc%61lhost/",
    "http://a.localhost/",
    "http://a.b.localhost./",
    "http://localhost.localdomain/",
    "http://ip6-localhost/",
    "http:\\\\localhost\\",
    "http:/localhost",
    "http:localhost/",
    "https:///localhost/",
    "http://local\thost/",
    "http://0/",
    "http://0.0.0.0/",
    "http://0.0.0.0:9000/",
    "http://0x0/",
    "http://00000/",
    "http://0.1.2.3/",
    "http://10.0.0.1/",
    "http://10.1/",
    "http://167772161/",
    "http://012.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://192.168.257/",
    "http://3232235777/",
    "http://100.64.0.1/",
    "http://100.127.255.255/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0xA9.0xFE.0xA9.0xFE/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://169.16689662/",
    "http://169.254.170.2/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://192.0.0.8/",
    "http://192.0.2.1/",
    "http://198.51.100.7/",
    "http://203.0.113.9/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://192.88.99.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://4294967295/",
    "http://metadata/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://METADATA.google.internal./",
    "http://x.metadata.google.internal/",
    "http://metadata.goog/",
    "http://instance-data/",
    "https://kubernetes.default.svc/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[0000::0001]:80/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[::10.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::8.8.8.8]/",
    "http://[64:ff9b:1:fffe::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:c0a8:101::1]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[2001::1]/",
    "http://[2001:2::1]/",
    "http://[2001:10::1]/",
    "http://[2001:20::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fd12:3456:789a::1]/",
    "http://[fe80::1]/",
    "http://[febf::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://[4000::1]/",
    "http://user@example.com/",
    "http://user:secret@example.com/",
    "http://:secret@example.com/",
    "http://example.com@127.0.0.1/",
    "http://example.com:80@127.0.0.1/",
    "http://example.com%40@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1?@example.com/",
    "http://127.0.0.1\\@example.com/",
    "http://127.0.0.1:80\\.example.com/",
    "http://example.com:25/",
    "http://example.com:22/",
    "http://example.com:6379/",
    "http://example.com:11211/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://8.8.8.8:53/",
    "http://./",
    "http://../",
    "http://",
    "http:///",
    "http://[::1/",
    "http://exa mple.com/",
    "http://example.com%00.evil/",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "gopher://127.0.0.1:6379/_PING",
    "ws://example.com/",
    "wss://example.com/",
    "unix:/var/run/docker.sock",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "blob:https://example.com/1",
    "jar:http://127.0.0.1!/",
    "//127.0.0.1/",
    "127.0.0.1:80",
    "ldap://127.0.0.1/",
    "dict://127.0.0.1:11211/",
];

fn is_refused(policy: &OutboundPolicy, url: &str, purpose: Purpose) -> bool {
    Url::parse(url).map_or(true, |url| policy.check_url(&url, purpose).is_err())
}

fn opened(list: &str) -> OutboundPolicy {
    OutboundPolicy::new(AllowList::parse(list).unwrap())
}

fn address(policy: &OutboundPolicy, ip: &str, port: u16, host: &str) -> Result<(), PolicyError> {
    policy.check_address(ip.parse().unwrap(), port, host, Purpose::Proxy)
}

#[test]
fn every_attack_spelling_is_refused_for_every_purpose() {
    assert!(ATTACKS.len() >= 80);
    let policy = OutboundPolicy::default();
    for attack in ATTACKS {
        for purpose in PURPOSES {
            assert!(is_refused(&policy, attack, purpose), "{attack} passed for {purpose:?}");
        }
    }
}

#[test]
fn ordinary_urls_pass() {
    let policy = OutboundPolicy::default();
    for url in [
        "https://api.example.com/v1?x=1#y",
        "http://example.com:8080/",
        "https://bücher.example/",
        "https://example.com./",
        "https://8.8.8.8/",
        "https://172.32.0.1/",
        "https://100.128.0.1/",
        "https://[2606:4700::1111]/",
        "https://[64:ff9b::8.8.8.8]/",
        "https://[2002:808:808::1]/",
        "https://notlocalhost/",
        "https://mymetadata.google/",
        "https://example.com:65535/",
    ] {
        for purpose in PURPOSES {
            assert!(!is_refused(&policy, url, purpose), "{url} was refused");
        }
    }
}

#[test]
fn a_host_entry_with_a_port_opens_only_that_port() {
    let policy = opened("localhost:9000, 127.0.0.1:9001, [::1]:9002");
    assert!(!is_refused(&policy, "http://localhost:9000/", Purpose::Proxy));
    assert!(!is_refused(&policy, "http://LOCALHOST.:9000/", Purpose::Proxy));
    assert!(is_refused(&policy, "http://localhost:9001/", Purpose::Proxy));
    assert!(is_refused(&policy, "http://a.localhost:9000/", Purpose::Proxy));
    assert!(!is_refused(&policy, "http://127.1:9001/", Purpose::Proxy));
    assert!(!is_refused(&policy, "http://[::ffff:127.0.0.1]:9001/", Purpose::Proxy));
    assert!(is_refused(&policy, "http://127.0.0.2:9001/", Purpose::Proxy));
    assert!(is_refused(&policy, "http://127.0.0.1:9000/", Purpose::Proxy));
    assert!(!is_refused(&policy, "http://[::1]:9002/", Purpose::Proxy));
    assert!(is_refused(&policy, "http://[::1]:9001/", Purpose::Proxy));
}

#[test]
fn a_host_entry_opens_what_the_host_resolves_to_but_nothing_for_other_hosts() {
    let policy = opened("wiki.corp.example:8443");
    assert_eq!(address(&policy, "10.1.2.3", 8443, "wiki.corp.example"), Ok(()));
    assert!(address(&policy, "10.1.2.3", 443, "wiki.corp.example").is_err());
    assert!(address(&policy, "10.1.2.3", 8443, "evil.example").is_err());
    for metadata in ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "fe80::1"] {
        assert!(address(&policy, metadata, 8443, "wiki.corp.example").is_err(), "{metadata}");
    }
}

#[test]
fn a_network_entry_opens_its_addresses_and_no_tunnel_to_them() {
    let policy = opened("10.0.0.0/8,fd00::/8");
    assert_eq!(address(&policy, "10.255.0.1", 80, "x"), Ok(()));
    assert_eq!(address(&policy, "::ffff:10.0.0.1", 80, "x"), Ok(()));
    assert_eq!(address(&policy, "fd00::1", 80, "x"), Ok(()));
    assert!(address(&policy, "11.0.0.1", 80, "x").is_ok());
    for other in ["192.168.0.1", "127.0.0.1", "2002:a00:1::", "64:ff9b::10.0.0.1", "fc00::1"] {
        assert!(address(&policy, other, 80, "x").is_err(), "{other}");
    }
}

#[test]
fn nothing_opens_unspecified_multicast_and_broadcast_addresses() {
    let policy = opened("0.0.0.0/0, ::/0, x");
    for never in ["0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "::ffff:0.0.0.0"] {
        assert!(address(&policy, never, 80, "x").is_err(), "{never}");
    }
    assert_eq!(address(&policy, "127.0.0.1", 80, "x"), Ok(()));
}

#[test]
fn private_networks_open_for_oauth_only_and_only_by_choice() {
    let mut policy = OutboundPolicy::default();
    let private: IpAddr = "10.0.0.1".parse().unwrap();
    let check = |policy: &OutboundPolicy, purpose| policy.check_address(private, 443, "idp", purpose).is_ok();
    assert_eq!(PURPOSES.map(|purpose| check(&policy, purpose)), [false, false, false]);
    policy.allow_private_for_oauth = true;
    assert_eq!(PURPOSES.map(|purpose| check(&policy, purpose)), [false, true, false]);
    for closed in ["127.0.0.1", "169.254.169.254", "::1", "fe80::1", "0.0.0.0", "192.0.2.1"] {
        let closed = closed.parse().unwrap();
        assert!(policy.check_address(closed, 443, "idp", Purpose::OAuth).is_err(), "{closed}");
    }
}

#[test]
fn unreadable_allow_entries_are_named() {
    for entry in [
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "::/129",
        "host:0",
        "host:99999",
        "host:port",
        "ho st",
        "*",
        "http://host/",
        "[::1",
        "10.0.0.0/8:80",
    ] {
        let error = AllowList::parse(&format!("good.example,{entry}")).unwrap_err();
        assert_eq!(error.entry, entry);
    }
    assert_eq!(AllowList::parse(" , ,"), Ok(AllowList::default()));
}

#[test]
fn refusals_name_the_host_and_nothing_else_of_the_url() {
    let policy = OutboundPolicy::default();
    for url in
        ["http://u:hunter2@example.com/", "http://127.0.0.1/hunter2?k=hunter2", "http://localhost/?hunter2"]
    {
        let error = policy.check_url(&Url::parse(url).unwrap(), Purpose::Proxy).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn the_port_list_is_sorted() {
    assert!(DENIED_PORTS.is_sorted());
}

#[test]
fn being_within_a_domain_needs_a_whole_label() {
    assert!(is_within("a.example.com", "example.com"));
    assert!(is_within("EXAMPLE.com", "example.com"));
    assert!(!is_within("badexample.com", "example.com"));
    assert!(!is_within("com", "example.com"));
}

proptest! {
    #[test]
    fn an_ipv4_address_is_judged_alike_in_every_spelling(bits: u32) {
        let policy = OutboundPolicy::default();
        let [a, b, c, d] = bits.to_be_bytes();
        let expected = policy.check_address(Ipv4Addr::from(bits).into(), 80, "", Purpose::Proxy).is_err();
        for url in [
            format!("http://{a}.{b}.{c}.{d}/"),
            format!("http://{bits}/"),
            format!("http://0x{bits:x}/"),
            format!("http://0{bits:o}/"),
            format!("http://0x{a:x}.0{b:o}.{}/", u16::from_be_bytes([c, d])),
            format!("http://{a}.{}./", bits & 0xff_ffff),
            format!("http://[::ffff:{a}.{b}.{c}.{d}]/"),
            format!("http://[64:ff9b::{a}.{b}.{c}.{d}]/"),
            format!("http://[2002:{:x}:{:x}::1]/", bits >> 16, bits & 0xffff),
        ] {
            prop_assert_eq!(is_refused(&policy, &url, Purpose::Proxy), expected, "{}", url);
        }
    }

    #[test]
    fn what_the_standard_library_calls_local_is_never_public(bits: u32, wide: u128) {
        let v4 = Ipv4Addr::from(bits);
        if v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_multicast() || v4.is_unspecified() {
            prop_assert_ne!(AddressClass::of(v4.into()), AddressClass::Public);
        }
        let v6 = Ipv6Addr::from(wide);
        if v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_multicast() {
            prop_assert_ne!(AddressClass::of(v6.into()), AddressClass::Public);
        }
    }

    #[test]
    fn ipv6_outside_global_unicast_is_never_public_of_itself(wide: u128) {
        let outside = wide & !(0b111_u128 << 125);
        let embeds_v4 = outside >> 48 == 0 || outside >> 32 == 0x64_ff9b << 64;
        if !embeds_v4 {
            prop_assert_ne!(AddressClass::of(Ipv6Addr::from(outside).into()), AddressClass::Public);
        }
    }

    #[test]
    fn judging_any_text_never_panics(text: String, prefix in "(http|https)://") {
        let policy = opened("10.0.0.0/8,x:1");
        let _ = AllowList::parse(&text);
        if let Ok(url) = Url::parse(&format!("{prefix}{text}")) {
            let _ = policy.check_url(&url, Purpose::Proxy);
        }
    }
}
