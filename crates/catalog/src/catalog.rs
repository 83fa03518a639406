//! The catalogue itself: names, wire texts, and typed providers on demand.

use std::{
    borrow::Cow,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use bowline_domain::provider::Provider;

use crate::{
    overlay::{self, CatalogError},
    search,
};

/// Resolved wire objects, one after the other.
static BLOB: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.json"));
/// Name, start and end in [`BLOB`], sorted by name.
static INDEX: &[(&str, usize, usize)] = include!(concat!(env!("OUT_DIR"), "/index.rs"));

/// Every known provider, sorted by name. Cheap to make, cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Catalog {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: Cow<'static, str>,
    wire: Cow<'static, str>,
    parsed: OnceLock<Option<Arc<Provider>>>,
}

impl Entry {
    fn new(name: Cow<'static, str>, wire: Cow<'static, str>) -> Self {
        Self { name, wire, parsed: OnceLock::new() }
    }
}

impl Catalog {
    /// The built-in providers. Parses nothing.
    pub fn builtin() -> Self {
        let entry = |&(name, start, end): &(&'static str, usize, usize)| {
            Entry::new(Cow::Borrowed(name), Cow::Borrowed(&BLOB[start..end]))
        };
        Self { entries: INDEX.iter().map(entry).collect() }
    }

    /// The built-in providers with files or folders laid over them; of equal names the last one counts.
    ///
    /// A file holds one provider in our layout, or a map of name to wire object as in the reference's
    /// `providers.yaml`. Aliases may point to built-in providers; built-in aliases keep pointing to what was
    /// built in.
    pub fn overlay(paths: &[PathBuf]) -> Result<Self, CatalogError> {
        let mut catalog = Self::builtin();
        for (name, wire) in overlay::read(&catalog, paths, false)? {
            catalog.insert(name, wire.to_string());
        }
        Ok(catalog)
    }

    fn insert(&mut self, name: String, wire: String) {
        let position = self.position(&name);
        let entry = Entry::new(Cow::Owned(name), Cow::Owned(wire));
        match position {
            Ok(at) => self.entries[at] = entry,
            Err(at) => self.entries.insert(at, entry),
        }
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|entry| entry.name.as_ref().cmp(name))
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.position(name).ok().map(|at| &self.entries[at])
    }

    /// The typed provider, parsed at its first use.
    pub fn find(&self, name: &str) -> Option<Arc<Provider>> {
        let entry = self.entry(name)?;
        // Every entry was parsed once when it was checked (at build or overlay time), so `None` never stays.
        let parse = || Provider::from_wire_json(&entry.name, &entry.wire).ok().map(Arc::new);
        entry.parsed.get_or_init(parse).clone()
    }

    /// The JSON text of one wire object, without `name` and `logo_url`.
    pub fn wire(&self, name: &str) -> Option<&str> {
        self.entry(name).map(|entry| entry.wire.as_ref())
    }

    /// Name and JSON text of every provider whose name matches `search`.
    pub fn list_wire<'a>(&'a self, search: Option<&'a str>) -> impl Iterator<Item = (&'a str, &'a str)> {
        let entries = self.entries.iter().map(|entry| (entry.name.as_ref(), entry.wire.as_ref()));
        entries.filter(move |(name, _)| search.is_none_or(|search| search::matches(name, search)))
    }

    /// All names, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_ref())
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::builtin()
    }
}
