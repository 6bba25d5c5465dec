use crate::args::{OneOrMany, choice};
use crate::facts::freebsd::{ServiceScript, ServiceStatus};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

choice! {
    /// What a service should be.
    pub(crate) enum State {
        Started = "started",
        Stopped = "stopped",
        Restarted = "restarted",
        Reloaded = "reloaded",
        Custom = "custom",
    }
}

/// Start, stop, restart or reload a service of FreeBSD, or give it another command.
///
/// `restarted`, `reloaded` and `custom` act every time. A service that the host does not have is left alone.
///
/// ```rhai
/// freebsd.service.service("nginx", #{ srvstate: "reloaded" });
/// freebsd.service.service("sopel", #{ srvstate: "custom", command: "configure" });
/// ```
#[derive(Debug, Args)]
#[args("freebsd.service.service")]
pub(crate) struct ControlService {
    /// Name of the service.
    srvname: String,

    /// The jail. Default: the host itself.
    jail: Option<String>,

    /// What it should be.
    #[arg(default = State::Started)]
    srvstate: State,

    /// With `custom`: the command, one word or several.
    command: Option<OneOrMany<String>>,

    /// Environment variables: `NAME=value`.
    environment: Option<Vec<String>>,

    /// Say more.
    #[arg(default = false)]
    verbose: bool,
}

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let name = &self.srvname;
        let script = ServiceScript { srvname: name.clone(), jail: self.jail.clone() };
        let status = ServiceStatus { srvname: name.clone(), jail: self.jail.clone() };
        host.want(&status);
        if host.fact(&script)?.is_none() {
            return Ok(Commands::none(format!("there is no service {name}")));
        }
        let runs = host.fact(&status)?.is_some();
        let words = match (self.srvstate, runs) {
            (State::Started, true) => return Ok(Commands::none(format!("{name} is running"))),
            (State::Stopped, false) => return Ok(Commands::none(format!("{name} is stopped"))),
            (State::Started, false) => vec!["start".to_owned()],
            (State::Stopped, true) => vec!["stop".to_owned()],
            (State::Restarted, _) => vec!["restart".to_owned()],
            (State::Reloaded, _) => vec!["reload".to_owned()],
            (State::Custom, _) => self.command.as_ref().map(|it| it.0.clone()).unwrap_or_default(),
        };
        let mut line = Shell::raw("service");
        line.flag("-v", self.verbose).opt("-j", self.jail.as_ref());
        for variable in self.environment.iter().flatten() {
            line.opt("-E", Some(variable));
        }
        let mut todo = Commands::from(sh!("{line} {name} {words}"));
        let after = match self.srvstate {
            State::Started | State::Restarted => true,
            State::Stopped => false,
            State::Reloaded | State::Custom => runs,
        };
        if after != runs {
            todo.attribute(
                format!("service {name}"),
                "running",
                runs.to_string(),
                after.to_string(),
            );
        }
        todo.then(&script, Some(name.clone()));
        todo.then(&status, after.then(|| "running".to_owned()));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::SERVICES]
    }
}
