//! One recipe per step that definitions name, as data where data can say it.

use serde_json::{Map, Value};

use super::special;
use crate::connection::probe::Account;

/// What is asked, and what of the answer is kept.
pub(super) struct Recipe {
    pub source: Source,
    pub facts: Fact,
}

/// Where the answer comes from.
pub(super) enum Source {
    /// A call of the provider's API, at its usual address or another one.
    Call { method: &'static str, base: Option<&'static str>, path: &'static str, body: Option<&'static str> },
    /// The claims of the access token.
    Token,
    /// The token endpoint's answer.
    TokenAnswer,
    /// The credentials themselves.
    Credentials,
    /// Whether a call is let through; the answer is `true` or `false`.
    Permission { path: &'static str, authorization: &'static str },
    /// The user of a GitHub App's own token, which is not the connection's.
    GithubUser,
    /// Atlassian's sites, and who the user is on the chosen one.
    Atlassian,
}

/// What is kept: setting, path in the answer, how.
pub(super) enum Fact {
    Paths(&'static [(&'static str, &'static str, How)]),
    Special(fn(&Value, &Account<'_>) -> Map<String, Value>),
}

/// How a value becomes a setting.
#[derive(Clone, Copy)]
pub(super) enum How {
    Text,
    /// Unless the setting has a value.
    TextIfUnset,
    /// Of an address the last part.
    LastSegment,
    /// What follows a marker, unless the setting has a value.
    AfterIfUnset(&'static str),
    EmailHash,
}

const fn get(path: &'static str) -> Source {
    Source::Call { method: "GET", base: None, path, body: None }
}

const fn get_at(base: &'static str, path: &'static str) -> Source {
    Source::Call { method: "GET", base: Some(base), path, body: None }
}

const fn post(path: &'static str, body: &'static str) -> Source {
    Source::Call { method: "POST", base: None, path, body: Some(body) }
}

/// The recipe of a step by the name definitions give it.
pub(super) fn find(hook: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|(name, _)| *name == hook).map(|(_, recipe)| recipe)
}

use Fact::{Paths, Special};
use How::{AfterIfUnset, EmailHash, LastSegment, Text, TextIfUnset};

const RECIPES: &[(&str, Recipe)] = &[
    (
        "adobeUmapiPostConnection",
        Recipe { source: Source::Credentials, facts: Paths(&[("clientId", "client_id", Text)]) },
    ),
    (
        "attioPostConnection",
        Recipe { source: get("/v2/self"), facts: Paths(&[("workspace_id", "workspace_id", Text)]) },
    ),
    ("atlassianGovernmentCloudPostConnection", Recipe { source: Source::Atlassian, facts: Paths(&[]) }),
    ("atlassianServicAccountPostConnection", Recipe { source: Source::Atlassian, facts: Paths(&[]) }),
    (
        "basecampPostConnection",
        Recipe {
            source: get_at("https://launchpad.37signals.com", "/authorization.json"),
            facts: Special(special::basecamp),
        },
    ),
    // Signed in with once; nothing needs them any more.
    ("bullhornPostConnection", Recipe { source: Source::Credentials, facts: Special(special::bullhorn) }),
    (
        "calendlyPostConnection",
        Recipe {
            source: get("/users/me"),
            facts: Paths(&[("organizationId", "resource.current_organization", LastSegment)]),
        },
    ),
    (
        "candisPostConnection",
        Recipe { source: get("/v1/organizations/info"), facts: Paths(&[("organizationId", "id", Text)]) },
    ),
    (
        "checkrPartnerPostConnection",
        Recipe {
            source: Source::Permission {
                path: "/v1/nodes?page=1&per_page=1",
                authorization: "Basic ${base64(${accessToken}:)}",
            },
            facts: Special(special::checkr),
        },
    ),
    (
        "docusignPostConnection",
        Recipe {
            source: get_at("https://account.docusign.com", "/oauth/userinfo"),
            facts: Special(special::docusign),
        },
    ),
    (
        "githubAppOauthPostConnection",
        Recipe { source: Source::GithubUser, facts: Paths(&[("handle", "login", Text)]) },
    ),
    (
        "googleCalendarPostConnection",
        Recipe {
            source: get_at("https://www.googleapis.com", "/calendar/v3/users/me/calendarList/primary"),
            facts: Paths(&[("emailAddressHash", "id", EmailHash)]),
        },
    ),
    (
        "googleMailPostConnection",
        Recipe {
            source: get("/gmail/v1/users/me/profile"),
            facts: Paths(&[("emailAddressHash", "emailAddress", EmailHash)]),
        },
    ),
    ("gustoPostConnection", Recipe { source: get("/v1/token_info"), facts: Special(special::gusto) }),
    (
        "highlevelPostConnection",
        Recipe {
            source: Source::TokenAnswer,
            facts: Paths(&[("companyId", "companyId", Text), ("locationId", "locationId", Text)]),
        },
    ),
    (
        "hubspotPostConnection",
        Recipe { source: get("/account-info/v3/details"), facts: Paths(&[("portalId", "portalId", Text)]) },
    ),
    ("jiraPostConnection", Recipe { source: Source::Atlassian, facts: Paths(&[]) }),
    (
        "jobberPostConnection",
        Recipe {
            source: post("/graphql", r#"{"query":"query { account { id } }"}"#),
            facts: Paths(&[("accountId", "data.account.id", Text)]),
        },
    ),
    (
        "linearPostConnection",
        Recipe {
            source: post("/graphql", r#"{"query":"query { organization { id } }"}"#),
            facts: Paths(&[("organizationId", "data.organization.id", Text)]),
        },
    ),
    (
        "mailchimpPostConnection",
        Recipe {
            source: get_at("https://login.mailchimp.com", "/oauth2/metadata"),
            facts: Paths(&[("dc", "dc", Text)]),
        },
    ),
    (
        "microsoftTeamsPostConnection",
        Recipe { source: Source::Token, facts: Paths(&[("tenantId", "tid", Text)]) },
    ),
    ("onedrivePostConnection", Recipe { source: Source::Token, facts: Paths(&[("tenantId", "tid", Text)]) }),
    (
        "procorePostConnection",
        Recipe { source: get("/rest/v1.0/companies"), facts: Paths(&[("companyId", "0.id", TextIfUnset)]) },
    ),
    (
        "ripplingShopAppPostConnection",
        Recipe { source: post("/platform/api/mark_app_installed", "{}"), facts: Paths(&[]) },
    ),
    (
        "sage200PostConnection",
        Recipe {
            source: get("/accounts/v1/sites"),
            facts: Paths(&[("company_id", "0.company_id", Text), ("site_id", "0.site_id", Text)]),
        },
    ),
    ("sellsyPostConnection", Recipe { source: Source::Token, facts: Paths(&[("corpid", "corpId", Text)]) }),
    (
        "snowflakePostConnection",
        Recipe {
            source: post("/api/v2/statements", r#"{"statement":"SELECT CURRENT_USER()"}"#),
            facts: Paths(&[("username", "data.0.0", Text)]),
        },
    ),
    (
        "sophosCentralPostConnection",
        Recipe {
            source: get_at("https://api.central.sophos.com", "/whoami/v1"),
            facts: Paths(&[("tenantId", "id", Text), ("dataRegion", "apiHosts.dataRegion", Text)]),
        },
    ),
    (
        "workablePostConnection",
        Recipe {
            source: get_at("https://www.workable.com", "/spi/v3/accounts"),
            facts: Paths(&[("subdomain", "accounts.0.subdomain", TextIfUnset)]),
        },
    ),
    ("xeroPostConnection", Recipe { source: get("/connections"), facts: Special(special::xero) }),
    (
        "zohoPostConnection",
        Recipe {
            source: Source::TokenAnswer,
            facts: Paths(&[("extension", "api_domain", AfterIfUnset("zohoapis."))]),
        },
    ),
];
