//! What only FreeBSD has: modules in a module.

mod freebsd_update;
mod pkg;
mod service;
mod sysrc;

use crate::Shell;
use crate::command::Output;
use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<freebsd_update::update::Update>(),
    OpDef::of::<pkg::update::Update>(),
    OpDef::of::<pkg::upgrade::Upgrade>(),
    OpDef::of::<pkg::install::Install>(),
    OpDef::of::<pkg::remove::Remove>(),
    OpDef::of::<pkg::autoremove::Autoremove>(),
    OpDef::of::<pkg::clean::Clean>(),
    OpDef::of::<service::service_::ControlService>(),
    OpDef::of::<sysrc::sysrc_::EditSetting>(),
];

/// A program, in a jail where one is named.
fn in_jail(program: &'static str, jail: Option<&String>) -> Shell {
    let mut line = Shell::raw(program);
    line.opt("-j", jail);
    line
}

/// Whether no output has one of the sentences with which FreeBSD's programs say that nothing was to do.
fn did_something(outputs: &[Output]) -> bool {
    const NOTHING: &[&str] = &[
        "Your packages are up to date",
        "All repositories are up to date",
        "Nothing to do",
        "No updates needed",
        "No updates are available to install",
    ];
    let is_nothing = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stdout);
        NOTHING.iter().any(|sentence| text.contains(sentence))
    };
    !outputs.iter().all(is_nothing)
}
