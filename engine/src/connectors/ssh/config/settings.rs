//! The settings of `ssh_config` that this connector obeys.

use crate::connectors::process::ConnectError;

/// What the configuration says about one host; nothing is filled in that it does not say.
///
/// `SendEnv` is left out on purpose: a run must not depend on the language of the terminal that
/// it was started from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Settings {
    pub(in super::super) hostname: Option<String>,
    pub(in super::super) user: Option<String>,
    pub(in super::super) port: Option<u16>,
    /// Every `IdentityFile`, in order; `none` empties the list of defaults.
    pub(in super::super) identity_files: Vec<String>,
    pub(in super::super) certificate_files: Vec<String>,
    pub(in super::super) identities_only: Option<bool>,
    pub(in super::super) identity_agent: Option<String>,
    pub(in super::super) proxy_jump: Option<String>,
    pub(in super::super) proxy_command: Option<String>,
    pub(in super::super) user_known_hosts: Option<Vec<String>>,
    pub(in super::super) global_known_hosts: Option<Vec<String>>,
    pub(in super::super) strict_host_key_checking: Option<String>,
    pub(in super::super) hash_known_hosts: Option<bool>,
    pub(in super::super) host_key_alias: Option<String>,
    /// Seconds.
    pub(in super::super) connect_timeout: Option<u64>,
    pub(in super::super) connection_attempts: Option<u32>,
    /// Seconds; 0 turns it off.
    pub(in super::super) alive_interval: Option<u64>,
    pub(in super::super) alive_count_max: Option<usize>,
    /// `yes`, `no`, a socket, or `$VARIABLE`.
    pub(in super::super) forward_agent: Option<String>,
    /// `NAME=value` of the first `SetEnv`.
    pub(in super::super) set_env: Vec<String>,
    pub(in super::super) batch_mode: Option<bool>,
    pub(in super::super) public_key: Option<bool>,
    pub(in super::super) password: Option<bool>,
    pub(in super::super) keyboard_interactive: Option<bool>,
    pub(in super::super) preferred_methods: Option<Vec<String>>,
    /// What `Match tagged` is compared with.
    pub(in super::super) tag: Option<String>,
    /// `any`, `inet` or `inet6`.
    pub(in super::super) address_family: Option<String>,
}

impl Settings {
    /// Takes one line over, unless an earlier one has said the same thing already. What this
    /// connector has no use for is passed over.
    pub(super) fn apply(
        &mut self,
        keyword: &str,
        arguments: &[String],
        text: &str,
    ) -> Result<(), String> {
        match keyword {
            "hostname" => first(&mut self.hostname, keyword, arguments),
            "user" => first(&mut self.user, keyword, arguments),
            "port" => number(&mut self.port, keyword, arguments),
            "identityfile" => add(&mut self.identity_files, keyword, arguments),
            "certificatefile" => add(&mut self.certificate_files, keyword, arguments),
            "identitiesonly" => flag(&mut self.identities_only, keyword, arguments),
            "identityagent" => first(&mut self.identity_agent, keyword, arguments),
            "proxyjump" => self.jump(text),
            "proxycommand" => self.command(text),
            "userknownhostsfile" => all(&mut self.user_known_hosts, keyword, arguments),
            "globalknownhostsfile" => all(&mut self.global_known_hosts, keyword, arguments),
            "stricthostkeychecking" => {
                first(&mut self.strict_host_key_checking, keyword, arguments)
            }
            "hashknownhosts" => flag(&mut self.hash_known_hosts, keyword, arguments),
            "hostkeyalias" => first(&mut self.host_key_alias, keyword, arguments),
            "connecttimeout" => seconds(&mut self.connect_timeout, keyword, arguments),
            "connectionattempts" => number(&mut self.connection_attempts, keyword, arguments),
            "serveraliveinterval" => seconds(&mut self.alive_interval, keyword, arguments),
            "serveralivecountmax" => number(&mut self.alive_count_max, keyword, arguments),
            "forwardagent" => first(&mut self.forward_agent, keyword, arguments),
            "setenv" => {
                if self.set_env.is_empty() {
                    self.set_env = arguments.to_vec();
                }
                Ok(())
            }
            "batchmode" => flag(&mut self.batch_mode, keyword, arguments),
            "pubkeyauthentication" => switch(&mut self.public_key, keyword, arguments),
            "passwordauthentication" => flag(&mut self.password, keyword, arguments),
            "kbdinteractiveauthentication" | "challengeresponseauthentication" => {
                flag(&mut self.keyboard_interactive, keyword, arguments)
            }
            "preferredauthentications" => {
                let mut list = None;
                first(&mut list, keyword, arguments)?;
                let names = list.map(|list| list.split(',').map(str::to_owned).collect());
                self.preferred_methods = self.preferred_methods.take().or(names);
                Ok(())
            }
            "tag" => first(&mut self.tag, keyword, arguments),
            "addressfamily" => first(&mut self.address_family, keyword, arguments),
            _ => Ok(()),
        }
    }

