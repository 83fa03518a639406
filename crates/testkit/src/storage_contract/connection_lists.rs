//! Lists of connections: order, pages and filters.

use bowline_domain::connection::{ConnectionContent, ConnectionFilter, EndUser, NewConnection};
use bowline_domain::environment::Environment;
use bowline_domain::integration::Integration;

use super::TestStorage;
use super::fixtures::*;

async fn keys(db: &TestStorage, env: &Environment, filter: ConnectionFilter) -> Vec<String> {
    let listed = db.list_connections(env.id, &filter).await.expect("a read");
    listed.into_iter().map(|line| line.key.as_str().to_owned()).collect()
}

async fn github(db: &TestStorage) -> (Environment, Integration) {
    let env = environment(&**db, "dev").await;
    let github = integration(&**db, env.id, "github").await;
    (env, github)
}

async fn with_content(db: &TestStorage, integration: &Integration, key: &str, content: ConnectionContent) {
    let new = NewConnection { content, ..new_connection(integration.id, key) };
    connection_from(&**db, integration, new).await;
}

fn user(id: &str, email: Option<&str>, display_name: Option<&str>) -> ConnectionContent {
    let end_user = EndUser {
        id: id.to_owned(),
        email: email.map(str::to_owned),
        display_name: display_name.map(str::to_owned),
        tags: None,
        organization: None,
    };
    ConnectionContent { end_user: Some(end_user), ..content() }
}

