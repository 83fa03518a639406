//! Why an outbound call failed, with the error codes that clients of the protocol know from Node.js.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustls::CertificateError;

use super::policy::PolicyError;
use super::tls::IdentityError;

/// A boxed cause.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The part of a call whose time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Resolving the host and opening the connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Waiting for the response's headers.
    ResponseHeaders,
    /// Waiting for the next piece of the response's body.
    ResponseBody,
    /// The whole of a call that is read into memory.
    Whole,
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Connect => "the connection",
            Self::Tls => "the TLS handshake",
            Self::ResponseHeaders => "the response headers",
            Self::ResponseBody => "more of the response body",
            Self::Whole => "the whole response",
        }
    }
}

/// An outbound call that failed. Texts hold the host at most: no path, no query, no header, no secret.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The outbound policy refused the URL, a redirect or an address.
    #[error("outbound call refused: {0}")]
    Policy(#[from] PolicyError),
    /// The URL or method cannot be put on the wire.
    #[error("invalid outbound request: {0}")]
    InvalidRequest(&'static str),
    /// The client certificate or key cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The host's name could not be resolved.
    #[error("could not resolve host `{host}`")]
    Dns {
        /// The host that was looked up.
        host: String,
        /// Whether asking again may help.
        temporary: bool,
    },
    /// No connection could be opened.
    #[error("could not connect to host `{host}`: {code}")]
    Connect {
        /// The host that was called.
        host: String,
        /// The system's error code.
        code: &'static str,
    },
    /// The TLS handshake failed.
    #[error("TLS with host `{host}` failed")]
    Tls {
        /// The host that was called.
        host: String,
        /// What the TLS layer said.
        source: rustls::Error,
    },
    /// A phase took longer than it may.
    #[error("timed out waiting for {}", .0.name())]
    Timeout(Phase),
    /// More redirects than are followed.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// How many are followed.
        limit: usize,
    },
    /// The connection broke before the exchange was complete.
    #[error("connection lost: {code}")]
    Interrupted {
        /// The error code.
        code: &'static str,
        /// The transport's error.
        source: BoxError,
    },
    /// The answer is not HTTP, or not as HTTP asks.
    #[error("malformed response")]
    BadResponse {
        /// The parser's error.
        source: BoxError,
    },
    /// The response's headers are larger than allowed.
    #[error("response headers too large")]
    HeadersTooLarge,
    /// The caller's own body stream failed.
    #[error("request body failed")]
    RequestBody {
        /// The stream's error.
        source: BoxError,
    },
    /// The response's content coding is broken or ends too early.
    #[error("response body cannot be decompressed")]
    Decode {
        /// Whether the compressed data just stopped.
        truncated: bool,
    },
    /// A body that was to be read into memory is too large for it.
    #[error("response body larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl OutboundError {
    /// The code under which clients of the protocol know this failure.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Policy(_) => "ERR_OUTBOUND_BLOCKED",
            Self::InvalidRequest(_) => "ERR_INVALID_URL",
            Self::Identity(_) => "invalid_certificate_or_key_format",
            Self::Dns { temporary: true, .. } => "EAI_AGAIN",
            Self::Dns { temporary: false, .. } => "ENOTFOUND",
            Self::Connect { code, .. } | Self::Interrupted { code, .. } => code,
            Self::Tls { source, .. } => tls_code(source),
            Self::Timeout(Phase::Connect | Phase::Tls) => "ETIMEDOUT",
            Self::Timeout(Phase::ResponseHeaders | Phase::ResponseBody | Phase::Whole) => "ECONNABORTED",
            Self::TooManyRedirects { .. } => "ERR_FR_TOO_MANY_REDIRECTS",
            Self::BadResponse { .. } => "ERR_BAD_RESPONSE",
            Self::HeadersTooLarge => "HPE_HEADER_OVERFLOW",
            Self::RequestBody { .. } => "ERR_REQUEST_BODY",
            Self::Decode { truncated: true } => "Z_BUF_ERROR",
            Self::Decode { truncated: false } => "Z_DATA_ERROR",
            Self::TooLarge { .. } => "ERR_RESPONSE_TOO_LARGE",
        }
    }

    /// Whether the call failed before a single byte of the request was sent.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(
            self,
            Self::Dns { .. }
                | Self::Connect { .. }
                | Self::Tls { .. }
                | Self::Timeout(Phase::Connect | Phase::Tls)
        )
    }

    /// Whether the protocol's retry rules count this as a transport error worth another attempt.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.code(),
            "ECONNRESET" | "ETIMEDOUT" | "ECONNABORTED" | "ECONNREFUSED" | "EHOSTUNREACH" | "EAI_AGAIN"
        )
    }

    /// Reads the error of one request on one connection.
    pub(super) fn from_exchange(host: &str, error: hyper_util::client::legacy::Error) -> Self {
        if let Some(connect) = find::<ConnectError>(&error) {
            return connect.clone().into_outbound(host);
        }
        if let Some(source) = find::<rustls::Error>(&error) {
            return Self::Tls { host: host.to_owned(), source: source.clone() };
        }
        if error.is_connect() {
            let code = find::<io::Error>(&error).map_or("ECONNRESET", io_code);
            return Self::Connect { host: host.to_owned(), code };
        }
        Self::from_transport(Box::new(error))
    }

    /// Reads the error of a response's body.
    pub(super) fn from_transport(error: BoxError) -> Self {
        let cause: &(dyn Error + 'static) = &*error;
        if find::<BodySourceError>(cause).is_some() {
            return Self::RequestBody { source: error };
        }
        let hyper = find::<hyper::Error>(cause);
        if hyper.is_some_and(hyper::Error::is_parse_too_large) {
            return Self::HeadersTooLarge;
        }
        if hyper.is_some_and(|hyper| hyper.is_parse() || hyper.is_parse_status()) {
            return Self::BadResponse { source: error };
        }
        let code = match find::<io::Error>(cause) {
            Some(io) if matches!(io.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidData) => {
                return Self::BadResponse { source: error };
            }
            Some(io) => io_code(io),
            None => "ECONNRESET",
        };
        Self::Interrupted { code, source: error }
    }
}

