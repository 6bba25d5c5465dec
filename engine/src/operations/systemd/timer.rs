use indexmap::IndexMap;

use super::ControlService;
use super::service::UnitFileIs;
use super::text::{Sections, unit_text};
use super::unit_file::{UnitFile, control};
use crate::args::{OneOrMany, Scalar};
use crate::operations::services::State;
use crate::value::Value;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Run a command at certain times, by a timer of systemd.
///
/// Two units are written to `/etc/systemd/system`: `NAME.service` runs the command once, `NAME.timer`
/// says when. The timer is started, and enabled so that it starts with the system. `systemd-analyze
/// verify` must accept both before they go live.
///
/// The command is one line as `ExecStart=` has it: a program and its words, `%` doubled. Pipes and the
/// like need a shell: `sh -c "…"`.
///
/// ```rhai
/// systemd.timer("backup", "/usr/bin/env backup --all", #{ on_calendar: "*-*-* 03:00", user: "root" });
/// systemd.timer("ping", "/bin/true", #{ on_boot_sec: "2min", on_unit_active_sec: "15min", persistent: false });
/// systemd.timer("old", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("systemd.timer")]
#[expect(
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    reason = "they are the arguments of the operation"
)]
pub(crate) struct Timer {
    /// Name of both units, without `.timer`.
    timer: String,

    /// What is run.
    command: Option<String>,

    /// Whether the timer should be there.
    #[arg(default = true)]
    present: bool,

    /// The times: `daily`, `Mon..Fri 22:30`, `*:0/15`. systemd.time(7).
    on_calendar: Option<OneOrMany<String>>,

    /// How long after the host's start: `2min`.
    on_boot_sec: Option<Scalar>,

    /// How long after the command was last started: `1h`.
    on_unit_active_sec: Option<Scalar>,

    /// Run the command at once where the host was off at its time. Counts for `on_calendar`.
    #[arg(default = true)]
    persistent: bool,

    /// Put off each run by up to this time, at random: `5min`.
    randomized_delay_sec: Option<Scalar>,

    /// How exact the time must be. Default: systemd's, `1min`.
    accuracy_sec: Option<Scalar>,

    /// The user that the command runs as. Default: root.
    user: Option<String>,

    /// The group that it runs as. Default: the user's.
    group: Option<String>,

    /// The directory that it runs in.
    working_directory: Option<String>,

    /// Variables of its environment.
    environment: Option<IndexMap<String, Scalar>>,

    /// More settings of the service, as in its file: `#{ Nice: 10, IOSchedulingClass: "idle" }`.
    service: Option<IndexMap<String, Value>>,

    /// What both units are. Default: their name.
    description: Option<String>,

    /// Whether the timer runs and starts with the system.
    #[arg(default = true)]
    enabled: bool,

    /// Let `systemd-analyze verify` check the files before they go live.
    #[arg(default = true)]
    verify: bool,
}

