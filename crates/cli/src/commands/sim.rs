//! `bowline sim`: the simulated provider alone.

use anyhow::{Context, Result};
use bowline_sim::{SimOptions, Simulator};

use crate::args::SimArgs;
use crate::output;
use crate::shutdown::StopSignals;

/// Runs the simulator until the process is asked to stop.
pub async fn run(args: SimArgs) -> Result<()> {
    let mut stop = StopSignals::listen()?;
    let options = SimOptions { listen: args.listen, seed: args.seed, ..SimOptions::default() };
    let simulator =
        Simulator::start(options).await.with_context(|| format!("cannot listen on {}", args.listen))?;
    output::line(&format!("The simulated provider is ready at {}", simulator.base_url()))?;
    stop.next().await;
    simulator.shutdown().await;
    Ok(())
}
