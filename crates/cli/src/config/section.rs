//! A section of the configuration: one table makes the struct, its defaults, variables, reference and schema.

use super::setting::Kind;

/// One setting, as it is described.
#[derive(Debug, Clone, Copy)]
pub struct SettingInfo {
    /// The section's name in the TOML file.
    pub section: &'static str,
    /// The key in the section.
    pub key: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// The default, empty for none.
    pub default: &'static str,
    /// The form of its value.
    pub kind: Kind,
    /// What it means.
    pub about: &'static [&'static str],
}

impl SettingInfo {
    /// `section.key`
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// Whether its value is never shown, and may be given as a file.
    pub fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }
}

/// One section, as it is described.
#[derive(Debug, Clone, Copy)]
pub struct SectionInfo {
    /// The section's name in the TOML file.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static [&'static str],
    /// Its settings.
    pub settings: &'static [SettingInfo],
}

/// Makes a section's struct from one table.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $Section:ident = $name:literal {
            $( $(#[doc = $doc:literal])+ $field:ident: $ty:ty = $default:literal, $variable:literal; )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone)]
        pub struct $Section {
            $(
                $(#[doc = $doc])+
                #[doc = concat!("\n\nDefault: `", $default, "`. Variable: `", $variable, "`.")]
                pub $field: $ty,
            )+
        }

        impl $Section {
            /// The table this struct is made from.
            pub const INFO: $crate::config::section::SectionInfo = $crate::config::section::SectionInfo {
                name: $name,
                about: &[$($about),+],
                settings: &[$(
                    $crate::config::section::SettingInfo {
                        section: $name,
                        key: stringify!($field),
                        variable: $variable,
                        default: $default,
                        kind: <$ty as $crate::config::setting::Setting>::KIND,
                        about: &[$($doc),+],
                    },
                )+],
            };

            /// Reads the section from the layers.
            pub fn read(layers: &$crate::config::layers::Layers) -> anyhow::Result<Self> {
                let mut settings = Self::INFO.settings.iter();
                $( let $field = layers.read(settings.next().expect("one line per field"))?; )+
                Ok(Self { $($field),+ })
            }
        }
    };
}

pub(super) use section;
