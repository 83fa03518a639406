//! Which fixtures belong to which functions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bowline_bundler::{Entry, Folder, Project};

use super::fixture::{Fixture, FixtureError, OldMocks};

const FIXTURE_ENDING: &str = ".test.json";
/// Folders of a project that hold no integration.
const NO_INTEGRATIONS: [&str; 3] = ["node_modules", "build", "dist"];

/// A function, and the fixtures that it is tested with.
#[derive(Debug)]
pub struct Subject {
    /// The function.
    pub entry: Entry,
    /// Its fixtures; at least one.
    pub cases: Vec<Case>,
}

/// One fixture of a function.
#[derive(Debug, Clone)]
pub struct Case {
    /// The fixture's name: the function's, or the function's followed by `-` and what is special.
    pub name: String,
    source: Source,
    /// The folder of the integration.
    integration: PathBuf,
}

#[derive(Debug, Clone)]
enum Source {
    File(PathBuf),
    Old(OldMocks),
}

impl Case {
    /// Where the fixture lies.
    pub fn path(&self) -> PathBuf {
        match &self.source {
            Source::File(path) => path.clone(),
            Source::Old(mocks) => mocks.folder(&self.name),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it cannot be read, or is no fixture.
    pub fn read(&self) -> Result<Fixture, FixtureError> {
        let mut fixture = match &self.source {
            Source::File(path) => Fixture::read(path),
            Source::Old(mocks) => mocks.fixture(&self.name),
        }?;
        if let Some(test) = self.test() {
            fixture.set_up(&test).map_err(|source| FixtureError::Shape { path: self.path(), source })?;
        }
        Ok(fixture)
    }

    /// The text of the TypeScript test beside it.
    fn test(&self) -> Option<String> {
        let integration = self.integration.file_name()?.to_str()?;
        let names = [format!("{integration}-{}.test.ts", self.name), format!("{}.test.ts", self.name)];
        names.iter().find_map(|name| fs::read_to_string(self.integration.join("tests").join(name)).ok())
    }
}

/// What is to be tested of one integration.
#[derive(Debug, Default)]
pub struct Subjects {
    /// Functions with fixtures.
    pub subjects: Vec<Subject>,
    /// Fixtures that belong to no function.
    pub stray: Vec<PathBuf>,
}

impl Subjects {
    /// What is to be tested of an integration.
    ///
    /// # Errors
    /// When its folders cannot be read.
    pub fn of(root: &Path, integration: &str) -> Result<Self> {
        let entries = Project::open_folder(root, integration)?.entries;
        let mut cases: BTreeMap<usize, Vec<Case>> = BTreeMap::new();
        let mut stray = Vec::new();
        for case in cases_of(&root.join(integration))? {
            let owners = owners(&entries, &case);
            if owners.is_empty() {
                stray.push(case.path());
            }
            for owner in owners {
                cases.entry(owner).or_default().push(case.clone());
            }
        }
        let subjects = cases
            .into_iter()
            .map(|(index, cases)| Subject { entry: entries[index].clone(), cases })
            .collect();
        Ok(Self { subjects, stray })
    }
}

/// The integrations of a project: folders that hold folders of functions. Links are left out, as what they lead to is
/// tested under its own name.
///
/// # Errors
/// When the folder cannot be read.
pub fn integrations(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for child in fs::read_dir(root).with_context(|| format!("{} cannot be read", root.display()))? {
        let child = child?;
        let Ok(name) = child.file_name().into_string() else { continue };
        let has_functions = || Folder::ALL.iter().any(|folder| child.path().join(folder.as_str()).is_dir());
        let is_skipped = name.starts_with('.') || NO_INTEGRATIONS.contains(&name.as_str());
        if !is_skipped && child.file_type()?.is_dir() && has_functions() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// All fixtures of an integration, by name; those in the old layout only where there is no file of that name.
fn cases_of(integration: &Path) -> Result<Vec<Case>> {
    let tests = integration.join("tests");
    let mut cases = BTreeMap::new();
    if tests.is_dir() {
        for file in fs::read_dir(&tests).with_context(|| format!("{} cannot be read", tests.display()))? {
            let path = file?.path();
            let name = path.file_name().and_then(|name| name.to_str()?.strip_suffix(FIXTURE_ENDING));
            if let Some(name) = name.map(str::to_owned) {
                let integration = integration.to_owned();
                cases.insert(name.clone(), Case { name, source: Source::File(path), integration });
            }
        }
    }
    if let Some(mocks) = OldMocks::find(integration) {
        for name in mocks.scripts()? {
            let source = Source::Old(mocks.clone());
            let integration = integration.to_owned();
            cases.entry(name.clone()).or_insert(Case { name, source, integration });
        }
    }
    Ok(cases.into_values().collect())
}

/// The functions that a fixture belongs to: those of its name, else those with the longest name that its name begins
/// with. A sync and an action may share a name; then the fixture says whose it is.
fn owners(entries: &[Entry], case: &Case) -> Vec<usize> {
    let is_case_of = |entry: &Entry| {
        entry.folder != Folder::OnEvents
            && case
                .name
                .strip_prefix(&entry.name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let longest = entries.iter().filter(|entry| is_case_of(entry)).map(|entry| entry.name.len()).max();
    let owners: Vec<usize> = (0..entries.len())
        .filter(|&index| is_case_of(&entries[index]) && Some(entries[index].name.len()) == longest)
        .collect();
    if owners.len() < 2 {
        return owners;
    }
    let suiting = folders(case);
    owners.into_iter().filter(|&index| suiting.contains(&entries[index].folder)).collect()
}

/// The kinds of function that a fixture has expectations for.
fn folders(case: &Case) -> BTreeSet<Folder> {
    let Ok(fixture) = case.read() else { return Folder::ALL.into() };
    let action = fixture.output.is_some().then_some(Folder::Actions);
    let sync = fixture.nango.contains_key("batchSave").then_some(Folder::Syncs);
    action.into_iter().chain(sync).collect()
}
