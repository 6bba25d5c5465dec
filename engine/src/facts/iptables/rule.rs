use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::words::words;

/// A rule of the packet filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What has a name of its own: `chain`, `jump`, `protocol`, `not_source`, …
    #[serde(flatten)]
    pub parts: IndexMap<String, String>,
    /// The words of all other options, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<String>,
    /// The other options with their values, as they were written; none where the rule was given as JSON.
    #[serde(skip)]
    options: Vec<Vec<String>>,
}

/// The options that have names of their own. iptables(8).
const NAMES: &[(&str, &str)] = &[
    ("-A", "chain"),
    ("-j", "jump"),
    ("-p", "protocol"),
    ("-s", "source"),
    ("-d", "destination"),
    ("-i", "in_interface"),
    ("-o", "out_interface"),
    ("--log-prefix", "log_prefix"),
    ("--to-destination", "to_destination"),
    ("--to-source", "to_source"),
    ("--to-ports", "to_ports"),
];

impl Rule {
    /// Reads a rule as `iptables-save` prints it, or a part of one.
    pub fn read(line: &str) -> Self {
        let mut rule = Self::default();
        for option in options(&words(line)) {
            rule.add(&option);
        }
        rule
    }

    /// Adds an option: `-s 10.0.0.0/8`, `! -i eth0`, `--dport 22`.
    pub fn add(&mut self, option: &[String]) {
        let (not, rest) = match option {
            [first, rest @ ..] if first == "!" => ("not_", rest),
            rest => ("", rest),
        };
        let [flag, values @ ..] = rest else { return };
        if let Some((_, name)) = NAMES.iter().find(|(it, _)| it == flag) {
            self.parts.insert(format!("{not}{name}"), values.join(" "));
            return;
        }
        for word in option {
            if !self.extras.contains(word) {
                self.extras.push(word.clone());
            }
        }
        self.options.push(option.to_vec());
    }

    /// A part that has a name.
    pub fn part(&self, name: &str) -> Option<&str> {
        self.parts.get(name).map(String::as_str)
    }

    /// Whether both say the same, in whatever words.
    pub fn means(&self, other: &Self) -> bool {
        if self.canonical_parts() != other.canonical_parts() {
            return false;
        }
        if self.is_from_json() || other.is_from_json() {
            return self.canonical_words() == other.canonical_words();
        }
        self.canonical_options() == other.canonical_options()
    }

    fn is_from_json(&self) -> bool {
        self.options.is_empty() && !self.extras.is_empty()
    }

    fn canonical_parts(&self) -> BTreeSet<(&str, String)> {
        let parts = self.parts.iter().map(|(name, value)| {
            let value = match name.trim_start_matches("not_") {
                "source" | "destination" => network(value),
                "protocol" => value.to_lowercase(),
                _ => value.clone(),
            };
            (name.as_str(), value)
        });
        let says_something = |(name, value): &(&str, String)| {
            name.starts_with("not_") || !["0.0.0.0/0", "::/0", "all"].contains(&value.as_str())
        };
        parts.filter(says_something).collect()
    }

    /// The options but for those that iptables adds by itself.
    fn canonical_options(&self) -> BTreeSet<&[String]> {
        let protocol = self.part("protocol").map(str::to_lowercase);
        let is_implied = |option: &[String]| match option {
            [flag, name] if flag == "-m" => Some(name) == protocol.as_ref(),
            [flag, kind] if flag == "--reject-with" => {
                ["icmp-port-unreachable", "icmp6-port-unreachable"].contains(&kind.as_str())
            }
            _ => false,
        };
        self.options.iter().map(Vec::as_slice).filter(|it| !is_implied(it)).collect()
    }

    /// The words of the options, for rules of which no more is known.
    fn canonical_words(&self) -> BTreeSet<&str> {
        let protocol = self.part("protocol").map(str::to_lowercase).unwrap_or_default();
        let words = self.extras.iter().map(String::as_str);
        words.filter(|it| !["", "-m", protocol.as_str()].contains(it)).collect()
    }
}

