//! The schema's history: the files of `migrations/`, embedded.

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Every file of `migrations/`, oldest first: version, name, text. What a release contains never changes again.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "base", include_str!("../migrations/0001_base.sql")),
    (2, "tickets", include_str!("../migrations/0002_tickets.sql")),
    (3, "functions", include_str!("../migrations/0003_functions.sql")),
    (4, "tasks", include_str!("../migrations/0004_tasks.sql")),
];

/// What brings a database up to date. Built by hand, because sqlx's macro makes Cargo build every database driver
/// a second time, for the compiler's plug-in.
pub(crate) fn migrator() -> Migrator {
    let migration = |&(version, name, text): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(text), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded_under_its_version_and_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let files = folder.read_dir().expect("the folder is there").map(|entry| entry.unwrap().file_name());
        let mut files: Vec<String> = files.map(|file| file.into_string().unwrap()).collect();
        files.sort();
        let embedded = MIGRATIONS.iter().map(|(version, name, _)| format!("{version:04}_{name}.sql"));
        assert_eq!(embedded.collect::<Vec<_>>(), files);
    }
}
