//! What the bundler is told to make.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rolldown::{
    BundlerOptions, CodeSplittingMode, InputItem, IsExternal, LogLevel, OutputExports, OutputFormat,
    Platform, ResolveOptions, SourceMapType, TsConfig,
};

/// One CommonJS file with its source map inside, everything local inlined, every package left to `require`.
pub fn options(root: &Path, entry: &Path) -> BundlerOptions {
    BundlerOptions {
        input: Some(vec![InputItem { name: None, import: entry.to_string_lossy().into_owned() }]),
        cwd: Some(root.to_owned()),
        // Sources in the map are relative to where the output would lie: at the project's root.
        dir: Some(root.to_string_lossy().into_owned()),
        external: Some(packages()),
        platform: Some(Platform::Node),
        format: Some(OutputFormat::Cjs),
        exports: Some(OutputExports::Named),
        sourcemap: Some(SourceMapType::Inline),
        code_splitting: Some(CodeSplittingMode::Bool(false)),
        dynamic_import_in_cjs: Some(false),
        resolve: Some(resolving()),
        // Without one, imports that are used as types alone are erased, as the official compiler does.
        tsconfig: Some(TsConfig::Auto(false)),
        log_level: Some(LogLevel::Silent),
        ..BundlerOptions::default()
    }
}

/// Everything that is no path.
fn packages() -> IsExternal {
    IsExternal::Fn(Some(Arc::new(|specifier, _, _| {
        let is_package = !specifier.starts_with('.') && !Path::new(specifier).is_absolute();
        Box::pin(async move { Ok(is_package) })
    })))
}

/// A function imports `./x.js` and means `x.ts`.
fn resolving() -> ResolveOptions {
    let extensions = [".ts", ".js", ".mjs", ".cjs", ".json"].map(str::to_owned).to_vec();
    let alias = |from: &str, to: [&str; 2]| (from.to_owned(), to.map(str::to_owned).to_vec());
    ResolveOptions {
        extensions: Some(extensions),
        extension_alias: Some(vec![
            alias(".js", [".ts", ".js"]),
            alias(".mjs", [".mts", ".mjs"]),
            alias(".cjs", [".cts", ".cjs"]),
        ]),
        // A folder that is a link keeps its own name in the source map.
        symlinks: Some(false),
        ..ResolveOptions::default()
    }
}

/// A path as the project sees it.
pub fn relative(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}
