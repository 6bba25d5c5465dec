//! opkg, the package manager of `OpenWrt`.

mod opkg_conf;
mod opkg_feeds;
mod opkg_installable_architectures;
mod opkg_packages;
mod opkg_upgradeable_packages;

pub use opkg_conf::{Conf, OpkgConf};
pub use opkg_feeds::{Feed, OpkgFeeds};
pub use opkg_installable_architectures::OpkgInstallableArchitectures;
pub use opkg_packages::OpkgPackages;
pub use opkg_upgradeable_packages::{OpkgUpgradeablePackages, Upgrade};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<OpkgConf>(),
    FactDef::of::<OpkgFeeds>(),
    FactDef::of::<OpkgInstallableArchitectures>(),
    FactDef::of::<OpkgPackages>(),
    FactDef::of::<OpkgUpgradeablePackages>(),
];

/// A line without its comment and the gaps around it.
fn plain(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

/// `arch i386_pentium 10`.
fn architecture(words: &[&str]) -> Option<(String, u32)> {
    match words {
        ["arch", name, priority] => Some(((*name).to_owned(), priority.parse().ok()?)),
        _ => None,
    }
}
