//! The Connect UI's files, built from `ui/` and embedded: served by the API under `/connect-ui` and, on a port of its
//! own, at `/` (spec `ui.md` §2.1). Nothing here reads a cookie or knows a session.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use ring::digest::{SHA256, digest};
use url::Url;

use crate::settings::ServerSettings;

const INDEX: &str = include_str!("../../../ui/dist/connect/index.html");
static SCRIPT: LazyLock<File> = LazyLock::new(|| {
    File::new("text/javascript; charset=utf-8", include_str!("../../../ui/dist/connect/main.js").to_owned())
});
static STYLE: LazyLock<File> = LazyLock::new(|| {
    File::new("text/css; charset=utf-8", include_str!("../../../ui/dist/connect/connect.css").to_owned())
});

/// Where the page is served from, which decides how it finds its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Under `/connect-ui` of the API.
    Api,
    /// At `/` of a port of its own.
    OwnPort,
}

/// The page and its files for one installation.
pub struct ConnectUi {
    index: File,
    policy: HeaderValue,
}

struct File {
    content_type: &'static str,
    plain: Bytes,
    gzip: Bytes,
    etag: HeaderValue,
}

impl ConnectUi {
    /// The page as it is served at `base`.
    pub fn new(settings: &ServerSettings, base: Base) -> Self {
        let path = Url::parse(&settings.public_url).map(|url| url.path().trim_end_matches('/').to_owned());
        let prefix = match base {
            Base::Api => format!("{}/connect-ui/", path.unwrap_or_default()),
            Base::OwnPort => "/".to_owned(),
        };
        let api = format!("name=\"bowline-api\" content=\"{}\"", attribute(&settings.public_url));
        let page = INDEX
            .replace("name=\"bowline-api\" content=\"\"", &api)
            .replace("href=\"connect.css\"", &format!("href=\"{}connect.css\"", attribute(&prefix)))
            .replace("src=\"main.js\"", &format!("src=\"{}main.js\"", attribute(&prefix)));
        Self { index: File::new("text/html; charset=utf-8", page), policy: policy(settings) }
    }

    /// Answers any request of the page's own port: its files, and for all other paths the page.
    pub fn respond<B>(&self, request: &Request<B>) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let name = request.uri().path().rsplit('/').next().unwrap_or_default();
        let mut response = self.file(name, request.headers());
        if request.method() == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        response
    }

    /// A file by name; the page for any other.
    pub fn file(&self, name: &str, headers: &HeaderMap) -> Response {
        let file = match name {
            "main.js" => &*SCRIPT,
            "connect.css" => &*STYLE,
            _ => &self.index,
        };
        let mut response = file.respond(headers);
        let own = response.headers_mut();
        own.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        own.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        own.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

impl File {
    fn new(content_type: &'static str, text: String) -> Self {
        let hash = hex::encode(&digest(&SHA256, text.as_bytes()).as_ref()[..12]);
        let etag = HeaderValue::try_from(format!("\"{hash}\"")).expect("hex in quotes is a header value");
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let gzip = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
        let gzip = gzip.expect("compressing into memory does not fail");
        Self { content_type, plain: Bytes::from(text), gzip: Bytes::from(gzip), etag }
    }

    fn respond(&self, headers: &HeaderMap) -> Response {
        let common = [
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (VARY, HeaderValue::from_static("accept-encoding")),
            (ETAG, self.etag.clone()),
        ];
        if headers.get(IF_NONE_MATCH) == Some(&self.etag) {
            return (StatusCode::NOT_MODIFIED, common).into_response();
        }
        let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let takes_gzip = accepted.split(',').any(|coding| coding.trim().split(';').next() == Some("gzip"));
        let body = if takes_gzip { self.gzip.clone() } else { self.plain.clone() };
        let mut response = (common, Body::from(body)).into_response();
        let own = response.headers_mut();
        own.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if takes_gzip {
            own.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// Any page may frame this one; it reaches nothing but itself and the API.
fn policy(settings: &ServerSettings) -> HeaderValue {
    let origins = api_origins(settings);
    let api = origins.join(" ");
    let sockets: Vec<String> = origins.iter().map(|origin| origin.replacen("http", "ws", 1)).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {api} data:; \
         connect-src 'self' {api} {}; form-action 'none'; base-uri 'none'; frame-ancestors *",
        sockets.join(" ")
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The API's origin; on a developer's machine under both of its names.
fn api_origins(settings: &ServerSettings) -> Vec<String> {
    let Ok(url) = Url::parse(&settings.public_url) else { return Vec::new() };
    let own = url.origin().ascii_serialization();
    let other = match url.host_str() {
        Some("localhost") => Some(own.replacen("localhost", "127.0.0.1", 1)),
        Some("127.0.0.1") => Some(own.replacen("127.0.0.1", "localhost", 1)),
        _ => None,
    };
    std::iter::once(own).chain(other).collect()
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(public_url: &str) -> ServerSettings {
        ServerSettings { public_url: public_url.to_owned(), ..ServerSettings::default() }
    }

    #[test]
    fn the_page_finds_its_files_and_the_api_from_either_place() {
        let settings = settings("https://api.example.com/base");
        let page = |base| String::from_utf8(ConnectUi::new(&settings, base).index.plain.to_vec()).unwrap();
        assert!(page(Base::Api).contains("src=\"/base/connect-ui/main.js\""));
        assert!(page(Base::OwnPort).contains("href=\"/connect.css\""));
        assert!(
            page(Base::OwnPort).contains("name=\"bowline-api\" content=\"https://api.example.com/base\"")
        );
    }

    #[test]
    fn the_policy_names_the_api_and_nothing_else() {
        let policy = policy(&settings("https://api.example.com"));
        let text = policy.to_str().unwrap();
        assert!(text.contains("connect-src 'self' https://api.example.com wss://api.example.com;"), "{text}");
        assert!(!text.contains("unsafe"));
    }

    #[test]
    fn what_moves_to_a_browser_stays_within_forty_kilobytes() {
        let page = ConnectUi::new(&settings("https://api.example.com"), Base::Api);
        let moved = page.index.gzip.len() + SCRIPT.gzip.len() + STYLE.gzip.len();
        assert!(moved <= 40 * 1024, "{moved} bytes");
    }
}