/// Puts words together to options, each with its values and the `!` before it.
pub fn options(words: &[String]) -> Vec<Vec<String>> {
    let mut options: Vec<Vec<String>> = Vec::new();
    let mut is_not = false;
    for word in words {
        match options.last_mut() {
            _ if word == "!" => is_not = true,
            Some(option) if !is_not && !word.starts_with('-') => option.push(word.clone()),
            _ if is_not => options.push(vec!["!".to_owned(), word.clone()]),
            _ => options.push(vec![word.clone()]),
        }
        is_not &= word == "!";
    }
    options
}

/// An address or network as `iptables-save` prints it: `10.0.0.0/8`, `10.1.2.3/32`. Names stay.
fn network(text: &str) -> String {
    let (address, mask) = text.split_once('/').map_or((text, None), |(it, mask)| (it, Some(mask)));
    if let Ok(address) = address.parse::<Ipv4Addr>() {
        let length = match mask {
            None => Some(32),
            Some(mask) => mask
                .parse()
                .ok()
                .or_else(|| mask.parse::<Ipv4Addr>().ok().map(|it| it.to_bits().leading_ones())),
        };
        if let Some(length @ 0..=32) = length {
            let bits = address.to_bits() & u32::MAX.checked_shl(32 - length).unwrap_or(0);
            return format!("{}/{length}", Ipv4Addr::from_bits(bits));
        }
    }
    if let Ok(address) = address.parse::<Ipv6Addr>()
        && let Ok(length @ 0..=128) = mask.unwrap_or("128").parse::<u32>()
    {
        let bits = address.to_bits() & u128::MAX.checked_shl(128 - length).unwrap_or(0);
        return format!("{}/{length}", Ipv6Addr::from_bits(bits));
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_iptables_save_prints() {
        let rule = Rule::read(
            r#"-A INPUT ! -s 10.0.0.0/8 -i eth0 -p tcp -m tcp ! --dport 22 -m comment --comment "a \"b" -j LOG --log-prefix "in: ""#,
        );
        let expected = serde_json::json!({
            "chain": "INPUT", "not_source": "10.0.0.0/8", "in_interface": "eth0", "protocol": "tcp",
            "jump": "LOG", "log_prefix": "in: ",
            "extras": ["-m", "tcp", "!", "--dport", "22", "comment", "--comment", "a \"b"],
        });
        assert_eq!(serde_json::to_value(&rule).unwrap(), expected);
        let given: Rule = serde_json::from_value(expected).unwrap();
        assert!(rule.means(&given) && given.means(&rule));
    }

    #[test]
    fn knows_the_same_rule_in_other_words() {
        for (left, right, expected) in [
            ("-A INPUT -p TCP --dport 22", "-A INPUT -p tcp -m tcp --dport 22", true),
            ("-A INPUT -p tcp", "-A INPUT -p udp", false),
            ("-A INPUT -p tcp ! --dport 22", "-A INPUT -p tcp -m tcp --dport 22", false),
            ("-A INPUT -s 10.1.2.3", "-A INPUT -s 10.1.2.3/32", true),
            ("-A INPUT -s 10.1.2.3/255.0.0.0", "-A INPUT -s 10.0.0.0/8", true),
            ("-A INPUT -s 0.0.0.0/0", "-A INPUT", true),
            ("-A INPUT -s fd00:0::1", "-A INPUT -s fd00::1/128", true),
            ("-A INPUT -j REJECT", "-A INPUT -j REJECT --reject-with icmp-port-unreachable", true),
            ("-A A --sport 1 --dport 2", "-A A --dport 2 --sport 1", true),
            ("-A A --sport 1 --dport 2", "-A A --sport 2 --dport 1", false),
        ] {
            let same = Rule::read(left).means(&Rule::read(right));
            assert_eq!(same, expected, "{left} / {right}");
        }
    }
}
