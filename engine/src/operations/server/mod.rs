//! Users, groups, commands and other things every server has.

mod account_tools;
mod etc_hosts;
mod group;
mod hostname;
mod kill;
mod locale;
mod modprobe;
mod mount;
mod packages;
mod paths;
mod reboot;
mod rewrite;
mod script;
mod script_template;
mod security_limit;
mod service;
mod shell;
mod sysctl;
mod systemd;
mod timezone;
mod user;
mod user_authorized_keys;
mod wait;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<etc_hosts::EtcHosts>(),
    OpDef::of::<group::Group>(),
    OpDef::of::<hostname::Hostname>(),
    OpDef::of::<kill::Kill>(),
    OpDef::of::<locale::Locale>(),
    OpDef::of::<modprobe::Modprobe>(),
    OpDef::of::<mount::Mount>(),
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<reboot::Reboot>(),
    OpDef::of::<script::Script>(),
    OpDef::of::<script_template::ScriptTemplate>(),
    OpDef::of::<security_limit::SecurityLimit>(),
    OpDef::of::<service::ControlService>(),
    OpDef::of::<shell::ShellCommands>(),
    OpDef::of::<sysctl::Sysctl>(),
    OpDef::of::<timezone::Timezone>(),
    OpDef::of::<user::User>(),
    OpDef::of::<user_authorized_keys::UserAuthorizedKeys>(),
    OpDef::of::<wait::Wait>(),
];
