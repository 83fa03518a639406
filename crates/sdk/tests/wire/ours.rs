//! Our call for each case.

use std::collections::BTreeMap;

use bowline_sdk::connections::{EndUser, Organization};
use bowline_sdk::functions::FunctionKind;
use bowline_sdk::integrations::{IntegrationCredentials, OAuthApp};
use bowline_sdk::records::RecordAction;
use bowline_sdk::{Bowline, SyncName};
use futures_util::future::BoxFuture;
use http::Method;
use serde_json::{Value, json};

const K: &str = "github-dev";
const C: &str = "user-1";
const ACTION: &str = "0b7b4a4e-8c5b-4f0f-9d7e-1f8a1f6c2b11";
const MOMENT: &str = "2024-01-01T00:00:00.000Z";

/// A call and its text.
pub struct Call {
    pub text: &'static str,
    pub make: fn(Bowline) -> BoxFuture<'static, ()>,
}

macro_rules! calls {
    ($client:ident; $($($id:literal)|+ => $call:expr;)*) => {
        /// The call for a case.
        pub fn call(id: &str) -> Option<Call> {
            Some(match id {
                $($($id)|+ => Call {
                    text: stringify!($call),
                    // What comes back is for other tests: here only the request counts.
                    make: |$client| Box::pin(async move { let _ = $call.await; }),
                },)*
                _ => return None,
            })
        }
    };
}

