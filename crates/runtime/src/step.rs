//! What a run and its natives share: calls under way, timers, the clock of the limits.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::host::{Host, HostAnswer, HostCall, HostError, Reply};
use crate::limits::Limits;

/// Something that a run waits for.
pub enum Event {
    /// A call was answered.
    Answer(u32, Result<HostAnswer, HostError>),
    /// Somebody wants the run to end.
    Abort,
}

/// Which limit a run went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breach {
    Wall,
    Slice,
    Aborted,
}

/// What the run's loop and the functions it lends to JavaScript share.
pub(crate) struct Shared {
    pub limits: Limits,
    pub host: Arc<dyn Host>,
    pub events: SyncSender<Event>,
    pub finished: RefCell<Option<(bool, String)>>,
    pub guard: Rc<Guard>,
    next_call: Cell<u32>,
    under_way: Cell<usize>,
    timers: RefCell<BTreeMap<(Instant, u32), ()>>,
    logged_bytes: Cell<usize>,
}

impl Shared {
    pub(crate) fn new(
        limits: Limits,
        host: Arc<dyn Host>,
        events: SyncSender<Event>,
        guard: Rc<Guard>,
    ) -> Self {
        Self {
            limits,
            host,
            events,
            finished: RefCell::default(),
            guard,
            next_call: Cell::new(1),
            under_way: Cell::new(0),
            timers: RefCell::default(),
            logged_bytes: Cell::new(0),
        }
    }

    /// Begins a call and gives its number, or says why not.
    pub(crate) fn begin(&self, call: HostCall) -> Result<u32, &'static str> {
        if self.under_way.get() >= self.limits.calls {
            return Err("too many calls are under way at the same time; wait for some of them first");
        }
        self.under_way.set(self.under_way.get() + 1);
        let number = self.next_call.replace(self.next_call.get() + 1);
        let events = self.events.clone();
        // The queue holds as many events as a run may have calls under way, so this does not wait.
        let reply = Reply::new(move |answer| drop(events.send(Event::Answer(number, answer))));
        self.host.call(call, reply);
        Ok(number)
    }

    /// Begins to wait, and gives the number under which the end of it is told.
    pub(crate) fn sleep(&self, span: Duration) -> u32 {
        let number = self.next_call.replace(self.next_call.get() + 1);
        // Whoever sleeps longer than the run may last sleeps until it ends.
        let until = now() + span.min(self.limits.wall);
        self.timers.borrow_mut().insert((until, number), ());
        number
    }

    pub(crate) fn answered(&self) {
        self.under_way.set(self.under_way.get().saturating_sub(1));
    }

    /// Whether anything can still happen.
    pub(crate) fn waits_for_something(&self) -> bool {
        self.under_way.get() > 0 || !self.timers.borrow().is_empty()
    }

    /// The next timer, and when it is due.
    pub(crate) fn next_timer(&self) -> Option<Instant> {
        self.timers.borrow().first_key_value().map(|((until, _), ())| *until)
    }

    /// Takes a timer that is due.
    pub(crate) fn due_timer(&self) -> Option<u32> {
        let mut timers = self.timers.borrow_mut();
        let (&key, ()) = timers.first_key_value()?;
        (key.0 <= now()).then(|| {
            timers.remove(&key);
            key.1
        })
    }

    /// Hands a log line on, as long as the run may still log.
    pub(crate) fn log(&self, line: &str) {
        let before = self.logged_bytes.replace(self.logged_bytes.get().saturating_add(line.len()));
        if self.logged_bytes.get() <= self.limits.log_bytes {
            self.host.log(line);
        } else if before <= self.limits.log_bytes {
            self.host.log(
                r#"{"level":"warn","message":"This run logged more than it may; its further lines are dropped."}"#,
            );
        }
    }
}

/// Watches the limits while JavaScript runs. The engine asks it every few thousand steps.
pub(crate) struct Guard {
    ends_at: Instant,
    slice: Duration,
    slice_ends_at: Cell<Duration>,
    aborted: Arc<AtomicBool>,
    breach: Cell<Option<Breach>>,
}

impl Guard {
    pub(crate) fn new(limits: &Limits, aborted: Arc<AtomicBool>) -> Self {
        Self {
            ends_at: now() + limits.wall,
            slice: limits.slice,
            slice_ends_at: Cell::new(Duration::MAX),
            aborted,
            breach: Cell::new(None),
        }
    }

    pub(crate) fn ends_at(&self) -> Instant {
        self.ends_at
    }

    /// Before JavaScript gets to run again.
    pub(crate) fn begin_slice(&self) {
        self.slice_ends_at.set(thread_cpu_time() + self.slice);
    }

    /// Whether JavaScript must stop, and notes why.
    pub(crate) fn must_stop(&self) -> bool {
        let breach = if self.aborted.load(Ordering::Relaxed) {
            Some(Breach::Aborted)
        } else if now() >= self.ends_at {
            Some(Breach::Wall)
        } else {
            (thread_cpu_time() >= self.slice_ends_at.get()).then_some(Breach::Slice)
        };
        if self.breach.get().is_none() {
            self.breach.set(breach);
        }
        self.breach.get().is_some()
    }

    pub(crate) fn breach(&self) -> Option<Breach> {
        self.breach.get()
    }
}

/// The machine's own clock: limits of a run are spans of it.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// CPU time of this thread: others on the machine do not use up a run's share.
fn thread_cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
