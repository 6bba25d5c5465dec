use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The jobs that launchd has loaded by label, each with whether it runs.
///
/// ```rhai
/// if !host.fact("launchd.launchd_status")["com.apple.Spotlight"] { host.log("no search"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("launchd.launchd_status")]
pub struct LaunchdStatus {}

impl Fact for LaunchdStatus {
    type Output = IndexMap<String, bool>;

    fn command(&self) -> Shell {
        sh!("launchctl list")
    }

    /// `411  0  com.apple.soagent`: a job that does not run has `-` for its process.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let jobs = output.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let (process, _status, label) = (words.next()?, words.next()?, words.next()?);
            (process != "PID").then(|| (label.to_owned(), process.parse::<u32>().is_ok()))
        });
        Ok(jobs.collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("launchctl")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SERVICES, Scope::tree("/Library"), Scope::tree("/System/Library")]
    }
}
