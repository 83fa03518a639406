//! The master key: given by `encryption_key`, or kept in `master.key` in the data directory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::Secret;
use bowline_engine::credential::vault::MasterKey;
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use crate::config::Config;
use crate::error::{WithHint, hinted};

/// The file's name in the data directory.
pub const FILE_NAME: &str = "master.key";

const KEY_BYTES: usize = 32;
const NEW_KEY_HINT: &str = "make one with: openssl rand -base64 32";

/// The configured key, or the one of the data directory, which is made on first use.
pub fn load(config: &Config) -> Result<MasterKey> {
    if let Some(text) = &config.storage.encryption_key {
        return decode(text).context("BOWLINE_ENCRYPTION_KEY").hint(NEW_KEY_HINT);
    }
    let path = config.storage.data_dir.join(FILE_NAME);
    if let Some(key) = read(&path)? {
        return Ok(key);
    }
    refuse_orphaned_database(config, &path)?;
    create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
    read(&path)?.ok_or_else(|| anyhow!("{} vanished", path.display()))
}

fn read(path: &Path) -> Result<Option<MasterKey>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Secret::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    let hint = "restore the file from a backup; what was sealed with another key cannot be opened";
    decode(&text).map(Some).with_context(|| path.display().to_string()).hint(hint)
}

/// A database that is older than its key was set up with another one.
fn refuse_orphaned_database(config: &Config, path: &Path) -> Result<()> {
    if config.storage.database_url.is_some() || !config.database_file().exists() {
        return Ok(());
    }
    let error = anyhow!("there is a database in {}, but no {FILE_NAME}", config.storage.data_dir.display());
    let hint = format!("set the BOWLINE_ENCRYPTION_KEY it was set up with, or restore {}", path.display());
    Err(hinted(error, hint))
}

fn decode(text: &Secret) -> Result<MasterKey> {
    let bytes = STANDARD.decode(text.expose().trim()).map(Secret::new);
    let Ok(bytes) = bytes else { bail!("the encryption key is not base64") };
    match <[u8; KEY_BYTES]>::try_from(bytes.expose().as_slice()) {
        Ok(key) => Ok(MasterKey::new(key)),
        Err(_) => bail!("the encryption key has {} bytes, not {KEY_BYTES}", bytes.expose().len()),
    }
}

/// Whether a text is a key, for `bowline config check`.
pub fn check(text: &Secret) -> Result<()> {
    decode(text).map(drop)
}

/// Writes a new key so that nobody ever sees half of it, and of several processes the first one wins.
fn create(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let draft = folder.join(format!(".{FILE_NAME}.{}", Uuid::new_v4()));
    let mut bytes = [0_u8; KEY_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| anyhow!("no randomness from the system"))?;
    let text = Secret::new(format!("{}\n", STANDARD.encode(bytes)));
    let written = write_private(&draft, text.expose().as_bytes()).and_then(|()| link(&draft, path));
    fs::remove_file(&draft).ok();
    written?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Unlike a rename, a link fails when the name is taken.
fn link(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_of_base64() {
        assert!(check(&Secret::new(format!(" {}\n", STANDARD.encode([7; 32])))).is_ok());
        assert!(check(&Secret::new(STANDARD.encode([7; 16]))).is_err());
        assert!(check(&Secret::new("not base64!".to_owned())).is_err());
    }
}
