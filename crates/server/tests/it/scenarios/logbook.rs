//! Keeps everything that is logged, to search it for secrets.

use std::io;
use std::sync::Arc;

use parking_lot::Mutex;
use tracing_subscriber::fmt::MakeWriter;

/// What was logged so far.
#[derive(Clone, Default)]
pub struct Logbook(Arc<Mutex<Vec<u8>>>);

impl Logbook {
    /// Writes down everything this thread logs, at every level, until the guard is dropped.
    pub fn open() -> (Self, tracing::subscriber::DefaultGuard) {
        let logbook = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(logbook.clone())
            .finish();
        (logbook, tracing::subscriber::set_default(subscriber))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock()).into_owned()
    }
}

impl io::Write for Logbook {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logbook {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
