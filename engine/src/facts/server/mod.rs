//! Users, groups and other things every server has.

mod authorized_keys;
mod boot_id;
mod command;
mod etc_hosts;
mod groups;
mod home;
mod kernel_modules;
mod last;
mod lines;
mod linux_distribution;
mod linux_gui;
mod locales;
mod moments;
mod mounts;
mod ports;
mod processes;
mod reboot_required;
mod release;
mod security_limits;
mod selinux;
mod succeeds;
mod sysctl;
mod users;
mod which;

pub use authorized_keys::AuthorizedKeys;
pub use boot_id::BootId;
pub use command::Command;
pub use etc_hosts::EtcHosts;
pub use groups::Groups;
pub use home::Home;
pub use kernel_modules::{KernelModule, KernelModules};
pub use last::{Last, Lastb, Login};
pub use lines::{
    Arch, CurrentUser, Hostname, Kernel, KernelVersion, MacosVersion, Os, OsVersion, Path,
    Timezone, TmpDir,
};
pub use linux_distribution::{Distribution, LinuxDistribution, LinuxName};
pub use linux_gui::{HasGui, LinuxGui};
pub use locales::Locales;
pub use moments::{Date, LoadAverage, Uptime};
pub use mounts::{Mount, Mounts};
pub use ports::{Listener, Port, Ports};
pub use processes::{Process, Processes};
pub use reboot_required::RebootRequired;
pub use release::{LsbRelease, OsRelease};
pub use security_limits::{SecurityLimit, SecurityLimits};
pub use selinux::{Selinux, SelinuxState};
pub use succeeds::Succeeds;
pub use sysctl::{Sysctl, setting};
pub use users::{User, Users};
pub use which::{Program, Which};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<Arch>(),
    FactDef::of::<AuthorizedKeys>(),
    FactDef::of::<BootId>(),
    FactDef::of::<Command>(),
    FactDef::of::<CurrentUser>(),
    FactDef::of::<Date>(),
    FactDef::of::<EtcHosts>(),
    FactDef::of::<Groups>(),
    FactDef::of::<HasGui>(),
    FactDef::of::<Home>(),
    FactDef::of::<Hostname>(),
    FactDef::of::<Kernel>(),
    FactDef::of::<KernelModules>(),
    FactDef::of::<KernelVersion>(),
    FactDef::of::<Last>(),
    FactDef::of::<Lastb>(),
    FactDef::of::<LinuxDistribution>(),
    FactDef::of::<LinuxGui>(),
    FactDef::of::<LinuxName>(),
    FactDef::of::<LoadAverage>(),
    FactDef::of::<Locales>(),
    FactDef::of::<LsbRelease>(),
    FactDef::of::<MacosVersion>(),
    FactDef::of::<Mounts>(),
    FactDef::of::<Os>(),
    FactDef::of::<OsRelease>(),
    FactDef::of::<OsVersion>(),
    FactDef::of::<Path>(),
    FactDef::of::<Port>(),
    FactDef::of::<Ports>(),
    FactDef::of::<Processes>(),
    FactDef::of::<RebootRequired>(),
    FactDef::of::<SecurityLimits>(),
    FactDef::of::<Selinux>(),
    FactDef::of::<Succeeds>(),
    FactDef::of::<Sysctl>(),
    FactDef::of::<Timezone>(),
    FactDef::of::<TmpDir>(),
    FactDef::of::<Uptime>(),
    FactDef::of::<Users>(),
    FactDef::of::<Which>(),
];
