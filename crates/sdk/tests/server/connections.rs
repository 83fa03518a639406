//! Connections, their credentials, metadata and labels.

use std::collections::{BTreeMap, BTreeSet};

use bowline_sdk::connections::{EndUser, Token};
use bowline_sdk::credentials::{Credentials, NewCredentials};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::place::{ADA, API_KEY, OAUTH, Place};

super::on_both! {
    a_connection_has_the_documented_shape_and_typed_credentials
    tokens_come_in_the_form_of_their_mode
    metadata_is_typed_replaced_and_merged
    lists_are_filtered_and_streamed_without_loss
    labels_change_and_a_deleted_connection_is_gone
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    plan: String,
    seats: Option<u32>,
}

async fn a_connection_has_the_documented_shape_and_typed_credentials(place: Place) {
    place.create_oauth_integration().await;
    let settings = Settings { plan: "pro".into(), seats: Some(3) };
    let imported = place
        .bowline
        .import_connection(OAUTH, place.oauth_credentials())
        .connection_id(ADA)
        .end_user(&EndUser::new("user-1").email("ada@example.com").display_name("Ada"))
        .metadata(&settings)
        .await
        .unwrap();
    assert_eq!(imported.connection_id, ADA);
    assert_eq!(imported.metadata, Some(settings));

    let connection = place.bowline.get_connection(OAUTH, ADA).metadata_as::<Settings>().await.unwrap();
    assert!(connection.id > 0);
    assert_eq!((connection.provider_config_key.as_str(), connection.provider.as_str()), (OAUTH, OAUTH));
    assert!(connection.created_at.is_some() && connection.updated_at.is_some());
    assert_eq!(connection.end_user.as_ref().unwrap().display_name.as_deref(), Some("Ada"));
    assert_eq!(connection.metadata.as_ref().unwrap().plan, "pro");
    let Credentials::OAuth2(token) = &connection.credentials else { panic!("{connection:?}") };
    assert!(token.refresh_token.is_none(), "it is told on request only");
    assert!(token.expires_at.is_some() && token.raw.is_some());
    let text = format!("{connection:?}");
    assert!(!text.contains(token.access_token.expose()), "{text}");

    let whole = place.bowline.get_connection(OAUTH, ADA).refresh_token().await.unwrap();
    let Credentials::OAuth2(whole) = whole.credentials else { panic!("not OAuth 2") };
    assert!(whole.refresh_token.is_some());

    let fresh = place.bowline.get_connection(OAUTH, ADA).force_refresh().await.unwrap();
    let Credentials::OAuth2(fresh) = fresh.credentials else { panic!("not OAuth 2") };
    assert_ne!(fresh.access_token, token.access_token);
}

async fn tokens_come_in_the_form_of_their_mode(place: Place) {
    place.create_oauth_integration().await;
    place.connect_by_key().await;
    place.bowline.import_connection(OAUTH, place.oauth_credentials()).connection_id(ADA).await.unwrap();

    let Token::Access(first) = place.bowline.get_token(OAUTH, ADA).await.unwrap() else { panic!("no token") };
    let Token::Access(second) = place.bowline.get_token(OAUTH, ADA).force_refresh().await.unwrap() else {
        panic!("no token")
    };
    assert_ne!(first, second);
    let raw = place.bowline.get_raw_token_response(OAUTH, ADA).await.unwrap().unwrap();
    assert_eq!(raw.text("access_token"), Some(second.expose()));

    let Token::Credentials(credentials) = place.bowline.get_token(API_KEY, ADA).await.unwrap() else {
        panic!("no credentials")
    };
    assert_eq!(credentials.token().unwrap().expose(), "sim-key-ada");
}

