//! Inventories of Ansible's: INI, YAML, and programs that print JSON. Variables that say how to connect
//! become ours (`ansible_host` is `ssh_hostname`); the others are data under their own names.
//!
//! Source: docs.ansible.com, "How to build your inventory" and "Developing dynamic inventory".

use std::path::Path;

use indexmap::{IndexMap, IndexSet};

use super::address::Found;
use super::draft::{Draft, GroupKind, HostLayer};
use super::{document, ini};
use crate::connectors::controller;
use crate::error::{Error, Result};
use crate::place::shown;
use crate::place::{Place, Problem};
use crate::value::{Map, Value};
use crate::words::words;

/// Ansible's variables and what they are here. Where several stand together, the later row wins.
const NAMES: &[(&str, &str)] = &[
    ("ansible_ssh_host", "ssh_hostname"),
    ("ansible_host", "ssh_hostname"),
    ("ansible_ssh_port", "ssh_port"),
    ("ansible_port", "ssh_port"),
    ("ansible_ssh_user", "ssh_user"),
    ("ansible_user", "ssh_user"),
    ("ansible_private_key_file", "ssh_key"),
    ("ansible_ssh_private_key_file", "ssh_key"),
    ("ansible_ssh_pass", "ssh_password"),
    ("ansible_ssh_password", "ssh_password"),
    ("ansible_password", "ssh_password"),
    ("ansible_shell_executable", "_shell_executable"),
];

/// Groups with hosts, variables and groups inside them.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) groups: IndexMap<String, Node>,
    pub(super) hosts: IndexMap<String, Map>,
}

/// One group.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) hosts: IndexSet<String>,
    pub(super) vars: Map,
    pub(super) children: IndexSet<String>,
}

impl Tree {
    /// The group of that name, made where it is new.
    pub(super) fn group(&mut self, name: &str) -> &mut Node {
        self.groups.entry(name.to_owned()).or_default()
    }

    /// Puts a host, or all that a range such as `web[01:20]` stands for, into a group.
    pub(super) fn host(&mut self, group: &str, pattern: &str, vars: &Map) -> Result<()> {
        for name in ini::expand(pattern)? {
            self.hosts.entry(name.clone()).or_default().extend(vars.clone());
            self.group(group).hosts.insert(name);
        }
        Ok(())
    }

    /// The hosts of a group and of those inside it.
    fn members<'a>(
        &'a self,
        name: &'a str,
        seen: &mut IndexSet<&'a str>,
        to: &mut IndexSet<&'a str>,
    ) {
        let Some(node) = self.groups.get(name).filter(|_| seen.insert(name)) else { return };
        to.extend(node.hosts.iter().map(String::as_str));
        for child in &node.children {
            self.members(child, seen, to);
        }
    }

    /// How deep below a group without parents; a cycle ends where it began.
    fn depth<'a>(&'a self, name: &'a str, above: &mut Vec<&'a str>) -> usize {
        if above.contains(&name) {
            return 0;
        }
        above.push(name);
        let parents = self.groups.iter().filter(|(_, node)| node.children.contains(name));
        let deepest = parents.map(|(parent, _)| self.depth(parent, above) + 1).max();
        above.pop();
        deepest.unwrap_or(0)
    }

    /// Adds all to the inventory. As in Ansible, groups inside others come later, then by name.
    fn add(&self, origin: &str, draft: &mut Draft) {
        let mut names: Vec<_> = self
            .groups
            .keys()
            .map(|name| (self.depth(name, &mut Vec::new()), name.as_str()))
            .collect();
        names.sort_unstable();
        for (name, vars) in &self.hosts {
            let found = Found { name: name.clone(), ..Found::default() };
            let origin = format!("{origin} (host)");
            draft.host(Found { data: translate(vars), ..found }, HostLayer::Inventory, &origin);
        }
        for (_, name) in names {
            let Some(node) = self.groups.get(name) else { continue };
            draft.group_data(name, format!("{origin} (group {name})"), translate(&node.vars));
            let mut members = IndexSet::new();
            self.members(name, &mut IndexSet::new(), &mut members);
            members.iter().for_each(|host| draft.member(name, GroupKind::Named, host));
        }
    }
}

