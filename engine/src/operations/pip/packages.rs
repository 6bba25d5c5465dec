use super::virtualenv::Virtualenv;
use super::{requirement, version};
use crate::args::Values;
use crate::command::{Output, quote};
use crate::facts::pip::PipPackages;
use crate::operations::packages::arguments::Named;
use crate::operations::packages::{Decision, Wanted, ensure_packages};
use crate::value::{Map, Value};
use crate::{Args, Commands, Error, Host, Operation, Result, Shell, sh};

/// Install, upgrade or remove Python packages with pip.
///
/// A package is given as pip takes it: `requests`, `requests==2.31.0`, `django[argon2]>=4.2,<5`. With
/// `virtualenv`, the environment is made if it does not exist. A file of requirements, `latest`, and
/// packages that are given by their address are pip's to look at, every time; they count as changed
/// only if pip installs or removes anything.
///
/// ```rhai
/// pip.packages(["flask==3.0.0", "gunicorn>=21"], #{ virtualenv: "/srv/app/venv" });
/// pip.packages(#{ requirements: "/srv/app/requirements.txt", virtualenv: "/srv/app/venv" });
/// ```
#[derive(Debug, Args)]
#[args("pip.packages")]
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    named: Named,

    /// A file on the host that lists packages.
    requirements: Option<String>,

    /// Which pip to use: a path, or a name.
    #[arg(default = "pip")]
    pip: String,

    /// Directory of the virtual environment to work in; `pip` is then looked for in its `bin`.
    virtualenv: Option<String>,

    /// Arguments of `pip.virtualenv`, for an environment that has to be made.
    virtualenv_kwargs: Option<Map>,

    /// More arguments for `pip install`.
    extra_install_args: Option<String>,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let Named { present, latest, .. } = self.named;
        let names = self.named.specs();
        let pip = self.pip();
        let fact = PipPackages { pip: Some(pip.clone()) };
        if !names.is_empty() {
            host.want(&fact);
        }
        let mut todo = self.environment(host)?;
        todo.note = None;
        let is_new = !todo.is_empty();
        let program = Shell::verbatim(pip);
        if let Some(path) = &self.requirements {
            let verb = self.verb(present, latest);
            todo.run(sh!("{program} {verb} -r {path}"));
            todo.attribute(path, "requirements", "", if present { "met" } else { "removed" });
        }
        let mut decision = Decision::default();
        if !names.is_empty() {
            let packages =
                names.iter().map(|it| requirement::read(it)).collect::<Result<Vec<_>>>()?;
            let wanted = Wanted { fits: version::meets, ..self.named.wanted(&packages) };
            let installed = host.fact(&fact)?;
            let known = installed.renamed(requirement::normal);
            decision = ensure_packages(&wanted, &known)?;
            self.run(&mut todo, &program, &decision);
            let after = decision.record(&mut todo, &known);
            todo.then(&fact, after);
        }
        if todo.is_empty() {
            return Ok(Commands::none(decision.note()));
        }
        if !is_new {
            todo.changed = Some(changed_packages);
        }
        Ok(todo)
    }
}

impl EnsurePackages {
    /// The command, as shell text: an environment's path is quoted, `pip` is the script's own.
    fn pip(&self) -> String {
        match &self.virtualenv {
            Some(path) => format!("{}/bin/{}", quote(path.trim_end_matches('/')), self.pip),
            None => self.pip.clone(),
        }
    }

    /// What makes the virtual environment.
    fn environment(&self, host: &Host<'_>) -> Result<Commands> {
        let Some(path) = &self.virtualenv else { return Ok(Commands::default()) };
        let named = self.virtualenv_kwargs.clone().unwrap_or_default();
        let path = Value::from(path.as_str());
        let values = Values::new(Virtualenv::NAME, Virtualenv::ARGS, vec![path], named);
        let environment = Virtualenv::read(values).map_err(|errors| {
            let first = errors.into_iter().next();
            first
                .unwrap_or_else(|| Error::usage("`virtualenv_kwargs` cannot be read"))
                .argument("virtualenv_kwargs")
        })?;
        environment.plan(host)
    }

    fn verb(&self, present: bool, latest: bool) -> Shell {
        if !present {
            return sh!("uninstall --yes");
        }
        let mut verb = sh!("install");
        if let Some(extra) = self.extra_install_args.as_ref().filter(|it| !it.trim().is_empty()) {
            verb.code(" ").arg(&Shell::verbatim(extra.trim()));
        }
        verb.flag("--upgrade", latest);
        verb
    }

    fn run(&self, todo: &mut Commands, program: &Shell, decision: &Decision) {
        for (packages, present, latest) in [
            (&decision.install, true, false),
            (&decision.upgrade, true, true),
            (&decision.remove, false, false),
        ] {
            if packages.is_empty() {
                continue;
            }
            let verb = self.verb(present, latest);
            // pip uninstalls by name: versions and extras are no part of it.
            let words: Vec<&str> = if present {
                Decision::specs(packages)
            } else {
                packages.iter().map(|it| it.name.as_str()).collect()
            };
            todo.run(sh!("{program} {verb} {words}"));
        }
    }
}

/// Whether pip installed or removed anything.
fn changed_packages(outputs: &[Output]) -> bool {
    outputs.iter().any(|output| {
        let text = String::from_utf8_lossy(&output.stdout);
        ["Successfully installed", "Successfully uninstalled"].iter().any(|it| text.contains(it))
    })
}
