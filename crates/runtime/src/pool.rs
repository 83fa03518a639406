//! Threads that run functions: one for each run under way, kept for the next one.
//!
//! A thread per run leaves fairness to the operating system: a function that computes for a minute takes its
//! share of the processors and holds up nobody, and one that waits costs a stack of which little is touched.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use crate::failure::{Failure, FailureKind};
use crate::host::Host;
use crate::limits::{Limits, THREAD_STACK_BYTES};
use crate::run::{Job, Outcome, Pending, Stop};

/// How long a thread waits for another run before it ends.
const IDLE_FOR: Duration = Duration::from_secs(10);

/// How much a pool may take.
#[derive(Debug, Clone, Copy)]
pub struct PoolOptions {
    /// Runs at the same time; further ones wait for their turn.
    pub runs: usize,
    /// Runs that may wait; further ones are refused.
    pub waiting: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { runs: 1_000, waiting: 10_000 }
    }
}

/// Why a run was not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RunRefused {
    /// As many runs as may be are there already.
    #[error("too many functions are running and waiting; try again later")]
    Full,
    /// The system gave no thread or process.
    #[error("the system gave no thread or process for another run")]
    NoProcess,
}

/// Threads that run functions.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    options: PoolOptions,
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    threads: usize,
    idle: usize,
    waiting: VecDeque<Work>,
}

struct Work {
    run: Box<dyn FnOnce() -> Outcome + Send>,
    done: Box<dyn FnOnce(Outcome) + Send>,
}

impl Pool {
    /// A pool without threads yet.
    pub fn new(options: PoolOptions) -> Self {
        Self(Arc::new(Inner { options, state: Mutex::default(), work: Condvar::new() }))
    }

    /// Makes a job on one of the threads, or the outcome where there is none to run; runs it; and tells `done`
    /// how it ended, all on that thread.
    ///
    /// # Errors
    /// Where too many runs wait already.
    pub fn run(
        &self,
        limits: Limits,
        job: impl FnOnce() -> Result<Job, Outcome> + Send + 'static,
        host: Arc<dyn Host>,
        done: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<Stop, RunRefused> {
        let (run, stop) = Pending::new(limits, host);
        let mut state = self.0.state.lock();
        if state.waiting.len() >= self.0.options.waiting {
            return Err(RunRefused::Full);
        }
        state.waiting.push_back(Work { run: Box::new(move || run.drive(job)), done: Box::new(done) });
        if state.idle >= state.waiting.len() || state.threads >= self.0.options.runs {
            self.0.work.notify_one();
        } else if self.start_thread() {
            state.threads += 1;
        } else if state.threads == 0 {
            state.waiting.pop_back();
            return Err(RunRefused::NoProcess);
        }
        Ok(stop)
    }

    fn start_thread(&self) -> bool {
        let inner = Arc::clone(&self.0);
        let thread = thread::Builder::new().name("function".into()).stack_size(THREAD_STACK_BYTES);
        // Where the system gives no further thread, those that are there take the work when they are done.
        thread.spawn(move || inner.work()).is_ok()
    }
}

impl Inner {
    fn work(&self) {
        while let Some(work) = self.next() {
            let outcome = catch_unwind(AssertUnwindSafe(|| (work.run)()));
            (work.done)(outcome.unwrap_or_else(|_| panicked()));
        }
    }

    /// The next run; `None` when there was none for a while.
    fn next(&self) -> Option<Work> {
        let mut state = self.state.lock();
        loop {
            if let Some(work) = state.waiting.pop_front() {
                return Some(work);
            }
            state.idle += 1;
            let waited = self.work.wait_for(&mut state, IDLE_FOR);
            state.idle -= 1;
            if waited.timed_out() && state.waiting.is_empty() {
                state.threads -= 1;
                return None;
            }
        }
    }
}

fn panicked() -> Outcome {
    Outcome::failed(Failure::new(FailureKind::FunctionRuntimeOther, "The runtime failed under this run."))
}
