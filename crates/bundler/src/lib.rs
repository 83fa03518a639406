//! Turns a functions project, written in TypeScript, into one CommonJS file per function, as the official CLI does.
//!
//! Local files are inlined, packages stay `require` calls, types are erased, and rules that would only show at run time
//! are checked first. Types themselves are not checked: that stays with the developer's `tsc`.
//!
//! This crate never runs a function, never reads the network and never writes a file. Start reading at [`Project`],
//! which lists the functions, and [`Bundler`], which makes one file of each.

mod bundle;
mod callee;
mod check;
mod definition;
mod models;
mod options;
mod plugin;
mod problem;
mod project;
mod unwrap;
mod yaml;

pub use bundle::{Bundle, Bundler, Kind, bundle_all};
pub use problem::{Problem, Problems};
pub use project::{Entry, Folder, Project, ProjectError, Style};
pub use yaml::{Endpoint, Event, SyncType, YamlError, YamlFunction, YamlProject};
