//! Records, page by page.

use bowline_sdk::records::RecordAction;
use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::stub::{Stub, told};

#[derive(Debug, Deserialize)]
struct Issue {
    id: String,
    title: Option<String>,
}

fn record(number: u32) -> Value {
    json!({
        "id": number.to_string(), "title": "t", "_nango_metadata": {
            "deleted_at": null, "last_action": "ADDED", "first_seen_at": "2023-09-18T15:20:35.941305+00:00",
            "last_modified_at": "2023-09-18T15:20:35.941305+00:00", "pruned_at": null, "cursor": format!("c{number}"),
        },
    })
}

fn page(numbers: std::ops::Range<u32>, next: Option<&str>) -> ResponseTemplate {
    let records: Vec<Value> = numbers.map(record).collect();
    ResponseTemplate::new(200).set_body_json(json!({"records": records, "next_cursor": next}))
}

#[tokio::test]
async fn a_record_is_the_model_and_what_the_server_knows_of_it() {
    let stub = Stub::answering(page(1..2, None)).await;
    let page = stub.bowline.list_records::<Issue>("k", "c", "Issue").await.unwrap();
    let issue = &page.records[0];
    assert_eq!((issue.id.as_str(), issue.title.as_deref()), ("1", Some("t")));
    assert_eq!(issue.metadata.last_action, RecordAction::Added);
    assert_eq!(issue.metadata.first_seen_at, "2023-09-18T15:20:35.941305+00:00");
    assert_eq!(issue.metadata.cursor.as_ref().unwrap(), "c1");
    assert!(issue.metadata.deleted_at.is_none() && page.next_cursor.is_none());
}

#[tokio::test]
async fn a_stream_goes_through_all_pages_and_knows_where_it_stands() {
    let stub = Stub::in_turn([page(0..2, Some("c1")), page(2..4, Some("c3")), page(4..5, None)]).await;
    let mut records = stub.bowline.list_records::<Issue>("k", "c", "Issue").cursor("start").limit(2).stream();
    assert_eq!(records.cursor().unwrap(), "start");
    let mut ids = Vec::new();
    while let Some(issue) = records.try_next().await.unwrap() {
        ids.push(issue.id.clone());
        assert_eq!(records.cursor().unwrap().as_str(), format!("c{}", issue.id));
    }
    assert_eq!(ids, ["0", "1", "2", "3", "4"]);
    assert!(records.next().await.is_none());
    let queries: Vec<String> =
        stub.requests().await.iter().map(|request| request.url.query().unwrap().to_owned()).collect();
    assert_eq!(
        queries,
        [
            "model=Issue&limit=2&cursor=start",
            "model=Issue&limit=2&cursor=c1",
            "model=Issue&limit=2&cursor=c3"
        ]
    );
}

#[tokio::test]
async fn after_an_error_a_stream_goes_on_without_a_gap_or_a_repetition() {
    let error = ResponseTemplate::new(500).set_body_json(json!({"error": {"code": "server_error"}}));
    let stub = Stub::in_turn([page(0..2, Some("c1")), error, page(2..4, None)]).await;
    let mut records = stub.bowline.list_records::<Issue>("k", "c", "Issue").stream();
    let (mut ids, mut errors) = (Vec::new(), 0);
    while let Some(item) = records.next().await {
        match item {
            Ok(issue) => ids.push(issue.id.clone()),
            Err(_) => errors += 1,
        }
    }
    assert_eq!((ids.join(","), errors), ("0,1,2,3".to_owned(), 1));
}

#[tokio::test]
async fn a_stream_with_a_wrong_argument_says_so_once_and_ends() {
    let stub = Stub::answering(page(0..1, None)).await;
    let mut records = stub.bowline.list_records::<Issue>("k", "", "Issue").stream();
    told(records.next().await.unwrap());
    assert!(records.next().await.is_none());
    assert_eq!(stub.count().await, 0);
}

#[tokio::test]
async fn connections_are_streamed_from_the_page_and_in_the_size_that_was_asked_for() {
    let connection =
        |id: u32| json!({"id": id, "connection_id": "c", "provider_config_key": "k", "provider": "p"});
    let full =
        ResponseTemplate::new(200).set_body_json(json!({"connections": [connection(1), connection(2)]}));
    let rest = ResponseTemplate::new(200).set_body_json(json!({"connections": [connection(3)]}));
    let stub = Stub::in_turn([full, rest]).await;
    let list: Vec<_> = stub.bowline.list_connections().limit(2).page(4).stream().try_collect().await.unwrap();
    assert_eq!(list.len(), 3);
    let queries: Vec<String> =
        stub.requests().await.iter().map(|request| request.url.query().unwrap().to_owned()).collect();
    assert_eq!(queries, ["limit=2&page=4", "limit=2&page=5"]);
}

#[tokio::test]
async fn a_cursor_that_leads_to_itself_ends_the_stream_with_an_error() {
    let stub = Stub::answering(page(0..0, Some("same"))).await;
    let mut records = stub.bowline.list_records::<Issue>("k", "c", "Issue").stream();
    told(records.next().await.unwrap());
    assert!(records.next().await.is_none());
    assert_eq!(stub.count().await, 2);
}
