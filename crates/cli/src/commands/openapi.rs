//! `bowline openapi`

use anyhow::Result;

use crate::output;

/// Prints the document.
pub fn run() -> Result<()> {
    output::text(&bowline_server::openapi::openapi_json())
}
