//! Which of our crates may depend on which.

use crate::workspace::{Kind, Workspace};

/// Each crate with those it may depend on, without the common prefix.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("api", &[]),
    ("domain", &[]),
    ("catalog", &["domain"]),
    ("storage-sqlite", &["domain"]),
    ("storage-postgres", &["domain"]),
    ("runtime", &["domain"]),
    ("engine", &["domain", "runtime", "catalog"]),
    ("server", &["api", "domain", "engine", "catalog"]),
    ("sdk", &[]),
    ("bundler", &[]),
    ("sim", &[]),
    (
        "testkit",
        &[
            "api",
            "catalog",
            "domain",
            "engine",
            "runtime",
            "server",
            "sim",
            "storage-postgres",
            "storage-sqlite",
        ],
    ),
    (
        "cli",
        &[
            "api",
            "bundler",
            "catalog",
            "domain",
            "engine",
            "runtime",
            "sdk",
            "server",
            "sim",
            "storage-postgres",
            "storage-sqlite",
        ],
    ),
    ("xtask", &[]),
];
/// What any crate may use in its tests.
const FOR_TESTS: [&str; 3] = ["sim", "storage-sqlite", "testkit"];

/// Every dependency between our crates that the table does not allow.
pub fn check(workspace: &Workspace) -> Vec<String> {
    let mut problems = Vec::new();
    for package in workspace.members() {
        let user = short(&package.name);
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == user) else {
            problems.push(format!(
                "{} is missing in the table of crates in xtask/src/lint/layers.rs",
                package.name
            ));
            continue;
        };
        for dependency in &package.declared {
            let used = short(&dependency.name);
            let is_ours = workspace.members().any(|member| member.name == dependency.name);
            let for_tests = dependency.kind == Kind::Dev && FOR_TESTS.contains(&used);
            if is_ours && !allowed.contains(&used) && !for_tests {
                problems.push(format!("{} must not depend on {}", package.name, dependency.name));
            }
        }
    }
    problems
}

fn short(name: &str) -> &str {
    name.strip_prefix("bowline-").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::workspace::Workspace;

    #[test]
    fn our_crates_depend_on_each_other_only_as_the_table_says() {
        let workspace = Workspace::load().unwrap();
        assert_eq!(check(&workspace), Vec::<String>::new());
    }
}
