//! Actions with `X-Async`, and `GET /action/{id}`

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{trigger_with, with_actions};
use crate::app::{Answer, TestApp};

/// Lets the server work off its queue until the token is dropped.
fn work(app: &TestApp) -> tokio_util::sync::DropGuard {
    let shutdown = CancellationToken::new();
    tokio::spawn(Arc::clone(&app.engine).run(true, shutdown.clone()));
    shutdown.drop_guard()
}

async fn accepted(app: &TestApp, name: &str, input: Value) -> String {
    let answer =
        trigger_with(app, &[("x-async", "true")], json!({"action_name": name, "input": input})).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.json()["statusUrl"], format!("/action/{id}"));
    assert_eq!(answer.header("location"), format!("/action/{id}"));
    id
}

async fn result(app: &TestApp, id: &str) -> Answer {
    let waiting = async {
        loop {
            let answer = app.get_as_owner(&format!("/action/{id}")).await;
            if answer.status != 404 {
                return answer;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(30), waiting).await.expect("there is a result in time")
}

#[tokio::test]
async fn the_result_is_not_found_until_it_is_there() {
    let app = with_actions(&[("echo", "return { input };")]).await;
    let id = accepted(&app, "echo", json!({"a": 1})).await;
    let answer = app.get_as_owner(&format!("/action/{id}")).await;
    assert_eq!(answer.code(), (404, "not_found".to_owned()));
    assert_eq!(answer.json()["error"]["message"], format!("No action '{id}' found"));

    let _working = work(&app);
    let answer = result(&app, &id).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, r#"{"input":{"a":1}}"#));
    assert_eq!(app.get_as(&app.prod_key, &format!("/action/{id}")).await.status, 404);
}

#[tokio::test]
async fn the_last_failure_is_the_result() {
    let app = with_actions(&[("refuse", "throw new nango.ActionError({ reason: 'full' });")]).await;
    let _working = work(&app);
    let id = accepted(&app, "refuse", json!({})).await;
    let answer = result(&app, &id).await;
    assert_eq!(answer.code(), (500, "action_script_runtime_error".to_owned()));
    assert_eq!(answer.json()["error"]["payload"], json!({"reason": "full"}));
}

#[tokio::test]
async fn actions_of_an_environment_run_one_after_the_other() {
    let body = "const m = (await nango.getMetadata()) ?? {};
        const running = (m.running ?? 0) + 1;
        await nango.updateMetadata({ running, most: Math.max(m.most ?? 0, running) });
        await new Promise((resolve) => setTimeout(resolve, 30));
        await nango.updateMetadata({ running: running - 1 });
        return running;";
    let app = with_actions(&[("count", body)]).await;
    let _working = work(&app);
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(accepted(&app, "count", json!({})).await);
    }
    for id in ids {
        assert_eq!(result(&app, &id).await.body, "1");
    }
}

#[tokio::test]
async fn what_is_no_id_is_refused_and_an_unknown_one_is_not_found() {
    let app = with_actions(&[]).await;
    assert_eq!(app.get_as_owner("/action/x").await.code(), (400, "invalid_uri_params".to_owned()));
    let unknown = "/action/2f1a52c5-6c1c-4d0e-8f0e-2f2b8a1d4c11";
    assert_eq!(app.get_as_owner(unknown).await.code(), (404, "not_found".to_owned()));
}
