//! Paths as routes see them: fixed segments in any case, one trailing slash more or less (spec `api.md` §1).

use std::borrow::Cow;

use bowline_api::error::{ErrorCode, Issue, IssueCode};
use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::percent_decode_str;

use crate::error::ApiError;

/// Whether a path belongs to the proxy, which gets its requests as they came.
pub(super) fn is_proxy(path: &str) -> bool {
    const PROXY: &str = "/proxy";
    let starts = path.get(..PROXY.len()).is_some_and(|start| start.eq_ignore_ascii_case(PROXY));
    starts && matches!(path.as_bytes().get(PROXY.len()), None | Some(b'/'))
}

/// The routes' patterns, to tell fixed segments from parameters.
#[derive(Debug, Default)]
pub(crate) struct RoutePatterns(Vec<Vec<Segment>>);

#[derive(Debug, Clone, Copy)]
enum Segment {
    Fixed(&'static str),
    /// With its braces.
    Parameter(&'static str),
}

impl RoutePatterns {
    /// Adds a pattern such as `/providers/{provider}`.
    pub fn add(&mut self, pattern: &'static str) {
        let segment = |text: &'static str| {
            if text.starts_with('{') { Segment::Parameter(text) } else { Segment::Fixed(text) }
        };
        self.0.push(pattern.split('/').skip(1).map(segment).collect());
    }

    /// The patterns as they were added.
    pub fn iter(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|segments| {
            let spelled = segments.iter().map(|segment| match segment {
                Segment::Fixed(text) | Segment::Parameter(text) => *text,
            });
            spelled.flat_map(|text| ["/", text]).collect()
        })
    }

    /// The pattern a path matches; of several the one whose fixed segments come first.
    fn find(&self, path: &[&str]) -> Option<&[Segment]> {
        let matching = self.0.iter().filter(|pattern| matches(pattern, path));
        let fixed = |pattern: &&Vec<Segment>| -> Vec<bool> {
            pattern.iter().map(|segment| matches!(segment, Segment::Fixed(_))).collect()
        };
        matching.max_by_key(fixed).map(Vec::as_slice)
    }

    /// The path as the routes spell it.
    fn canonical<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let has_slash = path.len() > 1 && path.ends_with('/');
        if !has_slash && !path.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Borrowed(path);
        }
        let trimmed = if has_slash { &path[..path.len() - 1] } else { path };
        let segments: Vec<&str> = trimmed.split('/').skip(1).collect();
        let Some(pattern) = self.find(&segments) else { return Cow::Borrowed(path) };
        let mut canonical = String::with_capacity(path.len());
        for (segment, text) in pattern.iter().zip(segments) {
            canonical.push('/');
            canonical.push_str(match segment {
                Segment::Fixed(fixed) => fixed,
                Segment::Parameter(_) => text,
            });
        }
        Cow::Owned(canonical)
    }
}

fn matches(pattern: &[Segment], path: &[&str]) -> bool {
    let matches_one = |(segment, text): (&Segment, &&str)| match segment {
        Segment::Fixed(fixed) => fixed.eq_ignore_ascii_case(text),
        Segment::Parameter(_) => !text.is_empty(),
    };
    pattern.len() == path.len() && pattern.iter().zip(path).all(matches_one)
}

/// Refuses broken escapes, and rewrites the path to how the routes spell it.
pub(super) fn normalise(uri: &mut Uri, patterns: &RoutePatterns) -> Result<(), ApiError> {
    check_escapes(uri.path())?;
    let Cow::Owned(canonical) = patterns.canonical(uri.path()) else { return Ok(()) };
    let text = match uri.query() {
        Some(query) => format!("{canonical}?{query}"),
        None => canonical,
    };
    let path_and_query = PathAndQuery::try_from(text).map_err(ApiError::unexpected)?;
    *uri = Uri::from(path_and_query);
    Ok(())
}

fn check_escapes(path: &str) -> Result<(), ApiError> {
    if !path.contains('%') {
        return Ok(());
    }
    let is_escape = |text: &str| text.len() >= 2 && text.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    let all_escape = path.split('%').skip(1).all(is_escape);
    if all_escape && percent_decode_str(path).decode_utf8().is_ok() {
        return Ok(());
    }
    let message = "Invalid percent-encoding in the path".to_owned();
    let issue = Issue { code: IssueCode::Custom, message, path: Vec::new() };
    Err(ApiError::invalid(ErrorCode::InvalidUriParams, vec![issue]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(path: &str) -> String {
        let mut patterns = RoutePatterns::default();
        for pattern in ["/connections", "/connections/metadata", "/connections/{id}", "/a/{x}/b"] {
            patterns.add(pattern);
        }
        patterns.canonical(path).into_owned()
    }

    #[test]
    fn fixed_segments_lose_their_case_and_parameters_keep_it() {
        assert_eq!(canonical("/Connections/AbC"), "/connections/AbC");
        assert_eq!(canonical("/connections/METADATA"), "/connections/metadata");
        assert_eq!(canonical("/A/%41b/B/"), "/a/%41b/b");
    }

    #[test]
    fn patterns_read_as_they_were_added() {
        let mut patterns = RoutePatterns::default();
        patterns.add("/a/{x}/b");
        assert_eq!(patterns.iter().collect::<Vec<_>>(), ["/a/{x}/b"]);
    }

    #[test]
    fn one_trailing_slash_is_dropped_and_two_are_another_path() {
        assert_eq!(canonical("/connections/"), "/connections");
        assert_eq!(canonical("/connections//"), "/connections//");
        assert_eq!(canonical("/"), "/");
        assert_eq!(canonical("/Unknown/"), "/Unknown/");
    }

    #[test]
    fn broken_escapes_are_refused() {
        for bad in ["/a/%", "/a/%4", "/a/%zz/b", "/a/%ff/b", "/a/%é"] {
            assert!(check_escapes(bad).is_err(), "{bad}");
        }
        assert!(check_escapes("/a/%C3%A9%2Fb").is_ok());
    }

    #[test]
    fn the_proxy_is_told_by_its_first_segment() {
        assert!(is_proxy("/proxy") && is_proxy("/Proxy/x") && is_proxy("/proxy/"));
        assert!(!is_proxy("/proxyx") && !is_proxy("/provid") && !is_proxy("/"));
    }
}
