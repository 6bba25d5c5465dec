//! `config.rhai`: options of the command line and global arguments, for every run of a project.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::document::Document;
use crate::error::{Error, Result, did_you_mean};
use crate::options::{GlobalArgs, merge};
use crate::place::Problem;
use crate::script::DataScripts;
use crate::settings::Settings;
use crate::value::{Map, Value};

/// What a configuration sets; the rest is as the command line and the defaults say.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Hosts worked on at the same time; 0 means all.
    pub parallel: Option<usize>,
    /// One host after the other.
    pub serial: Option<bool>,
    /// Hosts do not wait for each other.
    pub no_wait: Option<bool>,
    /// End the run when more than so many percent of the hosts have failed.
    pub fail_percent: Option<f64>,
    /// Tries after a failed one.
    pub retry: Option<u32>,
    /// Between tries; in seconds in the file.
    pub retry_delay: Option<Duration>,
    /// Until a host must have answered; in seconds in the file.
    pub connect_timeout: Option<Duration>,
    /// Until a command must have ended; in seconds in the file.
    pub timeout: Option<Duration>,
    /// Show what changes in files.
    pub diff: Option<bool>,
    /// Ask for the password of `sudo`.
    pub use_sudo_password: Option<bool>,
    /// Further folders with group data; relative ones are beside the configuration.
    pub group_data: Vec<PathBuf>,
    /// Global arguments for all operations, with their underscore.
    pub globals: Map,
    /// The file, and what it says by the names that it uses: to be shown.
    pub origin: Option<(PathBuf, Map)>,
}

/// Options that are not global arguments.
const OPTIONS: &[&str] = &[
    "parallel",
    "serial",
    "no_wait",
    "fail_percent",
    "retry",
    "retry_delay",
    "connect_timeout",
    "timeout",
    "diff",
    "use_sudo_password",
    "group_data",
];

/// Global arguments that make sense for a whole run, without their underscore.
const GLOBALS: &[&str] = &[
    "sudo",
    "sudo_user",
    "use_sudo_login",
    "sudo_password",
    "preserve_sudo_env",
    "su_user",
    "use_su_login",
    "preserve_su_env",
    "su_shell",
    "su_password",
    "doas",
    "doas_user",
    "shell_executable",
    "chdir",
    "env",
    "temp_dir",
    "ignore_errors",
    "continue_on_error",
    "get_pty",
];

/// Other names for them, as pyinfra has them.
const ALIASES: &[(&str, &str)] = &[("shell", "shell_executable"), ("default_temp_dir", "temp_dir")];

/// Reads the configuration at `path`, or `config.rhai` in the folder `beside` (that of the first deploy
/// script), or in the working directory; none is an empty one. Every mistake at once.
///
/// Variables are named as the options, pyinfra's upper-case names (`SUDO`, `FAIL_PERCENT`) are understood,
/// a name that starts with `_` is the script's own.
pub fn config(path: Option<&Path>, beside: Option<&Path>) -> Result<Config, Vec<Problem>> {
    let Some(path) = path.map(Path::to_owned).or_else(|| find(beside)) else {
        return Ok(Config::default());
    };
    if !path.is_file() {
        let error = Error::usage(format!("there is no configuration `{}`", path.display()))
            .hint("`--config` names a file such as config.rhai");
        return Err(vec![error.into()]);
    }
    let document = Document::read(&path, &DataScripts::default())?;
    let mut config = Config::default();
    let mut problems = Vec::new();
    for (variable, value) in document.values.iter().filter(|(name, _)| !name.starts_with('_')) {
        if let Err(error) = config.set(variable, value, &path) {
            problems.push(document.problem(variable, error));
        }
    }
    let said = document.values.iter().filter(|(name, _)| !name.starts_with('_'));
    let said = said.map(|(name, value)| (name.clone(), value.clone())).collect();
    config.origin = Some((path, said));
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

fn find(beside: Option<&Path>) -> Option<PathBuf> {
    let own = beside.map(|folder| folder.join("config.rhai")).filter(|it| it.is_file());
    own.or_else(|| Some(PathBuf::from("config.rhai")).filter(|it| it.is_file()))
}

impl Config {
    /// Lays the configuration over `settings`. Call it on [`Settings::default`], before what the command
    /// line gave is set: then the command line wins because it comes later, also where it gives a default
    /// (`--retry 0`). Global arguments and folders that are there already win all the same.
    pub fn apply(&self, settings: &mut Settings) {
        set(&mut settings.parallel, self.parallel);
        set(&mut settings.serial, self.serial);
        set(&mut settings.no_wait, self.no_wait);
        set(&mut settings.retry, self.retry);
        set(&mut settings.retry_delay, self.retry_delay);
        set(&mut settings.connect_timeout, self.connect_timeout);
        settings.fail_percent = self.fail_percent.or(settings.fail_percent);
        settings.timeout = self.timeout.or(settings.timeout);
        settings.globals = merge(std::mem::take(&mut settings.globals), &self.globals);
        settings.group_data.splice(0..0, self.group_data.iter().cloned());
    }

    fn set(&mut self, variable: &str, value: &Value, path: &Path) -> Result<()> {
        let lower = variable.to_lowercase();
        let pyinfra = variable.chars().all(|it| it.is_ascii_uppercase() || it == '_');
        let name = if pyinfra { lower.as_str() } else { variable };
        let name = ALIASES.iter().find(|it| it.0 == name).map_or(name, |it| it.1);
        if !OPTIONS.contains(&name) && !GLOBALS.contains(&name) && name != "inherit_env" {
            return Err(unknown(variable, name));
        }
        if matches!(value, Value::Unit) {
            return Ok(());
        }
        match name {
            "parallel" => self.parallel = Some(whole(name, value)?),
            "serial" => self.serial = Some(yes(name, value)?),
            "no_wait" => self.no_wait = Some(yes(name, value)?),
            "fail_percent" => self.fail_percent = Some(percent(name, value)?),
            "retry" => self.retry = Some(whole(name, value)?),
            "retry_delay" => self.retry_delay = Some(seconds(name, value)?),
            "connect_timeout" => self.connect_timeout = Some(seconds(name, value)?),
            "timeout" => self.timeout = Some(seconds(name, value)?),
            "diff" => self.diff = Some(yes(name, value)?),
            "use_sudo_password" => self.use_sudo_password = Some(yes(name, value)?),
            "group_data" => self.group_data = folders(value, path)?,
            "inherit_env" => self.inherit(value)?,
            _ => self.global(format!("_{name}"), value.clone())?,
        }
        Ok(())
    }

    fn global(&mut self, name: String, value: Value) -> Result<()> {
        let layer = Map::from([(name, value)]);
        if let Err(errors) = GlobalArgs::read_map(layer.clone()) {
            return Err(errors.into_iter().next().unwrap_or_else(|| Error::usage("wrong value")));
        }
        self.globals = merge(layer, &self.globals);
        Ok(())
    }

    /// Environment variables of the controller that hosts get too; what `env` says itself wins.
    fn inherit(&mut self, value: &Value) -> Result<()> {
        let names = texts("inherit_env", value)?;
        let env: Map = names
            .into_iter()
            .filter_map(|name| std::env::var(&name).ok().map(|it| (name, Value::Text(it))))
            .collect();
        let below = Map::from([("_env".to_owned(), Value::Map(env))]);
        self.globals = merge(std::mem::take(&mut self.globals), &below);
        Ok(())
    }
}

fn set<T: Copy>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
    }
}

