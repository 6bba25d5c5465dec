use super::virtualenv::Virtualenv;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Make a virtual environment with Python's own module, or remove it.
///
/// ```rhai
/// pip.venv("/srv/app/venv", #{ python: "python3.11" });
/// ```
#[derive(Debug, Args)]
#[args("pip.venv")]
pub(crate) struct Venv {
    /// Directory of the environment.
    path: String,

    /// The Python to use: a path, or a name. Default: `python3`.
    python: Option<String>,

    /// Let the environment see the system's packages.
    #[arg(default = false)]
    site_packages: bool,

    /// Copy files instead of linking them.
    #[arg(default = false)]
    always_copy: bool,

    /// Whether the environment should exist.
    #[arg(default = true)]
    present: bool,
}

impl Operation for Venv {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let environment = Virtualenv {
            path: self.path.clone(),
            python: self.python.clone(),
            venv: true,
            site_packages: self.site_packages,
            always_copy: self.always_copy,
            present: self.present,
        };
        environment.plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.path)]
    }
}
