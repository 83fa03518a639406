//! Deployed functions, as the client sees them.

use bowline_sdk::functions::FunctionKind;
use serde_json::{Value, json};

use super::place::{ADA, API_KEY, Place};

super::on_both! {
    functions_are_listed_read_and_deleted
    what_is_deployed_is_shown_by_integration_and_as_tools
    actions_answer_at_once_or_later
}

/// A function of [`API_KEY`], deployed alone.
fn flow(kind: &str, name: &str) -> Value {
    json!({
        "type": kind, "syncName": name, "providerConfigKey": API_KEY, "models": ["Made"], "input": "Make",
        "runs": (kind == "sync").then_some("every hour"), "metadata": {"description": "Makes one"},
        "fileBody": {"js": "js", "ts": "export default 1;"},
        "models_json_schema": {"definitions": {
            "Make": {"type": "object", "properties": {"title": {"type": "string"}}}, "Made": {"type": "object"},
        }},
    })
}

async fn deployed(place: &Place) {
    place.connect_by_key().await;
    let flows = [flow("sync", "issues"), flow("action", "issues"), flow("action", "mk")];
    place.deploy(&json!({"source": "standalone", "flowConfigs": flows})).await;
}

async fn functions_are_listed_read_and_deleted(place: Place) {
    deployed(&place).await;
    let bowline = &place.bowline;
    let page =
        bowline.list_functions(API_KEY).kind(FunctionKind::Action).search("mk").limit(1).await.unwrap();
    assert_eq!((page.data.len(), page.pagination.total, page.data[0].name.as_str()), (1, 1, "mk"));
    let ambiguous = bowline.get_function(API_KEY, "issues").await.unwrap_err();
    assert_eq!(ambiguous.code(), Some("ambiguous_function"));
    let sync = bowline.get_function(API_KEY, "issues").kind(FunctionKind::Sync).await.unwrap();
    assert_eq!(
        (sync.kind.as_str(), sync.enabled, &sync.more["runs"]),
        ("sync", Some(true), &json!("every hour"))
    );
    let code = bowline.get_function_code(API_KEY, "mk").await.unwrap();
    assert_eq!((code.kind.as_str(), code.code.as_str()), ("action", "export default 1;"));
    assert!(bowline.delete_function(API_KEY, "mk", FunctionKind::Action).await.unwrap());
    let gone = bowline.get_function(API_KEY, "mk").await.unwrap_err();
    assert_eq!(gone.code(), Some("not_found"));
}

async fn what_is_deployed_is_shown_by_integration_and_as_tools(place: Place) {
    deployed(&place).await;
    let config = place.bowline.get_scripts_config().await.unwrap();
    assert_eq!((config.len(), config[0].provider_config_key.as_str()), (1, API_KEY));
    let sync = &config[0].syncs[0];
    assert_eq!((sync.runs.as_deref(), sync.version.as_deref()), (Some("every hour"), Some("1")));
    assert_eq!(config[0].actions.len(), 2);
    let tools = place.bowline.get_function_tools().await.unwrap();
    assert_eq!((tools.len(), tools[1].name.as_str(), tools[1].description.as_str()), (2, "mk", "Makes one"));
    assert_eq!(tools[1].parameters["properties"]["title"]["type"], "string");
}

async fn actions_answer_at_once_or_later(place: Place) {
    place.connect_by_key().await;
    let mut echo = flow("action", "echo");
    echo["fileBody"]["js"] = json!("module.exports.default = async (nango, input) => ({ input });");
    place.deploy(&json!({"source": "standalone", "flowConfigs": [echo]})).await;
    let bowline = &place.bowline;
    let input = json!({"a": 1});
    let output: Value = bowline.trigger_action(API_KEY, ADA, "echo").input(&input).await.unwrap();
    assert_eq!(output, json!({"input": {"a": 1}}));
    let unknown = bowline.trigger_action::<Value>(API_KEY, ADA, "nope").await.unwrap_err();
    assert_eq!(unknown.code(), Some("not_found"));
    let accepted = bowline.trigger_action_async(API_KEY, ADA, "echo").input(&input).await.unwrap();
    let later = eventually(async || bowline.get_async_action_result::<Value>(&accepted.id).await.ok()).await;
    assert_eq!(later, json!({"input": {"a": 1}}));
}

/// Asks until there is an answer.
async fn eventually<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("there was no answer in time");
}
