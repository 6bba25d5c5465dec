//! Services. service(8).

use super::text;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The name of a service, if the host has it; else `()`.
///
/// ```rhai
/// if host.fact("freebsd.service_script", "nginx") == () { host.log("there is no nginx"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("freebsd.service_script")]
pub struct ServiceScript {
    /// Name of the service.
    pub srvname: String,

    /// The jail. Default: the host itself.
    pub jail: Option<String>,
}

impl Fact for ServiceScript {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        let mut service = sh!("service");
        service.opt("-j", self.jail.as_ref());
        sh!("{service} -l 2>/dev/null | grep -xF -- {self.srvname} || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(text(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![
            Scope::SERVICES,
            Scope::PACKAGES,
            Scope::tree("/etc/rc.d"),
            Scope::tree("/usr/local/etc/rc.d"),
        ]
    }
}

/// Whether a service runs: `running`, else `()`.
///
/// ```rhai
/// if host.fact("freebsd.service_status", "nginx") == "running" { host.log("nginx is up"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("freebsd.service_status")]
pub struct ServiceStatus {
    /// Name of the service.
    pub srvname: String,

    /// The jail. Default: the host itself.
    pub jail: Option<String>,
}

impl Fact for ServiceStatus {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        let mut service = sh!("service");
        service.opt("-j", self.jail.as_ref());
        sh!("if {service} {self.srvname} status >/dev/null 2>&1; then echo running; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(text(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SERVICES, Scope::PACKAGES]
    }
}
