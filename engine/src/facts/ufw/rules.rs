use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The rules that were added to ufw, each as `ufw` takes it: `allow 22/tcp`.
///
/// Rules of a firewall that is off are there too.
///
/// ```rhai
/// for rule in host.fact("ufw.rules") { host.log(rule); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("ufw.rules")]
pub struct Rules {}

impl Fact for Rules {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        sh!("LC_ALL=C ufw show added")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let rules = output.lines().filter_map(|line| line.strip_prefix("ufw "));
        Ok(rules.map(str::to_owned).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("ufw")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}
