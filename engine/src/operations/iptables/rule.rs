use super::table::Table;
use crate::args::Scalar;
use crate::command::quote;
use crate::facts::iptables::{self, options};
use crate::facts::server::Succeeds;
use crate::words::words;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Add or remove a rule of the packet filter.
///
/// A rule that is there already is found whatever place it has in its chain, and whatever words
/// `iptables-save` has for it; where the words leave a doubt, `iptables -C` is asked. Removed is every
/// copy of it. Rules stay until the host restarts; what saves them is another package's business
/// (`iptables-persistent`).
///
/// ```rhai
/// iptables.rule("INPUT", "ACCEPT", #{ protocol: "tcp", destination_port: 22 });
/// iptables.rule("INPUT", "DROP", #{ append: false, source: "203.0.113.0/24", extras: "-m comment --comment 'bad net'" });
/// iptables.rule("PREROUTING", "DNAT", #{
///     table: "nat", protocol: "tcp", destination_port: 80, to_destination: "10.0.0.5:8080",
/// });
/// ```
#[derive(Debug, Default, Args)]
#[args("iptables.rule")]
pub(crate) struct Rule {
    /// The chain that the rule is in.
    chain: String,

    /// What happens to packets that match: `ACCEPT`, `DROP`, another chain, …
    jump: String,

    /// Whether the rule should be there.
    #[arg(default = true)]
    present: bool,

    /// The table.
    #[arg(default = "filter")]
    table: String,

    /// Where a new rule goes: to the end of the chain, or, if false, to its beginning.
    #[arg(default = true)]
    append: bool,

    /// 4 for `iptables`, 6 for `ip6tables`.
    #[arg(default = 4)]
    version: i64,

    /// Only packets of this protocol: `tcp`, `udp`, …
    protocol: Option<String>,

    /// Only packets of other protocols than this.
    not_protocol: Option<String>,

    /// Only packets from this address or network.
    source: Option<String>,

    /// Only packets from elsewhere than this address or network.
    not_source: Option<String>,

    /// Only packets to this address or network.
    destination: Option<String>,

    /// Only packets to elsewhere than this address or network.
    not_destination: Option<String>,

    /// Only packets that come in through this interface.
    in_interface: Option<String>,

    /// Only packets that come in through another interface.
    not_in_interface: Option<String>,

    /// Only packets that go out through this interface.
    out_interface: Option<String>,

    /// Only packets that go out through another interface.
    not_out_interface: Option<String>,

    /// Where the packets go instead. Table `nat`, jump `DNAT`.
    to_destination: Option<String>,

    /// Where the packets seem to come from. Table `nat`, jump `SNAT`.
    to_source: Option<String>,

    /// The port, or ports, that the packets go to instead. Table `nat`, jump `REDIRECT`.
    to_ports: Option<Scalar>,

    /// What begins the line in the log. Jump `LOG`.
    log_prefix: Option<String>,

    /// Only packets to this port, or to ports such as `8000:8080`. Needs `protocol`.
    destination_port: Option<Scalar>,

    /// Only packets from this port, or from ports such as `1024:65535`. Needs `protocol`.
    source_port: Option<Scalar>,

    /// More options, as in a shell: `-m limit --limit 5/min`.
    #[arg(default = "")]
    extras: String,
}

impl Operation for Rule {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.check()?;
        let table = Table::new(self.version, &self.table)?;
        let (wanted, rules) = (self.wanted(), table.rules(host)?);
        let copies = rules.iter().filter(|it| it.means(&wanted)).count();
        let is_there = copies > 0 || self.may_be_among(&rules) && self.is_found(host, &table)?;
        match (self.present, is_there) {
            (true, true) => Ok(Commands::none(format!("chain {} has the rule", self.chain))),
            (false, false) => Ok(Commands::none(format!("chain {} has no such rule", self.chain))),
            (true, false) => Ok(self.add(&table, wanted, rules)),
            (false, true) => Ok(self.remove(&table, &wanted, rules, copies)),
        }
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::FIREWALL]
    }
}

impl Rule {
    fn add(
        &self,
        table: &Table,
        wanted: iptables::Rule,
        mut rules: Vec<iptables::Rule>,
    ) -> Commands {
        let (program, chain, options) = (table.program(), &self.chain, self.words());
        let first = rules.iter().position(|it| it.part("chain") == Some(chain));
        let (action, place) = match first {
            _ if self.append => ("-A", rules.len()),
            first => ("-I", first.unwrap_or(rules.len())),
        };
        let mut todo = Commands::from(sh!("{program} {action} {chain} {options}"));
        todo.attribute(format!("chain {chain}"), "rule", "", shown(&options));
        rules.insert(place, wanted);
        table.will_have_rules(&mut todo, rules);
        todo
    }

