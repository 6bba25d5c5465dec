use crate::facts::systemd::{Names, SystemdEnabled, SystemdStatus, Unit, Units, systemctl};
use crate::operations::services::{Control, State, record_enabled};
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
pub(crate) struct ControlService {
    /// Name of the unit; without a type it is a service.
    pub(crate) service: String,

    #[arg(flatten)]
    pub(crate) state: State,

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

/// So many lines of its journal show why a unit failed: those of its own, and a few of systemd about it.
const LINES: usize = 10;

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

/// What is known of a unit's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitFileIs {
    /// Nothing.
    Unknown,
    /// It is the same as before.
    AsItWas,
    /// It has been written, or removed, just before.
    New,
}

impl UnitFileIs {
    /// What `todo` does with it.
    pub(super) fn after(todo: &Commands) -> Self {
        if todo.is_empty() { Self::AsItWas } else { Self::New }
    }
}

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.plan_with(host, UnitFileIs::Unknown)
    }
}

impl ControlService {
    /// The plan where the same operation takes care of the unit's file.
    pub(super) fn plan_with(&self, host: &Host<'_>, file: UnitFileIs) -> Result<Commands> {
        let unit = unit_name(&self.service);
        let (status, enabled) = (self.status(&unit), self.enabled_fact(&unit));
        if self.enabled.is_some() {
            host.want(&enabled);
        }
        let units = host.fact(&status)?;
        let reloads = match file {
            UnitFileIs::New => true,
            UnitFileIs::AsItWas => units.unit(&unit).is_some_and(needs_reload),
            UnitFileIs::Unknown => self.daemon_reload && units.unit(&unit).is_none_or(needs_reload),
        };
        let is_new = file == UnitFileIs::New;
        self.check(&unit, &units, reloads)?;

        let systemctl =
            systemctl(self.user_mode, self.machine.as_deref(), self.user_name.as_deref());
        let mut todo = Commands::default();
        if reloads {
            todo.run(sh!("{systemctl} daemon-reload"));
        }
        let now = units.get(&unit);
        let control = self.control(&unit);
        // Only the root's mount unit, `-.mount`, starts as an option does.
        let mut end = Shell::new();
        end.flag("--", unit.starts_with('-'));
        let mut acts = Commands::default();
        control.run(&mut acts, now, |verb| sh!("{systemctl} {verb} {end} {unit}"));
        acts.explain(&self.journal(&unit));
        todo.extend(acts);
        if let Some(outcome) = control.outcome(now) {
            todo.then(&status, units.with(&unit, outcome));
        }
        if let Some(wanted) = self.enabled {
            let units = host.fact(&enabled)?;
            let now = is_enabled(&units, &unit, wanted && !is_new);
            // The new file may want to be enabled in other places than the old one.
            if now != wanted || (is_new && wanted) {
                let verb = match (wanted, now) {
                    (true, true) => "reenable",
                    (true, false) => "enable",
                    (false, _) => "disable",
                };
                todo.run(sh!("{systemctl} {verb} {end} {unit}"));
                if now != wanted {
                    record_enabled(&mut todo, &unit, wanted);
                }
            }
            todo.then(&enabled, units.with(&unit, wanted));
        }
        if todo.is_empty() {
            return Ok(Commands::none(control.note(now)));
        }
        Ok(todo)
    }

    /// What the unit, and systemd of it, said last. Who may not read the journal gets nothing.
    fn journal(&self, unit: &str) -> Shell {
        let mut journalctl = sh!("journalctl --quiet --no-pager --output=cat --lines={LINES}");
        if let Some(machine) = &self.machine {
            journalctl = sh!("{journalctl} --machine={machine}");
        }
        let of_unit = if self.user_mode {
            let (by, of) = (format!("_SYSTEMD_USER_UNIT={unit}"), format!("USER_UNIT={unit}"));
            sh!("{by} + {of}")
        } else {
            sh!("--unit={unit}")
        };
        sh!(
            "said=$({journalctl} {of_unit} 2>/dev/null); [ -z \"$said\" ] || printf 'its journal ends with:\\n%s\\n' \"$said\""
        )
    }

    fn control<'a>(&'a self, unit: &'a str) -> Control<'a> {
        self.state.control(unit, self.command.as_deref())
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
    fn check(&self, unit: &str, units: &Units, may_be_new: bool) -> Result<()> {
        let needed = self.state.running == Some(true) || self.enabled == Some(true);
        let state = units.unit(unit).map_or("", |it| it.property("LoadState"));
        match state {
            "not-found" if needed && !may_be_new => {
                Err(Error::failed(format!("there is no unit `{unit}`"))
                    .hint("install what brings it, or write its file, before this operation"))
            }
            "masked" if needed => Err(Error::failed(format!("unit `{unit}` is masked"))
                .hint(format!("`systemctl unmask {unit}` makes it startable"))),
            _ => Ok(()),
        }
    }
}

/// The whole name of a unit; without a type it is a service.
pub(super) fn unit_name(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, kind)) if TYPES.contains(&kind) => name.to_owned(),
        _ => format!("{name}.service"),
    }
}

/// Whether systemd has to read unit files again for a unit.
fn needs_reload(unit: &Unit) -> bool {
    unit.property("NeedDaemonReload") != "no" || unit.property("LoadState") == "not-found"
}

/// Whether a unit is enabled. One that has no place to be enabled in ("static") counts as `or`, what is
/// wanted of it: neither `enable` nor `disable` would do anything.
fn is_enabled(units: &Units, unit: &str, or: bool) -> bool {
    match units.unit(unit).map(|it| it.property("UnitFileState")) {
        Some("static") => or,
        _ => units.get(unit).unwrap_or(false),
    }
}
