use crate::Args;
use crate::facts::installed::{lists_packages, of_language};

/// All tools that uv installed for the account by name, each with its version.
///
/// ```rhai
/// if "ruff" in host.fact("uv.uv_tools") { host.log("ruff is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("uv.uv_tools")]
pub struct UvTools {}

lists_packages!(UvTools, "uv", "uv tool list 2>/dev/null", of_language(), read);

/// `ruff v0.4.1`; the programs of a tool follow, each behind `- `.
fn read(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    let (name, version) = (words.next()?, words.next()?);
    let is_tool = name != "-" && !name.is_empty();
    is_tool.then(|| (name, version.strip_prefix('v').unwrap_or(version)))
}
