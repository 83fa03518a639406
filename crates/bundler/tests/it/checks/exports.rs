//! What a function's file must export.

use crate::support::{ENTRY, problems, problems_of, sync};

#[tokio::test]
async fn each_way_to_write_a_definition_is_understood() {
    for function in [
        "import { createSync } from 'nango';\nexport default createSync({ exec: async () => {} });",
        "import { createSync } from 'nango';\nconst s = createSync({ exec: async () => {} });\nexport default s;",
        "import { createAction as make } from 'nango';\nconst s = make({ exec: async () => {} });\nexport { s as default };",
        "import { createOnEvent } from 'nango';\nconst o = { exec: async () => {} };\nexport default createOnEvent(o);",
        "import { createSync } from 'nango';\nexport default (createSync({ exec: async () => {} }) as any) satisfies object;",
    ] {
        assert_eq!(problems(function).await, Vec::<String>::new(), "{function}");
    }
}

#[tokio::test]
async fn a_file_without_a_default_export_is_refused() {
    assert_eq!(problems("const a = 1;\nvoid a;\n").await, ["1:1: the file has no default export"]);
}

#[tokio::test]
async fn a_default_export_that_defines_nothing_is_refused() {
    let message = "the default export is no call of createSync, createAction or createOnEvent of `nango`";
    for default in ["{ exec: async () => {} }", "async function run() {}", "unknown", "other({})"] {
        let function = format!("const other = (o: object) => o;\nvoid other;\nexport default {default};");
        let found = problems(&function).await;
        assert_eq!(found, [format!("3:1: {message}")], "{default}");
    }
}

#[tokio::test]
async fn a_creator_from_elsewhere_is_none() {
    let function = "import { createSync } from './own.js';\nexport default createSync({});";
    let own = "export const createSync = (o: object) => o;";
    let found = problems_of(&[(ENTRY, function), ("github/syncs/own.ts", own)]).await;
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn a_definition_that_is_made_while_running_is_refused() {
    let function =
        "import { createSync } from 'nango';\nconst make = () => ({});\nexport default createSync(make());";
    assert_eq!(problems(function).await, ["3:16: a function is defined by an object that is written out"]);
}

#[tokio::test]
async fn other_values_are_not_exported() {
    let message = "a function's file exports no other value than the function";
    for export in [
        "export const a = 1;",
        "export function a() {}",
        "export class A {}",
        "export enum A { B }",
        "const a = 1;\nexport { a };",
        "export { a } from './a.js';",
        "export * from './a.js';",
    ] {
        let function = format!("{}{export}\n", sync(""));
        let found = problems_of(&[(ENTRY, &function), ("github/syncs/a.ts", "export const a = 1;")]).await;
        assert_eq!(found.len(), 1, "{export}");
        assert!(found[0].ends_with(message), "{found:?}");
    }
}

#[tokio::test]
async fn types_can_be_exported() {
    let types = "export type A = 1;\nexport interface B {}\ntype C = 1;\nexport { C };\nexport type { C as D };\nexport type * from './a.js';\n";
    let function = format!("{}{types}", sync(""));
    let found = problems_of(&[(ENTRY, &function), ("github/syncs/a.ts", "export type Z = 1;")]).await;
    assert_eq!(found, Vec::<String>::new());
}
