use indexmap::IndexMap;

use crate::facts::iptables::{
    Ip6tablesChains, Ip6tablesRules, IptablesChains, IptablesRules, Rule,
};
use crate::{Commands, Error, Host, Result, Shell, sh};

/// A table of the packet filter for one version of the Internet Protocol.
pub(super) struct Table {
    is_6: bool,
    name: String,
}

/// Chains with their policies.
pub(super) type Chains = IndexMap<String, String>;

impl Table {
    pub(super) fn new(version: i64, name: &str) -> Result<Self> {
        match version {
            4 | 6 => Ok(Self { is_6: version == 6, name: name.to_owned() }),
            other => {
                let what = format!("there is no version {other} of the Internet Protocol");
                Err(Error::usage(what).hint("`version` is 4 or 6").argument("version"))
            }
        }
    }

    /// The program, at work on the table.
    pub(super) fn program(&self) -> Shell {
        let table = &self.name;
        if self.is_6 { sh!("ip6tables -t {table}") } else { sh!("iptables -t {table}") }
    }

    pub(super) fn rules(&self, host: &Host<'_>) -> Result<Vec<Rule>> {
        let table = self.name.clone();
        let rules = if self.is_6 {
            host.fact(&Ip6tablesRules { table })?
        } else {
            host.fact(&IptablesRules { table })?
        };
        Ok(rules.as_ref().clone())
    }

    pub(super) fn chains(&self, host: &Host<'_>) -> Result<Chains> {
        let table = self.name.clone();
        let chains = if self.is_6 {
            host.fact(&Ip6tablesChains { table })?
        } else {
            host.fact(&IptablesChains { table })?
        };
        Ok(chains.as_ref().clone())
    }

    /// States which rules there will be.
    pub(super) fn will_have_rules(&self, todo: &mut Commands, rules: Vec<Rule>) {
        let table = self.name.clone();
        if self.is_6 {
            todo.then(&Ip6tablesRules { table }, rules)
        } else {
            todo.then(&IptablesRules { table }, rules)
        };
    }

    /// States which chains there will be.
    pub(super) fn will_have_chains(&self, todo: &mut Commands, chains: Chains) {
        let table = self.name.clone();
        if self.is_6 {
            todo.then(&Ip6tablesChains { table }, chains)
        } else {
            todo.then(&IptablesChains { table }, chains)
        };
    }
}
