//! Modules of dnf (application streams) that are enabled or disabled.

use indexmap::IndexMap;

use crate::facts::outdated::INDEX;
use crate::{Args, Fact, Result, Scope, Shell};

/// The modules of dnf that are enabled by name, each with its stream.
///
/// ```rhai
/// let modules = host.fact("dnf.dnf_enabled_modules");
/// if "postgresql" in modules { host.log(modules.postgresql); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("dnf.dnf_enabled_modules")]
pub struct DnfEnabledModules {}

/// The modules of dnf that are disabled, sorted by name.
///
/// ```rhai
/// if "ruby" in host.fact("dnf.dnf_disabled_modules") { host.log("no ruby"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("dnf.dnf_disabled_modules")]
pub struct DnfDisabledModules {}

impl Fact for DnfEnabledModules {
    type Output = IndexMap<String, String>;

    /// dnf fails where no module is enabled.
    fn command(&self) -> Shell {
        Shell::raw("LC_ALL=C dnf module list --enabled 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let marked = marked(output, "[e]");
        Ok(marked.map(|(name, stream)| (name.to_owned(), stream.to_owned())).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("dnf")
    }

    fn reads(&self) -> Vec<Scope> {
        reads()
    }
}

impl Fact for DnfDisabledModules {
    type Output = Vec<String>;

    /// dnf fails where no module is disabled.
    fn command(&self) -> Shell {
        Shell::raw("LC_ALL=C dnf module list --disabled 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut names: Vec<String> =
            marked(output, "[x]").map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("dnf")
    }

    fn reads(&self) -> Vec<Scope> {
        reads()
    }
}

fn reads() -> Vec<Scope> {
    vec![Scope::PACKAGES, INDEX, Scope::tree("/etc/dnf"), Scope::tree("/etc/yum.repos.d")]
}

/// Modules and streams of lines that have a mark: `postgresql 16 [e] client, server [d] PostgreSQL`. The hint
/// at the end, `[e]nabled`, is no mark.
fn marked<'a>(output: &'a str, mark: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let has_mark = move |line: &&str| {
        let mut behind = line.split(mark).skip(1);
        behind.any(|rest| !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_'))
    };
    output.lines().filter(has_mark).filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?, words.next()?))
    })
}
