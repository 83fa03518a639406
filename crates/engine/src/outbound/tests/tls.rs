//! TLS: servers are verified always, clients identify themselves when asked to.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

use super::super::tls::{provider, trusted_roots};
use super::*;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn root(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// A certificate for `host` and its key.
    fn issue(
        &self,
        host: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        change(&mut params);
        (params.signed_by(&key, &self.0).unwrap(), key)
    }
}

/// A TLS upstream that greets; with `clients`, only those who present a certificate of theirs.
async fn greeter(certificate: (rcgen::Certificate, KeyPair), clients: Option<&Authority>) -> u16 {
    let (certificate, key) = certificate;
    let builder = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(authority.root()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider()));
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let name = stream.get_ref().1.server_name().unwrap_or("nobody").to_owned();
                let service = service_fn(move |_| {
                    let reply = text(200, format!("hello, {name}"));
                    async move { Ok::<_, BoxError>(reply) }
                });
                let builder = hyper::server::conn::http1::Builder::new();
                tokio::spawn(builder.serve_connection(TokioIo::new(stream), service));
            });
        }
    });
    port
}

fn trusting(authority: &Authority) -> Outbound {
    local_with(OutboundOptions { extra_roots: vec![authority.root()], ..options("127.0.0.0/8") })
}

#[tokio::test]
async fn an_operators_root_is_trusted_and_the_host_is_named() {
    let authority = Authority::new();
    let port = greeter(authority.issue("api.test", |_| {}), None).await;
    let outbound = trusting(&authority);
    let response = outbound.send_for_bytes(get(format!("https://api.test:{port}/")), 100).await.unwrap();
    assert_eq!(response.body, "hello, api.test");
}

#[tokio::test]
async fn bad_certificates_fail_with_their_code() {
    let authority = Authority::new();
    let good = greeter(authority.issue("api.test", |_| {}), None).await;
    let expired =
        greeter(authority.issue("api.test", |p| p.not_after = rcgen::date_time_ymd(2001, 1, 1)), None).await;
    let early =
        greeter(authority.issue("api.test", |p| p.not_before = rcgen::date_time_ymd(3001, 1, 1)), None).await;
    for (outbound, host, port, code) in [
        (local(), "api.test", good, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
        (trusting(&authority), "other.test", good, "ERR_TLS_CERT_ALTNAME_INVALID"),
        (trusting(&authority), "127.0.0.1", good, "ERR_TLS_CERT_ALTNAME_INVALID"),
        (trusting(&authority), "api.test", expired, "CERT_HAS_EXPIRED"),
        (trusting(&authority), "api.test", early, "CERT_NOT_YET_VALID"),
    ] {
        let error = failure(&outbound, get(format!("https://{host}:{port}/"))).await;
        assert_eq!(error.code(), code, "{host}: {error:?}");
        assert!(error.is_connect() && !error.is_retryable());
    }
}

#[tokio::test]
async fn a_plain_server_is_no_tls_server() {
    let (port, _) = upstream(|_| text(200, "")).await;
    let error = failure(&local(), get(format!("https://127.0.0.1:{port}/"))).await;
    assert!(matches!(error.code(), "EPROTO" | "ECONNRESET"), "{error:?}");
}

#[tokio::test]
async fn a_handshake_that_stalls_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let short = Duration::from_millis(50);
    let options = OutboundOptions { connect_timeout: short, tls_timeout: short, ..options("127.0.0.1") };
    let error = failure(&local_with(options), get(format!("https://127.0.0.1:{port}/"))).await;
    assert!(matches!(error, OutboundError::Timeout(Phase::Tls)), "{error:?}");
    drop(listener);
}

#[tokio::test]
async fn a_client_certificate_is_presented_only_by_the_call_that_has_it() {
    let (servers, clients) = (Authority::new(), Authority::new());
    let port = greeter(servers.issue("api.test", |_| {}), Some(&clients)).await;
    let (certificate, key) = clients.issue("client", |_| {});
    let identity = ClientIdentity::from_pem(&certificate.pem(), &key.serialize_pem()).unwrap();
    assert_eq!(format!("{identity:?}"), "ClientIdentity(***)");

    let outbound = trusting(&servers);
    let url = format!("https://api.test:{port}/");
    for _ in 0..2 {
        let request = OutboundRequest { client_identity: Some(identity.clone()), ..get(&url) };
        assert_eq!(outbound.send_for_bytes(request, 100).await.unwrap().body, "hello, api.test");
    }
    failure(&outbound, get(&url)).await;
}

#[test]
fn an_unusable_client_identity_is_named() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("client", |_| {});
    let (certificate, key) = (certificate.pem(), key.serialize_pem());
    let other_key = KeyPair::generate().unwrap().serialize_pem();
    for (certificate, key, expected) in [
        ("", key.as_str(), IdentityError::Certificate),
        ("hunter2", key.as_str(), IdentityError::Certificate),
        (
            "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----",
            key.as_str(),
            IdentityError::Certificate,
        ),
        (certificate.as_str(), "", IdentityError::PrivateKey),
        (certificate.as_str(), certificate.as_str(), IdentityError::PrivateKey),
        (certificate.as_str(), other_key.as_str(), IdentityError::Mismatch),
    ] {
        assert_eq!(ClientIdentity::from_pem(certificate, key).unwrap_err(), expected);
    }
    assert!(trusted_roots(&[CertificateDer::from(vec![0; 4])]).is_err());
}
