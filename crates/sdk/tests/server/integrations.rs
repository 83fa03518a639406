//! Providers, integrations, what is deployed, variables, keys.

use std::collections::BTreeMap;

use bowline_sdk::integrations::{IntegrationCredentials, OAuthApp};

use super::place::{OAUTH, Place};

super::on_both! {
    the_catalogue_can_be_searched
    an_integration_lives_from_creation_to_deletion
    a_quickstart_without_an_app_of_the_operator_is_refused
    an_environment_without_functions_says_so_in_every_form
    the_webhook_signing_key_can_be_rotated
}

async fn the_catalogue_can_be_searched(place: Place) {
    let all = place.bowline.list_providers().await.unwrap();
    assert!(all.len() > 900, "{}", all.len());
    let found = place.bowline.list_providers().search("github").await.unwrap();
    assert!(found.iter().any(|provider| provider.name == "github"));
    assert!(found.iter().all(|provider| provider.name.as_str().contains("github")));
    let github = place.bowline.get_provider("github").await.unwrap();
    assert_eq!((github.display_name.as_str(), github.auth_mode.as_str()), ("GitHub (User OAuth)", "OAUTH2"));
    assert!(place.bowline.get_provider_templates("github").await.unwrap().is_empty());
    assert!(github.more.contains_key("token_url"), "{:?}", github.more.keys());
}

async fn an_integration_lives_from_creation_to_deletion(place: Place) {
    place.create_oauth_integration().await;
    let list = place.bowline.list_integrations().await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].unique_key.as_str(), list[0].provider.as_str()), (OAUTH, OAUTH));
    assert!(list[0].credentials.is_none());

    let whole = place.bowline.get_integration(OAUTH).include_credentials().include_webhook().await.unwrap();
    let Some(IntegrationCredentials::OAuth2(app)) = &whole.credentials else { panic!("{whole:?}") };
    assert_eq!(app.client_secret.as_ref().unwrap().expose(), "sim-secret");
    assert!(!format!("{whole:?}").contains("sim-secret"));

    let app = OAuthApp::new("other", "newer").scopes(["read"]);
    let updated = place
        .bowline
        .update_integration(OAUTH)
        .display_name("Renamed")
        .forward_webhooks(false)
        .credentials(&IntegrationCredentials::OAuth2(app))
        .await
        .unwrap();
    assert_eq!((updated.display_name.as_str(), updated.forward_webhooks), ("Renamed", Some(false)));
    assert_eq!(updated.unique_key, OAUTH);
    let untouched = place.bowline.update_integration(OAUTH).await.unwrap();
    assert_eq!(untouched.display_name, "Renamed");

    place.bowline.delete_integration(OAUTH).await.unwrap();
    let gone = place.bowline.get_integration(OAUTH).await.unwrap_err();
    assert_eq!((gone.status().unwrap().as_u16(), gone.code()), (404, Some("not_found")));
}

async fn a_quickstart_without_an_app_of_the_operator_is_refused(place: Place) {
    let refused =
        place.bowline.create_quickstart_integration("github", "g").display_name("G").await.unwrap_err();
    assert_eq!(refused.code(), Some("invalid_body"), "{refused}");
}

async fn an_environment_without_functions_says_so_in_every_form(place: Place) {
    assert!(place.bowline.get_scripts_config().await.unwrap().is_empty());
    assert!(place.bowline.get_function_tools().await.unwrap().is_empty());
    assert!(place.bowline.get_environment_variables().await.unwrap().is_empty());
}

async fn the_webhook_signing_key_can_be_rotated(place: Place) {
    let first = place.bowline.rotate_webhook_signing_key().await.unwrap();
    let second = place.bowline.rotate_webhook_signing_key().await.unwrap();
    assert_ne!(first, second);
    // The key is for verifying, and the client takes it.
    place.client().webhook_signing_key(second).build().unwrap();
    let refused = place.bowline.create_integration("github", "g").custom(&BTreeMap::new()).await.unwrap_err();
    assert_eq!(refused.code(), Some("invalid_body"), "{refused}");
}
