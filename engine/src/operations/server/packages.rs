use crate::args::{Arg, OneOrMany};
use crate::facts::apk::ApkPackages;
use crate::facts::brew::BrewPackages;
use crate::facts::deb::DebPackages;
use crate::facts::opkg::OpkgPackages;
use crate::facts::pacman::PacmanPackages;
use crate::facts::pkg::PkgPackages;
use crate::facts::pkgin::PkginPackages;
use crate::facts::rpm::RpmPackages;
use crate::facts::server::Which;
use crate::facts::xbps::XbpsPackages;
use crate::value::Map;
use crate::{Args, Commands, Error, Host, Operation, Result};

/// Install or remove packages, with the package manager that the host has.
///
/// Knows zypper, apk, apt, brew, dnf, pacman, xbps, yum, pkgin, pkg and opkg. Each of them is also an operation of
/// its own, with more arguments.
///
/// ```rhai
/// server.packages(["vim", "git"]);
/// ```
#[derive(Debug, Args)]
#[args("server.packages")]
pub(crate) struct EnsurePackages {
    /// The packages.
    #[arg(name = "packages")]
    names: OneOrMany<String>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,
}

/// Programs, and the operation that uses each; the first that the host has counts. zypper stands first
/// since openSUSE offers `apt` too, and pkgin before the programs that it works with.
const MANAGERS: &[(&str, &str)] = &[
    ("zypper", "zypper.packages"),
    ("apk", "apk.packages"),
    ("apt", "apt.packages"),
    ("brew", "brew.packages"),
    ("dnf", "dnf.packages"),
    ("pacman", "pacman.packages"),
    ("xbps-install", "xbps.packages"),
    ("xbps", "xbps.packages"),
    ("yum", "yum.packages"),
    ("pkgin", "pkgin.packages"),
    ("pkg", "pkg.packages"),
    ("pkg_add", "pkg.packages"),
    ("opkg", "opkg.packages"),
];

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        want(host);
        for (program, operation) in MANAGERS {
            if host.fact(&Which::program(*program))?.exists() {
                return self.operation(operation)?.plan(host);
            }
        }
        let programs: Vec<&str> = MANAGERS.iter().map(|(program, _)| *program).collect();
        Err(Error::failed("there is no known package manager on this host")
            .hint(format!("looked for {}", programs.join(", "))))
    }
}

/// Asks which manager there is, and in the same exchange each of them what is installed. That costs nothing where
/// its program is missing, and an exchange less where it is there.
fn want(host: &Host<'_>) {
    for (program, _) in MANAGERS {
        host.want(&Which::program(*program));
    }
    host.want(&RpmPackages {});
    host.want(&ApkPackages {});
    host.want(&DebPackages {});
    host.want(&BrewPackages {});
    host.want(&PacmanPackages {});
    host.want(&XbpsPackages {});
    host.want(&PkginPackages {});
    host.want(&PkgPackages {});
    host.want(&OpkgPackages {});
}

impl EnsurePackages {
    /// The operation of a package manager, with these arguments.
    fn operation(&self, name: &str) -> Result<Box<dyn Operation>> {
        let Some(definition) = crate::operations::find(name) else {
            return Err(Error::usage(format!("there is no operation `{name}`")));
        };
        let named: Map = [("packages", self.names.write()), ("present", self.present.write())]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let read = definition.read(Vec::new(), named);
        let (operation, _) = read.map_err(|errors| {
            let first = errors.into_iter().next();
            first.unwrap_or_else(|| Error::usage(format!("`{name}` takes no packages")))
        })?;
        Ok(operation)
    }
}
