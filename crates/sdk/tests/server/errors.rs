//! Refusals of the server, as a caller matches on them.

use std::time::Duration;

use bowline_sdk::{Error, RetryPolicy};
use serde_json::json;

use super::place::{ADA, API_KEY, Place};

super::on_both! {
    a_wrong_key_an_unknown_name_and_a_wrong_field_are_told_apart
    ids_of_any_characters_reach_the_server_whole
}

async fn a_wrong_key_an_unknown_name_and_a_wrong_field_are_told_apart(place: Place) {
    let stranger = place.client().secret_key("22222222-2222-4222-8222-222222222222").build().unwrap();
    let Error::Api(error) = stranger.list_integrations().await.unwrap_err() else { panic!("not refused") };
    assert_eq!((error.status.as_u16(), error.code.as_str()), (401, "unknown_account"));
    assert!(error.request_id.is_some());

    let Error::Api(error) = place.bowline.get_integration("nothing").await.unwrap_err() else {
        panic!("found")
    };
    assert_eq!((error.status.as_u16(), error.code.as_str()), (404, "not_found"));

    let Error::Api(error) = place.bowline.create_integration("no-such-provider", "k").await.unwrap_err()
    else {
        panic!("made")
    };
    assert_eq!((error.status.as_u16(), error.code.as_str()), (400, "invalid_body"));
    assert_eq!(error.errors[0].path, ["provider"]);

    place.connect_by_key().await;
    let wrong = place.bowline.set_metadata(API_KEY, ADA, &json!([1])).await.unwrap_err();
    assert_eq!(wrong.code(), Some("invalid_body"), "{wrong}");
}

async fn ids_of_any_characters_reach_the_server_whole(place: Place) {
    place.connect_by_key().await;
    let id = r#"a/b c:d=e+f~[g]|@${h}"'\_-"#;
    let credentials = bowline_sdk::credentials::NewCredentials::api_key("sim-key-odd");
    place.bowline.import_connection(API_KEY, credentials).connection_id(id).await.unwrap();
    assert_eq!(place.bowline.get_connection(API_KEY, id).await.unwrap().connection_id, id);
    assert_eq!(place.bowline.list_connections().connection_id(id).await.unwrap().len(), 1);
    let user = place.bowline.get(API_KEY, id, "/user").await.unwrap();
    assert_eq!(user.status(), 200);
    place.bowline.delete_connection(API_KEY, id).await.unwrap();

    for id in ["", "..", "a\nb"] {
        let refused = place.bowline.get(API_KEY, id, "/user").await;
        if id == ".." {
            // A header can hold it; the server has no such connection.
            assert!(matches!(refused.unwrap_err(), Error::Api(_)));
        } else {
            assert!(matches!(refused.unwrap_err(), Error::InvalidArgument { .. }), "{id:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sixth_call_in_a_minute_of_five_is_told_how_long_to_wait() {
    let place = Place::with(&[("BOWLINE_RATE_LIMIT_PER_MINUTE", "5")]).await;
    for _ in 0..5 {
        place.bowline.list_integrations().await.unwrap();
    }
    let error = place.bowline.list_integrations().await.unwrap_err();
    let Error::RateLimited(limited) = &error else { panic!("{error}") };
    let wait = limited.retry_after.unwrap();
    assert!((1..=60).contains(&wait.as_secs()), "{wait:?}");
    assert_eq!(limited.limit, Some(5));
    assert!(limited.reset_at.is_some() && limited.request_id.is_some());
    assert_eq!(error.code(), Some("too_many_request"));

    // A policy that will not wait so long gives up at once; one call more would not have worked.
    let hasty = RetryPolicy::new(3).max_wait(Duration::from_millis(500));
    let again = place.bowline.list_integrations().retry(hasty).await.unwrap_err();
    assert!(matches!(again, Error::RateLimited(_)));
    let proxied = place.bowline.get(API_KEY, ADA, "/user").await.unwrap_err();
    assert!(matches!(proxied, Error::RateLimited(_)), "{proxied}");
}
