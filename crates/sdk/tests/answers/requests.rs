//! What leaves, and what never does.

use std::time::Duration;

use bowline_sdk::Error;
use serde_json::json;

use super::stub::{Stub, client, told};

#[tokio::test]
async fn ids_with_reserved_characters_arrive_as_one_segment() {
    let stub = Stub::json(json!({})).await;
    for (id, path) in [
        ("a/b", "/integrations/a%2Fb"),
        ("a?b#c", "/integrations/a%3Fb%23c"),
        ("100%", "/integrations/100%25"),
        ("a b", "/integrations/a%20b"),
        ("é", "/integrations/%C3%A9"),
        ("%2e%2e", "/integrations/%252e%252e"),
        ("...", "/integrations/..."),
    ] {
        stub.bowline.delete_integration(id).await.unwrap();
        assert_eq!(stub.requests().await.last().unwrap().url.path(), path, "{id}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_argument_is_told_before_anything_is_sent() {
    let stub = Stub::json(json!({})).await;
    let bowline = &stub.bowline;
    let refused = [
        told(bowline.delete_integration("").await),
        told(bowline.delete_integration("..").await),
        told(bowline.get_connection("k", ".").await),
        told(bowline.get_connection("", "c").await),
        told(bowline.list_connections().limit(0).await),
        told(bowline.set_metadata("k", Vec::new(), &json!({})).await),
        told(bowline.get("k", "c\nd", "/x").await),
        told(bowline.get("k", "c", "/../connections").await),
        told(bowline.get("k", "c", "/x").header("bad name", "v").await),
        told(bowline.get("k", "c", "/x").header("x", "a\r\nauthorization: b").await),
        told(bowline.list_integrations().header("x", "\0").await),
        told(bowline.trigger_action_async("k", "c", "a").max_retries(6).await),
        told(bowline.get_async_action_result_at::<()>("//evil.example/x").await),
        told(bowline.list_records::<()>("k", "c", "M").filter([]).await),
        told(bowline.trigger_sync("k", [""]).await),
        told(bowline.sync_status("k", [""]).await),
        told(bowline.list_records::<()>("k", "c", "M").ids::<&str>([]).await),
    ];
    for error in refused {
        assert!(matches!(error, Error::InvalidArgument { .. }), "{error}");
    }
    assert_eq!(stub.count().await, 0);
}

#[tokio::test]
async fn headers_of_the_client_and_of_the_call_are_sent() {
    let stub = Stub::json(json!({"data": []})).await;
    let bowline = client(&format!("{}/", stub.server.uri()))
        .user_agent("my-product/1.2")
        .header("x-all", "1")
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    bowline.list_integrations().header("x-one", "é").await.unwrap();
    let request = stub.requests().await.pop().unwrap();
    assert_eq!(request.url.path(), "/integrations");
    assert_eq!(
        (&request.headers["x-all"], request.headers["x-one"].as_bytes()),
        (&"1".parse().unwrap(), "é".as_bytes())
    );
    let agent = request.headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("bowline-sdk-rust/") && agent.ends_with("; my-product/1.2"), "{agent}");
}

#[tokio::test]
async fn a_session_is_asked_about_with_its_own_token() {
    let stub = Stub::json(json!({"data": {"endUser": {"id": "u"}, "isReconnecting": true}})).await;
    let session = stub.bowline.get_connect_session(&"session-token".into()).await.unwrap();
    assert_eq!((session.end_user.unwrap().id.as_str(), session.is_reconnecting), ("u", true));
    let request = stub.requests().await.pop().unwrap();
    assert_eq!(request.headers["authorization"], "Bearer session-token");
}
