//! A function's code, ready to run: its text, its bytecode, and the way back to the author's file.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rquickjs::{CatchResultExt as _, CaughtError, Context, Ctx, Function, Result as JsResult, Runtime};
use sourcemap::SourceMap;

use crate::raw::Bytecode;
use crate::stack;

/// What stands before the author's first character, on the same line, so that lines stay as they are.
const HEAD: &str = "(function (exports, require, module, __filename, __dirname) {";
/// Bytes that compiling one function may use.
const COMPILER_MEMORY_BYTES: usize = 256 * 1024 * 1024;
const COMPILER_STACK_BYTES: usize = 512 * 1024;

/// A function's code, ready to run.
#[derive(Clone)]
pub struct Program(Arc<Inner>);

struct Inner {
    file: String,
    source: String,
    bytecode: Bytecode,
    map: OnceLock<Option<SourceMap>>,
}

/// Code that is not JavaScript.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SyntaxError {
    /// The file in which it stands; the author's, where the code has a source map.
    pub file: String,
    /// The line, counted from 1; 0 when unknown.
    pub line: u32,
    /// The column, counted from 1; 0 when unknown.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl Program {
    /// Compiles the CommonJS text of a function. `file` is what stack traces call it.
    ///
    /// # Errors
    /// Where the text is not JavaScript.
    pub fn compile(file: &str, source: &str) -> Result<Self, SyntaxError> {
        let bytecode = compile_text(file, &format!("{HEAD}{source}\n}})"))
            .map_err(|error| stack::original_place(error, || source_map(source), file))?;
        let inner = Inner { file: file.into(), source: source.into(), bytecode, map: OnceLock::new() };
        Ok(Self(Arc::new(inner)))
    }

    /// What stack traces call it.
    pub fn file(&self) -> &str {
        &self.0.file
    }

    pub(crate) fn load<'js>(&self, ctx: &Ctx<'js>) -> JsResult<Function<'js>> {
        self.0.bytecode.load(ctx)
    }

    pub(crate) fn map(&self) -> Option<&SourceMap> {
        self.0.map.get_or_init(|| source_map(&self.0.source)).as_ref()
    }
}

/// Characters by which the first line is longer than the author's.
pub(crate) const fn first_line_shift() -> u32 {
    HEAD.len() as u32
}

/// The source map at the end of the text, if there is a readable one.
fn source_map(source: &str) -> Option<SourceMap> {
    let (_, comment) = source.rsplit_once("//# sourceMappingURL=")?;
    match sourcemap::decode_data_url(comment.lines().next()?.trim()).ok()? {
        sourcemap::DecodedMap::Regular(map) => Some(map),
        _ => None,
    }
}

/// Compiles one expression, in a context of its own that is thrown away.
pub(crate) fn compile_text(file: &str, text: &str) -> Result<Bytecode, SyntaxError> {
    let unplaced = |message: String| SyntaxError { file: file.into(), line: 0, column: 0, message };
    let runtime = Runtime::new().map_err(|error| unplaced(error.to_string()))?;
    runtime.set_memory_limit(COMPILER_MEMORY_BYTES);
    runtime.set_max_stack_size(COMPILER_STACK_BYTES);
    let context = Context::full(&runtime).map_err(|error| unplaced(error.to_string()))?;
    context.with(|ctx| {
        Bytecode::compile(&ctx, file, text).catch(&ctx).map_err(|error| match error {
            CaughtError::Exception(exception) => {
                let message = exception.message().unwrap_or_default();
                let place = exception.stack().and_then(|stack| stack::place(&stack, file));
                let (line, column) = place.unwrap_or((0, 0));
                SyntaxError { file: file.into(), line, column, message }
            }
            CaughtError::Error(rquickjs::Error::InvalidString(_)) => {
                unplaced("the text has a NUL character; remove it".into())
            }
            other => unplaced(other.to_string()),
        })
    })
}
