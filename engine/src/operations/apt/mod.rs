//! apt: packages, the index, and where packages come from.

mod deb;
mod dist_upgrade;
mod index;
mod key;
mod packages;
mod ppa;
mod repo;
mod sources_file;
mod update;
mod upgrade;

use crate::command::Output;
use crate::facts::apt::Simulation;
use crate::operation::OpDef;
use crate::{Shell, sh};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<update::Update>(),
    OpDef::of::<upgrade::Upgrade>(),
    OpDef::of::<dist_upgrade::DistUpgrade>(),
    OpDef::of::<repo::Repo>(),
    OpDef::of::<sources_file::SourcesFile>(),
    OpDef::of::<ppa::Ppa>(),
    OpDef::of::<deb::Deb>(),
    OpDef::of::<key::Key>(),
];

/// `apt-get` that asks nothing: configuration files that were changed on the host stay, packages' own
/// questions get their default answers, and another run's lock is waited for, at most five minutes.
///
/// `force` is what `--force-yes` was, which apt 1.1 split up: apt-get(8).
fn apt_get(force: bool) -> Shell {
    let mut flags = Shell::new();
    flags.flag("--allow-downgrades", force);
    flags.flag("--allow-remove-essential", force);
    flags.flag("--allow-change-held-packages", force);
    flags.flag("--allow-unauthenticated", force);
    sh!("DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold {flags}")
}

/// Whether apt-get changed any package, as its summary tells. Where none is printed, it may have.
fn changed_packages(outputs: &[Output]) -> bool {
    let summaries: Vec<Simulation> = outputs
        .iter()
        .filter_map(|output| Simulation::read(&String::from_utf8_lossy(&output.stdout)))
        .collect();
    summaries.is_empty() || summaries.iter().any(Simulation::changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apt_get_says_whether_it_changed_anything() {
        let output = |text: &str| Output { stdout: text.into(), ..Output::default() };
        let nothing = "0 upgraded, 0 newly installed, 0 to remove and 9 not upgraded.\n";
        let something = "0 upgraded, 1 newly installed, 0 to remove and 9 not upgraded.\n";
        for (texts, expected) in [
            (&[nothing][..], false),
            (&["Hit:1 http://x bookworm InRelease\n", nothing][..], false),
            (&[nothing, something][..], true),
            (&["no summary\n"][..], true),
        ] {
            let outputs: Vec<Output> = texts.iter().map(|text| output(text)).collect();
            assert_eq!(changed_packages(&outputs), expected, "{texts:?}");
        }
    }
}
