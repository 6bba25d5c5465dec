//! `debug-inventory`: hosts, groups and data, and where data comes from.

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::{data_style, print};
use crate::args::OutputOptions;
use crate::engine::{HostEntry, Inventory};
use crate::terminal::{Role, Style};
use crate::words::{self, add};

/// Prints the inventory; connects to nothing.
pub(crate) fn run(inventory: &Inventory, output: &OutputOptions) -> u8 {
    let hosts: Vec<&HostEntry> = inventory.selected().collect();
    if output.json {
        let lines: Vec<String> = hosts.iter().map(|host| format!("{}\n", object(host))).collect();
        print(&lines.concat());
        return 0;
    }
    print(&render(&hosts, data_style(output.no_color)));
    0
}

fn object(host: &HostEntry) -> Json {
    let data: serde_json::Map<String, Json> =
        host.data.iter().map(|(key, value)| (key.clone(), value.to_json())).collect();
    json!({"event": "host", "name": host.name, "groups": host.groups, "data": data,
        "origin": host.origin})
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
    let shown: Vec<(&String, String, &str)> = host
        .data
        .iter()
        .map(|(key, value)| {
            let origin = host.origin.get(key).map(String::as_str).unwrap_or_default();
            (key, value.to_json().to_string(), origin)
        })
        .collect();
    let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0).min(40);
    let keys = widest(&mut shown.iter().map(|(key, ..)| key.chars().count()));
    let values = widest(&mut shown.iter().map(|(_, value, _)| value.chars().count()));
    for (key, value, origin) in shown {
        let line = format!("    {key:<keys$}  {value:<values$}");
        let origin = style.paint(Role::Quiet, origin);
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
