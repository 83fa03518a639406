//! Rows by column name.

/// A struct whose fields are each read from the column of the same name. By hand, because sqlx's own derive makes
/// Cargo build every database driver a second time, for the compiler's plug-in.
macro_rules! row {
    ($(#[$attribute:meta])* $visible:vis struct $name:ident {
        $($field_visible:vis $field:ident: $kind:ty,)*
    }) => {
        $(#[$attribute])*
        $visible struct $name {
            $($field_visible $field: $kind,)*
        }

        impl<'r> ::sqlx::FromRow<'r, ::sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &'r ::sqlx::sqlite::SqliteRow) -> ::sqlx::Result<Self> {
                Ok(Self { $($field: ::sqlx::Row::try_get(row, stringify!($field))?,)* })
            }
        }
    };
}
