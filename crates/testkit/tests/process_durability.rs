//! Nothing that was answered with 2xx is lost when the server is killed (guarantee G1).

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_testkit::http_client::HttpClient;
use bowline_testkit::postgres::TestDatabase;
use bowline_testkit::process::{Server, ServerPlace};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

const ROUNDS: u64 = 20;
const WRITERS: u64 = 6;
const INTEGRATION: &str = "service";

/// What one writer knows of one connection.
#[derive(Debug, Clone, Default, PartialEq)]
struct Known {
    /// The states it may be in: the last one answered, then each one tried since. `None` is deleted.
    possible: Vec<Option<Written>>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Written {
    api_key: u64,
    metadata: u64,
}

/// One of several concurrent writers; its connections are its own.
struct Writer {
    number: u64,
    count: u64,
    known: BTreeMap<String, Known>,
}

impl Writer {
    /// Writes until the server is gone; gives the number of answered writes.
    async fn write_until_killed(&mut self, client: &HttpClient) -> u64 {
        let mut answered = 0;
        while self.write_once(client).await {
            answered += 1;
        }
        answered
    }

    /// One import, replacement, metadata write or deletion; false when no answer came.
    async fn write_once(&mut self, client: &HttpClient) -> bool {
        self.count += 1;
        let key = format!("w{}-{}", self.number, self.count % 5);
        let known = self.known.entry(key.clone()).or_insert_with(|| Known { possible: vec![None] });
        let before = known.possible.last().cloned().flatten();
        let (call, body, after) = match (before, self.count % 7) {
            (Some(_), 3) => {
                (format!("DELETE /connections/{key}?provider_config_key={INTEGRATION}"), Value::Null, None)
            }
            (Some(before), 1 | 5 | 6) => {
                let body = json!({
                    "connection_id": key, "provider_config_key": INTEGRATION, "metadata": {"count": self.count},
                });
                (
                    "POST /connections/metadata".to_owned(),
                    body,
                    Some(Written { metadata: self.count, ..before }),
                )
            }
            _ => {
                let body = json!({
                    "provider_config_key": INTEGRATION, "connection_id": key, "metadata": {"count": self.count},
                    "credentials": {"type": "API_KEY", "apiKey": format!("key-{}", self.count)},
                });
                let after = Written { api_key: self.count, metadata: self.count };
                ("POST /connections".to_owned(), body, Some(after))
            }
        };
        known.possible.push(after.clone());
        match client.call(&call, &body).await {
            Ok(answer) => {
                assert!((200..300).contains(&answer.status), "{call}: {answer:?}");
                known.possible = vec![after];
                true
            }
            Err(_) => false,
        }
    }

    /// Compares every connection with what was answered; what was not answered may have happened or not.
    async fn check(&mut self, client: &HttpClient) {
        for (key, known) in &mut self.known {
            let path = format!("/connections/{key}?provider_config_key={INTEGRATION}");
            let answer = client.get(&path).await.expect("the restarted server answers");
            let found = match answer.status {
                404 => None,
                200 => Some(written(&answer.body)),
                _ => panic!("{key}: {answer:?}"),
            };
            assert!(
                known.possible.contains(&found),
                "{key} is {found:?}, but may only be {:?}",
                known.possible
            );
            known.possible = vec![found];
        }
    }
}

fn written(body: &Value) -> Written {
    let api_key =
        body["credentials"]["apiKey"].as_str().and_then(|key| key.strip_prefix("key-")?.parse().ok());
    let metadata = body["metadata"]["count"].as_u64();
    match (api_key, metadata) {
        (Some(api_key), Some(metadata)) => Written { api_key, metadata },
        _ => panic!("not what any writer wrote: {body}"),
    }
}

async fn nothing_answered_is_lost(place: ServerPlace) {
    let mut writers: Vec<Writer> =
        (0..WRITERS).map(|number| Writer { number, count: 0, known: BTreeMap::new() }).collect();
    let mut answered = 0;
    for round in 0..ROUNDS {
        let server = Server::start(&place);
        let client = server.client();
        if round == 0 {
            let body = json!({"provider": "service", "unique_key": INTEGRATION});
            let created = client.call("POST /integrations", &body).await.expect("the server answers");
            assert_eq!(created.status, 200, "{created:?}");
        }
        for writer in &mut writers {
            writer.check(&client).await;
        }
        let mut running = JoinSet::new();
        for mut writer in writers.drain(..) {
            let client = client.clone();
            running.spawn(async move {
                let answered = writer.write_until_killed(&client).await;
                (writer, answered)
            });
        }
        // Another moment each time, so that the kill meets every kind of write.
        sleep(Duration::from_millis(250 + round * 37 % 200)).await;
        server.kill();
        for (writer, count) in running.join_all().await {
            answered += count;
            writers.push(writer);
        }
    }
    let server = Server::start(&place);
    for writer in &mut writers {
        writer.check(&server.client()).await;
    }
    assert!(answered > ROUNDS * WRITERS, "too few writes to mean anything: {answered}");
}

fn with_provider(place: ServerPlace) -> (ServerPlace, bowline_testkit::provider_file::ProviderFile) {
    let file = bowline_testkit::provider_file::ProviderFile::write(&json!({
        "service": {
            "display_name": "Service",
            "categories": ["dev-tools"],
            "auth_mode": "API_KEY",
            "proxy": {"base_url": "https://api.service.example"},
            "docs": "https://example.com/docs",
        }
    }));
    (place.set("BOWLINE_PROVIDERS", &file.path().display().to_string()), file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_answered_is_lost_on_sqlite() {
    let (place, _file) = with_provider(ServerPlace::sqlite());
    nothing_answered_is_lost(place).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_answered_is_lost_on_postgres() {
    let database = TestDatabase::create();
    let (place, _file) = with_provider(ServerPlace::postgres(&database.url()));
    nothing_answered_is_lost(place).await;
}
