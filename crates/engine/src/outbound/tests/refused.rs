//! Calls that never leave.

use super::*;

#[tokio::test]
async fn nothing_local_is_reachable_by_default() {
    let (port, log) = upstream(|_| text(200, "secret")).await;
    let outbound = Outbound::new(options("")).unwrap();
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1"] {
        let error = failure(&outbound, get(format!("http://{host}:{port}/"))).await;
        assert!(matches!(error, OutboundError::Policy(_)), "{host}: {error}");
        assert_eq!(error.code(), "ERR_OUTBOUND_BLOCKED");
    }
    assert!(log.all().is_empty());
}

#[tokio::test]
async fn a_public_name_that_resolves_inside_is_refused() {
    for inside in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1"] {
        let resolver = ScriptedResolver::default().answer("127.0.0.1.nip.test", &[inside]);
        let outbound = Outbound::with_resolver(options(""), Arc::new(resolver)).unwrap();
        let error = failure(&outbound, get("http://127.0.0.1.nip.test/")).await;
        assert!(matches!(error, OutboundError::Policy(PolicyError::Address { .. })), "{inside}: {error}");
        assert!(!error.to_string().contains(inside) || inside == "127.0.0.1", "{error}");
    }
}

#[tokio::test]
async fn one_bad_answer_among_good_ones_refuses_the_host() {
    let (port, log) = upstream(|_| text(200, "")).await;
    let resolver = ScriptedResolver::default().answer("mixed.test", &["127.0.0.1", "10.0.0.1"]);
    let outbound = Outbound::with_resolver(options("127.0.0.1"), Arc::new(resolver)).unwrap();
    let error = failure(&outbound, get(format!("http://mixed.test:{port}/"))).await;
    assert!(matches!(error, OutboundError::Policy(_)), "{error}");
    assert!(log.all().is_empty());
}

#[tokio::test]
async fn a_name_is_looked_up_once_per_connection_and_judged_each_time() {
    let (port, log) = upstream(|_| with_header(text(200, "ok"), "connection", "close")).await;
    let resolver = ScriptedResolver::default()
        .answer("rebind.test", &["127.0.0.1"])
        .answer("rebind.test", &["127.0.0.2"]);
    let lookups = resolver.lookups.clone();
    let outbound = Outbound::with_resolver(options("127.0.0.1"), Arc::new(resolver)).unwrap();

    let url = format!("http://rebind.test:{port}/");
    assert_eq!(outbound.send_for_bytes(get(&url), 10).await.unwrap().body, "ok");
    assert_eq!(*lookups.lock(), 1);
    assert!(matches!(failure(&outbound, get(&url)).await, OutboundError::Policy(_)));
    assert_eq!(log.all().len(), 1);
}

#[tokio::test]
async fn a_pooled_connection_serves_only_the_purpose_it_was_checked_for() {
    let (port, log) = upstream(|_| text(200, "ok")).await;
    let resolver = ScriptedResolver::default().answer("idp.test", &["127.0.0.1"]);
    let lookups = resolver.lookups.clone();
    let outbound = Outbound::with_resolver(options("127.0.0.1"), Arc::new(resolver)).unwrap();
    let url = format!("http://idp.test:{port}/");
    for purpose in [Purpose::OAuth, Purpose::OAuth, Purpose::Proxy] {
        let request = OutboundRequest { purpose, ..get(&url) };
        outbound.send_for_bytes(request, 10).await.unwrap();
    }
    assert_eq!(log.all().len(), 3);
    assert_eq!(*lookups.lock(), 2, "the second token call reuses the first one's connection");
}

#[tokio::test]
async fn a_redirect_inside_is_refused() {
    for location in [
        "http://10.0.0.1/",
        "http://2130706433/",
        "//[::1]/",
        "http://inside.test/",
        "http://user:secret@api.test/",
        "file:///etc/passwd",
        "gopher://api.test/",
        "http://api.test:22/",
        "http://169.254.169.254/latest/meta-data/",
    ] {
        let (port, log) = upstream(move |_| redirect(302, location)).await;
        let resolver = ScriptedResolver::default()
            .answer("api.test", &["127.0.0.1"])
            .answer("inside.test", &["192.168.0.1"]);
        let allow = format!("api.test:{port}");
        let outbound = Outbound::with_resolver(options(&allow), Arc::new(resolver)).unwrap();
        let error = failure(&outbound, get(format!("http://api.test:{port}/"))).await;
        assert!(matches!(error, OutboundError::Policy(_)), "{location}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert_eq!(log.all().len(), 1);
    }
}

#[tokio::test]
async fn a_tunnel_cannot_be_asked_for() {
    let request = OutboundRequest { method: Method::CONNECT, ..get("http://api.test/") };
    assert!(matches!(failure(&local(), request).await, OutboundError::InvalidRequest(_)));
}
