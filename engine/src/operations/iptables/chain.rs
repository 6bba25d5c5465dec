use super::table::{Chains, Table};
use crate::facts::iptables::Rule;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Add or remove a chain of the packet filter, or set the policy of one that is built in.
///
/// A chain is removed with the rules in it. It stays so until the host restarts; what saves rules is
/// another package's business (`iptables-persistent`).
///
/// ```rhai
/// iptables.chain("INPUT", #{ policy: "DROP" });
/// iptables.chain("blocklist", #{ table: "filter", version: 6 });
/// ```
#[derive(Debug, Args)]
#[args("iptables.chain")]
#[expect(clippy::struct_field_names, reason = "the arguments have the names that scripts know")]
pub(crate) struct Chain {
    /// Name of the chain.
    chain: String,

    /// Whether it should be there.
    #[arg(default = true)]
    present: bool,

    /// The table that it is in.
    #[arg(default = "filter")]
    table: String,

    /// What happens to packets that no rule of the chain decides about: `ACCEPT` or `DROP`. Only chains
    /// that are built in have a policy.
    policy: Option<String>,

    /// 4 for `iptables`, 6 for `ip6tables`.
    #[arg(default = 4)]
    version: i64,
}

/// The chains that each table has. iptables(8).
const BUILT_IN: &[(&str, &[&str])] = &[
    ("filter", &["INPUT", "FORWARD", "OUTPUT"]),
    ("nat", &["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]),
    ("mangle", &["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]),
    ("raw", &["PREROUTING", "OUTPUT"]),
    ("security", &["INPUT", "FORWARD", "OUTPUT"]),
];

impl Operation for Chain {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let table = Table::new(self.version, &self.table)?;
        let chains = table.chains(host)?;
        // A table that was never used is not listed.
        let now = chains.get(&self.chain).map(String::as_str);
        let now = now.or_else(|| self.is_built_in().then_some("ACCEPT"));
        match (self.present, now) {
            (false, None) => Ok(Commands::none(format!("there is no chain {}", self.chain))),
            (false, Some(_)) => self.remove(host, &table, &chains),
            (true, now) => Ok(self.add(&table, &chains, now)),
        }
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::FIREWALL]
    }
}

impl Chain {
    fn add(&self, table: &Table, chains: &Chains, now: Option<&str>) -> Commands {
        let (program, chain) = (table.program(), &self.chain);
        let mut todo = Commands::default();
        let mut after = chains.clone();
        // First: for a chain that is not built in it fails, and then none is made.
        if let Some(policy) = self.policy.as_ref().filter(|it| Some(it.as_str()) != now) {
            todo.run(sh!("{program} -P {chain} {policy}"));
            todo.attribute(format!("chain {chain}"), "policy", now.unwrap_or_default(), policy);
            after.insert(chain.clone(), policy.clone());
        }
        if now.is_none() {
            todo.run(sh!("{program} -N {chain}"));
            todo.attribute(format!("chain {chain}"), "present", "no", "yes");
            after.entry(chain.clone()).or_insert_with(|| "-".to_owned());
        }
        if todo.is_empty() {
            return Commands::none(format!("chain {chain} is there"));
        }
        table.will_have_chains(&mut todo, after);
        todo
    }

    fn remove(&self, host: &Host<'_>, table: &Table, chains: &Chains) -> Result<Commands> {
        let (program, chain) = (table.program(), &self.chain);
        if self.is_built_in() {
            return Err(Error::usage(format!("chain {chain} is built in and cannot be removed"))
                .hint("its rules are removed one by one, by `iptables.rule`")
                .argument("chain"));
        }
        let mut rules = table.rules(host)?;
        if let Some(user) = rules.iter().find(|it| it.part("jump") == Some(chain)) {
            let from = user.part("chain").unwrap_or_default();
            let what =
                format!("chain {chain} cannot be removed: a rule of chain {from} jumps to it");
            return Err(Error::failed(what)
                .hint("remove that rule before, by `iptables.rule` with `present: false`"));
        }
        let stays = |rule: &Rule| rule.part("chain") != Some(chain);
        let mut todo = Commands::default();
        if !rules.iter().all(stays) {
            todo.run(sh!("{program} -F {chain}"));
            rules.retain(stays);
            table.will_have_rules(&mut todo, rules);
        }
        todo.run(sh!("{program} -X {chain}"));
        todo.attribute(format!("chain {chain}"), "present", "yes", "no");
        let mut after = chains.clone();
        after.shift_remove(chain);
        table.will_have_chains(&mut todo, after);
        Ok(todo)
    }

    fn is_built_in(&self) -> bool {
        let table = BUILT_IN.iter().find(|(name, _)| *name == self.table);
        table.is_some_and(|(_, chains)| chains.contains(&self.chain.as_str()))
    }
}
