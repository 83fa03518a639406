//! Aliases: a provider that is another one, with some values of its own.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};

type Wire = Map<String, Value>;

/// An alias that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AliasError {
    /// No provider has the name.
    #[error("`{provider}`: alias of `{target}`, which does not exist")]
    Unknown {
        /// The provider with the alias.
        provider: String,
        /// The name it points to.
        target: String,
    },
    /// The aliases go in a circle.
    #[error("`{provider}`: aliases go in a circle: {}", .circle.join(" -> "))]
    Cycle {
        /// Where the circle was entered.
        provider: String,
        /// The names in it.
        circle: Vec<String>,
    },
}

impl AliasError {
    /// The provider whose alias is wrong.
    pub fn provider(&self) -> &str {
        match self {
            Self::Unknown { provider, .. } | Self::Cycle { provider, .. } => provider,
        }
    }
}

/// Replaces every alias by `{...target, ...own}`, in whatever order the providers stand.
///
/// Shallow on purpose: an own `proxy` replaces the target's as a whole. A name not found in `own` is asked
/// of `base`, which returns resolved objects; an overlay may so alias, or refine under the same name, a
/// built-in provider.
pub fn resolve_aliases(
    own: &IndexMap<String, Wire>,
    base: &dyn Fn(&str) -> Option<Wire>,
) -> Result<IndexMap<String, Wire>, Vec<AliasError>> {
    let mut resolver = Resolver { own, base, done: HashMap::new() };
    let mut resolved = IndexMap::new();
    let mut errors = Vec::new();
    for name in own.keys() {
        match resolver.resolve(name, &mut Vec::new()) {
            Ok(wire) => drop(resolved.insert(name.clone(), wire)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(resolved) } else { Err(errors) }
}

struct Resolver<'a> {
    own: &'a IndexMap<String, Wire>,
    base: &'a dyn Fn(&str) -> Option<Wire>,
    done: HashMap<String, Wire>,
}

impl Resolver<'_> {
    fn resolve(&mut self, name: &str, path: &mut Vec<String>) -> Result<Wire, AliasError> {
        if let Some(done) = self.done.get(name) {
            return Ok(done.clone());
        }
        let Some(own) = self.own.get(name) else {
            let provider = path.last().cloned().unwrap_or_default();
            return (self.base)(name)
                .ok_or_else(|| AliasError::Unknown { provider, target: name.to_owned() });
        };
        let resolved = match own.get("alias").and_then(Value::as_str) {
            Some(target) => merge(self.target(name, target, path)?, own),
            None => own.clone(),
        };
        self.done.insert(name.to_owned(), resolved.clone());
        Ok(resolved)
    }

    fn target(&mut self, name: &str, target: &str, path: &mut Vec<String>) -> Result<Wire, AliasError> {
        if target == name {
            let circle = vec![name.to_owned(), name.to_owned()];
            let error = AliasError::Cycle { provider: name.to_owned(), circle };
            return (self.base)(name).ok_or(error);
        }
        path.push(name.to_owned());
        if path.iter().any(|seen| seen == target) {
            let circle = path.iter().cloned().chain([target.to_owned()]).collect();
            return Err(AliasError::Cycle { provider: path[0].clone(), circle });
        }
        let resolved = self.resolve(target, path);
        path.pop();
        resolved
    }
}

fn merge(mut target: Wire, own: &Wire) -> Wire {
    for (key, value) in own {
        target.insert(key.clone(), value.clone());
    }
    target
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn providers(entries: &[(&str, Value)]) -> IndexMap<String, Wire> {
        entries.iter().map(|(name, wire)| ((*name).to_owned(), wire.as_object().unwrap().clone())).collect()
    }

    fn chain() -> Vec<(&'static str, Value)> {
        vec![
            ("a", json!({ "alias": "b", "x": 1 })),
            ("b", json!({ "alias": "c", "proxy": { "base_url": "b" } })),
            ("c", json!({ "x": 3, "y": 3, "proxy": { "base_url": "c", "query": {} } })),
        ]
    }

    #[test]
    fn the_order_of_the_providers_does_not_matter() {
        let forward = resolve_aliases(&providers(&chain()), &|_| None).unwrap();
        let mut entries = chain();
        entries.reverse();
        let backward = resolve_aliases(&providers(&entries), &|_| None).unwrap();
        for name in ["a", "b", "c"] {
            assert_eq!(forward[name], backward[name]);
        }
        let expected = json!({ "alias": "b", "x": 1, "y": 3, "proxy": { "base_url": "b" } });
        assert_eq!(Value::Object(forward["a"].clone()), expected);
    }

    #[test]
    fn a_circle_is_named() {
        let circle = providers(&[("a", json!({ "alias": "b" })), ("b", json!({ "alias": "a" }))]);
        let errors = resolve_aliases(&circle, &|_| None).unwrap_err();
        assert_eq!(errors[0].to_string(), "`a`: aliases go in a circle: a -> b -> a");
        let own = providers(&[("a", json!({ "alias": "a" }))]);
        let errors = resolve_aliases(&own, &|_| None).unwrap_err();
        assert_eq!(errors[0].to_string(), "`a`: aliases go in a circle: a -> a");
    }

    #[test]
    fn an_unknown_target_is_named() {
        let errors = resolve_aliases(&providers(&[("a", json!({ "alias": "z" }))]), &|_| None).unwrap_err();
        assert_eq!(errors[0].to_string(), "`a`: alias of `z`, which does not exist");
    }

    #[test]
    fn a_provider_may_refine_the_one_below_it_under_the_same_name() {
        let base = |name: &str| (name == "a").then(|| json!({ "x": 1, "y": 1 }).as_object().unwrap().clone());
        let resolved = resolve_aliases(&providers(&[("a", json!({ "alias": "a", "x": 2 }))]), &base).unwrap();
        assert_eq!(Value::Object(resolved["a"].clone()), json!({ "alias": "a", "x": 2, "y": 1 }));
    }
}
