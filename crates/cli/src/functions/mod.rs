//! A project of functions on the developer's machine: compiled, tested and run, and taken to a server.
//!
//! Start reading at [`run`] for how fixtures are run, [`fixture`] for how they answer, [`build`] for what is compiled.

pub mod build;
pub mod case;
pub mod compare;
pub mod deploy;
pub mod dryrun;
pub mod fixture;
pub mod harness;
pub mod junit;
pub mod report;
pub mod run;
pub mod verdict;
pub mod watch;
mod workers;
