//! One run of a function, from the stored code to its outcome.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::function::{Function, SourceDigest};
use bowline_domain::id::{FunctionName, IntegrationKey};
use bowline_domain::storage::StorageError;
use bowline_runtime::{Code, Failure, FailureKind, Limits, Mode, Outcome, RunRefused, Runner, Work};
use parking_lot::Mutex;
use thiserror::Error;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::host::{EngineHost, RunScope};
use super::{FunctionObjects, context};
use crate::Engine;
use crate::environment::VariableError;
use crate::function::source::{SourceError, digest_of};

/// Texts of functions that are kept in memory.
const CODES_KEPT_MAX: usize = 1_000;
/// What compiling one function may take.
const COMPILE_WITHIN: Duration = Duration::from_secs(30);
/// The environment variable with the lowest level that functions log at (spec `runtime.md` §3.6).
const LOG_LEVEL_VARIABLE: &str = "NANGO_LOGGER_LEVEL";

/// What runs functions, and what they see.
pub(crate) struct FunctionRuntime {
    runner: Arc<dyn Runner>,
    objects: OnceLock<Arc<dyn FunctionObjects>>,
    codes: Mutex<HashMap<(SourceDigest, String), Arc<Code>>>,
}

impl FunctionRuntime {
    pub(crate) fn new(runner: Arc<dyn Runner>) -> Self {
        Self { runner, objects: OnceLock::new(), codes: Mutex::default() }
    }

    /// The public API's objects; `None` on an engine that no server was started on.
    pub(super) fn objects(&self) -> Option<&dyn FunctionObjects> {
        self.objects.get().map(|objects| &**objects)
    }
}

/// What kind of run it is: how long it may last (spec `functions.md` §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// An action.
    Action,
    /// A function that runs at an event of a connection.
    Event,
}

impl RunKind {
    fn limits(self) -> Limits {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let wall = match self {
            Self::Action => minutes(15),
            Self::Event => minutes(5),
        };
        Limits { wall, ..Limits::default() }
    }
}

/// Why a run gave no result.
#[derive(Debug, Error)]
pub enum RunError {
    /// The function failed, or was ended.
    #[error("the function failed: {}", .0.message().unwrap_or("without a message"))]
    Failed(Failure),
    /// It was not begun.
    #[error(transparent)]
    Refused(#[from] RunRefused),
    /// Its code could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The environment's variables could not be read.
    #[error(transparent)]
    Variables(#[from] VariableError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Engine {
    /// Says how functions see the objects of the public API. The first word counts.
    pub fn show_functions(&self, objects: Arc<dyn FunctionObjects>) {
        self.functions.objects.get_or_init(|| objects);
    }

    /// Runs a function for a connection, to its end. The result is JSON. A caller that goes away does not end the
    /// run.
    pub(crate) async fn run_function(
        self: &Arc<Self>,
        environment: &Arc<Environment>,
        function: &Function,
        connection: Arc<Connection>,
        kind: RunKind,
        input: Option<String>,
    ) -> Result<String, RunError> {
        let run = Uuid::new_v4();
        let code = self.function_code(function).await?;
        let level = self.log_level(environment).await?;
        let provider = self.catalog.find(connection.provider.as_str());
        let job = context::job(function, environment, &connection, provider.as_deref(), run, &level);
        let work =
            Work { code, mode: Some(Mode::Run), context: job.to_string(), input, limits: kind.limits() };
        let scope = Arc::new(RunScope {
            engine: Arc::clone(self),
            environment: Arc::clone(environment),
            connection,
            run,
            checkpoint_key: format!("{}:{}", context::script_type(function.kind), function.name),
        });
        let outcome = self.execute(work, scope).await?;
        outcome.result.map_err(RunError::Failed)
    }

    /// Compiles a function's text, and says what is wrong with it and where.
    pub(crate) async fn compile(
        &self,
        integration: &IntegrationKey,
        name: &FunctionName,
        js: &str,
    ) -> Result<Option<String>, RunRefused> {
        let file = context::file_of(name, integration);
        let code = Arc::new(code(digest_of(js), file, js.to_owned()));
        let limits = Limits { wall: COMPILE_WITHIN, ..Limits::default() };
        let work = Work { code, mode: None, context: String::new(), input: None, limits };
        let outcome = self.finish_work(work, Arc::new(NoHost)).await?;
        Ok(outcome.result.err().map(|failure| failure.message().unwrap_or("no reason was given").to_owned()))
    }

    async fn execute(&self, work: Work, scope: Arc<RunScope>) -> Result<Outcome, RunRefused> {
        let ended = CancellationToken::new();
        let host = EngineHost::new(Arc::clone(&scope), ended.clone());
        let outcome = self.finish_work(work, Arc::new(host)).await;
        ended.cancel();
        if let Err(error) = self.storage.release_locks(scope.environment.id, scope.run).await {
            // They run out by themselves.
            tracing::warn!(?error, run = %scope.run, "the run's locks could not be released");
        }
        outcome
    }

    async fn finish_work(
        &self,
        work: Work,
        host: Arc<dyn bowline_runtime::Host>,
    ) -> Result<Outcome, RunRefused> {
        let (sender, outcome) = oneshot::channel();
        let done = Box::new(move |outcome| drop(sender.send(outcome)));
        let _stop = self.functions.runner.run(work, host, done)?;
        let lost = || Failure::new(FailureKind::FunctionRuntimeOther, "The run was lost.");
        Ok(outcome.await.unwrap_or_else(|_| Outcome::failed(lost())))
    }

    async fn function_code(&self, function: &Function) -> Result<Arc<Code>, SourceError> {
        let file = context::file(function);
        let key = (function.js_digest, file.clone());
        if let Some(code) = self.functions.codes.lock().get(&key) {
            return Ok(Arc::clone(code));
        }
        let source = self.function_js(function).await?;
        let code = Arc::new(code(function.js_digest, file, source));
        let mut codes = self.functions.codes.lock();
        if codes.len() >= CODES_KEPT_MAX {
            // Whoever runs often is here again at once.
            codes.clear();
        }
        codes.insert(key, Arc::clone(&code));
        Ok(code)
    }

    async fn log_level(&self, environment: &Environment) -> Result<String, VariableError> {
        let wanted = self.find_variable(environment, LOG_LEVEL_VARIABLE).await?;
        let level = wanted.map(|variable| variable.value.expose().to_lowercase());
        Ok(level.filter(|level| LOG_LEVELS.contains(&level.as_str())).unwrap_or_else(|| "warn".to_owned()))
    }
}

fn code(digest: SourceDigest, file: String, source: String) -> Code {
    Code { digest: format!("{digest:?}:{file}"), file, source }
}

const LOG_LEVELS: [&str; 5] = ["debug", "info", "warn", "error", "off"];

/// For code that is compiled and not run: it asks for nothing.
struct NoHost;

impl bowline_runtime::Host for NoHost {
    fn call(&self, _: bowline_runtime::HostCall, reply: bowline_runtime::Reply) {
        // Dropped: whoever asks is told that there is no answer.
        drop(reply);
    }

    fn log(&self, _: &str) {}
}
