//! `debug-inventory`: hosts, groups and data, and where data comes from; what the project's configuration says.

use indexmap::IndexMap;
use infra_engine::command::scrub;
use infra_engine::value::Map;
use serde_json::{Value as Json, json};

use super::{data_style, print};
use crate::args::OutputOptions;
use crate::engine::{Config, HostEntry, Inventory};
use crate::terminal::{Role, Style};
use crate::words::{self, add};

/// Prints the inventory; connects to nothing.
pub(crate) fn run(inventory: &Inventory, config: &Config, output: &OutputOptions) -> u8 {
    let hosts: Vec<&HostEntry> = inventory.selected().collect();
    let file = config.origin.as_ref().map(|(path, said)| (path.display().to_string(), said));
    if output.json {
        let mut lines: Vec<String> =
            hosts.iter().map(|host| format!("{}\n", object(host))).collect();
        if let Some((origin, said)) = file {
            let object = json!({"event": "config", "data": as_json(said), "origin": origin});
            lines.push(format!("{object}\n"));
        }
        print(&lines.concat());
        return 0;
    }
    let style = data_style(output.no_color);
    let mut text = render(&hosts, style);
    if let Some((origin, said)) = file.filter(|(_, said)| !said.is_empty()) {
        add(&mut text, format_args!("\n{}\n", style.paint(Role::Title, "configuration")));
        text.push_str(&table(said, |_| &origin, style));
    }
    print(&text);
    0
}

fn as_json(data: &Map) -> serde_json::Map<String, Json> {
    data.iter().map(|(key, value)| (key.clone(), value.to_json())).collect()
}

fn object(host: &HostEntry) -> Json {
    json!({"event": "host", "name": host.name, "groups": host.groups,
        "data": as_json(&host.data), "origin": host.origin})
}

fn render(hosts: &[&HostEntry], style: Style) -> String {
    let mut groups: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for host in hosts {
        for group in &host.groups {
            groups.entry(group).or_default().push(&host.name);
        }
    }
    let mut text = String::new();
    for (group, members) in &groups {
        let number = words::count(members.len(), "host");
        let title = style.paint(Role::Title, group);
        add(&mut text, format_args!("group {title} ({number}): {}\n", words::list(members, 70)));
    }
    for host in hosts {
        text.push('\n');
        text.push_str(&one(host, style));
    }
    text
}

fn one(host: &HostEntry, style: Style) -> String {
    let mut text = format!("{}\n", style.paint(Role::Title, &host.name));
    add(&mut text, format_args!("  groups: {}\n", host.groups.join(", ")));
    if host.data.is_empty() {
        return text;
    }
    text.push_str("  data:\n");
    let origin = |key: &str| host.origin.get(key).map(String::as_str).unwrap_or_default();
    text + table(&host.data, origin, style).as_str()
}

/// Names, values, and where they come from, in columns.
fn table<'a>(data: &Map, origin: impl Fn(&str) -> &'a str, style: Style) -> String {
    // Hidden before it is aligned, else the gap would tell a secret's length.
    let shown = |value: &infra_engine::Value| scrub(&value.to_json().to_string()).into_owned();
    let rows: Vec<(&String, String)> = data.iter().map(|(key, it)| (key, shown(it))).collect();
    let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0).min(40);
    let keys = widest(&mut rows.iter().map(|(key, _)| key.chars().count()));
    let values = widest(&mut rows.iter().map(|(_, value)| value.chars().count()));
    let mut text = String::new();
    for (key, value) in rows {
        let line = format!("    {key:<keys$}  {value:<values$}");
        let origin = style.paint(Role::Quiet, origin(key));
        text.push_str(format!("{line}  {origin}").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use infra_engine::Value;

    use super::*;

    fn hosts() -> Vec<HostEntry> {
        let data = |key: &str, value: Value| (key.to_owned(), value);
        vec![
            HostEntry {
                name: "web1".into(),
                groups: vec!["web".into(), "all".into()],
                data: [
                    data("ssh_user", Value::from("deploy")),
                    data("password", Value::Secret(infra_engine::Secret::new("hunter2hunter2"))),
                ]
                .into(),
                origin: [("ssh_user".to_owned(), "--ssh-user".to_owned())].into(),
                connector: infra_engine::inventory::Connector::Ssh,
                selected: true,
            },
            HostEntry {
                name: "db1".into(),
                groups: vec!["all".into()],
                data: infra_engine::value::Map::new(),
                origin: IndexMap::new(),
                connector: infra_engine::inventory::Connector::Ssh,
                selected: true,
            },
        ]
    }

    #[test]
    fn shows_groups_and_where_data_comes_from() {
        let expected = r#"group web (1 host): web1
group all (2 hosts): web1, db1

web1
  groups: web, all
  data:
    ssh_user  "deploy"  --ssh-user
    password  "***"

db1
  groups: all
"#;
        assert_eq!(render(&hosts().iter().collect::<Vec<_>>(), Style::PLAIN), expected);
    }

    #[test]
    fn as_json_it_is_one_object_a_host() {
        let expected = r#"{"event":"host","name":"web1","groups":["web","all"],"data":{"ssh_user":"deploy","password":"***"},"origin":{"ssh_user":"--ssh-user"}}"#;
        let found = hosts().first().map(|host| object(host).to_string());
        assert_eq!(found.as_deref(), Some(expected));
    }
}
