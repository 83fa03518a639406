//! `bowline env` and `bowline keys`, before the first start and beside a running server.

use crate::support::Place;

#[test]
fn env_list_prints_exactly_name_secret_key_and_public_key() {
    let place = Place::new();
    let list = place.json(&["env", "list", "--json"]);
    let names: Vec<&str> = list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dev", "prod"]);
    for environment in list.as_array().unwrap() {
        let keys: Vec<&String> = environment.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["name", "secret_key", "public_key"]);
        assert!(keys.iter().all(|key| environment[key.as_str()].is_string()));
    }
}

#[test]
fn variables_are_set_and_unset_beside_a_running_server() {
    let place = Place::new();
    let server = place.serve(&[]);
    let key = place.json(&["env", "list", "--json"])[0]["secret_key"].as_str().unwrap().to_owned();
    place.run(&["env", "vars", "set", "PLAIN", "a value", "--env", "dev"]).succeeded();
    place.run_with_input(&["env", "vars", "set", "PIPED", "-", "--env", "dev"], "grüße ✓\n").succeeded();
    let (status, body) = server.get("/environment-variables", Some(&key));
    assert_eq!(
        (status, body.as_str()),
        (200, r#"[{"name":"PIPED","value":"grüße ✓"},{"name":"PLAIN","value":"a value"}]"#)
    );
    place.run(&["env", "vars", "unset", "PIPED"]).succeeded();
    let left = place.json(&["env", "vars", "list", "--env", "dev", "--json"]);
    assert_eq!(left, serde_json::json!([{ "name": "PLAIN", "value": "a value" }]));
    place.run(&["env", "vars", "unset", "PIPED"]).failed(1).says("no variable `PIPED`");
    place.run(&["env", "vars", "set", "1x", "y"]).failed(1).says("letters, digits");
    place.run(&["env", "vars", "list", "--env", "deev"]).failed(1).says("did you mean `dev`?");
}

#[test]
fn a_key_with_one_scope_opens_that_and_no_more() {
    let place = Place::new();
    let server = place.serve(&[]);
    let create = ["keys", "create", "--name", "reader", "--scope", "environment:connections:list", "--json"];
    let key = place.json(&create);
    assert_eq!(key["display_name"], "reader");
    assert_eq!(key["scopes"], serde_json::json!(["environment:connections:list"]));
    assert!(key["id"].is_i64() && key["uuid"].is_string());
    let secret = key["secret"].as_str().unwrap();
    assert_eq!(server.get("/connections", Some(secret)).0, 200);
    assert_eq!(server.get("/integrations", Some(secret)).0, 403);
    place.run(&create).failed(1).says("exists");

    let listed = place.json(&["keys", "list", "--json"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(listed.as_array().unwrap().iter().all(|key| key.get("secret").is_none()));
    place.run(&["keys", "delete", "reader"]).succeeded();
    place.run(&["keys", "delete", "reader"]).failed(1).says("no key `reader`");
    assert_eq!(place.json(&["keys", "list", "--json"]).as_array().unwrap().len(), 1);
}

#[test]
fn account_keys_are_of_the_other_plane() {
    let place = Place::new();
    let key = place.json(&["keys", "create", "--account", "--name", "admin", "--json"]);
    assert_eq!(key["scopes"], serde_json::json!(["account:*"]));
    assert_eq!(place.json(&["keys", "list", "--account", "--json"]).as_array().unwrap().len(), 1);
    let scope = ["keys", "create", "--account", "--name", "x", "--scope", "environment:*"];
    place.run(&scope).failed(1).says("account:");
    place.run(&["keys", "create", "--name", "x", "--scope", "account:*"]).failed(1).says("environment:");
}
