use super::Extra;
use crate::args::OneOrMany;
use crate::facts::uv::UvPipPackages;
use crate::operations::packages::{Decision, Package, Wanted, ensure_packages};
use crate::operations::pip::{meets, named, normal};
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Install, upgrade or remove Python packages with `uv pip`.
///
/// A package is given as pip takes it: `requests`, `requests==2.31.0`, `django>=4.2,<5`. Which environment is meant,
/// `extra_args` say (`--system`, `--python PATH`), or it is the one that uv finds. A file of requirements and `latest`
/// are uv's to look at, every time; they count as changed only if uv installs or removes anything.
///
/// ```rhai
/// uv.packages(["flask==3.0.0", "gunicorn"], #{ extra_args: ["--python", "/srv/app/venv"] });
/// uv.packages((), #{ requirements: "/srv/app/requirements.txt", extra_args: "--system" });
/// ```
#[derive(Debug, Args)]
#[args("uv.packages")]
pub(crate) struct EnsurePackages {
    /// The packages.
    packages: Option<OneOrMany<String>>,

    /// A file on the host that lists packages.
    requirements: Option<String>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether packages without a version should be the newest.
    #[arg(default = false)]
    latest: bool,

    /// More arguments for uv: one text, or a list of words.
    extra_args: Option<Extra>,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let names = self.packages.as_ref().map(|it| &it.0[..]).unwrap_or_default();
        let names: Vec<&String> = names.iter().filter(|it| !it.trim().is_empty()).collect();
        let mut todo = Commands::default();
        if let Some(path) = self.requirements.as_ref().filter(|it| !it.is_empty()) {
            let line = self.line(self.latest);
            todo.run(sh!("{line} -r {path}"));
            todo.attribute(path, "requirements", "", if self.present { "met" } else { "removed" });
        }
        let mut decision = Decision::default();
        if !names.is_empty() {
            let environment = Extra::environment(self.extra_args.as_ref());
            let fact = UvPipPackages { environment };
            let packages: Vec<Package> = names.iter().map(|it| named(it)).collect::<Result<_>>()?;
            let wanted = Wanted {
                present: self.present,
                latest: self.latest,
                fits: meets,
                ..Wanted::installed(&packages)
            };
            let known = host.fact(&fact)?.renamed(normal);
            decision = ensure_packages(&wanted, &known)?;
            self.run(&mut todo, &decision);
            let after = decision.record(&mut todo, &known);
            todo.then(&fact, after);
        }
        if todo.is_empty() {
            let note =
                if names.is_empty() { "no package is named".to_owned() } else { decision.note() };
            return Ok(Commands::none(note));
        }
        todo.changed = Some(super::changed);
        Ok(todo)
    }
}

impl EnsurePackages {
    fn line(&self, latest: bool) -> Shell {
        let extra = Extra::shell(self.extra_args.as_ref());
        if !self.present {
            return sh!("uv pip uninstall --no-progress {extra}");
        }
        let mut flags = Shell::new();
        flags.flag("--upgrade", latest);
        sh!("uv pip install {flags} --no-progress {extra}")
    }

    fn run(&self, todo: &mut Commands, decision: &Decision) {
        if !decision.install.is_empty() {
            let (line, specs) = (self.line(false), Decision::specs(&decision.install));
            todo.run(sh!("{line} {specs}"));
        }
        if !decision.upgrade.is_empty() {
            let (line, specs) = (self.line(true), Decision::specs(&decision.upgrade));
            todo.run(sh!("{line} {specs}"));
        }
        if !decision.remove.is_empty() {
            let names: Vec<&str> = decision.remove.iter().map(|it| it.name.as_str()).collect();
            let line = self.line(false);
            todo.run(sh!("{line} {names}"));
        }
    }
}
