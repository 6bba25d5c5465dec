use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The rules of a chain of nftables, in order: `handle`, `rule` and `comment`. None where there is no
/// such chain.
///
/// ```rhai
/// for it in host.fact("nftables.rules", "inet", "filter", "input") { host.log(`${it.handle}: ${it.rule}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("nftables.rules")]
pub struct Rules {
    /// The table's family: `ip`, `ip6`, `inet`, `arp`, `bridge` or `netdev`.
    pub family: String,

    /// The table.
    pub table: String,

    /// The chain.
    pub chain: String,
}

/// A rule of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// The number by which it is replaced and removed.
    pub handle: u64,
    /// The rule, as nft words it, without its comment.
    pub rule: String,
    /// What is noted about it.
    pub comment: Option<String>,
}

impl Fact for Rules {
    type Output = Vec<Rule>;

    fn command(&self) -> Shell {
        sh!("nft -a list chain {self.family} {self.table} {self.chain} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().filter_map(rule).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("nft")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}

/// `tcp dport 22 accept comment "ssh" # handle 4`; lines that open a block have handles too.
fn rule(line: &str) -> Option<Rule> {
    let (text, handle) = line.trim().rsplit_once(" # handle ")?;
    if text.ends_with('{') {
        return None;
    }
    let (rule, comment) = match text.rsplit_once(" comment \"") {
        Some((rule, comment)) => (rule, comment.strip_suffix('"').map(str::to_owned)),
        None => (text, None),
    };
    Some(Rule { handle: handle.trim().parse().ok()?, rule: rule.to_owned(), comment })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_rules_from_headings() {
        let output = "table inet filter {\n\tchain input { # handle 1\n\
            \t\ttype filter hook input priority filter; policy accept;\n\
            \t\tip saddr 10.0.0.0/8 drop # handle 3\n\
            \t\ttcp dport 22 accept comment \"it is # handle 9\" # handle 2\n\t}\n}\n";
        let chain = Rules { family: "inet".into(), table: "filter".into(), chain: "input".into() };
        let rule = |handle, rule: &str, comment: Option<&str>| Rule {
            handle,
            rule: rule.into(),
            comment: comment.map(str::to_owned),
        };
        assert_eq!(
            chain.parse(output).unwrap(),
            [
                rule(3, "ip saddr 10.0.0.0/8 drop", None),
                rule(2, "tcp dport 22 accept", Some("it is # handle 9"))
            ]
        );
    }
}
