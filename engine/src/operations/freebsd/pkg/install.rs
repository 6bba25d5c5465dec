use super::super::in_jail;
use crate::facts::freebsd::PkgPackage;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Install a package, unless it is.
///
/// ```rhai
/// freebsd.pkg.install("nginx");
/// ```
#[derive(Debug, Args)]
#[args("freebsd.pkg.install")]
pub(crate) struct Install {
    /// Name of the package.
    package: String,

    /// The jail. Default: the host itself.
    jail: Option<String>,

    /// The repository. Default: all that are enabled.
    reponame: Option<String>,
}

impl Operation for Install {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let package = &self.package;
        let fact = PkgPackage { package: package.clone(), jail: self.jail.clone() };
        if host.fact(&fact)?.is_some() {
            return Ok(Commands::none(format!("package {package} is installed")));
        }
        let mut line = in_jail("pkg", self.jail.as_ref());
        line.flag("install -y", true).opt("-r", self.reponame.as_ref());
        let mut todo = Commands::from(sh!("{line} -- {package}"));
        todo.attribute(format!("package {package}"), "version", "", "installed");
        todo.then(&fact, Some(package.clone()));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
