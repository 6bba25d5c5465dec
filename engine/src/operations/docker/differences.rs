//! What is other in a container than it was asked for. Only what Docker tells is compared, and what was
//! not asked for may be as it is.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::container::EnsureContainer;
use super::image::full_name;
use super::words::words;
use crate::Result;

/// One thing that is other than asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) name: &'static str,
    pub(super) is: String,
    pub(super) wanted: String,
}

/// All that is other; empty where the container is as asked for.
pub(super) fn differences(wanted: &EnsureContainer, is: &Json) -> Result<Vec<Difference>> {
    let mut found = Found { is, list: Vec::new() };
    let image = full_name(&wanted.image);
    found.differs("image", "/Config/Image", &wanted.image, |is| full_name(is) == image);
    // What stands in extra_args may be ports and volumes as well.
    let is_exact = wanted.extra_args.is_none();
    let ports = wanted.ports.iter().flatten().flat_map(|it| port_bindings(it)).collect();
    found.set("ports", "HostConfig", bound_ports(is), ports, is_exact);
    let (named, anonymous): (Vec<_>, Vec<_>) =
        wanted.volumes.iter().flatten().cloned().partition(|it| it.contains(':'));
    let binds = strings(is, "/HostConfig/Binds");
    found.set("volumes", "HostConfig", binds, named.into_iter().collect(), is_exact);
    found.has("volumes", "Config", keys(is, "/Config/Volumes"), anonymous);
    let networks = keys(is, "/NetworkSettings/Networks");
    found.has("networks", "NetworkSettings", networks, given(wanted.networks.as_ref()));
    let variables = given(wanted.env_vars.as_ref()).into_iter().filter(|it| it.contains('='));
    found.has("env_vars", "Config", strings(is, "/Config/Env"), variables.collect());
    found.has("labels", "Config", labels(is), given(wanted.labels.as_ref()));
    let wanted_mounts = wanted.mounts.iter().flatten().map(|it| mount(it)).collect();
    found.has("mounts", "HostConfig", mounts(is), wanted_mounts);
    found.has("dns", "HostConfig", strings(is, "/HostConfig/Dns"), given(wanted.dns.as_ref()));
    if let Some(policy) = &wanted.restart_policy {
        let (name, _) = policy.split_once(':').unwrap_or((policy, ""));
        found.differs("restart_policy", "/HostConfig/RestartPolicy/Name", policy, |is| is == name);
    }
    found.flag("auto_remove", "/HostConfig/AutoRemove", wanted.auto_remove);
    found.flag("privileged", "/HostConfig/Privileged", wanted.privileged);
    for (name, path, value) in [
        ("hostname", "/Config/Hostname", &wanted.hostname),
        ("entrypoint", "/Config/Entrypoint/0", &wanted.entrypoint),
        ("user", "/Config/User", &wanted.user),
    ] {
        if let Some(value) = value {
            found.differs(name, path, value, |is| is == value);
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "processors, in billionths")]
    let processors = wanted.cpus.map(|it| (it * 1e9).round() as i64);
    found.number("cpus", "/HostConfig/NanoCpus", processors);
    found.number("memory", "/HostConfig/Memory", wanted.memory.as_deref().and_then(bytes));
    if let Some(command) = &wanted.command {
        let is = list(is, "/Config/Cmd");
        let wanted = words(command)?;
        if is.as_ref().is_some_and(|is| *is != wanted) {
            found.push("command", is.unwrap_or_default().join(" "), command.clone());
        }
    }
    Ok(found.list)
}

struct Found<'a> {
    is: &'a Json,
    list: Vec<Difference>,
}

impl Found<'_> {
    fn push(&mut self, name: &'static str, is: String, wanted: String) {
        self.list.push(Difference { name, is, wanted });
    }

    /// A text, where there is one.
    fn differs(
        &mut self,
        name: &'static str,
        path: &str,
        wanted: &str,
        same: impl Fn(&str) -> bool,
    ) {
        let is = self.is.pointer(path).and_then(Json::as_str);
        if let Some(is) = is.filter(|it| !same(it)) {
            self.push(name, is.to_owned(), wanted.to_owned());
        }
    }

    fn flag(&mut self, name: &'static str, path: &str, wanted: bool) {
        let is = self.is.pointer(path).and_then(Json::as_bool);
        if is.is_some_and(|is| is != wanted) {
            self.push(name, (!wanted).to_string(), wanted.to_string());
        }
    }

    fn number(&mut self, name: &'static str, path: &str, wanted: Option<i64>) {
        let is = self.is.pointer(path).and_then(Json::as_i64);
        if let (Some(is), Some(wanted)) = (is, wanted)
            && is != wanted
        {
            self.push(name, is.to_string(), wanted.to_string());
        }
    }

    /// A list that must hold what is wanted, because others come from the image.
    fn has(&mut self, name: &'static str, part: &str, is: BTreeSet<String>, wanted: Vec<String>) {
        self.set(name, part, is, wanted.into_iter().collect(), false);
    }

    /// A list that must be as it is wanted. Docker leaves out empty lists; of a part that is not there
    /// at all, nothing is known.
    fn set(
        &mut self,
        name: &'static str,
        part: &str,
        is: BTreeSet<String>,
        wanted: BTreeSet<String>,
        is_exact: bool,
    ) {
        if self.is.get(part).is_none() {
            return;
        }
        let same = if is_exact { is == wanted } else { wanted.is_subset(&is) };
        if !same {
            let join = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(", ");
            self.push(name, join(is), join(wanted));
        }
    }
}

