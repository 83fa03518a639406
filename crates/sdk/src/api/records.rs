//! Records that syncs have written.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use futures_util::stream::Stream;
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::call::{Call, Endpoint, at_least_one, endpoint};
use crate::client::Bowline;
use crate::error::{Error, Result};
use crate::http::decode;
use crate::http::path::Path;
use crate::http::request::RequestSpec;
use crate::ids::{ConnectionId, Cursor, IntegrationKey, Model, Variant};

/// A record: your model, and what the server knows of it. It derefs to the model.
///
/// Servers send `id` as text, whatever a sync saved.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound = "R: DeserializeOwned")]
pub struct Record<R> {
    /// The record itself. A deleted one may have nothing but its id: give your type defaults, or read such
    /// records as [`Value`].
    #[serde(flatten)]
    pub record: R,
    /// What the server knows of it.
    #[serde(rename = "_nango_metadata")]
    pub metadata: RecordMetadata,
}

impl<R> std::ops::Deref for Record<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.record
    }
}

/// What the server knows of a record.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct RecordMetadata {
    /// When it was first saved, ISO 8601.
    pub first_seen_at: String,
    /// When it last changed, ISO 8601.
    pub last_modified_at: String,
    /// What changed last.
    pub last_action: RecordAction,
    /// When it was deleted, ISO 8601.
    pub deleted_at: Option<String>,
    /// When its content was pruned, ISO 8601.
    pub pruned_at: Option<String>,
    /// Its place among the model's records.
    pub cursor: Option<Cursor>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// What last happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum RecordAction {
    /// It is new.
    #[serde(alias = "added")]
    Added,
    /// It changed.
    #[serde(alias = "updated")]
    Updated,
    /// It was deleted.
    #[serde(alias = "deleted")]
    Deleted,
}

impl RecordAction {
    fn as_filter(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// A page of records, in the order in which they last changed.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound = "R: DeserializeOwned")]
#[non_exhaustive]
pub struct RecordPage<R> {
    /// The records.
    pub records: Vec<Record<R>>,
    /// Where the next page begins; none after the last.
    pub next_cursor: Option<Cursor>,
}

/// How much was pruned.
#[derive(Debug, Clone, Copy, Deserialize)]
#[non_exhaustive]
pub struct Pruned {
    /// Records that lost their content.
    pub count: u64,
    /// Whether there are more up to the cursor.
    pub has_more: bool,
}

endpoint!(
    /// [`Bowline::list_records`]
    ListRecords<R>: RecordPage<R>
);
endpoint!(
    /// [`Bowline::prune_records`]
    PruneRecords: Pruned
);

impl Bowline {
    /// Records of a model, in the order in which they last changed. `GET /records`
    ///
    /// Awaited, it gives one page; [`stream`](Call::stream) gives all.
    ///
    /// ```
    /// # async fn run(bowline: bowline_sdk::Bowline) -> bowline_sdk::Result<()> {
    /// #[derive(serde::Deserialize)]
    /// struct Issue {
    ///     id: String,
    ///     title: String,
    /// }
    ///
    /// let page = bowline.list_records::<Issue>("github", "user-1", "Issue").limit(10).await?;
    /// for issue in &page.records {
    ///     println!("{} {} {:?}", issue.id, issue.title, issue.metadata.last_action);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_records<R: DeserializeOwned + Send>(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
        model: impl Into<Model>,
    ) -> Call<ListRecords<R>> {
        Call::new(self, Method::GET, Ok(Path::fixed("/records")))
            .id_query("model", "model", model.into().as_str())
            .connection_headers(integration.into().as_str(), connection.into().as_str())
    }

    /// Empties the content of records up to and including a cursor, oldest first; their metadata stays.
    /// `PATCH /records/prune`
    pub fn prune_records(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
        model: impl Into<Model>,
        until: impl Into<Cursor>,
    ) -> Call<PruneRecords> {
        Call::new(self, Method::PATCH, Ok(Path::fixed("/records/prune")))
            .id_field("model", "model", model.into().as_str())
            .id_field("until", "until_cursor", until.into().as_str())
            .connection_headers(integration.into().as_str(), connection.into().as_str())
    }
}

impl<R> Call<ListRecords<R>> {
    /// Only records that changed at or after this moment, ISO 8601 in UTC.
    pub fn modified_after(self, moment: &str) -> Self {
        self.query("modified_after", moment)
    }

    /// At most this many a page; up to 10,000.
    pub fn limit(self, limit: u32) -> Self {
        self.with(|request| {
            request.set_query("limit", at_least_one("limit", limit)?);
            Ok(())
        })
    }

    /// Only records behind this place.
    pub fn cursor(self, cursor: impl Into<Cursor>) -> Self {
        let cursor = cursor.into();
        self.with(|request| {
            crate::http::path::check_text("cursor", cursor.as_str())?;
            request.set_query("cursor", cursor);
            Ok(())
        })
    }

    /// Only records to which one of these happened last.
    pub fn filter(self, actions: impl IntoIterator<Item = RecordAction>) -> Self {
        let actions: Vec<_> = actions.into_iter().map(RecordAction::as_filter).collect();
        self.id_query("filter", "filter", &actions.join(","))
    }

