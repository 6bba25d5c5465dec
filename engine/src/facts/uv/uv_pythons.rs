//! Pythons that uv knows: available or installed, by version or by implementation.

use super::pairs;
use crate::facts::installed::{Installed, of_language};
use crate::{Args, Fact, Result, Scope, Shell, sh};

macro_rules! pythons {
    ($($(#[$doc:meta])* $fact:ident $name:literal installed $installed:literal $first:literal $second:literal)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {
            /// Only those that uv itself manages.
            #[arg(default = true)]
            pub is_managed: bool,
        }

        impl Fact for $fact {
            type Output = Installed;

            fn command(&self) -> Shell {
                list(self.is_managed, $installed)
            }

            fn parse(&self, output: &str) -> Result<Self::Output> {
                let mut pythons = Installed::default();
                for (name, version) in pairs(output, $first, $second) {
                    pythons.add(name, version);
                }
                Ok(pythons)
            }

            fn requires(&self) -> Option<&'static str> {
                Some("uv")
            }

            fn reads(&self) -> Vec<Scope> {
                of_language()
            }
        }
    )* };
}

pythons! {
    /// Pythons that uv can install by implementation, each with its version.
    ///
    /// ```rhai
    /// let pythons = host.fact("uv.uv_available_pythons_by_implementation");
    /// ```
    UvAvailablePythonsByImplementation "uv.uv_available_pythons_by_implementation"
        installed false "key" "version"

    /// Versions of Python that uv can install, each with its implementations.
    ///
    /// ```rhai
    /// let versions = host.fact("uv.uv_available_pythons_by_version").keys();
    /// ```
    UvAvailablePythonsByVersion "uv.uv_available_pythons_by_version"
        installed false "version" "key"

    /// Installed Pythons by implementation, each with its version.
    ///
    /// ```rhai
    /// let pythons = host.fact("uv.uv_installed_pythons_by_implementation");
    /// ```
    UvInstalledPythonsByImplementation "uv.uv_installed_pythons_by_implementation"
        installed true "key" "version"

    /// Installed versions of Python, each with its implementations.
    ///
    /// ```rhai
    /// if "3.13.1" in host.fact("uv.uv_installed_pythons_by_version") { host.log("it is there"); }
    /// ```
    UvInstalledPythonsByVersion "uv.uv_installed_pythons_by_version"
        installed true "version" "key"
}

fn list(is_managed: bool, is_installed: bool) -> Shell {
    let mut flags = Shell::new();
    flags.flag("--managed-python", is_managed).flag("--only-installed", is_installed);
    sh!("uv python list {flags} --output-format=json")
}
