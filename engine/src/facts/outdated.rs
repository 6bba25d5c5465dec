//! Packages for which there is something newer, as the facts of all package managers tell them.

use indexmap::IndexMap;

use crate::Scope;

/// Installed packages that an upgrade would change, each with the version that it would get; `None` where
/// that is not known. A manager may leave the version out.
pub type Outdated = Option<IndexMap<String, String>>;

/// What a package manager knows of the packages that it could install.
pub(crate) const INDEX: Scope = Scope::Topic("package index");

/// Writes [`Fact`](crate::Fact) for such a list: the program that must be there, the command, and how a line
/// is read. The command ends with an empty line where nothing is outdated, and prints nothing where that is not known.
macro_rules! lists_outdated {
    ($fact:ty, $program:literal, $command:literal, $read:expr) => {
        impl crate::Fact for $fact {
            type Output = crate::facts::outdated::Outdated;

            fn command(&self) -> crate::Shell {
                crate::Shell::raw($command)
            }

            fn parse(&self, output: &str) -> crate::Result<Self::Output> {
                Ok(Some(crate::facts::outdated::read(output, $read)))
            }

            fn requires(&self) -> Option<&'static str> {
                Some($program)
            }

            fn reads(&self) -> Vec<crate::Scope> {
                vec![crate::Scope::PACKAGES, crate::facts::outdated::INDEX]
            }
        }
    };
}

pub(super) use lists_outdated;

/// Reads a list of packages; lines of which `read` makes none are skipped.
pub(super) fn read<'a>(
    output: &'a str,
    read: impl Fn(&'a str) -> Option<(&'a str, &'a str)>,
) -> IndexMap<String, String> {
    let owned = |(name, version): (&str, &str)| (name.to_owned(), version.to_owned());
    output.lines().filter_map(read).map(owned).collect()
}