/// A program that prints the inventory when it is called with `--list`.
pub(super) fn program(path: &Path, draft: &mut Draft) -> Result<()> {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let call = |arguments: &[&str]| {
        let output = controller::program(&whole, arguments)?;
        let command = format!("{} {}", shown(path), arguments.join(" "));
        if output.code != 0 {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            let error = Error::usage(format!("`{command}` exited with {}", output.code));
            return Err(if said.is_empty() { error } else { error.hint(said) });
        }
        document::json(&String::from_utf8_lossy(&output.stdout)).map_err(|it| {
            let message = format!("`{command}` printed no JSON: {}", it.message);
            Error::usage(message)
                .hint("a program given as inventory prints Ansible's dynamic inventory")
        })
    };
    let (mut tree, has_variables) = dynamic(&call(&["--list"])?)?;
    if !has_variables {
        for (name, vars) in &mut tree.hosts {
            if let Value::Map(own) = call(&["--host", name])? {
                vars.extend(own);
            }
        }
    }
    finish(path, &tree, draft);
    Ok(())
}

/// An INI or YAML file.
pub(super) fn file(path: &Path, draft: &mut Draft) -> Result<(), Vec<Problem>> {
    let text = document::read_text(path).map_err(|error| vec![error.into()])?;
    let at = |message: String, hint: Option<String>, line, column| {
        let mut error = Error::usage(message);
        error.hint = hint;
        let place = Place { file: shown(path).into(), line, column };
        vec![Problem::at(error, place, Some(text.as_str().into()))]
    };
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    let tree = match ending {
        "yaml" | "yml" | "json" => {
            let value =
                document::yaml(&text).map_err(|it| at(it.message, None, it.line, it.column))?;
            static_yaml(&value).map_err(|it| at(it.message, it.hint, 0, 0))?
        }
        _ => ini::read(&text).map_err(|(line, it)| at(it.message, it.hint, line, 1))?,
    };
    finish(path, &tree, draft);
    Ok(())
}

fn finish(path: &Path, tree: &Tree, draft: &mut Draft) {
    tree.add(&shown(path), draft);
    draft.files.push(path.to_owned());
}

/// What a program prints, and whether it told the hosts' variables along with it (`_meta`).
fn dynamic(value: &Value) -> Result<(Tree, bool)> {
    let wrong = |what: &str| Error::usage(format!("the dynamic inventory is wrong: {what}"));
    let Value::Map(top) = value else { return Err(wrong("it is no object of groups")) };
    let mut tree = Tree::default();
    for (name, group) in top.iter().filter(|(name, _)| *name != "_meta") {
        tree.group(name);
        let empty = Map::new();
        let (hosts, group) = match group {
            Value::List(hosts) => (hosts.as_slice(), &empty),
            Value::Map(group) => (list(group, "hosts", name)?, group),
            other => return Err(wrong(&format!("the group `{name}` is {}", other.kind()))),
        };
        for host in hosts {
            tree.hosts.entry(host.to_string()).or_default();
            tree.group(name).hosts.insert(host.to_string());
        }
        tree.group(name).vars = map(group, "vars", name)?;
        for child in list(group, "children", name)? {
            tree.group(&child.to_string());
            tree.group(name).children.insert(child.to_string());
        }
    }
    let Some(Value::Map(meta)) = top.get("_meta") else { return Ok((tree, false)) };
    for (host, vars) in map(meta, "hostvars", "_meta")? {
        // Ansible passes over variables of hosts that no group has.
        if let (Some(own), Value::Map(vars)) = (tree.hosts.get_mut(&host), vars) {
            own.extend(vars);
        }
    }
    Ok((tree, true))
}

fn static_yaml(value: &Value) -> Result<Tree> {
    let Value::Map(top) = value else {
        return Err(Error::usage("the inventory holds no groups by name"));
    };
    let mut tree = Tree::default();
    for (name, group) in top {
        yaml_group(name, group, &mut tree)?;
    }
    Ok(tree)
}

fn yaml_group(name: &str, group: &Value, tree: &mut Tree) -> Result<()> {
    tree.group(name);
    let group = match group {
        Value::Unit => return Ok(()),
        Value::Map(group) => group,
        other => return Err(Error::usage(format!("the group `{name}` is {}", other.kind()))),
    };
    for (host, vars) in map(group, "hosts", name)? {
        let vars = match vars {
            Value::Map(vars) => vars,
            _ => Map::new(),
        };
        tree.host(name, &host, &vars)?;
    }
    tree.group(name).vars.extend(map(group, "vars", name)?);
    for (child, inner) in map(group, "children", name)? {
        tree.group(name).children.insert(child.clone());
        yaml_group(&child, &inner, tree)?;
    }
    Ok(())
}

