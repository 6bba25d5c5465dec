use crate::facts::ufw::Status;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Say what ufw does with packets that no rule is about.
///
/// Each is `allow`, `deny` or `reject`. Add the rule that lets you in before you deny the rest.
///
/// ```rhai
/// ufw.rule("allow", #{ port: 22, protocol: "tcp" });
/// ufw.default(#{ incoming: "deny", outgoing: "allow" });
/// ufw.enable();
/// ```
#[derive(Debug, Args)]
#[args("ufw.default")]
pub(crate) struct Default {
    /// What happens to packets to the host. Default: as it is.
    incoming: Option<String>,

    /// What happens to packets from the host. Default: as it is.
    outgoing: Option<String>,

    /// What happens to packets that pass through. Default: as it is.
    routed: Option<String>,
}

impl Operation for Default {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let now = host.fact(&Status {})?;
        let mut after = now.as_ref().clone();
        let mut todo = Commands::default();
        for (direction, wanted, field) in [
            ("incoming", &self.incoming, &mut after.incoming),
            ("outgoing", &self.outgoing, &mut after.outgoing),
            ("routed", &self.routed, &mut after.routed),
        ] {
            let Some(wanted) = wanted else { continue };
            if !["allow", "deny", "reject"].contains(&wanted.as_str()) {
                return Err(Error::usage(format!("`{direction}` cannot be `{wanted}`"))
                    .hint("it is allow, deny or reject")
                    .argument(direction));
            }
            if wanted != field {
                todo.run(sh!("ufw default {wanted} {direction}"));
                todo.attribute("ufw", direction, field.as_str(), wanted);
                field.clone_from(wanted);
            }
        }
        if todo.is_empty() {
            return Ok(Commands::none("ufw has these defaults"));
        }
        todo.then(&Status {}, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::FIREWALL, Scope::path("/etc/default/ufw")]
    }
}
