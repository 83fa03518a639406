//! `/providers*`

use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn the_list_has_every_provider_with_its_name_and_logo() {
    let app = TestApp::start().await;
    let answer = app.get_as_owner("/providers").await;
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    let list = answer.json()["data"].as_array().unwrap().clone();
    assert!(list.len() > 900, "{}", list.len());
    for provider in &list {
        let name = provider["name"].as_str().unwrap();
        let logo = format!("http://localhost:3003/images/template-logos/{name}.svg");
        assert_eq!(provider["logo_url"], logo);
        assert!(provider["auth_mode"].is_string(), "{name}");
    }
}

#[tokio::test]
async fn a_search_finds_parts_of_names_in_any_case() {
    let app = TestApp::start().await;
    let list = app.get_as_owner("/providers?search=GitHub").await.json();
    let names: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"github") && names.contains(&"github-app"), "{names:?}");
    assert!(names.iter().all(|name| name.contains("github")), "{names:?}");
    let none = app.get_as_owner("/providers?search=no-such-provider").await;
    none.assert(200, &json!({"data": []}));
}

#[tokio::test]
async fn a_search_outside_of_the_charset_and_other_parameters_are_refused() {
    let app = TestApp::start().await;
    app.get_as_owner("/providers?search=a%2Fb&x=1").await.assert(
        400,
        &json!({"error": {
            "code": "invalid_query_params",
            "errors": [
                {
                    "code": "invalid_format",
                    "message": "Invalid string: must match pattern /^[a-zA-Z0-9~:.@ _-]+$/",
                    "path": ["search"],
                },
                {"code": "unrecognized_keys", "message": "Unrecognized key: \"x\"", "path": []},
            ],
        }}),
    );
}

#[tokio::test]
async fn one_provider_is_shown_as_in_the_list() {
    let app = TestApp::start().await;
    let one = app.get_as_owner("/providers/github").await.json();
    assert_eq!(one["data"]["display_name"], "GitHub (User OAuth)");
    let list = app.get_as_owner("/providers?search=github").await.json();
    assert!(list["data"].as_array().unwrap().contains(&one["data"]));
}

#[tokio::test]
async fn an_unknown_provider_is_not_found_and_has_no_templates() {
    let app = TestApp::start().await;
    let error = json!({"error": {"code": "not_found", "message": "Unknown provider nobody"}});
    app.get_as_owner("/providers/nobody").await.assert(404, &error);
    app.get_as_owner("/providers/nobody/templates").await.assert(200, &json!({"data": []}));
    app.get_as_owner("/providers/no%20body").await.assert(
        400,
        &json!({"error": {
            "code": "invalid_uri_params",
            "errors": [{
                "code": "invalid_format",
                "message": "Invalid string: must match pattern /^[a-zA-Z0-9_-]+$/",
                "path": ["provider"],
            }],
        }}),
    );
}

#[tokio::test]
async fn providers_json_is_the_whole_catalogue_for_anyone() {
    let app = TestApp::limited(10).await;
    let answer = app.get("/providers.json").await;
    assert_eq!(answer.header("x-ratelimit-remaining"), "9");
    let Value::Object(catalogue) = answer.json() else { panic!("no object") };
    assert!(catalogue.len() > 900);
    assert_eq!(catalogue["github"]["auth_mode"], "OAUTH2");
}
