//! Dumps of databases, which replace a file as a whole or not at all.

use crate::{Shell, sh};

/// Writes what a command prints to a file that only its account can read: beside it first, then renamed, so
/// that a dump that breaks off leaves the last one as it is. A link, a pipe or a device stays what it is.
pub(crate) fn write_dump(command: &Shell, dest: &str) -> Shell {
    let pattern = format!("{dest}.XXXXXX");
    sh!(
        "if [ -L {dest} ] || {{ [ -e {dest} ] && [ ! -f {dest} ]; }}; then (umask 077; {command} > {dest}); \
        else new=$(mktemp {pattern}) && {{ {command} > \"$new\" && mv -f \"$new\" {dest}; }} || \
        {{ rm -f \"$new\"; false; }}; fi"
    )
}

/// Whether a file is a dump that did not break off: one of its last lines begins like this.
pub(crate) fn is_complete(path: &str, ending: &str) -> Shell {
    let what = format!("{path} is no complete dump: its end lacks `{ending}`");
    sh!("{{ tail -n 5 {path} | grep -q -e {ending} || {{ echo {what} >&2; false; }}; }}")
}