calls! { bowline;
    "list_providers" => bowline.list_providers();
    "list_providers/search" => bowline.list_providers().search("git");
    "get_provider" => bowline.get_provider("github");
    "get_provider_templates" => bowline.get_provider_templates("github");

    "list_integrations" | "seed/list_integrations" => bowline.list_integrations();
    "get_integration" | "seed/get_integration" => bowline.get_integration(K);
    "get_integration/include" => bowline.get_integration(K).include_webhook();
    "seed/get_integration/credentials" => bowline.get_integration(K).include_credentials();
    "create_integration" => bowline.create_integration("github", K).display_name("GitHub").credentials(&app("repo,user"));
    "seed/create_integration" => bowline.create_integration("github", K).credentials(&app("repo"));
    "create_quickstart_integration" => bowline.create_quickstart_integration("github", K);
    "update_integration" => bowline.update_integration(K).display_name("New");
    "seed/update_integration" => bowline.update_integration(K).credentials(&app("repo"));
    "delete_integration" | "seed/delete_integration" => bowline.delete_integration(K);

    "list_functions" => bowline.list_functions(K);
    "list_functions/options" => bowline.list_functions(K).kind(FunctionKind::Sync).search("iss").page(1).limit(5);
    "get_function" => bowline.get_function(K, "issues");
    "get_function/type" => bowline.get_function(K, "issues").kind(FunctionKind::Sync);
    "get_function_code" => bowline.get_function_code(K, "issues").kind(FunctionKind::Sync);
    "delete_function" => bowline.delete_function(K, "issues", FunctionKind::Sync);

    "list_connections" | "seed/list_connections" => bowline.list_connections();
    "seed/list_connections/id" => bowline.list_connections().connection_id(C);
    "list_connections/filters" => bowline.list_connections().connection_id(C).end_user("u1").integrations([K, "slack"]).tag("plan", "pro").limit(5).page(2);
    "list_connections/search" => bowline.list_connections().search("ada");
    "list_connections/organization" => bowline.list_connections().end_user("u1").organization("o1");
    "get_connection" | "seed/get_connection" => bowline.get_connection(K, C);
    "get_connection/flags" => bowline.get_connection(K, C).force_refresh().refresh_token().refresh_github_app_jwt_token();
    "seed/get_connection/flags" => bowline.get_connection(K, C).force_refresh().refresh_token();
    "get_token" | "seed/get_token" => bowline.get_token(K, C);
    "get_token/force" => bowline.get_token(K, C).force_refresh();
    "get_raw_token_response" | "seed/get_raw_token_response" => bowline.get_raw_token_response(K, C);
    "get_metadata" | "seed/get_metadata" => bowline.get_metadata::<Value>(K, C);
    "set_metadata" | "seed/set_metadata" => bowline.set_metadata(K, C, &metadata());
    "set_metadata/many" => bowline.set_metadata(K, [C, "user-2"], &metadata());
    "update_metadata" | "seed/update_metadata" => bowline.update_metadata(K, C, &metadata());
    "update_metadata/many" => bowline.update_metadata(K, [C, "user-2"], &metadata());
    "patch_connection" => bowline.patch_connection(K, C).tags(&tags()).end_user(&EndUser::new("u1"));
    "delete_connection" | "seed/delete_connection" => bowline.delete_connection(K, C);
    "wait_for_connection" => bowline.wait_for_connection(K, "u1");

    "get_scripts_config" | "seed/get_scripts_config" => bowline.get_scripts_config();
    "get_function_tools" => bowline.get_function_tools();
    "get_environment_variables" | "seed/get_environment_variables" => bowline.get_environment_variables();

    "list_records" | "seed/list_records" => bowline.list_records::<Value>(K, C, "Issue");
    "list_records/options" => bowline.list_records::<Value>(K, C, "Issue").modified_after(MOMENT).limit(10).filter([RecordAction::Added]).cursor("abc=").ids(["1", "2"]).variant("v1");
    "seed/list_records/options" => bowline.list_records::<Value>(K, C, "Issue").modified_after(MOMENT).limit(10).filter([RecordAction::Added]).cursor("abc=");
    "seed/get_records" => bowline.list_records::<Value>(K, C, "Issue").limit(10);
    "prune_records" => bowline.prune_records(K, C, "Issue", "abc");
    "prune_records/options" => bowline.prune_records(K, C, "Issue", "abc").variant("v1").limit(10);

    "trigger_sync" | "seed/trigger_sync" => bowline.trigger_sync(K, ["issues"]).connection(C);
    "trigger_sync/options" => bowline.trigger_sync(K, ["issues"]).connection(C).empty_cache();
    "trigger_sync/all_connections" => bowline.trigger_sync(K, ["issues"]);
    "seed/trigger_sync/full" => bowline.trigger_sync(K, ["issues"]).connection(C).reset();
    "start_sync" | "seed/start_sync" => bowline.start_sync(K, ["issues"]).connection(C);
    "start_sync/variant" => bowline.start_sync(K, [SyncName::variant("issues", "v1")]).connection(C);
    "pause_sync" | "seed/pause_sync" => bowline.pause_sync(K, ["issues"]).connection(C);
    "sync_status" => bowline.sync_status(K, ["issues".into(), SyncName::variant("issues", "v1")]).connection(C);
    "seed/sync_status" => bowline.sync_status(K, ["issues"]).connection(C);
    "sync_status/all" => bowline.sync_status(K, SyncName::ALL);
    "update_sync_connection_frequency" => bowline.update_sync_connection_frequency(K, "issues", C, Some("every 5 minutes"));
    "update_sync_connection_frequency/reset" => bowline.update_sync_connection_frequency(K, "issues", C, None);
    "update_sync_connection_frequency/variant" => bowline.update_sync_connection_frequency(K, SyncName::variant("issues", "v1"), C, Some("1h"));
    "create_sync_variant" => bowline.create_sync_variant(K, C, "issues", "v1");
    "delete_sync_variant" => bowline.delete_sync_variant(K, C, "issues", "v1");

    "trigger_action" | "seed/trigger_action" => bowline.trigger_action::<Value>(K, C, "create-issue").input(&json!({"title": "x"}));
    "trigger_action/no_input" => bowline.trigger_action::<Value>(K, C, "create-issue");
    "trigger_action_async" => bowline.trigger_action_async(K, C, "create-issue").input(&json!({"title": "x"}));
    "get_async_action_result" => bowline.get_async_action_result::<Value>(ACTION);
    "get_async_action_result_at" => bowline.get_async_action_result_at::<Value>(&format!("/action/{ACTION}"));

    "get" | "seed/get" => bowline.get(K, C, "/repos?state=open");
    "get/options" => bowline.get(K, C, "/repos").query("page", 2).header("X-Custom", "1").retries(3).retry_on([429, 500]).base_url_override("https://api.example.com").decompress().forward_headers_on_redirect(true);
    "post" | "seed/post" => bowline.post(K, C, "/repos").json(&json!({"title": "x"}));
    "post/form" => bowline.post(K, C, "/repos").form([("a", "1 2"), ("b", "ü")]);
    "post/text" => bowline.post(K, C, "/repos").body("text/plain", "plain text");
    "put" | "seed/put" => bowline.put(K, C, "/repos/1").json(&json!({"title": "x"}));
    "patch" | "seed/patch" => bowline.patch(K, C, "/repos/1").json(&json!({"title": "x"}));
    "delete" | "seed/delete" => bowline.delete(K, C, "/repos/1");
    "proxy/propfind" => bowline.proxy(Method::from_bytes(b"PROPFIND").unwrap(), K, C, "/files");

    "create_connect_session" => bowline.create_connect_session().end_user(&EndUser::new("u1").email("a@b.co").display_name("Ada")).organization(&Organization::new("o1")).allowed_integrations([K]).tags(&tags());
    "create_reconnect_session" => bowline.create_reconnect_session(K, C).tags(&tags());
}

fn app(scopes: &str) -> IntegrationCredentials {
    IntegrationCredentials::OAuth2(OAuthApp::new("id", "secret").scopes(scopes.split(',')))
}

fn metadata() -> Value {
    json!({"a": 1, "b": {"c": [1]}})
}

fn tags() -> BTreeMap<String, String> {
    BTreeMap::from([("plan".to_owned(), "pro".to_owned())])
}
