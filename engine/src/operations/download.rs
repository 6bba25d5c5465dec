//! Files that a host downloads for itself.

use crate::{Shell, sh};

/// Downloads `address` to `path`, which is replaced only once all of it is there.
pub(crate) fn to(address: &str, path: &str) -> Shell {
    let partial = format!("{path}.partial");
    sh!("if command -v curl >/dev/null 2>&1; then curl -sSLf -o {partial} -- {address}; \
        else wget -q -O {partial} -- {address}; fi && mv -f -- {partial} {path}")
}
