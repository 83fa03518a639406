use serde_json::Value;

use super::project;
use crate::support::Place;

#[test]
fn fixtures_that_pass_end_with_0_and_are_counted() {
    let ended = project("good").run(&["test"]).succeeded();
    assert!(ended.stdout.starts_with("3 passed, 0 failed ("), "{}", ended.stdout);
    assert!(ended.stderr.contains("ok github (3)"), "{}", ended.stderr);
}

#[test]
fn fixtures_in_the_old_layout_pass_too() {
    let ended = project("old").run(&["test"]).succeeded();
    assert!(ended.stdout.starts_with("2 passed, 0 failed"), "{}", ended.stdout);
}

#[test]
fn each_failing_fixture_says_why() {
    let ended = project("failing").run(&["test"]).failed(13).says("8 of 8 fixtures do not pass");
    let shown = &ended.stdout;
    for expected in [
        "FAIL github/actions/different: another result than recorded\n  github/tests/different.test.json\n  \
         at output.items[1].name: expected \"b\", got \"x\"\n  at output.more: expected nothing, got true\n  \
         log info: about to answer {\"items\":2}\n",
        "FAIL github/actions/not-recorded: an answer is not recorded\n",
        "No mock found for GET users (normalized: users) with hash e1947afb71c3a7c611524a6064f2ea45fcd1f96f",
        "The answers at /users are to other requests; asked was {\"method\":\"get\",\"endpoint\":\"users\",\
         \"params\":[[\"page\",\"2\"]],\"headers\":[]}",
        "FAIL github/actions/refuses: the function failed\n  github/tests/refuses.test.json\n  \
         action_script_runtime_error: not today\n",
        "FAIL github/actions/throws: the function failed\n  github/tests/throws.test.json\n  Error: there is no list\n",
        "at exec (github/actions/throws.ts:9:",
        "FAIL github/actions/no-output: the fixture expects nothing\n",
        "FAIL github/actions/bad-fixture: the fixture cannot be read\n",
        "FAIL github/actions/unclosed: cannot be bundled\n",
        "github/actions/unclosed.ts:9:21: ",
        "at batchSave.User[1]: expected {\"id\":\"3\"}, got nothing",
        "at batchSave.Team[0]: expected nothing, got {\"id\":\"2\"}",
        "at batchDelete.User[0]: expected {\"id\":\"4\"}, got nothing",
        "     2  the function failed\n     2  another result than recorded\n0 passed, 8 failed (",
    ] {
        assert!(shown.contains(expected), "`{expected}` is not in:\n{shown}");
    }
    assert!(ended.stderr.contains("warning: github/tests/nobody.test.json belongs to no function"));
}

#[test]
fn results_are_written_for_programs_as_json_and_as_junit() {
    let place = project("failing");
    let ended = place.run(&["test", "--json", "--junit", "results.xml"]).failed(13);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!([&report["passed"], &report["failed"]], [0, 8]);
    let first = &report["results"][1];
    assert_eq!(first["fixture"], "github/tests/different.test.json");
    assert_eq!(first["failure"]["cause"], "different");
    assert_eq!(first["failure"]["differences"][0]["at"], "output.items[1].name");

    let xml = std::fs::read_to_string(place.path("results.xml")).unwrap();
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"bowline test\" tests=\"8\" failures=\"8\""));
    assert!(xml.contains("expected &quot;b&quot;, got &quot;x&quot;"), "{xml}");
    assert_eq!(xml.matches("<testcase ").count(), 8);
    assert_well_formed(&xml);
}

/// Every tag is closed by its own name, and nothing else begins with `<`.
#[track_caller]
fn assert_well_formed(xml: &str) {
    let mut open = Vec::new();
    for tag in xml.split('<').skip(2) {
        let (inside, _) = tag.split_once('>').unwrap();
        let name = inside.trim_matches('/').split(' ').next().unwrap();
        if inside.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !inside.ends_with('/') {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn functions_are_chosen_by_name_by_integration_and_by_expression() {
    let place = project("good");
    for (arguments, passed) in [
        (&["test", "create-issue"][..], 2),
        (&["test", "github/issues"], 1),
        (&["test", "--integration", "github"], 3),
        (&["test", "--filter", "^github/cre"], 2),
        (&["test", "--threads", "1", "--bail"], 3),
    ] {
        let ended = place.run(arguments).succeeded();
        assert!(ended.stdout.starts_with(&format!("{passed} passed, 0 failed")), "{}", ended.stdout);
    }
    place.run(&["test", "create-isue"]).failed(1).says("did you mean `create-issue`?");
    place.run(&["test", "--integration", "gitlab"]).failed(1).says("there is no integration `gitlab`");
    place.run(&["test", "--filter", "("]).failed(1).says("regular expression");
}

#[test]
fn with_bail_the_first_failing_fixture_is_the_last_one() {
    let ended = project("failing").run(&["test", "--bail", "--threads", "1"]).failed(13);
    assert!(ended.stdout.contains("0 passed, 1 failed"), "{}", ended.stdout);
}

#[test]
fn a_folder_without_fixtures_is_refused_with_advice() {
    Place::new().run(&["test"]).failed(1).says("there are no fixtures to run").says("hint: a fixture is");
}
