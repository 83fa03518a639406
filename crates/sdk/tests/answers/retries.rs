//! What is sent again, and what is not.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bowline_sdk::{Error, RetryPolicy};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use wiremock::ResponseTemplate;

use super::stub::{Stub, client, counted, told};

fn quick(retries: u32) -> RetryPolicy {
    RetryPolicy::new(retries).base_delay(Duration::from_millis(1))
}

fn good() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"data": []}))
}

async fn failing_once(status: u16) -> Stub {
    Stub::in_turn([ResponseTemplate::new(status), good()]).await
}

#[tokio::test]
async fn without_a_policy_every_call_is_made_once() {
    let stub = failing_once(503).await;
    told(stub.bowline.list_integrations().await);
    assert_eq!(stub.count().await, 1);
}

#[tokio::test]
async fn a_call_that_only_reads_is_made_again_for_passing_faults_and_for_no_others() {
    for (status, count) in [(429, 2), (502, 2), (503, 2), (504, 2), (500, 1), (400, 1), (404, 1)] {
        let stub = failing_once(status).await;
        let result = stub.bowline.list_integrations().retry(quick(3)).await;
        assert_eq!((result.is_ok(), stub.count().await), (count == 2, count), "{status}");
    }
}

#[tokio::test]
async fn a_call_that_may_have_acted_is_made_again_only_when_it_surely_has_not() {
    for (status, count) in [(429, 2), (502, 1), (503, 1), (504, 1)] {
        let stub = failing_once(status).await;
        let _ = stub.bowline.trigger_sync("k", ["s"]).retry(quick(3)).await;
        assert_eq!(stub.count().await, count, "POST {status}");
        let stub = failing_once(status).await;
        let _ = stub.bowline.post("k", "c", "/x").json(&json!({})).retry(quick(3)).await;
        assert_eq!(stub.count().await, count, "proxied POST {status}");
        let stub = failing_once(status).await;
        stub.bowline.put("k", "c", "/x").json(&json!({})).retry(quick(3)).await.unwrap();
        assert_eq!(stub.count().await, 2, "proxied PUT {status}");
    }
}

#[tokio::test]
async fn the_client_has_a_policy_for_all_calls_and_a_number_of_retries_is_a_limit() {
    let stub = Stub::answering(ResponseTemplate::new(503)).await;
    let bowline = client(&stub.server.uri()).retry(quick(2)).build().unwrap();
    told(bowline.list_integrations().await);
    assert_eq!(stub.count().await, 3);
    told(bowline.list_integrations().retry(quick(0)).await);
    assert_eq!(stub.count().await, 4);
}

#[tokio::test]
async fn a_budget_that_is_used_up_ends_the_retries_of_all_calls() {
    let stub = Stub::answering(ResponseTemplate::new(503)).await;
    let bowline = client(&stub.server.uri()).retry(quick(10).budget(3)).build().unwrap();
    told(bowline.list_integrations().await);
    told(bowline.list_integrations().await);
    assert_eq!(stub.count().await, 2 + 3);
}

#[tokio::test]
async fn the_wait_that_is_asked_for_is_kept() {
    let limited = ResponseTemplate::new(429).insert_header("retry-after", "1");
    let stub = Stub::in_turn([limited, good()]).await;
    let began = Instant::now();
    stub.bowline.list_integrations().retry(quick(1)).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_body_that_is_a_stream_is_sent_once() {
    let stub = failing_once(429).await;
    let body = stream::iter([Ok::<_, std::io::Error>(Bytes::from("x"))]);
    let call = stub.bowline.put("k", "c", "/x").body_stream("text/plain", body).retry(quick(3));
    assert!(matches!(told(call.await), Error::RateLimited(_) | Error::Upstream(_)));
    assert_eq!(stub.count().await, 1);
}

#[tokio::test]
async fn a_broken_connection_is_retried_for_reading_calls_alone() {
    let (bowline, connections) = counted(b"HTTP/1.1 200 OK\r\ncontent-le").await;
    told(bowline.list_integrations().retry(quick(2)).await);
    assert_eq!(connections.load(Ordering::SeqCst), 3);
    told(bowline.trigger_sync("k", ["s"]).retry(quick(2)).await);
    assert_eq!(connections.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn an_answer_that_breaks_off_in_its_body_is_asked_for_again() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let (bowline, connections) = counted(cut).await;
    told(bowline.list_integrations().retry(quick(2)).await);
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}
