//! The requests that are built.

use super::*;

/// Name, exchange and refresh of every dialect, a line each.
const EXPECTED: &str = include_str!("requests.txt");

#[test]
fn every_dialect_builds_the_requests_written_down_beside_this_test() {
    let held = credentials(json!({"access_token": "at", "refresh_token": "rt"}));
    let mut built = String::new();
    for name in table::DIALECTS.iter().flat_map(|dialect| dialect.names) {
        let secret = if *name == "revolut-business" { KEY } else { SECRET };
        let exchange = exchange_with(name, secret, &config()).map(|call| shown(&call));
        let refresh = refresh_with(name, secret, &held).map(|call| shown(&call));
        built.push_str(&format!("{name}\n  {}\n  {}\n", exchange.unwrap(), refresh.unwrap()));
    }
    for (built, expected) in built.lines().zip(EXPECTED.lines()) {
        assert_eq!(built, expected);
    }
    assert_eq!(built.lines().count(), EXPECTED.lines().count());
}

#[test]
fn the_dialect_is_found_by_name_or_by_the_name_of_the_alias() {
    assert_eq!(Dialect::of(&provider("meta-marketing-api")).names, ["facebook"]);
    assert_eq!(Dialect::of(&provider("one-drive")).names, ["one-drive", "sharepoint-online"]);
    assert!(Dialect::of(&provider("microsoft")).names.is_empty());
    assert!(Dialect::of(&provider("github")).names.is_empty());
}

#[test]
fn every_name_is_a_provider_and_stands_once() {
    let mut names: Vec<&str> = table::DIALECTS.iter().flat_map(|dialect| dialect.names).copied().collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for name in names {
        assert_eq!(provider(name).name, name);
    }
}

#[test]
fn only_some_tokens_are_renewed_without_a_refresh_token() {
    let bare = credentials(json!({"access_token": "at"}));
    for (name, expected) in [
        ("facebook", true),
        ("instagram", true),
        ("threads", true),
        ("microsoft-admin", true),
        ("shopline-oauth", true),
        ("meta-marketing-api", true),
        ("slack", false),
        ("github", false),
    ] {
        assert_eq!(refresh_proof(&provider(name)) != RefreshProof::RefreshToken, expected, "{name}");
        match refresh_with(name, SECRET, &bare) {
            Ok(_) => assert!(expected, "{name}"),
            Err(error) => assert_eq!((error.code(), expected), ("missing_refresh_token", false), "{name}"),
        }
    }
}

#[test]
fn no_definition_puts_another_grant_type_into_a_refresh() {
    let held = credentials(json!({"access_token": "at", "refresh_token": "rt"}));
    for name in ["ahrefs", "aircall", "bitly", "eventbrite", "vimeo", "webflow", "wordpress"] {
        let call = refresh_with(name, SECRET, &held).unwrap().call;
        assert_eq!(call.params["grant_type"], "refresh_token", "{name}");
    }
}

#[test]
fn refresh_urls_are_honoured_whoever_names_one() {
    let held = credentials(json!({"access_token": "at", "refresh_token": "rt"}));
    for name in ["trustpilot", "bing-webmasters", "dropbox-sign"] {
        let template = provider(name).refresh_url.unwrap();
        let call = refresh_with(name, SECRET, &held).unwrap().call;
        assert_eq!(call.url.as_str(), template, "{name}");
    }
}

#[test]
fn settings_a_header_needs_are_asked_for_by_name() {
    let none = Map::new();
    let mut portal = Map::new();
    portal.insert("portalRoute".to_owned(), "p.example".into());
    for (name, config, code) in [
        ("walmart", &none, "missing_walmart_seller_id"),
        ("absorb-lms", &portal, "missing_connection_config"),
    ] {
        assert_eq!(exchange_with(name, SECRET, config).err().unwrap().code(), code);
    }
}

#[test]
fn mercury_sends_the_client_in_a_header_only() {
    let line = shown(&exchange_with("mercury", SECRET, &config()).unwrap());
    assert!(line.contains("<id:***> form code=c0de") && !line.contains("client_id"), "{line}");
}

#[test]
fn the_scope_of_an_admin_consent_has_a_default() {
    let provider = provider("microsoft-admin");
    let call = on_exchange(&provider, SECRET, &config(), |grant| {
        let bare = Grant { scope: String::new(), base: Vec::new(), extra: Map::new(), ..*grant };
        bare.prepare(Dialect::of(&provider), &Dialect::of(&provider).exchange).unwrap().call
    });
    assert_eq!(call.params["scope"], "https://graph.microsoft.com/.default");
}

#[test]
fn revolut_is_told_the_host_of_the_callback_also_later() {
    let held = credentials(json!({"access_token": "at", "refresh_token": "rt"}));
    for prepared in
        [exchange_with("revolut-business", KEY, &config()), refresh_with("revolut-business", KEY, &held)]
    {
        let call = prepared.unwrap().call;
        let assertion = call.params["client_assertion"].as_str().unwrap();
        let claims = assertion.split('.').nth(1).unwrap();
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
        let expected =
            json!({"iss": "b.example", "sub": "id", "aud": "https://revolut.com", "exp": 1_700_000_300});
        assert_eq!(serde_json::from_slice::<Value>(&claims).unwrap(), expected);
        assert!(call.secrets.iter().any(|secret| secret == assertion));
    }
}

#[test]
fn the_start_of_a_secret_is_a_secret_too() {
    let held = credentials(json!({"access_token": "at", "refresh_token": "rt"}));
    let call = refresh_with("agiloft", SECRET, &held).unwrap().call;
    assert!(call.secrets.contains(&SECRET[..20].to_owned()));
}

#[test]
fn further_calls_are_built_from_the_same_client() {
    let provider = provider("microsoft-teams-bot");
    let (bot, sharepoint, session, long) = on_exchange(&provider, SECRET, &config(), |grant| {
        (
            shown(&microsoft::build_bot(grant).unwrap()),
            shown(&microsoft::build_sharepoint(grant, "t-1", "sp-rt").unwrap()),
            shown(&bullhorn::build(grant, "at").unwrap()),
            shown(&meta::build(grant, &meta::THREADS, "at").unwrap()),
        )
    });
    assert_eq!(
        bot,
        "POST https://login.microsoftonline.com/t-2/oauth2/v2.0/token form client_id=id client_secret=*** \
         grant_type=client_credentials scope=https://api.botframework.com/.default"
    );
    assert_eq!(
        sharepoint,
        "POST https://login.microsoftonline.com/t-1/oauth2/v2.0/token form client_id=id client_secret=*** \
         grant_type=refresh_token refresh_token=sp-rt scope=https://t-1.sharepoint.com/Sites.Read.All"
    );
    assert_eq!(
        session,
        "POST https://rest-west.bullhornstaffing.com/rest-services/login query access_token=at ttl=10080 version=*"
    );
    assert_eq!(
        long,
        "GET https://graph.threads.net/access_token query access_token=at client_secret=*** \
         grant_type=th_exchange_token"
    );
}

#[test]
fn a_tenant_that_would_bend_the_url_is_refused() {
    let provider = provider("one-drive");
    for tenant in ["../x", "a/b", "a?b", "..", "t@evil.example"] {
        let built = on_exchange(&provider, SECRET, &config(), |grant| {
            microsoft::build_sharepoint(grant, tenant, "rt").map(|call| shown(&call))
        });
        assert_eq!(built.unwrap_err().code(), "invalid_token_url", "{tenant}");
    }
}
