use crate::args::choice;
use crate::facts::selinux::{SEBoolean, part};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

choice! {
    /// What a boolean is.
    pub(crate) enum Switch { On = "on", Off = "off" }
}

/// Switch a boolean of SELinux on or off.
///
/// ```rhai
/// selinux.boolean("httpd_can_network_connect", "on", #{ persistent: true });
/// ```
#[derive(Debug, Args)]
#[args("selinux.boolean")]
pub(crate) struct SetBoolean {
    /// Name of the boolean.
    bool_name: String,

    /// What it should be.
    value: Switch,

    /// Keep it over a restart of the host.
    #[arg(default = false)]
    persistent: bool,
}

impl Operation for SetBoolean {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let (name, value) = (&self.bool_name, self.value.word());
        let fact = SEBoolean { boolean: name.clone() };
        let now = host.fact(&fact)?;
        if *now == value {
            return Ok(Commands::none(format!("selinux boolean {name} is {value}")));
        }
        let mut flags = Shell::new();
        flags.flag("-P", self.persistent);
        let mut todo = Commands::from(sh!("setsebool {flags} {name} {value}"));
        todo.attribute("selinux boolean", name, now.as_str(), value).then(&fact, value.to_owned());
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![part("boolean", &self.bool_name)]
    }
}
