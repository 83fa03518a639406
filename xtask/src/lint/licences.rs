//! Licences of all dependencies against the list in `deny.toml`.

use super::policy::Policy;
use crate::workspace::Workspace;

/// Every package whose licence the list does not allow.
pub fn check(workspace: &Workspace, policy: &Policy) -> Vec<String> {
    let refused = workspace.packages.iter().filter(|package| {
        let expression = package.license.as_deref().unwrap_or_default();
        !is_allowed(expression, &policy.licences)
    });
    refused
        .map(|package| {
            let license = package.license.as_deref().unwrap_or("no licence");
            format!("{} {}: {license} is not in the list of deny.toml", package.name, package.version)
        })
        .collect()
}

/// Whether an SPDX expression can be met with allowed licences. `/` is the old way to write `OR`.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced =
        expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ").replace(" WITH ", "\0");
    let words: Vec<String> =
        spaced.split_ascii_whitespace().map(|word| word.replace('\0', " WITH ")).collect();
    let mut parser = Parser { words: &words, allowed };
    parser.any() == Some(true) && parser.words.is_empty()
}

/// Reads an expression from left to right; `None` where it is malformed.
struct Parser<'a> {
    words: &'a [String],
    allowed: &'a [String],
}

impl Parser<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.next_is("OR") {
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.next_is("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.next_is("(") {
            let met = self.any()?;
            return self.next_is(")").then_some(met);
        }
        let (licence, rest) = self.words.split_first()?;
        self.words = rest;
        Some(self.allowed.contains(licence))
    }

    fn next_is(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn an_expression_is_met_by_allowed_licences_alone() {
        let allowed = ["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()];
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(GPL-3.0 OR MIT) AND MIT",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        for bad in
            ["", "GPL-3.0", "MIT AND GPL-3.0", "GPL-3.0 OR (MIT AND Apache-2.0)", "(MIT", "MIT OR", "MIT MIT"]
        {
            assert!(!is_allowed(bad, &allowed), "{bad}");
        }
    }
}
