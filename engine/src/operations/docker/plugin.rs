use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use crate::args::Scalar;
use crate::facts::docker::{self, DockerPlugin};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Install, set up, enable, disable or remove a plugin of Docker.
///
/// It gets all permissions that it asks for.
///
/// ```rhai
/// docker.plugin("vieux/sshfs", #{ alias: "sshfs", plugin_options: #{ DEBUG: "1" } });
/// docker.plugin("old/plugin", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("docker.plugin")]
pub(crate) struct EnsurePlugin {
    /// The plugin: `vieux/sshfs:latest`.
    plugin: String,

    /// The name that it has here. Default: its own.
    alias: Option<String>,

    /// Whether the plugin should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether the plugin should be enabled.
    #[arg(default = true)]
    enabled: bool,

    /// Its settings. Others stay as they are.
    plugin_options: Option<IndexMap<String, Scalar>>,
}

impl Operation for EnsurePlugin {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let name = self.alias.as_ref().unwrap_or(&self.plugin);
        let fact = DockerPlugin { object_id: name.clone() };
        let answer = host.fact(&fact)?;
        let subject = format!("docker plugin {name}");
        let mut todo = Commands::default();
        match (self.present, answer.get(0).filter(|it| it.is_object())) {
            (false, None) => return Ok(Commands::none(format!("{subject} is not installed"))),
            (false, Some(_)) => {
                todo.run(sh!("docker plugin rm -f {name}"));
                todo.attribute(subject, "plugin", "installed", "").then(&fact, Json::Null);
            }
            (true, None) => {
                todo.run(self.install());
                todo.attribute(subject, "plugin", "", "installed");
            }
            (true, Some(now)) => {
                self.change(&mut todo, name, now);
                if todo.is_empty() {
                    let state = if self.enabled { "enabled" } else { "disabled" };
                    return Ok(Commands::none(format!("{subject} is installed and {state}")));
                }
                let mut after = now.clone();
                if let Some(object) = after.as_object_mut() {
                    object.insert("Enabled".to_owned(), self.enabled.into());
                }
                todo.then(&fact, json!([after]));
            }
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![docker::object("plugin", self.alias.as_ref().unwrap_or(&self.plugin))]
    }
}

impl EnsurePlugin {
    fn install(&self) -> Shell {
        let mut flags = Shell::new();
        flags.opt("--alias", self.alias.as_ref()).flag("--disable", !self.enabled);
        let options = self.options();
        sh!("docker plugin install --grant-all-permissions {flags} {self.plugin} {options}")
    }

    fn options(&self) -> Vec<String> {
        let options = self.plugin_options.iter().flatten();
        options.map(|(name, value)| format!("{name}={value}")).collect()
    }

    /// Sets what is other than wanted, for which the plugin must be disabled.
    fn change(&self, todo: &mut Commands, name: &str, now: &Json) {
        let subject = format!("docker plugin {name}");
        let is_enabled = now.get("Enabled").and_then(Json::as_bool).unwrap_or(false);
        let settings = settings(now);
        let options: Vec<String> =
            self.options().into_iter().filter(|it| !settings.contains(it)).collect();
        let mut runs = is_enabled;
        if !options.is_empty() {
            if is_enabled {
                todo.run(sh!("docker plugin disable {name}"));
                runs = false;
            }
            todo.run(sh!("docker plugin set {name} {options}"));
            todo.attribute(&subject, "plugin_options", settings.join(", "), options.join(", "));
        }
        if runs != self.enabled {
            let verb = Shell::raw(if self.enabled { "enable" } else { "disable" });
            todo.run(sh!("docker plugin {verb} {name}"));
        }
        if is_enabled != self.enabled {
            let word = |it: bool| it.to_string();
            todo.attribute(subject, "enabled", word(is_enabled), word(self.enabled));
        }
    }
}

/// The plugin's settings as `NAME=value`; Docker lists them, and they may be given as a map.
fn settings(plugin: &Json) -> Vec<String> {
    match plugin.pointer("/Settings/Env") {
        Some(Json::Array(lines)) => {
            lines.iter().filter_map(Json::as_str).map(str::to_owned).collect()
        }
        Some(Json::Object(map)) => map
            .iter()
            .map(|(name, it)| format!("{name}={}", it.as_str().unwrap_or_default()))
            .collect(),
        _ => Vec::new(),
    }
}
