use crate::{Args, Fact, Result, Scope, Shell, sh};

/// All tables, chains and rules of nftables, as `nft list ruleset` prints them; `()` where there are
/// none.
///
/// ```rhai
/// let ruleset = host.fact("nftables.ruleset");
/// if ruleset == () || !ruleset.contains("policy drop") { host.log("nothing is dropped"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("nftables.ruleset")]
pub struct Ruleset {}

impl Fact for Ruleset {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        sh!("nft list ruleset")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Some(output.to_owned()))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("nft")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}
