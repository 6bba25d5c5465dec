use crate::bytes::sha1_of;
use crate::facts::nftables::{self, Rules};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Add, change or remove a rule in a chain of nftables.
///
/// nft words rules its own way, so the rule is known by its comment: what you call it in `comment`, and
/// a digest of the rule. Where the rule of that comment has another digest, it is replaced in its place.
/// A rule without a comment is also known by its text, if that is just what `nft list` prints.
///
/// Rules that are added stay until the host restarts; what is loaded then is written by
/// `nftables.ruleset`, which also makes tables and chains.
///
/// ```rhai
/// nftables.rule("inet filter input", "tcp dport { 80, 443 } accept", #{ comment: "web" });
/// nftables.rule("inet filter input", "ip saddr 203.0.113.0/24 drop", #{ append: false });
/// nftables.rule("inet filter input", "tcp dport 8080 accept", #{ comment: "test", present: false });
/// ```
#[derive(Debug, Args)]
#[args("nftables.rule")]
#[expect(clippy::struct_field_names, reason = "the argument is what nftables calls it")]
pub(crate) struct Rule {
    /// The chain: family, table and chain. Without a family it is `ip`.
    chain: String,

    /// The rule, as nft takes it, without a comment.
    rule: String,

    /// What the rule is called. Another rule of that name is replaced.
    comment: Option<String>,

    /// Whether the rule should be there.
    #[arg(default = true)]
    present: bool,

    /// Where a new rule goes: to the end of the chain, or, if false, to its beginning.
    #[arg(default = true)]
    append: bool,
}

/// The longest comment of a rule, in bytes. nft(8).
const LONGEST: usize = 128;

impl Operation for Rule {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let chain = self.chain()?;
        let comment = self.comment()?;
        let rules = host.fact(&chain)?;
        let is_same = |it: &&nftables::Rule| {
            it.comment.as_deref() == Some(&comment)
                || (it.comment.is_none()
                    && self.comment.is_none()
                    && tidy(&it.rule) == tidy(&self.rule))
        };
        let is_named = |it: &&nftables::Rule| self.has_name(it.comment.as_deref());
        let is_there = rules.iter().any(|it| is_same(&it));
        let found: Vec<u64> =
            rules.iter().filter(|it| is_same(it) || is_named(it)).map(|it| it.handle).collect();
        let mut todo = match (self.present, is_there, found.as_slice()) {
            (true, true, [_]) => {
                return Ok(Commands::none(format!("{} has the rule", self.chain)));
            }
            (false, _, []) => {
                return Ok(Commands::none(format!("{} has no such rule", self.chain)));
            }
            (true, _, [first, others @ ..]) => self.replace(&chain, &comment, *first, others),
            (true, _, []) => self.add(&chain, &comment),
            (false, _, handles) => self.remove(&chain, handles),
        };
        let after = self.after(&rules, comment, &found);
        todo.then(&chain, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::FIREWALL]
    }
}

impl Rule {
    fn add(&self, chain: &Rules, comment: &str) -> Commands {
        let Rules { family, table, chain } = chain;
        let (rule, comment) = (&self.rule, format!("\"{comment}\""));
        let verb = if self.append { "add" } else { "insert" };
        let line = sh!("nft {verb} rule {family} {table} {chain} {rule} comment {comment}");
        let mut todo = Commands::from(line);
        todo.attribute(&self.chain, "rule", "", rule);
        todo
    }

    /// Puts the rule in the place of the first, and removes the others.
    fn replace(&self, chain: &Rules, comment: &str, first: u64, others: &[u64]) -> Commands {
        let mut todo = self.remove(chain, others);
        todo.diff.clear();
        let Rules { family, table, chain } = chain;
        let (rule, comment) = (&self.rule, format!("\"{comment}\""));
        todo.run(sh!(
            "nft replace rule {family} {table} {chain} handle {first} {rule} comment {comment}"
        ));
        todo.attribute(&self.chain, "rule", format!("handle {first}"), rule);
        todo
    }

    fn remove(&self, chain: &Rules, handles: &[u64]) -> Commands {
        let Rules { family, table, chain } = chain;
        let mut todo = Commands::default();
        for handle in handles {
            todo.run(sh!("nft delete rule {family} {table} {chain} handle {handle}"));
        }
        todo.attribute(&self.chain, "rule", &self.rule, "");
        todo
    }

    /// The rules that there will be. The handle of a new one is not known before.
    fn after(&self, now: &[nftables::Rule], comment: String, found: &[u64]) -> Vec<nftables::Rule> {
        let mut rules = now.to_vec();
        let place = rules.iter().position(|it| found.contains(&it.handle));
        let handle = found.first().copied().unwrap_or_default();
        rules.retain(|it| !found.contains(&it.handle));
        if self.present {
            let end = if self.append { rules.len() } else { 0 };
            let rule = nftables::Rule { handle, rule: tidy(&self.rule), comment: Some(comment) };
            rules.insert(place.unwrap_or(end).min(rules.len()), rule);
        }
        rules
    }

    fn chain(&self) -> Result<Rules> {
        let words: Vec<&str> = self.chain.split_whitespace().collect();
        let (family, table, chain) = match words.as_slice() {
            [table, chain] => ("ip", *table, *chain),
            [family, table, chain] => (*family, *table, *chain),
            _ => {
                return Err(Error::usage(format!("`{}` names no chain", self.chain))
                    .hint("write family, table and chain: \"inet filter input\"")
                    .argument("chain"));
            }
        };
        Ok(Rules { family: family.to_owned(), table: table.to_owned(), chain: chain.to_owned() })
    }

    /// The comment that the rule gets: its name, and a digest of its text.
    fn comment(&self) -> Result<String> {
        let name = self.comment.as_deref().unwrap_or("infra");
        let digest = sha1_of(tidy(&self.rule).as_bytes());
        let comment = format!("{name} #{}", digest.get(..8).unwrap_or(&digest));
        if comment.contains(['"', '\n', '\\']) || comment.len() > LONGEST {
            return Err(Error::usage("the comment is no comment for nft")
                .hint("it is one line of at most 118 bytes, without quotes and backslashes")
                .argument("comment"));
        }
        Ok(comment)
    }

    /// Whether a comment is this rule's name, with whatever digest.
    fn has_name(&self, comment: Option<&str>) -> bool {
        let (Some(name), Some(comment)) = (&self.comment, comment) else { return false };
        comment == name
            || comment
                .strip_prefix(name.as_str())
                .and_then(|rest| rest.strip_prefix(" #"))
                .is_some_and(|digest| {
                    digest.len() == 8 && digest.chars().all(|it| it.is_ascii_hexdigit())
                })
    }
}

/// The text with single gaps.
fn tidy(rule: &str) -> String {
    rule.split_whitespace().collect::<Vec<_>>().join(" ")
}
