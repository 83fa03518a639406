//! Runs in this process: for tests, and for the command line, where the code is the user's own.

use std::sync::Arc;

use super::cache::ProgramCache;
use super::{Done, Runner, StopRun, Work};
use crate::failure::{Failure, FailureKind};
use crate::host::Host;
use crate::pool::{Pool, PoolOptions, RunRefused};
use crate::program::SyntaxError;
use crate::run::{Job, Outcome};

/// Runs functions on threads of this process.
#[derive(Clone)]
pub struct LocalRunner {
    pool: Pool,
    programs: Arc<ProgramCache>,
}

impl LocalRunner {
    /// A runner without threads yet.
    pub fn new(options: PoolOptions) -> Self {
        Self { pool: Pool::new(options), programs: Arc::default() }
    }
}

impl Default for LocalRunner {
    fn default() -> Self {
        Self::new(PoolOptions::default())
    }
}

impl Runner for LocalRunner {
    fn run(&self, work: Work, host: Arc<dyn Host>, done: Done) -> Result<StopRun, RunRefused> {
        let programs = Arc::clone(&self.programs);
        let stop = self.pool.run(work.limits, move || prepare(&programs, work), host, done)?;
        Ok(StopRun::new(move || stop.abort()))
    }
}

/// Compiles the code and makes the job, or gives the outcome where there is nothing to run.
fn prepare(programs: &ProgramCache, work: Work) -> Result<Job, Outcome> {
    let program = programs.get(&work.code).map_err(|error| Outcome::failed(refused(&error)))?;
    let Some(mode) = work.mode else {
        return Err(Outcome { result: Ok("null".into()), heap_bytes: 0 });
    };
    Ok(Job { program, mode, context: work.context, input: work.input })
}

fn refused(error: &SyntaxError) -> Failure {
    Failure::new(FailureKind::ScriptInternalError, format!("SyntaxError: {error}"))
}
