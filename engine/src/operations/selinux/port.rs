use crate::args::{Scalar, choice};
use crate::facts::selinux::{SEPort, SEPorts, part};
use crate::facts::server::Which;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

choice! {
    /// A protocol that has ports.
    pub(crate) enum Protocol { Udp = "udp", Tcp = "tcp", Sctp = "sctp", Dccp = "dccp" }
}

/// Give a port a type of SELinux.
///
/// ```rhai
/// selinux.port("tcp", 2222, "ssh_port_t");
/// selinux.port("tcp", 8081, #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("selinux.port")]
pub(crate) struct LabelPort {
    /// The protocol.
    protocol: Protocol,

    /// The port.
    port_num: u16,

    /// The type.
    se_type: Option<String>,

    /// Whether the port should have a type of its own.
    #[arg(default = true)]
    present: bool,
}

impl Operation for LabelPort {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let (protocol, port) = (self.protocol.word(), self.port_num);
        if self.present && self.se_type.is_none() {
            return Err(
                Error::usage(format!("{protocol} port {port} needs a type")).argument("se_type")
            );
        }
        let mut todo = Commands::default();
        let wanted = self.se_type.as_ref().filter(|_| self.present);
        let now = self.now(host, &mut todo, wanted.map_or("", String::as_str))?;
        let line = match wanted {
            Some(wanted) if *wanted == now => {
                return Ok(Commands::none(format!("{protocol} port {port} has the type {now}")));
            }
            Some(wanted) => {
                let change = Shell::raw(if now.is_empty() { "-a" } else { "-m" });
                sh!("semanage port {change} -t {wanted} -p {protocol} {port}")
            }
            None if now.is_empty() => {
                return Ok(Commands::none(format!("{protocol} port {port} has no type")));
            }
            None => sh!("semanage port -d -p {protocol} {port}"),
        };
        todo.run(line);
        let after = wanted.cloned().unwrap_or_default();
        todo.attribute(format!("{protocol} port {port}"), "SELinux type", now, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![part("port", &format!("{}/{}", self.protocol.word(), self.port_num))]
    }
}

impl LabelPort {
    /// The port's type, from the tool that is there; and what that will say then.
    fn now(&self, host: &Host<'_>, todo: &mut Commands, then: &str) -> Result<String> {
        let (protocol, port) = (self.protocol.word().to_owned(), self.port_num.to_string());
        if host.fact(&Which::program("sepolicy"))?.exists() {
            let fact = SEPort { protocol, port: Scalar(port) };
            let now = (*host.fact(&fact)?).clone();
            todo.then(&fact, then.to_owned());
            return Ok(now);
        }
        let mut types = (*host.fact(&SEPorts {})?).clone();
        let ports = types.entry(protocol).or_default();
        let now = ports.insert(port, then.to_owned()).unwrap_or_default();
        todo.then(&SEPorts {}, types);
        Ok(now)
    }
}
