//! What people and programs are shown of a test run.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::run::Tested;
use super::verdict::{Cause, Failing};

/// Colours of a terminal, or none.
#[derive(Debug, Clone, Copy)]
pub struct Palette {
    /// Whether there are colours.
    pub colours: bool,
}

impl Palette {
    /// For what is good.
    pub fn green(self, text: &str) -> String {
        self.painted("32", text)
    }

    /// For what is bad.
    pub fn red(self, text: &str) -> String {
        self.painted("31", text)
    }

    /// For what matters less.
    pub fn dim(self, text: &str) -> String {
        self.painted("2", text)
    }

    fn painted(self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Everything that was tested.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order in which it ended.
    pub tested: Vec<Tested>,
    /// From the beginning to the end, bundling included.
    pub took: Duration,
}

impl Report {
    /// How many fixtures pass.
    pub fn passed(&self) -> usize {
        self.tested.iter().filter(|tested| tested.outcome.is_ok()).count()
    }

    /// How many do not.
    pub fn failed(&self) -> usize {
        self.tested.len() - self.passed()
    }

    /// By the names of integration, kind, function and fixture.
    pub fn sort(&mut self) {
        self.tested.sort_by_cached_key(key);
    }

    /// Those that do not pass.
    pub fn failing(&self) -> impl Iterator<Item = (&Tested, &Failing)> {
        self.tested.iter().filter_map(|tested| Some((tested, tested.outcome.as_ref().err()?)))
    }

    /// The last lines: how many fixtures fail for which cause, and how many there are.
    pub fn summary(&self, palette: Palette) -> String {
        let mut causes: BTreeMap<Cause, usize> = BTreeMap::new();
        for (_, failing) in self.failing() {
            *causes.entry(failing.cause).or_default() += 1;
        }
        let mut text = String::new();
        for (cause, count) in causes {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{count:>6}  {}", cause.title());
        }
        let passed = palette.green(&format!("{} passed", self.passed()));
        let failed = format!("{} failed", self.failed());
        let failed = if self.failed() > 0 { palette.red(&failed) } else { failed };
        let seconds = palette.dim(&format!("({:.1} s)", self.took.as_secs_f64()));
        let _ = writeln!(text, "{passed}, {failed} {seconds}");
        text
    }

    /// Everything for programs.
    pub fn json(&self, root: &Path) -> Value {
        let results: Vec<Value> = self.tested.iter().map(|tested| tested_json(root, tested)).collect();
        json!({
            "passed": self.passed(),
            "failed": self.failed(),
            "milliseconds": milliseconds(self.took),
            "results": results,
        })
    }
}

fn key(tested: &Tested) -> (String, String, String, String) {
    let entry = &tested.entry;
    (entry.integration.clone(), entry.folder.to_string(), entry.name.clone(), tested.fixture.clone())
}

/// The heading of one fixture: `github/actions/create-issue`, and the fixture where it is named otherwise.
pub fn title(tested: &Tested) -> String {
    let entry = &tested.entry;
    let own = format!("{}/{}/{}", entry.integration, entry.folder, entry.name);
    if tested.fixture == entry.name { own } else { format!("{own} ({})", tested.fixture) }
}

/// A fixture that does not pass, over several lines.
pub fn failing_text(root: &Path, tested: &Tested, failing: &Failing, palette: Palette) -> String {
    let path = tested.path.strip_prefix(root).unwrap_or(&tested.path);
    let head = format!("{} {}: {}", palette.red("FAIL"), title(tested), failing.cause.title());
    let mut text = format!("{head}\n{}\n", palette.dim(&format!("  {}", path.display())));
    for line in failing.message.lines() {
        text.push_str(&format!("  {}\n", coloured(line, palette)));
    }
    for line in &failing.log {
        text.push_str(&palette.dim(&format!("  log {line}\n")));
    }
    text
}

/// The line of a difference, with what is expected and what there is in their colours.
fn coloured(line: &str, palette: Palette) -> String {
    let parts = line.strip_prefix("at ").and_then(|rest| {
        let (at, rest) = rest.split_once(": expected ")?;
        let (expected, got) = rest.split_once(", got ")?;
        Some((at, expected, got))
    });
    match parts {
        None => line.to_owned(),
        Some((at, expected, got)) => {
            format!("at {at}: expected {}, got {}", palette.green(expected), palette.red(got))
        }
    }
}

fn tested_json(root: &Path, tested: &Tested) -> Value {
    let entry = &tested.entry;
    let mut value = json!({
        "integration": entry.integration,
        "kind": entry.folder.as_str(),
        "function": entry.name,
        "fixture": tested.path.strip_prefix(root).unwrap_or(&tested.path),
        "passed": tested.outcome.is_ok(),
        "milliseconds": milliseconds(tested.took),
    });
    if let Err(failing) = &tested.outcome {
        value["failure"] = json!(failing);
    }
    value
}

fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
