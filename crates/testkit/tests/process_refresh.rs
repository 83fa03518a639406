//! Two server processes, one connection, one token request at a time (guarantees G2 and G3).

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use bowline_sim::{Control, NewGrant, SimOptions, Simulator};
use bowline_testkit::eventually;
use bowline_testkit::http_client::{Answer, HttpClient};
use bowline_testkit::postgres::TestDatabase;
use bowline_testkit::process::{Server, ServerPlace};
use bowline_testkit::provider_file::{ProviderFile, simulated_oauth2};
use serde_json::json;
use tokio::task::JoinSet;

const READ: &str = "/connections/c?provider_config_key=simulated";

/// A simulator and two servers on one PostgreSQL database, with an expired connection.
struct TwoServers {
    one: Server,
    two: Server,
    control: Control,
    old_token: String,
    _database: TestDatabase,
    _simulator: Simulator,
    _kept: (ProviderFile, ServerPlace, ServerPlace),
}

impl TwoServers {
    async fn start() -> Self {
        let simulator = Simulator::start(SimOptions::default()).await.expect("a port is free");
        let control = simulator.control();
        let definition = simulated_oauth2(simulator.base_url(), json!({}));
        let file = ProviderFile::write(&json!({ "simulated": definition }));
        let database = TestDatabase::create();
        let place = || {
            ServerPlace::postgres(&database.url())
                .set("BOWLINE_PROVIDERS", &file.path().display().to_string())
                .set("BOWLINE_DATABASE_POOL_MAX", "16")
        };
        let places = (place(), place());
        let (one, two) = (Server::start(&places.0), Server::start(&places.1));
        let old_token = import(&one.client(), &control).await;
        control.configure(|config| config.oauth.token_delay_ms = 12_000);
        Self {
            one,
            two,
            control,
            old_token,
            _database: database,
            _simulator: simulator,
            _kept: (file, places.0, places.1),
        }
    }

    async fn call_begins(&self) {
        eventually("the call begins", async || {
            (self.control.stats().token_requests_in_flight == 1).then_some(())
        })
        .await;
    }
}

/// Imports a connection that has just expired; gives its access token.
async fn import(client: &HttpClient, control: &Control) -> String {
    let integration = json!({
        "provider": "simulated", "unique_key": "simulated",
        "credentials": {"type": "OAUTH2", "client_id": "sim-client", "client_secret": "sim-secret"},
    });
    let created = client.call("POST /integrations", &integration).await.expect("the server answers");
    assert_eq!(created.status, 200, "{created:?}");
    let grant = control.mint_grant(NewGrant::default());
    let connection = json!({
        "provider_config_key": "simulated", "connection_id": "c",
        "credentials": {
            "type": "OAUTH2", "access_token": grant.access_token, "refresh_token": grant.refresh_token,
            "expires_at": "2020-01-01T00:00:00Z",
        },
    });
    let imported = client.call("POST /connections", &connection).await.expect("the server answers");
    assert_eq!(imported.status, 201, "{imported:?}");
    grant.access_token
}

fn read_at_once(clients: &[HttpClient], count: usize) -> JoinSet<io::Result<Answer>> {
    let mut readers = JoinSet::new();
    for number in 0..count {
        let client = clients[number % clients.len()].clone();
        readers.spawn(async move { client.get(READ).await });
    }
    readers
}

/// All were answered with one and the same new token.
fn assert_all_served(answers: Vec<io::Result<Answer>>, old_token: &str) {
    let token = |answer: io::Result<Answer>| {
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["credentials"]["access_token"].as_str().expect("a token").to_owned()
    };
    let tokens: BTreeSet<String> = answers.into_iter().map(token).collect();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    assert!(!tokens.contains(old_token));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_readers_of_two_servers_cause_one_token_request() {
    let servers = TwoServers::start().await;
    let clients = [servers.one.client(), servers.two.client()];
    let answers = read_at_once(&clients, 1_000).join_all().await;
    assert_eq!(answers.len(), 1_000);
    assert_all_served(answers, &servers.old_token);
    let stats = servers.control.stats();
    assert_eq!((stats.token_requests_total, stats.token_requests_in_flight_max), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_holder_is_made_up_for_by_the_other_server() {
    let servers = TwoServers::start().await;
    let doomed = read_at_once(&[servers.one.client()], 20);
    servers.call_begins().await;
    let readers = read_at_once(&[servers.two.client()], 500);
    // The first call is half done, and the other server waits for it.
    tokio::time::sleep(Duration::from_secs(3)).await;
    // The second call may be quick: what is tested is who makes it, and when.
    servers.control.configure(|config| config.oauth.token_delay_ms = 500);
    let TwoServers { one, two: _two, control, old_token, _database, _simulator, _kept } = servers;
    one.kill();
    assert!(doomed.join_all().await.iter().all(Result::is_err), "nobody is answered by a killed server");
    assert_all_served(readers.join_all().await, &old_token);
    let stats = control.stats();
    assert_eq!((stats.token_requests_total, stats.token_requests_in_flight_max), (2, 1));
}
