//! Runs steps one after the other, measures each, and sums up at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How a step ended.
enum End {
    Passed,
    Failed(String),
    Skipped(String),
}

/// The steps so far.
#[derive(Default)]
pub struct Steps(Vec<(&'static str, Duration, End)>);

impl Steps {
    /// Runs a step; gives what it gave, or `None` after noting that it failed.
    pub fn run<T>(&mut self, name: &'static str, step: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("\n=== {name}");
        let start = Instant::now();
        let result = step();
        let (value, end) = match result {
            Ok(value) => (Some(value), End::Passed),
            Err(error) => {
                println!("{name} failed: {error:#}");
                (None, End::Failed(format!("{error:#}")))
            }
        };
        self.0.push((name, start.elapsed(), end));
        value
    }

    /// Notes that a step was left out, and why.
    pub fn skip(&mut self, name: &'static str, why: &str) {
        println!("\n=== {name}: skipped, {why}");
        self.0.push((name, Duration::ZERO, End::Skipped(why.to_owned())));
    }

    /// Prints the summary; an error when a step failed.
    pub fn finish(self) -> Result<()> {
        println!("\n=== summary");
        let mut failed = Vec::new();
        for (name, took, end) in &self.0 {
            let (mark, note) = match end {
                End::Passed => ("ok     ", String::new()),
                End::Skipped(why) => ("skipped", format!("  ({why})")),
                End::Failed(why) => ("FAILED ", format!("  {}", why.lines().next().unwrap_or_default())),
            };
            println!("{mark} {:>7.1} s  {name}{note}", took.as_secs_f64());
            if matches!(end, End::Failed(_)) {
                failed.push(*name);
            }
        }
        let total: Duration = self.0.iter().map(|(_, took, _)| *took).sum();
        println!("        {:>7.1} s  in all", total.as_secs_f64());
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }
}
