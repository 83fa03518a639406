//! The JavaScript of the runtime itself, compiled once per process, each file when it is first wanted.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use rquickjs::{Ctx, Exception, Function, Result};

use crate::program::compile_text;
use crate::raw::Bytecode;

const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

struct Embedded {
    source: &'static str,
    bytecode: OnceLock<Bytecode>,
}

static TABLE: LazyLock<HashMap<&'static str, Embedded>> = LazyLock::new(|| {
    FILES.iter().map(|&(name, source)| (name, Embedded { source, bytecode: OnceLock::new() })).collect()
});

/// The file's function `(exports, require, module, native)`, in this context.
pub(crate) fn load<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Function<'js>> {
    let Some(file) = TABLE.get(name) else {
        return Err(Exception::throw_message(ctx, &format!("The runtime has no file {name}")));
    };
    if let Some(bytecode) = file.bytecode.get() {
        return bytecode.load(ctx);
    }
    let text = format!("(function (exports, require, module, native) {{{}\n}})", file.source);
    let bytecode = compile_text(&format!("bowline:{name}"), &text)
        .map_err(|error| Exception::throw_message(ctx, &error.to_string()))?;
    file.bytecode.get_or_init(|| bytecode).load(ctx)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_runtime_compiles() {
        for (name, source) in FILES {
            let text = format!("(function (exports, require, module, native) {{{source}\n}})");
            if let Err(error) = compile_text(name, &text) {
                panic!("{name}: {error}");
            }
        }
    }
}
