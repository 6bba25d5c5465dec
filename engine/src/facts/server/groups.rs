use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The names of all groups, in the order of `/etc/group`.
///
/// ```rhai
/// if "docker" in host.fact("server.groups") { host.log("docker is set up"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.groups")]
pub struct Groups {}

impl Fact for Groups {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        sh!("cat /etc/group")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let names = output.lines().filter_map(|line| line.split_once(':'));
        Ok(names.map(|(name, _)| name.to_owned()).collect())
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::ACCOUNTS, Scope::path("/etc/group")]
    }
}
