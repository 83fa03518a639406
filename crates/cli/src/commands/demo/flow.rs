//! An account connected as an end user does it: a link, the provider's page, and back.

use anyhow::{Context, Result, bail};
use bowline_engine::outbound::{
    AllowList, BufferedResponse, Outbound, OutboundOptions, OutboundPolicy, OutboundRequest, Purpose,
    RedirectPolicy,
};
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderValue, Method};
use serde_json::Value;
use url::Url;

use super::setup;
use crate::api_client::ApiClient;

/// Far above any page of the demo.
const PAGE_BYTES_MAX: usize = 1 << 20;

/// A session for one end user, as the product's backend opens it; gives its token.
pub async fn open_session(api: &ApiClient) -> Result<String> {
    let body = format!(
        r#"{{"end_user":{{"id":"user-2","display_name":"Grace"}},"allowed_integrations":["{}"]}}"#,
        setup::OAUTH_INTEGRATION
    );
    let answer = api.send("POST", "/connect/sessions", &[], Some(&body)).await?;
    let json: Value = serde_json::from_str(&answer.body).context("the answer is not JSON")?;
    let token = json["data"]["token"].as_str();
    token.map(str::to_owned).with_context(|| format!("no session was opened: {}", answer.body))
}

/// The page on which the end user connects, served by the API itself.
pub fn link(api_url: &str, token: &str) -> String {
    format!("{}/connect-ui/?session_token={token}", at_localhost(api_url))
}

/// What the browser does when the user presses "Connect" and approves.
pub async fn connect(api_url: &str, simulator: &str, token: &str) -> Result<()> {
    let (api_url, integration) = (at_localhost(api_url), setup::OAUTH_INTEGRATION);
    let browser = Browser::new(&[&api_url, simulator])?;
    let begin = format!("{api_url}/oauth/connect/{integration}?connect_session_token={token}");
    let begun = browser.get(&begin, None).await?;
    let cookie = begun.headers.get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookie = cookie.context("the authorization set no cookie")?.to_owned();
    let approved = browser.get(&format!("{}&decision=approve", location(&begun)?), None).await?;
    let page = browser.get(&location(&approved)?, Some(&cookie)).await?;
    if !page.status.is_success() {
        bail!("the authorization ended with {}: {}", page.status, String::from_utf8_lossy(&page.body));
    }
    Ok(())
}

/// Cookies belong to a host, and providers send people back to this one.
fn at_localhost(url: &str) -> String {
    url.replacen("127.0.0.1", "localhost", 1)
}

fn location(answer: &BufferedResponse) -> Result<String> {
    let location = answer.headers.get(LOCATION).and_then(|location| location.to_str().ok());
    location.map(str::to_owned).with_context(|| {
        format!("{} was no redirect: {}", answer.status, String::from_utf8_lossy(&answer.body))
    })
}

/// Opens pages of the demo's two servers, and no others.
struct Browser(Outbound);

impl Browser {
    fn new(urls: &[&str]) -> Result<Self> {
        let places: Vec<String> =
            urls.iter().map(|url| Ok(Url::parse(url)?.authority().to_owned())).collect::<Result<_>>()?;
        // `localhost` is a name of the loopback addresses.
        let places = format!("{},127.0.0.1,::1", places.join(","));
        let policy = OutboundPolicy::new(AllowList::parse(&places)?);
        Ok(Self(Outbound::new(OutboundOptions { policy, ..OutboundOptions::default() })?))
    }

    async fn get(&self, url: &str, cookie: Option<&str>) -> Result<BufferedResponse> {
        let mut request = OutboundRequest::new(Method::GET, Url::parse(url)?, Purpose::Proxy);
        request.redirect = RedirectPolicy::Return;
        if let Some(cookie) = cookie {
            request.headers.insert(COOKIE, HeaderValue::try_from(cookie)?);
        }
        self.0.send_for_bytes(request, PAGE_BYTES_MAX).await.with_context(|| format!("no answer from {url}"))
    }
}
