//! `bowline config`, and what is refused before anything starts.

use crate::support::Place;

#[test]
fn the_reference_page_is_up_to_date() {
    let page = Place::new().run(&["config", "reference"]).succeeded().stdout;
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/config.md");
    assert_eq!(page, std::fs::read_to_string(committed).unwrap(), "run `cargo xtask bless`");
}

#[test]
fn flags_win_over_variables_and_variables_over_the_file() {
    let place = Place::new().with("BOWLINE_LISTEN", "127.0.0.1:2").with("BOWLINE_DATA_DIR", "variable");
    place.write("bowline.toml", "[server]\nlisten = '127.0.0.1:1'\nproviders = ['a', 'b']\n");
    let shown = place.run(&["config", "show", "--data-dir", "flag"]).succeeded().stdout;
    assert!(shown.contains("listen = \"127.0.0.1:2\"  # BOWLINE_LISTEN\n"), "{shown}");
    assert!(shown.contains("data_dir = \"flag\"  # --data-dir\n"), "{shown}");
    assert!(shown.contains("providers = [\"a\", \"b\"]  # bowline.toml: server.providers\n"), "{shown}");
}

#[test]
fn a_named_file_is_read_instead_of_the_one_in_the_folder() {
    let place = Place::new().with("BOWLINE_CONFIG", "variable.toml");
    place.write("bowline.toml", "not even TOML");
    place.write("variable.toml", "[logging]\nlevel = 'debug'\n");
    place.write("flag.toml", "[logging]\nlevel = 'trace'\n");
    let by_variable = place.run(&["config", "show"]).succeeded().stdout;
    assert!(by_variable.contains("level = \"debug\""), "{by_variable}");
    let by_flag = place.run(&["config", "show", "--config", "flag.toml"]).succeeded().stdout;
    assert!(by_flag.contains("level = \"trace\""), "{by_flag}");
    place.run(&["config", "check", "--config", "absent.toml"]).failed(1).says("absent.toml");
}

#[test]
fn unknown_keys_and_variables_are_refused_with_the_nearest_name() {
    let place = Place::new();
    place.write("bowline.toml", "[server]\nlistn = '127.0.0.1:1'\n");
    place.run(&["config", "check"]).failed(1).says("`listn`").says("did you mean `listen`?");
    place.write("bowline.toml", "[sever]\n");
    place.run(&["config", "check"]).failed(1).says("did you mean `server`?");
    place.write("bowline.toml", "[keys.dev]\nsecret = 'x'\n");
    place.run(&["config", "check"]).failed(1).says("did you mean `secret_key`?");
    let place = Place::new().with("BOWLINE_OUTBOUND_ALOW", "10.0.0.0/8");
    place.run(&["serve"]).failed(1).says("did you mean `BOWLINE_OUTBOUND_ALLOW`?");
}

#[test]
fn secrets_are_masked_and_may_come_from_files() {
    let place = Place::new()
        .with("BOWLINE_DATABASE_URL_FILE", "url")
        .with("BOWLINE_SECRET_KEY_DEV", "6ef53c3c-6a5d-4b0e-9e0f-0d7c2f3f0a11");
    place.write("url", "postgres://user:hunter2@host/database\n");
    let shown = place.run(&["config", "show"]).succeeded().stdout;
    assert!(shown.contains("database_url = \"***\"  # BOWLINE_DATABASE_URL_FILE"), "{shown}");
    assert!(shown.contains("secret_key = \"***\"  # BOWLINE_SECRET_KEY_DEV"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("6ef53c3c"), "{shown}");
}

#[test]
fn bad_values_are_refused_by_check() {
    let bad = [
        ("BOWLINE_ENCRYPTION_KEY", "c2hvcnQ="),
        ("BOWLINE_OUTBOUND_ALLOW", "10.0.0.0/99"),
        ("BOWLINE_OUTBOUND_CA_FILE", "absent.pem"),
        ("BOWLINE_PROVIDERS", "absent.yaml"),
        ("BOWLINE_LOG", "loud"),
        ("BOWLINE_ROLES", "api,barista"),
        ("BOWLINE_PUBLIC_URL", "example.com"),
        ("BOWLINE_SECRET_KEY_DEV", "hunter2"),
    ];
    for (name, value) in bad {
        Place::new().with(name, value).run(&["config", "check"]).failed(1);
    }
    Place::new().run(&["config", "check"]).succeeded();
}

#[test]
fn the_schema_is_json() {
    let schema = Place::new().json(&["config", "schema"]);
    assert_eq!(schema["properties"]["server"]["properties"]["rate_limit_per_minute"]["default"], 6000);
    assert_eq!(schema["additionalProperties"], false);
}
