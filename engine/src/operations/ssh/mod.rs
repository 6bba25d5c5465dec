//! From the host to another one over SSH, with the host's own `ssh` and what its account may do there.

mod command;
mod download;
mod keyscan;
mod known_hosts;
mod upload;

use crate::error::Error;
use crate::operation::OpDef;
use crate::{Result, Shell, sh};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<command::Command>(),
    OpDef::of::<download::Download>(),
    OpDef::of::<keyscan::Keyscan>(),
    OpDef::of::<upload::Upload>(),
];

/// `ssh`, up to the command that it runs.
fn ssh(hostname: &str, user: Option<&str>, port: u16) -> Result<Shell> {
    let target = match user.filter(|it| !it.is_empty()) {
        Some(user) => format!("{user}@{hostname}"),
        None => hostname.to_owned(),
    };
    no_option(&target)?;
    Ok(sh!("ssh -p {port} {target}"))
}

/// An error where `ssh` would take a name for one of its options.
fn no_option(name: &str) -> Result<()> {
    if name.starts_with('-') {
        return Err(
            Error::usage(format!("`{name}` is no host but an option of ssh")).argument("hostname")
        );
    }
    Ok(())
}
