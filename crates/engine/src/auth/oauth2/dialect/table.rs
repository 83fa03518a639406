//! The dialects, by provider.

use super::meta::{INSTAGRAM, THREADS};
use super::{Answer, ClientAuth, Dialect, FollowUp, RefreshProof, Shape, Signing, Source, Verb};
use crate::auth::token_call::BodyFormat;

const fn setting(name: &'static str) -> Source {
    Source::Setting { name, missing: "missing_connection_config" }
}

const STANDARD: Dialect = Dialect::STANDARD;

/// Both calls in one shape.
const fn shaped(names: &'static [&'static str], shape: Shape) -> Dialect {
    Dialect { names, exchange: shape, refresh: shape, ..STANDARD }
}

/// Both answers read alike.
const fn answered(dialect: Dialect, answer: Answer) -> Dialect {
    Dialect { exchanged: answer, refreshed: answer, ..dialect }
}

const fn lifetime(seconds: u32) -> Answer {
    Answer { lifetime_seconds: Some(seconds), ..Answer::STANDARD }
}

const ABSORB: Shape = Shape {
    add: &[("nonce", Source::Uuid)],
    headers: &[("x-api-key", setting("restApiKey")), ("x-api-version", setting("apiVersion"))],
    ..Shape::STANDARD
};

const BRAINTREE: Shape = Shape {
    client: ClientAuth::Basic,
    only: Some(&["grant_type", "code", "refresh_token"]),
    headers: &[("x-apiversion", Source::Text("6"))],
    ..Shape::JSON
};

const BRAINTREE_ANSWER: Answer = Answer {
    holder: Some("credentials"),
    renamed: &[
        ("accessToken", "access_token"),
        ("refreshToken", "refresh_token"),
        ("expiresAt", "expires_at"),
    ],
    ..Answer::STANDARD
};

const CLOVER_ANSWER: Answer =
    Answer { renamed: &[("access_token_expiration", "expires_at")], ..Answer::STANDARD };

/// The parameters of a code exchange or refresh, without what the provider does not know.
const SENTRY: Shape = Shape {
    client: ClientAuth::Params,
    only: Some(&["grant_type", "code", "refresh_token", "client_id", "client_secret"]),
    ..Shape::JSON
};

const SENTRY_ANSWER: Answer = Answer {
    renamed: &[("token", "access_token"), ("refreshToken", "refresh_token"), ("expiresAt", "expires_at")],
    ..Answer::STANDARD
};

/// A call with a query alone.
const QUERY: Shape = Shape { format: Some(BodyFormat::Query), ..Shape::STANDARD };

const MICROSOFT_ADMIN: Shape = Shape {
    client: ClientAuth::Params,
    only: Some(&["client_id", "client_secret"]),
    add: &[
        ("grant_type", Source::Text("client_credentials")),
        ("scope", Source::ScopesOr("https://graph.microsoft.com/.default")),
    ],
    ..Shape::STANDARD
};

const SHOPLINE_ANSWER: Answer = Answer {
    success: Some(("code", "200")),
    holder: Some("data"),
    renamed: &[("accessToken", "access_token"), ("expireTime", "expires_at")],
    ..Answer::STANDARD
};

const TIKTOK_ANSWER: Answer =
    Answer { success: Some(("code", "0")), holder: Some("data"), ..Answer::STANDARD };

const TIKTOK_PERSONAL: Shape = Shape { renamed: &[("client_id", "client_key")], ..Shape::STANDARD };

const STRIPE: Shape = Shape {
    client: ClientAuth::BasicSecret,
    only: Some(&["grant_type", "code", "refresh_token"]),
    ..Shape::STANDARD
};

const WALMART: Shape = Shape {
    headers: &[
        ("wm_svc.name", Source::Text("Walmart Marketplace")),
        ("wm_qos.correlation_id", Source::Uuid),
        ("wm_partner.id", Source::Setting { name: "sellerId", missing: "missing_walmart_seller_id" }),
    ],
    ..Shape::BASIC
};

const LONG_LIVED_REFRESH: Shape = Shape {
    verb: Verb::Get,
    client: ClientAuth::None,
    only: Some(&[]),
    add: &[("grant_type", Source::Text("ig_refresh_token")), ("access_token", Source::AccessToken)],
    ..QUERY
};

const LONG_LIVED: Dialect = Dialect { proof: RefreshProof::AccessToken, ..STANDARD };

