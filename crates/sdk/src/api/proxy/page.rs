//! All pages of a provider's list.

use std::collections::{HashSet, VecDeque};

use futures_util::stream::{Stream, try_unfold};
use http::header::LINK;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{ProxyCall, endpoint};
use crate::client::Bowline;
use crate::error::{Error, Result};
use crate::http::decode;
use crate::http::request::RequestSpec;

/// How a provider tells of its next page.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Paging {
    /// An answer holds a cursor that the next request sends.
    Cursor(CursorPages),
    /// An answer holds, or its `Link` header names, the next address.
    Link(LinkPages),
    /// A request says how many items to skip, or which page it wants.
    Offset(OffsetPages),
}

/// Pages by cursor.
#[derive(Debug, Clone)]
pub struct CursorPages {
    answer_path: String,
    parameter: String,
    items: Option<String>,
}

/// Pages by link.
#[derive(Debug, Clone)]
pub struct LinkPages {
    place: LinkPlace,
    items: Option<String>,
}

#[derive(Debug, Clone)]
enum LinkPlace {
    /// The relation in the `Link` header (RFC 8288).
    Header(String),
    /// A path in the answer.
    Body(String),
}

/// Pages by number.
#[derive(Debug, Clone)]
pub struct OffsetPages {
    parameter: String,
    start: u64,
    /// Counts pages in place of items.
    by_page: bool,
    /// A page that has fewer is the last.
    page_size: Option<u64>,
    items: Option<String>,
}

macro_rules! items_option {
    () => {
        /// Where in the answer the list stands, such as `data.issues`; without it, the answer is the list.
        #[must_use]
        pub fn items(mut self, path: impl Into<String>) -> Self {
            self.items = Some(path.into());
            self
        }
    };
}

impl CursorPages {
    /// The cursor stands at a path in the answer, such as `meta.next`, and goes into a query parameter.
    pub fn new(answer_path: impl Into<String>, parameter: impl Into<String>) -> Self {
        Self { answer_path: answer_path.into(), parameter: parameter.into(), items: None }
    }

    items_option!();
}

impl LinkPages {
    /// The next address is the `Link` header's `rel="next"`.
    pub fn header() -> Self {
        Self { place: LinkPlace::Header("next".into()), items: None }
    }

    /// The next address stands at a path in the answer, such as `links.next`.
    pub fn body(answer_path: impl Into<String>) -> Self {
        Self { place: LinkPlace::Body(answer_path.into()), items: None }
    }

    items_option!();
}

impl OffsetPages {
    /// A query parameter says how many items to skip.
    pub fn items_skipped(parameter: impl Into<String>) -> Self {
        Self { parameter: parameter.into(), start: 0, by_page: false, page_size: None, items: None }
    }

    /// A query parameter says which page is wanted.
    pub fn page_number(parameter: impl Into<String>, first: u64) -> Self {
        Self { parameter: parameter.into(), start: first, by_page: true, page_size: None, items: None }
    }

    /// How many items a full page has: one with fewer is the last, which saves asking for an empty one.
    #[must_use]
    pub fn page_size(mut self, items: u64) -> Self {
        self.page_size = Some(items);
        self
    }

    items_option!();
}

impl ProxyCall {
    /// All items of a list, page by page. Only for calls whose body is not a stream.
    ///
    /// ```
    /// # async fn run(bowline: bowline_sdk::Bowline) -> bowline_sdk::Result<()> {
    /// use bowline_sdk::proxy::{LinkPages, Paging};
    /// use futures_util::TryStreamExt;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Repository {
    ///     full_name: String,
    /// }
    ///
    /// let call = bowline.get("github", "user-1", "/user/repos").query("per_page", 100);
    /// let mut repositories = std::pin::pin!(call.paginate::<Repository>(Paging::Link(LinkPages::header())));
    /// while let Some(repository) = repositories.try_next().await? {
    ///     println!("{}", repository.full_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn paginate<T>(self, paging: Paging) -> impl Stream<Item = Result<T>> + Send + 'static
    where
        T: DeserializeOwned + Send + 'static,
    {
        let pages = Pages {
            client: self.client,
            next: Some(self.request),
            offset: match &paging {
                Paging::Offset(offset) => offset.start,
                _ => 0,
            },
            paging,
            asked: HashSet::new(),
            ready: VecDeque::new(),
        };
        try_unfold(pages, |mut pages: Pages<T>| async move {
            // A page may be empty and yet not the last.
            while pages.ready.is_empty() {
                let Some(request) = pages.next.take() else { return Ok(None) };
                pages.ask(request?).await?;
            }
            Ok(pages.ready.pop_front().map(|item| (item, pages)))
        })
    }
}

struct Pages<T> {
    client: Bowline,
    next: Option<Result<RequestSpec>>,
    paging: Paging,
    offset: u64,
    /// Every page so far.
    asked: HashSet<String>,
    ready: VecDeque<T>,
}

