use serde::{Deserialize, Serialize};

use super::lines::text;
use crate::{Args, Fact, Result, Shell, sh};

/// The process that listens on a port and its id: `["nginx", 742]`, or `[(), ()]`.
///
/// Only root is told the processes of others.
///
/// ```rhai
/// let owner = host.fact("server.port", 80);
/// if owner[0] != () && owner[0] != "nginx" { host.log(`${owner[0]} is in the way`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.port")]
pub struct Port {
    /// The port.
    pub port: u16,

    /// `tcp` or `udp`.
    #[arg(default = "tcp")]
    pub protocol: String,
}

/// All ports on which processes listen: `port`, `ip`, `protocol` and `process`.
///
/// ```rhai
/// let public = host.fact("server.ports").filter(|it| it.ip == "0.0.0.0");
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.ports")]
pub struct Ports {}

/// One port on which a process listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listener {
    /// The port.
    pub port: u16,
    /// The address, without brackets and interface.
    pub ip: String,
    /// `tcp` or `udp`; on FreeBSD with the version of IP: `tcp4`.
    pub protocol: String,
    /// Name of the program.
    pub process: String,
}

impl Fact for Port {
    type Output = (Option<String>, Option<i64>);

    fn command(&self) -> Shell {
        let kind = Shell::raw(if self.protocol == "udp" { "u" } else { "t" });
        let (port, protocol) = (self.port, &self.protocol);
        sh!("if [ \"$(uname -s)\" = FreeBSD ]; then sockstat -l -p {port} -P {protocol}; \
            elif command -v ss >/dev/null 2>&1; then ss -lp{kind}n | grep ':'{port}' ' || true; \
            else netstat -lp{kind}n 2>/dev/null | awk -v end=':'{port} \
            'substr($4, length($4) - length(end) + 1) == end'; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let owner = output.lines().find_map(|line| {
            ss_owner(line).or_else(|| netstat_owner(line)).or_else(|| sockstat_owner(line))
        });
        Ok(owner.map_or((None, None), |(name, pid)| (Some(name.to_owned()), Some(pid))))
    }
}

impl Fact for Ports {
    type Output = Vec<Listener>;

    fn command(&self) -> Shell {
        Shell::raw(
            "if [ \"$(uname -s)\" = FreeBSD ]; then sockstat -l; \
            elif command -v ss >/dev/null 2>&1; then ss -lpuntn || true; \
            else netstat -lptun 2>/dev/null || true; fi",
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let read = |line| ss(line).or_else(|| netstat(line)).or_else(|| sockstat(line));
        Ok(output.lines().filter_map(read).collect())
    }
}

/// `udp UNCONN 0 0 127.0.0.1%lo:53 0.0.0.0:* users:(("named",pid=1234,fd=512))`; the first column is
/// left out where only one protocol was asked for.
fn ss(line: &str) -> Option<Listener> {
    let (process, _) = ss_owner(line)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let state = words.iter().take(2).position(|it| it.chars().all(|it| it.is_ascii_uppercase()))?;
    let protocol = if words.get(state) == Some(&"UNCONN") { "udp" } else { "tcp" };
    listener(words.get(state + 3)?, protocol, process)
}

fn ss_owner(line: &str) -> Option<(&str, i64)> {
    let mut quoted = line.split('"');
    let name = quoted.nth(1)?;
    let (_, rest) = line.split_once("pid=")?;
    Some((name, rest.split([',', ')']).next()?.parse().ok()?))
}

/// `tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 1234/sshd`
fn netstat(line: &str) -> Option<Listener> {
    let (process, _) = netstat_owner(line)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let protocol = if words.first()?.starts_with("tcp") { "tcp" } else { "udp" };
    listener(words.get(3)?, protocol, process)
}

fn netstat_owner(line: &str) -> Option<(&str, i64)> {
    let (pid, name) = line.split_whitespace().find_map(|word| word.split_once('/'))?;
    Some((name, pid.parse().ok()?))
}

/// `root named 5678 20 udp4 *:53 *:*`
fn sockstat(line: &str) -> Option<Listener> {
    let (process, _) = sockstat_owner(line)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    listener(words.get(5)?, words.get(4)?, process)
}

fn sockstat_owner(line: &str) -> Option<(&str, i64)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [_, name, pid, _, protocol, ..] = words.as_slice() else { return None };
    let is_listed = protocol.starts_with("tcp") || protocol.starts_with("udp");
    is_listed.then(|| Some((*name, pid.parse().ok()?)))?
}

fn listener(address: &str, protocol: &str, process: &str) -> Option<Listener> {
    let (ip, port) = address.rsplit_once(':').or_else(|| address.rsplit_once('.'))?;
    let ip = text(ip.trim_start_matches('[').trim_end_matches(']'))?;
    let ip = ip.split('%').next().unwrap_or_default();
    Some(Listener {
        port: port.parse().ok()?,
        ip: ip.trim_end_matches(']').to_owned(),
        protocol: protocol.to_owned(),
        process: process.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_program_that_lists_ports() {
        let output = "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n\
            udp UNCONN 0 0 127.0.0.1%lo:53 0.0.0.0:* users:((\"named\",pid=1234,fd=512))\n\
            tcp LISTEN 0 128 [::1]:22 [::]:* users:((\"sshd\",pid=7,fd=3))\n\
            tcp        0      0 :::80     :::*     LISTEN      5678/nginx\n\
            root     unbound    5678  20 udp4   *:853                  *:*\n";
        let found = Ports {}.parse(output).unwrap();
        let short: Vec<_> = found
            .iter()
            .map(|it| format!("{} {} {} {}", it.protocol, it.ip, it.port, it.process))
            .collect();
        assert_eq!(
            short,
            ["udp 127.0.0.1 53 named", "tcp ::1 22 sshd", "tcp :: 80 nginx", "udp4 * 853 unbound"]
        );
    }

    #[test]
    fn a_port_whose_process_is_not_told_has_none() {
        let port = Port { port: 22, protocol: "tcp".into() };
        for output in [
            "LISTEN 0 128 127.0.0.1:22 0.0.0.0:*\n",
            "tcp        0      0 0.0.0.0:22     0.0.0.0:*     LISTEN      -\n",
        ] {
            assert_eq!(port.parse(output).unwrap(), (None, None), "{output}");
        }
        let two = "LISTEN 0 128 127.0.0.1:22 0.0.0.0:*\n\
            LISTEN 0 128 127.0.0.2:22 0.0.0.0:* users:((\"sshd\",pid=7,fd=3))\n";
        assert_eq!(port.parse(two).unwrap(), (Some("sshd".into()), Some(7)));
    }
}