/// All dialects.
pub static DIALECTS: &[Dialect] = &[
    Dialect {
        names: &["agiloft"],
        exchange: Shape { client: ClientAuth::BasicAndId, ..Shape::STANDARD },
        refresh: Shape {
            client: ClientAuth::None,
            add: &[("md5_secret", Source::SecretStart(20))],
            ..Shape::STANDARD
        },
        ..STANDARD
    },
    Dialect {
        names: &["absorb-lms"],
        exchange: ABSORB,
        refresh: Shape { add: &[("nonce", Source::Uuid), ("scope", Source::Scopes)], ..ABSORB },
        ..STANDARD
    },
    shaped(&["attio-mcp", "heygen", "posthog-oauth"], Shape::PUBLIC),
    answered(shaped(&["braintree", "braintree-sandbox"], BRAINTREE), BRAINTREE_ANSWER),
    Dialect { follow_up: FollowUp::BullhornLogin, ..shaped(&["bullhorn"], QUERY) },
    Dialect {
        names: &["clover"],
        exchange: Shape {
            client: ClientAuth::Params,
            only: Some(&["client_id", "client_secret", "code"]),
            ..Shape::JSON
        },
        refresh: Shape {
            client: ClientAuth::IdParam,
            only: Some(&["client_id", "refresh_token"]),
            ..Shape::JSON
        },
        ..answered(STANDARD, CLOVER_ANSWER)
    },
    Dialect {
        names: &["coros", "coros-sandbox"],
        refreshed: Answer {
            success: Some(("result", "0000")),
            keeps_access_token: true,
            ..lifetime(30 * 86_400)
        },
        ..STANDARD
    },
    Dialect {
        names: &["facebook"],
        exchange: Shape { in_query: &["redirect_uri"], ..Shape::JSON },
        refresh: Shape {
            verb: Verb::Get,
            client: ClientAuth::Params,
            only: Some(&["client_id", "client_secret"]),
            add: &[
                ("grant_type", Source::Text("fb_exchange_token")),
                ("fb_exchange_token", Source::AccessToken),
            ],
            ..QUERY
        },
        ..LONG_LIVED
    },
    Dialect {
        names: &["figma", "figjam"],
        exchange: Shape { in_query: &["redirect_uri"], ..Shape::JSON },
        refresh: Shape::JSON,
        ..STANDARD
    },
    shaped(&["fanvue"], Shape::BASIC),
    Dialect {
        names: &["followupboss"],
        exchange: Shape { add: &[("state", Source::State)], ..Shape::BASIC },
        refresh: Shape::BASIC,
        ..STANDARD
    },
    Dialect {
        names: &["instagram"],
        // Documented as a list under `data`, sent flat.
        exchanged: Answer { holder: Some("data"), ..Answer::STANDARD },
        refresh: LONG_LIVED_REFRESH,
        follow_up: FollowUp::LongLived(&INSTAGRAM),
        ..LONG_LIVED
    },
    Dialect {
        names: &["threads"],
        refresh: Shape {
            add: &[("grant_type", Source::Text("th_refresh_token")), ("access_token", Source::AccessToken)],
            ..LONG_LIVED_REFRESH
        },
        follow_up: FollowUp::LongLived(&THREADS),
        ..LONG_LIVED
    },
    answered(shaped(&["jobber"], Shape::STANDARD), lifetime(3600)),
    Dialect { proof: RefreshProof::Client, ..shaped(&["microsoft-admin"], MICROSOFT_ADMIN) },
    Dialect { names: &["microsoft-teams-bot"], follow_up: FollowUp::TeamsBot, ..STANDARD },
    Dialect { names: &["one-drive", "sharepoint-online"], follow_up: FollowUp::Sharepoint, ..STANDARD },
    Dialect {
        signing: Signing::Revolut,
        follow_up: FollowUp::KeepCallbackHost,
        ..shaped(&["revolut-business"], Shape::PUBLIC)
    },
    answered(shaped(&["sentry-oauth"], SENTRY), SENTRY_ANSWER),
    Dialect {
        names: &["shopline-oauth"],
        exchange: Shape { client: ClientAuth::None, only: Some(&["code"]), ..Shape::JSON },
        refresh: Shape { client: ClientAuth::None, only: Some(&[]), ..QUERY },
        proof: RefreshProof::Client,
        signing: Signing::Shopline,
        ..answered(STANDARD, SHOPLINE_ANSWER)
    },
    Dialect {
        names: &["slack"],
        follow_up: FollowUp::SlackUser,
        ..answered(STANDARD, Answer { success: Some(("ok", "true")), ..Answer::STANDARD })
    },
    answered(shaped(&["stripe-app", "stripe-app-sandbox"], STRIPE), lifetime(3600)),
    Dialect {
        names: &["tiktok-ads"],
        exchange: Shape {
            client: ClientAuth::Params,
            only: Some(&["client_id", "client_secret", "code"]),
            renamed: &[("client_id", "app_id"), ("client_secret", "secret"), ("code", "auth_code")],
            ..Shape::JSON
        },
        ..answered(STANDARD, TIKTOK_ANSWER)
    },
    Dialect {
        names: &["tiktok-accounts"],
        exchange: Shape { renamed: &[("code", "auth_code")], ..Shape::JSON },
        refresh: Shape::JSON,
        ..answered(STANDARD, TIKTOK_ANSWER)
    },
    shaped(&["tiktok-personal"], TIKTOK_PERSONAL),
    shaped(&["walmart"], WALMART),
    Dialect {
        pins_refresh_token: Some("overrideTokenRefresh"),
        ..answered(shaped(&["workday-oauth"], Shape::BASIC), lifetime(3600))
    },
];
