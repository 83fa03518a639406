//! Every `METHOD /pattern` the router answers.

use crate::app::TestApp;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Asks the router itself: whatever it does not call a missing route is one.
pub async fn served(app: &TestApp) -> Vec<String> {
    let mut served = Vec::new();
    for pattern in app.http.route_patterns() {
        let path = pattern.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        for method in METHODS {
            let answer = app.call(&format!("{method} {path}"), &[], "").await;
            let is_missing = answer.status == 404 && answer.body.contains("There is no route");
            if !is_missing {
                served.push(format!("{method} {pattern}"));
            }
        }
    }
    served.sort();
    served
}

#[tokio::test]
async fn each_pattern_serves_something() {
    let app = TestApp::start().await;
    let served = served(&app).await;
    let patterns = app.http.route_patterns();
    assert!(patterns.len() > 25, "{patterns:?}");
    for pattern in patterns {
        assert!(served.iter().any(|line| line.ends_with(&format!(" {pattern}"))), "{pattern}");
    }
}
