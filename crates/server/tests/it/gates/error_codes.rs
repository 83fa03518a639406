//! The codes on the wire are the protocol's, with its statuses.

use std::collections::BTreeMap;

use bowline_api::error::ErrorCode;

/// Code, status it travels with, and the other statuses some routes send it with.
const PROTOCOL: &[(&str, u16, &[u16])] = &[
    ("invalid_json", 400, &[]),
    ("invalid_content_type", 415, &[]),
    ("request_too_large", 413, &[]),
    ("invalid_cli_version", 400, &[]),
    ("not_found", 404, &[]),
    ("too_many_request", 429, &[]),
    ("generic_error_support", 500, &[]),
    ("server_error", 500, &[400, 404, 424]),
    ("missing_auth_header", 401, &[]),
    ("malformed_auth_header", 401, &[]),
    ("invalid_secret_key_format", 401, &[]),
    ("unknown_account", 401, &[]),
    ("invalid_connect_session_token_format", 401, &[]),
    ("unknown_connect_session_token", 401, &[]),
    ("missing_public_key", 401, &[]),
    ("invalid_public_key", 401, &[]),
    ("deprecated_authentication", 401, &[]),
    ("unhandled_plan_not_found", 500, &[]),
    ("forbidden", 403, &[]),
    ("invalid_permissions", 403, &[]),
    ("invalid_query_params", 400, &[]),
    ("invalid_body", 400, &[]),
    ("invalid_uri_params", 400, &[]),
    ("invalid_headers", 400, &[]),
    ("conflict", 409, &[]),
    ("resource_capped", 400, &[]),
    ("feature_disabled", 404, &[400]),
    ("plan_limit", 402, &[]),
    ("cannot_delete_prod_environment", 400, &[]),
    ("invalid_is_prod_flag", 400, &[]),
    ("multiple_webhook_signing_keys", 409, &[]),
    ("rotation_failed", 500, &[]),
    ("unknown_provider_config", 400, &[404]),
    ("unknown_provider_template", 400, &[404]),
    ("unknown_connection", 400, &[404]),
    ("invalid_credentials", 424, &[400, 500]),
    ("connection_test_failed", 400, &[]),
    ("connection_validation_failed", 400, &[]),
    ("connection_refresh_exhausted", 424, &[]),
    ("connection_refresh_backoff", 424, &[]),
    ("refresh_token_external_error", 400, &[]),
    ("base_url_override_disabled", 400, &[]),
    ("base_url_override_not_allowed", 400, &[]),
    ("missing_api_url", 400, &[]),
    ("missing_provider", 400, &[]),
    ("unknown_provider", 400, &[]),
    ("unsupported_provider", 400, &[]),
    ("unsupported_auth", 400, &[]),
    ("failed_to_get_connection", 400, &[]),
    ("invalid_certificate_or_key_format", 400, &[]),
    ("missing_hmac", 400, &[]),
    ("invalid_hmac", 400, &[]),
    ("integration_not_allowed", 400, &[]),
    ("invalid_connection", 400, &[]),
    ("unknown_environment", 404, &[]),
    ("unknown_plan", 404, &[]),
    ("missing_body", 400, &[]),
    ("missing_provider_config", 400, &[]),
    ("missing_provider_template", 400, &[]),
    ("missing_client_id", 400, &[]),
    ("missing_client_secret", 400, &[]),
    ("missing_app_id", 400, &[]),
    ("missing_app_secret", 400, &[]),
    ("missing_custom", 400, &[]),
    ("invalid_app_secret", 400, &[]),
    ("invalid_oauth_scopes", 400, &[]),
    ("provider_config_edit_not_allowed", 400, &[]),
    ("duplicate_provider_config", 409, &[]),
    ("provider_config_creation_failure", 500, &[]),
    ("missing_connection", 400, &[]),
    ("missing_access_token", 400, &[]),
    ("missing_expires_at", 400, &[]),
    ("invalid_expires_at", 400, &[]),
    ("missing_basic_username", 400, &[]),
    ("missing_api_key", 400, &[]),
    ("missing_installation_id", 400, &[]),
    ("missing_account_id", 400, &[]),
    ("concurrent_deployment", 409, &[]),
    ("deploy_script_security_rejected", 400, &[]),
    ("deploy_missing_json_schema_model", 400, &[]),
    ("sync_interval_invalid", 400, &[]),
    ("sync_interval_too_short", 400, &[]),
    ("ambiguous_function", 409, &[]),
    ("function_managed_by_deploy", 400, &[]),
    ("disabled_resource", 404, &[]),
    ("action_script_runtime_error", 500, &[]),
    ("script_internal_error", 500, &[]),
    ("script_http_error", 424, &[]),
    ("script_api_rate_limit_error", 424, &[]),
    ("script_network_error", 500, &[]),
    ("script_output_too_large", 400, &[]),
    ("script_aborted", 410, &[]),
    ("execution_timeout", 500, &[]),
    ("execution_interrupted", 500, &[]),
    ("function_runtime_out_of_memory", 500, &[]),
    ("function_runtime_timed_out", 500, &[]),
    ("function_runtime_other", 500, &[]),
    ("action_script_failure", 500, &[]),
    ("unknown_provider_template_in_config", 400, &[]),
    ("invalid_action_input", 400, &[]),
    ("invalid_action_output", 400, &[]),
    ("invalid_sync_record", 400, &[]),
    // Bowline's own, where the reference answers with a generic 500.
    ("invalid_url", 400, &[]),
    ("invalid_auth_mode", 400, &[]),
    ("missing_oauth_token", 400, &[]),
    ("missing_oauth_token_secret", 400, &[]),
    // Bowline's own: more runs than this server takes.
    ("too_many_runs", 429, &[]),
];

#[test]
fn every_code_of_the_table_has_the_protocols_statuses() {
    let protocol: BTreeMap<_, _> =
        PROTOCOL.iter().map(|(code, status, others)| (*code, (*status, *others))).collect();
    for code in ErrorCode::ALL {
        let found = protocol.get(code.as_str());
        let (status, others) =
            found.unwrap_or_else(|| panic!("{code}: add it here with the protocol's status"));
        assert_eq!(code.status().as_u16(), *status, "{code}");
        for other in code.other_statuses() {
            assert!(others.contains(&other.as_u16()), "{code} is never sent with {other}");
        }
    }
}

#[test]
fn every_code_of_the_protocol_is_in_the_table() {
    for (code, ..) in PROTOCOL {
        assert!(ErrorCode::ALL.iter().any(|known| known.as_str() == *code), "{code}");
    }
    assert_eq!(PROTOCOL.len(), ErrorCode::ALL.len());
}