fn unknown(variable: &str, name: &str) -> Error {
    let error = Error::usage(format!("there is no option `{variable}`"));
    if name.starts_with("require_") || name.starts_with("dzdo") {
        return error.hint("pyinfra has it, infra does not; take it out");
    }
    if name.starts_with("ssh_") {
        return error.hint("how hosts are reached is data: set it in group_data/all.rhai");
    }
    let known = OPTIONS.iter().chain(GLOBALS).copied();
    error.hint(did_you_mean(name, known).unwrap_or_else(|| {
        format!("a variable of the script's own starts with `_`: `_{variable}`")
    }))
}

fn wrong(name: &str, needed: &str, value: &Value) -> Error {
    Error::usage(format!("`{name}` is {needed}, not {}", value.kind()))
}

fn yes(name: &str, value: &Value) -> Result<bool> {
    match value {
        Value::Bool(it) => Ok(*it),
        other => Err(wrong(name, "true or false", other)),
    }
}

fn whole<T: TryFrom<i64>>(name: &str, value: &Value) -> Result<T> {
    match value {
        Value::Int(it) => T::try_from(*it)
            .map_err(|_| Error::usage(format!("`{name}` is a whole number from 0 on, not {it}"))),
        other => Err(wrong(name, "a whole number", other)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "percentages and seconds are small")]
fn number(name: &str, value: &Value) -> Result<f64> {
    match value {
        Value::Int(it) => Ok(*it as f64),
        Value::Float(it) => Ok(*it),
        other => Err(wrong(name, "a number", other)),
    }
}

/// A number from 0 to 100.
pub(crate) fn percent(name: &str, value: &Value) -> Result<f64> {
    let it = number(name, value)?;
    if (0.0..=100.0).contains(&it) {
        return Ok(it);
    }
    Err(Error::usage(format!("`{name}` is a number from 0 to 100, not {it}")))
}

fn seconds(name: &str, value: &Value) -> Result<Duration> {
    let it = number(name, value)?;
    Duration::try_from_secs_f64(it)
        .map_err(|_| Error::usage(format!("`{name}` is a number of seconds, not {it}")))
}

fn texts(name: &str, value: &Value) -> Result<Vec<String>> {
    let text = |it: &Value| match it {
        Value::Text(text) => Ok(text.clone()),
        other => Err(wrong(name, "text, or a list of it", other)),
    };
    match value {
        Value::List(items) => items.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

fn folders(value: &Value, path: &Path) -> Result<Vec<PathBuf>> {
    let beside = path.parent().unwrap_or(Path::new(""));
    Ok(texts("group_data", value)?.into_iter().map(|it| beside.join(it)).collect())
}
