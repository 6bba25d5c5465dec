use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The jobs of Upstart by name, each with whether it runs.
///
/// ```rhai
/// if host.fact("upstart.upstart_status")["ssh"] { host.log("ssh is up"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("upstart.upstart_status")]
pub struct UpstartStatus {}

impl Fact for UpstartStatus {
    type Output = IndexMap<String, bool>;

    fn command(&self) -> Shell {
        sh!("initctl list")
    }

    /// `ssh start/running, process 812`; a job with instances has one in brackets after its name.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let jobs = output.lines().filter_map(|line| {
            let (name, rest) = line.split_once(' ')?;
            let state = rest.split_whitespace().find_map(|word| word.split_once('/'))?.1;
            let state = state.trim_end_matches(',');
            Some((name.to_owned(), state == "running"))
        });
        Ok(jobs.collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("initctl")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SERVICES, Scope::PACKAGES, Scope::tree("/etc/init")]
    }
}
