use super::rewrite::rewrite;
use super::systemd;
use crate::facts::files::Text;
use crate::facts::server::{self, Kernel, Os, Which};
use crate::value::Value;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Give the host its name, now and after a restart.
///
/// Where systemd runs, `hostnamectl` does both. Elsewhere `hostname` sets the name, and a file
/// keeps it: `/etc/hostname` on Linux, `/etc/myname` on OpenBSD.
///
/// ```rhai
/// server.hostname("web1.example.net");
/// ```
#[derive(Debug, Args)]
#[args("server.hostname")]
pub(crate) struct Hostname {
    /// The name.
    hostname: String,

    /// The file that keeps the name where systemd does not run; `false` for none.
    /// Default: `/etc/hostname` on Linux, `/etc/myname` on OpenBSD.
    hostname_file: Option<Value>,
}

impl Operation for Hostname {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        systemd::want(host, "hostnamectl");
        host.want(&Kernel {});
        let now = host.fact(&server::Hostname {})?;
        let is_set = now.as_deref() == Some(&self.hostname);
        let mut todo = Commands::default();
        if is_set && host.fact(&Which::program("hostnamectl"))?.exists() {
            return Ok(Commands::none(format!("the host's name is {}", self.hostname)));
        }
        if systemd::can_use(host, "hostnamectl")? {
            todo.run(sh!("hostnamectl set-hostname {self.hostname}"));
        } else {
            if !is_set {
                todo.run(sh!("hostname {self.hostname}"));
            }
            self.keep(&mut todo, host)?;
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("the host's name is {}", self.hostname)));
        }
        if !is_set {
            let before = now.as_deref().unwrap_or_default();
            todo.attribute("host", "name", before, &self.hostname);
            todo.then(&server::Hostname {}, Some(self.hostname.clone()));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        let given = match &self.hostname_file {
            Some(Value::Text(path)) => Some(Scope::path(path)),
            _ => None,
        };
        let usual = ["/etc/hostname", "/etc/myname"].map(Scope::path);
        [Scope::Topic("hostname")].into_iter().chain(usual).chain(given).collect()
    }
}

impl Hostname {
    /// Writes the file that keeps the name.
    fn keep(&self, todo: &mut Commands, host: &Host<'_>) -> Result<()> {
        let Some(path) = self.file(host)? else { return Ok(()) };
        let before = host.fact(&Text::at(&path))?.as_ref().clone();
        if before.as_deref().map(str::trim) != Some(&self.hostname) {
            rewrite(todo, &path, before, format!("{}\n", self.hostname));
        }
        Ok(())
    }

    fn file(&self, host: &Host<'_>) -> Result<Option<String>> {
        match &self.hostname_file {
            Some(Value::Bool(false)) => Ok(None),
            Some(Value::Text(path)) => Ok(Some(path.clone()).filter(|it| !it.is_empty())),
            Some(other) => {
                let kind = other.kind();
                Err(Error::usage(format!("`hostname_file` is a path or false, not {kind}"))
                    .argument("hostname_file"))
            }
            None => Ok(match host.fact(&Os {})?.as_deref() {
                Some("Linux") => Some("/etc/hostname".to_owned()),
                Some("OpenBSD") => Some("/etc/myname".to_owned()),
                _ => None,
            }),
        }
    }
}
