use crate::args::OneOrMany;
use crate::command::Output;
use crate::facts::pipx::PipxPackages;
use crate::operations::packages::work::any_output;
use crate::operations::packages::{Package, Wanted, ensure_packages, extra};
use crate::operations::pip::{meets, named, normal};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove Python applications with pipx, each in an environment of its own.
///
/// An application is given as pip takes it: `black`, `black==24.2.0`, `httpie>=3`. One that is there in a version that
/// does not fit is installed anew. With `latest`, pipx looks for a newer version every time; that counts as changed
/// only if it installs one.
///
/// ```rhai
/// pipx.packages(["black==24.2.0", "httpie"]);
/// pipx.packages("black", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("pipx.packages")]
pub(crate) struct EnsurePackages {
    /// The applications.
    packages: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether applications without a version should be the newest.
    #[arg(default = false)]
    latest: bool,

    /// More arguments for `pipx install`.
    extra_args: Option<String>,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let names = self.packages.as_ref().map(|it| &it.0[..]).unwrap_or_default();
        if names.is_empty() {
            return Ok(Commands::none("no application is named"));
        }
        let packages: Vec<Package> = names.iter().map(|it| named(it)).collect::<Result<_>>()?;
        let wanted = Wanted {
            present: self.present,
            latest: self.latest,
            fits: meets,
            ..Wanted::installed(&packages)
        };
        let known = host.fact(&PipxPackages {})?.renamed(normal);
        let decision = ensure_packages(&wanted, &known)?;
        if decision.is_empty() {
            return Ok(Commands::none(decision.note()));
        }
        let mut todo = Commands::default();
        let extra = extra(self.extra_args.as_ref());
        // pipx takes one at a time, and leaves one alone that is there in another version.
        for Package { name, spec, .. } in &decision.install {
            let force = known.versions(name).map(|_| sh!("--force"));
            todo.run(sh!("pipx install {force} {extra} {spec}"));
        }
        for Package { name, .. } in &decision.upgrade {
            todo.run(sh!("pipx upgrade {name}"));
        }
        for Package { name, .. } in &decision.remove {
            todo.run(sh!("pipx uninstall {name}"));
        }
        if decision.install.is_empty() && decision.remove.is_empty() {
            todo.changed = Some(changed);
        }
        let after = decision.record(&mut todo, &known);
        todo.then(&PipxPackages {}, after);
        Ok(todo)
    }
}

/// Whether pipx upgraded any: `upgraded package black from 23.1 to 24.2`.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| text.contains("upgraded package"))
}
