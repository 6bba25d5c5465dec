use crate::args::Scalar;
use crate::facts::vzctl::containers;
use crate::value::{Map, Value};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Set up a container of OpenVZ, every time.
///
/// Every other argument is one of `vzctl set`: `hostname: "web"` becomes `--hostname web`, and a list
/// gives the argument once for each of its values.
///
/// ```rhai
/// vzctl.set(101, #{ hostname: "web.example.net", nameserver: ["1.1.1.1", "9.9.9.9"] });
/// ```
#[derive(Debug, Args)]
#[args("vzctl.set")]
pub(crate) struct Set {
    /// Id of the container.
    ctid: Scalar,

    /// Keep it over a restart of the container.
    #[arg(default = true)]
    save: bool,

    /// What is set.
    #[arg(rest)]
    settings: Map,
}

impl Operation for Set {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut line = sh!("vzctl set {self.ctid.0}");
        line.flag("--save", self.save);
        for (name, value) in &self.settings {
            let flag = format!("--{name}");
            let values = match value.clone().settle() {
                Value::List(items) => items,
                one => vec![one],
            };
            for value in values {
                let value = value.to_string();
                line = sh!("{line} {flag} {value}");
            }
        }
        Ok(line.into())
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
