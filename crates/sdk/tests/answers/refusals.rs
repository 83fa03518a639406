//! Error answers, and who gave them.

use std::time::Duration;

use bowline_sdk::Error;
use serde_json::json;
use wiremock::ResponseTemplate;

use super::stub::{HUSH, Stub, told};

#[tokio::test]
async fn a_refusal_tells_code_message_fields_and_request() {
    let answer = ResponseTemplate::new(400).insert_header("x-request-id", "r-1").set_body_json(json!({
        "error": {"code": "invalid_body", "message": "Invalid body", "errors": [
            {"code": "invalid_type", "message": "expected string", "path": ["tags", 0, "key"]},
        ]},
    }));
    let stub = Stub::answering(answer).await;
    let error = told(stub.bowline.create_connect_session().await);
    assert_eq!(error.request_id(), Some("r-1"));
    let Error::Api(api) = &error else { panic!("{error}") };
    assert_eq!(
        (api.status.as_u16(), api.code.as_str(), api.message.as_str()),
        (400, "invalid_body", "Invalid body")
    );
    assert_eq!(api.errors[0].path, ["tags", "0", "key"]);
    assert!(error.to_string().contains("tags.0.key: expected string"), "{error}");
}

#[tokio::test]
async fn what_an_action_throws_is_in_the_payload_and_is_not_printed() {
    let answer = ResponseTemplate::new(424).set_body_json(json!({
        "error": {"code": "script_http_error", "payload": {"reason": HUSH}, "upstream": {"body": HUSH}},
    }));
    let stub = Stub::answering(answer).await;
    let error = told(stub.bowline.trigger_action::<()>("k", "c", "a").await);
    let Error::Api(api) = error else { panic!("{error}") };
    assert_eq!(api.payload, Some(json!({"reason": HUSH})));
    assert_eq!(api.upstream, Some(json!({"body": HUSH})));
}

#[tokio::test]
async fn an_error_without_the_usual_envelope_is_still_one_of_the_server() {
    let stub =
        Stub::answering(ResponseTemplate::new(404).set_body_json(json!({"message": "Unknown endpoint"})))
            .await;
    let Error::Api(api) = told(stub.bowline.list_integrations().await) else { panic!("not the server's") };
    assert_eq!((api.code.as_str(), api.message.as_str()), ("", "Unknown endpoint"));
}

#[tokio::test]
async fn a_used_up_rate_limit_tells_the_wait() {
    let body = json!({"error": {"code": "too_many_request", "method": "GET", "path": "/integrations"}});
    let answer = ResponseTemplate::new(429)
        .insert_header("retry-after", "17")
        .insert_header("x-ratelimit-limit", "200")
        .insert_header("x-ratelimit-reset", "1700000000")
        .set_body_json(body);
    let stub = Stub::answering(answer).await;
    let Error::RateLimited(limited) = told(stub.bowline.list_integrations().await) else {
        panic!("not limited")
    };
    assert_eq!(limited.retry_after, Some(Duration::from_secs(17)));
    assert_eq!((limited.limit, limited.reset_at), (Some(200), Some(1_700_000_000)));

    // A gateway in front of the server may limit too.
    let stub = Stub::answering(ResponseTemplate::new(429).set_body_string("slow down")).await;
    let error = told(stub.bowline.list_integrations().await);
    assert!(matches!(error, Error::RateLimited(_)) && error.retry_after().is_none(), "{error}");
}

#[tokio::test]
async fn pages_and_redirects_are_told_from_answers_of_the_api() {
    let page = || ResponseTemplate::new(200).set_body_raw(format!("<html>{HUSH}</html>"), "text/html");
    let stub = Stub::answering(page()).await;
    for error in
        [told(stub.bowline.list_integrations().await), told(stub.bowline.delete_integration("k").await)]
    {
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{error}");
        assert!(error.to_string().contains("check that the host is the address of the API"), "{error}");
    }
    let stub =
        Stub::answering(ResponseTemplate::new(502).set_body_raw("<h1>Bad gateway</h1>", "text/html")).await;
    let error = told(stub.bowline.list_integrations().await);
    assert_eq!(error.status().unwrap().as_u16(), 502);

    let elsewhere = Stub::json(json!({"data": []})).await;
    let address = elsewhere.server.uri().replace("http://", &format!("http://ada:{HUSH}@"));
    let location = format!("{address}/integrations?token={HUSH}");
    let stub = Stub::answering(ResponseTemplate::new(302).insert_header("location", location)).await;
    let error = told(stub.bowline.list_integrations().await);
    assert!(error.to_string().contains("set the host to the final address"), "{error}");
    assert_eq!(elsewhere.count().await, 0, "the key must not go there");
}

#[tokio::test]
async fn an_error_on_the_proxys_path_is_the_providers_unless_it_is_one_of_the_servers_codes() {
    let body = json!({"error": {"code": "quota", "message": HUSH}});
    let stub = Stub::answering(ResponseTemplate::new(403).set_body_json(body.clone())).await;
    let Error::Upstream(error) = told(stub.bowline.get("k", "c", "/x").await) else { panic!("the server's") };
    assert_eq!((error.status.as_u16(), error.json()), (403, Some(body)));

    let body = json!({"error": {"code": "unknown_provider_config", "message": "no such integration"}});
    let stub = Stub::answering(ResponseTemplate::new(404).set_body_json(body)).await;
    assert!(matches!(told(stub.bowline.get("k", "c", "/x").await), Error::Api(_)));

    let body = json!({"error": {"code": "too_many_request"}});
    let stub = Stub::answering(ResponseTemplate::new(429).set_body_json(body)).await;
    assert!(matches!(told(stub.bowline.get("k", "c", "/x").await), Error::RateLimited(_)));

    let limited = ResponseTemplate::new(429).insert_header("retry-after", "5").set_body_string("slow down");
    let stub = Stub::answering(limited).await;
    let error = told(stub.bowline.get("k", "c", "/x").await);
    assert!(matches!(error, Error::Upstream(_)), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));

    let moved = ResponseTemplate::new(304);
    let stub = Stub::answering(moved).await;
    assert!(matches!(told(stub.bowline.get("k", "c", "/x").await), Error::Upstream(_)));
}
