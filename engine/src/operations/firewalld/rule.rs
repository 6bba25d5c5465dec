use super::item::{InZone, Item, touches};
use crate::words::words;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Add a rule in the rich language of firewalld to a zone, or remove it.
///
/// The language is in firewalld.richlanguage(5). The words of a rule have an order, which firewalld keeps; whether
/// values stand in quotes does not matter.
///
/// ```rhai
/// firewalld.rule("rule family=ipv4 source address=203.0.113.0/24 drop");
/// firewalld.rule("rule family=ipv4 source address=10.0.0.5 service name=ssh accept", #{ zone: "internal" });
/// firewalld.rule("rule service name=ftp audit limit value=1/m accept", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("firewalld.rule")]
pub(crate) struct RichRule {
    /// The rule.
    rule: String,

    #[arg(flatten)]
    zone: InZone,
}

impl Operation for RichRule {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let wanted = words(&self.rule);
        let item = Item {
            of: &self.zone,
            kind: "rich-rule",
            value: &self.rule,
            list: |zone| &mut zone.rich_rules,
            is_it: &|it| words(it) == wanted,
        };
        item.plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        touches()
    }
}
