//! Encrypted connections.

use std::error::Error as _;
use std::sync::Arc;

use bowline_sdk::{Error, TransportErrorKind};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::stub::{client, told};

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{\"data\":[]}";

/// A server whose certificate nobody knows: its address, and a store that does know it.
async fn server() -> (String, RootCertStore) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust it ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(ANSWER).await;
        }
    });
    let mut store = RootCertStore::empty();
    store.add(certificate).unwrap();
    (host, store)
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_the_cause_is_told() {
    let (host, _) = server().await;
    let error = told(client(&host).build().unwrap().list_integrations().await);
    let Error::Transport(transport) = &error else { panic!("{error}") };
    assert_eq!(transport.kind, TransportErrorKind::Connect);
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    assert!(causes.iter().any(|cause| cause.contains("certificate")), "{causes:?}");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "this is how a caller brings a client of its own")]
async fn a_client_of_ones_own_brings_its_own_trust() {
    let (host, store) = server().await;
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(store)
        .with_no_client_auth();
    let http = reqwest::Client::builder().tls_backend_preconfigured(config).build().unwrap();
    let bowline = client(&host).http_client(http).build().unwrap();
    assert!(bowline.list_integrations().await.unwrap().is_empty());
}
