use super::super::in_jail;
use crate::facts::freebsd::PkgPackage;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Remove a package, if it is installed.
///
/// ```rhai
/// freebsd.pkg.remove("nginx");
/// ```
#[derive(Debug, Args)]
#[args("freebsd.pkg.remove")]
pub(crate) struct Remove {
    /// Name of the package.
    package: String,

    /// The jail. Default: the host itself.
    jail: Option<String>,
}

impl Operation for Remove {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let package = &self.package;
        let fact = PkgPackage { package: package.clone(), jail: self.jail.clone() };
        let Some(now) = host.fact(&fact)?.as_ref().clone() else {
            return Ok(Commands::none(format!("package {package} is not installed")));
        };
        let line = in_jail("pkg", self.jail.as_ref());
        let mut todo = Commands::from(sh!("{line} remove -y -- {package}"));
        todo.attribute(format!("package {package}"), "version", now, "").then(&fact, None);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
