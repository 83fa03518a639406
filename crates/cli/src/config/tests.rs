//! Layers over one another, and what is refused.

use std::fs;
use std::path::Path;

use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn from_variables(pairs: &[(&str, &str)]) -> Result<Config> {
    let mut layers = Layers::default();
    variables::read(&mut layers, &variables(pairs))?;
    Config::from_layers(&layers)
}

fn hint(error: &anyhow::Error) -> String {
    format!("{error:#}")
}

#[test]
fn the_defaults_are_valid() {
    let config = from_variables(&[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:3003");
    assert_eq!(config.server.rate_limit_per_minute, 6000);
    assert_eq!(config.storage.data_dir, Path::new("bowline-data"));
    assert!(config.storage.database_url.is_none());
    assert!(config.server.roles.api && config.server.roles.scheduler && config.server.roles.runner);
}

#[test]
fn a_variable_wins_over_the_file_and_a_flag_over_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bowline.toml");
    fs::write(&path, "[server]\nlisten = \"127.0.0.1:1\"\nrate_limit_per_minute = 1\nbody_bytes_max = 1\n")
        .unwrap();
    let mut layers = Layers::default();
    file::read(&mut layers, &path).unwrap();
    let given = [("BOWLINE_LISTEN", "127.0.0.1:2"), ("BOWLINE_RATE_LIMIT_PER_MINUTE", "2")];
    variables::read(&mut layers, &variables(&given)).unwrap();
    layers.set(setting("server.listen"), "127.0.0.1:3".to_owned(), Origin::Flag("--listen"));
    let config = Config::from_layers(&layers).unwrap();
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.server.rate_limit_per_minute, 2);
    assert_eq!(config.server.body_bytes_max, 1);
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let config = from_variables(&[("BOWLINE_LISTEN", ""), ("BOWLINE_DATABASE_URL", "")]).unwrap();
    assert_eq!(config.server.listen.port(), 3003);
    assert!(config.storage.database_url.is_none());
}

#[test]
fn variables_of_tests_and_of_others_are_let_be() {
    from_variables(&[("BOWLINE_TEST_POSTGRES_URL", "x"), ("NANGO_SERVER_URL", "x"), ("PATH", "/bin")])
        .unwrap();
}

#[test]
fn keys_have_aliases_and_our_own_name_wins() {
    let ours = "1f2e3d4c-5b6a-4789-8abc-def012345678";
    let theirs = "0f2e3d4c-5b6a-4789-8abc-def012345678";
    let config = from_variables(&[
        ("BOWLINE_SECRET_KEY_DEV", ours),
        ("NANGO_SECRET_KEY_DEV", theirs),
        ("NANGO_SECRET_KEY_PROD", theirs),
        ("BOWLINE_PUBLIC_KEY_DEV", theirs),
    ])
    .unwrap();
    let secret = |name: &str| {
        let keys = config.keys.iter().find(|keys| keys.environment == name).unwrap();
        keys.secret_key.as_ref().unwrap().expose().clone()
    };
    assert_eq!((secret("dev").as_str(), secret("prod").as_str()), (ours, theirs));
}

#[test]
fn a_key_that_is_no_uuid_is_refused_without_repeating_it() {
    let error = from_variables(&[("BOWLINE_SECRET_KEY_DEV", "hunter2")]).err().unwrap();
    let text = format!("{error:#}");
    assert!(text.contains("BOWLINE_SECRET_KEY_DEV") && !text.contains("hunter2"), "{text}");
}

#[test]
fn a_secret_can_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("url");
    fs::write(&path, "postgres://u:p@h/d\n").unwrap();
    let config = from_variables(&[("BOWLINE_DATABASE_URL_FILE", path.to_str().unwrap())]).unwrap();
    assert_eq!(config.storage.database_url.unwrap().expose(), "postgres://u:p@h/d");
}

#[test]
fn an_unknown_variable_is_refused() {
    let error = from_variables(&[("BOWLINE_LISTN", "127.0.0.1:1")]).err().unwrap();
    assert!(hint(&error).contains("BOWLINE_LISTN"));
    assert_eq!(
        nearest("BOWLINE_LISTN", ["BOWLINE_LOG", "BOWLINE_LISTEN"].into_iter()),
        Some("BOWLINE_LISTEN")
    );
}

#[test]
fn a_value_that_does_not_fit_is_named_with_its_origin() {
    let error = from_variables(&[("BOWLINE_RATE_LIMIT_PER_MINUTE", "lots")]).err().unwrap();
    let text = error.to_string();
    assert!(text.contains("BOWLINE_RATE_LIMIT_PER_MINUTE") && text.contains("lots"), "{text}");
}

#[test]
fn what_is_shown_is_toml_and_holds_no_secret() {
    let mut layers = Layers::default();
    let given = [
        ("BOWLINE_DATABASE_URL", "postgres://u:hunter2@h/d"),
        ("BOWLINE_ENCRYPTION_KEY", "hunter2"),
        ("BOWLINE_SECRET_KEY_DEV", "hunter2"),
        ("BOWLINE_PROVIDERS", "a.yaml,b"),
    ];
    variables::read(&mut layers, &variables(&given)).unwrap();
    let text = show(&layers);
    assert!(!text.contains("hunter2"), "{text}");
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table["server"]["providers"].as_array().unwrap().len(), 2);
    assert_eq!(table["storage"]["database_url"].as_str(), Some("***"));
}

#[test]
fn every_setting_is_in_the_reference_and_the_schema() {
    let (page, schema) = (reference(), schema());
    for setting in SECTIONS.iter().flat_map(|section| section.settings) {
        assert!(page.contains(&format!("`{}`", setting.variable)), "{}", setting.variable);
        assert!(schema["properties"][setting.section]["properties"][setting.key].is_object());
        assert!(setting.variable.starts_with("BOWLINE_"));
    }
}
