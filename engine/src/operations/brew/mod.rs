//! Homebrew: formulae, casks, taps, and what is trusted.

mod cask_upgrade;
mod casks;
mod packages;
mod tap;
mod trust;
mod update;
mod upgrade;

use crate::args::choice;
use crate::command::Output;
use crate::facts::brew::{BrewVersion, Trusted, Version};
use crate::facts::installed::Installed;
use crate::operation::OpDef;
use crate::operations::packages::Package;
use crate::operations::packages::work::any_output;
use crate::{Fact, Host, Result, Shell, sh};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<casks::EnsureCasks>(),
    OpDef::of::<update::Update>(),
    OpDef::of::<upgrade::Upgrade>(),
    OpDef::of::<cask_upgrade::CaskUpgrade>(),
    OpDef::of::<tap::Tap>(),
    OpDef::of::<trust::Trust>(),
];

choice! {
    /// What Homebrew can be told to trust.
    pub(crate) enum Kind {
        Casks = "casks",
        Commands = "commands",
        Formulae = "formulae",
        Taps = "taps",
    }
}

impl Kind {
    /// Those of the kind that are trusted.
    fn of(self, trusted: &Trusted) -> &[String] {
        match self {
            Self::Casks => &trusted.casks,
            Self::Commands => &trusted.commands,
            Self::Formulae => &trusted.formulae,
            Self::Taps => &trusted.taps,
        }
    }

    /// Tells brew to trust one, or to trust it no longer.
    fn line(self, name: &str, trusted: bool) -> Shell {
        let verb = Shell::raw(if trusted { "trust" } else { "untrust" });
        let flag = Shell::raw(match self {
            Self::Casks => "--cask",
            Self::Commands => "--command",
            Self::Formulae => "--formula",
            Self::Taps => "--tap",
        });
        sh!("brew {verb} {flag} {name}")
    }
}

/// Updates Homebrew.
fn update() -> Shell {
    sh!("brew update")
}

/// Upgrades all formulae and casks.
fn upgrade() -> Shell {
    sh!("brew upgrade")
}

/// Tells brew to do something with casks. Until version 2.6 that was a command of its own.
fn cask(host: &Host<'_>, verb: &'static str) -> Result<Shell> {
    let verb = Shell::raw(verb);
    let version = *host.fact(&BrewVersion {})?;
    let is_old = version > Version::default() && version < Version(2, 6, 0);
    Ok(if is_old { sh!("brew cask {verb}") } else { sh!("brew {verb} --cask") })
}

/// Reads `name@version`. Where what is named so is there, the whole is a name, as that of `python@3.13`.
fn read<F: Fact<Output = Installed>>(
    host: &Host<'_>,
    packages: Vec<Package>,
    installed: &F,
) -> Result<Vec<Package>> {
    if packages.is_empty() {
        return Ok(packages);
    }
    let known = host.fact(installed)?;
    let read = |package: Package| match known.versions(&package.spec) {
        Some(_) => Package { name: package.spec.clone(), version: None, ..package },
        None => package,
    };
    Ok(packages.into_iter().map(read).collect())
}

/// Whether brew upgraded anything.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| {
        ["==> Upgrading", "==> Installing"].iter().any(|it| text.contains(it))
    })
}
