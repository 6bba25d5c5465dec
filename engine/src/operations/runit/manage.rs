use crate::facts::files::{EntryKind, Found, Info, Link};
use crate::operations::files::Predict;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Have a service managed by runit, or not: the link to it.
///
/// ```rhai
/// runit.manage("nginx");
/// ```
#[derive(Debug, Args)]
#[args("runit.manage")]
pub(crate) struct Manage {
    /// Name of the service.
    service: String,

    /// Whether the link should be there.
    #[arg(default = true)]
    managed: bool,

    /// The directory of managed services.
    #[arg(default = "/var/service")]
    svdir: String,

    /// The directory of services that can be managed.
    #[arg(default = "/etc/sv")]
    sourcedir: String,
}

impl Operation for Manage {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let path = self.path();
        let now = host.fact(&Link::at(&path))?;
        let is_right = match &*now {
            Found::Absent => !self.managed,
            Found::Here(info) => self.managed && info.link_target.as_ref() == Some(&self.target()),
            Found::Other => {
                return Err(Error::failed(format!("{path} exists and is no link"))
                    .hint("move it away first"));
            }
        };
        if is_right {
            let state = if self.managed { "is managed" } else { "is not managed" };
            return Ok(Commands::none(format!("service {} {state}", self.service)));
        }
        let mut todo = Commands::default();
        self.set(&mut todo, self.managed);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::SERVICES, Scope::path(self.path())]
    }
}

impl Manage {
    /// The link of a service.
    pub(super) fn of(service: &str, svdir: &str, sourcedir: &str) -> Self {
        let [service, svdir, sourcedir] = [service, svdir, sourcedir].map(str::to_owned);
        Self { service, managed: true, svdir, sourcedir }
    }

    fn path(&self) -> String {
        format!("{}/{}", self.svdir, self.service)
    }

    fn target(&self) -> String {
        format!("{}/{}", self.sourcedir, self.service)
    }

    /// Makes the link, also where one points elsewhere, or removes it.
    pub(super) fn set(&self, todo: &mut Commands, managed: bool) {
        let (path, target) = (self.path(), self.target());
        let of = format!("service {}", self.service);
        if managed {
            todo.run(sh!("ln -sfn -- {target} {path}"));
            todo.attribute(of, "managed", "no", "yes");
            let info = Info { link_target: Some(target), ..Info::default() };
            todo.will_be(&path, EntryKind::Link, info);
        } else {
            todo.run(sh!("rm -f -- {path}"));
            todo.attribute(of, "managed", "yes", "no");
            todo.will_be_absent(&path);
        }
    }
}
