//! What has to be done about a dataset: the decision that all kinds share.

use indexmap::IndexMap;

use crate::facts::zfs::ZfsDatasets;
use crate::value::{Map, Value};
use crate::{Args, Commands, Host, Result, Shell, sh};

/// What is wanted of a dataset.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) present: bool,
    pub(super) recursive: bool,
    pub(super) properties: IndexMap<String, String>,
    /// How a new one is made: `zfs create` or `zfs snap`, with its flags.
    pub(super) create: Shell,
    /// The type of a new one.
    pub(super) kind: &'static str,
}

/// The properties of a dataset: arguments that all kinds share.
#[derive(Debug, Args)]
#[args("zfs")]
pub(super) struct Properties {
    /// Properties; for those whose name is no word: `#{ "com.sun:auto_snapshot": "true" }`.
    properties: Option<Map>,

    /// Further properties: `compression: "lz4"`.
    #[arg(rest)]
    extra_props: Map,
}

impl Properties {
    /// Those of the map and those that are arguments of their own. True and false are `on` and `off`.
    pub(super) fn all(&self) -> IndexMap<String, String> {
        let text = |value: &Value| match value.clone().settle() {
            Value::Bool(true) => "on".to_owned(),
            Value::Bool(false) => "off".to_owned(),
            other => other.to_string(),
        };
        let given = self.properties.iter().flatten().chain(&self.extra_props);
        given.map(|(name, it)| (name.clone(), text(it))).collect()
    }
}

impl Wanted<'_> {
    pub(super) fn plan(self, host: &Host<'_>) -> Result<Commands> {
        let name = self.name;
        let all = host.fact(&ZfsDatasets {})?;
        let now = all.get(name).filter(|it| !it.is_empty());
        let mut after = (*all).clone();
        let mut todo = Commands::default();
        match (self.present, now) {
            (false, None) => return Ok(Commands::none(format!("{name} is absent"))),
            (false, Some(_)) => {
                let mut flags = Shell::new();
                flags.flag("-r", self.recursive);
                todo.run(sh!("zfs destroy {flags} {name}"));
                todo.attribute(name, "dataset", "exists", "");
                let is_part = |it: &str| {
                    let rest = it.strip_prefix(name);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '@']))
                };
                after.retain(|it, _| !is_part(it));
            }
            (true, Some(now)) => {
                let different: Vec<(&String, &String)> = self
                    .properties
                    .iter()
                    .filter(|(property, value)| now.get(*property) != Some(value))
                    .collect();
                if different.is_empty() {
                    return Ok(Commands::none(format!("{name} is as wanted")));
                }
                let words: Vec<String> =
                    different.iter().map(|(name, value)| format!("{name}={value}")).collect();
                todo.run(sh!("zfs set {words} {name}"));
                for (property, value) in different {
                    let before = now.get(property).cloned().unwrap_or_default();
                    todo.attribute(name, property, before, value);
                }
                after.entry(name.to_owned()).or_default().extend(self.properties);
            }
            (true, None) => {
                let mut line = self.create;
                for (property, value) in &self.properties {
                    let pair = format!("{property}={value}");
                    line.opt("-o", Some(&pair));
                }
                todo.run(sh!("{line} {name}"));
                todo.attribute(name, "dataset", "", "created");
                for (property, value) in &self.properties {
                    todo.attribute(name, property, "", value);
                }
                let properties = after.entry(name.to_owned()).or_default();
                properties.insert("type".to_owned(), self.kind.to_owned());
                properties.extend(self.properties);
            }
        }
        todo.then(&ZfsDatasets {}, after);
        Ok(todo)
    }
}
