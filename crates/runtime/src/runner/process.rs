//! One runner process, seen from the server.

use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::frame::{self, Answer, Order, Report, Start};
use super::{Done, RunnerCommand, Work};
use crate::failure::{Failure, FailureKind};
use crate::host::{Host, HostCall, Reply};
use crate::run::Outcome;
use crate::step::now;

/// Orders that may wait to be written. The child reads all the time, so they hardly ever do; one that does not hangs.
const ORDERS_MAX: usize = 65_536;
/// Bytes of code that a child keeps.
const CODE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long after its limit a run that does not end gets its process killed.
const OVERDUE: Duration = Duration::from_secs(5);

/// A runner process with its runs.
pub(super) struct Process {
    child: Mutex<Child>,
    orders: SyncSender<Order>,
    runs: Mutex<HashMap<u64, Running>>,
    known: Mutex<KnownCode>,
    next_run: AtomicU64,
    gone: AtomicBool,
    killed_for: Mutex<Option<FailureKind>>,
}

struct Running {
    host: Arc<dyn Host>,
    done: Done,
    overdue_at: Instant,
}

impl Process {
    /// Starts a process.
    pub(super) fn start(command: &RunnerCommand) -> io::Result<Arc<Self>> {
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .env_clear()
            // The engine prints and parses dates without a zone in UTC.
            .env("TZ", "UTC")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the runner process has no standard streams"));
        };
        let (orders, written) = sync_channel(ORDERS_MAX);
        let process = Arc::new(Self {
            child: Mutex::new(child),
            orders,
            runs: Mutex::default(),
            known: Mutex::default(),
            next_run: AtomicU64::new(1),
            gone: AtomicBool::new(false),
            killed_for: Mutex::default(),
        });
        let reading = Arc::clone(&process);
        thread::Builder::new().name("runner-out".into()).spawn(move || reading.read(output))?;
        thread::Builder::new().name("runner-in".into()).spawn(move || write(input, &written))?;
        Ok(process)
    }

    /// Begins a run and gives its number; gives the work back if the process is gone.
    pub(super) fn run(&self, work: Work, host: Arc<dyn Host>, done: Done) -> Result<u64, Box<(Work, Done)>> {
        let run = self.next_run.fetch_add(1, Ordering::Relaxed);
        let overdue_at = now() + work.limits.wall + OVERDUE;
        {
            let mut runs = self.runs.lock();
            if self.gone.load(Ordering::SeqCst) {
                return Err(Box::new((work, done)));
            }
            runs.insert(run, Running { host, done, overdue_at });
        }
        let mut known = self.known.lock();
        let Work { code, mode, context, input, limits } = work;
        for order in known.orders_for(&code) {
            self.order(order);
        }
        self.order(Order::Start(Start { run, digest: code.digest.clone(), mode, context, input, limits }));
        Ok(run)
    }

    pub(super) fn abort(&self, run: u64) {
        self.order(Order::Abort(run));
    }

    /// Never waits: answers come from threads that serve others too.
    fn order(&self, order: Order) {
        match self.orders.try_send(order) {
            // A process that is gone has its runs ended by the reader.
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(_)) => self.kill(FailureKind::FunctionRuntimeOther),
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    pub(super) fn load(&self) -> usize {
        self.runs.lock().len()
    }

    /// The process's number.
    pub(super) fn id(&self) -> u32 {
        self.child.lock().id()
    }

    /// Kills the process if a run should have ended long ago, or if it takes too much memory.
    pub(super) fn look_after(&self, memory_bytes_max: u64) {
        let now = now();
        if self.runs.lock().values().any(|run| run.overdue_at <= now) {
            self.kill(FailureKind::FunctionRuntimeTimedOut);
        } else if resident_bytes(self.id()).is_some_and(|bytes| bytes > memory_bytes_max) {
            self.kill(FailureKind::FunctionRuntimeOutOfMemory);
        }
    }

    fn kill(&self, kind: FailureKind) {
        self.killed_for.lock().get_or_insert(kind);
        self.end();
    }

    /// Ends the process at once, with all its runs.
    pub(super) fn end(&self) {
        // It may have ended by itself.
        drop(self.child.lock().kill());
    }

    fn read(self: Arc<Self>, output: impl Read) {
        let mut reports = BufReader::new(output);
        // Whatever ends the stream, a broken frame too, ends the process.
        while let Ok(Some(report)) = frame::read(&mut reports) {
            self.hear(report);
        }
        self.end();
        drop(self.child.lock().wait());
        let runs = {
            let mut runs = self.runs.lock();
            self.gone.store(true, Ordering::SeqCst);
            std::mem::take(&mut *runs)
        };
        let killed_for = *self.killed_for.lock();
        for running in runs.into_values() {
            (running.done)(Outcome::failed(killed_for.map_or_else(|| ended("ended unexpectedly"), killed)));
        }
    }

    fn hear(self: &Arc<Self>, report: Report) {
        match report {
            Report::Call { run, call, operation, arguments, bytes } => {
                let Some(host) = self.host(run) else { return };
                let process = Arc::clone(self);
                let reply =
                    Reply::new(move |answer| process.order(Order::Answer(Answer::new(run, call, answer))));
                host.call(HostCall { operation, arguments, bytes }, reply);
            }
            Report::Log { run, line } => {
                if let Some(host) = self.host(run) {
                    host.log(&line);
                }
            }
            Report::Done { run, output, failure, heap_bytes } => {
                let running = self.runs.lock().remove(&run);
                if let Some(running) = running {
                    (running.done)(frame::outcome(output, failure, heap_bytes));
                }
            }
        }
    }

    fn host(&self, run: u64) -> Option<Arc<dyn Host>> {
        self.runs.lock().get(&run).map(|running| Arc::clone(&running.host))
    }
}

