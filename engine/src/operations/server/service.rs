use crate::facts::files::{Directory, Entry, Found, Link};
use crate::facts::server::{Kernel, Os, Which};
use crate::operations::services::State;
use crate::operations::{bsdinit, openrc, runit, systemd, sysvinit, upstart};
use crate::{Args, Commands, Error, Host, Operation, Result};

/// Start, stop, restart, reload, enable or disable a service, with the init system that the host has.
///
/// Knows systemd, `OpenRC`, Upstart, runit, the BSDs' rc.d and `/etc/init.d`. Each of them is also an
/// operation of its own, with more arguments.
///
/// ```rhai
/// server.service("cron", #{ enabled: true });
/// ```
#[derive(Debug, Args)]
#[args("server.service")]
pub(crate) struct ControlService {
    /// Name of the service.
    service: String,

    #[arg(flatten)]
    state: State,

    /// Another command for the service, run in any case.
    command: Option<String>,

    /// Whether the service should start with the system. Default: that stays as it is.
    enabled: Option<bool>,
}

/// The systems that start services from `/etc/rc.d`. Others have that directory too, for other things.
const BSDS: &[&str] = &["FreeBSD", "OpenBSD", "NetBSD", "DragonFly"];

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        for program in ["systemctl", "rc-service", "initctl", "sv", "service"] {
            host.want(&Which::program(program));
        }
        host.want(&Kernel {});
        host.want(&Entry { path: "/etc/rc.d".to_owned() });
        host.want(&Entry { path: "/etc/init.d".to_owned() });
        self.operation(host)?.plan(host)
    }
}

macro_rules! with_arguments {
    ($self:ident, $($module:ident)::+ { $($more:tt)* }) => {
        Box::new($($module)::+::ControlService {
            service: $self.service.clone(),
            state: $self.state,
            command: $self.command.clone(),
            enabled: $self.enabled,
            $($more)*
        })
    };
}

impl ControlService {
    /// The operation of the host's init system.
    fn operation(&self, host: &Host<'_>) -> Result<Box<dyn Operation>> {
        let has = |program: &str| Ok(host.fact(&Which::program(program))?.exists());
        let is_there = |path: &str| {
            let link = host.fact(&Link::at(path))?.here().is_some();
            Ok(link || matches!(&*host.fact(&Directory::at(path))?, Found::Here(_)))
        };
        if has("systemctl")? {
            return Ok(with_arguments!(
                self,
                systemd { daemon_reload: false, user_mode: false, machine: None, user_name: None }
            ));
        }
        if has("rc-service")? {
            return Ok(with_arguments!(self, openrc { runlevel: "default".to_owned() }));
        }
        if has("initctl")? {
            return Ok(with_arguments!(self, upstart {}));
        }
        if has("sv")? {
            return Ok(with_arguments!(
                self,
                runit {
                    managed: true,
                    svdir: "/var/service".to_owned(),
                    sourcedir: "/etc/sv".to_owned(),
                }
            ));
        }
        // Before `service`: the BSDs have a program of that name too.
        let kernel = host.fact(&Os {})?;
        let is_bsd = kernel.as_deref().is_some_and(|it| BSDS.contains(&it));
        if is_bsd && is_there("/etc/rc.d")? {
            return Ok(with_arguments!(self, bsdinit {}));
        }
        if has("service")? || is_there("/etc/init.d")? {
            return Ok(with_arguments!(self, sysvinit {}));
        }
        Err(Error::failed("there is no known init system on this host").hint(
            "looked for systemctl, rc-service, initctl, sv, service, /etc/rc.d and /etc/init.d",
        ))
    }
}
