//! TLS settings: roots and client certificates. Servers are always verified.

use std::fmt;
use std::sync::Arc;

use ring::digest;
use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

/// A client certificate and its key, for mutual TLS. Read once, cheap to clone; `Debug` shows neither.
#[derive(Clone)]
pub struct ClientIdentity {
    /// Which pool of connections belongs to this identity.
    pub(super) fingerprint: [u8; 32],
    resolver: Arc<SingleCertAndKey>,
}

/// Why a client certificate or key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The certificate text holds no readable PEM certificate.
    #[error("the client certificate is not valid PEM")]
    Certificate,
    /// The key text holds no readable PEM private key.
    #[error("the client private key is not valid PEM")]
    PrivateKey,
    /// Both can be read, but the key is of an unknown kind or not the certificate's.
    #[error("the client private key does not belong to the client certificate")]
    Mismatch,
}

impl ClientIdentity {
    /// Reads a certificate chain and its private key, both PEM.
    ///
    /// # Errors
    /// [`IdentityError`] says which of the two is at fault.
    pub fn from_pem(certificates: &str, private_key: &str) -> Result<Self, IdentityError> {
        let chain = CertificateDer::pem_slice_iter(certificates.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .ok()
            .filter(|chain| !chain.is_empty())
            .ok_or(IdentityError::Certificate)?;
        let key =
            PrivateKeyDer::from_pem_slice(private_key.as_bytes()).map_err(|_| IdentityError::PrivateKey)?;
        let fingerprint = fingerprint(&chain, &key);
        let certified =
            CertifiedKey::from_der(chain, key, &provider()).map_err(|_| IdentityError::Mismatch)?;
        Ok(Self { fingerprint, resolver: Arc::new(SingleCertAndKey::from(certified)) })
    }
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientIdentity(***)")
    }
}

/// The roots that are trusted: Mozilla's, and the operator's own.
pub(super) fn trusted_roots(extra: &[CertificateDer<'static>]) -> Result<Arc<RootCertStore>, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in extra {
        roots.add(certificate.clone())?;
    }
    Ok(Arc::new(roots))
}

/// Built once per pool of connections, never per request.
pub(super) fn client_config(
    roots: Arc<RootCertStore>,
    identity: Option<&ClientIdentity>,
) -> Arc<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .expect("the ring provider supports TLS 1.2 and 1.3")
        .with_root_certificates(roots);
    Arc::new(match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let resolver: Arc<dyn ResolvesClientCert> = identity.resolver.clone();
            builder.with_client_cert_resolver(resolver)
        }
    })
}

pub(super) fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

fn fingerprint(chain: &[CertificateDer<'_>], key: &PrivateKeyDer<'_>) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in chain.iter().map(AsRef::as_ref).chain([key.secret_der()]) {
        // Lengths keep two different splits of the same bytes apart.
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().try_into().expect("a SHA-256 digest has 32 bytes")
}