fn write(input: ChildStdin, orders: &Receiver<Order>) {
    let mut input = BufWriter::new(input);
    let mut next = orders.recv().ok();
    while let Some(order) = next {
        if frame::write(&mut input, &order).is_err() {
            return;
        }
        next = match orders.try_recv() {
            Ok(order) => Some(order),
            Err(_) if input.flush().is_err() => return,
            Err(_) => orders.recv().ok(),
        };
    }
}

/// The failure of runs whose process did something it should not.
pub(super) fn ended(what: &str) -> Failure {
    let message = format!("The process that ran the function {what}. The run can be tried again.");
    Failure::new(FailureKind::FunctionRuntimeOther, message)
}

fn killed(kind: FailureKind) -> Failure {
    let message = match kind {
        FailureKind::FunctionRuntimeOutOfMemory => {
            "The functions that ran at the same time used more memory than a runner process may. \
             The run can be tried again."
        }
        FailureKind::FunctionRuntimeTimedOut => {
            "A function did not end in time and could not be stopped, so its process was. The run can be tried again."
        }
        _ => return ended("stopped listening and was ended"),
    };
    Failure::new(kind, message)
}

#[cfg(target_os = "linux")]
fn resident_bytes(process: u32) -> Option<u64> {
    let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

#[cfg(not(target_os = "linux"))]
fn resident_bytes(_: u32) -> Option<u64> {
    None
}

/// Which code the child has.
#[derive(Default)]
struct KnownCode {
    used: HashMap<String, (u64, usize)>,
    bytes: usize,
    clock: u64,
}

impl KnownCode {
    /// What the child must be told before it can run this code.
    fn orders_for(&mut self, code: &super::Code) -> Vec<Order> {
        self.clock += 1;
        if let Some((used, _)) = self.used.get_mut(&code.digest) {
            *used = self.clock;
            return Vec::new();
        }
        let mut orders = vec![Order::Code(code.clone())];
        self.bytes += code.source.len();
        self.used.insert(code.digest.clone(), (self.clock, code.source.len()));
        while self.bytes > CODE_BYTES_MAX && self.used.len() > 1 {
            let oldest =
                self.used.iter().min_by_key(|(_, (used, _))| *used).map(|(digest, _)| digest.clone());
            let Some((digest, (_, bytes))) = oldest.and_then(|digest| self.used.remove_entry(&digest)) else {
                break;
            };
            self.bytes -= bytes;
            orders.push(Order::Forget(digest));
        }
        orders
    }
}
