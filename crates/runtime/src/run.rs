//! One run: a context made for it, and the loop that drives it to its end.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use rquickjs::context::intrinsic::{
    Date, Json, MapSet, Promise, Proxy, RegExp, RegExpCompiler, TypedArrays, WeakRef,
};
use rquickjs::{ArrayBuffer, Context, Ctx, Function, Object, Result as JsResult, Runtime, Undefined, Value};

use serde::{Deserialize, Serialize};

use crate::embedded;
use crate::failure::{Failure, FailureKind, Thrown};
use crate::host::{Body, Host, HostAnswer, HostError};
use crate::limits::{GC_THRESHOLD_BYTES, Limits, SCRIPT_STACK_BYTES};
use crate::native;
use crate::program::Program;
use crate::stack;
use crate::step::{Breach, Event, Guard, Shared, now};

/// The engine's message where it has no memory left.
const OUT_OF_MEMORY: &str = "out of memory";
const NOTHING_LEFT: &str = "The function waits for a promise that nothing can settle any more. \
    Look for an `await` of a promise whose resolve function is never called.";

/// What is to be run.
#[derive(Clone)]
pub struct Job {
    /// The code.
    pub program: Program,
    /// Whether to run the function or to read its definition.
    pub mode: Mode,
    /// What the `nango` object is made from: a JSON object, described in `js/main.js`.
    pub context: String,
    /// The input, JSON.
    pub input: Option<String>,
}

/// What to do with a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Call it.
    Run,
    /// Read its definition, without calling it.
    Describe,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The result, JSON; or why there is none.
    pub result: Result<String, Failure>,
    /// Bytes of the heap at the end.
    pub heap_bytes: usize,
}

impl Outcome {
    /// The end of a run that failed before it used anything.
    pub fn failed(failure: Failure) -> Self {
        Self { result: Err(failure), heap_bytes: 0 }
    }
}

/// Ends a run from outside, at once.
#[derive(Clone)]
pub struct Stop {
    aborted: Arc<AtomicBool>,
    events: SyncSender<Event>,
}

impl Stop {
    /// Ends the run with `script_aborted`. Nothing happens if it is over.
    pub fn abort(&self) {
        self.aborted.store(true, Ordering::Relaxed);
        // A full queue means that the run is about to look at it anyway.
        drop(self.events.try_send(Event::Abort));
    }
}

/// A run that waits to be driven by [`Pending::drive`].
pub struct Pending {
    limits: Limits,
    host: Arc<dyn Host>,
    stop: Stop,
    events: Receiver<Event>,
}

impl Pending {
    /// Prepares a run, and gives what can stop it.
    pub fn new(limits: Limits, host: Arc<dyn Host>) -> (Self, Stop) {
        // One place for each call under way, and one for the end.
        let (sender, events) = sync_channel(limits.calls + 1);
        let stop = Stop { aborted: Arc::default(), events: sender };
        (Self { limits, host, stop: stop.clone(), events }, stop)
    }

    /// Makes the job, or the outcome where there is none to run, and runs it to its end on this thread, which
    /// needs a stack of 4 MiB. What it takes to make the job counts against the limit.
    pub fn drive(self, job: impl FnOnce() -> Result<Job, Outcome>) -> Outcome {
        let guard = Rc::new(Guard::new(&self.limits, Arc::clone(&self.stop.aborted)));
        match job() {
            Ok(job) => self.drive_job(&job, guard),
            Err(outcome) => outcome,
        }
    }

    fn drive_job(self, job: &Job, guard: Rc<Guard>) -> Outcome {
        let limits = self.limits;
        let Ok(context) = isolated_context(&limits, &guard) else {
            return Outcome::failed(out_of_memory(&limits));
        };
        let shared = Rc::new(Shared::new(limits, self.host, self.stop.events, guard));
        let result =
            context.with(|ctx| match Loop::begin(ctx.clone(), job, Rc::clone(&shared), &self.events) {
                Ok(run) => run.to_end(),
                Err(error) => Err(escaped(&ctx, &shared.guard, &limits, &error)),
            });
        let used = context.runtime().memory_usage().malloc_size;
        let heap_bytes = usize::try_from(used).unwrap_or(0);
        let result = result.map_err(|failure| explained(failure, heap_bytes, &limits));
        Outcome { result: result.and_then(|json| within(json, limits.output_bytes)), heap_bytes }
    }
}

