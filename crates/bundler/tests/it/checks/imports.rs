//! What may be imported.

use crate::support::{ENTRY, problems, problems_of, sync};

fn with(imports: &str) -> String {
    format!("{imports}\n{}", sync(""))
}

#[tokio::test]
async fn packages_that_the_runtime_has_can_be_imported() {
    let packages = ["zod", "url", "node:url", "crypto", "node:crypto", "unzipper", "soap", "botbuilder"];
    for package in packages {
        let function = format!("import * as it from '{package}';\n{}", sync("it.call();"));
        assert_eq!(problems(&function).await, Vec::<String>::new(), "{package}");
    }
}

#[tokio::test]
async fn any_other_package_is_refused() {
    let function = format!("import axios from 'axios';\n{}", sync("await axios();"));
    let expected = "1:19: `axios` cannot be imported: it is not there when the function runs";
    assert_eq!(problems(&function).await, [expected]);
}

#[tokio::test]
async fn an_import_for_its_effects_alone_is_refused_as_well() {
    assert_eq!(problems(&with("import 'fs';")).await.len(), 1);
}

#[tokio::test]
async fn types_can_be_imported_from_anywhere() {
    for import in [
        "import type { Stripe } from 'stripe'; const a: Stripe | null = null; void a;",
        "import { type Stripe } from 'stripe'; const a: Stripe | null = null; void a;",
        "import { Stripe } from 'stripe'; const a: Stripe | null = null; void a;",
        "export type { Stripe } from 'stripe';",
    ] {
        assert_eq!(problems(&with(import)).await, Vec::<String>::new(), "{import}");
    }
}

#[tokio::test]
async fn what_is_called_like_a_package_in_the_project_is_no_path() {
    assert_eq!(problems(&with("import '/etc/x.js';")).await.len(), 1);
}

#[tokio::test]
async fn required_and_late_imports_are_held_to_the_same_rule() {
    let required = problems(&sync("const fs = require('fs'); fs.x();")).await;
    assert_eq!(required, ["3:20: `fs` cannot be imported: it is not there when the function runs"]);
    let late = problems(&sync("const fs = await import('fs'); fs.x();")).await;
    assert_eq!(late, ["3:25: `fs` cannot be imported: it is not there when the function runs"]);
    let unknown = problems(&sync("const name = 'fs'; require(name);")).await;
    assert_eq!(unknown, ["3:28: what is imported must be written out as a text"]);
}

#[tokio::test]
async fn local_files_are_held_to_the_same_rule() {
    let function = format!("import {{ get }} from '../helper.js';\n{}", sync("get();"));
    let helper = "import axios from 'axios';\nexport const get = () => axios();\n";
    let found = problems_of(&[(ENTRY, &function), ("github/helper.ts", helper)]).await;
    let expected =
        "github/helper.ts:1:19: `axios` cannot be imported: it is not there when the function runs";
    assert_eq!(found, [expected]);
}
