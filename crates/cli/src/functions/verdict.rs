//! How the run of a fixture is judged.

use bowline_bundler::{Kind, Problems};
use bowline_runtime::{Failure, SyntaxError};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::compare::Differences;
use super::fixture::{Fixture, FixtureError};
use super::harness::{NOT_RECORDED, Seen};

/// Log lines that are worth showing with a failure.
const LOG_LINES_MAX: usize = 20;

/// Why a fixture does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The function cannot be bundled or is not JavaScript.
    NotBundled,
    /// The fixture cannot be read.
    NoFixture,
    /// The fixture does not say what is expected.
    NothingExpected,
    /// The function asked for something that the fixture has no answer to.
    NotRecorded,
    /// The function failed.
    Failed,
    /// The function ended, with another result.
    Different,
}

impl Cause {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::NotBundled => "cannot be bundled",
            Self::NoFixture => "the fixture cannot be read",
            Self::NothingExpected => "the fixture expects nothing",
            Self::NotRecorded => "an answer is not recorded",
            Self::Failed => "the function failed",
            Self::Different => "another result than recorded",
        }
    }
}

/// Why a fixture does not pass, in full.
#[derive(Debug, Clone, Serialize)]
pub struct Failing {
    /// The kind of reason.
    pub cause: Cause,
    /// What happened, on one or more lines.
    pub message: String,
    /// Where the result differs.
    pub differences: Vec<super::compare::Difference>,
    /// The last lines that the function logged.
    pub log: Vec<String>,
}

impl Failing {
    fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self { cause, message: message.into(), differences: Vec::new(), log: Vec::new() }
    }

    /// A function that should have failed.
    pub fn ended_well() -> Self {
        Self::new(Cause::Different, "the function is expected to fail, and did not")
    }

    /// A failure where one is expected: only what is not recorded is still wrong.
    pub fn unexpected(failure: Failure) -> Result<(), Self> {
        let failing = Self::from(failure);
        if failing.cause == Cause::NotRecorded { Err(failing) } else { Ok(()) }
    }

    fn different(differences: Differences) -> Self {
        let message = differences.to_string();
        Self { differences: differences.shown, ..Self::new(Cause::Different, message) }
    }

    /// With what the function logged before.
    pub fn with_log(mut self, lines: &[String]) -> Self {
        let last = &lines[lines.len().saturating_sub(LOG_LINES_MAX)..];
        self.log = last.iter().map(|line| log_line(line)).collect();
        self
    }
}

impl From<Problems> for Failing {
    fn from(problems: Problems) -> Self {
        Self::new(Cause::NotBundled, problems.to_string())
    }
}

impl From<SyntaxError> for Failing {
    fn from(error: SyntaxError) -> Self {
        Self::new(Cause::NotBundled, error.to_string())
    }
}

impl From<FixtureError> for Failing {
    fn from(error: FixtureError) -> Self {
        Self::new(Cause::NoFixture, error.to_string())
    }
}

impl From<Failure> for Failing {
    fn from(failure: Failure) -> Self {
        let is_missing = failure.payload.get("code").and_then(Value::as_str) == Some(NOT_RECORDED);
        let cause = if is_missing { Cause::NotRecorded } else { Cause::Failed };
        Self::new(cause, failure_text(&failure))
    }
}

/// What was thrown, and where.
pub fn failure_text(failure: &Failure) -> String {
    let name = failure.payload.get("name").and_then(Value::as_str);
    let kind = serde_json::to_value(failure.kind).ok();
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("error");
    let message = failure.message().map_or_else(|| failure.payload.to_string(), str::to_owned);
    let mut text = format!("{}: {message}", name.unwrap_or(kind));
    if let Some(upstream) = &failure.upstream {
        text.push_str(&format!(" ({upstream})"));
    }
    for line in failure.payload.get("stacktrace").and_then(Value::as_array).into_iter().flatten() {
        text.push_str(&format!("\n    {}", line.as_str().unwrap_or_default().trim()));
    }
    text
}

/// A log line `{level, message, meta?}` for people.
pub fn log_line(line: &str) -> String {
    let value: Value = serde_json::from_str(line).unwrap_or_default();
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let meta = value.get("meta").map(|meta| format!(" {meta}")).unwrap_or_default();
    format!("{}: {}{meta}", text("level"), text("message"))
}

/// Compares what a function did with what was recorded.
///
/// # Errors
/// When they differ, or nothing was recorded.
pub fn judge(kind: Kind, output: &str, seen: &Seen, fixture: &Fixture) -> Result<(), Failing> {
    let differences = match kind {
        Kind::Action => of_output(output, fixture.output.as_deref())?,
        Kind::Sync => of_records(seen, fixture)?,
        Kind::OnEvent => Differences::default(),
    };
    if differences.is_empty() { Ok(()) } else { Err(Failing::different(differences)) }
}

fn of_output(output: &str, expected: Option<&RawValue>) -> Result<Differences, Failing> {
    let expected = expected.ok_or_else(|| {
        Failing::new(Cause::NothingExpected, "Missing mock data for output: the fixture has no `output`")
    })?;
    Ok(Differences::between("output", &parse(expected.get())?, &parse(output)?))
}

/// The records of each model as one list, in the order in which they were saved.
fn of_records(seen: &Seen, fixture: &Fixture) -> Result<Differences, Failing> {
    let unreadable = |error: serde_json::Error| Failing::new(Cause::NoFixture, error.to_string());
    let saved = fixture.records("batchSave").map_err(unreadable)?;
    let deleted = fixture.records("batchDelete").map_err(unreadable)?;
    if saved.is_empty() && deleted.is_empty() {
        let message = "Missing mock data for batchSave: the fixture has no `nango.batchSave`";
        return Err(Failing::new(Cause::NothingExpected, message));
    }
    let mut differences = Differences::default();
    for (model, expected) in &saved {
        let got = seen.saved.get(model).cloned().unwrap_or_default();
        differences.extend(Differences::between(&format!("batchSave.{model}"), expected, &got.into()));
    }
    for (model, got) in seen.saved.iter().filter(|(model, _)| !saved.contains_key(*model)) {
        let name = format!("batchSave.{model}");
        differences.extend(Differences::between(&name, &Value::Array(Vec::new()), &got.clone().into()));
    }
    let is_expected =
        |(_, records): &(&String, &Value)| records.as_array().is_some_and(|records| !records.is_empty());
    for (model, expected) in deleted.iter().filter(is_expected) {
        let got = seen.deleted.get(model).cloned().unwrap_or_default();
        differences.extend(Differences::between(&format!("batchDelete.{model}"), expected, &got.into()));
    }
    Ok(differences)
}

fn parse(json: &str) -> Result<Value, Failing> {
    serde_json::from_str(json).map_err(|error| Failing::new(Cause::NoFixture, error.to_string()))
}
