use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Whether ufw is at work, and what it does with packets that no rule is about: `active`, `enabled`,
/// `incoming`, `outgoing`, `routed` and `logging`.
///
/// ```rhai
/// let ufw = host.fact("ufw.status");
/// if ufw.active && ufw.incoming == "allow" { host.log("the firewall lets everything in"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("ufw.status")]
pub struct Status {}

/// The state of ufw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusInfo {
    /// Whether packets are filtered.
    pub active: bool,
    /// Whether they will be after a restart of the host.
    pub enabled: bool,
    /// `allow`, `deny` or `reject`, for packets to the host.
    pub incoming: String,
    /// The same for packets from the host.
    pub outgoing: String,
    /// The same for packets that pass through.
    pub routed: String,
    /// `off`, `low`, `medium`, `high` or `full`.
    pub logging: String,
}

impl Fact for Status {
    type Output = StatusInfo;

    fn command(&self) -> Shell {
        sh!("cat /etc/ufw/ufw.conf /etc/default/ufw; LC_ALL=C ufw status | head -n 1")
    }

    fn parse(&self, output: &str) -> Result<StatusInfo> {
        let setting = |name: &str| {
            let mut lines = output.lines().filter_map(|line| line.trim().split_once('='));
            let value = lines.rfind(|(it, _)| *it == name).map_or("", |(_, value)| value);
            value.trim().trim_matches(['"', '\'']).to_lowercase()
        };
        let policy = |name: &str| match setting(name).as_str() {
            "accept" => "allow".to_owned(),
            "drop" => "deny".to_owned(),
            other => other.to_owned(),
        };
        Ok(StatusInfo {
            active: output.lines().any(|line| line.trim() == "Status: active"),
            enabled: setting("ENABLED") == "yes",
            incoming: policy("DEFAULT_INPUT_POLICY"),
            outgoing: policy("DEFAULT_OUTPUT_POLICY"),
            routed: policy("DEFAULT_FORWARD_POLICY"),
            logging: setting("LOGLEVEL"),
        })
    }

    fn requires(&self) -> Option<&'static str> {
        Some("ufw")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_files_and_the_state() {
        let output = "# ENABLED=no\nENABLED=yes\nLOGLEVEL=low\nIPV6=yes\nDEFAULT_INPUT_POLICY=\"DROP\"\n\
            DEFAULT_OUTPUT_POLICY=\"ACCEPT\"\nDEFAULT_FORWARD_POLICY=\"REJECT\"\nStatus: inactive\n";
        let expected = StatusInfo {
            active: false,
            enabled: true,
            incoming: "deny".into(),
            outgoing: "allow".into(),
            routed: "reject".into(),
            logging: "low".into(),
        };
        assert_eq!(Status {}.parse(output).unwrap(), expected);
    }
}
