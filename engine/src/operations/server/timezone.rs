use super::rewrite::rewrite;
use super::systemd;
use crate::facts::files::Text;
use crate::facts::server;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Set the host's time zone.
///
/// `timedatectl` sets it where systemd runs; elsewhere `/etc/localtime` becomes a link to the
/// zone's file, which must exist, and `/etc/timezone` holds its name.
///
/// ```rhai
/// server.timezone("Europe/Amsterdam");
/// ```
#[derive(Debug, Args)]
#[args("server.timezone")]
pub(crate) struct Timezone {
    /// Name of the zone: `Europe/Amsterdam`, `UTC`.
    timezone: String,
}

impl Operation for Timezone {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        systemd::want(host, "timedatectl");
        let now = host.fact(&server::Timezone {})?;
        if now.as_deref() == Some(&self.timezone) {
            return Ok(Commands::none(format!("the time zone is {}", self.timezone)));
        }
        let mut todo = Commands::default();
        if systemd::can_use(host, "timedatectl")? {
            todo.run(sh!("timedatectl set-timezone {self.timezone}"));
        } else {
            let zone = format!("/usr/share/zoneinfo/{}", self.timezone);
            todo.run(sh!("test -f {zone} || {{ echo {zone}' does not exist' >&2; exit 1; }}"));
            todo.run(sh!("ln -sfn {zone} /etc/localtime"));
            let before = host.fact(&Text::at("/etc/timezone"))?.as_ref().clone();
            rewrite(&mut todo, "/etc/timezone", before, format!("{}\n", self.timezone));
        }
        let before = now.as_deref().unwrap_or_default();
        todo.attribute("host", "time zone", before, &self.timezone);
        todo.then(&server::Timezone {}, Some(self.timezone.clone()));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        ["/etc/localtime", "/etc/timezone"].map(Scope::path).to_vec()
    }
}
