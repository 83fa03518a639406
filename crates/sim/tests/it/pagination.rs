//! Three paginations of one set, each complete and without repetition.

use serde_json::{Value, json};

use crate::support::{API_KEY, World};

fn ids(issues: &Value) -> Vec<u64> {
    issues.as_array().unwrap().iter().map(|issue| issue["id"].as_u64().unwrap()).collect()
}

fn all_ids() -> Vec<u64> {
    (1..=250).collect()
}

#[tokio::test]
async fn cursors_lead_through_all_issues() {
    let world = World::start().await;
    let mut seen = Vec::new();
    let mut path = "/api/issues?limit=60".to_owned();
    loop {
        let page = world.get(&path).await.json();
        seen.extend(ids(&page["issues"]));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/issues?limit=60&cursor={cursor}");
    }
    assert_eq!(seen, all_ids());
    assert_eq!(world.get("/api/issues?cursor=nonsense").await.code(), 400);
}

#[tokio::test]
async fn offsets_lead_through_all_issues() {
    let world = World::start().await;
    let mut seen = Vec::new();
    while seen.len() < 250 {
        let page = world.get(&format!("/api/issues-offset?offset={}&limit=100", seen.len())).await.json();
        assert_eq!(page["total"], 250);
        seen.extend(ids(&page["issues"]));
    }
    assert_eq!(seen, all_ids());
    assert_eq!(world.get("/api/issues-offset?offset=250").await.json()["issues"], json!([]));
}

#[tokio::test]
async fn links_lead_through_all_issues() {
    let world = World::start().await;
    let mut seen = Vec::new();
    let mut path = Some("/api/issues-link?per_page=70".to_owned());
    while let Some(current) = path {
        let page = world.get(&current).await;
        seen.extend(ids(&page.json()));
        let next =
            page.header("link").split(", ").find(|link| link.ends_with("rel=\"next\"")).map(str::to_owned);
        path = next.map(|link| {
            let url = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
            url.strip_prefix(world.simulator.base_url()).unwrap().to_owned()
        });
    }
    assert_eq!(seen, all_ids());
}

#[tokio::test]
async fn issues_can_be_created_changed_and_deleted() {
    let world = World::start().await;
    let created = world.post_json("/api/issues", &json!({ "title": "New", "priority": 4 })).await;
    assert_eq!((created.code(), &created.json()["id"]), (201, &json!(251)));
    let changed = world.send("PATCH", "/api/issues/251", &[API_KEY], r#"{"state":"closed"}"#).await.json();
    assert_eq!((&changed["title"], &changed["state"]), (&json!("New"), &json!("closed")));
    let since = "/api/issues?updated_since=2025-01-01T00:00:00.000Z";
    assert_eq!(ids(&world.get(since).await.json()["issues"]), [251]);
    assert_eq!(world.send("DELETE", "/api/issues/251", &[API_KEY], "").await.code(), 204);
    assert_eq!(world.get("/api/issues/251").await.code(), 404);
    assert_eq!(world.post_json("/api/issues", &json!([])).await.code(), 400);
}

#[tokio::test]
async fn the_size_of_the_set_can_be_configured() {
    let world = World::start().await;
    world.control.configure(|config| config.api.issues = 3);
    assert_eq!(ids(&world.get("/api/issues").await.json()["issues"]), [1, 2, 3]);
}
