use super::part;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Whether a boolean of SELinux is `on` or `off`; empty where there is none of that name.
///
/// ```rhai
/// if host.fact("selinux.se_boolean", "httpd_can_network_connect") == "off" { host.log("httpd stays at home"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("selinux.se_boolean")]
pub struct SEBoolean {
    /// Name of the boolean.
    pub boolean: String,
}

impl Fact for SEBoolean {
    type Output = String;

    fn command(&self) -> Shell {
        sh!("getsebool {self.boolean} 2>/dev/null || true")
    }

    /// `httpd_can_network_connect --> off`
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let state = output.lines().next().and_then(|line| line.split_once(" --> "));
        Ok(state.map(|(_, state)| state.trim().to_owned()).unwrap_or_default())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("getsebool")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![part("boolean", &self.boolean), Scope::PACKAGES]
    }
}
