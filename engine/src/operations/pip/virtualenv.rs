use crate::facts::files::{Entry, EntryKind, File, Info};
use crate::operations::files::{Directory, Predict};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Make a virtual environment of Python, or remove it.
///
/// It exists if its `bin/activate` does; a directory alone is none. Made by the program `virtualenv`,
/// or by Python's own module with `venv: true`.
///
/// ```rhai
/// pip.virtualenv("/srv/app/venv", #{ python: "python3.11", venv: true });
/// ```
#[derive(Debug, Args)]
#[args("pip.virtualenv")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct Virtualenv {
    /// Directory of the environment.
    pub(super) path: String,

    /// The Python to use: a path, or a name. Default: the program's own; `python3` with `venv`.
    pub(super) python: Option<String>,

    /// Use Python's own module `venv`.
    #[arg(default = false)]
    pub(super) venv: bool,

    /// Let the environment see the system's packages.
    #[arg(default = false)]
    pub(super) site_packages: bool,

    /// Copy files instead of linking them.
    #[arg(default = false)]
    pub(super) always_copy: bool,

    /// Whether the environment should exist.
    #[arg(default = true)]
    pub(super) present: bool,
}

impl Operation for Virtualenv {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let activate = format!("{}/bin/activate", self.path);
        if !self.present {
            host.want(&Entry { path: self.path.clone() });
        }
        let exists = host.fact(&File::at(&activate))?.here().is_some();
        match (self.present, exists) {
            (true, true) => Ok(Commands::none(format!("virtualenv {} exists", self.path))),
            (false, false) => Ok(Commands::none(format!("there is no virtualenv {}", self.path))),
            (true, false) => {
                let mut todo = Commands::from(self.line());
                todo.attribute(&self.path, "virtualenv", "no", "yes");
                todo.will_be(&self.path, EntryKind::Directory, Info::default());
                todo.will_be(&activate, EntryKind::File, Info::default());
                Ok(todo)
            }
            (false, true) => {
                let mut todo =
                    Directory { present: false, ..Directory::at(&self.path) }.plan(host)?;
                todo.will_be_absent(&activate);
                Ok(todo)
            }
        }
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.path)]
    }
}

impl Virtualenv {
    fn line(&self) -> Shell {
        let mut flags = Shell::new();
        flags.opt("-p", self.python.as_ref().filter(|_| !self.venv));
        flags.flag("--system-site-packages", self.site_packages);
        flags.flag("--always-copy", self.always_copy && !self.venv);
        flags.flag("--copies", self.always_copy && self.venv);
        if self.venv {
            let python = self.python.as_deref().unwrap_or("python3");
            return sh!("{python} -m venv {flags} {self.path}");
        }
        sh!("virtualenv {flags} {self.path}")
    }
}
