use super::Extra;
use crate::args::OneOrMany;
use crate::facts::uv::UvTools;
use crate::operations::packages::{Decision, Package, Wanted, ensure_packages};
use crate::operations::pip::{meets, named, normal};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove tools with uv, each in an environment of its own.
///
/// A tool is given as pip takes a package: `ruff`, `ruff==0.4.1`. With `latest`, uv looks for a newer version every
/// time; that counts as changed only if it installs one.
///
/// ```rhai
/// uv.tools(["ruff", "mypy==1.10.0"]);
/// uv.tools("ruff", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("uv.tools")]
pub(crate) struct EnsureTools {
    /// The tools.
    tools: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether tools without a version should be the newest.
    #[arg(default = false)]
    latest: bool,

    /// More arguments for uv: one text, or a list of words.
    extra_args: Option<Extra>,
}

impl Operation for EnsureTools {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let names = self.tools.as_ref().map(|it| &it.0[..]).unwrap_or_default();
        let names = names.iter().filter(|it| !it.trim().is_empty());
        let packages: Vec<Package> = names.map(|it| named(it)).collect::<Result<_>>()?;
        if packages.is_empty() {
            return Ok(Commands::none("no tool is named"));
        }
        let wanted = Wanted {
            present: self.present,
            latest: self.latest,
            fits: meets,
            ..Wanted::installed(&packages)
        };
        let known = host.fact(&UvTools {})?.renamed(normal);
        let decision = ensure_packages(&wanted, &known)?;
        if decision.is_empty() {
            return Ok(Commands::none(decision.note()));
        }
        Ok(self.commands(&decision, &known))
    }
}

impl EnsureTools {
    /// uv takes one tool at a time.
    fn commands(
        &self,
        decision: &Decision,
        known: &crate::facts::installed::Installed,
    ) -> Commands {
        let mut todo = Commands::default();
        let extra = Extra::shell(self.extra_args.as_ref());
        for Package { spec, .. } in &decision.install {
            todo.run(sh!("uv tool install --no-progress {extra} {spec}"));
        }
        for Package { spec, .. } in &decision.upgrade {
            todo.run(sh!("uv tool install --upgrade --no-progress {extra} {spec}"));
        }
        for Package { name, .. } in &decision.remove {
            todo.run(sh!("uv tool uninstall --no-progress {extra} {name}"));
        }
        if decision.install.is_empty() && decision.remove.is_empty() {
            todo.changed = Some(super::changed);
        }
        let after = decision.record(&mut todo, known);
        todo.then(&UvTools {}, after);
        todo
    }
}
