//! Brings in an API key that you have, and reads it back:
//! `cargo run --example import_connection -- demo-api-key grace sim-key-grace`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use bowline_sdk::Bowline;
use bowline_sdk::connections::EndUser;
use bowline_sdk::credentials::NewCredentials;

#[tokio::main]
async fn main() -> bowline_sdk::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [integration, connection, key] = arguments.as_slice() else {
        println!("usage: import_connection INTEGRATION CONNECTION API_KEY");
        return Ok(());
    };
    let bowline = Bowline::from_env()?;
    let credentials = NewCredentials::api_key(key.as_str());
    let user = EndUser::new(connection.as_str());
    bowline.import_connection(integration, credentials).connection_id(connection).end_user(&user).await?;
    // Prints *** where the key is.
    println!("{:?}", bowline.get_connection(integration, connection).await?.credentials);
    Ok(())
}
