//! What a bundle holds.

use std::cell::RefCell;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bowline_bundler::{Entry, Folder, Kind, bundle_all};
use serde_json::Value;

use crate::support::{ENTRY, Files};

const FUNCTION: &str = "import { createSync } from 'nango';
import type { NangoSync } from 'nango';
import * as z from 'zod';
import { NangoAction } from '../../models';
import { label } from '../label.js';

const Issue = z.object({ id: z.string() });
type Local = NangoSync | NangoAction;

const sync = createSync({
    frequency: 'every hour',
    models: { Issue },
    exec: async (nango) => {
        await nango.log(label(1));
    }
});

export type NangoSyncLocal = Local;
export default sync;
";
const LABEL: &str = "import names from './names.json';\nexport const unused = 1;\n\
                     export const label = (n: number): string => names[n] ?? 'none';\n";
const NAMES: &str = r#"["zero", "one"]"#;

fn files() -> Files {
    Files::new(&[(ENTRY, FUNCTION), ("github/label.ts", LABEL), ("github/names.json", NAMES)])
}

fn source_map(js: &str) -> Value {
    let (_, url) = js.rsplit_once("//# sourceMappingURL=data:application/json;").unwrap();
    let (_, data) = url.trim_end().split_once("base64,").unwrap();
    serde_json::from_slice(&BASE64_STANDARD.decode(data).unwrap()).unwrap()
}

#[tokio::test]
async fn a_function_becomes_one_common_js_file_that_exports_its_definition() {
    let bundle = files().bundle().await.unwrap();
    assert_eq!(bundle.ts, FUNCTION);
    assert_eq!(bundle.kind, Some(Kind::Sync));
    assert!(bundle.js.contains("exports.default = "), "{}", bundle.js);
    assert!(bundle.js.contains("type: \"sync\""), "{}", bundle.js);
    assert!(bundle.js.contains("\"zero\""), "{}", bundle.js);
    assert!(!bundle.js.contains("unused"), "{}", bundle.js);
}

#[tokio::test]
async fn packages_stay_required_and_types_leave_nothing() {
    let bundle = files().bundle().await.unwrap();
    let code = bundle.js.split("//# sourceMappingURL").next().unwrap();
    assert!(code.contains("require(\"zod\")"), "{code}");
    assert!(!code.contains("require(\"nango\")"), "{code}");
    assert!(!code.contains("models\""), "{code}");
    assert_eq!(code.matches("require(").count(), 1, "{code}");
}

#[tokio::test]
async fn the_source_map_names_files_as_the_project_does_and_holds_their_text() {
    let map = source_map(&files().bundle().await.unwrap().js);
    let sources: Vec<&str> = map["sources"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
    assert!(sources.contains(&ENTRY), "{sources:?}");
    assert!(sources.contains(&"github/label.ts"), "{sources:?}");
    let index = sources.iter().position(|source| *source == ENTRY).unwrap();
    assert_eq!(map["sourcesContent"][index], FUNCTION);
}

#[tokio::test]
async fn the_kind_is_that_of_the_call_and_not_of_the_folder() {
    for (creator, kind, mark) in [
        ("createSync", Kind::Sync, "sync"),
        ("createAction", Kind::Action, "action"),
        ("createOnEvent", Kind::OnEvent, "onEvent"),
    ] {
        let function = format!(
            "import {{ {creator} as make }} from 'nango';\nconst options = {{ exec: () => 1 }};\nexport default make(options);"
        );
        let bundle = Files::new(&[(ENTRY, &function)]).bundle().await.unwrap();
        assert_eq!(bundle.kind, Some(kind));
        assert!(bundle.js.contains(&format!("type: \"{mark}\"")), "{}", bundle.js);
        assert!(bundle.js.contains("exec: () => 1"), "{}", bundle.js);
    }
}

#[tokio::test]
async fn a_late_import_of_a_local_file_is_part_of_the_bundle() {
    let function = "import { createSync } from 'nango';\nexport default createSync({ exec: async () => \
                    { const { label } = await import('../label.js'); return label(1); } });";
    let files = Files::new(&[(ENTRY, function), ("github/label.ts", LABEL), ("github/names.json", NAMES)]);
    let js = files.bundle().await.unwrap().js;
    assert!(js.contains("\"zero\"") && !js.contains("import("), "{js}");
}

#[tokio::test]
async fn a_mistake_in_the_syntax_is_shown_where_it_is() {
    let problems = Files::new(&[(ENTRY, "const a = 1;\nconst b = = 2;\n")]).bundle().await.unwrap_err();
    let problem = &problems.0[0];
    assert_eq!((problem.line, problem.column), (2, 11));
    assert_eq!(problem.file.to_string_lossy().replace('\\', "/"), ENTRY);
    assert_eq!(problem.frame.as_deref(), Some("2 | const b = = 2;\n  |           ^"));
    assert!(problem.hint.is_some() && !problem.message.is_empty());
}

#[tokio::test]
async fn a_local_file_that_is_not_there_is_shown_where_it_is_imported() {
    let function = "import { createSync } from 'nango';\nimport { a } from './gone.js';\n\
                    export default createSync({ exec: () => a });";
    let problems = Files::new(&[(ENTRY, function)]).bundle().await.unwrap_err();
    let problem = &problems.0[0];
    assert_eq!((problem.line, problem.column), (2, 19));
    assert!(problem.message.contains("./gone.js"), "{problem}");
    assert!(problem.hint.is_some());
}

#[tokio::test]
async fn a_function_that_cannot_be_read_is_a_problem() {
    let problems = Files::new(&[]).bundle().await.unwrap_err();
    assert!(problems.to_string().contains("cannot be read"), "{problems}");
}

#[tokio::test]
async fn functions_are_bundled_side_by_side_and_answered_in_their_order() {
    let good = "import { createAction } from 'nango';\nexport default createAction({ exec: () => 1 });";
    let texts: Vec<(String, &str)> =
        (0..12).map(|n| (format!("github/actions/a{n}.ts"), if n == 7 { "nothing" } else { good })).collect();
    let written: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let files = Files::new(&written);
    let entries: Vec<Entry> = (0..12)
        .map(|n| Entry {
            path: files.path(&format!("github/actions/a{n}.ts")),
            integration: "github".to_owned(),
            name: format!("a{n}"),
            folder: Folder::Actions,
        })
        .collect();
    let done = RefCell::new(0);
    let results = bundle_all(&files.path(""), &entries, 3, |_| *done.borrow_mut() += 1).await;
    assert_eq!(results.iter().map(|(entry, _)| entry.clone()).collect::<Vec<_>>(), entries);
    assert_eq!(*done.borrow(), 12);
    assert!(results.iter().enumerate().all(|(index, (_, result))| result.is_err() == (index == 7)));
}
