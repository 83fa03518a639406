//! The page a window ends on, and its script and style. It holds no code, no token and nothing inline.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bowline_engine::connect::Confirmation;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use url::Url;
use uuid::Uuid;

use crate::settings::ServerSettings;

/// The page's content security policy.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
                                 form-action 'none'; frame-ancestors 'none'";
/// The same for the page with a question, whose form comes back here.
pub(super) const QUESTION_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
                                          form-action 'self'; frame-ancestors 'none'";
const SCRIPT: &str = include_str!("../../../pages/ending.js");
const STYLE: &str = include_str!("../../../pages/ending.css");

/// What the page says.
pub(super) struct Page<'a> {
    /// `error_type` and text; without it the account is connected.
    pub error: Option<(&'a str, &'a str)>,
    /// By which the log names the cause.
    pub request_id: Option<Uuid>,
    /// Origins of pages that are told how it ended.
    pub targets: Vec<String>,
}

impl Page<'_> {
    /// The page as HTML; every text from outside is escaped.
    pub fn render(&self, settings: &ServerSettings) -> String {
        let (kind, message) = self.error.unwrap_or_default();
        let (title, heading, advice) = match self.error {
            None => ("Connected", "Your account is connected", "You can close this window."),
            Some((kind, _)) => ("Not connected", "Your account could not be connected", advice(kind)),
        };
        let mut html = head(settings, title);
        let outcome = if self.error.is_some() { "error" } else { "success" };
        let targets = escape(&self.targets.join(" "));
        let _ = writeln!(
            html,
            "<body data-outcome=\"{outcome}\" data-targets=\"{targets}\" data-error-type=\"{}\" data-message=\"{}\">",
            escape(kind),
            escape(message)
        );
        let _ = writeln!(html, "<main>\n<h1>{heading}</h1>\n<p>{advice}</p>");
        if self.error.is_some() {
            let _ = writeln!(html, "<details>\n<summary>Details</summary>\n<p>{}</p>", escape(message));
            if let Some(id) = self.request_id {
                let _ = writeln!(html, "<p>Reference: <code>{id}</code></p>");
            }
            html.push_str("</details>\n");
        }
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }
}

/// The page that asks whether an account may become somebody's.
pub(super) fn question(settings: &ServerSettings, question: &Confirmation) -> String {
    let (base, provider) = (base_path(settings), escape(&question.provider));
    let owner = match &question.end_user {
        Some(user) => format!("It will be connected for <strong>{}</strong>.", escape(user)),
        None => "It will be connected for whoever sent you here.".to_owned(),
    };
    let mut html = head(settings, "Connect?");
    let _ = writeln!(html, "<body data-outcome=\"question\" data-targets=\"\">\n<main>");
    let _ = writeln!(html, "<h1>Connect your {provider} account?</h1>\n<p>{owner}</p>");
    html.push_str("<p>If you did not begin this yourself, do not connect.</p>\n");
    let _ = writeln!(html, "<form method=\"post\" action=\"{base}/confirm\">");
    let _ = writeln!(html, "<input type=\"hidden\" name=\"state\" value=\"{}\">", escape(&question.state));
    html.push_str("<button name=\"decision\" value=\"connect\">Connect</button>\n");
    html.push_str("<button name=\"decision\" value=\"decline\">Do not connect</button>\n");
    html.push_str("</form>\n</main>\n</body>\n</html>\n");
    html
}

fn head(settings: &ServerSettings, title: &str) -> String {
    let base = base_path(settings);
    let mut html = String::with_capacity(2_048);
    html.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.push_str("<meta name=\"robots\" content=\"noindex\">\n");
    let _ = writeln!(html, "<title>{title}</title>");
    let _ = writeln!(html, "<link rel=\"stylesheet\" href=\"{base}/oauth/ending.css\">");
    let _ = writeln!(html, "<script src=\"{base}/oauth/ending.js\" defer></script>\n</head>");
    html
}

/// What the user can do about it.
fn advice(kind: &str) -> &'static str {
    match kind {
        "callback_err" => {
            "The other service did not approve the connection. Close this window and try again."
        }
        "state_err" | "state_cookie_err" => {
            "The connection took too long, or was begun in another window. Close this window and try again."
        }
        "connection_validation_failed" => {
            "Another account was approved than before. Sign in there with the account of this connection, and try \
             again."
        }
        "provider_config_err" | "unknown_config_key" | "auth_mode_err" | "grant_type_err" => {
            "The application is not set up for this service yet. Tell its support team."
        }
        "url_param_err" => "One of the values you entered cannot be used. Close this window and correct it.",
        "integration_not_allowed"
        | "connection_not_found"
        | "unknown_connect_session_token"
        | "invalid_connect_session_token_format" => {
            "This link is for something else, or too old. Ask the application for a new one."
        }
        _ => "Close this window and try again. If it fails again, tell the application's support team.",
    }
}

/// The origins of pages that may be told: the Connect UI's, and this server's own.
pub(super) fn targets(settings: &ServerSettings) -> Vec<String> {
    let mut origins = Vec::new();
    for address in [&settings.connect_url, &settings.public_url] {
        let origin = Url::parse(address).map(|url| url.origin().ascii_serialization());
        origins.extend(origin.ok().filter(|origin| origin != "null" && !origins.contains(origin)));
    }
    origins
}

/// The path behind the origin under which this server is reached.
fn base_path(settings: &ServerSettings) -> String {
    let path = Url::parse(&settings.public_url).map(|url| url.path().trim_end_matches('/').to_owned());
    escape(&path.unwrap_or_default())
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}

fn asset(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    (headers, Body::from(text)).into_response()
}

/// The script of the page a window ends on.
#[utoipa::path(get, path = "/oauth/ending.js", tag = "auth",
    responses((status = 200, description = "A script", content_type = "text/javascript", body = String)))]
pub(crate) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

/// The style of the page a window ends on.
#[utoipa::path(get, path = "/oauth/ending.css", tag = "auth",
    responses((status = 200, description = "A style sheet", content_type = "text/css", body = String)))]
pub(crate) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_cannot_leave_its_place_in_the_page() {
        let evil = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>\u{2028}";
        let page = Page { error: Some(("callback_err", evil)), request_id: None, targets: Vec::new() };
        let html = page.render(&ServerSettings::default());
        assert!(
            !html.contains("<script>") && !html.contains("<img") && !html.contains("onerror='"),
            "{html}"
        );
        assert_eq!(html.matches("<script ").count(), 1);
        assert!(html.contains("&lt;script&gt;alert(1)"));
    }

    #[test]
    fn only_the_connect_ui_and_this_server_are_told() {
        let settings = ServerSettings {
            public_url: "https://api.example.com/bowline".to_owned(),
            connect_url: "https://connect.example.com/ui".to_owned(),
            ..ServerSettings::default()
        };
        assert_eq!(targets(&settings), ["https://connect.example.com", "https://api.example.com"]);
        assert_eq!(base_path(&settings), "/bowline");
    }
}
