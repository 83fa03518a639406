//! Connect sessions.

use bowline_sdk::Error;
use bowline_sdk::connections::EndUser;

use super::place::{ADA, API_KEY, Place};

super::on_both! {
    a_session_is_opened_shown_and_ended
    a_session_for_an_existing_connection_says_so
    a_session_for_what_does_not_exist_is_refused
}

async fn a_session_is_opened_shown_and_ended(place: Place) {
    place.connect_by_key().await;
    let user = EndUser::new("user-1").email("ada@example.com");
    let opening = place.bowline.create_connect_session().end_user(&user).allowed_integrations([API_KEY]);
    let session = opening.confirm_account(true).manage_connections(true).await.unwrap();
    let link = session.connect_link.as_ref().unwrap();
    assert!(link.expose().ends_with(session.token.expose()));

    let details = place.bowline.get_connect_session(&session.token).await.unwrap();
    assert_eq!(details.end_user.unwrap().email.as_deref(), Some("ada@example.com"));
    assert_eq!(details.allowed_integrations.unwrap(), [API_KEY]);
    assert!(!details.is_reconnecting);

    place.bowline.delete_connect_session(&session.token).await.unwrap();
    let Err(Error::Api(error)) = place.bowline.get_connect_session(&session.token).await else {
        panic!("it is still there")
    };
    assert_eq!((error.status.as_u16(), error.code.as_str()), (401, "unknown_connect_session_token"));
}

async fn a_session_for_an_existing_connection_says_so(place: Place) {
    place.connect_by_key().await;
    let opening = place.bowline.create_reconnect_session(API_KEY, ADA).allow_other_account(true);
    let session = opening.await.unwrap();
    let details = place.bowline.get_connect_session(&session.token).await.unwrap();
    assert!(details.is_reconnecting);
    assert_eq!(details.allowed_integrations.unwrap(), [API_KEY]);
}

async fn a_session_for_what_does_not_exist_is_refused(place: Place) {
    let user = EndUser::new("user-1");
    let opening = place.bowline.create_connect_session().end_user(&user).allowed_integrations(["nope"]);
    let Err(Error::Api(error)) = opening.await else { panic!("it was opened") };
    assert_eq!((error.status.as_u16(), error.code.as_str()), (400, "invalid_body"));
    let Err(Error::Api(error)) = place.bowline.create_reconnect_session(API_KEY, "nope").await else {
        panic!("it was opened")
    };
    assert_eq!(error.code, "invalid_body");
}
