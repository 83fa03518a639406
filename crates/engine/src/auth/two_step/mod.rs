//! TWO_STEP: the user's fields are exchanged for a token by calls that the definition describes (spec `auth.md` §9.4).

mod answer;

use bowline_domain::Timestamp;
use bowline_domain::provider::{Provider, TokenStep};
use http::Method;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::step::Step;
use super::{TokenCreation, signed_token, token_response};
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::integration::IntegrationCredentials;
use crate::outbound::Outbound;
use crate::template::{Form, RenderContext, Scope, Template, UrlValues, json, render};
use answer::Answer;

/// An assertion that ends this soon is made anew.
const ASSERTION_MARGIN_SECONDS: i64 = 60;
/// What of stored credentials is not a field of the user's.
const RESERVED: [&str; 5] = ["type", "token", "refresh_token", "expires_at", "raw"];
/// Where a made assertion and its end are kept.
const ASSERTION: &str = "assertion";
const ASSERTION_EXPIRES_AT: &str = "assertion_expires_at";

/// Logs in for the first time.
pub async fn create(outbound: &Outbound, creation: &TokenCreation<'_>) -> Result<Refreshed, TokenError> {
    let login = Login {
        provider: creation.provider,
        config: creation.config,
        now: creation.now,
        stored: creation.input.clone(),
        option: creation.assertion_option,
        refresh_token: None,
    };
    login.run(outbound, creation.integration).await
}

/// Logs in again with the stored fields, or renews with the refresh token where the definition says how.
pub async fn refresh(outbound: &Outbound, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let fields = request.credentials.expose().iter();
    let fields = fields.filter(|(name, _)| !RESERVED.contains(&name.as_str()));
    let login = Login {
        provider: request.provider,
        config: request.config,
        now: request.now,
        stored: fields.map(|(name, value)| (name.clone(), value.clone())).collect(),
        option: &Map::new(),
        refresh_token: request.credentials.text("refresh_token"),
    };
    login.run(outbound, request.integration).await
}

/// One login.
struct Login<'a> {
    provider: &'a Provider,
    config: &'a Map<String, Value>,
    now: Timestamp,
    /// The user's fields, which are kept with the connection.
    stored: Map<String, Value>,
    option: &'a Map<String, Value>,
    refresh_token: Option<&'a str>,
}

