//! What happens to each file between being parsed and being linked: it is checked, and its definition unwrapped.

use std::borrow::Cow;
use std::future::{Future, ready};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc::ast::ast::Program;
use parking_lot::Mutex;
use rolldown::plugin::{HookTransformAstArgs, HookTransformAstReturn, HookUsage, Plugin, PluginContext};

use crate::bundle::Kind;
use crate::callee::Creators;
use crate::check::{self, File};
use crate::definition::Definition;
use crate::options::relative;
use crate::problem::Problem;
use crate::project::Style;
use crate::unwrap::unwrap;

/// What was seen while a function was bundled.
#[derive(Debug, Default)]
pub struct Findings {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    problems: Vec<Problem>,
    kind: Option<Kind>,
}

impl Findings {
    /// The problems, by file and place.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.seen.lock().problems.clone();
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        problems
    }

    /// What the function is.
    pub fn kind(&self) -> Option<Kind> {
        self.seen.lock().kind
    }
}

/// The bundler's plugin that does the looking.
#[derive(Debug)]
pub struct Inspection {
    root: PathBuf,
    style: Style,
    findings: Arc<Findings>,
}

impl Inspection {
    /// Looks at the files of one function.
    pub fn new(root: PathBuf, style: Style, findings: Arc<Findings>) -> Self {
        Self { root, style, findings }
    }

    fn inspect(&self, id: &str, text: &str, program: &Program<'_>, is_entry: bool) {
        let file = File { name: relative(&self.root, Path::new(id)), program, text };
        let problems = if is_entry { check::entry(&file, self.style) } else { check::local(&file) };
        let kind = is_entry.then(|| Definition::of(program, &Creators::of(program))).flatten();
        let mut seen = self.findings.seen.lock();
        seen.problems.extend(problems);
        seen.kind = seen.kind.or(kind.map(|definition| definition.kind));
    }
}

impl Plugin for Inspection {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("bowline:inspection")
    }

    fn transform_ast(
        &self,
        _: &PluginContext,
        mut file: HookTransformAstArgs<'_>,
    ) -> impl Future<Output = HookTransformAstReturn> + Send {
        self.inspect(file.id, file.ast.source(), file.ast.program(), file.is_user_defined_entry);
        if file.is_user_defined_entry {
            file.ast.program.with_mut(|parts| unwrap(parts.program, parts.allocator));
        }
        ready(Ok(file.ast))
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::TransformAst
    }
}
