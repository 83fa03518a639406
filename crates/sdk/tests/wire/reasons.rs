//! Why a request differs from the official client's.

use super::Row;

/// Start of the case's id, start of the difference, reason.
const REASONS: &[(&str, &str, &str)] = &[
    ("", "header -base-url-override: ", "empty, which means the same as absent"),
    ("", "header -nango-activity-log-id: ", "empty, which means the same as absent"),
    (
        "",
        "header -nango-is-sync: true",
        "a flag of the server's own runner, which the old client sends by mistake",
    ),
    ("", "query -force_refresh=false", "the server's default is left out"),
    ("", "query -refresh_token=false", "the server's default is left out"),
    ("", "query -refresh_github_app_jwt_token=false", "the server's default is left out"),
    ("", "header +nango-proxy-content-type: application/json", "tells the provider's content type outright"),
    ("list_records", "path /records/ → /records", "the same route; the slash is a leftover"),
    ("seed/list_records", "path /records/ → /records", "the same route; the slash is a leftover"),
    ("seed/get_scripts_config", "query +format=nango", "states the default, as the newest client does"),
    ("seed/list_integrations", "path /config → /integrations", "the newer form of the same call"),
    (
        "seed/get_integration",
        "path /config/github-dev → /integrations/github-dev",
        "the newer form of the same call",
    ),
    ("seed/get_integration", "query -include_creds=", "the newer form of the same call"),
    ("seed/get_integration/credentials", "query +include=credentials", "the newer form of the same call"),
    ("seed/create_integration", "path /config → /integrations", "the newer form of the same call"),
    ("seed/create_integration", "field ", "the newer form of the same call"),
    (
        "seed/update_integration",
        "method PUT → PATCH",
        "changes what is given and keeps the rest; the old form replaced all",
    ),
    ("seed/update_integration", "path /config → /integrations/github-dev", "the newer form of the same call"),
    ("seed/update_integration", "field ", "the newer form of the same call"),
    (
        "seed/delete_integration",
        "path /config/github-dev → /integrations/github-dev",
        "the newer form of the same call",
    ),
    ("seed/list_connections", "path /connection → /connections", "the newer address of the same route"),
    ("seed/", "path /connection/user-1 → /connections/user-1", "the newer address of the same route"),
    ("seed/", "path /connection/metadata → /connections/metadata", "the newer address of the same route"),
    (
        "seed/get_records",
        "path /sync/records/ → /records",
        "deprecated since 2024; `list_records` took its place",
    ),
    ("seed/get_records", "query -", "deprecated since 2024; `list_records` took its place"),
    ("seed/trigger_sync/full", "field -full_resync: true", "the newer form of the same call"),
    ("seed/trigger_sync/full", "field +opts: {\"reset\":true}", "the newer form of the same call"),
];

/// The reason for a difference.
pub fn of(id: &str, difference: &str) -> Option<&'static str> {
    REASONS.iter().find(|reason| fits(reason, id, difference)).map(|(_, _, reason)| *reason)
}

/// Reasons that no difference has.
pub fn unused(rows: &[Row]) -> Vec<&'static str> {
    let is_needed = |reason: &(&str, &str, &str)| {
        rows.iter().any(|row| row.differences.iter().any(|(text, _)| fits(reason, &row.case.id, text)))
    };
    REASONS.iter().filter(|reason| !is_needed(reason)).map(|(_, difference, _)| *difference).collect()
}

fn fits((case, start, _): &(&str, &str, &str), id: &str, difference: &str) -> bool {
    id.starts_with(case) && difference.starts_with(start)
}