pub async fn a_line_shows_what_the_connection_has(db: TestStorage) {
    let (env, github) = github(&db).await;
    let content = ConnectionContent {
        metadata: Some(metadata(r#"{"b":1,"a":2}"#)),
        tags: tags(&[("team", "A")]),
        end_user: Some(end_user("u1")),
        ..content()
    };
    with_content(&db, &github, "c", content.clone()).await;
    let listed = db.list_connections(env.id, &any_connection()).await.expect("a read");
    let line = &listed[0];
    assert_eq!(
        (line.key.as_str(), &line.integration_key, &line.provider),
        ("c", &github.key, &github.provider)
    );
    assert_eq!((&line.metadata, &line.tags), (&content.metadata, &content.tags));
    assert_eq!((&line.end_user, &line.failure, line.created_at), (&content.end_user, &None, at(0)));
}

pub async fn the_newest_come_first_and_equal_times_by_falling_number(db: TestStorage) {
    let (env, github) = github(&db).await;
    for (key, seconds) in [("a", 5), ("b", 9), ("c", 5), ("d", 1)] {
        let new = NewConnection { created_at: at(seconds), ..new_connection(github.id, key) };
        connection_from(&*db, &github, new).await;
    }
    assert_eq!(keys(&db, &env, any_connection()).await, ["b", "c", "a", "d"]);
}

pub async fn pages_show_every_line_once(db: TestStorage) {
    let (env, github) = github(&db).await;
    for n in 0..23 {
        connection(&*db, &github, &format!("c{n}")).await;
    }
    let mut seen = Vec::new();
    for offset in [0, 10, 20, 30] {
        let page = keys(&db, &env, ConnectionFilter { limit: 10, offset, ..any_connection() }).await;
        assert!(page.len() <= 10);
        seen.extend(page);
    }
    assert_eq!(seen, keys(&db, &env, any_connection()).await);
    let beyond = ConnectionFilter { offset: u64::MAX, ..any_connection() };
    assert!(keys(&db, &env, beyond).await.is_empty());
    let none = ConnectionFilter { limit: 0, ..any_connection() };
    assert!(keys(&db, &env, none).await.is_empty());
}

pub async fn a_key_filter_is_exact_over_all_integrations(db: TestStorage) {
    let (env, github) = github(&db).await;
    let slack = integration(&*db, env.id, "slack").await;
    for (of, key) in [(&github, "c"), (&slack, "c"), (&github, "C"), (&github, "cc")] {
        connection(&*db, of, key).await;
    }
    let filter = ConnectionFilter { key: Some("c".to_owned()), ..any_connection() };
    assert_eq!(keys(&db, &env, filter).await, ["c", "c"]);
}

pub async fn a_search_looks_in_key_email_and_name_in_any_case(db: TestStorage) {
    let (env, github) = github(&db).await;
    with_content(&db, &github, "Needle-key", content()).await;
    with_content(&db, &github, "b", user("x", Some("NEEDLE@example.com"), None)).await;
    with_content(&db, &github, "c", user("x", None, Some("Mr. neeDle"))).await;
    with_content(&db, &github, "d", user("needle", None, None)).await;
    with_content(&db, &github, "e", content()).await;
    let filter = ConnectionFilter { search: Some("nEEdle".to_owned()), ..any_connection() };
    assert_eq!(keys(&db, &env, filter).await, ["c", "b", "Needle-key"]);
}

pub async fn a_search_follows_a_changed_end_user(db: TestStorage) {
    let (env, github) = github(&db).await;
    let made = connection(&*db, &github, "c").await;
    let patch = bowline_domain::connection::ConnectionPatch {
        end_user: user("x", Some("later@example.com"), None).end_user,
        ..Default::default()
    };
    db.update_connection(env.id, made.id, patch, at(1)).await.expect("a write");
    let filter = ConnectionFilter { search: Some("LATER@".to_owned()), ..any_connection() };
    assert_eq!(keys(&db, &env, filter).await, ["c"]);
}

pub async fn wildcards_in_a_search_are_plain_characters(db: TestStorage) {
    let (env, github) = github(&db).await;
    for (key, name) in [("a", "100% sure"), ("b", "100 sure"), ("c", "under_score"), ("d", "underXscore")] {
        with_content(&db, &github, key, user("x", None, Some(name))).await;
    }
    with_content(&db, &github, "e", user("x", None, Some(r"back\slash"))).await;
    with_content(&db, &github, "f", user("x", None, Some("backslash"))).await;
    for (search, expected) in [("0%", "a"), ("r_s", "c"), (r"k\s", "e")] {
        let filter = ConnectionFilter { search: Some(search.to_owned()), ..any_connection() };
        assert_eq!(keys(&db, &env, filter).await, [expected], "searching {search}");
    }
}

pub async fn end_user_and_organization_filters_are_exact(db: TestStorage) {
    let (env, github) = github(&db).await;
    for (key, id) in [("a", "u1"), ("b", "u2"), ("c", "u1x")] {
        with_content(&db, &github, key, ConnectionContent { end_user: Some(end_user(id)), ..content() })
            .await;
    }
    connection(&*db, &github, "d").await;
    let by_user = ConnectionFilter { end_user_id: Some("u1".to_owned()), ..any_connection() };
    assert_eq!(keys(&db, &env, by_user).await, ["a"]);
    let by_organization = ConnectionFilter { organization_id: Some("org-u2".to_owned()), ..any_connection() };
    assert_eq!(keys(&db, &env, by_organization).await, ["b"]);
}

pub async fn any_of_the_named_integrations_is_shown(db: TestStorage) {
    let (env, github) = github(&db).await;
    for key in ["slack", "jira"] {
        let other = integration(&*db, env.id, key).await;
        connection(&*db, &other, key).await;
    }
    connection(&*db, &github, "github").await;
    let integration_keys = vec!["jira".to_owned(), "github".to_owned(), "none".to_owned()];
    let filter = ConnectionFilter { integration_keys, ..any_connection() };
    assert_eq!(keys(&db, &env, filter).await, ["github", "jira"]);
}

pub async fn all_of_the_named_tags_must_match_exactly(db: TestStorage) {
    let (env, github) = github(&db).await;
    for (key, pairs) in [
        ("a", &[("team", "A"), ("plan.x", "pro")][..]),
        ("b", &[("team", "A")]),
        ("c", &[("team", "a"), ("plan.x", "pro")]),
        ("d", &[("plan.x", "A"), ("team", "pro")]),
    ] {
        with_content(&db, &github, key, ConnectionContent { tags: tags(pairs), ..content() }).await;
    }
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let one = ConnectionFilter { tags: vec![pair("team", "A")], ..any_connection() };
    assert_eq!(keys(&db, &env, one).await, ["b", "a"]);
    let two = ConnectionFilter { tags: vec![pair("team", "A"), pair("plan.x", "pro")], ..any_connection() };
    assert_eq!(keys(&db, &env, two).await, ["a"]);
    let odd = ConnectionFilter { tags: vec![pair(r#""'$."#, "%")], ..any_connection() };
    assert!(keys(&db, &env, odd).await.is_empty());
}

pub async fn filters_combine_with_and(db: TestStorage) {
    let (env, github) = github(&db).await;
    let slack = integration(&*db, env.id, "slack").await;
    let tagged =
        ConnectionContent { tags: tags(&[("team", "A")]), end_user: Some(end_user("u1")), ..content() };
    with_content(&db, &github, "hit", tagged.clone()).await;
    with_content(&db, &slack, "hit", tagged.clone()).await;
    with_content(&db, &github, "other", tagged.clone()).await;
    with_content(&db, &github, "hit-2", ConnectionContent { tags: tags(&[]), ..tagged }).await;
    let filter = ConnectionFilter {
        key: Some("hit".to_owned()),
        search: Some("U1@EXAMPLE".to_owned()),
        end_user_id: Some("u1".to_owned()),
        organization_id: Some("org-u1".to_owned()),
        integration_keys: vec!["github".to_owned()],
        tags: vec![("team".to_owned(), "A".to_owned())],
        ..any_connection()
    };
    let listed = db.list_connections(env.id, &filter).await.expect("a read");
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].key.as_str(), &listed[0].integration_key), ("hit", &github.key));
}
