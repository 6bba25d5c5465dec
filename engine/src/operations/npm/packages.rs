use crate::facts::npm::NpmPackages;
use crate::operations::packages::arguments::Named;
use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Install, upgrade or remove packages of Node.js with npm.
///
/// A package is given as `name`, `name@version`, or the same with a scope: `@scope/name@1.2.0`. With `latest`, npm looks for a
/// newer version every time; that counts as changed only if it installs one.
///
/// ```rhai
/// npm.packages(["typescript@5.4.5", "eslint"]);
/// npm.packages("express", #{ directory: "/srv/app" });
/// ```
#[derive(Debug, Args)]
#[args("npm.packages")]
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    named: Named,

    /// The directory of a project. Default: packages of the whole host.
    directory: Option<String>,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = self.named.list(Some("@"))?;
        let npm = |verb: &'static str| {
            let verb = Shell::raw(verb);
            if let Some(directory) = &self.directory {
                return sh!("cd {directory} && npm {verb}");
            }
            sh!("npm {verb} -g")
        };
        let work = Work {
            wanted: self.named.wanted(&packages),
            remove_by_name: true,
            install: npm("install"),
            upgrade: npm("update"),
            remove: npm("uninstall"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &NpmPackages { directory: self.directory.clone() }, NOT_KNOWN)
    }
}
