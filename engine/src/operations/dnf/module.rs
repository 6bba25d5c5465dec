use crate::facts::dnf::{DnfDisabledModules, DnfEnabledModules};
use crate::{Args, Commands, Error, Host, Operation, Result, sh};

/// Enable a stream of a dnf module, or disable the module.
///
/// dnf refuses another stream while packages of the present one are installed: remove those first.
///
/// ```rhai
/// dnf.module("postgresql", "16");
/// dnf.module("ruby", #{ enabled: false });
/// ```
#[derive(Debug, Args)]
#[args("dnf.module")]
pub(crate) struct ChooseStream {
    /// Name of the module.
    module: String,

    /// The stream; needed to enable one.
    stream: Option<String>,

    /// Whether the stream should be enabled; else the whole module is disabled.
    #[arg(default = true)]
    enabled: bool,
}

impl Operation for ChooseStream {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let module = &self.module;
        if !self.enabled {
            let disabled = host.fact(&DnfDisabledModules {})?;
            if disabled.contains(module) {
                return Ok(Commands::none(format!("dnf module {module} is already disabled")));
            }
            let mut todo = Commands::from(sh!("dnf module disable -y {module}"));
            todo.attribute(format!("dnf module {module}"), "enabled", "", "no");
            let mut after = (*disabled).clone();
            after.push(module.clone());
            after.sort();
            todo.then(&DnfDisabledModules {}, after);
            return Ok(todo);
        }
        let Some(stream) = &self.stream else {
            return Err(Error::usage(format!("dnf module {module} needs a `stream` to enable"))
                .hint("`dnf module list` shows the streams")
                .argument("stream"));
        };
        let enabled = host.fact(&DnfEnabledModules {})?;
        let now = enabled.get(module).cloned().unwrap_or_default();
        if now == *stream {
            return Ok(Commands::none(format!("dnf module {module}:{stream} is already enabled")));
        }
        let mut todo = Commands::from(sh!("dnf module enable -y {module}:{stream}"));
        todo.attribute(format!("dnf module {module}"), "stream", now, stream);
        let mut after = (*enabled).clone();
        after.insert(module.clone(), stream.clone());
        todo.then(&DnfEnabledModules {}, after);
        Ok(todo)
    }
}