    fn remove(
        &self,
        table: &Table,
        wanted: &iptables::Rule,
        mut rules: Vec<iptables::Rule>,
        copies: usize,
    ) -> Commands {
        let (program, chain, options) = (table.program(), &self.chain, self.words());
        let mut todo = Commands::default();
        for _ in 0..copies {
            todo.run(sh!("{program} -D {chain} {options}"));
        }
        if copies == 0 {
            todo.run(sh!(
                "while {program} -C {chain} {options} 2>/dev/null; do {program} -D {chain} {options} || exit; done"
            ));
        }
        todo.attribute(format!("chain {chain}"), "rule", shown(&options), "");
        rules.retain(|it| !it.means(wanted));
        table.will_have_rules(&mut todo, rules);
        todo
    }

    /// Options that only some rules can have.
    fn check(&self) -> Result<()> {
        let is_nat = |jump: &str| self.table == "nat" && self.jump == jump;
        let has_port = self.destination_port.is_some() || self.source_port.is_some();
        let (argument, needs) = if has_port && self.protocol.is_none() {
            ("destination_port", "`protocol`")
        } else if self.to_destination.is_some() && !is_nat("DNAT") {
            ("to_destination", "`table: \"nat\"` and `jump: \"DNAT\"`")
        } else if self.to_source.is_some() && !is_nat("SNAT") {
            ("to_source", "`table: \"nat\"` and `jump: \"SNAT\"`")
        } else if self.to_ports.is_some() && !is_nat("REDIRECT") {
            ("to_ports", "`table: \"nat\"` and `jump: \"REDIRECT\"`")
        } else if self.log_prefix.is_some() && self.jump != "LOG" {
            ("log_prefix", "`jump: \"LOG\"`")
        } else {
            return Ok(());
        };
        let argument = match argument {
            "destination_port" if self.destination_port.is_none() => "source_port",
            other => other,
        };
        Err(Error::usage(format!("`{argument}` needs {needs}")).argument(argument))
    }

    fn wanted(&self) -> iptables::Rule {
        let mut rule = iptables::Rule::default();
        rule.add(&["-A".to_owned(), self.chain.clone()]);
        for option in self.options() {
            rule.add(&option);
        }
        rule
    }

    /// The rule as `iptables` takes it, option by option.
    fn options(&self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for (flag, is, is_not) in [
            ("-p", &self.protocol, &self.not_protocol),
            ("-s", &self.source, &self.not_source),
            ("-d", &self.destination, &self.not_destination),
            ("-i", &self.in_interface, &self.not_in_interface),
            ("-o", &self.out_interface, &self.not_out_interface),
        ] {
            all.extend(is.iter().map(|it| vec![flag.to_owned(), it.clone()]));
            all.extend(is_not.iter().map(|it| vec!["!".to_owned(), flag.to_owned(), it.clone()]));
        }
        all.extend(options(&words(&self.extras)));
        let ports = [("--dport", &self.destination_port), ("--sport", &self.source_port)];
        for (flag, value) in ports {
            all.extend(value.iter().map(|it| vec![flag.to_owned(), it.0.clone()]));
        }
        all.push(vec!["-j".to_owned(), self.jump.clone()]);
        for (flag, value) in [
            ("--log-prefix", self.log_prefix.as_deref()),
            ("--to-destination", self.to_destination.as_deref()),
            ("--to-source", self.to_source.as_deref()),
            ("--to-ports", self.to_ports.as_ref().map(|it| it.0.as_str())),
        ] {
            all.extend(value.map(|it| vec![flag.to_owned(), it.to_owned()]));
        }
        all
    }

    /// Whether a rule of the list may be this one in words that are not known here: with a service's
    /// number for its name, or states in another order.
    fn may_be_among(&self, rules: &[iptables::Rule]) -> bool {
        let jumps = |rule: &iptables::Rule| {
            rule.part("chain") == Some(&self.chain) && rule.part("jump") == Some(&self.jump)
        };
        rules.iter().any(jumps)
    }

    fn is_found(&self, host: &Host<'_>, table: &Table) -> Result<bool> {
        let (program, chain, options) = (table.program(), &self.chain, self.words());
        let command = sh!("{program} -C {chain} {options}").reveal();
        host.fact(&Succeeds { command }).map(|it| *it)
    }

    fn words(&self) -> Vec<String> {
        self.options().into_iter().flatten().collect()
    }
}

fn shown(options: &[String]) -> String {
    options.iter().map(|it| quote(it)).collect::<Vec<_>>().join(" ")
}