fn list<'a>(group: &'a Map, key: &str, name: &str) -> Result<&'a [Value]> {
    match group.get(key) {
        None | Some(Value::Unit) => Ok(&[]),
        Some(Value::List(items)) => Ok(items),
        Some(other) => {
            Err(Error::usage(format!("`{key}` of `{name}` is {}, not a list", other.kind())))
        }
    }
}

fn map(group: &Map, key: &str, name: &str) -> Result<Map> {
    match group.get(key) {
        None | Some(Value::Unit) => Ok(Map::new()),
        Some(Value::Map(map)) => Ok(map.clone()),
        Some(other) => {
            Err(Error::usage(format!("`{key}` of `{name}` is {}, not a map", other.kind())))
        }
    }
}

/// Ansible's variables as our data.
fn translate(vars: &Map) -> Map {
    let mut data: Map = vars
        .iter()
        .filter(|(name, _)| !NAMES.iter().any(|(theirs, _)| theirs == name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (theirs, ours) in NAMES {
        if let Some(value) = vars.get(*theirs) {
            data.insert((*ours).to_owned(), value.clone());
        }
    }
    for key in ["ansible_ssh_common_args", "ansible_ssh_extra_args"] {
        if let Some(Value::Text(arguments)) = vars.get(key) {
            data.extend(ssh_arguments(arguments));
        }
    }
    data
}

/// What options of the program ssh say that we have data for: `-J`, and `-o` of host keys and jumps.
fn ssh_arguments(text: &str) -> Map {
    let mut data = Map::new();
    let mut words = words(text).into_iter();
    while let Some(word) = words.next() {
        let (option, value) = word.split_at(word.len().min(2));
        let value = if value.is_empty() { words.next() } else { Some(value.to_owned()) };
        let (Some(value), "-J" | "-o") = (value, option) else { continue };
        let setting = if option == "-J" { format!("ProxyJump={value}") } else { value };
        let Some((key, value)) = setting.split_once(['=', ' ']) else { continue };
        let name = match key.trim().to_ascii_lowercase().as_str() {
            "proxyjump" => "ssh_jump",
            "stricthostkeychecking" => "ssh_strict_host_key_checking",
            "userknownhostsfile" => "ssh_known_hosts_file",
            _ => continue,
        };
        data.insert(name.to_owned(), Value::from(value.trim()));
    }
    data
}

/// `ansible_become` and its kin, which may come from different groups, once data are merged.
pub(super) fn settle(data: &mut Map, origin: &mut IndexMap<String, String>) {
    let Some(become_it) = data.get("ansible_become").map(Value::to_string) else { return };
    let method = data.get("ansible_become_method").map_or("sudo".to_owned(), Value::to_string);
    let yes = matches!(become_it.to_lowercase().as_str(), "true" | "yes" | "on" | "1");
    let user = data.get("ansible_become_user").cloned();
    let mut rows: Vec<(&str, Option<Value>, &str)> = Vec::new();
    match method.as_str() {
        "su" if yes => {
            let user = user.unwrap_or_else(|| Value::from("root"));
            rows.push(("_su_user", Some(user), "ansible_become"));
        }
        "doas" => {
            rows.push(("_doas", Some(Value::Bool(yes)), "ansible_become"));
            rows.push(("_doas_user", user.filter(|_| yes), "ansible_become_user"));
        }
        "sudo" => {
            rows.push(("_sudo", Some(Value::Bool(yes)), "ansible_become"));
            rows.push(("_sudo_user", user.filter(|_| yes), "ansible_become_user"));
        }
        _ => {}
    }
    let password = match method.as_str() {
        "su" => "_su_password",
        _ => "_sudo_password",
    };
    for key in ["ansible_become_pass", "ansible_become_password"] {
        rows.push((password, data.get(key).cloned(), key));
    }
    for (ours, value, theirs) in rows {
        let Some(value) = value.filter(|_| !data.contains_key(ours)) else { continue };
        let from = origin.get(theirs).cloned().unwrap_or_default();
        data.insert(ours.to_owned(), value);
        origin.insert(ours.to_owned(), from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_ssh_become_data() {
        for (text, expected) in [
            (
                "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null",
                r#"{"ssh_strict_host_key_checking":"no","ssh_known_hosts_file":"/dev/null"}"#,
            ),
            ("-J admin@jump -C", r#"{"ssh_jump":"admin@jump"}"#),
            ("'-oProxyJump=a,b' -o", r#"{"ssh_jump":"a,b"}"#),
        ] {
            assert_eq!(Value::Map(ssh_arguments(text)).to_string(), expected, "{text}");
        }
    }
}
