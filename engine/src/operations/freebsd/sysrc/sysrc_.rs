use super::super::in_jail;
use crate::args::{Scalar, choice};
use crate::command::Output;
use crate::facts::freebsd::Sysrc;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

choice! {
    /// What is done to a setting.
    pub(crate) enum Edit { Set = "set", Add = "add", Sub = "sub", Del = "del" }
}

/// Set, add to, take from or delete a setting in `rc.conf`.
///
/// `set` leaves a setting that has a value as it is, unless `overwrite` is given.
///
/// ```rhai
/// freebsd.sysrc.sysrc("nginx_enable", "YES");
/// freebsd.sysrc.sysrc("kld_list", "zfs", #{ command: "add" });
/// freebsd.sysrc.sysrc("old_enable", "", #{ command: "del" });
/// ```
#[derive(Debug, Args)]
#[args("freebsd.sysrc.sysrc")]
pub(crate) struct EditSetting {
    /// Name of the setting.
    parameter: String,

    /// The value; for `add` and `sub` one of several.
    value: Scalar,

    /// The jail. Default: the host itself.
    jail: Option<String>,

    /// What is done.
    #[arg(default = Edit::Set)]
    command: Edit,

    /// With `set`: replace another value.
    #[arg(default = false)]
    overwrite: bool,
}

impl Operation for EditSetting {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let (name, value) = (&self.parameter, &self.value.0);
        let fact = Sysrc { parameter: name.clone(), jail: self.jail.clone() };
        let answer = host.fact(&fact)?;
        let now = answer.as_deref().unwrap_or_default();
        let mut words: Vec<&str> = now.split_whitespace().collect();
        let has = words.contains(&value.as_str());
        let is_done = match self.command {
            Edit::Set if self.overwrite => answer.as_deref() == Some(value),
            Edit::Set => !now.is_empty(),
            Edit::Add => has,
            // Where there is no value that is known, sysrc sees to it.
            Edit::Sub => !has && !now.is_empty(),
            Edit::Del => answer.is_none(),
        };
        if is_done {
            return Ok(Commands::none(format!("{name} is {now:?}")));
        }
        let line = in_jail("sysrc", self.jail.as_ref());
        let sign = match self.command {
            Edit::Add => "+=",
            Edit::Sub => "-=",
            Edit::Set | Edit::Del => "=",
        };
        let assignment = format!("{name}{sign}{value}");
        let line = if self.command == Edit::Del {
            sh!("{line} -i -x -- {name}")
        } else {
            sh!("{line} -i -- {assignment}")
        };
        let mut todo = Commands::from(line);
        let after = match self.command {
            Edit::Set => Some(value.clone()),
            Edit::Del => None,
            Edit::Add => {
                words.push(value);
                Some(words.join(" "))
            }
            Edit::Sub => {
                words.retain(|it| it != value);
                Some(words.join(" "))
            }
        };
        todo.attribute("rc.conf", name, now, after.clone().unwrap_or_default());
        todo.changed = Some(is_other);
        todo.then(&fact, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree("/etc"), Scope::tree("/usr/local/etc")]
    }
}

/// sysrc prints `name: before -> after`, or nothing for a setting that it deletes.
fn is_other(outputs: &[Output]) -> bool {
    let is_same = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stdout);
        let values = text.trim_end().split_once(": ").and_then(|(_, it)| it.split_once(" -> "));
        values.is_some_and(|(before, after)| before == after)
    };
    !outputs.iter().all(is_same)
}
