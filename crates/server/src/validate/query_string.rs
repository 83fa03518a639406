//! Query strings as the official clients write them: `a=1&a=2`, `a[]=1`, `tags[k]=v`, `+` for a space.

use bowline_api::error::{ErrorCode, Issue, IssueCode};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::error::ApiError;

/// Most pairs in one query string.
const PAIRS_MAX: usize = 1_000;
/// Most items in one list.
const ITEMS_MAX: usize = 100;
/// Most brackets behind one name.
const DEPTH_MAX: usize = 5;

/// Takes a query string apart into texts, lists and objects.
pub fn parse_query(query: Option<&str>) -> Result<Map<String, Value>, ApiError> {
    let mut root = Map::new();
    let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(root) };
    for (at, (name, value)) in form_urlencoded::parse(query.as_bytes()).enumerate() {
        if at >= PAIRS_MAX {
            return Err(too_big(&[], format!("Too big: expected query to have <={PAIRS_MAX} parameters")));
        }
        if name.contains('\0') || value.contains('\0') {
            return Err(nul());
        }
        let path = split_name(&name);
        let is_full = insert(&mut root, &path, Value::String(value.into_owned()));
        if is_full {
            return Err(too_big(&path, format!("Too big: expected array to have <={ITEMS_MAX} items")));
        }
    }
    Ok(root)
}

fn too_big(path: &[&str], message: String) -> ApiError {
    let path = path.iter().filter(|part| !part.is_empty()).map(|part| (*part).to_owned()).collect();
    ApiError::invalid(ErrorCode::InvalidQueryParams, vec![Issue { code: IssueCode::TooBig, message, path }])
}

/// Databases cannot store the character NUL, so no text that could reach one may hold it.
fn nul() -> ApiError {
    let message = "The query string must not contain the character NUL (%00)".to_owned();
    let issue = Issue { code: IssueCode::InvalidFormat, message, path: Vec::new() };
    ApiError::invalid(ErrorCode::InvalidQueryParams, vec![issue])
}

/// `a[b][]` is `a`, `b` and an empty part; brackets that do not pair up are part of the name.
fn split_name(name: &str) -> Vec<&str> {
    let Some(open) = name.find('[').filter(|open| *open > 0 && name.ends_with(']')) else {
        return vec![name];
    };
    let inner = &name[open + 1..name.len() - 1];
    let parts: Vec<&str> = inner.split("][").collect();
    let is_sound = parts.len() <= DEPTH_MAX && parts.iter().all(|part| !part.contains(['[', ']']));
    if !is_sound {
        return vec![name];
    }
    std::iter::once(&name[..open]).chain(parts).collect()
}

/// Adds a value below `path`; true when a list would grow too long.
fn insert(map: &mut Map<String, Value>, path: &[&str], value: Value) -> bool {
    let Some((first, rest)) = path.split_first() else { return false };
    match rest {
        [] => append(map.entry(*first), value),
        [item] if item.is_empty() || item.parse::<usize>().is_ok_and(|at| at < ITEMS_MAX) => {
            let list = map.entry(*first).or_insert_with(|| Value::Array(Vec::new()));
            push(list, value)
        }
        _ => {
            let inner = map.entry(*first).or_insert_with(|| Value::Object(Map::new()));
            match inner {
                Value::Object(inner) => insert(inner, rest, value),
                other => push(other, value),
            }
        }
    }
}

fn append(entry: Entry<'_>, value: Value) -> bool {
    match entry {
        Entry::Vacant(vacant) => {
            vacant.insert(value);
            false
        }
        Entry::Occupied(occupied) => push(occupied.into_mut(), value),
    }
}

/// Makes a list of what is there and adds to it.
fn push(there: &mut Value, value: Value) -> bool {
    if !there.is_array() {
        *there = Value::Array(vec![there.take()]);
    }
    let Value::Array(items) = there else { return false };
    items.push(value);
    items.len() > ITEMS_MAX
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(query: &str) -> Value {
        Value::Object(parse_query(Some(query)).unwrap())
    }

    #[test]
    fn brackets_nest_and_repeated_names_make_lists() {
        assert_eq!(parsed("a=1&b[c]=2&b[d][e]=3"), json!({"a": "1", "b": {"c": "2", "d": {"e": "3"}}}));
        assert_eq!(parsed("a=1&a=2"), json!({"a": ["1", "2"]}));
        assert_eq!(parsed("a[]=1"), json!({"a": ["1"]}));
        assert_eq!(parsed("a[0]=x&a[1]=y"), json!({"a": ["x", "y"]}));
        assert_eq!(parsed("tags%5Bteam%5D=a+b%2Bc"), json!({"tags": {"team": "a b+c"}}));
    }

    #[test]
    fn brackets_that_do_not_pair_up_belong_to_the_name() {
        assert_eq!(parsed("a[b=1&[c]=2&a[b]]=3"), json!({"a[b": "1", "[c]": "2", "a[b]]": "3"}));
        assert_eq!(parsed("a&=x&&b="), json!({"a": "", "": "x", "b": ""}));
    }

    #[test]
    fn lists_and_queries_have_an_end() {
        let long = |count: usize| vec!["a=1"; count].join("&");
        assert!(parse_query(Some(&long(100))).is_ok());
        assert!(parse_query(Some(&long(101))).is_err());
        let wide: String = (0..1_001).map(|n| format!("a{n}=1&")).collect();
        assert!(parse_query(Some(&wide)).is_err());
    }

    #[test]
    fn the_character_nul_is_refused_in_names_and_values() {
        for query in ["a=%00", "a%00=1", "tags[k]=x%00"] {
            assert!(parse_query(Some(query)).is_err(), "{query}");
        }
        assert_eq!(parsed("a=%2500"), json!({"a": "%00"}));
    }
}
