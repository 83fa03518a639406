//! The HTTP client underneath: rustls with ring, no redirects, connections kept for the next call.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::error::{Error, Result};

#[expect(
    clippy::disallowed_methods,
    reason = "this crate is the client of one known host, and runs in other programs than the server"
)]
pub(crate) fn client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .build()
        .map_err(|error| Error::invalid("http_client", format!("cannot be set up: {error}")))
}

/// Trusts what the system trusts, so that a company's own authority counts; where the system has no list of
/// authorities, as in a bare container, those that browsers trust.
fn tls() -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = || {
        ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::invalid("http_client", format!("cannot be set up: {error}")))
    };
    if let Ok(config) = versions()?.with_platform_verifier() {
        return Ok(config.with_no_client_auth());
    }
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    Ok(versions()?.with_root_certificates(roots).with_no_client_auth())
}
