use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The services of runit by name, each with whether it runs; `()` where one is in neither state, as
/// when its supervisor is not there.
///
/// ```rhai
/// if host.fact("runit.runit_status", "sshd")["sshd"] { host.log("ssh is up"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("runit.runit_status")]
pub struct RunitStatus {
    /// One service. Default: all.
    pub service: Option<String>,

    /// The directory of managed services.
    #[arg(default = "/var/service")]
    pub svdir: String,
}

impl Fact for RunitStatus {
    type Output = IndexMap<String, Option<bool>>;

    fn command(&self) -> Shell {
        if let Some(service) = &self.service {
            return sh!("SVDIR={self.svdir} sv status {service} 2>/dev/null || true");
        }
        sh!("cd {self.svdir} 2>/dev/null && SVDIR={self.svdir} sv status * 2>/dev/null || true")
    }

    /// `run: sshd: (pid 812) 46s`, `down: ntpd: 3s, normally up`
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let services = output.lines().filter_map(|line| {
            let (state, rest) = line.split_once(": ")?;
            let (name, _) = rest.split_once(": ")?;
            let runs = match state {
                "run" => Some(true),
                "down" => Some(false),
                _ => None,
            };
            Some((name.to_owned(), runs))
        });
        Ok(services.collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("sv")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SERVICES, Scope::PACKAGES, Scope::tree(&self.svdir)]
    }
}
