use super::Rule;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The rules of a table of the IPv4 packet filter, in order.
///
/// Each rule is a map: `chain`, `jump`, `protocol`, `source`, `destination`, `in_interface`,
/// `out_interface`, the same with `not_` before them where the rule says the opposite, `log_prefix`,
/// `to_destination`, `to_source`, `to_ports`, and in `extras` the words of all other options, each once.
/// A text that `iptables-save` prints in quotes is given without them.
///
/// ```rhai
/// let drops = host.fact("iptables.iptables_rules").filter(|rule| rule.jump == "DROP");
/// host.log(`${drops.len()} rules drop packets`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("iptables.iptables_rules")]
pub struct IptablesRules {
    /// The table.
    #[arg(default = "filter")]
    pub table: String,
}

/// The rules of a table of the IPv6 packet filter, in order, as `iptables.iptables_rules` has them.
///
/// ```rhai
/// let rules = host.fact("iptables.ip6tables_rules", "mangle");
/// ```
#[derive(Clone, Debug, Args)]
#[args("iptables.ip6tables_rules")]
pub struct Ip6tablesRules {
    /// The table.
    #[arg(default = "filter")]
    pub table: String,
}

impl Fact for IptablesRules {
    type Output = Vec<Rule>;

    fn command(&self) -> Shell {
        sh!("iptables-save -t {self.table}")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(rules(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("iptables-save")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}

impl Fact for Ip6tablesRules {
    type Output = Vec<Rule>;

    fn command(&self) -> Shell {
        sh!("ip6tables-save -t {self.table}")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(rules(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("ip6tables-save")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}

fn rules(output: &str) -> Vec<Rule> {
    output.lines().filter(|line| line.starts_with('-')).map(Rule::read).collect()
}