async fn metadata_is_typed_replaced_and_merged(place: Place) {
    place.connect_by_key().await;
    let second = NewCredentials::api_key("sim-key-grace");
    place.bowline.import_connection(API_KEY, second).connection_id("grace").await.unwrap();

    let settings = Settings { plan: "free".into(), seats: Some(1) };
    place.bowline.set_metadata(API_KEY, [ADA, "grace"], &settings).await.unwrap();
    place.bowline.update_metadata(API_KEY, ADA, &json!({"plan": "pro"})).await.unwrap();
    let ada: Option<Settings> = place.bowline.get_metadata(API_KEY, ADA).await.unwrap();
    assert_eq!(ada, Some(Settings { plan: "pro".into(), seats: Some(1) }));
    let grace: Option<Settings> = place.bowline.get_metadata(API_KEY, "grace").await.unwrap();
    assert_eq!(grace, Some(settings));

    place.bowline.set_metadata(API_KEY, ADA, &json!({"only": [1, "ü"]})).await.unwrap();
    let ada: Option<Value> = place.bowline.get_metadata(API_KEY, ADA).await.unwrap();
    assert_eq!(ada, Some(json!({"only": [1, "ü"]})));
    let wrong = place.bowline.get_metadata::<Settings>(API_KEY, ADA).await.unwrap_err();
    assert!(wrong.to_string().contains("missing field `plan`"), "{wrong}");

    let unknown = place.bowline.set_metadata(API_KEY, [ADA, "nobody"], &json!({})).await.unwrap_err();
    assert_eq!(unknown.code(), Some("unknown_connection"));
}

async fn lists_are_filtered_and_streamed_without_loss(place: Place) {
    place.bowline.create_integration(API_KEY, API_KEY).await.unwrap();
    for number in 0..123_u32 {
        let tags = BTreeMap::from([("half".to_owned(), (number % 2).to_string())]);
        let user = EndUser::new(format!("user-{number}"));
        let call = place.bowline.import_connection(API_KEY, NewCredentials::api_key("sim-key-x"));
        call.connection_id(format!("c-{number:03}")).tags(&tags).end_user(&user).await.unwrap();
    }
    let all: Vec<_> = place.bowline.list_connections().limit(50).stream().try_collect().await.unwrap();
    let ids: BTreeSet<&str> = all.iter().map(|connection| connection.connection_id.as_str()).collect();
    assert_eq!((all.len(), ids.len()), (123, 123));

    let odd: Vec<_> = place.bowline.list_connections().tag("HALF", "1").stream().try_collect().await.unwrap();
    assert_eq!(odd.len(), 61);
    let of_user = place.bowline.list_connections().end_user("user-7").await.unwrap();
    assert_eq!(of_user.len(), 1);
    assert_eq!((of_user[0].connection_id.as_str(), of_user[0].tags["half"].as_str()), ("c-007", "1"));
    assert!(of_user[0].created.is_some() && of_user[0].errors.is_empty());
    assert_eq!(place.bowline.list_connections().connection_id("c-100").await.unwrap().len(), 1);
    assert_eq!(place.bowline.list_connections().search("C-01").await.unwrap().len(), 10);
    assert_eq!(place.bowline.list_connections().limit(10).page(12).await.unwrap().len(), 3);
    assert!(place.bowline.list_connections().integrations(["other"]).await.unwrap().is_empty());

    let found = place.bowline.wait_for_connection(API_KEY, "user-9").await.unwrap();
    assert_eq!(found.connection_id, "c-009");
}

async fn labels_change_and_a_deleted_connection_is_gone(place: Place) {
    place.connect_by_key().await;
    let tags = BTreeMap::from([("team".to_owned(), "x".to_owned())]);
    place.bowline.patch_connection(API_KEY, ADA).tags(&tags).await.unwrap();
    let connection = place.bowline.get_connection(API_KEY, ADA).await.unwrap();
    assert_eq!(connection.tags, tags);
    assert!(
        matches!(connection.credentials, Credentials::ApiKey(key) if key.api_key.expose() == "sim-key-ada")
    );

    place.bowline.delete_connection(API_KEY, ADA).await.unwrap();
    let gone = place.bowline.get_connection(API_KEY, ADA).await.unwrap_err();
    assert_eq!((gone.status().unwrap().as_u16(), gone.code()), (404, Some("not_found")));
    let again = place.bowline.delete_connection(API_KEY, ADA).await.unwrap_err();
    assert_eq!((again.status().unwrap().as_u16(), again.code()), (400, Some("unknown_connection")));
}
