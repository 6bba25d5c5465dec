use super::text;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The value of a setting in `rc.conf`; `()` where it has none.
///
/// ```rhai
/// host.log(`nginx_enable is ${host.fact("freebsd.sysrc", "nginx_enable")}`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("freebsd.sysrc")]
pub struct Sysrc {
    /// Name of the setting.
    pub parameter: String,

    /// The jail. Default: the host itself.
    pub jail: Option<String>,
}

impl Fact for Sysrc {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        let mut sysrc = sh!("sysrc");
        sysrc.opt("-j", self.jail.as_ref());
        sh!("{sysrc} -in -- {self.parameter} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(text(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree("/etc"), Scope::tree("/usr/local/etc")]
    }
}