impl Operation for Timer {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let (service, timer) = self.files()?;
        service.want(host);
        timer.want(host);
        let todo = if self.present {
            self.write(host, &service, &timer)?
        } else {
            remove(host, &service, &timer)?
        };
        if todo.is_empty() {
            let is = if self.present { "is as it should be" } else { "does not exist" };
            return Ok(Commands::none(format!("{} {is}", timer.unit)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        match self.files() {
            Ok((service, timer)) => [service.touches(), timer.touches()].concat(),
            Err(_) => vec![Scope::Anything],
        }
    }
}

impl Timer {
    fn files(&self) -> Result<(UnitFile, UnitFile)> {
        let name = self.timer.strip_suffix(".timer").unwrap_or(&self.timer);
        Ok((UnitFile::new(&format!("{name}.service"))?, UnitFile::new(&format!("{name}.timer"))?))
    }

    fn write(&self, host: &Host<'_>, service: &UnitFile, timer: &UnitFile) -> Result<Commands> {
        let mut todo = service.write(host, &unit_text(&self.service()?)?, self.verify)?;
        let second = timer.write(host, &unit_text(&self.times()?)?, self.verify)?;
        let has_new_times = !second.is_empty();
        todo.extend(second);
        let files_are = UnitFileIs::after(&todo);
        let control = ControlService {
            state: State { running: Some(self.enabled), restarted: has_new_times, reloaded: false },
            enabled: Some(self.enabled),
            ..control(&timer.unit)
        };
        todo.extend(control.plan_with(host, files_are)?);
        todo.note = None;
        Ok(todo)
    }

    fn service(&self) -> Result<Sections> {
        let Some(command) = &self.command else {
            return Err(Error::usage("argument `command` is missing")
                .hint("give what the timer runs, or `present: false` to remove it")
                .argument("command"));
        };
        let text = |it: &Option<String>| it.as_deref().map(Value::from);
        let lines = |it: &IndexMap<String, Scalar>| {
            it.iter().map(|(name, value)| assignment(name, &value.0)).collect()
        };
        let mut settings: IndexMap<_, _> = given([
            ("Type", Some(Value::from("oneshot"))),
            ("ExecStart", Some(Value::from(command.as_str()))),
            ("User", text(&self.user)),
            ("Group", text(&self.group)),
            ("WorkingDirectory", text(&self.working_directory)),
            ("Environment", self.environment.as_ref().map(|it| Value::List(lines(it)))),
        ])
        .collect();
        settings.extend(self.service.iter().flatten().map(|(name, it)| (name.clone(), it.clone())));
        Ok(IndexMap::from([self.heading(), ("Service".to_owned(), settings)]))
    }

    fn times(&self) -> Result<Sections> {
        let text = |it: &Option<Scalar>| it.as_ref().map(|it| Value::from(it.0.as_str()));
        let calendar = self.on_calendar.as_ref();
        let list = |it: &OneOrMany<String>| it.iter().map(|it| Value::from(it.as_str())).collect();
        let times = [
            ("OnCalendar", calendar.map(|it| Value::List(list(it)))),
            ("OnBootSec", text(&self.on_boot_sec)),
            ("OnUnitActiveSec", text(&self.on_unit_active_sec)),
        ];
        if times.iter().all(|(_, it)| it.is_none()) {
            return Err(Error::usage("the timer has no time")
                .hint("give `on_calendar`, `on_boot_sec` or `on_unit_active_sec`")
                .argument("on_calendar"));
        }
        let more = [
            ("Persistent", calendar.map(|_| Value::Bool(self.persistent))),
            ("RandomizedDelaySec", text(&self.randomized_delay_sec)),
            ("AccuracySec", text(&self.accuracy_sec)),
        ];
        let settings = given(times).chain(given(more)).collect();
        let install = IndexMap::from([("WantedBy".to_owned(), Value::from("timers.target"))]);
        Ok(IndexMap::from([
            self.heading(),
            ("Timer".to_owned(), settings),
            ("Install".to_owned(), install),
        ]))
    }

    fn heading(&self) -> (String, IndexMap<String, Value>) {
        let name = self.timer.strip_suffix(".timer").unwrap_or(&self.timer);
        let description = self.description.as_deref().unwrap_or(name);
        let settings = IndexMap::from([("Description".to_owned(), Value::from(description))]);
        ("Unit".to_owned(), settings)
    }
}

fn remove(host: &Host<'_>, service: &UnitFile, timer: &UnitFile) -> Result<Commands> {
    let (first, second) = (timer.remove(host)?, service.remove(host)?);
    if first.is_empty() && second.is_empty() {
        return Ok(Commands::default());
    }
    let mut todo = Commands::default();
    if !first.is_empty() {
        let state = State { running: Some(false), ..State::default() };
        let stop = ControlService { state, enabled: Some(false), ..control(&timer.unit) };
        todo.extend(stop.plan(host)?);
    }
    todo.extend(first).extend(second);
    todo.run(sh!("systemctl daemon-reload"));
    Ok(todo)
}

/// The settings that are given.
fn given<const N: usize>(
    settings: [(&str, Option<Value>); N],
) -> impl Iterator<Item = (String, Value)> {
    settings.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)))
}

/// A variable as `Environment=` takes it: in quotes, `%` doubled. systemd.exec(5).
fn assignment(name: &str, value: &str) -> Value {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    Value::Text(format!("\"{name}={value}\""))
}
