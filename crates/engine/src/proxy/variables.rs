//! The names of the request itself in header templates: `method`, `host`, `params`, ….

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::Value;
use url::{Position, Url};

use super::{
    BuildInput, body, form,
    sign::{
        aws::{AwsSigner, SignedParts, amz_date, payload_hash},
        canonical_pairs, query_pairs,
    },
};
use crate::template::{AwsArguments, RequestVariables};

/// What header templates may ask about the request.
pub(super) struct Variables<'r, 'a> {
    pub input: &'r BuildInput<'a>,
    pub url: &'r Url,
    pub body: Option<&'r Bytes>,
    pub content_type: Option<&'r str>,
}

impl RequestVariables for Variables<'_, '_> {
    fn find(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match name {
            "method" => self.input.method.as_str().into(),
            "endpoint" => self.input.endpoint.into(),
            "host" => self.host().into(),
            "path" => self.url.path().into(),
            "params" if self.has_body_params() => self.body_params().into(),
            "params" | "urlCanonicalParams" => self.query_params().into(),
            "bodyCanonicalParams" => std::str::from_utf8(self.body_bytes()).ok()?.into(),
            "contentType" => self.content_type.unwrap_or_default().into(),
            _ => return None,
        })
    }

    fn sign_aws(&self, arguments: &AwsArguments<'_>) -> Option<String> {
        let now = self.input.context.now;
        let host =
            arguments.host.map_or_else(|| format!("{}.amazonaws.com", arguments.service), str::to_owned);
        let mut headers = vec![("host".to_owned(), host), ("x-amz-date".to_owned(), amz_date(now))];
        let own_type = self.input.call.headers.get(http::header::CONTENT_TYPE);
        headers
            .extend(own_type.and_then(|_| Some(("content-type".to_owned(), self.content_type?.to_owned()))));
        let signer = AwsSigner {
            access_key_id: arguments.access_key_id,
            secret_access_key: arguments.secret_access_key,
            region: arguments.region,
            service: arguments.service,
        };
        let parts = SignedParts {
            method: self.input.method.as_str(),
            path: self.url.path(),
            query: self.url.query().unwrap_or_default(),
            headers,
            payload_hash: &payload_hash(self.body_bytes()),
        };
        Some(signer.authorization(parts, now))
    }
}

impl Variables<'_, '_> {
    /// Host, with the port if it is not the scheme's own.
    fn host(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    fn has_body_params(&self) -> bool {
        matches!(self.input.method.as_str(), "POST" | "PUT" | "PATCH")
    }

    fn query_params(&self) -> String {
        canonical_pairs(query_pairs(self.url.query().unwrap_or_default()))
    }

    fn body_params(&self) -> String {
        let bytes = self.body_bytes();
        if body::is_form(self.content_type) {
            return canonical_pairs(form::decode(bytes));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(object)) => canonical_pairs(form::pairs(&object)),
            _ => String::new(),
        }
    }

    fn body_bytes(&self) -> &[u8] {
        self.body.map_or(&[], |body| body)
    }
}
