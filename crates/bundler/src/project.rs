//! Which functions a project holds.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::bundle::Kind;
use crate::yaml::{self, YamlError, YamlFunction, YamlProject};

/// The file that lists a project's functions.
const INDEX: &str = "index.ts";
/// The file that defined functions in older projects.
const YAML: &str = "nango.yaml";

/// A folder of functions, one per file.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project's folder, absolute.
    pub root: PathBuf,
    /// The functions, in the order in which the project names them.
    pub entries: Vec<Entry>,
    /// What its `nango.yaml` says, where it has one.
    pub yaml: Option<YamlProject>,
}

/// The file of one function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The TypeScript file, absolute.
    pub path: PathBuf,
    /// The integration that the function belongs to: its outermost folder.
    pub integration: String,
    /// The function's name: that of the file, without its extension.
    pub name: String,
    /// The folder that the file lies in.
    pub folder: Folder,
}

/// The folders of an integration that hold functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Folder {
    /// `syncs`
    Syncs,
    /// `actions`
    Actions,
    /// `on-events`
    OnEvents,
}

impl Folder {
    /// All of them, in the order in which functions are deployed.
    pub const ALL: [Self; 3] = [Self::Syncs, Self::Actions, Self::OnEvents];

    /// The folder's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syncs => "syncs",
            Self::Actions => "actions",
            Self::OnEvents => "on-events",
        }
    }

    /// Where functions of a kind belong.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Sync => Self::Syncs,
            Kind::Action => Self::Actions,
            Kind::OnEvent => Self::OnEvents,
        }
    }

    fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|folder| folder.as_str() == name)
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How the functions of a project are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Each file exports a definition, `createSync({…})` or its like.
    Definitions,
    /// `nango.yaml` defines the functions, and each file exports what runs.
    Yaml,
}

impl Style {
    /// The style of the project in a folder.
    pub fn of(root: &Path) -> Self {
        if root.join(YAML).is_file() { Self::Yaml } else { Self::Definitions }
    }
}

/// Why a project cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The folder holds no project.
    #[error("{root} holds no functions project: there is no index.ts and no nango.yaml", root = root.display())]
    NoIndex {
        /// The folder.
        root: PathBuf,
    },
    /// A file or folder cannot be read.
    #[error("{path} cannot be read", path = path.display())]
    Read {
        /// What cannot be read.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line of `index.ts` names something that cannot be a function.
    #[error(
        "index.ts line {line}: `{import}` is no function; \
         functions lie in <integration>/syncs, <integration>/actions or <integration>/on-events"
    )]
    NoFunction {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        import: String,
    },
    /// A line of `index.ts` names a file that does not exist.
    #[error("index.ts line {line}: there is no file {path}", path = path.display())]
    NoFile {
        /// The line, from 1.
        line: usize,
        /// The file that should be there.
        path: PathBuf,
    },
    /// The project's `nango.yaml` cannot be understood.
    #[error("nango.yaml: {0}")]
    Yaml(#[from] YamlError),
    /// `nango.yaml` defines a function without a file.
    #[error("nango.yaml: there is no file {path} for `{name}` of `{integration}`", path = path.display())]
    NoScript {
        /// The integration.
        integration: String,
        /// The function.
        name: String,
        /// The file that should be there.
        path: PathBuf,
    },
}

