//! What a token request looks like, as data.

use crate::auth::token_call::BodyFormat;

/// The HTTP method of a token call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// The standard's.
    Post,
    /// For endpoints that read their query.
    Get,
}

/// How the client says who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// As the definition says.
    Definition,
    /// `client_id` and `client_secret` among the parameters.
    Params,
    /// `client_id` alone: a public client, or one that signs.
    IdParam,
    /// A Basic header and nothing else.
    Basic,
    /// A Basic header, and `client_id` among the parameters.
    BasicAndId,
    /// A Basic header with the secret as user name.
    BasicSecret,
    /// Not at all, or by what [`Shape::add`] adds.
    None,
}

/// Where the value of a parameter or header comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A fixed text.
    Text(&'static str),
    /// A new UUID.
    Uuid,
    /// The `state` of the authorization request.
    State,
    /// The integration's scopes, joined the provider's way; left out when there are none.
    Scopes,
    /// The scopes, or this one when there are none.
    ScopesOr(&'static str),
    /// The present access token.
    AccessToken,
    /// The first characters of the client secret.
    SecretStart(usize),
    /// A connection setting; without it the call cannot be built.
    Setting {
        /// The setting's name.
        name: &'static str,
        /// The error code when it is missing.
        missing: &'static str,
    },
}

/// One token request. The parameters pass through its fields from top to bottom.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The method.
    pub verb: Verb,
    /// How the client says who it is.
    pub client: ClientAuth,
    /// Of the standard parameters only these are kept.
    pub only: Option<&'static [&'static str]>,
    /// Further parameters; they replace those of the same name.
    pub add: &'static [(&'static str, Source)],
    /// Parameters under another name: from, to.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Parameters that stand in the query as well.
    pub in_query: &'static [&'static str],
    /// How the parameters travel; the definition's way when absent.
    pub format: Option<BodyFormat>,
    /// Further headers.
    pub headers: &'static [(&'static str, Source)],
}

impl Shape {
    /// The standard's request.
    pub const STANDARD: Self = Self {
        verb: Verb::Post,
        client: ClientAuth::Definition,
        only: None,
        add: &[],
        renamed: &[],
        in_query: &[],
        format: None,
        headers: &[],
    };
    /// The standard's request as JSON.
    pub const JSON: Self = Self { format: Some(BodyFormat::Json), ..Self::STANDARD };
    /// A Basic header in place of `client_id` and `client_secret`.
    pub const BASIC: Self = Self { client: ClientAuth::Basic, ..Self::STANDARD };
    /// A public client.
    pub const PUBLIC: Self = Self { client: ClientAuth::IdParam, ..Self::STANDARD };
}
