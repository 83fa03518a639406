//! What holds for every built-in provider.

use std::{path::Path, sync::Arc};

use bowline_catalog::Catalog;
use bowline_domain::provider::{
    AuthMode, FieldSchema, Pattern, Provider, check_wire,
    exception::EXCEPTIONS,
    layout::LAYOUT,
    validate::{findings, validate},
};
use serde_json::{Map, Value};

fn wire(catalog: &Catalog, name: &str) -> Map<String, Value> {
    serde_json::from_str(catalog.wire(name).unwrap()).unwrap()
}

fn fields(provider: &Provider) -> impl Iterator<Item = (&String, &FieldSchema)> {
    let Provider { credentials, connection_config, integration_config, assertion_option, .. } = provider;
    credentials.iter().chain(connection_config).chain(integration_config).chain(assertion_option)
}

#[test]
fn there_is_one_provider_per_file() {
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../providers")).unwrap();
    let mut expected: Vec<String> = files
        .filter_map(|file| {
            file.unwrap().file_name().to_str().unwrap().strip_suffix(".yaml").map(str::to_owned)
        })
        .collect();
    expected.sort();
    let catalog = Catalog::builtin();
    assert_eq!(catalog.names().collect::<Vec<_>>(), expected);
    assert_eq!(expected.len(), 981);
}

#[test]
fn every_provider_is_valid_and_survives_the_round_trip_to_the_wire() {
    let catalog = Catalog::builtin();
    for name in catalog.names() {
        let wire = wire(&catalog, name);
        assert_eq!(check_wire(&wire), []);
        let provider = Provider::from_wire(name, &wire).unwrap();
        assert_eq!(validate(&provider), [], "{name}");
        assert_eq!(provider.to_wire(), wire, "{name}");
        assert_eq!(catalog.find(name).as_deref(), Some(&provider), "{name}");
    }
}

#[test]
fn wire_objects_are_what_clients_expect() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/wire");
    let catalog = Catalog::builtin();
    let mut count = 0;
    for sample in std::fs::read_dir(samples).unwrap() {
        let path = sample.unwrap().path();
        let expected: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert_eq!(Value::Object(wire(&catalog, name)), expected, "{name}");
        count += 1;
    }
    assert_eq!(count, 13);
}

#[test]
fn every_exception_is_still_needed() {
    let catalog = Catalog::builtin();
    for exception in EXCEPTIONS {
        let provider = catalog.find(exception.provider).unwrap();
        let needed = findings(&provider).iter().any(|problem| exception.covers(&provider.name, problem));
        assert!(needed, "{} no longer needs its exception ({})", exception.provider, exception.reason);
    }
}

#[test]
fn no_pattern_can_be_made_to_run_for_long() {
    let catalog = Catalog::builtin();
    for provider in catalog.names().filter_map(|name| catalog.find(name)) {
        for (key, field) in fields(&provider) {
            let Some(Ok(pattern)) = field.pattern.as_deref().map(Pattern::new) else { continue };
            assert!(matches!(pattern, Pattern::Linear(_)), "{}.{key}: {:?}", provider.name, field.pattern);
        }
    }
}

#[test]
fn both_pattern_engines_agree_on_the_examples() {
    let catalog = Catalog::builtin();
    let providers: Vec<Arc<Provider>> = catalog.names().filter_map(|name| catalog.find(name)).collect();
    let examples: Vec<&String> = providers
        .iter()
        .flat_map(|provider| fields(provider).filter_map(|(_, field)| field.example.as_ref()))
        // Long ones would wake the backtracking engine's worst case.
        .filter(|example| example.len() <= 40)
        .collect();
    for field in providers.iter().flat_map(|provider| fields(provider).map(|(_, field)| field)) {
        let Some(text) = field.pattern.as_deref() else { continue };
        let (Ok(pattern), Ok(reference)) = (Pattern::new(text), text.parse::<regress::Regex>()) else {
            continue;
        };
        for example in examples.iter().step_by(7).copied().chain(&field.example) {
            assert_eq!(pattern.is_match(example), reference.find(example).is_some(), "{text} on {example}");
        }
    }
}

#[test]
fn search_and_listing_go_by_name_in_order() {
    let catalog = Catalog::builtin();
    let found: Vec<&str> = catalog.list_wire(Some("GITHUB")).map(|(name, _)| name).collect();
    assert_eq!(found, ["github", "github-app", "github-app-oauth", "github-pat"]);
    assert_eq!(catalog.list_wire(None).count(), 981);
    assert!(catalog.find("no-such-provider").is_none());
    assert!(catalog.wire("no-such-provider").is_none());
}

#[test]
fn an_alias_can_blank_an_inherited_hook() {
    let confluence = Catalog::builtin().find("confluence").unwrap();
    assert_eq!(confluence.webhook_routing_script.as_deref(), Some(""));
    assert_eq!(confluence.webhook_router(), None);
}

#[test]
fn a_provider_can_have_a_token_url_per_mode() {
    let github = Catalog::builtin().find("github-app-oauth").unwrap();
    assert_eq!(github.auth_mode, AuthMode::Custom);
    let url = github.token_url_for(AuthMode::OAuth2);
    assert_eq!(url, Some("https://github.com/login/oauth/access_token"));
    assert_eq!(github.token_url_for(AuthMode::ApiKey), None);
}

#[test]
fn the_readme_explains_every_key() {
    let readme = include_str!("../../../../providers/README.md");
    for row in LAYOUT {
        let key = format!("`{}`", row.layout);
        assert!(readme.contains(&key), "providers/README.md does not mention {key}");
    }
}
