//! A deterministic set of issues that callers can page through and change.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::to_iso;
use crate::reply::{self, Reply};
use crate::state::State;

const ISSUES_MAX: usize = 100_000;
const TITLE_BYTES_MAX: usize = 10_000;
/// 2024-01-01: generated issues are an hour apart from here on.
const FIRST_CREATED_AT_MS: i64 = 1_704_067_200_000;
const HOUR_MS: i64 = 3_600_000;

#[derive(Clone, Serialize)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    title: String,
    state: String,
    priority: u64,
    assignee: String,
    created_at: String,
    pub(crate) updated_at: String,
}

pub(crate) struct IssueSet {
    issues: BTreeMap<u64, Issue>,
    last_id: u64,
}

impl IssueSet {
    pub(crate) fn generate(count: usize) -> Self {
        let last_id = count.min(ISSUES_MAX) as u64;
        Self { issues: (1..=last_id).map(|id| (id, Issue::generated(id))).collect(), last_id }
    }

    /// The issues a page is cut from, by id, and updated after `updated_since` (RFC 3339, UTC) if given.
    pub(crate) fn select(&self, updated_since: Option<&str>) -> impl Iterator<Item = &Issue> {
        // All times have one format, so they compare as text.
        self.issues.values().filter(move |issue| updated_since.is_none_or(|since| *issue.updated_at > *since))
    }

    fn create(&mut self, fields: &Value, now_ms: i64) -> Option<Issue> {
        if self.issues.len() >= ISSUES_MAX {
            return None;
        }
        self.last_id += 1;
        let mut issue = Issue::generated(self.last_id);
        issue.created_at = to_iso(now_ms);
        issue.state = "open".to_owned();
        issue.apply(fields, now_ms);
        self.issues.insert(issue.id, issue.clone());
        Some(issue)
    }
}

impl Issue {
    fn generated(id: u64) -> Self {
        let at = to_iso(FIRST_CREATED_AT_MS + i64::try_from(id).unwrap_or_default() * HOUR_MS);
        Self {
            id,
            title: format!("Issue number {id}"),
            state: if id.is_multiple_of(3) { "closed" } else { "open" }.to_owned(),
            priority: id % 5,
            assignee: format!("user-{}", id % 7),
            created_at: at.clone(),
            updated_at: at,
        }
    }

    fn apply(&mut self, fields: &Value, now_ms: i64) {
        for (name, field) in
            [("title", &mut self.title), ("state", &mut self.state), ("assignee", &mut self.assignee)]
        {
            let text = fields.get(name).and_then(Value::as_str);
            if let Some(text) = text.filter(|text| text.len() <= TITLE_BYTES_MAX) {
                text.clone_into(field);
            }
        }
        self.priority = fields.get("priority").and_then(Value::as_u64).unwrap_or(self.priority);
        self.updated_at = to_iso(now_ms);
    }
}

pub(crate) fn create(state: &State, call: &Call) -> Reply {
    let Some(fields) = call.json_body().filter(Value::is_object) else {
        return reply::error(StatusCode::BAD_REQUEST, "bad_request", "the body must be a JSON object");
    };
    match state.issues.lock().create(&fields, state.now_ms()) {
        Some(issue) => reply::json(StatusCode::CREATED, &json!(issue)),
        None => reply::error(StatusCode::INSUFFICIENT_STORAGE, "full", "the set cannot hold more issues"),
    }
}

/// `/api/issues/{id}`
pub(crate) fn one(state: &State, call: &Call, id: &str) -> Reply {
    let mut set = state.issues.lock();
    let Some(issue) = id.parse().ok().and_then(|id: u64| set.issues.get_mut(&id)) else {
        return reply::error(StatusCode::NOT_FOUND, "not_found", "no such issue");
    };
    match call.method {
        Method::GET => reply::ok(&json!(issue)),
        Method::PATCH | Method::PUT => {
            issue.apply(&call.json_body().unwrap_or_default(), state.now_ms());
            reply::ok(&json!(issue))
        }
        Method::DELETE => {
            let id = issue.id;
            set.issues.remove(&id);
            reply::empty(StatusCode::NO_CONTENT)
        }
        _ => reply::error(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "use GET, PATCH or DELETE"),
    }
}
