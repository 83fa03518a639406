//! Releases of the official CLI that are too old to deploy here (spec `deploy.md` §1.2).

use bowline_api::error::ErrorCode;
use http::HeaderMap;
use http::header::USER_AGENT;

use crate::error::ApiError;

/// The first release whose bodies are understood.
const OLDEST: [u64; 3] = [0, 39, 25];

/// Refuses older releases. Whoever else calls is let through.
pub(super) fn check_cli_version(headers: &HeaderMap) -> Result<(), ApiError> {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(release) = agent.strip_prefix("nango-cli/").and_then(|rest| rest.split(' ').next()) else {
        return Ok(());
    };
    match numbers_of(release) {
        Some(numbers) if numbers < OLDEST => {
            let [major, minor, patch] = OLDEST;
            let message = format!(
                "This endpoint requires a CLI version >= {major}.{minor}.{patch} (current: nango-cli/{release})"
            );
            Err(ApiError::with_message(ErrorCode::InvalidCliVersion, message))
        }
        _ => Ok(()),
    }
}

/// The three numbers a release begins with.
fn numbers_of(release: &str) -> Option<[u64; 3]> {
    let core = release.split(['-', '+']).next()?;
    let numbers: Vec<u64> = core.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_before_the_first_that_is_understood_are_refused_and_nobody_else() {
        let is_let_in = |agent: &str| {
            let headers = [(USER_AGENT, agent.parse().unwrap())].into_iter().collect();
            check_cli_version(&headers).is_ok()
        };
        for agent in
            ["nango-cli/0.39.24 (linux/6.1; node.js/20)", "nango-cli/0.38.99", "nango-cli/0.39.24-beta"]
        {
            assert!(!is_let_in(agent), "{agent}");
        }
        for agent in
            ["nango-cli/0.39.25 (linux)", "nango-cli/0.71.10", "nango-cli/1.0.0", "nango-cli/x", "curl/8"]
        {
            assert!(is_let_in(agent), "{agent}");
        }
        assert!(check_cli_version(&HeaderMap::new()).is_ok());
    }
}
