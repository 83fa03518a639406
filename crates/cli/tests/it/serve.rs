//! `bowline serve`: the bring-up contract.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use crate::support::{Place, mode, read_answer};

const KEY: &str = "6ef53c3c-6a5d-4b0e-9e0f-0d7c2f3f0a11";

#[test]
fn it_prints_one_line_with_its_url_when_it_is_ready_and_ends_with_0_on_sigterm() {
    let place = Place::new();
    let server = place.serve(&["--data-dir", "data"]);
    assert!(server.line.ends_with('\n'));
    assert_eq!(server.get("/ready", None), (200, r#"{"result":"ok"}"#.to_owned()));
    server.terminate();
    assert_eq!(server.end(), (0, String::new()));
}

#[test]
fn a_request_in_flight_is_finished_before_it_ends() {
    let place = Place::new();
    let server = place.serve(&[]);
    let mut busy = server.connect();
    let head = "POST /cli/telemetry HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                expect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    busy.write_all(head.as_bytes()).unwrap();
    // The server asks for the body once the request is being handled.
    let mut continued = [0; 25];
    busy.read_exact(&mut continued).unwrap();
    assert_eq!(&continued, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.terminate();
    wait_until_closed(&server.url);
    busy.write_all(b"{}").unwrap();
    assert_eq!(read_answer(busy).0, 400);
    assert_eq!(server.end().0, 0);
}

/// The stop begins with closing the socket.
fn wait_until_closed(url: &str) {
    while TcpStream::connect(url.strip_prefix("http://").unwrap()).is_ok() {
        std::thread::yield_now();
    }
}

/// The provider may have replaced the refresh token already when it answers, so an answer that is lost is the
/// end of the connection.
#[test]
fn a_token_request_under_way_is_waited_for_when_it_stops() {
    let provider = SlowProvider::start();
    let definition = format!(
        "slow:\n  display_name: Slow\n  categories: [dev-tools]\n  auth_mode: OAUTH2\n  \
         authorization_url: '{0}/authorize'\n  token_url: '{0}/token'\n  docs: https://example.com/slow\n",
        provider.url
    );
    let place = Place::new()
        .with("NANGO_SECRET_KEY_DEV", KEY)
        .with("BOWLINE_PROVIDERS", "slow.yaml")
        .with("BOWLINE_OUTBOUND_ALLOW", "127.0.0.1");
    place.write("slow.yaml", &definition);
    let server = place.serve(&[]);
    let client = r#"{"type":"OAUTH2","client_id":"id","client_secret":"cs"}"#;
    let integration = format!(r#"{{"provider":"slow","unique_key":"slow","credentials":{client}}}"#);
    assert_eq!(server.post("/integrations", KEY, &integration).0, 200);
    let credentials = r#"{"type":"OAUTH2","access_token":"old","refresh_token":"r1"}"#;
    let connection =
        format!(r#"{{"provider_config_key":"slow","connection_id":"c","credentials":{credentials}}}"#);
    assert_eq!(server.post("/connections", KEY, &connection).0, 201);

    let mut reader = server.connect();
    let head = format!("authorization: Bearer {KEY}\r\nhost: x\r\n\r\n");
    let line = "GET /connections/c?provider_config_key=slow&force_refresh=true HTTP/1.1\r\n";
    reader.write_all(format!("{line}{head}").as_bytes()).unwrap();
    provider.asked.recv().unwrap();
    drop(reader);
    server.terminate();
    assert_eq!(server.end().0, 0);

    let server = place.serve(&[]);
    let (status, body) = server.get("/connections/c?provider_config_key=slow", Some(KEY));
    assert!(status == 200 && body.contains(r#""access_token":"new""#), "{status} {body}");
}

/// Answers one token request, and takes its time.
struct SlowProvider {
    url: String,
    asked: mpsc::Receiver<()>,
}

impl SlowProvider {
    /// Longer than the server waits for anything but requests.
    const ANSWERS_AFTER: Duration = Duration::from_millis(1_500);

    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asks, asked) = mpsc::sync_channel(1);
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4_096]).unwrap();
            asks.send(()).unwrap();
            std::thread::sleep(Self::ANSWERS_AFTER);
            let body = r#"{"access_token":"new","refresh_token":"r2","expires_in":86400}"#;
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
            .unwrap();
        });
        Self { url, asked }
    }
}

#[test]
fn the_keys_of_env_list_work_and_survive_a_restart() {
    let place = Place::new();
    let server = place.serve(&["--data-dir", "data"]);
    let before = place.json(&["env", "list", "--json", "--data-dir", "data"]);
    let key = before[0]["secret_key"].as_str().unwrap();
    assert_eq!(server.get("/connections", Some(key)).0, 200);
    assert_eq!(server.get("/connections", Some(KEY)).0, 401);
    server.terminate();
    server.end();
    let server = place.serve(&["--data-dir", "data"]);
    assert_eq!(server.get("/connections", Some(key)).0, 200);
    assert_eq!(place.json(&["env", "list", "--json", "--data-dir", "data"]), before);
}

#[test]
fn keys_can_be_fixed_from_outside() {
    let place = Place::new().with("NANGO_SECRET_KEY_DEV", KEY);
    let server = place.serve(&[]);
    assert_eq!(server.get("/connections", Some(KEY)).0, 200);
}

#[test]
fn a_second_server_on_one_data_directory_is_refused() {
    let place = Place::new();
    let _server = place.serve(&["--data-dir", "data"]);
    let second = place.run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]);
    second.failed(1).says("another Bowline server is running").says("hint:");
}

