//! Answers that are cut, late, too long, or of another shape.

use std::time::Duration;

use bowline_sdk::{Error, TransportErrorKind};
use serde_json::json;
use wiremock::ResponseTemplate;

use super::stub::{HUSH, Stub, client, raw, told};

fn kind(error: &Error) -> TransportErrorKind {
    match error {
        Error::Transport(error) => error.kind,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn json_of_another_shape_is_told_by_its_place_and_not_by_its_content() {
    let stub =
        Stub::json(json!({"data": [{"unique_key": "a", "provider": "b"}, {"unique_key": [HUSH]}]})).await;
    let Error::Decode(error) = told(stub.bowline.list_integrations().await) else { panic!("it was read") };
    assert_eq!(error.path, "data[1].unique_key");
    assert_eq!(error.problem, "invalid type: sequence, expected a string");

    let stub = Stub::json(json!({"data": [{"unique_key": "a", "provider": {"token": HUSH}}]})).await;
    assert!(matches!(told(stub.bowline.list_integrations().await), Error::Decode(_)));
    let stub = Stub::json(json!({"id": 1, "connection_id": "c", "provider_config_key": "k",
        "credentials": {"type": "OAUTH2", "access_token": [HUSH]}}))
    .await;
    assert!(matches!(told(stub.bowline.get_connection("k", "c").await), Error::Decode(_)));
}

#[tokio::test]
async fn a_cut_answer_is_told_from_a_whole_one() {
    let cut =
        raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"data\":")
            .await;
    assert_eq!(kind(&told(cut.list_integrations().await)), TransportErrorKind::Broken);
    let early =
        raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{\"data\":")
            .await;
    let Error::Decode(error) = told(early.list_integrations().await) else { panic!("it was read") };
    assert_eq!(error.problem, "the JSON ends early");
    let nothing = raw(b"").await;
    assert_eq!(kind(&told(nothing.list_integrations().await)), TransportErrorKind::Broken);
    let noise = raw(b"SSH-2.0-OpenSSH\r\n").await;
    assert_eq!(kind(&told(noise.list_integrations().await)), TransportErrorKind::Broken);
}

#[tokio::test]
async fn an_answer_without_a_body_is_enough_for_a_call_that_only_has_to_work() {
    let stub = Stub::answering(ResponseTemplate::new(204)).await;
    stub.bowline.delete_integration("k").await.unwrap();
    stub.bowline.set_metadata("k", "c", &json!({})).await.unwrap();
    assert!(matches!(told(stub.bowline.list_integrations().await), Error::Decode(_)));
}

#[tokio::test]
async fn a_server_that_is_not_there_and_one_that_is_slow_are_told_apart() {
    // A port that was free a moment ago.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = client(&format!("http://{free}")).build().unwrap();
    let error = told(nobody.list_integrations().await);
    assert_eq!(kind(&error), TransportErrorKind::Connect);
    assert!(error.to_string().contains("check the host"), "{error}");

    let slow =
        ResponseTemplate::new(200).set_body_json(json!({"data": []})).set_delay(Duration::from_secs(30));
    let stub = Stub::answering(slow).await;
    let error = told(stub.bowline.list_integrations().timeout(Duration::from_millis(50)).await);
    assert_eq!(kind(&error), TransportErrorKind::Timeout);
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_refused_whether_its_length_is_told_or_not() {
    let long = json!({"data": [], "padding": "x".repeat(2_000)});
    let stub = Stub::json(long.clone()).await;
    let small = client(&stub.server.uri()).max_answer_bytes(1_000).build().unwrap();
    assert!(matches!(told(small.list_integrations().await), Error::AnswerTooLarge { limit_bytes: 1_000 }));
    assert!(matches!(
        told(small.get("k", "c", "/x").await.unwrap().bytes().await),
        Error::AnswerTooLarge { .. }
    ));

    let chunked =
        raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
          a\r\n{\"data\":[]\r\na\r\n          \r\n1\r\n}\r\n0\r\n\r\n")
        .await;
    let host = chunked.host().to_owned();
    assert!(chunked.list_integrations().await.unwrap().is_empty());
    for limit in [9, 15, 20] {
        let small = client(&host).max_answer_bytes(limit).build().unwrap();
        assert!(matches!(told(small.list_integrations().await), Error::AnswerTooLarge { .. }), "{limit}");
    }
}