impl Login<'_> {
    async fn run(
        mut self,
        outbound: &Outbound,
        integration: &IntegrationCredentials,
    ) -> Result<Refreshed, TokenError> {
        let provider = self.provider;
        self.keep_assertion_fresh()?;
        let mut fields = self.stored.clone();
        // The application's own values come before the user's, and are not kept with the connection.
        for name in provider.integration_config.keys() {
            fields.extend(integration.custom.get(name).map(|value| (name.clone(), value.clone())));
        }
        if provider.token.is_some() && provider.signature.is_some() {
            let (token, _) = signed_token::token(provider, &fields, self.config, self.now)?;
            fields.insert("token".to_owned(), token.into());
        }
        fields.extend(self.refresh_token.map(|token| ("refresh_token".to_owned(), token.into())));
        let renews = self.refresh_token.is_some()
            && !(provider.refresh_token_params.is_empty() && provider.refresh_token_headers.is_empty());
        let mut answers = Vec::with_capacity(1 + provider.additional_steps.len());
        let first = self.first_step(&fields, renews)?.send(outbound).await?;
        let mut headers = first.headers;
        answers.push(first.body);
        for step in provider.additional_steps.iter().filter(|_| !renews) {
            let answer = self.further_step(step, &fields, &answers)?.send(outbound).await?;
            headers = answer.headers;
            answers.push(answer.body);
        }
        let body = answers.pop().unwrap_or_default();
        let answer = Answer { provider, body, headers: &headers, now: self.now };
        self.conclude(&answer)
    }

    fn conclude(self, answer: &Answer<'_>) -> Result<Refreshed, TokenError> {
        let token = answer.token()?;
        let mut fields = self.stored;
        for (name, value) in answer.header_values() {
            if !RESERVED.contains(&name.as_str()) {
                fields.insert(name, value.into());
            }
        }
        let expires_at = answer.expires_at(&token)?;
        fields.insert("token".to_owned(), token.into());
        if let Some(token) = answer.refresh_token().or(self.refresh_token.map(str::to_owned)) {
            fields.insert("refresh_token".to_owned(), token.into());
        }
        if let Some(at) = expires_at {
            fields.insert("expires_at".to_owned(), at.iso_millis_z().into());
        }
        let empty = Map::new();
        let object = answer.body.as_object().unwrap_or(&empty);
        let config_changes = token_response::metadata(object, &self.provider.token_response_metadata);
        fields.insert("raw".to_owned(), answer.body.clone());
        Ok(Refreshed { credentials: Credentials::new(CredentialKind::TwoStep, fields), config_changes })
    }

    /// A statement whose key was used once cannot be made again: then the old one is sent, and when it has ended the
    /// user must connect again.
    fn keep_assertion_fresh(&mut self) -> Result<(), TokenError> {
        let Some(definition) = &self.provider.assertion else { return Ok(()) };
        let end =
            self.stored.get(ASSERTION_EXPIRES_AT).and_then(Value::as_str).and_then(Timestamp::parse_iso);
        let is_good =
            end.is_some_and(|end| end.as_seconds() > self.now.as_seconds() + ASSERTION_MARGIN_SECONDS);
        if is_good && self.stored.contains_key(ASSERTION) {
            return Ok(());
        }
        let made = signed_token::assertion(definition, &self.stored, self.option, self.config, self.now);
        let (text, ends) = made.map_err(|error| match end {
            None => error,
            Some(_) => TokenError::Unbuildable {
                code: "invalid_credentials",
                message: "the signed statement has expired, and its key is not kept; connect again"
                    .to_owned(),
            },
        })?;
        self.stored.insert(ASSERTION.to_owned(), text.into());
        self.stored.insert(ASSERTION_EXPIRES_AT.to_owned(), ends.iso_millis_z().into());
        Ok(())
    }

    fn first_step(&self, fields: &Map<String, Value>, renews: bool) -> Result<Step, TokenError> {
        let provider = self.provider;
        let own_url = provider.token_url();
        let (url, params) = if renews {
            (provider.refresh_url.as_deref().or(own_url), &provider.refresh_token_params)
        } else {
            (own_url, &provider.token_params)
        };
        let own_headers = !renews || provider.refresh_token_headers.is_empty();
        let headers = if own_headers { &provider.token_headers } else { &provider.refresh_token_headers };
        let url = url.ok_or_else(|| missing_url(provider))?;
        let parts = Parts { url, values: UrlValues::Encoded, params, headers };
        let format = provider.body_format.clone();
        self.step(&parts, provider.token_request_method.as_deref(), format, fields, &[])
    }

    fn further_step(
        &self,
        step: &TokenStep,
        fields: &Map<String, Value>,
        answers: &[Value],
    ) -> Result<Step, TokenError> {
        let format = step.body_format.clone().or(self.provider.body_format.clone());
        let parts = Parts {
            url: &step.token_url,
            values: UrlValues::Paths,
            params: &step.token_params,
            headers: &step.token_headers,
        };
        self.step(&parts, step.token_request_method.as_deref(), format, fields, answers)
    }

    fn step(
        &self,
        parts: &Parts<'_>,
        method: Option<&str>,
        format: Option<String>,
        fields: &Map<String, Value>,
        answers: &[Value],
    ) -> Result<Step, TokenError> {
        let context = RenderContext { now: self.now, random: Uuid::new_v4() };
        let names: Vec<String> = (1..=answers.len()).map(|number| format!("step{number}")).collect();
        let mut scope = Scope::new(&context);
        for (name, answer) in names.iter().zip(answers.iter().filter_map(Value::as_object)) {
            scope = scope.under(name, answer);
        }
        let scope = scope.under("credentials", fields).under("connectionConfig", self.config).top(fields);
        let method = method.unwrap_or("POST").to_ascii_uppercase();
        let unusable = |what: &str| TokenError::Unbuildable {
            code: "invalid_credentials",
            message: format!("the {what} of provider \"{}\" cannot be built", self.provider.name),
        };
        let secrets = fields.values().chain(self.option.values()).filter_map(Value::as_str);
        Ok(Step {
            method: Method::from_bytes(method.as_bytes()).map_err(|_| unusable("method of the login"))?,
            url: self.url(parts, &scope)?,
            headers: parts
                .headers
                .iter()
                .map(|(name, template)| (name.clone(), render(template, Form::Object, &scope).text))
                .collect(),
            params: json::interpolate_object(parts.params, Form::Object, &scope, json::Unresolved::Drop),
            format,
            secrets: secrets.map(str::to_owned).collect(),
        })
    }

    fn url(&self, parts: &Parts<'_>, scope: &Scope<'_>) -> Result<Url, TokenError> {
        let rendered = Template::parse(parts.url, Form::Object).render_url(scope, parts.values);
        rendered.map_err(|error| TokenError::Unbuildable {
            code: "missing_token_url",
            message: format!("the token URL of provider \"{}\" cannot be built: {error}", self.provider.name),
        })
    }
}

/// What a definition says about one call.
struct Parts<'a> {
    url: &'a str,
    values: UrlValues,
    params: &'a Map<String, Value>,
    headers: &'a IndexMap<String, String>,
}

fn missing_url(provider: &Provider) -> TokenError {
    let message = format!("provider \"{}\" has no token URL", provider.name);
    TokenError::Unbuildable { code: "missing_token_url", message }
}