impl Project {
    /// Reads which functions a project lists, in its `nango.yaml` or else in its `index.ts`.
    ///
    /// # Errors
    /// When there is no project, or it names what is not there.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, ProjectError> {
        let root = absolute(root.as_ref())?;
        if Style::of(&root) == Style::Yaml { Self::open_yaml(root) } else { Self::open_index(root) }
    }

    fn open_index(root: PathBuf) -> Result<Self, ProjectError> {
        let index = root.join(INDEX);
        if !index.is_file() {
            return Err(ProjectError::NoIndex { root });
        }
        let text = read(&index)?;
        let mut entries = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let Some(import) = imported(line) else { continue };
            entries.push(Entry::of_import(&root, import, number + 1)?);
        }
        Ok(Self { root, entries: once_each(entries), yaml: None })
    }

    fn open_yaml(root: PathBuf) -> Result<Self, ProjectError> {
        let yaml = yaml::read(&read(&root.join(YAML))?)?;
        let entries = yaml.functions.iter().map(|function| Entry::of_function(&root, function));
        let entries = once_each(entries.collect::<Result<_, _>>()?);
        Ok(Self { root, entries, yaml: Some(yaml) })
    }

    /// Lists every function of one integration by what lies in its folders, whatever the index says.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn open_folder(root: impl AsRef<Path>, integration: &str) -> Result<Self, ProjectError> {
        let root = absolute(root.as_ref())?;
        let mut entries = Vec::new();
        for folder in Folder::ALL {
            let path = root.join(integration).join(folder.as_str());
            if !path.is_dir() {
                continue;
            }
            let files = scripts_in(&path)?.into_iter();
            entries.extend(files.map(|path| Entry {
                integration: integration.to_owned(),
                name: stem(&path),
                folder,
                path,
            }));
        }
        Ok(Self { root, entries, yaml: None })
    }
}

impl Entry {
    /// The function that `./<integration>/<folder>/<name>` stands for.
    fn of_import(root: &Path, import: &str, line: usize) -> Result<Self, ProjectError> {
        let no_function = || ProjectError::NoFunction { line, import: import.to_owned() };
        let relative = Path::new(import.strip_suffix(".js").or(import.strip_suffix(".ts")).unwrap_or(import));
        let mut parts = Vec::new();
        for part in relative.components() {
            match part {
                Component::CurDir => {}
                Component::Normal(part) => parts.push(part.to_str().ok_or_else(no_function)?),
                _ => return Err(no_function()),
            }
        }
        let [integration, folder, .., name] = parts[..] else { return Err(no_function()) };
        let folder = Folder::find(folder).ok_or_else(no_function)?;
        let mut path = root.to_owned();
        path.extend(&parts);
        path.as_mut_os_string().push(".ts");
        if !path.is_file() {
            return Err(ProjectError::NoFile { line, path });
        }
        Ok(Self { path, integration: integration.to_owned(), name: name.to_owned(), folder })
    }

    /// The file of a function in `nango.yaml`, in any of the places where there were to put it.
    fn of_function(root: &Path, function: &YamlFunction) -> Result<Self, ProjectError> {
        let YamlFunction { integration, name, .. } = function;
        let folder = Folder::of(function.kind);
        let file = format!("{name}.ts");
        let usual = root.join(integration).join(folder.as_str()).join(&file);
        let places = [
            usual.clone(),
            root.join(integration).join("post-connection-scripts").join(&file),
            root.join(&file),
        ];
        // A name with separators could lead out of the project.
        let is_name = |text: &str| Path::new(text).file_name().is_some_and(|found| found == text);
        let found =
            places.into_iter().find(|path| path.is_file()).filter(|_| is_name(name) && is_name(integration));
        let Some(path) = found else {
            let (integration, name) = (integration.clone(), name.clone());
            return Err(ProjectError::NoScript { integration, name, path: usual });
        };
        Ok(Self { path, integration: integration.clone(), name: name.clone(), folder })
    }
}

/// The entries without those of a file that came before.
fn once_each(mut entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen = HashSet::new();
    entries.retain(|entry| seen.insert(entry.path.clone()));
    entries
}

/// The path in `import './path';`, for a line that is such an import and nothing else.
fn imported(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("import ")?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (path, _) = rest[1..].split_once(quote)?;
    path.starts_with("./").then_some(path)
}

/// The TypeScript files of a folder, by name; declarations and tests are no functions.
fn scripts_in(folder: &Path) -> Result<Vec<PathBuf>, ProjectError> {
    let failed = |source| ProjectError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for file in fs::read_dir(folder).map_err(failed)? {
        let path = file.map_err(failed)?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let is_script = name.ends_with(".ts") && !name.ends_with(".d.ts") && !name.ends_with(".test.ts");
        if is_script && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn absolute(path: &Path) -> Result<PathBuf, ProjectError> {
    std::path::absolute(path).map_err(|source| ProjectError::Read { path: path.to_owned(), source })
}

fn read(path: &Path) -> Result<String, ProjectError> {
    fs::read_to_string(path).map_err(|source| ProjectError::Read { path: path.to_owned(), source })
}