    /// Only these records; up to 100.
    pub fn ids<S: AsRef<str>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        let mut ids = ids.into_iter().peekable();
        if ids.peek().is_none() {
            // No parameter would mean all records.
            return self.with(|_| Err(Error::invalid("ids", "is an empty list")));
        }
        for id in ids {
            self = self.id_query("ids", "ids", id.as_ref());
        }
        self
    }

    /// Records of a variant of the sync.
    pub fn variant(self, variant: impl Into<Variant>) -> Self {
        self.id_query("variant", "variant", variant.into().as_str())
    }
}

impl<R: DeserializeOwned + Send + 'static> Call<ListRecords<R>> {
    /// All records that match, page by page.
    ///
    /// ```
    /// # async fn run(bowline: bowline_sdk::Bowline, stored: Option<String>) -> bowline_sdk::Result<()> {
    /// use futures_util::TryStreamExt;
    ///
    /// let mut call = bowline.list_records::<serde_json::Value>("github", "user-1", "Issue");
    /// if let Some(cursor) = stored {
    ///     call = call.cursor(cursor); // go on where the last run ended
    /// }
    /// let mut records = call.stream();
    /// while let Some(record) = records.try_next().await? {
    ///     println!("{:?}", record.metadata.last_action);
    /// }
    /// let next_time = records.cursor().cloned(); // store this
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> RecordStream<R> {
        let cursor = self.request.as_ref().ok().and_then(|request| {
            let (_, cursor) = request.query.iter().find(|(name, _)| name == "cursor")?;
            Some(Cursor::from(cursor))
        });
        RecordStream {
            client: self.client,
            request: Some(self.request),
            ready: VecDeque::new(),
            next: Next::Page,
            seen: cursor.clone(),
            page: cursor,
        }
    }
}

impl Call<PruneRecords> {
    /// Records of a variant of the sync.
    pub fn variant(self, variant: impl Into<Variant>) -> Self {
        self.id_field("variant", "variant", variant.into().as_str())
    }

    /// At most this many; up to 10,000.
    pub fn limit(self, limit: u32) -> Self {
        self.with(|request| request.field("limit", at_least_one("limit", limit)?))
    }
}

/// All records of a model, page by page.
///
/// After an error it can be polled again: it asks for the same page once more, and neither skips a record nor gives
/// one twice.
#[must_use = "a stream does nothing unless it is polled"]
pub struct RecordStream<R> {
    client: Bowline,
    request: Option<Result<RequestSpec>>,
    ready: VecDeque<Record<R>>,
    next: Next<R>,
    /// Where the next page begins.
    page: Option<Cursor>,
    /// The place of the last record that was given out.
    seen: Option<Cursor>,
}

enum Next<R> {
    /// A page has to be asked for.
    Page,
    /// It was asked for.
    Asked(BoxFuture<'static, Result<RecordPage<R>>>),
    /// There are no more.
    End,
}

impl<R> RecordStream<R> {
    /// The place of the last record that was given out, from which a later stream goes on.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.seen.as_ref()
    }
}

impl<R: DeserializeOwned + Send + 'static> RecordStream<R> {
    fn ask(&mut self) -> Result<BoxFuture<'static, Result<RecordPage<R>>>> {
        let template = match self.request.take() {
            Some(request) => request?,
            // The arguments were wrong, which was told.
            None => return Err(Error::invalid("stream", "has ended with an error in its arguments")),
        };
        let mut request = template.again().expect("it has no body");
        self.request = Some(Ok(template));
        if let Some(cursor) = &self.page {
            request.set_query("cursor", cursor);
        }
        let client = self.client.clone();
        Ok(Box::pin(async move {
            let answer = client.send_for_answer(request).await?;
            ListRecords::<R>::output(decode::from_slice(answer.json_body()?)?)
        }))
    }

    fn take_page(&mut self, page: RecordPage<R>) {
        self.ready = page.records.into();
        self.next = match page.next_cursor {
            Some(cursor) => {
                self.page = Some(cursor);
                Next::Page
            }
            None => Next::End,
        };
    }
}

// Nothing in it is pinned in place: the future is boxed.
impl<R> Unpin for RecordStream<R> {}

impl<R: DeserializeOwned + Send + 'static> Stream for RecordStream<R> {
    type Item = Result<Record<R>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                if let Some(cursor) = &record.metadata.cursor {
                    self.seen = Some(cursor.clone());
                }
                return Poll::Ready(Some(Ok(record)));
            }
            match &mut self.next {
                Next::End => return Poll::Ready(None),
                Next::Page => match self.ask() {
                    Ok(asked) => self.next = Next::Asked(asked),
                    Err(error) => {
                        self.next = Next::End;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
                Next::Asked(asked) => match ready!(asked.as_mut().poll(context)) {
                    Ok(page) if page.next_cursor.is_some() && page.next_cursor == self.page => {
                        self.next = Next::End;
                        let problem = "goes in a circle: the server gave the same one again";
                        return Poll::Ready(Some(Err(Error::invalid("cursor", problem))));
                    }
                    Ok(page) => self.take_page(page),
                    Err(error) => {
                        self.next = Next::Page;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
            }
        }
    }
}
