//! Revocation endpoints by provider, as the providers document them.

use bowline_domain::provider::Provider;

use crate::auth::token_call::BodyFormat;

/// Where an endpoint is.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// Here; `{client_id}` stands for the client's id.
    Fixed(&'static str),
    /// Where the token endpoint is, with this as its last path segment.
    BesideToken(&'static str),
}

/// Which token is handed in.
#[derive(Debug, Clone, Copy)]
pub enum Held {
    /// The refresh token alone.
    Refresh,
    /// The refresh token, with which the access token goes (RFC 7009 §2.1); else the access token.
    RefreshOrAccess,
    /// The access token.
    Access,
}

/// What entitles to the call.
#[derive(Debug, Clone, Copy)]
pub enum Proof {
    /// Having the token.
    Token,
    /// `client_id` and `client_secret` among the parameters.
    Params,
    /// `client_id` among the parameters.
    IdParam,
    /// A Basic header.
    Basic,
    /// The token as a Bearer header.
    Bearer,
}

/// One provider's endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    /// The providers; their aliases have it too.
    pub names: &'static [&'static str],
    /// Where it is.
    pub place: Place,
    /// Which token it takes.
    pub token: Held,
    /// The parameter of the token, if it is one.
    pub param: Option<&'static str>,
    /// What entitles to the call.
    pub proof: Proof,
    /// How the parameters travel.
    pub format: BodyFormat,
    /// DELETE in place of POST.
    pub is_delete: bool,
}

impl Endpoint {
    /// RFC 7009 §2.1.
    pub const STANDARD: Self = Self {
        names: &[],
        place: Place::BesideToken("revoke"),
        token: Held::RefreshOrAccess,
        param: Some("token"),
        proof: Proof::Basic,
        format: BodyFormat::Form,
        is_delete: false,
    };
}

/// The provider's endpoint, if one is known.
pub fn find(provider: &Provider) -> Option<&'static Endpoint> {
    let named = |name: &str| ENDPOINTS.iter().find(|endpoint| endpoint.names.contains(&name));
    named(&provider.name).or_else(|| provider.alias.as_deref().and_then(named))
}

const STANDARD: Endpoint = Endpoint::STANDARD;
const PARAMS: Endpoint = Endpoint { proof: Proof::Params, ..STANDARD };
const BEARER: Endpoint = Endpoint { proof: Proof::Bearer, token: Held::Access, param: None, ..STANDARD };

/// All endpoints. HubSpot, Intercom, Linear and OneLogin are missing on purpose: hooks of theirs do it.
pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        names: &["google"],
        place: Place::Fixed("https://oauth2.googleapis.com/revoke"),
        proof: Proof::Token,
        ..STANDARD
    },
    Endpoint {
        names: &["salesforce", "salesforce-sandbox", "salesforce-experience-cloud"],
        proof: Proof::Token,
        ..STANDARD
    },
    Endpoint { names: &["slack"], place: Place::Fixed("https://slack.com/api/auth.revoke"), ..BEARER },
    Endpoint {
        names: &["dropbox"],
        place: Place::Fixed("https://api.dropboxapi.com/2/auth/token/revoke"),
        ..BEARER
    },
    Endpoint {
        names: &["github"],
        place: Place::Fixed("https://api.github.com/applications/{client_id}/token"),
        token: Held::Access,
        param: Some("access_token"),
        format: BodyFormat::Json,
        is_delete: true,
        ..STANDARD
    },
    Endpoint { names: &["gitlab", "box", "calendly"], ..PARAMS },
    Endpoint {
        names: &["discord"],
        place: Place::Fixed("https://discord.com/api/oauth2/token/revoke"),
        ..PARAMS
    },
    Endpoint { names: &["asana"], place: Place::BesideToken("oauth_revoke"), token: Held::Refresh, ..PARAMS },
    Endpoint { names: &["auth0"], token: Held::Refresh, format: BodyFormat::Json, ..PARAMS },
    Endpoint { names: &["twitch"], token: Held::Access, proof: Proof::IdParam, ..STANDARD },
    Endpoint { names: &["zoom"], token: Held::Access, ..STANDARD },
    Endpoint { names: &["fitbit", "okta", "twitter-v2"], ..STANDARD },
    Endpoint { names: &["reddit"], place: Place::BesideToken("revoke_token"), ..STANDARD },
    Endpoint { names: &["xero"], place: Place::BesideToken("revocation"), token: Held::Refresh, ..STANDARD },
    Endpoint { names: &["notion"], token: Held::Access, format: BodyFormat::Json, ..STANDARD },
    Endpoint {
        names: &["quickbooks", "intuit"],
        place: Place::Fixed("https://developer.api.intuit.com/v2/oauth2/tokens/revoke"),
        format: BodyFormat::Json,
        ..STANDARD
    },
    Endpoint {
        names: &["strava", "strava-web"],
        place: Place::Fixed("https://www.strava.com/oauth/deauthorize"),
        token: Held::Access,
        param: Some("access_token"),
        proof: Proof::Token,
        ..STANDARD
    },
];
