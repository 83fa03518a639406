//! Keeps runner processes: starts them when there is work, replaces those that end, looks after those that hang.

use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use super::process::Process;
use super::{Done, Runner, StopRun, Work};
use crate::host::Host;
use crate::pool::RunRefused;

/// How often processes are looked after.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Processes that are tried for a run, should they end at that very moment.
const TRIES: usize = 3;

/// How a runner process is started.
#[derive(Debug, Clone)]
pub struct RunnerCommand {
    /// The program; it calls [`super::run_child`].
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// How many processes there are and what they may use.
#[derive(Debug, Clone)]
pub struct RunnersOptions {
    /// How a process is started.
    pub command: RunnerCommand,
    /// Processes; each is started when it first gets work.
    pub processes: usize,
    /// Runs under way in all processes together; further ones are refused.
    pub runs: usize,
    /// Bytes that a process may keep in memory; then it is replaced, and its runs fail.
    pub memory_bytes: u64,
}

/// Runner processes.
#[derive(Clone)]
pub struct Runners(Arc<Inner>);

struct Inner {
    options: RunnersOptions,
    processes: Mutex<Vec<Arc<Process>>>,
}

impl Runners {
    /// Runners without processes yet.
    pub fn new(options: RunnersOptions) -> Self {
        let inner = Arc::new(Inner { options, processes: Mutex::default() });
        let watched = Arc::downgrade(&inner);
        // Without this thread, runs that hang are ended by their callers' patience only.
        drop(thread::Builder::new().name("runner-watch".into()).spawn(move || watch(&watched)));
        Self(inner)
    }

    /// Ends all processes at once. Runs under way fail.
    pub fn end(&self) {
        for process in self.0.processes.lock().drain(..) {
            process.end();
        }
    }

    /// The numbers of the processes.
    pub fn process_ids(&self) -> Vec<u32> {
        self.0.processes.lock().iter().map(|process| process.id()).collect()
    }
}

impl Runner for Runners {
    fn run(&self, work: Work, host: Arc<dyn Host>, done: Done) -> Result<StopRun, RunRefused> {
        let mut left = (work, done);
        for _ in 0..TRIES {
            let process = self.0.choose()?;
            match process.run(left.0, Arc::clone(&host), left.1) {
                Ok(run) => return Ok(StopRun::new(move || process.abort(run))),
                Err(back) => left = *back,
            }
        }
        Err(RunRefused::NoProcess)
    }
}

impl Inner {
    /// The process with the least to do, or a new one while there are too few.
    fn choose(&self) -> Result<Arc<Process>, RunRefused> {
        let mut processes = self.processes.lock();
        processes.retain(|process| !process.is_gone());
        let loads: Vec<usize> = processes.iter().map(|process| process.load()).collect();
        if loads.iter().sum::<usize>() >= self.options.runs {
            return Err(RunRefused::Full);
        }
        let free = loads.iter().position(|load| *load == 0);
        if free.is_none() && processes.len() < self.options.processes.max(1) {
            let process = Process::start(&self.options.command).map_err(|_| RunRefused::NoProcess)?;
            processes.push(Arc::clone(&process));
            return Ok(process);
        }
        let least = loads.iter().enumerate().min_by_key(|(_, load)| **load).map(|(index, _)| index);
        free.or(least).and_then(|index| processes.get(index).cloned()).ok_or(RunRefused::NoProcess)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for process in self.processes.get_mut() {
            process.end();
        }
    }
}

fn watch(watched: &Weak<Inner>) {
    while let Some(inner) = watched.upgrade() {
        let processes = inner.processes.lock().clone();
        let memory_bytes = inner.options.memory_bytes;
        drop(inner);
        for process in processes {
            process.look_after(memory_bytes);
        }
        thread::sleep(LOOK_EVERY);
    }
}