fn isolated_context(limits: &Limits, guard: &Rc<Guard>) -> JsResult<Context> {
    let runtime = Runtime::new()?;
    runtime.set_memory_limit(limits.memory_bytes);
    runtime.set_max_stack_size(SCRIPT_STACK_BYTES);
    runtime.set_gc_threshold(GC_THRESHOLD_BYTES);
    let watching = Rc::clone(guard);
    runtime.set_interrupt_handler(Some(Box::new(move || watching.must_stop())));
    // Without the Eval intrinsic there is no way from a string to code.
    Context::custom::<(Date, RegExpCompiler, RegExp, Json, Proxy, MapSet, TypedArrays, Promise, WeakRef)>(
        &runtime,
    )
}

struct Loop<'a, 'js> {
    ctx: Ctx<'js>,
    program: &'a Program,
    shared: Rc<Shared>,
    events: &'a Receiver<Event>,
    settle: Function<'js>,
}

impl<'a, 'js> Loop<'a, 'js> {
    /// Makes the `nango` object's world and calls the function.
    fn begin(ctx: Ctx<'js>, job: &'a Job, shared: Rc<Shared>, events: &'a Receiver<Event>) -> JsResult<Self> {
        shared.guard.begin_slice();
        let native = native::object(&ctx, &shared)?;
        let module = Object::new(ctx.clone())?;
        let exports = Object::new(ctx.clone())?;
        module.set("exports", exports.clone())?;
        embedded::load(&ctx, "main")?.call::<_, ()>((exports, Undefined, module.clone(), native))?;
        let main: Object<'js> = module.get("exports")?;
        let begin: Function<'js> = main.get(match job.mode {
            Mode::Run => "start",
            Mode::Describe => "describe",
        })?;
        let wrapper = job.program.load(&ctx)?;
        begin.call::<_, ()>((wrapper, job.context.as_str(), job.input.as_deref()))?;
        Ok(Self { settle: main.get("settle")?, ctx, program: &job.program, shared, events })
    }

    fn to_end(&self) -> Result<String, Failure> {
        loop {
            self.run_jobs()?;
            if let Some((ok, json)) = self.shared.finished.take() {
                return if ok { Ok(json) } else { Err(thrown(self.program, &json)) };
            }
            if !self.shared.waits_for_something() {
                return Err(Failure::new(FailureKind::ScriptInternalError, NOTHING_LEFT));
            }
            self.wait()?;
        }
    }

    /// Runs what is ready to run, until nothing is or the function has finished.
    fn run_jobs(&self) -> Result<(), Failure> {
        self.shared.guard.begin_slice();
        while self.shared.finished.borrow().is_none() && self.ctx.execute_pending_job() {
            self.check()?;
        }
        self.check()
    }

    fn check(&self) -> Result<(), Failure> {
        self.shared.guard.breach().map_or(Ok(()), |breach| Err(breached(breach, &self.shared.limits)))
    }

    /// Waits for the next thing to happen and tells JavaScript of it.
    fn wait(&self) -> Result<(), Failure> {
        let ends_at = self.shared.guard.ends_at();
        let until = self.shared.next_timer().map_or(ends_at, |timer| timer.min(ends_at));
        let event = self.events.recv_timeout(until.saturating_duration_since(now()));
        self.shared.guard.begin_slice();
        let told = match event {
            Ok(Event::Answer(call, answer)) => {
                self.shared.answered();
                self.tell(call, answer)
            }
            Ok(Event::Abort) => return Err(breached(Breach::Aborted, &self.shared.limits)),
            Err(RecvTimeoutError::Timeout) if until >= ends_at => {
                return Err(breached(Breach::Wall, &self.shared.limits));
            }
            Err(_) => self.tell_timers(),
        };
        told.map_err(|error| escaped(&self.ctx, &self.shared.guard, &self.shared.limits, &error))
    }

    fn tell(&self, call: u32, answer: Result<HostAnswer, HostError>) -> JsResult<()> {
        let (ok, json, body) = match answer {
            Ok(answer) => (true, answer.json, answer.body),
            Err(error) => (false, serde_json::to_string(&error).unwrap_or_default(), None),
        };
        let body: Option<Value<'js>> = match body {
            None => None,
            Some(Body::Text(text)) => Some(rquickjs::String::from_str(self.ctx.clone(), &text)?.into_value()),
            Some(Body::Bytes(bytes)) => Some(ArrayBuffer::new(self.ctx.clone(), bytes)?.into_value()),
        };
        self.settle.call((call, ok, json, body))
    }

    fn tell_timers(&self) -> JsResult<()> {
        while let Some(timer) = self.shared.due_timer() {
            self.settle.call::<_, ()>((timer, true))?;
        }
        Ok(())
    }
}

