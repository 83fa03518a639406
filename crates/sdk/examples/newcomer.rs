//! The README's first program: integrations, a call to a provider, records.
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use bowline_sdk::Bowline;
use futures_util::TryStreamExt;
use serde_json::Value;

#[tokio::main]
async fn main() -> bowline_sdk::Result<()> {
    let bowline = Bowline::from_env()?;
    for integration in bowline.list_integrations().await? {
        println!("{} is {}", integration.unique_key, integration.provider);
    }
    let user: Value = bowline.get("demo-oauth", "ada", "/api/user").await?.json().await?;
    println!("connected as {}", user["name"]);
    let mut records = bowline.list_records::<Value>("demo-oauth", "ada", "Issue").stream();
    while let Some(issue) = records.try_next().await? {
        println!("{:?} {}", issue.metadata.last_action, issue.record["title"]);
    }
    Ok(())
}
