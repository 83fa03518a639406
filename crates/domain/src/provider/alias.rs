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
            return (self.base)(name).ok_or_else(|| AliasError::Unknown { provider, target: name.to_owned() });
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
