//! Calls a provider's API as an account that may not be stored yet: to try credentials, to learn what a connection needs
//! to know, to say goodbye. The calls are those of the proxy.

use bowline_domain::provider::Verification;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Engine;
use crate::credential::Credentials;
use crate::integration::OpenIntegration;
use crate::outbound::{BufferedResponse, OutboundBody, OutboundRequest};
use crate::proxy::url::QueryParams;
use crate::proxy::{
    BuildInput, BuiltBody, ConnectionView, CredentialView, InboundBody, IntegrationView, ProxyCall,
    build_request, wire_request,
};
use crate::template::{Form, RenderContext, Scope, Template, UrlValues, render};

/// Of an answer at most this much is read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// An account to call as.
pub(crate) struct Account<'a> {
    pub integration: &'a OpenIntegration,
    pub credentials: &'a Credentials,
    pub config: &'a Map<String, Value>,
}

impl Engine {
    /// The answer to one call, or why there is none. What is called is described as definitions describe the requests
    /// that try credentials.
    pub(crate) async fn call_as_account(
        &self,
        account: &Account<'_>,
        call: &Verification,
        endpoint: &str,
    ) -> Result<BufferedResponse, String> {
        let context = RenderContext { now: self.clock.now(), random: Uuid::new_v4() };
        let request =
            request(account.integration, account.credentials, account.config, call, endpoint, &context)?;
        self.outbound.send_for_bytes(request, ANSWER_BYTES_MAX).await.map_err(|error| error.to_string())
    }
}

fn request(
    integration: &OpenIntegration,
    credentials: &Credentials,
    config: &Map<String, Value>,
    verification: &Verification,
    endpoint: &str,
    context: &RenderContext,
) -> Result<OutboundRequest, String> {
    let scope =
        Scope::new(context).under("connectionConfig", config).under("credentials", credentials.expose());
    let endpoint = render(endpoint, Form::Object, &scope).text;
    let method = verification.method.as_deref().unwrap_or("GET").to_ascii_uppercase();
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| "its method is none".to_owned())?;
    let call = call_of(verification, &scope)?;
    let body = verification.data.as_ref().map(|data| match data {
        Value::String(text) => Bytes::from(text.clone()),
        data => Bytes::from(data.to_string()),
    });
    let own = &integration.credentials;
    let input = BuildInput {
        call: &call,
        method: &method,
        endpoint: &format!("/{}", endpoint.trim_start_matches('/')),
        params: QueryParams::None,
        content_type: body.as_ref().map(|_| "application/json"),
        body: body.as_ref().map_or(InboundBody::None, InboundBody::Bytes),
        provider: &integration.provider,
        integration: IntegrationView {
            client_id: own.client_id.as_deref(),
            client_secret: own.client_secret.as_ref().map(|secret| secret.expose().as_str()),
            custom: Some(&own.custom),
        },
        connection: ConnectionView {
            connection_id: "",
            config,
            metadata: None,
            credential: CredentialView::new(credentials.expose()).map_err(|error| error.to_string())?,
        },
        context,
    };
    let mut built = build_request(&input).map_err(|error| error.to_string())?;
    let body = match std::mem::replace(&mut built.body, BuiltBody::None) {
        BuiltBody::Bytes(bytes) => OutboundBody::Bytes(bytes),
        BuiltBody::None | BuiltBody::Forward => OutboundBody::Empty,
    };
    wire_request(built, body).map_err(|error| error.to_string())
}

/// The verification's own headers and base URL, as a caller would give them. What the connection brings cannot
/// move the call to another host.
fn call_of(verification: &Verification, scope: &Scope<'_>) -> Result<ProxyCall, String> {
    let base = verification.base_url_override.as_deref();
    let base =
        base.map(|url| Template::parse(url, Form::Object).render_url(scope, UrlValues::Paths)).transpose();
    let base = base.map_err(|error| error.to_string())?;
    let mut call = ProxyCall { base_url_override: base.map(String::from), ..ProxyCall::default() };
    for (name, template) in &verification.headers {
        let value = render(template, Form::Object, scope).text;
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value))
        {
            call.set_header(name, value);
        }
    }
    if verification.data.is_some() && !call.headers.contains_key(CONTENT_TYPE) {
        call.set_header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(call)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::trial::Trial;
    use crate::credential::CredentialKind;
    use crate::integration::sample::integration_of;
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn a_key_of_aws_is_tried_at_the_token_service_and_signed_for_it() {
        let fields = json!({"username": "AKIA", "password": "s"}).as_object().unwrap().clone();
        let credentials = Credentials::new(CredentialKind::Basic, fields);
        let context = RenderContext { now: bowline_domain::Timestamp::default(), random: Uuid::nil() };
        let config = json!({"region": "eu-west-1"}).as_object().unwrap().clone();
        for name in ["aws-iam", "aws-inspector2"] {
            let mut integration = integration_of(name);
            let hook = integration.provider.credentials_verification_hook().unwrap();
            let trial = Trial::find(hook).unwrap();
            (trial.bend)(Arc::make_mut(&mut integration.provider));
            let call = trial.call(&credentials);
            let request = request(&integration, &credentials, &config, &call, trial.path, &context).unwrap();
            let expected = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15";
            assert_eq!(request.url.as_str(), expected, "{name}");
            let signature = request.headers["authorization"].to_str().unwrap();
            assert!(signature.contains("AKIA/19700101/us-east-1/sts/aws4_request"), "{name}: {signature}");
        }
    }

    #[test]
    fn no_setting_of_the_connection_moves_the_test_to_another_host() {
        let verification = Verification {
            base_url_override: Some("https://${connectionConfig.company}.example.com".to_owned()),
            ..Verification::default()
        };
        let context = RenderContext { now: bowline_domain::Timestamp::default(), random: Uuid::nil() };
        let base_of = |company: &str| {
            let config = json!({ "company": company });
            let scope = Scope::new(&context).under("connectionConfig", config.as_object().unwrap());
            call_of(&verification, &scope).map(|call| call.base_url_override)
        };
        assert_eq!(base_of("acme"), Ok(Some("https://acme.example.com/".to_owned())));
        for company in ["evil.test/", "evil.test#", "evil.test?", "a@evil.test:443/", "evil.test\\"] {
            assert!(base_of(company).is_err(), "{company}");
        }
    }
}
