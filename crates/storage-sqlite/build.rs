//! Makes cargo build the crate again when a migration is added.

#![expect(clippy::print_stdout, reason = "cargo reads a build script's directives from there")]

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
