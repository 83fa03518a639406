//! `bowline test`: recorded fixtures of functions, run in the real runtime.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use regex_lite::Regex;

use crate::args::TestArgs;
use crate::config::Config;
use crate::error::{Exit, WithHint, hinted};
use crate::functions::case::{self, Subject, Subjects};
use crate::functions::junit;
use crate::functions::report::{Palette, Report, failing_text};
use crate::functions::run::{self, Options, Tested};
use crate::{node, output};

const HELP: &str = "a fixture is <integration>/tests/<function>.test.json; `nango dryrun --save` records one";

/// Runs the fixtures that the arguments choose.
pub fn run(file: Option<&Path>, args: &TestArgs) -> Result<()> {
    let root = std::env::current_dir().context("the working directory is not there")?;
    let filter = args.filter.as_deref().map(Regex::new).transpose();
    let filter = filter.hint("--filter takes a regular expression, such as ^github/create-")?;
    let Subjects { subjects, stray } = choose(&root, args, filter.as_ref())?;
    for path in &stray {
        output::warn(&format!("warning: {} belongs to no function", relative(&root, path)));
    }
    if subjects.is_empty() {
        return Err(hinted(anyhow!("there are no fixtures to run in {}", root.display()), HELP));
    }
    let options = Options {
        catalog: node::catalog(&Config::load_server(file)?)?,
        threads: args.threads.or(thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
        bail: args.bail,
        root,
    };
    let report = test(&options, &subjects, args.json)?;
    if let Some(path) = &args.junit {
        fs::write(path, junit::document(&report))
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if args.json {
        output::json(&report.json(&options.root))?;
    }
    match report.failed() {
        0 => Ok(()),
        failed => {
            let fixtures = if failed == 1 { "fixture does" } else { "fixtures do" };
            Err(Exit::TESTS_FAILED.with(anyhow!("{failed} of {} {fixtures} not pass", report.tested.len())))
        }
    }
}

/// What the arguments choose.
fn choose(root: &Path, args: &TestArgs, filter: Option<&Regex>) -> Result<Subjects> {
    let integrations =
        if args.integration.is_empty() { case::integrations(root)? } else { args.integration.clone() };
    let mut chosen = Subjects::default();
    let mut known = Vec::new();
    for integration in &integrations {
        if !root.join(integration).is_dir() {
            return Err(hinted(
                anyhow!("there is no integration `{integration}` in {}", root.display()),
                "run the command in the folder that holds index.ts",
            ));
        }
        let Subjects { subjects, stray } = Subjects::of(root, integration)?;
        known.extend(subjects.iter().map(|subject| subject.entry.name.clone()));
        chosen.subjects.extend(subjects.into_iter().filter(|subject| is_chosen(subject, args, filter)));
        if args.names.is_empty() && filter.is_none() {
            chosen.stray.extend(stray);
        }
    }
    for name in &args.names {
        if !chosen.subjects.iter().any(|subject| is_named(subject, name)) {
            let error = anyhow!("no function `{name}` with a fixture was found");
            return Err(match crate::config::nearest(name, known.iter().map(String::as_str)) {
                Some(nearest) => hinted(error, format!("did you mean `{nearest}`?")),
                None => hinted(error, HELP),
            });
        }
    }
    Ok(chosen)
}

fn is_chosen(subject: &Subject, args: &TestArgs, filter: Option<&Regex>) -> bool {
    let path = format!("{}/{}", subject.entry.integration, subject.entry.name);
    (args.names.is_empty() || args.names.iter().any(|name| is_named(subject, name)))
        && filter.is_none_or(|filter| filter.is_match(&path))
}

/// `create-issue` or `github/create-issue`.
fn is_named(subject: &Subject, name: &str) -> bool {
    let entry = &subject.entry;
    match name.split_once('/') {
        Some((integration, function)) => entry.integration == integration && entry.name == function,
        None => entry.name == name,
    }
}

/// Runs fixtures and, unless a program reads the results, shows what becomes of them.
pub(super) fn test(options: &Options, subjects: &[Subject], json: bool) -> Result<Report> {
    let start = Instant::now();
    let mut progress = Progress::new(subjects);
    let mut tested = Vec::new();
    tokio::task::block_in_place(|| {
        run::run_all(options, subjects, |one| {
            if !json {
                progress.show(&one);
            }
            tested.push(one);
        })
    })?;
    let mut report = Report { tested, took: start.elapsed() };
    report.sort();
    if !json {
        show(options, &report)?;
    }
    Ok(report)
}

fn show(options: &Options, report: &Report) -> Result<()> {
    let palette = palette(&io::stdout());
    for (tested, failing) in report.failing() {
        output::line(&failing_text(&options.root, tested, failing, palette))?;
    }
    output::text(&report.summary(palette))
}

/// One line per integration once all of its fixtures have run.
struct Progress {
    left: BTreeMap<String, Counts>,
    palette: Palette,
}

#[derive(Default)]
struct Counts {
    left: usize,
    passed: usize,
    failed: usize,
}

impl Progress {
    fn new(subjects: &[Subject]) -> Self {
        let mut left: BTreeMap<String, Counts> = BTreeMap::new();
        for subject in subjects {
            left.entry(subject.entry.integration.clone()).or_default().left += subject.cases.len();
        }
        Self { left, palette: palette(&io::stderr()) }
    }

    fn show(&mut self, tested: &Tested) {
        let Some(counts) = self.left.get_mut(&tested.entry.integration) else { return };
        counts.left -= 1;
        match tested.outcome {
            Ok(()) => counts.passed += 1,
            Err(_) => counts.failed += 1,
        }
        let Counts { left: 0, passed, failed } = *counts else { return };
        let name = &tested.entry.integration;
        output::warn(&match failed {
            0 => format!("{} {name} ({passed})", self.palette.green("ok")),
            _ => format!("{} {name} ({failed} of {})", self.palette.red("FAIL"), passed + failed),
        });
    }
}

fn palette(stream: &impl IsTerminal) -> Palette {
    // https://no-color.org
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    Palette { colours: stream.is_terminal() && !is_refused }
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
