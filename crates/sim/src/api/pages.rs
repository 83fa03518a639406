//! Three ways to page through the same issues.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};
use serde_json::json;

use crate::call::{Call, Fields};
use crate::reply::{self, Reply};
use crate::state::State;

use super::issues::{self, Issue};

const DEFAULT_LIMIT: u64 = 50;
const LIMIT_MAX: usize = 10_000;

pub(crate) fn cursor_or_create(state: &State, call: &Call) -> Reply {
    if call.method == Method::POST {
        return issues::create(state, call);
    }
    let query = call.query();
    match query.get("cursor").filter(|cursor| !cursor.is_empty()).map(decode_cursor) {
        None => cursor_page(state, &query, 0),
        Some(Some(after_id)) => cursor_page(state, &query, after_id),
        Some(None) => reply::error(StatusCode::BAD_REQUEST, "bad_cursor", "the cursor is not one of ours"),
    }
}

fn cursor_page(state: &State, query: &Fields, after_id: u64) -> Reply {
    let limit = limit(state, query, "limit");
    let set = state.issues.lock();
    let mut rest = set.select(query.get("updated_since")).filter(|issue| issue.id > after_id);
    let page: Vec<&Issue> = rest.by_ref().take(limit).collect();
    let next = page.last().filter(|_| rest.next().is_some()).map(|last| encode_cursor(last.id));
    reply::ok(&json!({ "issues": page, "next_cursor": next, "has_more": next.is_some() }))
}

pub(crate) fn offset(state: &State, call: &Call) -> Reply {
    let query = call.query();
    let limit = limit(state, &query, "limit");
    let offset = query.number("offset", 0, u64::from(u32::MAX)) as usize;
    let set = state.issues.lock();
    let total = set.select(query.get("updated_since")).count();
    let page: Vec<&Issue> = set.select(query.get("updated_since")).skip(offset).take(limit).collect();
    reply::ok(&json!({ "issues": page, "total": total, "offset": offset, "limit": limit }))
}

/// The body is the bare list; where to go on stands in the Link header (RFC 8288).
pub(crate) fn link(state: &State, call: &Call) -> Reply {
    let query = call.query();
    let per_page = limit(state, &query, "per_page");
    let page = query.number("page", 1, u64::from(u32::MAX)).max(1) as usize;
    let set = state.issues.lock();
    let pages = set.select(query.get("updated_since")).count().div_ceil(per_page).max(1);
    let listed: Vec<&Issue> =
        set.select(query.get("updated_since")).skip((page - 1) * per_page).take(per_page).collect();
    let mut answer = reply::ok(&json!(listed));
    let base = format!("{}{}", state.base_url, call.path);
    reply::set(&mut answer, "link", link_header(&base, &query, page, pages));
    answer
}

fn link_header(base: &str, query: &Fields, page: usize, pages: usize) -> String {
    let target = |number: usize| {
        let mut kept = form_urlencoded::Serializer::new(String::new());
        // A link must not carry the caller's key into logs.
        kept.extend_pairs(query.iter().filter(|(name, _)| !matches!(*name, "page" | "api_key")));
        kept.append_pair("page", &number.to_string());
        format!("{base}?{}", kept.finish())
    };
    let mut relations = Vec::new();
    if page > 1 {
        relations.push((1, "first"));
        relations.push((page - 1, "prev"));
    }
    if page < pages {
        relations.push((page + 1, "next"));
        relations.push((pages, "last"));
    }
    let links: Vec<String> =
        relations.into_iter().map(|(number, rel)| format!("<{}>; rel=\"{rel}\"", target(number))).collect();
    links.join(", ")
}

fn limit(state: &State, query: &Fields, name: &str) -> usize {
    let max = state.config.lock().api.page_limit_max.clamp(1, LIMIT_MAX) as u64;
    query.number(name, DEFAULT_LIMIT, max).max(1) as usize
}

fn encode_cursor(after_id: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("after:{after_id}"))
}

fn decode_cursor(cursor: &str) -> Option<u64> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    decoded.strip_prefix("after:")?.parse().ok()
}
