use crate::support::Place;

#[test]
fn a_new_project_compiles_and_passes_its_fixtures() {
    let place = Place::new();
    let ended = place.run(&["init", "mine"]).succeeded();
    assert!(ended.stdout.contains("cd mine") && ended.stdout.contains("bowline test"), "{}", ended.stdout);
    let project = place.inside("mine");
    let ended = project.run(&["compile"]).succeeded();
    assert_eq!(ended.stdout, "Compiled 3 functions into build/\n");
    let ended = project.run(&["test"]).succeeded();
    assert!(ended.stdout.starts_with("2 passed, 0 failed"), "{}", ended.stdout);
}

#[test]
fn a_new_project_keeps_keys_and_results_out_of_version_control() {
    let place = Place::new();
    let made = place.json(&["init", "--json"]);
    let files: Vec<&str> =
        made["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert!(files.contains(&".env.example") && files.contains(&".nango/.gitkeep"), "{files:?}");
    assert!(files.iter().all(|file| place.path(file).is_file()));
    let ignored = std::fs::read_to_string(place.path(".gitignore")).unwrap();
    assert!(ignored.lines().any(|line| line == ".env") && ignored.lines().any(|line| line == "build/"));
}

#[test]
fn no_file_is_overwritten_and_all_that_are_in_the_way_are_named() {
    let place = Place::new();
    place.write("index.ts", "// mine\n");
    place.write("package.json", "{}\n");
    place.run(&["init"]).failed(1).says("package.json, index.ts").says("nothing was written").says("hint:");
    assert_eq!(std::fs::read_to_string(place.path("index.ts")).unwrap(), "// mine\n");
    assert!(!place.path("tsconfig.json").exists());
}