impl<T: DeserializeOwned> Pages<T> {
    async fn ask(&mut self, mut request: RequestSpec) -> Result<()> {
        request.split_query();
        if let Paging::Offset(offset) = &self.paging {
            request.set_query(&offset.parameter, self.offset);
        }
        if !self.asked.insert(request.target()) {
            return Err(Error::invalid(
                "paging",
                "goes in a circle: the provider leads back to a page it gave",
            ));
        }
        let template = request.again().ok_or_else(|| {
            Error::invalid("body", "is a stream, which cannot be sent for every page: send bytes")
        })?;
        let answer = self.client.send_for_answer(request).await?;
        let value: Value = decode::from_slice(&answer.body)?;
        let items = self.items(&value)?;
        let count = items.len() as u64;
        self.next = self.following(template, &value, &answer.headers, count)?.map(Ok);
        self.ready = items.into();
        Ok(())
    }

    fn items(&self, answer: &Value) -> Result<Vec<T>> {
        let path = match &self.paging {
            Paging::Cursor(pages) => &pages.items,
            Paging::Link(pages) => &pages.items,
            Paging::Offset(pages) => &pages.items,
        };
        let list = path.as_deref().map_or(Some(answer), |path| at(answer, path));
        // Where there is nothing, some providers leave the list out.
        match list {
            None | Some(Value::Null) if path.is_some() => Ok(Vec::new()),
            list => decode::from_value(list.cloned().unwrap_or_default()),
        }
    }

    /// The request for the next page, where there is one.
    fn following(
        &mut self,
        mut template: RequestSpec,
        answer: &Value,
        headers: &http::HeaderMap,
        count: u64,
    ) -> Result<Option<RequestSpec>> {
        match &self.paging {
            Paging::Cursor(pages) => {
                let Some(cursor) = at(answer, &pages.answer_path).and_then(as_text) else { return Ok(None) };
                template.set_query(&pages.parameter, cursor);
            }
            Paging::Link(pages) => {
                let link = match &pages.place {
                    LinkPlace::Header(relation) => link_header(headers, relation),
                    LinkPlace::Body(path) => at(answer, path).and_then(as_text),
                };
                let Some(link) = link else { return Ok(None) };
                let path = match link.strip_prefix('?') {
                    Some(query) => format!("{}?{query}", template.path.split('?').next().unwrap_or_default()),
                    // A whole address too: the server takes the provider's own base off, and calls no other host.
                    None => endpoint::path(&link)?.as_str().to_owned(),
                };
                // The link holds the whole query.
                template.path = path;
                template.query.clear();
            }
            Paging::Offset(pages) => {
                if count == 0 || pages.page_size.is_some_and(|size| count < size) {
                    return Ok(None);
                }
                self.offset += if pages.by_page { 1 } else { count };
            }
        }
        Ok(Some(template))
    }
}

/// The value at a path of names and numbers with dots between them.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| match value {
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        other => other.get(part),
    })
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The address with this relation in `Link` headers (RFC 8288 §3).
fn link_header(headers: &http::HeaderMap, relation: &str) -> Option<String> {
    let values = headers.get_all(LINK).into_iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(links)
        .find(|(_, parameters)| has_relation(parameters, relation))
        .map(|(address, _)| address)
}

/// Each `<address>` with what stands behind it, up to the next one.
fn links(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((address, parameters)) = after.split_once('>') else { break };
        let end = parameters.find('<').unwrap_or(parameters.len());
        found.push((address.to_owned(), parameters[..end].to_owned()));
        rest = &parameters[end..];
    }
    found
}

fn has_relation(parameters: &str, relation: &str) -> bool {
    parameters.split([';', ',']).filter_map(|parameter| parameter.trim().split_once('=')).any(
        |(name, value)| {
            let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
            name.trim().eq_ignore_ascii_case("rel") && relations.any(|one| one.eq_ignore_ascii_case(relation))
        },
    )
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use serde_json::json;

    use super::*;

    #[test]
    fn the_next_link_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(LINK, HeaderValue::from_static(r#"<https://a.example/x?page=1>; rel="prev first""#));
        headers.append(
            LINK,
            HeaderValue::from_static(r#"<https://a.example/x?page=9>;rel=last, <https://a.example/x?page=3>; title="a"; REL="Next""#),
        );
        assert_eq!(link_header(&headers, "next").as_deref(), Some("https://a.example/x?page=3"));
        assert_eq!(link_header(&headers, "first").as_deref(), Some("https://a.example/x?page=1"));
        assert_eq!(link_header(&headers, "up"), None);
    }

    #[test]
    fn a_path_leads_through_objects_and_lists() {
        let answer = json!({"data": [{"next": "c"}, {"n": 5}], "empty": ""});
        assert_eq!(at(&answer, "data.0.next").and_then(as_text).as_deref(), Some("c"));
        assert_eq!(at(&answer, "data.1.n").and_then(as_text).as_deref(), Some("5"));
        assert_eq!(at(&answer, "empty").and_then(as_text), None);
        assert_eq!(at(&answer, "data.7.next"), None);
    }
}
