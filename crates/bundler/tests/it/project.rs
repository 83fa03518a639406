//! Which functions a project lists.

use bowline_bundler::{Folder, Project, ProjectError};

use crate::support::Files;

#[test]
fn the_index_lists_the_functions_in_its_order() {
    let index = "// ours\nimport './github/syncs/issues.js';\nimport \"./github/actions/create-issue\"\n\
                 import './slack/on-events/setup.ts';\nimport './github/syncs/issues';\nconst other = 1;\n";
    let files = Files::new(&[
        ("index.ts", index),
        ("github/syncs/issues.ts", ""),
        ("github/actions/create-issue.ts", ""),
        ("slack/on-events/setup.ts", ""),
    ]);
    let project = Project::open(files.path("")).unwrap();
    let listed: Vec<_> = project
        .entries
        .iter()
        .map(|entry| (entry.integration.as_str(), entry.folder, entry.name.as_str()))
        .collect();
    let expected = [
        ("github", Folder::Syncs, "issues"),
        ("github", Folder::Actions, "create-issue"),
        ("slack", Folder::OnEvents, "setup"),
    ];
    assert_eq!(listed, expected);
    assert!(project.entries.iter().all(|entry| entry.path.is_absolute() && entry.path.is_file()));
}

#[test]
fn a_folder_without_an_index_is_no_project() {
    let files = Files::new(&[("readme.md", "")]);
    assert!(matches!(Project::open(files.path("")), Err(ProjectError::NoIndex { .. })));
}

#[test]
fn an_index_that_names_what_is_not_there_is_refused_with_its_line() {
    let missing = Files::new(&[("index.ts", "\nimport './github/syncs/issues.js';\n")]);
    let error = Project::open(missing.path("")).unwrap_err();
    assert!(matches!(error, ProjectError::NoFile { line: 2, .. }), "{error}");
    for import in ["./github.js", "./github/helpers/a.js", "./../github/syncs/a.js"] {
        let files = Files::new(&[("index.ts", &format!("import '{import}';")), ("github/helpers/a.ts", "")]);
        let error = Project::open(files.path("")).unwrap_err();
        assert!(matches!(error, ProjectError::NoFunction { line: 1, .. }), "{error}");
    }
}

#[test]
fn a_folder_is_listed_by_what_lies_in_it() {
    let files = Files::new(&[
        ("github/syncs/b.ts", ""),
        ("github/syncs/a.ts", ""),
        ("github/syncs/a.test.ts", ""),
        ("github/syncs/types.d.ts", ""),
        ("github/actions/c.ts", ""),
        ("github/helpers/d.ts", ""),
        ("slack/syncs/e.ts", ""),
    ]);
    let project = Project::open_folder(files.path(""), "github").unwrap();
    let names: Vec<_> = project.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(Project::open_folder(files.path(""), "unknown").unwrap().entries.is_empty());
}
