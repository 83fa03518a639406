//! What the published client offers, as a committed list: a change of it is seen in review, and what breaks
//! programs is told apart from what does not (<https://doc.rust-lang.org/cargo/reference/semver.html>).

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{command, generated};

const PACKAGE: &str = "bowline-sdk";
/// The committed list.
const LIST: &str = "crates/sdk/public-api.txt";
/// The form that rustdoc 1.95 writes and `public-api`, in the version of `Cargo.toml`, reads.
const FORM: u32 = 57;

/// Every line of the list that is gone or new.
pub fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let Some(current) = list(workspace)? else { return Ok(Vec::new()) };
    let committed = fs::read_to_string(workspace.root.join(LIST)).unwrap_or_default();
    let (old, new) = (lines(&committed), lines(&current));
    let gone = old.difference(&new).map(|line| format!("breaking, was in {LIST}: {line}"));
    let fresh = new.difference(&old).map(|line| format!("new, not in {LIST}: {line}"));
    let mut problems: Vec<String> = gone.chain(fresh).collect();
    if !problems.is_empty() {
        problems.push(
            "if that is meant: `cargo xtask bless`, a line in crates/sdk/CHANGELOG.md, the version".into(),
        );
    }
    Ok(problems)
}

/// Writes the list.
pub fn bless(workspace: &Workspace) -> Result<()> {
    match list(workspace)? {
        Some(list) => generated::write(workspace, LIST, &list),
        None => Ok(()),
    }
}

/// The list as this toolchain sees it, where its rustdoc writes the form that is read here.
fn list(workspace: &Workspace) -> Result<Option<String>> {
    let mut cargo = workspace.cargo(&["rustdoc", "--package", PACKAGE, "--all-features", "--quiet"]);
    let wrapper = workspace.root.join("xtask").join("src").join("lint").join("rustdoc-json.sh");
    // A folder of its own: the other documentation must not be taken for up to date.
    let folder = workspace.target.join("public-api");
    command::run(cargo.env("RUSTDOC", wrapper).env("CARGO_TARGET_DIR", &folder))?;
    let json = folder.join("doc").join(format!("{}.json", PACKAGE.replace('-', "_")));
    let text = fs::read_to_string(&json).with_context(|| format!("{} cannot be read", json.display()))?;
    let form: serde_json::Value = serde_json::from_str(&text)?;
    if form["format_version"] != FORM {
        println!("rustdoc of this toolchain writes another form: {LIST} is not checked");
        return Ok(None);
    }
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .context("the public API cannot be listed")?;
    Ok(Some(api.items().map(|item| format!("{item}\n")).collect()))
}

fn lines(text: &str) -> BTreeSet<&str> {
    text.lines().filter(|line| !line.is_empty()).collect()
}
