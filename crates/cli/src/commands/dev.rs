//! `bowline dev`: compiles and tests whenever a file of the project changes, and deploys if told to.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use bowline_bundler::Kind;

use super::compile::counted;
use super::test;
use crate::api_client::ApiClient;
use crate::args::DevArgs;
use crate::config::{Config, ServerPlace};
use crate::error;
use crate::functions::build::{self, Function, TypeCheck};
use crate::functions::case::{self, Subject, Subjects};
use crate::functions::deploy::{self, Body, Chosen};
use crate::functions::run::Options;
use crate::functions::watch::Files;
use crate::shutdown::StopSignals;
use crate::{node, output};

/// How long a change may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Works until the process is asked to stop.
pub async fn run(file: Option<&Path>, args: &DevArgs) -> Result<()> {
    let mut stop = StopSignals::listen()?;
    let root = std::env::current_dir().context("the working directory is not there")?;
    build::open(&root)?;
    let server = args.deploy.as_deref().map(|environment| connect(&root, environment, args)).transpose()?;
    let options = Options {
        catalog: node::catalog(&Config::load_server(file)?)?,
        threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        bail: false,
        root: root.clone(),
    };
    let mut files = Files::of(&root)?;
    let mut bench = Bench { options, server, bundles: None, changed: Vec::new() };
    let mut changed = Vec::new();
    loop {
        let work = tokio::spawn(async move {
            // Whatever is wrong can be put right while this goes on.
            if let Err(problem) = bench.work(&changed).await {
                error::report(&problem);
            }
            output::warn("Watching for changes; Ctrl-C ends this");
            bench
        });
        tokio::select! {
            () = stop.next() => return Ok(()),
            done = work => bench = done.context("the work broke off")?,
        }
        tokio::select! {
            () = stop.next() => return Ok(()),
            seen = next_change(&root, &mut files) => changed = seen?,
        }
    }
}

fn connect(root: &Path, environment: &str, args: &DevArgs) -> Result<ApiClient> {
    let place = ServerPlace::find(root, environment, args.url.as_deref())?;
    ApiClient::new(&place.url, place.key)
}

/// The files that change next. Editors write in several steps, so it waits until nothing changes any more.
async fn next_change(root: &Path, files: &mut Files) -> Result<Vec<PathBuf>> {
    let mut last = Files::of(root)?;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = Files::of(root)?;
        let changed = now.changed_since(files);
        if now == last && !changed.is_empty() {
            *files = now;
            return Ok(changed);
        }
        last = now;
    }
}

/// What is kept from one change to the next.
struct Bench {
    options: Options,
    server: Option<ApiClient>,
    /// The code of each function by its file, as it was when all of it compiled last.
    bundles: Option<BTreeMap<PathBuf, String>>,
    /// What changed since then.
    changed: Vec<PathBuf>,
}

impl Bench {
    /// Compiles everything, and tests and deploys what is different.
    async fn work(&mut self, changed: &[PathBuf]) -> Result<()> {
        let root = self.options.root.clone();
        for path in changed {
            output::warn(&format!("Changed: {}", path.strip_prefix(&root).unwrap_or(path).display()));
        }
        self.changed.extend_from_slice(changed);
        let project = build::open(&root)?;
        let (functions, problems) = build::compile_checked(&project, TypeCheck::Skip).await?;
        if !problems.is_empty() {
            problems.iter().for_each(|problem| output::warn(&format!("{problem}\n")));
            output::warn(&format!("{} found", counted(problems.len(), "problem")));
            return Ok(());
        }
        build::write(&root, &functions)?;
        output::line(&format!("Compiled {}", counted(functions.len(), "function")))?;
        let is_first = self.bundles.is_none();
        let different = self.take_different(&functions);
        let changed = std::mem::take(&mut self.changed);
        self.test(&different, &changed)?;
        if !is_first {
            self.deploy(&functions, &different).await?;
        }
        Ok(())
    }

    /// The files of functions whose code is not what it was. Code that a function imports is part of its bundle.
    fn take_different(&mut self, functions: &[Function]) -> Vec<PathBuf> {
        let before = self.bundles.take().unwrap_or_default();
        let now: BTreeMap<PathBuf, String> = functions
            .iter()
            .map(|function| (function.entry.path.clone(), function.bundle.js.clone()))
            .collect();
        let different = now.iter().filter(|(path, js)| before.get(*path) != Some(*js));
        let different = different.map(|(path, _)| path.clone()).collect();
        self.bundles = Some(now);
        different
    }

    /// Runs the fixtures of different functions, and those that changed themselves.
    fn test(&self, different: &[PathBuf], changed: &[PathBuf]) -> Result<()> {
        let mut subjects: Vec<Subject> = Vec::new();
        for integration in case::integrations(&self.options.root)? {
            for mut subject in Subjects::of(&self.options.root, &integration)?.subjects {
                if !different.contains(&subject.entry.path) {
                    // In the old layout a fixture is a folder.
                    subject.cases.retain(|case| changed.iter().any(|path| path.starts_with(case.path())));
                }
                if !subject.cases.is_empty() {
                    subjects.push(subject);
                }
            }
        }
        if subjects.is_empty() { Ok(()) } else { test::test(&self.options, &subjects, false).map(drop) }
    }

    async fn deploy(&self, functions: &[Function], different: &[PathBuf]) -> Result<()> {
        let Some(api) = &self.server else { return Ok(()) };
        for function in functions.iter().filter(|function| different.contains(&function.entry.path)) {
            let entry = &function.entry;
            let kind = match function.bundle.kind {
                Some(kind @ (Kind::Sync | Kind::Action)) => kind,
                Some(Kind::OnEvent) | None => {
                    output::warn(&format!(
                        "{}/{} is an event script, which `bowline deploy` takes along",
                        entry.integration, entry.name
                    ));
                    continue;
                }
            };
            let chosen = Chosen::Single {
                kind,
                name: entry.name.clone(),
                integration: Some(entry.integration.clone()),
            };
            let body = Body::new(functions, &chosen, None)?;
            let losses = deploy::preview(api, &body).await?.losses();
            if !losses.is_empty() {
                output::warn(&format!(
                    "{}/{} is not deployed, as that would delete {}",
                    entry.integration,
                    entry.name,
                    losses.join(", ")
                ));
                continue;
            }
            for deployed in deploy::deploy(api, &body).await? {
                output::line(&format!("Deployed {deployed}"))?;
            }
        }
        Ok(())
    }
}
