//! Reads the last answer of a login: token, refresh token, end, cookies. Pure.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_domain::Timestamp;
use bowline_domain::provider::Provider;
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde_json::{Map, Value};

use crate::auth::token_response::moment;
use crate::credential::refresh::TokenError;
use crate::template::lookup;

/// The last answer, and how its definition says to read it.
pub struct Answer<'a> {
    pub provider: &'a Provider,
    pub body: Value,
    pub headers: &'a HeaderMap,
    pub now: Timestamp,
}

impl Answer<'_> {
    /// The token; without a path the whole answer is it.
    pub fn token(&self) -> Result<String, TokenError> {
        let path = self.provider.token_response.as_ref().map_or("", |response| response.token.as_str());
        let value = if path.is_empty() { Some(&self.body) } else { self.at(path) };
        let text = value.and_then(|value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        text.filter(|text| !text.is_empty()).ok_or_else(|| {
            TokenError::Unreadable("the answer has no token where the provider puts it".to_owned())
        })
    }

    /// The refresh token, where the definition names its place.
    pub fn refresh_token(&self) -> Option<String> {
        let path = self.provider.token_response.as_ref()?.refresh_token.as_deref()?;
        self.at(path)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// When the token ends: by the answer, else by the definition, else by the token itself; `None` is never.
    pub fn expires_at(&self, token: &str) -> Result<Option<Timestamp>, TokenError> {
        let response = self.provider.token_response.as_ref();
        let told = response.and_then(|response| response.token_expiration.as_deref());
        if let Some(value) = told.and_then(|path| self.at(path)).filter(|value| !value.is_null()) {
            let is_span = response.and_then(|response| response.token_expiration_strategy.as_deref());
            let at = match is_span {
                Some("expireIn") => span(value).map(|span| self.now.plus(span)),
                _ => moment(value, self.now),
            };
            let unreadable =
                || TokenError::Unreadable("the answer's expiration could not be read".to_owned());
            return at.map(Some).ok_or_else(unreadable);
        }
        match self.provider.token_expires_in_ms {
            Some(0) => Ok(None),
            Some(millis) => Ok(Some(self.now.plus(Duration::from_millis(millis)))),
            None => Ok(end_of_jwt(token)),
        }
    }

    /// Values of response headers that the definition keeps: each cookie under its name, and all of them together as
    /// a `Cookie` header wants them.
    pub fn header_values(&self) -> Vec<(String, String)> {
        let wanted = &self.provider.token_response_headers;
        let mut values = Vec::new();
        for name in wanted.iter().filter(|name| !name.eq_ignore_ascii_case(SET_COOKIE.as_str())) {
            let value = self.headers.get(name.as_str()).and_then(|value| value.to_str().ok());
            values.extend(value.map(|value| (name.clone(), value.to_owned())));
        }
        if wanted.iter().any(|name| name.eq_ignore_ascii_case(SET_COOKIE.as_str())) {
            let cookies = self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
            let cookies = cookies.filter_map(|cookie| cookie.split(';').next()?.split_once('='));
            let cookies: Vec<(&str, &str)> = cookies.map(|(n, v)| (n.trim(), v.trim())).collect();
            let all: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            values.extend(cookies.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            values.push(("_cookies".to_owned(), all.join("; ")));
        }
        values
    }

    fn at(&self, path: &str) -> Option<&Value> {
        lookup(self.body.as_object()?, path)
    }
}

/// Seconds, or a span in words such as `1h`.
fn span(value: &Value) -> Option<Duration> {
    let seconds = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    if let Some(seconds) = seconds {
        return Some(Duration::from_secs(seconds));
    }
    if let Some(seconds) = value.as_f64() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let text = value.as_str()?.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..unit_at].parse().ok()?;
    let unit = match text[unit_at..].trim() {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hr" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        _ => return None,
    };
    number.checked_mul(unit).map(Duration::from_secs)
}

/// What a JWT says of its own end; it is not verified, because it is not ours to trust but to know when to renew.
fn end_of_jwt(token: &str) -> Option<Timestamp> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Map<String, Value> = serde_json::from_slice(&claims).ok()?;
    claims.get("exp")?.as_i64().map(Timestamp::from_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn provider(more: Value) -> Provider {
        let mut wire =
            json!({"display_name": "P", "auth_mode": "TWO_STEP", "token_url": "https://p.example/t"});
        wire.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Provider::from_wire("p", wire.as_object().unwrap()).unwrap()
    }

    fn expiry(definition: Value, body: Value, token: &str) -> Result<Option<i64>, TokenError> {
        let (provider, headers) = (provider(definition), HeaderMap::new());
        let answer = Answer { provider: &provider, body, headers: &headers, now: NOW };
        Ok(answer.expires_at(token)?.map(Timestamp::as_seconds))
    }

    #[test]
    fn an_end_is_read_as_the_definition_says() {
        let told = |strategy: &str| {
            json!({"token_response": {
                "token": "t", "token_expiration": "d.e", "token_expiration_strategy": strategy,
            }})
        };
        let at =
            |strategy: &str, value: Value| expiry(told(strategy), json!({"d": {"e": value}}), "t").unwrap();
        assert_eq!(at("expireIn", json!(60)), Some(1_700_000_060));
        assert_eq!(at("expireIn", json!("60")), Some(1_700_000_060));
        assert_eq!(at("expireIn", json!("1h")), Some(1_700_003_600));
        assert_eq!(at("expireAt", json!("2023-11-14T22:15:00Z")), Some(1_700_000_100));
        assert_eq!(at("expireAt", json!(1_700_000_100)), Some(1_700_000_100));
        assert!(expiry(told("expireIn"), json!({"d": {"e": "soon"}}), "t").is_err());
    }

    #[test]
    fn without_a_told_end_the_definition_counts_and_then_the_token_itself() {
        let jwt = format!("h.{}.s", URL_SAFE_NO_PAD.encode(json!({"exp": 1_700_009_999}).to_string()));
        assert_eq!(
            expiry(json!({"token_expires_in_ms": 5_000}), json!({}), &jwt).unwrap(),
            Some(1_700_000_005)
        );
        assert_eq!(expiry(json!({"token_expires_in_ms": 0}), json!({}), &jwt).unwrap(), None);
        assert_eq!(expiry(json!({}), json!({}), &jwt).unwrap(), Some(1_700_009_999));
        assert_eq!(expiry(json!({}), json!({}), "opaque").unwrap(), None);
    }

    #[test]
    fn the_whole_answer_is_the_token_where_no_place_is_named() {
        let (provider, headers) = (provider(json!({"token_response": {"token": ""}})), HeaderMap::new());
        let answer = |body| Answer { provider: &provider, body, headers: &headers, now: NOW };
        assert_eq!(answer(json!("tok")).token().unwrap(), "tok");
        assert!(matches!(answer(json!({"a": 1})).token(), Err(TokenError::Unreadable(_))));
    }

    #[test]
    fn cookies_are_kept_each_and_together() {
        let provider = provider(json!({"token_response_headers": ["set-cookie"]}));
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, "B1SESSION=abc; HttpOnly".parse().unwrap());
        headers.append(SET_COOKIE, "ROUTEID=.node1; path=/".parse().unwrap());
        let answer = Answer { provider: &provider, body: Value::Null, headers: &headers, now: NOW };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = [
            pair("B1SESSION", "abc"),
            pair("ROUTEID", ".node1"),
            pair("_cookies", "B1SESSION=abc; ROUTEID=.node1"),
        ];
        assert_eq!(answer.header_values(), expected);
    }
}
