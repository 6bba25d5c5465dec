use indexmap::IndexMap;

use super::service::{UnitFileIs, unit_name};
use super::text::{Sections, unit_text};
use super::unit_file::{UnitFile, control};
use crate::args::Phrase;
use crate::operations::files::GivenText;
use crate::operations::services::State;
use crate::value::Value;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Write the file of a unit of systemd, or a drop-in for one, and start and enable it.
///
/// What is in the file is given in one of four ways: `sections`, `content`, `src` (a local file), or
/// `template` with `data`. The file goes to `/etc/systemd/system`. Before it does, `systemd-analyze
/// verify` must accept it. When it has changed, systemd reads it, and the unit is restarted if it runs.
///
/// With `drop_in` the file only adds to the unit's own: it becomes `UNIT.d/DROP_IN.conf`.
///
/// Removing a unit stops and disables it first.
///
/// ```rhai
/// systemd.unit("app", #{
///     sections: #{
///         Unit: #{ Description: "The app", After: "network.target" },
///         Service: #{ ExecStart: "/usr/bin/env app --port 8080", User: "app", Environment: ["A=1", "B=2"] },
///         Install: #{ WantedBy: "multi-user.target" },
///     },
///     enabled: true,
///     running: true,
/// });
/// systemd.unit("nginx", #{ drop_in: "limits", sections: #{ Service: #{ LimitNOFILE: 65536 } } });
/// systemd.unit("data.mount", #{ content: "[Mount]\nWhat=tmpfs\nWhere=/data\nType=tmpfs\n", running: true });
/// systemd.unit("old", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("systemd.unit")]
#[expect(clippy::struct_field_names, reason = "the argument is what systemd calls it")]
pub(crate) struct Unit {
    /// Name of the unit; without a type it is a service.
    unit: String,

    /// Whether the file should be there.
    #[arg(default = true)]
    present: bool,

    /// The file's sections, each with its settings; a list is a setting that stands there several times.
    sections: Option<Sections>,

    /// The file's text.
    content: Option<Phrase>,

    /// A local file with the text.
    src: Option<String>,

    /// A template of the text, a file of the project.
    template: Option<String>,

    /// Variables for the template.
    data: Option<IndexMap<String, Value>>,

    /// Write a drop-in of this name instead of the unit's own file.
    drop_in: Option<String>,

    /// Whether the unit should run. Default: that stays as it is.
    running: Option<bool>,

    /// Whether the unit should start with the system. Default: that stays as it is.
    enabled: Option<bool>,

    /// Restart the unit, if it runs, when the file has changed.
    #[arg(default = true)]
    restart: bool,

    /// Let `systemd-analyze verify` check the file before it goes live. Drop-ins are not checked.
    #[arg(default = true)]
    verify: bool,
}

impl Operation for Unit {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let file = self.file()?;
        file.want(host);
        let todo = if self.present { self.write(host, &file)? } else { self.remove(host, &file)? };
        if todo.is_empty() && todo.note.is_none() {
            return Ok(Commands::none(format!("unit {} is as it should be", file.unit)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        self.file().map_or_else(|_| vec![Scope::Anything], |file| file.touches())
    }
}

impl Unit {
    fn file(&self) -> Result<UnitFile> {
        let unit = unit_name(&self.unit);
        match &self.drop_in {
            Some(name) => UnitFile::drop_in(&unit, name),
            None => UnitFile::new(&unit),
        }
    }

    fn write(&self, host: &Host<'_>, file: &UnitFile) -> Result<Commands> {
        let text = self.text(host)?;
        let verify = self.verify && self.drop_in.is_none();
        let mut todo = file.write(host, &text, verify)?;
        let file_is = UnitFileIs::after(&todo);
        if is_template(&file.unit) {
            self.check_template(&file.unit)?;
            if file_is == UnitFileIs::New {
                todo.run(sh!("systemctl daemon-reload"));
            }
            return Ok(todo);
        }
        let control = super::ControlService {
            state: State {
                running: self.running,
                restarted: file_is == UnitFileIs::New && self.restart,
                reloaded: false,
            },
            enabled: self.enabled,
            ..control(&file.unit)
        };
        todo.extend(control.plan_with(host, file_is)?);
        todo.note = None;
        Ok(todo)
    }

    fn remove(&self, host: &Host<'_>, file: &UnitFile) -> Result<Commands> {
        let removal = file.remove(host)?;
        if removal.is_empty() {
            return Ok(removal);
        }
        if self.drop_in.is_some() {
            let mut todo = removal;
            let state = State { restarted: self.restart, ..State::default() };
            let control = super::ControlService { state, ..control(&file.unit) };
            todo.extend(control.plan_with(host, UnitFileIs::New)?);
            return Ok(todo);
        }
        if is_template(&file.unit) {
            let mut todo = removal;
            todo.run(sh!("systemctl daemon-reload"));
            return Ok(todo);
        }
        let stop = super::ControlService {
            state: State { running: Some(false), ..State::default() },
            enabled: Some(false),
            ..control(&file.unit)
        };
        let mut todo = stop.plan(host)?;
        todo.note = None;
        todo.extend(removal);
        todo.run(sh!("systemctl daemon-reload"));
        Ok(todo)
    }

    /// A template is no unit that could run; its instances are.
    fn check_template(&self, unit: &str) -> Result<()> {
        if self.running.is_none() && self.enabled.is_none() {
            return Ok(());
        }
        let argument = if self.running.is_some() { "running" } else { "enabled" };
        let instance = unit.replacen('@', "@NAME", 1);
        Err(Error::usage(format!("`{unit}` is a template, which cannot be started or enabled"))
            .hint(format!("name an instance with systemd.service: `{instance}`"))
            .argument(argument))
    }

    fn text(&self, host: &Host<'_>) -> Result<String> {
        let given = GivenText {
            content: self.content.as_ref(),
            src: self.src.as_deref(),
            template: self.template.as_deref(),
            data: self.data.as_ref(),
        };
        match (&self.sections, given.ways()) {
            (Some(sections), 0) => unit_text(sections),
            (None, 1) => given.read(host),
            _ => Err(Error::usage("`systemd.unit` needs to know what is in the file")
                .hint("give one of `sections`, `content`, `src` and `template`")),
        }
    }
}

/// `app@.service`: units are made from it by a name after the `@`.
fn is_template(unit: &str) -> bool {
    unit.contains("@.")
}
