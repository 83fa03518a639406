//! Opens a session in which a user connects an account: `cargo run --example connect_session -- user-1 github`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use bowline_sdk::Bowline;
use bowline_sdk::connections::EndUser;

#[tokio::main]
async fn main() -> bowline_sdk::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [user, integrations @ ..] = arguments.as_slice() else {
        println!("usage: connect_session USER [INTEGRATION …]");
        return Ok(());
    };
    let call = Bowline::from_env()?.create_connect_session().end_user(&EndUser::new(user.as_str()));
    let session = call.allowed_integrations(integrations).await?;
    if let Some(link) = &session.connect_link {
        println!("until {}: {}", session.expires_at, link.expose());
    }
    Ok(())
}
