//! `[logging]`

use super::section::section;
use super::setting::{Kind, Setting};

section! {
    /// The log on standard error.
    pub struct LoggingConfig = "logging" {
        /// The least severe lines that are written. `debug` has one line per request.
        level: LogLevel = "info", "BOWLINE_LOG";
        /// Lines for people, or one JSON object per line.
        format: LogFormat = "text", "BOWLINE_LOG_FORMAT";
    }
}

macro_rules! choice {
    ($(#[doc = $doc:literal])+ $Name:ident { $($(#[doc = $about:literal])+ $Variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $Name {
            $($(#[doc = $about])+ $Variant,)+
        }

        impl Setting for $Name {
            const KIND: Kind = Kind::Choice(&[$($text),+]);

            fn parse(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$Variant),)+
                    _ => Err(format!("one of {} is expected", [$($text),+].join(", "))),
                }
            }
        }
    };
}

choice! {
    /// The least severe lines that are written.
    LogLevel {
        /// Nothing.
        Off = "off",
        /// What failed.
        Error = "error",
        /// What may need attention.
        Warn = "warn",
        /// What happened.
        Info = "info",
        /// Every request.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

choice! {
    /// How a line is written.
    LogFormat {
        /// For people.
        Text = "text",
        /// One JSON object per line.
        Json = "json",
    }
}
