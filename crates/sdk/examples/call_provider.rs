//! Calls a provider's API with a connection's credentials:
//! `cargo run --example call_provider -- demo-oauth ada /api/issues?limit=2`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use bowline_sdk::{Bowline, Error};

#[tokio::main]
async fn main() -> bowline_sdk::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [integration, connection, endpoint] = arguments.as_slice() else {
        println!("usage: call_provider INTEGRATION CONNECTION ENDPOINT");
        return Ok(());
    };
    let bowline = Bowline::from_env()?;
    match bowline.get(integration, connection, endpoint).await {
        Ok(answer) => {
            println!("{}", answer.status());
            println!("{}", answer.text().await?);
        }
        // The provider's own words.
        Err(Error::Upstream(error)) => println!("{}\n{}", error.status, error.text()),
        Err(error) => return Err(error),
    }
    Ok(())
}
