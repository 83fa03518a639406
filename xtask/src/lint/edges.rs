//! Who may depend on which third-party crate (`bans` in `deny.toml`).

use super::policy::{Ban, Policy};
use crate::workspace::{Package, Workspace};

/// Every dependency on a banned crate by someone who is not one of its wrappers.
pub fn check(workspace: &Workspace, policy: &Policy) -> Vec<String> {
    policy
        .bans
        .iter()
        .flat_map(|ban| workspace.packages.iter().filter_map(|user| problem(ban, user)))
        .collect()
}

fn problem(ban: &Ban, user: &Package) -> Option<String> {
    let forbidden = user.resolved.contains(&ban.name) && !ban.wrappers.contains(&user.name);
    forbidden.then(|| format!("{} depends on {}: {}", user.name, ban.name, ban.reason))
}
