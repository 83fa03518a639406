//! Runs the fixtures of functions, side by side.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use bowline_bundler::{Bundler, Entry, Folder, Kind};
use bowline_catalog::Catalog;
use bowline_runtime::{Job, Limits, Mode, Pending, Program};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::case::{Case, Subject};
use super::harness::Harness;
use super::verdict::{Failing, judge};
use super::workers;

/// What the run of a fixture may use.
const LIMITS: Limits = Limits {
    memory_bytes: 256 * 1024 * 1024,
    wall: Duration::from_secs(60),
    slice: Duration::from_secs(30),
    output_bytes: 256 * 1024 * 1024,
    log_bytes: 1_000_000,
    calls: 10_000,
};

/// How fixtures are run.
pub struct Options {
    /// The project's folder.
    pub root: PathBuf,
    /// How providers page, by name; an integration's folder is named like its provider.
    pub catalog: Catalog,
    /// Functions in work at a time.
    pub threads: NonZeroUsize,
    /// Whether to stop at the first fixture that does not pass.
    pub bail: bool,
}

/// What became of one fixture.
#[derive(Debug)]
pub struct Tested {
    /// The function.
    pub entry: Entry,
    /// The fixture's name.
    pub fixture: String,
    /// Where it lies.
    pub path: PathBuf,
    /// How long it took, without bundling.
    pub took: Duration,
    /// `Ok`, or why it does not pass.
    pub outcome: Result<(), Failing>,
}

/// Runs every fixture of the functions and tells `on_tested` of each as its function is done. Must be called inside a
/// Tokio runtime, on a thread that may block.
///
/// # Errors
/// When no thread can be started.
pub fn run_all(options: &Options, subjects: &[Subject], mut on_tested: impl FnMut(Tested)) -> Result<()> {
    let bundler = Bundler::new(&options.root);
    let async_runtime = Handle::current();
    let stopped = AtomicBool::new(false);
    let test = |subject: &Subject| {
        if stopped.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let loaded = async_runtime.block_on(load(&bundler, &options.root, &subject.entry));
        let mut tested = Vec::new();
        for case in &subject.cases {
            tested.push(test_one(subject, &loaded, case, &options.catalog));
            let is_failing = tested.last().is_some_and(|tested| tested.outcome.is_err());
            if options.bail && is_failing {
                stopped.store(true, Ordering::Relaxed);
                break;
            }
        }
        tested
    };
    workers::each(subjects, options.threads, test, |_, tested| tested.into_iter().for_each(&mut on_tested))
}

fn test_one(
    subject: &Subject,
    loaded: &Result<(Program, Kind), Failing>,
    case: &Case,
    catalog: &Catalog,
) -> Tested {
    let entry = subject.entry.clone();
    let start = Instant::now();
    let outcome = match loaded {
        Ok((program, kind)) => run_one(program, *kind, &entry, case, catalog),
        Err(failing) => Err(failing.clone()),
    };
    Tested { entry, fixture: case.name.clone(), path: case.path(), took: start.elapsed(), outcome }
}

/// A function, ready to run.
async fn load(bundler: &Bundler, root: &Path, entry: &Entry) -> Result<(Program, Kind), Failing> {
    let bundle = bundler.bundle(&entry.path).await?;
    let shown = entry.path.strip_prefix(root).unwrap_or(&entry.path).to_string_lossy();
    let by_folder = match entry.folder {
        Folder::Syncs => Kind::Sync,
        Folder::Actions => Kind::Action,
        Folder::OnEvents => Kind::OnEvent,
    };
    Ok((Program::compile(&shown, &bundle.js)?, bundle.kind.unwrap_or(by_folder)))
}

fn run_one(
    program: &Program,
    kind: Kind,
    entry: &Entry,
    case: &Case,
    catalog: &Catalog,
) -> Result<(), Failing> {
    let harness = Arc::new(Harness::new(case.read()?));
    let input = harness.fixture().input.as_ref().map(|input| input.get().to_owned());
    let job = Job {
        program: program.clone(),
        mode: Mode::Run,
        context: context(program, kind, entry, catalog, harness.fixture().now.as_ref()),
        input,
    };
    let (run, _) = Pending::new(LIMITS, harness.clone());
    let outcome = run.drive(|| Ok(job));
    let seen = harness.take_seen();
    let judged = match outcome.result {
        Ok(_) if harness.fixture().fails => Err(Failing::ended_well()),
        Ok(output) => judge(kind, &output, &seen, harness.fixture()),
        Err(failure) if harness.fixture().fails => Failing::unexpected(failure),
        Err(failure) => Err(failure.into()),
    };
    judged.map_err(|failing| failing.with_log(&seen.log))
}

/// What the `nango` object is made from.
fn context(program: &Program, kind: Kind, entry: &Entry, catalog: &Catalog, now: Option<&Value>) -> String {
    let Entry { integration, name, .. } = entry;
    let provider = catalog.wire(integration).and_then(|wire| serde_json::from_str::<Value>(wire).ok());
    let paginate = provider.as_ref().and_then(|provider| provider.pointer("/proxy/paginate"));
    let kind = match kind {
        Kind::Sync => "sync",
        Kind::Action => "action",
        Kind::OnEvent => "on-event",
    };
    let context = json!({
        "name": name,
        "file": program.file(),
        "kind": kind,
        "objectStyle": true,
        "harness": true,
        "now": now,
        "providerKnown": provider.is_some(),
        "paginate": paginate,
        "context": {
            "connectionId": "test-connection",
            "providerConfigKey": integration,
            "provider": integration,
            "environmentName": "dev",
            "isCLI": true,
            "loggerLevel": "debug",
        },
    });
    context.to_string()
}
