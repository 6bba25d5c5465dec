//! Whether systemd runs the host. Its programs may be installed where it does not, as in containers,
//! and then they refuse to work.

use crate::facts::files::{Directory, Entry};
use crate::facts::server::Which;
use crate::{Host, Result};

/// There as long as systemd runs: `sd_booted(3)`.
const SIGN: &str = "/run/systemd/system";

/// Says that [`can_use`] will be asked.
pub(super) fn want(host: &Host<'_>, program: &str) {
    host.want(&Which::program(program));
    host.want(&Entry { path: SIGN.to_owned() });
}

/// Whether a program of systemd is there and works.
pub(super) fn can_use(host: &Host<'_>, program: &str) -> Result<bool> {
    let exists = host.fact(&Which::program(program))?.exists();
    Ok(exists && host.fact(&Directory::at(SIGN))?.here().is_some())
}
