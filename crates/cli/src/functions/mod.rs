//! A project of functions on the developer's machine: compiled and tested without a server.
//!
//! Start reading at [`run`] for how fixtures are run, [`fixture`] for how they answer, [`build`] for what is compiled.

pub mod build;
pub mod case;
pub mod compare;
pub mod fixture;
pub mod harness;
pub mod junit;
pub mod report;
pub mod run;
pub mod verdict;
mod workers;
