//! `bowline providers`

use crate::support::Place;

const GOOD: &str = "\
mine:
    display_name: Mine
    auth_mode: API_KEY
    proxy:
        base_url: https://api.example.com
        headers:
            x-api-key: ${apiKey}
    docs: https://example.com/docs
    credentials:
        apiKey:
            type: string
            title: API key
            description: The key
";

#[test]
fn a_bad_file_fails_lint_with_every_problem() {
    let place = Place::new();
    place.write("bad.yaml", "mine:\n    display_name: Mine\n    auth_mode: TELEPATHY\n");
    let ended = place.run(&["providers", "lint", "bad.yaml"]).failed(1);
    assert!(ended.stdout.contains("bad.yaml") && ended.stdout.contains("mine"), "{}", ended.stdout);
    let ended = place.run(&["providers", "lint", "bad.yaml", "--json"]).failed(1);
    let problems: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(problems[0]["provider"], "mine");
}

#[test]
fn a_good_file_is_laid_over_the_catalogue() {
    let place = Place::new().with("BOWLINE_PROVIDERS", "good.yaml");
    place.write("good.yaml", GOOD);
    place.run(&["providers", "lint"]).succeeded();
    let listed = place.json(&["providers", "list", "mine", "--json"]);
    assert!(
        listed.as_array().unwrap().iter().any(|one| one["name"] == "mine" && one["auth_mode"] == "API_KEY")
    );
    let shown = place.run(&["providers", "show", "mine"]).succeeded().stdout;
    assert!(shown.contains("base_url: https://api.example.com"), "{shown}");
    assert_eq!(place.json(&["providers", "show", "mine", "--wire"])["auth_mode"], "API_KEY");
}

#[test]
fn an_unknown_provider_is_named_with_the_nearest_one() {
    Place::new().run(&["providers", "show", "githb"]).failed(1).says("did you mean `github`?");
}
