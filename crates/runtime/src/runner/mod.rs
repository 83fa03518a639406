//! Where runs happen: in this process, or in child processes that have given up everything else.

mod cache;
mod child;
mod frame;
mod local;
mod process;
mod sandbox;
mod supervisor;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use child::run_child;
pub use local::LocalRunner;
pub use supervisor::{RunnerCommand, Runners, RunnersOptions};

use crate::host::Host;
use crate::limits::Limits;
use crate::pool::RunRefused;
use crate::run::{Mode, Outcome};

/// A function's code, before it is compiled. The digest stands for the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Identifies file and text, such as their SHA-256.
    pub digest: String,
    /// What stack traces call it.
    pub file: String,
    /// The CommonJS text.
    pub source: String,
}

/// A run for a [`Runner`].
#[derive(Debug, Clone)]
pub struct Work {
    /// What is run.
    pub code: Arc<Code>,
    /// Whether to run it or to read its definition; `None` only compiles it.
    pub mode: Option<Mode>,
    /// What the `nango` object is made from (see [`crate::Job`]).
    pub context: String,
    /// The input, JSON.
    pub input: Option<String>,
    /// What it may use.
    pub limits: Limits,
}

/// Called once with the end of a run, on a thread that must not be held up.
pub type Done = Box<dyn FnOnce(Outcome) + Send>;

/// Runs functions.
pub trait Runner: Send + Sync {
    /// Begins a run, and gives what can stop it.
    ///
    /// # Errors
    /// Where too many runs wait already.
    fn run(&self, work: Work, host: Arc<dyn Host>, done: Done) -> Result<StopRun, RunRefused>;
}

/// Ends a run from outside.
pub struct StopRun(Box<dyn Fn() + Send + Sync>);

impl StopRun {
    pub(crate) fn new(stop: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Box::new(stop))
    }

    /// Ends the run with `script_aborted`. Nothing happens if it is over.
    pub fn abort(&self) {
        (self.0)();
    }
}
