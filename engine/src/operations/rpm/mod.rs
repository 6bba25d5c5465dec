//! What dnf, yum and zypper have in common: keys, packages and their names, `.rpm` files, `.repo` files.

pub(crate) mod file;
pub(crate) mod key;
pub(crate) mod packages;
pub(crate) mod repo;

use crate::command::Output;
use crate::facts::rpm::Providers;
use crate::operations::packages::work::{Group, Members, Work, any_output};
use crate::operations::packages::{Package, Wanted, same_release};
use crate::{Host, Result};

/// Reads `name=version` and `name-version-release` alike: dnf and yum know the second only.
pub(crate) fn with_hyphens(mut packages: Vec<Package>) -> Vec<Package> {
    for package in &mut packages {
        if let Some(version) = &package.version {
            package.spec = format!("{}-{version}", package.name);
        }
    }
    packages
}

/// What is wanted of packages that the RPM database knows: a version may leave out its release, what an installed
/// package provides counts as there, and removed is by name.
pub(crate) fn work<'a>(wanted: Wanted<'a>, members: &'a Members<'a>) -> Work<'a> {
    Work {
        wanted: Wanted { fits: same_release, ..wanted },
        remove_by_name: true,
        members: Some(members),
        ..Work::default()
    }
}

/// Says that [`providers`] will be asked.
pub(crate) fn want(host: &Host<'_>, packages: &[Package]) {
    for Package { name, .. } in packages {
        host.want(&Providers { package: name.clone() });
    }
}

/// The installed packages that provide what is asked for.
pub(crate) fn providers(host: &Host<'_>, package: &Package, any: bool) -> Result<Group> {
    let found = host.fact(&Providers { package: package.name.clone() })?;
    let members = found.iter().map(|(name, version)| (name.clone(), Some(version.clone())));
    Ok(Group { members: members.collect(), any })
}

/// Whether dnf or yum changed any package.
pub(crate) fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| text.contains("Complete!") && !text.contains("Nothing to do"))
}
