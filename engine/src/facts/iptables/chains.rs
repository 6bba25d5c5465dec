use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The chains of a table of the IPv4 packet filter, each with its policy; `-` for chains that are not
/// built in.
///
/// ```rhai
/// if host.fact("iptables.iptables_chains")["INPUT"] == "ACCEPT" { host.log("anything may come in"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("iptables.iptables_chains")]
pub struct IptablesChains {
    /// The table.
    #[arg(default = "filter")]
    pub table: String,
}

/// The chains of a table of the IPv6 packet filter, each with its policy; `-` for chains that are not
/// built in.
///
/// ```rhai
/// let policy = host.fact("iptables.ip6tables_chains")["FORWARD"];
/// ```
#[derive(Clone, Debug, Args)]
#[args("iptables.ip6tables_chains")]
pub struct Ip6tablesChains {
    /// The table.
    #[arg(default = "filter")]
    pub table: String,
}

impl Fact for IptablesChains {
    type Output = IndexMap<String, String>;

    fn command(&self) -> Shell {
        sh!("iptables-save -t {self.table}")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(chains(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("iptables-save")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}

impl Fact for Ip6tablesChains {
    type Output = IndexMap<String, String>;

    fn command(&self) -> Shell {
        sh!("ip6tables-save -t {self.table}")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(chains(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("ip6tables-save")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}

/// Reads lines such as `:INPUT ACCEPT [0:0]`.
fn chains(output: &str) -> IndexMap<String, String> {
    let lines = output.lines().filter_map(|line| line.strip_prefix(':'));
    let chain = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    };
    lines.filter_map(chain).collect()
}
