use crate::args::Scalar;
use crate::facts::ufw::RuleState;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Add or remove a rule of ufw.
///
/// Whether the rule is there, ufw itself is asked (`--dry-run`), so that it does not matter in which
/// words it was added. Another `comment` for a rule that is there is noted in it. Rules count once ufw is
/// on: `ufw.enable`.
///
/// ```rhai
/// ufw.rule("allow", #{ port: 22, protocol: "tcp", comment: "ssh" });
/// ufw.rule("allow", #{ port: "80,443", protocol: "tcp", from_ip: "10.0.0.0/8" });
/// ufw.rule("deny", #{ from_ip: "203.0.113.0/24", position: 1 });
/// ufw.rule("allow", #{ route: true, in_interface: "eth0", out_interface: "eth1" });
/// ufw.rule("allow", #{ port: 8080, present: false });
/// ```
#[derive(Debug, Args)]
#[args("ufw.rule")]
pub(crate) struct Rule {
    /// What happens to packets that match: `allow`, `deny`, `reject`, or `limit`, which denies those who
    /// try too often.
    action: String,

    /// The port that they go to: `22`, `"80,443"`, `"6000:6007"`. Lists and ranges need `protocol`.
    port: Option<Scalar>,

    /// Only packets of this protocol: `tcp`, `udp`, …
    protocol: Option<String>,

    /// Only packets from this address or network. Default: any.
    from_ip: Option<String>,

    /// The port that they come from.
    from_port: Option<Scalar>,

    /// Only packets to this address or network. Default: any.
    to_ip: Option<String>,

    /// An application's profile instead of a port: `"Nginx Full"`.
    app: Option<String>,

    /// Only packets that come in through this interface.
    in_interface: Option<String>,

    /// Only packets that go out through this interface.
    out_interface: Option<String>,

    /// Packets from the host instead of those to it.
    #[arg(default = false)]
    outgoing: bool,

    /// Packets that pass through the host.
    #[arg(default = false)]
    route: bool,

    /// Log new connections that match: `log`; or every packet: `log-all`.
    log: Option<String>,

    /// What the rule is for.
    comment: Option<String>,

    /// Which place a new rule takes among the others; 1 is the first. Default: behind all others.
    position: Option<u32>,

    /// Whether the rule should be there.
    #[arg(default = true)]
    present: bool,
}

impl Operation for Rule {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.check()?;
        let rule = self.words();
        let question = RuleState { rule: rule.clone() };
        let state = host.fact(&question)?;
        let shown = rule.join(" ");
        let words = match (self.present, state.as_str()) {
            (true, "there") => return Ok(Commands::none(format!("`{shown}` is there"))),
            (true, "other comment") if self.comment.is_none() => {
                return Ok(Commands::none(format!("`{shown}` is there, with a comment")));
            }
            (true, "other comment") => rule,
            (true, _) => self.at_its_place(&rule),
            (false, "absent") => return Ok(Commands::none(format!("`{shown}` is not there"))),
            (false, _) => placed(&["delete"], &rule),
        };
        let mut todo = Commands::from(sh!("ufw {words}"));
        if self.present {
            todo.attribute("ufw", "rule", "", shown);
            todo.then(&question, "there".to_owned());
        } else {
            todo.attribute("ufw", "rule", shown, "");
            todo.then(&question, "absent".to_owned());
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::FIREWALL, Scope::tree("/etc/ufw")]
    }
}

impl Rule {
    fn check(&self) -> Result<()> {
        if !["allow", "deny", "reject", "limit"].contains(&self.action.as_str()) {
            return Err(Error::usage(format!("`action` cannot be `{}`", self.action))
                .hint("it is allow, deny, reject or limit")
                .argument("action"));
        }
        if self.in_interface.is_some() && self.out_interface.is_some() && !self.route {
            return Err(Error::usage("a packet to or from the host has one interface")
                .hint("give `route: true` for packets that pass through")
                .argument("out_interface"));
        }
        if self.app.is_some() && (self.port.is_some() || self.protocol.is_some()) {
            return Err(Error::usage("an application has its own ports")
                .hint("give `app`, or `port` and `protocol`")
                .argument("app"));
        }
        if self.comment.as_ref().is_some_and(|it| it.contains(['\'', '\n'])) {
            return Err(
                Error::usage("ufw takes no `'` and no line break in a comment").argument("comment")
            );
        }
        let says = [&self.port, &self.from_port].iter().any(|it| it.is_some())
            || [&self.from_ip, &self.to_ip, &self.app, &self.in_interface, &self.out_interface]
                .iter()
                .any(|it| it.is_some());
        if says {
            return Ok(());
        }
        Err(Error::usage("the rule is about no packets in particular")
            .hint("give a port, an address, an application or an interface; `ufw.default` is for the rest"))
    }

    fn at_its_place(&self, rule: &[String]) -> Vec<String> {
        match self.position {
            None => rule.to_vec(),
            // The first place of an empty list is no place to insert at.
            Some(1) => placed(&["prepend"], rule),
            Some(place) => placed(&["insert", &place.to_string()], rule),
        }
    }

    /// The rule in ufw's full form. ufw(8), "Rule syntax".
    fn words(&self) -> Vec<String> {
        let mut words: Vec<&str> = Vec::new();
        if self.route {
            words.push("route");
        }
        words.push(&self.action);
        if let Some(interface) = &self.in_interface {
            words.extend(["in", "on", interface]);
        }
        match &self.out_interface {
            Some(interface) => words.extend(["out", "on", interface]),
            None if self.outgoing => words.push("out"),
            None => {}
        }
        words.extend(self.log.as_deref());
        if let Some(protocol) = &self.protocol {
            words.extend(["proto", protocol]);
        }
        words.extend(["from", self.from_ip.as_deref().unwrap_or("any")]);
        if let Some(port) = &self.from_port {
            words.extend(["port", &port.0]);
        }
        words.extend(["to", self.to_ip.as_deref().unwrap_or("any")]);
        if let Some(port) = &self.port {
            words.extend(["port", &port.0]);
        }
        if let Some(app) = &self.app {
            words.extend(["app", app]);
        }
        // A rule is removed whatever its comment.
        if let Some(comment) = self.comment.as_ref().filter(|_| self.present) {
            words.extend(["comment", comment]);
        }
        words.into_iter().map(str::to_owned).collect()
    }
}

/// The rule with words before it; `route` stays in front.
fn placed(before: &[&str], rule: &[String]) -> Vec<String> {
    let (route, rest) = match rule.split_first() {
        Some((first, rest)) if first == "route" => (Some(first.clone()), rest),
        _ => (None, rule),
    };
    let before = before.iter().map(|it| (*it).to_owned());
    route.into_iter().chain(before).chain(rest.iter().cloned()).collect()
}
