//! Calls to the provider: what arrives there, and what comes back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bowline_sdk::Error;
use bowline_sdk::proxy::{CursorPages, LinkPages, OffsetPages, Paging};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::{Value, json};

use super::place::{ADA, API_KEY, Place};

super::on_both! {
    every_verb_and_body_arrives_as_it_was_sent
    answers_come_back_as_the_provider_gave_them
    all_pages_of_a_list_come_one_after_the_other
    retries_of_the_server_are_asked_for
}

/// What the simulator says of a request.
async fn echoed(call: bowline_sdk::proxy::ProxyCall) -> Value {
    call.await.unwrap().json().await.unwrap()
}

fn header<'a>(echo: &'a Value, name: &str) -> Option<&'a str> {
    let headers = echo["headers"].as_array().unwrap();
    headers.iter().find(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(name))?[1].as_str()
}

fn body(echo: &Value) -> String {
    String::from_utf8(STANDARD.decode(echo["body_base64"].as_str().unwrap()).unwrap()).unwrap()
}

async fn every_verb_and_body_arrives_as_it_was_sent(place: Place) {
    place.connect_by_key().await;
    let (bowline, path) = (&place.bowline, "/echo/a%2Fb?x=1");
    let title = json!({"title": "ü"});
    for (method, call) in [
        ("GET", bowline.get(API_KEY, ADA, path)),
        ("POST", bowline.post(API_KEY, ADA, path).json(&title)),
        ("PUT", bowline.put(API_KEY, ADA, path).json(&title)),
        ("PATCH", bowline.patch(API_KEY, ADA, path).json(&title)),
        ("DELETE", bowline.delete(API_KEY, ADA, path)),
    ] {
        let echo = echoed(call.query("y", "2 3").header("X-Custom", "1")).await;
        assert_eq!(echo["method"], method);
        assert_eq!(echo["path"], "/api/echo/a%2Fb");
        assert_eq!(echo["query"], "x=1&y=2+3");
        assert_eq!(header(&echo, "x-custom"), Some("1"));
        assert_eq!(header(&echo, "x-api-key"), Some("sim-key-ada"));
        if !matches!(method, "GET" | "DELETE") {
            assert_eq!(body(&echo), title.to_string(), "{echo}");
        }
    }
    let form = echoed(bowline.post(API_KEY, ADA, "/echo").form([("a", "1 2"), ("b", "ü")])).await;
    assert_eq!(body(&form), "a=1+2&b=%C3%BC");
    assert_eq!(header(&form, "content-type"), Some("application/x-www-form-urlencoded"));

    let chunks = stream::iter([Ok::<_, std::io::Error>(Bytes::from("one ")), Ok(Bytes::from("two"))]);
    let streamed = echoed(bowline.post(API_KEY, ADA, "/echo").body_stream("text/plain", chunks)).await;
    assert_eq!(body(&streamed), "one two");
    let bytes = echoed(bowline.put(API_KEY, ADA, "/echo").body("text/csv", "a;b\n")).await;
    assert_eq!((body(&bytes).as_str(), header(&bytes, "content-type")), ("a;b\n", Some("text/csv")));

    let file = Part::bytes(vec![0_u8, 255]).file_name("a.bin");
    let form = Form::new().text("name", "ada").part("file", file);
    let parts = echoed(bowline.post(API_KEY, ADA, "/multipart").multipart(form)).await;
    assert_eq!(parts["parts"], 2, "{parts}");
}

async fn answers_come_back_as_the_provider_gave_them(place: Place) {
    place.connect_by_key().await;
    let bowline = &place.bowline;
    for status in [200, 201, 202, 204] {
        let answer = bowline.get(API_KEY, ADA, &format!("/status/{status}")).await.unwrap();
        assert_eq!(answer.status(), status);
    }
    let answer = bowline.get(API_KEY, ADA, "/headers?X-Provider=yes").await.unwrap();
    assert_eq!(answer.headers()["x-provider"], "yes");
    let all: Vec<u8> = (0..=255).collect();
    let binary = bowline.get(API_KEY, ADA, "/binary").await.unwrap();
    assert_eq!(binary.bytes().await.unwrap(), all);

    let Error::Upstream(error) = bowline.get(API_KEY, ADA, "/binary?status=418").await.unwrap_err() else {
        panic!("not the provider's error")
    };
    assert_eq!((error.status.as_u16(), error.body.to_vec()), (418, all.clone()));
    assert!(error.request_id.is_some());
    let welcome = bowline.get(API_KEY, ADA, "/binary?status=418").any_status().await.unwrap();
    assert_eq!(welcome.status(), 418);
    let chunks: Vec<Bytes> = welcome.stream().try_collect().await.unwrap();
    assert_eq!(chunks.concat(), all);

    let Error::Api(error) = bowline.get(API_KEY, "nobody", "/user").await.unwrap_err() else {
        panic!("not the server's error")
    };
    assert_eq!(error.status.as_u16(), 400, "{error}");
    let Error::Api(error) = bowline.get("nothing", ADA, "/user").await.unwrap_err() else {
        panic!("not the server's error")
    };
    assert_eq!((error.status.as_u16(), error.code.as_str()), (404, "unknown_provider_config"));
    let cut = bowline.get(API_KEY, ADA, "/truncated?bytes=100000&sent=10").await.unwrap();
    assert!(matches!(cut.bytes().await.unwrap_err(), Error::Transport(_)));
}

#[derive(Deserialize)]
struct Issue {
    id: u64,
}

async fn all_pages_of_a_list_come_one_after_the_other(place: Place) {
    place.connect_by_key().await;
    let (by_cursor, by_offset) = (
        Paging::Cursor(CursorPages::new("next_cursor", "cursor").items("issues")),
        Paging::Offset(OffsetPages::items_skipped("offset").items("issues")),
    );
    let short = Paging::Offset(OffsetPages::items_skipped("offset").page_size(40).items("issues"));
    for (path, paging) in [
        ("/issues?limit=40", by_cursor),
        ("/issues-offset?limit=40", by_offset),
        ("/issues-offset?limit=40", short),
        ("/issues-link?per_page=40", Paging::Link(LinkPages::header())),
    ] {
        let call = place.bowline.get(API_KEY, ADA, path);
        let issues: Vec<Issue> = call.paginate(paging).try_collect().await.unwrap();
        let ids: Vec<u64> = issues.iter().map(|issue| issue.id).collect();
        assert_eq!(ids, (1..=250).collect::<Vec<_>>(), "{path}");
    }
}

async fn retries_of_the_server_are_asked_for(place: Place) {
    place.connect_by_key().await;
    let failing = "/flaky?times=1&status=503&key=one";
    let Error::Upstream(error) = place.bowline.get(API_KEY, ADA, failing).await.unwrap_err() else {
        panic!("it did not fail")
    };
    assert_eq!(error.status.as_u16(), 503);
    let limited = "/rate-limited?style=retry-after&times=1&key=two&after=1";
    let answer = place.bowline.get(API_KEY, ADA, limited).retries(1).await.unwrap();
    assert_eq!(answer.status(), 200);
}
