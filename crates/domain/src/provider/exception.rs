//! Definitions that break a rule for a good reason. The rules stay strict for everyone else.

use super::problem::{Problem, Rule};

/// One excused defect.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    /// The provider.
    pub provider: &'static str,
    /// The rule it may break.
    pub rule: Rule,
    /// Where (wire path, or the start of one).
    pub field: &'static str,
    /// Why this is right.
    pub reason: &'static str,
}

/// All of them. A test fails when one is no longer needed.
pub static EXCEPTIONS: &[Exception] = &[
    Exception {
        provider: "freshteam",
        rule: Rule::Pattern,
        field: "credentials.apiKey.pattern",
        reason: "published with a reversed range; clients know it, and a pattern that does not compile checks nothing",
    },
    Exception {
        provider: "sage-intacct",
        rule: Rule::Brace,
        field: "token_params.request.operation.content.function.$controlid",
        reason: "the API wants a control id and accepts this literal one",
    },
    Exception {
        provider: "semble",
        rule: Rule::Brace,
        field: "token_params.query",
        reason: "a GraphQL document, whose braces are its own",
    },
    Exception {
        provider: "whoop",
        rule: Rule::Paginate,
        field: "proxy.paginate",
        reason: "the cursor's place is unknown; a call gives the missing keys itself",
    },
];

/// Whether somebody has vouched for this defect.
pub(super) fn is_excused(provider: &str, problem: &Problem) -> bool {
    EXCEPTIONS.iter().any(|exception| exception.covers(provider, problem))
}

impl Exception {
    /// Whether this exception is about `problem` of `provider`.
    pub fn covers(&self, provider: &str, problem: &Problem) -> bool {
        self.provider == provider && self.rule == problem.rule && problem.field.starts_with(self.field)
    }
}