#[test]
fn a_taken_port_is_refused_and_leaves_nothing_behind() {
    let place = Place::new();
    let server = place.serve(&["--data-dir", "data"]);
    let listen = server.url.strip_prefix("http://").unwrap();
    place.run(&["serve", "--listen", listen, "--data-dir", "other"]).failed(1).says("--listen");
    assert!(!place.path("other").exists());
}

#[test]
fn the_master_key_and_the_database_are_readable_by_their_owner_alone() {
    let place = Place::new();
    place.run(&["env", "list"]).succeeded();
    let data = place.path("bowline-data");
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("master.key")), 0o600);
    assert_eq!(mode(&data.join("bowline.db")), 0o600);
    let left = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with('.')));
}

#[test]
fn another_master_key_is_refused_with_advice() {
    let place = Place::new();
    place.run(&["env", "list"]).succeeded();
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    place.write("bowline-data/master.key", other);
    place.run(&["serve", "--listen", "127.0.0.1:0"]).failed(1).says("does not fit").says("hint:");
}

#[test]
fn a_lost_master_key_is_not_replaced() {
    let place = Place::new();
    place.run(&["env", "list"]).succeeded();
    std::fs::remove_file(place.path("bowline-data/master.key")).unwrap();
    place.run(&["env", "list"]).failed(1).says("no master.key").says("hint:");
    assert!(!place.path("bowline-data/master.key").exists());
}

#[test]
fn an_encryption_key_from_outside_leaves_no_file() {
    let place = Place::new().with("BOWLINE_ENCRYPTION_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    place.run(&["env", "list"]).succeeded();
    assert!(!place.path("bowline-data/master.key").exists());
}

#[test]
fn first_starts_at_once_agree_on_one_master_key() {
    let place = Place::new();
    let keys: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..6).map(|_| scope.spawn(|| place.json(&["env", "list", "--json"]))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|these| *these == keys[0]));
}

#[test]
fn the_simulator_runs_alone() {
    let place = Place::new();
    let simulator = place.start(&["sim", "--listen", "127.0.0.1:0", "--seed", "7"]);
    assert_eq!(simulator.get("/_sim/stats", None).0, 200);
    simulator.terminate();
    assert_eq!(simulator.end(), (0, String::new()));
}
