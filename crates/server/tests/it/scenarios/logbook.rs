//! Keeps everything that is logged, to search it for secrets.

use std::io;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tracing_subscriber::fmt::MakeWriter;

/// What was logged so far.
#[derive(Clone, Default)]
pub struct Logbook(Arc<Mutex<Vec<u8>>>);

impl Logbook {
    /// Writes down everything this process logs from now on, at every level. It is one book for all tests of the
    /// process: a subscriber per thread would miss what other threads' tests made the callsites forget.
    pub fn open() -> Self {
        static BOOK: OnceLock<Logbook> = OnceLock::new();
        let book = BOOK.get_or_init(|| {
            let book = Self::default();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(book.clone())
                .finish();
            tracing::subscriber::set_global_default(subscriber).expect("no other subscriber in these tests");
            book
        });
        book.clone()
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