/// A failure that comes from a full heap says so: functions can catch the engine's error, and their promises
/// can get lost with it.
fn explained(failure: Failure, heap_bytes: usize, limits: &Limits) -> Failure {
    let message = failure.message().unwrap_or_default();
    let lost = message == NOTHING_LEFT && heap_bytes >= limits.memory_bytes / 10 * 9;
    let thrown = message == OUT_OF_MEMORY && failure.kind == FailureKind::ScriptInternalError;
    if lost || thrown { out_of_memory(limits) } else { failure }
}

/// What JavaScript threw, as the wire describes it, with the frames of the author's file.
fn thrown(program: &Program, json: &str) -> Failure {
    let Ok(Thrown { mut failure, stack }) = serde_json::from_str::<Thrown>(json) else {
        return Failure::new(
            FailureKind::ScriptInternalError,
            "The function failed with an unreadable error.",
        );
    };
    let frames = stack::author_frames(program, &stack);
    if let (Some(payload), false) = (failure.payload.as_object_mut(), frames.is_empty()) {
        payload.insert("stacktrace".into(), frames.into());
    }
    failure
}

fn breached(breach: Breach, limits: &Limits) -> Failure {
    let seconds = |span: std::time::Duration| span.as_secs_f64();
    match breach {
        Breach::Aborted => Failure::new(FailureKind::ScriptAborted, "The run was stopped."),
        Breach::Wall => Failure::new(
            FailureKind::ExecutionTimeout,
            format!("The function ran for longer than the {} s that a run may take.", seconds(limits.wall)),
        ),
        Breach::Slice => Failure::new(
            FailureKind::FunctionRuntimeTimedOut,
            format!(
                "The function computed for {} s without waiting for anything. Look for a loop that does not end.",
                seconds(limits.slice)
            ),
        ),
    }
}

fn out_of_memory(limits: &Limits) -> Failure {
    Failure::new(
        FailureKind::FunctionRuntimeOutOfMemory,
        format!(
            "The function used more than the {} MB of memory that a run may use. Handle one page at a time.",
            limits.memory_bytes / (1024 * 1024)
        ),
    )
}

/// An exception that left JavaScript: a limit, or a fault of the runtime itself.
fn escaped(ctx: &Ctx<'_>, guard: &Guard, limits: &Limits, error: &rquickjs::Error) -> Failure {
    let exception = ctx.catch();
    if let Some(breach) = guard.breach() {
        return breached(breach, limits);
    }
    let message = exception.as_exception().and_then(rquickjs::Exception::message);
    // With no memory left for an error object, the exception is null.
    if exception.is_null() || message.as_deref() == Some(OUT_OF_MEMORY) {
        return out_of_memory(limits);
    }
    Failure::new(FailureKind::ScriptInternalError, message.unwrap_or_else(|| error.to_string()))
}

fn within(json: String, bytes_max: usize) -> Result<String, Failure> {
    if json.len() <= bytes_max {
        return Ok(json);
    }
    let message = format!("Output size is too large: {} bytes, at most {bytes_max} are allowed.", json.len());
    Err(Failure::new(FailureKind::ScriptOutputTooLarge, message))
}
