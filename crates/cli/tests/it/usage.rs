//! Exit codes, help, and commands that need no database.

use crate::support::Place;

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    let place = Place::new();
    place.run(&["serve", "--nonsense"]).failed(2);
    place.run(&["serv"]).failed(2).says("serve");
    place.run(&["keys", "create", "--env", "dev", "--account", "--name", "x"]).failed(2);
    for help in [&["--help"][..], &["serve", "--help"], &["--version"]] {
        assert_eq!(place.run(help).succeeded().stderr, "");
    }
}

#[test]
fn failures_end_with_1_and_leave_standard_output_empty() {
    let ended = Place::new().run(&["config", "check", "--config", "absent.toml"]).failed(1);
    assert_eq!(ended.stdout, "");
}

#[test]
fn the_openapi_document_is_json() {
    assert_eq!(Place::new().json(&["openapi"])["openapi"].as_str().unwrap().split('.').next(), Some("3"));
}

#[test]
fn shells_get_completions() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = place.run(&["completions", shell]).succeeded().stdout;
        for word in ["bowline", "init", "dev", "dryrun", "deploy", "allow-destructive"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn every_command_explains_itself() {
    let place = Place::new();
    for command in [
        "serve",
        "demo",
        "sim",
        "env",
        "keys",
        "providers",
        "init",
        "compile",
        "test",
        "dev",
        "dryrun",
        "deploy",
        "config",
        "openapi",
        "completions",
    ] {
        let help = place.run(&[command, "--help"]).succeeded().stdout;
        assert!(help.contains("Usage: bowline"), "{help}");
    }
}