/// Marks an error of the caller's body stream, to tell it from one of the connection.
#[derive(Debug, thiserror::Error)]
#[error("request body failed")]
pub(super) struct BodySourceError(#[source] pub BoxError);

/// Why no connection was opened. Cheap to copy out of the transport's error, which cannot be taken apart.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error(transparent)]
    Policy(PolicyError),
    #[error("could not resolve")]
    Dns { temporary: bool },
    #[error("could not connect: {0}")]
    Tcp(&'static str),
    #[error("timed out")]
    Timeout(Phase),
}

impl ConnectError {
    pub(super) fn from_resolver(error: &io::Error) -> Self {
        // The standard library keeps getaddrinfo's code only in the text.
        let text = error.to_string();
        let temporary = error.kind() == ErrorKind::TimedOut
            || text.contains("Temporary failure")
            || text.contains("try again");
        Self::Dns { temporary }
    }

    fn into_outbound(self, host: &str) -> OutboundError {
        let host = host.to_owned();
        match self {
            Self::Policy(error) => OutboundError::Policy(error),
            Self::Dns { temporary } => OutboundError::Dns { host, temporary },
            Self::Tcp(code) => OutboundError::Connect { host, code },
            Self::Timeout(phase) => OutboundError::Timeout(phase),
        }
    }
}

/// Looks for an error of type `T` along the causes. `io::Error` hides what it wraps from `source`, hence the detour.
pub(super) fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    if let Some(found) = error.downcast_ref::<T>() {
        return Some(found);
    }
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match wrapped {
        Some(inner) => find(inner),
        None => find(error.source()?),
    }
}

pub(super) fn io_code(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::ConnectionRefused => "ECONNREFUSED",
        ErrorKind::TimedOut => "ETIMEDOUT",
        ErrorKind::HostUnreachable => "EHOSTUNREACH",
        ErrorKind::NetworkUnreachable => "ENETUNREACH",
        ErrorKind::ConnectionAborted => "ECONNABORTED",
        ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL",
        ErrorKind::PermissionDenied => "EACCES",
        ErrorKind::ConnectionReset
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof
        | ErrorKind::NotConnected => "ECONNRESET",
        _ => "EIO",
    }
}

fn tls_code(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(certificate) = error else { return "EPROTO" };
    match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "CERT_HAS_EXPIRED",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "CERT_NOT_YET_VALID",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "ERR_TLS_CERT_ALTNAME_INVALID"
        }
        CertificateError::UnknownIssuer => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        CertificateError::Revoked => "CERT_REVOKED",
        CertificateError::BadSignature => "CERT_SIGNATURE_FAILURE",
        CertificateError::InvalidPurpose => "INVALID_PURPOSE",
        _ => "CERT_UNTRUSTED",
    }
}
