//! The one table of error codes: text, HTTP status, meaning.

use std::fmt;

use http::StatusCode;

macro_rules! error_codes {
    ($($variant:ident $text:literal $status:ident $([also $($other:ident)+])? $meaning:literal;)+) => {
        /// A code of the field `error.code`. Clients branch on it and on the HTTP status, never on messages.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = $meaning] $variant,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant,)+];

            /// The code's text on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The status it travels with unless a route says otherwise.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// Other statuses that some routes send it with.
            pub const fn other_statuses(self) -> &'static [StatusCode] {
                match self { $(Self::$variant => &[$($(StatusCode::$other,)+)?],)+ }
            }

            /// What it tells the caller.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

error_codes! {
    // Transport
    InvalidJson "invalid_json" BAD_REQUEST "The body is not valid JSON.";
    InvalidContentType "invalid_content_type" UNSUPPORTED_MEDIA_TYPE "Content-Type header must be application/json";
    RequestTooLarge "request_too_large" PAYLOAD_TOO_LARGE "The body is larger than this server accepts.";
    InvalidCliVersion "invalid_cli_version" BAD_REQUEST "This version of the CLI is not supported by this server.";
    NotFound "not_found" NOT_FOUND "There is no such thing.";
    TooManyRequest "too_many_request" TOO_MANY_REQUESTS "The account's rate limit is used up.";
    GenericErrorSupport "generic_error_support" INTERNAL_SERVER_ERROR "An unexpected error; the payload is its id in the server's log.";
    ServerError "server_error" INTERNAL_SERVER_ERROR [also BAD_REQUEST NOT_FOUND FAILED_DEPENDENCY] "The request could not be carried out.";

    // Authentication
    MissingAuthHeader "missing_auth_header" UNAUTHORIZED "Authentication failed. The request is missing the Authorization header.";
    MalformedAuthHeader "malformed_auth_header" UNAUTHORIZED "Authentication failed. The Authorization header is malformed.";
    InvalidSecretKeyFormat "invalid_secret_key_format" UNAUTHORIZED "Authentication failed. The provided secret key is not a UUID v4.";
    UnknownAccount "unknown_account" UNAUTHORIZED "Authentication failed. The provided secret key matches no account.";
    InvalidConnectSessionTokenFormat "invalid_connect_session_token_format" UNAUTHORIZED "Authentication failed. The provided connect session token has another format.";
    UnknownConnectSessionToken "unknown_connect_session_token" UNAUTHORIZED "Authentication failed. The connect session is unknown, deleted or expired.";
    MissingPublicKey "missing_public_key" UNAUTHORIZED "Authentication failed. The request is missing the public key.";
    InvalidPublicKey "invalid_public_key" UNAUTHORIZED "Authentication failed. The provided public key is not valid.";
    DeprecatedAuthentication "deprecated_authentication" UNAUTHORIZED "Authentication by public key is not offered to this account.";
    UnhandledPlanNotFound "unhandled_plan_not_found" INTERNAL_SERVER_ERROR "The account has no plan.";
    Forbidden "forbidden" FORBIDDEN "The key may not do this.";
    InvalidPermissions "invalid_permissions" FORBIDDEN "This part of the answer is for API keys only.";

    // Validation
    InvalidQueryParams "invalid_query_params" BAD_REQUEST "The query string has invalid parameters.";
    InvalidBody "invalid_body" BAD_REQUEST "The body has invalid fields.";
    InvalidUriParams "invalid_uri_params" BAD_REQUEST "The path has invalid parameters.";
    InvalidHeaders "invalid_headers" BAD_REQUEST "The request has invalid headers.";

    // Environments and keys
    Conflict "conflict" CONFLICT "Something with this name exists already.";
    ResourceCapped "resource_capped" BAD_REQUEST "There are already as many of these as allowed.";
    FeatureDisabled "feature_disabled" NOT_FOUND [also BAD_REQUEST] "This feature is switched off.";
    PlanLimit "plan_limit" PAYMENT_REQUIRED "The account's usage limit is reached.";
    CannotDeleteProdEnvironment "cannot_delete_prod_environment" BAD_REQUEST "The environment prod cannot be deleted.";
    InvalidIsProdFlag "invalid_is_prod_flag" BAD_REQUEST "The environment prod is always a production environment.";
    MultipleWebhookSigningKeys "multiple_webhook_signing_keys" CONFLICT "The environment has more than one webhook signing key.";
    RotationFailed "rotation_failed" INTERNAL_SERVER_ERROR "The webhook signing key could not be replaced.";

    // Integrations and connections
    UnknownProviderConfig "unknown_provider_config" BAD_REQUEST [also NOT_FOUND] "There is no integration with this key.";
    UnknownProviderTemplate "unknown_provider_template" BAD_REQUEST [also NOT_FOUND] "There is no provider with this name.";
    UnknownConnection "unknown_connection" BAD_REQUEST [also NOT_FOUND] "There is no connection with this id and integration.";
    InvalidCredentials "invalid_credentials" FAILED_DEPENDENCY [also BAD_REQUEST INTERNAL_SERVER_ERROR] "The connection's credentials could not be refreshed.";
    ConnectionTestFailed "connection_test_failed" BAD_REQUEST "The provider refused the given credentials.";
    ConnectionValidationFailed "connection_validation_failed" BAD_REQUEST "The integration's validation refused the connection.";
    ConnectionRefreshExhausted "connection_refresh_exhausted" FAILED_DEPENDENCY "The credentials failed to refresh for days; authorize again.";
    ConnectionRefreshBackoff "connection_refresh_backoff" FAILED_DEPENDENCY "The last refresh failed moments ago; it is not tried again yet.";
    RefreshTokenExternalError "refresh_token_external_error" BAD_REQUEST "The provider refused to refresh the credentials.";

    // Proxy
    BaseUrlOverrideDisabled "base_url_override_disabled" BAD_REQUEST "This server does not allow other base URLs.";
    BaseUrlOverrideNotAllowed "base_url_override_not_allowed" BAD_REQUEST "The outbound policy does not allow this address.";
    InvalidUrl "invalid_url" BAD_REQUEST "The request's URL cannot be built.";
    MissingApiUrl "missing_api_url" BAD_REQUEST "The provider has no base URL for the proxy.";
    MissingProvider "missing_provider" BAD_REQUEST "The provider is missing.";
    UnknownProvider "unknown_provider" BAD_REQUEST "There is no provider with this name.";
    UnsupportedProvider "unsupported_provider" BAD_REQUEST "The provider does not support the proxy.";
    UnsupportedAuth "unsupported_auth" BAD_REQUEST "The proxy does not support the connection's kind of credentials.";
    FailedToGetConnection "failed_to_get_connection" BAD_REQUEST "The connection could not be read or refreshed.";
    InvalidCertificateOrKeyFormat "invalid_certificate_or_key_format" BAD_REQUEST "The connection's client certificate or key cannot be read.";

    // Functions
    ConcurrentDeployment "concurrent_deployment" CONFLICT "A deployment is already in progress. Please wait for the current deployment to finish.";
    DeployScriptSecurityRejected "deploy_script_security_rejected" BAD_REQUEST "The deployed script was rejected by a security policy.";
    DeployMissingJsonSchemaModel "deploy_missing_json_schema_model" BAD_REQUEST "The JSON schema does not define one of the models.";
    SyncIntervalInvalid "sync_interval_invalid" BAD_REQUEST "The sync's interval cannot be read.";
    SyncIntervalTooShort "sync_interval_too_short" BAD_REQUEST "Sync interval is too short. The minimum interval is 30 seconds.";
    AmbiguousFunction "ambiguous_function" CONFLICT "Several functions have this name; say which type is meant.";
    FunctionManagedByDeploy "function_managed_by_deploy" BAD_REQUEST "The function was deployed from a repository: remove it there and deploy.";

    // Connecting accounts
    MissingHmac "missing_hmac" BAD_REQUEST "The environment requires an HMAC digest.";
    InvalidHmac "invalid_hmac" BAD_REQUEST "The HMAC digest does not fit the integration and connection.";
    IntegrationNotAllowed "integration_not_allowed" BAD_REQUEST "The connect session does not allow the integration.";
    InvalidConnection "invalid_connection" BAD_REQUEST "The connection to authorize again does not exist any more.";

    // Actions and other functions that run
    DisabledResource "disabled_resource" NOT_FOUND "The function is disabled.";
    TooManyRuns "too_many_runs" TOO_MANY_REQUESTS "Too many functions are running and waiting; try again later.";
    ActionScriptRuntimeError "action_script_runtime_error" INTERNAL_SERVER_ERROR "The action script failed with a runtime error";
    ScriptInternalError "script_internal_error" INTERNAL_SERVER_ERROR "The script failed with an internal error";
    ScriptHttpError "script_http_error" FAILED_DEPENDENCY "The provider answered the function with an error.";
    ScriptApiRateLimitError "script_api_rate_limit_error" FAILED_DEPENDENCY "This server's rate limit stopped the function.";
    ScriptNetworkError "script_network_error" INTERNAL_SERVER_ERROR "The script failed with a network error";
    ScriptOutputTooLarge "script_output_too_large" BAD_REQUEST "The script's output is too large";
    ScriptAborted "script_aborted" GONE "The script was aborted";
    ExecutionTimeout "execution_timeout" INTERNAL_SERVER_ERROR "The script ran for longer than it may";
    ExecutionInterrupted "execution_interrupted" INTERNAL_SERVER_ERROR "The script was interrupted at a checkpoint";
    FunctionRuntimeOutOfMemory "function_runtime_out_of_memory" INTERNAL_SERVER_ERROR "The script used more memory than it may";
    FunctionRuntimeTimedOut "function_runtime_timed_out" INTERNAL_SERVER_ERROR "The script computed for longer than it may";
    FunctionRuntimeOther "function_runtime_other" INTERNAL_SERVER_ERROR "The process that ran the script ended";
    ActionScriptFailure "action_script_failure" INTERNAL_SERVER_ERROR "The action did not run";
    UnknownProviderTemplateInConfig "unknown_provider_template_in_config" BAD_REQUEST "The integration's provider is not in the catalogue.";
    InvalidActionInput "invalid_action_input" BAD_REQUEST "The input does not have the declared shape.";
    InvalidActionOutput "invalid_action_output" BAD_REQUEST "The output does not have the declared shape.";
    InvalidSyncRecord "invalid_sync_record" BAD_REQUEST "A record does not have the declared shape.";

    // Webhook ingress
    UnknownEnvironment "unknown_environment" NOT_FOUND "There is no environment with this id.";
    UnknownPlan "unknown_plan" NOT_FOUND "The account has no plan.";

    // Legacy /config
    MissingBody "missing_body" BAD_REQUEST "The body is missing.";
    MissingProviderConfig "missing_provider_config" BAD_REQUEST "The parameter provider_config_key is missing.";
    MissingProviderTemplate "missing_provider_template" BAD_REQUEST "The parameter provider is missing.";
    MissingClientId "missing_client_id" BAD_REQUEST "The parameter oauth_client_id is missing.";
    MissingClientSecret "missing_client_secret" BAD_REQUEST "The parameter oauth_client_secret is missing.";
    MissingAppId "missing_app_id" BAD_REQUEST "The app id is missing.";
    MissingAppSecret "missing_app_secret" BAD_REQUEST "The app's private key is missing.";
    MissingCustom "missing_custom" BAD_REQUEST "The parameter custom is missing.";
    InvalidAppSecret "invalid_app_secret" BAD_REQUEST "The app's private key is not an RSA private key in PEM form.";
    InvalidOauthScopes "invalid_oauth_scopes" BAD_REQUEST "The parameter oauth_scopes must be a comma-separated text.";
    ProviderConfigEditNotAllowed "provider_config_edit_not_allowed" BAD_REQUEST "Integrations of this kind have nothing to edit.";
    DuplicateProviderConfig "duplicate_provider_config" CONFLICT "An integration with this key exists already.";
    ProviderConfigCreationFailure "provider_config_creation_failure" INTERNAL_SERVER_ERROR "The integration could not be written.";

    // Legacy POST /connection
    MissingConnection "missing_connection" BAD_REQUEST "The connection id is missing.";
    MissingAccessToken "missing_access_token" BAD_REQUEST "The parameter access_token is missing.";
    MissingExpiresAt "missing_expires_at" BAD_REQUEST "The parameter expires_at is missing.";
    InvalidExpiresAt "invalid_expires_at" BAD_REQUEST "The parameter expires_at is not a date.";
    MissingBasicUsername "missing_basic_username" BAD_REQUEST "The parameter username is missing.";
    MissingApiKey "missing_api_key" BAD_REQUEST "The parameter api_key is missing.";
    MissingInstallationId "missing_installation_id" BAD_REQUEST "The parameter installation_id is missing.";
    MissingAccountId "missing_account_id" BAD_REQUEST "The parameter accountId is missing.";
    MissingOauthToken "missing_oauth_token" BAD_REQUEST "The parameter oauth_token is missing.";
    MissingOauthTokenSecret "missing_oauth_token_secret" BAD_REQUEST "The parameter oauth_token_secret is missing.";
    InvalidAuthMode "invalid_auth_mode" BAD_REQUEST "Connections of this provider cannot be imported.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_has_its_own_snake_case_text_and_an_error_status() {
        let mut seen = HashSet::new();
        for code in ErrorCode::ALL {
            assert!(seen.insert(code.as_str()), "{code} is there twice");
            assert!(code.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code}");
            assert!(!code.meaning().is_empty(), "{code}");
        }
    }
}
