#!/bin/sh
# Rustdoc that writes JSON. The output is not stable yet, hence the variable; it is set for rustdoc alone,
# so that Cargo rebuilds nothing.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@" -Z unstable-options --output-format json
