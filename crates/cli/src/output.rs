//! Everything that is printed. Results go to standard output, all else to standard error.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;
use thiserror::Error;

/// The reader of standard output went away, as in `bowline providers list | head`.
#[derive(Debug, Error)]
#[error("nobody reads the output")]
pub struct ClosedPipe;

/// Prints a text as it is.
pub fn text(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ClosedPipe.into()),
        written => Ok(written?),
    }
}

/// Prints one line.
pub fn line(line: &str) -> Result<()> {
    text(&format!("{line}\n"))
}

/// Prints a value as JSON.
pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<()> {
    line(&serde_json::to_string_pretty(value)?)
}

/// Prints rows under a heading, in columns as wide as they need to be.
pub fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heading[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut out = padded(&heading, &widths);
    for row in rows {
        out.push_str(&padded(&std::array::from_fn::<&str, N, _>(|column| &row[column]), &widths));
    }
    text(&out)
}

fn padded<const N: usize>(cells: &[&str; N], widths: &[usize; N]) -> String {
    let cells: Vec<String> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    format!("{}\n", cells.join("  ").trim_end())
}

/// Prints one line for people, beside the results. Nobody may be reading it, which is no failure.
pub fn warn(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
