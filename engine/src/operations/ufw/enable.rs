use crate::facts::ufw::Status;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Turn ufw on or off, now and at the host's next starts.
///
/// Add the rule that lets you in first: connections that are open stay, new ones are denied.
///
/// ```rhai
/// ufw.rule("limit", #{ port: 22, protocol: "tcp" });
/// ufw.enable(#{ logging: "medium" });
/// ```
#[derive(Debug, Args)]
#[args("ufw.enable")]
pub(crate) struct Enable {
    /// Whether ufw should be on.
    #[arg(default = true)]
    enabled: bool,

    /// How much is logged: `off`, `low`, `medium`, `high` or `full`. Default: as it is.
    logging: Option<String>,
}

impl Operation for Enable {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let now = host.fact(&Status {})?;
        let mut after = now.as_ref().clone();
        let mut todo = Commands::default();
        if let Some(wanted) = &self.logging {
            if !["off", "low", "medium", "high", "full"].contains(&wanted.as_str()) {
                return Err(Error::usage(format!("`logging` cannot be `{wanted}`"))
                    .hint("it is off, low, medium, high or full")
                    .argument("logging"));
            }
            if *wanted != now.logging {
                todo.run(sh!("ufw logging {wanted}"));
                todo.attribute("ufw", "logging", &now.logging, wanted);
                after.logging.clone_from(wanted);
            }
        }
        let yes_no = |it: bool| if it { "yes" } else { "no" };
        if (now.active, now.enabled) != (self.enabled, self.enabled) {
            // Without --force it asks whether the connection may break.
            todo.run(if self.enabled { sh!("ufw --force enable") } else { sh!("ufw disable") });
            todo.attribute("ufw", "active", yes_no(now.active), yes_no(self.enabled));
            (after.active, after.enabled) = (self.enabled, self.enabled);
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!(
                "ufw is {}",
                if self.enabled { "on" } else { "off" }
            )));
        }
        todo.then(&Status {}, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::FIREWALL, Scope::tree("/etc/ufw")]
    }
}