    /// Whichever of `ProxyJump` and `ProxyCommand` comes first rules the other out.
    fn jump(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() {
            return Err("ProxyJump needs a host".to_owned());
        }
        if self.proxy_jump.is_none() && self.proxy_command.is_none() {
            self.proxy_jump = Some(unquoted(text));
        }
        Ok(())
    }

    fn command(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() {
            return Err("ProxyCommand needs a command".to_owned());
        }
        let ruled_out = self.proxy_jump.as_deref().is_some_and(|jump| jump != "none");
        if self.proxy_command.is_none() && !ruled_out {
            self.proxy_command = Some(text.to_owned());
        }
        Ok(())
    }
}

/// An error for a value that is not in its place, said the same way everywhere.
pub(super) fn at_line(path: &std::path::Path, number: usize, problem: &str) -> ConnectError {
    ConnectError::new(format!("ssh config {}, line {number}: {problem}", path.display()))
}

fn unquoted(text: &str) -> String {
    text.split('#').next().unwrap_or_default().trim().trim_matches('"').to_owned()
}

fn argument<'a>(keyword: &str, arguments: &'a [String]) -> Result<&'a str, String> {
    arguments.first().map(String::as_str).ok_or_else(|| format!("{keyword} needs an argument"))
}

fn first(slot: &mut Option<String>, keyword: &str, arguments: &[String]) -> Result<(), String> {
    let value = argument(keyword, arguments)?;
    slot.get_or_insert_with(|| value.to_owned());
    Ok(())
}

fn all(slot: &mut Option<Vec<String>>, keyword: &str, arguments: &[String]) -> Result<(), String> {
    argument(keyword, arguments)?;
    slot.get_or_insert_with(|| arguments.to_vec());
    Ok(())
}

fn add(list: &mut Vec<String>, keyword: &str, arguments: &[String]) -> Result<(), String> {
    let value = argument(keyword, arguments)?;
    if !list.iter().any(|known| known == value) {
        list.push(value.to_owned());
    }
    Ok(())
}

fn number<T: std::str::FromStr>(
    slot: &mut Option<T>,
    keyword: &str,
    arguments: &[String],
) -> Result<(), String> {
    let value = argument(keyword, arguments)?;
    let parsed = value.parse().map_err(|_| format!("{keyword} needs a number, not {value}"))?;
    slot.get_or_insert(parsed);
    Ok(())
}

/// Times may carry a unit: `90`, `2m`, `1h30m`; `none` is 0. Source: `sshd_config(5)`, TIME FORMATS.
fn seconds(slot: &mut Option<u64>, keyword: &str, arguments: &[String]) -> Result<(), String> {
    let value = argument(keyword, arguments)?;
    let parsed = match value {
        "none" => Some(0),
        _ => parse_seconds(value),
    };
    let parsed = parsed.ok_or_else(|| format!("{keyword} needs a time, not {value}"))?;
    slot.get_or_insert(parsed);
    Ok(())
}

fn parse_seconds(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut digits = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let unit = match letter.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(digits.parse::<u64>().ok()?.checked_mul(unit)?)?;
        digits.clear();
    }
    if digits.is_empty() {
        return Some(total).filter(|_| !text.is_empty());
    }
    total.checked_add(digits.parse().ok()?)
}

fn flag(slot: &mut Option<bool>, keyword: &str, arguments: &[String]) -> Result<(), String> {
    let value = argument(keyword, arguments)?;
    let parsed = match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => true,
        "no" | "false" => false,
        _ => return Err(format!("{keyword} needs yes or no, not {value}")),
    };
    slot.get_or_insert(parsed);
    Ok(())
}

/// Like a flag, but with further values that all mean yes (`unbound`, `host-bound`).
fn switch(slot: &mut Option<bool>, keyword: &str, arguments: &[String]) -> Result<(), String> {
    let value = argument(keyword, arguments)?;
    slot.get_or_insert(!["no", "false"].contains(&value.to_ascii_lowercase().as_str()));
    Ok(())
}
