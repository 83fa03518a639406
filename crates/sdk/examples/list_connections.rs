//! Lists all connections, or those of one integration: `cargo run --example list_connections -- demo-oauth`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use bowline_sdk::Bowline;
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> bowline_sdk::Result<()> {
    let mut call = Bowline::from_env()?.list_connections();
    if let Some(integration) = std::env::args().nth(1) {
        call = call.integrations([integration]);
    }
    let mut connections = std::pin::pin!(call.stream());
    while let Some(connection) = connections.try_next().await? {
        let state = if connection.errors.is_empty() { "works" } else { "has errors" };
        println!("{} of {} {state}", connection.connection_id, connection.provider_config_key);
    }
    Ok(())
}
