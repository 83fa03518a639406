//! Runs functions of users: each in a JavaScript context of its own, under limits, with one way out.
//!
//! It never opens a socket, a file or a database; whatever a function asks for goes through [`Host`]. Nothing is
//! kept between two runs but compiled code. Start reading at [`run`](mod@run).

mod data;
mod embedded;
mod failure;
mod host;
mod limits;
mod native;
mod pool;
mod program;
mod raw;
pub mod run;
mod runner;
mod stack;
mod step;

pub use failure::{Failure, FailureKind};
pub use host::{Body, Host, HostAnswer, HostCall, HostError, Reply};
pub use limits::Limits;
pub use pool::{Pool, PoolOptions, RunRefused};
pub use program::{Program, SyntaxError};
pub use run::{Job, Mode, Outcome, Pending, Stop};
pub use runner::{
    Code, Done, LocalRunner, Runner, RunnerCommand, Runners, RunnersOptions, StopRun, Work, run_child,
};
