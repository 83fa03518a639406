//! A request before it is sent.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::client::{header_name, header_value};
use crate::error::{Error, Result};
use crate::http::path::Path;
use crate::retry::RetryPolicy;

/// What is sent with a request.
pub(crate) enum Body {
    Empty,
    /// An object that options of the call still add to.
    Fields(Map<String, Value>),
    Bytes(Bytes),
    /// Can be sent once.
    Once(reqwest::Body),
}

impl Body {
    /// The same body for one more attempt, where it can be had.
    pub fn again(&self) -> Option<Self> {
        match self {
            Self::Empty => Some(Self::Empty),
            Self::Fields(fields) => Some(Self::Fields(fields.clone())),
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::Once(_) => None,
        }
    }
}

pub(crate) struct RequestSpec {
    pub method: Method,
    /// Path with what of the query the caller wrote into it.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Body,
    pub timeout: Option<Duration>,
    pub retry: Option<RetryPolicy>,
    /// Whether it goes through the proxy, so that an error may be the provider's.
    pub is_proxied: bool,
}

impl RequestSpec {
    pub fn new(method: Method, path: Path) -> Self {
        Self {
            method,
            path: path.as_str().to_owned(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Body::Empty,
            timeout: None,
            retry: None,
            is_proxied: false,
        }
    }

    /// The same request once more, where its body can be had again.
    pub fn again(&self) -> Option<Self> {
        Some(Self {
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.again()?,
            timeout: self.timeout,
            retry: self.retry.clone(),
            is_proxied: self.is_proxied,
        })
    }

    /// Takes the query out of the path, so that parameters of it can be set anew.
    pub fn split_query(&mut self) {
        if let Some((path, query)) = self.path.split_once('?') {
            let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            pairs.append(&mut self.query);
            self.query = pairs;
            self.path = path.to_owned();
        }
    }

    /// Removes a query parameter and gives its value.
    pub fn take_query(&mut self, name: &str) -> Option<String> {
        let at = self.query.iter().position(|(key, _)| key == name)?;
        Some(self.query.remove(at).1)
    }

    /// Sets a query parameter in place of one of that name.
    pub fn set_query(&mut self, name: &str, value: impl ToString) {
        self.query.retain(|(key, _)| key != name);
        self.query(name, value);
    }

    pub fn query(&mut self, name: &str, value: impl ToString) {
        self.query.push((name.to_owned(), value.to_string()));
    }

    /// Sets a field of the JSON body.
    pub fn field(&mut self, name: &str, value: impl Serialize) -> Result<()> {
        let value = serde_json::to_value(value)
            .map_err(|_| Error::invalid("argument", format!("`{name}` cannot be written as JSON")))?;
        match &mut self.body {
            Body::Fields(fields) => {
                fields.insert(name.to_owned(), value);
            }
            _ => self.body = Body::Fields(Map::from_iter([(name.to_owned(), value)])),
        }
        Ok(())
    }

    pub fn header(&mut self, name: &str, value: &str) -> Result<()> {
        self.headers.insert(header_name(name)?, header_value("header", value)?);
        Ok(())
    }

    /// A header that takes an id.
    pub fn id_header(&mut self, argument: &'static str, name: &'static str, id: &str) -> Result<()> {
        crate::http::path::check_text(argument, id)?;
        self.headers.insert(name, header_value(argument, id)?);
        Ok(())
    }

    pub fn flag_header(&mut self, name: &'static str) {
        self.headers.insert(name, HeaderValue::from_static("true"));
    }

    /// The address behind the host.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let joint = if self.path.contains('?') { '&' } else { '?' };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        format!("{}{joint}{}", self.path, query.finish())
    }
}
