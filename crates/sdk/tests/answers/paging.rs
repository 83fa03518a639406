//! Pages of a provider's list: where they end.

use bowline_sdk::Error;
use bowline_sdk::proxy::{CursorPages, LinkPages, OffsetPages, Paging};
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::stub::{Stub, told};

fn json_page(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

async fn numbers(stub: &Stub, paging: Paging) -> bowline_sdk::Result<Vec<u32>> {
    stub.bowline.get("k", "c", "/list?size=2").paginate::<u32>(paging).try_collect().await
}

async fn targets(stub: &Stub) -> Vec<String> {
    let target = |request: &wiremock::Request| request.url[url::Position::BeforePath..].to_owned();
    stub.requests().await.iter().map(target).collect()
}

#[tokio::test]
async fn a_cursor_leads_on_until_there_is_none() {
    let stub = Stub::in_turn([
        json_page(json!({"meta": {"next": 7}, "items": [1, 2]})),
        json_page(json!({"meta": {"next": "last"}})),
        json_page(json!({"meta": {"next": ""}, "items": [3]})),
    ])
    .await;
    let paging = Paging::Cursor(CursorPages::new("meta.next", "after").items("items"));
    assert_eq!(numbers(&stub, paging).await.unwrap(), [1, 2, 3]);
    assert_eq!(
        targets(&stub).await,
        ["/proxy/list?size=2", "/proxy/list?size=2&after=7", "/proxy/list?size=2&after=last"]
    );
}

#[tokio::test]
async fn a_cursor_or_link_that_repeats_itself_ends_with_an_error() {
    let stub = Stub::json(json!({"next": "same", "items": [1]})).await;
    let paging = Paging::Cursor(CursorPages::new("next", "after").items("items"));
    let error = told(numbers(&stub, paging).await);
    assert!(error.to_string().contains("goes in a circle"), "{error}");
    assert_eq!(stub.count().await, 2);

    let stub = Stub::json(json!({"next": "/list?size=2", "items": [1]})).await;
    let error = told(numbers(&stub, Paging::Link(LinkPages::body("next").items("items"))).await);
    assert!(error.to_string().contains("goes in a circle"), "{error}");

    let turn = |next: &str| json_page(json!({"next": next, "items": [1]}));
    let stub = Stub::in_turn([turn("a"), turn("b"), turn("a")]).await;
    let paging = Paging::Cursor(CursorPages::new("next", "after").items("items"));
    told(numbers(&stub, paging).await);
    assert_eq!(stub.count().await, 3);
}

#[tokio::test]
async fn a_parameter_of_the_endpoint_is_replaced_and_not_sent_twice() {
    let stub = Stub::in_turn([json_page(json!([1])), json_page(json!([]))]).await;
    let call = stub.bowline.get("k", "c", "/list?page=7&size=2");
    let paging = Paging::Offset(OffsetPages::page_number("page", 1));
    let list: Vec<u32> = call.paginate::<u32>(paging).try_collect().await.unwrap();
    assert_eq!(list, [1]);
    assert_eq!(targets(&stub).await, ["/proxy/list?size=2&page=1", "/proxy/list?size=2&page=2"]);
}

#[tokio::test]
async fn a_link_in_the_answer_may_be_an_address_a_path_or_a_query() {
    let stub = Stub::in_turn([
        json_page(json!({"next": "https://api.example.com/list?page=2", "items": [1]})),
        json_page(json!({"next": "/list?page=3", "items": [2]})),
        json_page(json!({"next": "?page=4", "items": [3]})),
        json_page(json!({"next": null, "items": [4]})),
    ])
    .await;
    let paging = Paging::Link(LinkPages::body("next").items("items"));
    assert_eq!(numbers(&stub, paging).await.unwrap(), [1, 2, 3, 4]);
    assert_eq!(
        targets(&stub).await,
        [
            "/proxy/list?size=2",
            "/proxy/https://api.example.com/list?page=2",
            "/proxy/list?page=3",
            "/proxy/list?page=4"
        ]
    );
}

#[tokio::test]
async fn pages_by_number_end_with_an_empty_or_a_short_one() {
    let stub = Stub::in_turn([json_page(json!([1, 2])), json_page(json!([3])), json_page(json!([]))]).await;
    let paging = Paging::Offset(OffsetPages::page_number("page", 1));
    assert_eq!(numbers(&stub, paging).await.unwrap(), [1, 2, 3]);
    assert_eq!(stub.count().await, 3);

    let stub = Stub::in_turn([json_page(json!([1, 2])), json_page(json!([3]))]).await;
    let paging = Paging::Offset(OffsetPages::items_skipped("skip").page_size(2));
    assert_eq!(numbers(&stub, paging).await.unwrap(), [1, 2, 3]);
    assert_eq!(targets(&stub).await, ["/proxy/list?size=2&skip=0", "/proxy/list?size=2&skip=2"]);
}

#[tokio::test]
async fn a_page_of_another_shape_and_a_body_that_is_used_up_are_errors() {
    let stub = Stub::json(json!({"items": [1]})).await;
    let error = told(numbers(&stub, Paging::Offset(OffsetPages::items_skipped("skip"))).await);
    assert!(matches!(error, Error::Decode(_)), "{error}");

    let body = stream::iter([Ok::<_, std::io::Error>(Bytes::from("x"))]);
    let call = stub.bowline.post("k", "c", "/search").body_stream("text/plain", body);
    let paging = Paging::Cursor(CursorPages::new("next", "after").items("items"));
    let result: bowline_sdk::Result<Vec<u32>> = call.paginate::<u32>(paging).try_collect().await;
    assert!(matches!(told(result), Error::InvalidArgument { .. }));
}
