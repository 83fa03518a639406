//! The other side of the pipe: a process that runs functions and can do nothing else.

use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Stdout, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::frame::{self, Order, Report, Start};
use super::{Code, LocalRunner, Runner as _, StopRun, Work, sandbox};
use crate::failure::{Failure, FailureKind};
use crate::host::{Host, HostCall, Reply};
use crate::pool::PoolOptions;
use crate::run::Outcome;

/// What a runner process does from its beginning to its end: gives up what it does not need, then runs what the
/// server sends it on standard input, until that ends.
///
/// # Errors
/// Where the sandbox cannot be made, or the pipe to the server breaks.
pub fn run_child() -> io::Result<()> {
    sandbox::enter()?;
    let child = Arc::new(Child::new());
    let mut orders = BufReader::new(io::stdin().lock());
    while let Some(order) = frame::read(&mut orders)? {
        child.obey(order);
    }
    Ok(())
}

struct Child {
    runner: LocalRunner,
    codes: Mutex<HashMap<String, Arc<Code>>>,
    runs: Mutex<HashMap<u64, Running>>,
    reports: Arc<Reports>,
}

struct Running {
    host: Arc<PipeHost>,
    stop: Option<StopRun>,
}

impl Child {
    fn new() -> Self {
        Self {
            // The server decides how many runs a child gets.
            runner: LocalRunner::new(PoolOptions { runs: usize::MAX, waiting: usize::MAX }),
            codes: Mutex::default(),
            runs: Mutex::default(),
            reports: Arc::new(Reports(Mutex::new(BufWriter::new(io::stdout())))),
        }
    }

    fn obey(self: &Arc<Self>, order: Order) {
        match order {
            Order::Code(code) => drop(self.codes.lock().insert(code.digest.clone(), Arc::new(code))),
            Order::Forget(digest) => drop(self.codes.lock().remove(&digest)),
            Order::Start(start) => self.start(start),
            Order::Answer(answer) => {
                let host = self.runs.lock().get(&answer.run).map(|running| Arc::clone(&running.host));
                let reply = host.and_then(|host| host.calls.lock().remove(&answer.call));
                if let Some(reply) = reply {
                    reply.send(answer.into_result());
                }
            }
            Order::Abort(run) => {
                if let Some(stop) = self.runs.lock().get(&run).and_then(|running| running.stop.as_ref()) {
                    stop.abort();
                }
            }
        }
    }

    fn start(self: &Arc<Self>, start: Start) {
        let run = start.run;
        let Some(code) = self.codes.lock().get(&start.digest).cloned() else {
            let failure =
                Failure::new(FailureKind::FunctionRuntimeOther, "The code of this run never arrived.");
            return self.reports.send(&Report::done(run, Outcome::failed(failure)));
        };
        let Start { mode, context, input, limits, .. } = start;
        let reports = Arc::clone(&self.reports);
        let host = Arc::new(PipeHost { run, reports, calls: Mutex::default(), next: AtomicU64::new(0) });
        self.runs.lock().insert(run, Running { host: Arc::clone(&host), stop: None });
        let child = Arc::clone(self);
        let done = Box::new(move |outcome| {
            child.runs.lock().remove(&run);
            child.reports.send(&Report::done(run, outcome));
        });
        match self.runner.run(Work { code, mode, context, input, limits }, host, done) {
            Ok(stop) => {
                if let Some(running) = self.runs.lock().get_mut(&run) {
                    running.stop = Some(stop);
                }
            }
            Err(refusal) => {
                self.runs.lock().remove(&run);
                let failure = Failure::new(FailureKind::FunctionRuntimeOther, refusal.to_string());
                self.reports.send(&Report::done(run, Outcome::failed(failure)));
            }
        }
    }
}

/// The host of one run: the server, behind the pipe.
struct PipeHost {
    run: u64,
    reports: Arc<Reports>,
    calls: Mutex<HashMap<u64, Reply>>,
    next: AtomicU64,
}

impl Host for PipeHost {
    fn call(&self, call: HostCall, reply: Reply) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.calls.lock().insert(number, reply);
        let HostCall { operation, arguments, bytes } = call;
        self.reports.send(&Report::Call { run: self.run, call: number, operation, arguments, bytes });
    }

    fn log(&self, line: &str) {
        self.reports.send(&Report::Log { run: self.run, line: line.to_owned() });
    }
}

/// The way back to the server.
struct Reports(Mutex<BufWriter<Stdout>>);

impl Reports {
    fn send(&self, report: &Report) {
        let mut writer = self.0.lock();
        // A server that is gone closes standard input as well, which ends this process.
        drop(frame::write(&mut *writer, report).and_then(|()| writer.flush()));
    }
}
