use crate::facts::choco::ChocoPackages;
use crate::operations::packages::arguments::Named;
use crate::operations::packages::{Decision, Package, ensure_packages};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove packages of Windows with Chocolatey.
///
/// A package is given as `name` or `name:version`. With `latest`, Chocolatey looks for a newer version every time;
/// that counts as changed only if it installs one.
///
/// ```rhai
/// choco.packages(["notepadplusplus", "git:2.44.0"]);
/// ```
#[derive(Debug, Args)]
#[args("choco.packages")]
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    named: Named,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = self.named.list(Some(":"))?;
        if packages.is_empty() {
            return Ok(Commands::none("no package is named"));
        }
        let wanted = self.named.wanted(&packages);
        let installed = host.fact(&ChocoPackages {})?;
        let decision = ensure_packages(&wanted, &installed)?;
        if decision.is_empty() {
            return Ok(Commands::none(decision.note()));
        }
        let mut todo = Commands::default();
        // A version is an option, which counts for all packages of the line.
        let (pinned, loose): (Vec<Package>, Vec<Package>) =
            decision.install.iter().cloned().partition(|it| it.version.is_some());
        if !loose.is_empty() {
            let names = Decision::specs(&loose);
            todo.run(sh!("choco install -y {names}"));
        }
        for Package { name, version, .. } in &pinned {
            todo.run(sh!("choco install -y --allow-downgrade --version {version} {name}"));
        }
        if !decision.upgrade.is_empty() {
            let names = Decision::specs(&decision.upgrade);
            todo.run(sh!("choco upgrade -y {names}"));
        }
        if !decision.remove.is_empty() {
            let names: Vec<&str> = decision.remove.iter().map(|it| it.name.as_str()).collect();
            todo.run(sh!("choco uninstall -y -x {names}"));
        }
        if decision.install.is_empty() && decision.remove.is_empty() {
            todo.changed = Some(super::changed);
        }
        let after = decision.record(&mut todo, &installed);
        todo.then(&ChocoPackages {}, after);
        Ok(todo)
    }
}
