use super::{apt_get, changed_packages};
use crate::facts::apt::SimulateOperationWillChange;
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Upgrade all packages for which the index has a newer version.
///
/// Packages that need others to be removed stay as they are: see `apt.dist_upgrade`. The index is not
/// renewed: see `apt.update`.
///
/// ```rhai
/// apt.update(#{ cache_time: 3600 });
/// apt.upgrade(#{ auto_remove: true });
/// ```
#[derive(Debug, Args)]
#[args("apt.upgrade")]
pub(crate) struct Upgrade {
    /// Remove packages that were installed for others and are no longer needed.
    #[arg(default = false)]
    auto_remove: bool,
}

impl Operation for Upgrade {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        upgrade(host, "upgrade", self.auto_remove)
    }
}

/// What is simulated to find out whether an upgrade changes anything.
pub(super) fn simulation(kind: &'static str, auto_remove: bool) -> SimulateOperationWillChange {
    let flags = if auto_remove { " --autoremove" } else { "" };
    SimulateOperationWillChange { command: format!("{kind}{flags}") }
}

/// Runs an upgrade, if apt-get says that it would change anything. Where that cannot be simulated it
/// runs too, and tells why it fails.
pub(super) fn upgrade(host: &Host<'_>, kind: &'static str, auto_remove: bool) -> Result<Commands> {
    let simulated = host.fact(&simulation(kind, auto_remove))?;
    match &*simulated {
        Some(it) if !it.changes() => Ok(Commands::none("all packages are the newest")),
        it => {
            let mut todo = Commands::from(line(kind, auto_remove));
            let waiting = it.as_ref().and_then(|it| it.upgraded);
            let waiting = waiting.map_or_else(|| "some".to_owned(), |it| it.to_string());
            todo.attribute("apt", "packages to upgrade", waiting, "0");
            todo.changed = Some(changed_packages);
            Ok(todo)
        }
    }
}

/// The command of an upgrade.
pub(super) fn line(kind: &'static str, auto_remove: bool) -> Shell {
    let mut flags = Shell::new();
    flags.flag("--autoremove", auto_remove);
    let apt_get = apt_get(false);
    sh!("{apt_get} {kind} {flags}")
}
