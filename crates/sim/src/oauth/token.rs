//! `POST /oauth/token`: count, wait, fail as planned, or issue.

use std::time::Duration;

use http::{Method, StatusCode};

use crate::call::{Call, Fields};
use crate::config::{Client, OauthConfig};
use crate::reply::{self, Outcome, Reply};
use crate::state::State;

use super::answer::token_answer;
use super::store::{Grant, GrantProblem, IssueRules, Redemption};
use super::{client_auth, oauth_error, planned};

const DELAY_MS_MAX: u64 = 60_000;

pub(crate) async fn handle(state: &State, call: &Call) -> Outcome {
    if call.method != Method::POST {
        return Ok(reply::error(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "use POST"));
    }
    let fields = Fields::of_body(call);
    let refresh_token = fields.get("refresh_token");
    let _in_flight = state.counts.token_request(fields.get_or("grant_type", ""), refresh_token);
    let (config, failure) = take_turn(state);
    if config.token_delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(config.token_delay_ms.min(DELAY_MS_MAX))).await;
    }
    match failure {
        None => Ok(process(state, &config, call, &fields)),
        Some(failure) => {
            let lost = failure.after_processing.then(|| process(state, &config, call, &fields));
            planned::fail(failure.kind, lost).await
        }
    }
}

/// The configuration as of now, and the failure that this request takes from the plan.
fn take_turn(state: &State) -> (OauthConfig, Option<crate::PlannedFailure>) {
    let mut config = state.config.lock();
    let failure = config.oauth.fail.pop_front();
    let mut config = config.oauth.clone();
    config.fail.clear();
    (config, failure)
}

fn process(state: &State, config: &OauthConfig, call: &Call, fields: &Fields) -> Reply {
    let client = match client_auth::authenticate(config, call, fields) {
        Ok(client) => client,
        Err(refusal) => return refusal.into_reply(),
    };
    let issued = match fields.get("grant_type") {
        Some("authorization_code") => redeem(state, config, &client, fields),
        Some("refresh_token") => refresh(state, config, &client, fields),
        Some("client_credentials") => Ok(open(state, config, &client, fields)),
        Some(_) => {
            return oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", "unknown grant_type");
        }
        None => return oauth_error(StatusCode::BAD_REQUEST, "invalid_request", "grant_type is missing"),
    };
    match issued {
        Ok(grant) => {
            let mut answer = reply::ok(&token_answer(config, &grant));
            reply::set(&mut answer, "cache-control", "no-store");
            answer
        }
        Err(problem) => oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", problem),
    }
}

fn redeem(
    state: &State,
    config: &OauthConfig,
    client: &Client,
    fields: &Fields,
) -> Result<Grant, GrantProblem> {
    let redemption = Redemption {
        client_id: &client.id,
        redirect_uri: fields.get("redirect_uri"),
        code_verifier: fields.get("code_verifier"),
    };
    let code = fields.get_or("code", "");
    state.tokens.lock().redeem_code(code, &redemption, &IssueRules::of(config), state.now_ms())
}

fn refresh(
    state: &State,
    config: &OauthConfig,
    client: &Client,
    fields: &Fields,
) -> Result<Grant, GrantProblem> {
    let token = fields.get_or("refresh_token", "");
    state.tokens.lock().refresh(token, &client.id, &IssueRules::of(config), state.now_ms())
}

fn open(state: &State, config: &OauthConfig, client: &Client, fields: &Fields) -> Grant {
    let scope = fields.get_or("scope", "");
    state.tokens.lock().open_family(&client.id, scope, false, &IssueRules::of(config), state.now_ms())
}
