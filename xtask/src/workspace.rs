//! What `cargo metadata` says about the workspace.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

/// Features that are off by default and checked with the rest.
pub const FEATURES: [&str; 2] = ["--features", "bowline-sdk/blocking"];

/// The workspace as Cargo sees it.
pub struct Workspace {
    /// Where the root manifest lies.
    pub root: PathBuf,
    /// Where Cargo puts what it builds.
    pub target: PathBuf,
    /// Every package of the dependency graph.
    pub packages: Vec<Package>,
}

/// A package of the dependency graph.
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether it is one of ours.
    pub is_member: bool,
    /// Its licence, as an SPDX expression.
    pub license: Option<String>,
    /// The folder of its manifest.
    pub folder: PathBuf,
    /// What its manifest declares.
    pub declared: Vec<Dependency>,
    /// Names of the packages it depends on as the graph was resolved.
    pub resolved: Vec<String>,
    /// Dependencies that the check for unused ones leaves alone (`[package.metadata.cargo-machete]`).
    pub unused_ignored: Vec<String>,
}

/// A dependency as a manifest declares it.
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// The name it has in the code.
    pub identifier: String,
    /// What it is for.
    pub kind: Kind,
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The library or binary.
    Normal,
    /// Tests, examples and benchmarks.
    Dev,
    /// The build script.
    Build,
}

impl Workspace {
    /// Asks Cargo.
    pub fn load() -> Result<Self> {
        let text =
            crate::command::output(&mut cargo(&["metadata", "--format-version", "1", "--all-features"]))?;
        Self::parse(&text).context("`cargo metadata` wrote something unexpected")
    }

    fn parse(text: &str) -> Result<Self> {
        let metadata: Value = serde_json::from_str(text)?;
        let members = array(&metadata["workspace_members"]);
        let packages = array(&metadata["packages"]);
        let names: HashMap<&str, &str> = packages
            .iter()
            .filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?)))
            .collect();
        let nodes: HashMap<&str, &Value> = array(&metadata["resolve"]["nodes"])
            .iter()
            .filter_map(|node| Some((node["id"].as_str()?, node)))
            .collect();
        let packages = packages
            .iter()
            .map(|package| {
                let id = package["id"].as_str().context("a package without id")?;
                let edges = nodes.get(id).map(|node| array(&node["dependencies"])).unwrap_or_default();
                let resolved =
                    edges.iter().filter_map(|edge| names.get(edge.as_str()?)).map(|name| (*name).to_owned());
                let is_member = members.iter().any(|member| member.as_str() == Some(id));
                Package::parse(package, is_member, resolved.collect())
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            root: path(&metadata["workspace_root"])?,
            target: path(&metadata["target_directory"])?,
            packages,
        })
    }

    /// Our own packages.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.is_member)
    }

    /// A Cargo command in the workspace.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo(arguments);
        command.current_dir(&self.root);
        command
    }

    /// The debug binary, which the build step makes.
    pub fn binary(&self) -> PathBuf {
        self.target.join("debug").join(format!("bowline{}", std::env::consts::EXE_SUFFIX))
    }

    /// The release binary, where something has made it.
    pub fn release_binary(&self) -> PathBuf {
        self.target.join("release").join(format!("bowline{}", std::env::consts::EXE_SUFFIX))
    }
}

impl Package {
    fn parse(package: &Value, is_member: bool, resolved: Vec<String>) -> Result<Self> {
        let manifest = path(&package["manifest_path"])?;
        Ok(Self {
            name: text(&package["name"])?,
            version: text(&package["version"])?,
            is_member,
            license: package["license"].as_str().map(str::to_owned),
            folder: manifest.parent().context("a manifest without folder")?.to_owned(),
            declared: array(&package["dependencies"]).iter().map(Dependency::parse).collect::<Result<_>>()?,
            resolved,
            unused_ignored: array(&package["metadata"]["cargo-machete"]["ignored"])
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
        })
    }
}

impl Dependency {
    fn parse(dependency: &Value) -> Result<Self> {
        let name = text(&dependency["name"])?;
        let identifier = dependency["rename"].as_str().unwrap_or(&name).replace('-', "_");
        let kind = match dependency["kind"].as_str() {
            Some("dev") => Kind::Dev,
            Some("build") => Kind::Build,
            _ => Kind::Normal,
        };
        Ok(Self { name, identifier, kind })
    }
}

/// A Cargo command without the variables that `cargo run` set for us: build scripts that watch them would
/// run again each time they come and go.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        if about_us.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("a text is missing")
}

fn path(value: &Value) -> Result<PathBuf> {
    text(value).map(PathBuf::from)
}
