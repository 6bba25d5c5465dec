//! `@vagrant[/vm]`: the running machines of a Vagrantfile.

use std::path::Path;

use indexmap::IndexMap;

use super::address::Found;
use super::document;
use crate::connectors::controller;
use crate::error::{Error, Result, did_you_mean};
use crate::value::{Map, Value};

/// Groups and data for the machines: `{"groups": {"vm": ["web"]}, "data": {"vm": {…}}}`.
const OPTIONS: &str = "@vagrant.json";

/// The machine of that name, or all that run.
pub(super) fn hosts(wanted: &str) -> Result<Vec<Found>> {
    let running = running(&run(&["status", "--machine-readable"])?);
    if running.is_empty() {
        return Err(
            Error::usage("no machine of vagrant's is running").hint("`vagrant up` starts them")
        );
    }
    if !wanted.is_empty() && !running.iter().any(|it| it == wanted) {
        let hint = did_you_mean(wanted, running.iter().map(String::as_str))
            .unwrap_or_else(|| format!("running are {}", running.join(", ")));
        let message = format!("vagrant's machine `{wanted}` is not running");
        return Err(Error::usage(message).hint(hint));
    }
    let options = options()?;
    let mut found = Vec::new();
    for name in running.iter().filter(|it| wanted.is_empty() || *it == wanted) {
        let known = ssh_config(&run(&["ssh-config", name])?);
        found.push(machine(name, known, &options));
    }
    Ok(found)
}

fn run(arguments: &[&str]) -> Result<String> {
    let output = controller::program(Path::new("vagrant"), arguments).map_err(|it| {
        it.hint("`@vagrant` needs the program vagrant, in the folder of the Vagrantfile")
    })?;
    if output.code != 0 {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let command = arguments.join(" ");
        return Err(
            Error::usage(format!("`vagrant {command}` exited with {}", output.code)).hint(said)
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The machines that `vagrant status --machine-readable` says run: `time,name,state,running`.
fn running(text: &str) -> Vec<String> {
    let name = |line: &str| {
        let mut fields = line.trim().split(',');
        let name = fields.nth(1)?.to_owned();
        (fields.next() == Some("state") && fields.next() == Some("running")).then_some(name)
    };
    text.lines().filter_map(name).collect()
}

/// What `vagrant ssh-config` says, as our data.
fn ssh_config(text: &str) -> Map {
    let mut known = Map::new();
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once(' ') else { continue };
        let value = value.trim().trim_matches('"');
        let (name, value) = match key {
            "HostName" => ("ssh_hostname", Value::from(value)),
            "User" => ("ssh_user", Value::from(value)),
            "Port" => ("ssh_port", value.parse::<i64>().map_or(Value::from(value), Value::Int)),
            "IdentityFile" => ("ssh_key", Value::from(value)),
            "UserKnownHostsFile" => ("ssh_known_hosts_file", Value::from(value)),
            "StrictHostKeyChecking" => ("ssh_strict_host_key_checking", Value::from(value)),
            _ => continue,
        };
        known.entry(name.to_owned()).or_insert(value);
    }
    known
}

/// Data and groups by machine.
type Options = (IndexMap<String, Map>, IndexMap<String, Vec<String>>);

fn options() -> Result<Options> {
    let path = Path::new(OPTIONS);
    if !path.is_file() {
        return Ok(Options::default());
    }
    let text = document::read_text(path)?;
    let value = document::json(&text).map_err(|it| {
        Error::usage(format!("{OPTIONS}:{}:{}: {}", it.line, it.column, it.message))
    })?;
    read_options(&value).ok_or_else(|| {
        Error::usage(format!("`{OPTIONS}` is not understood"))
            .hint("{\"groups\": {\"vm\": [\"web\"]}, \"data\": {\"vm\": {}}}")
    })
}

fn read_options(value: &Value) -> Option<Options> {
    let Value::Map(top) = value else { return None };
    let (mut data, mut groups) = Options::default();
    for (key, value) in top {
        let Value::Map(by_machine) = value else { return None };
        for (machine, value) in by_machine {
            match (key.as_str(), value) {
                ("data", Value::Map(it)) => {
                    data.insert(machine.clone(), it.clone());
                }
                ("groups", Value::List(names)) => {
                    let names = names.iter().map(ToString::to_string).collect();
                    groups.insert(machine.clone(), names);
                }
                _ => return None,
            }
        }
    }
    Some((data, groups))
}

fn machine(name: &str, mut known: Map, (data, groups): &Options) -> Found {
    known.extend(data.get(name).cloned().unwrap_or_default());
    let mut all = vec!["@vagrant".to_owned()];
    all.extend(groups.get(name).cloned().unwrap_or_default());
    Found { name: format!("@vagrant/{name}"), known, groups: all, ..Found::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_vagrant_prints() {
        let status =
            "1,web,metadata,provider,virtualbox\n1,web,state,running\n1,db,state,poweroff\n";
        assert_eq!(running(status), ["web"]);
        let config = "Host web\n  HostName 127.0.0.1\n  User vagrant\n  Port 2222\n  \
                      UserKnownHostsFile /dev/null\n  StrictHostKeyChecking no\n  \
                      IdentityFile \"/a b/key\"\n  LogLevel FATAL\n";
        let options = document::json(r#"{"groups": {"web": ["app"]}, "data": {"web": {"x": 1}}}"#);
        let options = read_options(&options.unwrap()).unwrap();
        let found = machine("web", ssh_config(config), &options);
        assert_eq!(
            format!("{} {} {}", found.name, found.groups.join("+"), Value::Map(found.known)),
            "@vagrant/web @vagrant+app {\"ssh_hostname\":\"127.0.0.1\",\"ssh_user\":\"vagrant\",\
             \"ssh_port\":2222,\"ssh_known_hosts_file\":\"/dev/null\",\
             \"ssh_strict_host_key_checking\":\"no\",\"ssh_key\":\"/a b/key\",\"x\":1}"
        );
    }
}
