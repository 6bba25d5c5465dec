use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The names of the services that runit manages.
///
/// ```rhai
/// let managed = "sshd" in host.fact("runit.runit_managed");
/// ```
#[derive(Clone, Debug, Args)]
#[args("runit.runit_managed")]
pub struct RunitManaged {
    /// One service. Default: all.
    pub service: Option<String>,

    /// The directory of managed services.
    #[arg(default = "/var/service")]
    pub svdir: String,
}

impl Fact for RunitManaged {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        let Some(service) = &self.service else {
            return sh!("for link in {self.svdir}/*; do \
                if [ -h \"$link\" ]; then printf '%s\\n' \"${{link##*/}}\"; fi; done");
        };
        let link = format!("{}/{service}", self.svdir);
        sh!("if [ -h {link} ]; then printf '%s\\n' {service}; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().map(str::to_owned).collect())
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SERVICES, Scope::PACKAGES, Scope::tree(&self.svdir)]
    }
}