fn given(list: Option<&Vec<String>>) -> Vec<String> {
    list.cloned().unwrap_or_default()
}

fn list(object: &Json, path: &str) -> Option<Vec<String>> {
    let items = object.pointer(path)?.as_array()?;
    Some(items.iter().filter_map(Json::as_str).map(str::to_owned).collect())
}

fn strings(object: &Json, path: &str) -> BTreeSet<String> {
    list(object, path).unwrap_or_default().into_iter().collect()
}

fn keys(object: &Json, path: &str) -> BTreeSet<String> {
    let map = object.pointer(path).and_then(Json::as_object).into_iter().flatten();
    map.map(|(key, _)| key.clone()).collect()
}

fn labels(object: &Json) -> BTreeSet<String> {
    let map = object.pointer("/Config/Labels").and_then(Json::as_object).into_iter().flatten();
    map.map(|(key, it)| format!("{key}={}", it.as_str().unwrap_or_default())).collect()
}

/// The ports that are published, as `address:port:port/protocol`.
fn bound_ports(object: &Json) -> BTreeSet<String> {
    let ports = object.pointer("/HostConfig/PortBindings").and_then(Json::as_object);
    let mut bound = BTreeSet::new();
    for (inner, bindings) in ports.into_iter().flatten() {
        for binding in bindings.as_array().into_iter().flatten() {
            let part = |name| binding.get(name).and_then(Json::as_str).unwrap_or_default();
            bound.insert(format!("{}:{}:{inner}", part("HostIp"), part("HostPort")));
        }
    }
    bound
}

/// `127.0.0.1:8080:80/tcp` and its shorter forms, ranges port by port, as Docker keeps them.
fn port_bindings(asked: &str) -> Vec<String> {
    let (ports, protocol) = asked.rsplit_once('/').unwrap_or((asked, "tcp"));
    let (outer, inner) = ports.rsplit_once(':').unwrap_or(("", ports));
    let (address, outer) = outer.rsplit_once(':').unwrap_or(("", outer));
    let address = address.trim_matches(['[', ']']);
    let (outer, inner) = (range(outer), range(inner));
    let line = |outer: &str, inner: &str| format!("{address}:{outer}:{inner}/{protocol}");
    if outer.len() == inner.len() {
        return outer.iter().zip(&inner).map(|(outer, inner)| line(outer, inner)).collect();
    }
    // A range for one port: Docker takes the first that is free.
    let outer = outer.first().cloned().unwrap_or_default();
    inner.iter().map(|inner| line(&outer, inner)).collect()
}

/// `8000-8002` as its ports; anything else as it is.
fn range(ports: &str) -> Vec<String> {
    let ends = ports
        .split_once('-')
        .and_then(|(first, last)| Some((first.parse::<u16>().ok()?, last.parse::<u16>().ok()?)));
    match ends {
        Some((first, last)) => (first..=last).map(|it| it.to_string()).collect(),
        None => vec![ports.to_owned()],
    }
}

/// The mounts that were asked for with `--mount`, as `type source target`.
fn mounts(object: &Json) -> BTreeSet<String> {
    let mounts = object.pointer("/HostConfig/Mounts").and_then(Json::as_array);
    let line = |it: &Json| {
        let part = |name| it.get(name).and_then(Json::as_str).unwrap_or_default();
        format!("{} {} {}", part("Type"), part("Source"), part("Target"))
    };
    mounts.into_iter().flatten().map(line).collect()
}

/// `type=bind,source=/a,target=/b` as [`mounts`] has it.
fn mount(asked: &str) -> String {
    let part = |names: &[&str]| {
        let mut pairs = asked.split(',').filter_map(|it| it.split_once('='));
        pairs.find(|(name, _)| names.contains(name)).map(|(_, value)| value)
    };
    format!(
        "{} {} {}",
        part(&["type"]).unwrap_or("volume"),
        part(&["source", "src"]).unwrap_or_default(),
        part(&["target", "destination", "dst"]).unwrap_or_default()
    )
}

/// `512m` in bytes; `None` where it is no size.
fn bytes(size: &str) -> Option<i64> {
    let size = size.trim().to_ascii_lowercase();
    let digits = size.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let factor = match size.get(digits.len()..)?.trim_end_matches('b').trim_end_matches('i') {
        "" => 1.0,
        "k" => 1024.0,
        "m" => 1024.0 * 1024.0,
        "g" => 1024.0 * 1024.0 * 1024.0,
        "t" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "sizes of memory are far below 2^52")]
    let bytes = (digits.parse::<f64>().ok()? * factor) as i64;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_docker_reads() {
        for (asked, expected) in [
            ("80", vec!["::80/tcp"]),
            ("8080:80", vec![":8080:80/tcp"]),
            ("[::1]:53:53/udp", vec!["::1:53:53/udp"]),
            ("8000-8001:80-81", vec![":8000:80/tcp", ":8001:81/tcp"]),
        ] {
            assert_eq!(port_bindings(asked), expected, "{asked}");
        }
        for (asked, expected) in [
            ("512m", Some(536_870_912)),
            ("1.5GiB", Some(1_610_612_736)),
            ("7", Some(7)),
            ("x", None),
        ] {
            assert_eq!(bytes(asked), expected, "{asked}");
        }
        assert_eq!(mount("type=bind,src=/a,dst=/b,readonly"), "bind /a /b");
    }
}
