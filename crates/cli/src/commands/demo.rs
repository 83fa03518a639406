//! `bowline demo`
use anyhow::{Result, bail};

use crate::args::DemoArgs;

pub async fn run(_args: DemoArgs) -> Result<()> {
    bail!("not there yet")
}
