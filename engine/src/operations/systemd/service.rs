use crate::facts::systemd::{Names, SystemdEnabled, SystemdStatus, Unit, Units, systemctl};
use crate::operations::services::{Control, record_enabled};
use crate::{Args, Commands, Error, Host, Operation, Result, Shell, sh};

/// Start, stop, restart, reload, enable or disable a unit of systemd.
///
/// `restarted` and `reloaded` act every time, and only on a unit that runs: give them where something
/// changed.
///
/// ```rhai
/// let conf = files.put("nginx.conf", "/etc/nginx/nginx.conf");
/// systemd.service("nginx", #{ enabled: true, reloaded: conf.changed });
/// systemd.service("logrotate.timer", #{ running: true, enabled: true });
/// ```
#[derive(Debug, Args)]
#[args("systemd.service")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct ControlService {
    /// Name of the unit; without a type it is a service.
    pub(crate) service: String,

    /// Whether the unit should run; `()` leaves that as it is.
    #[arg(default = true)]
    pub(crate) running: Option<bool>,

    /// Restart the unit, if it runs.
    #[arg(default = false)]
    pub(crate) restarted: bool,

    /// Make the unit read its configuration again, if it runs.
    #[arg(default = false)]
    pub(crate) reloaded: bool,

    /// Another command of `systemctl` for the unit: `try-restart`.
    pub(crate) command: Option<String>,

    /// Whether the unit should start with the system. Default: that stays as it is.
    pub(crate) enabled: Option<bool>,

    /// Make systemd read its unit files again first, if the unit's have changed.
    #[arg(default = false)]
    pub(crate) daemon_reload: bool,

    /// Speak to the manager of a user's session (`systemctl --user`).
    #[arg(default = false)]
    pub(crate) user_mode: bool,

    /// The container to speak to.
    pub(crate) machine: Option<String>,

    /// The user whose manager is spoken to.
    pub(crate) user_name: Option<String>,
}

/// The types of units. systemd.unit(5).
const TYPES: &[&str] = &[
    "service",
    "socket",
    "device",
    "mount",
    "automount",
    "swap",
    "target",
    "path",
    "timer",
    "slice",
    "scope",
];

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let unit = self.unit();
        let (status, enabled) = (self.status(&unit), self.enabled_fact(&unit));
        if self.enabled.is_some() {
            host.want(&enabled);
        }
        let units = host.fact(&status)?;
        self.check(&unit, &units)?;

        let systemctl =
            systemctl(self.user_mode, self.machine.as_deref(), self.user_name.as_deref());
        let mut todo = Commands::default();
        if self.daemon_reload && needs_reload(units.unit(&unit)) {
            todo.run(sh!("{systemctl} daemon-reload"));
        }
        let now = units.get(&unit);
        let control = self.control(&unit);
        // Only the root's mount unit, `-.mount`, starts as an option does.
        let mut end = Shell::new();
        end.flag("--", unit.starts_with('-'));
        control.run(&mut todo, now, |verb| sh!("{systemctl} {verb} {end} {unit}"));
        if let Some(outcome) = control.outcome(now) {
            todo.then(&status, units.with(&unit, outcome));
        }
        if let Some(wanted) = self.enabled {
            let units = host.fact(&enabled)?;
            if is_enabled(&units, &unit, wanted) != wanted {
                let verb = if wanted { "enable" } else { "disable" };
                todo.run(sh!("{systemctl} {verb} {end} {unit}"));
                record_enabled(&mut todo, &unit, wanted);
            }
            todo.then(&enabled, units.with(&unit, wanted));
        }
        if todo.is_empty() {
            return Ok(Commands::none(control.note(now)));
        }
        Ok(todo)
    }
}

impl ControlService {
    fn unit(&self) -> String {
        match self.service.rsplit_once('.') {
            Some((_, kind)) if TYPES.contains(&kind) => self.service.clone(),
            _ => format!("{}.service", self.service),
        }
    }

    fn control<'a>(&'a self, unit: &'a str) -> Control<'a> {
        Control {
            service: unit,
            running: self.running,
            restarted: self.restarted,
            reloaded: self.reloaded,
            command: self.command.as_deref(),
        }
    }

    fn status(&self, unit: &str) -> SystemdStatus {
        SystemdStatus {
            user_mode: self.user_mode,
            machine: self.machine.clone(),
            user_name: self.user_name.clone(),
            services: Some(Names(vec![unit.to_owned()])),
        }
    }

    fn enabled_fact(&self, unit: &str) -> SystemdEnabled {
        SystemdEnabled {
            user_mode: self.user_mode,
            machine: self.machine.clone(),
            user_name: self.user_name.clone(),
            services: Some(Names(vec![unit.to_owned()])),
        }
    }

    /// A unit that does not exist, or is masked, cannot be started or enabled.
    fn check(&self, unit: &str, units: &Units) -> Result<()> {
        let needed = self.running == Some(true) || self.enabled == Some(true);
        let state = units.unit(unit).map_or("", |it| it.property("LoadState"));
        match state {
            "not-found" if needed && !self.daemon_reload => {
                Err(Error::failed(format!("there is no unit `{unit}`"))
                    .hint("install what brings it, or write its file, before this operation"))
            }
            "masked" if needed => Err(Error::failed(format!("unit `{unit}` is masked"))
                .hint(format!("`systemctl unmask {unit}` makes it startable"))),
            _ => Ok(()),
        }
    }
}

/// Whether systemd has to read unit files again for a unit; what is not known may.
fn needs_reload(unit: Option<&Unit>) -> bool {
    unit.is_none_or(|unit| {
        unit.property("NeedDaemonReload") != "no" || unit.property("LoadState") == "not-found"
    })
}

/// Whether a unit is enabled. One that has no place to be enabled in ("static") counts as what is
/// wanted of it: neither `enable` nor `disable` would do anything.
fn is_enabled(units: &Units, unit: &str, wanted: bool) -> bool {
    match units.unit(unit).map(|it| it.property("UnitFileState")) {
        Some("static") => wanted,
        _ => units.get(unit).unwrap_or(false),
    }
}
