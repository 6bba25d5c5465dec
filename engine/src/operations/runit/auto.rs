use crate::facts::files::{EntryKind, File, Info};
use crate::operations::files::Predict;
use crate::operations::services::record_enabled;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Have a service of runit start by itself, or not: the file `down`.
///
/// ```rhai
/// runit.auto("nginx", false);
/// ```
#[derive(Debug, Args)]
#[args("runit.auto")]
pub(crate) struct StartByItself {
    /// Name of the service.
    service: String,

    /// Whether it should start by itself.
    #[arg(default = true)]
    auto: bool,

    /// The directory of services that can be managed.
    #[arg(default = "/etc/sv")]
    sourcedir: String,
}

impl Operation for StartByItself {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let now = host.fact(&File::at(self.path()))?.here().is_none();
        if now == self.auto {
            let how = if now { "by itself" } else { "only when told to" };
            return Ok(Commands::none(format!("service {} starts {how}", self.service)));
        }
        let mut todo = Commands::default();
        self.set(&mut todo, self.auto);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::SERVICES, Scope::path(self.path())]
    }
}

impl StartByItself {
    /// The file of a service.
    pub(super) fn of(service: &str, sourcedir: &str) -> Self {
        Self { service: service.to_owned(), auto: true, sourcedir: sourcedir.to_owned() }
    }

    /// The file that keeps the service from starting by itself.
    pub(super) fn path(&self) -> String {
        format!("{}/{}/down", self.sourcedir, self.service)
    }

    /// Makes the file, or removes it.
    pub(super) fn set(&self, todo: &mut Commands, auto: bool) {
        let path = self.path();
        record_enabled(todo, &self.service, auto);
        if auto {
            todo.run(sh!("rm -f -- {path}"));
            todo.will_be_absent(&path);
        } else {
            todo.run(sh!("touch -- {path}"));
            todo.will_be(&path, EntryKind::File, Info::default());
        }
    }
}
