use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell};

/// What `lscpu` tells of the processors, each detail as it is printed; the flags as a list.
///
/// `()` where there is no `lscpu`.
///
/// ```rhai
/// let cpu = host.fact("hardware.cpu_info");
/// if cpu != () { host.log(cpu["Architecture"]); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("hardware.cpu_info")]
pub struct CpuInfo {}

/// One detail of the processors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CpuDetail {
    /// As it is printed.
    Text(String),
    /// A list of flags.
    Flags(Vec<String>),
}

impl Fact for CpuInfo {
    type Output = Option<IndexMap<String, CpuDetail>>;

    fn command(&self) -> Shell {
        Shell::raw("LC_ALL=C lscpu")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let details = output.lines().filter_map(|line| line.split_once(':'));
        let details = details.map(|(name, value)| {
            let (name, value) = (name.trim().to_owned(), value.trim());
            let detail = if name.to_lowercase().contains("flag") {
                CpuDetail::Flags(value.split_whitespace().map(str::to_owned).collect())
            } else {
                CpuDetail::Text(value.to_owned())
            };
            (name, detail)
        });
        Ok(Some(details.collect()))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("lscpu")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}

/// How many processors are at work.
///
/// ```rhai
/// let jobs = host.fact("hardware.cpus");
/// ```
#[derive(Clone, Debug, Args)]
#[args("hardware.cpus")]
pub struct Cpus {}

impl Fact for Cpus {
    type Output = Option<u64>;

    fn command(&self) -> Shell {
        Shell::raw(
            "getconf NPROCESSORS_ONLN 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || \
            grep -c '^processor' /proc/cpuinfo",
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().next().and_then(|line| line.trim().parse().ok()))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_colons_and_splits_flags() {
        let output = "Architecture:   x86_64\nFlags:   fpu  vme\n  Spectre v2:  on; STIBP: off\n";
        let text = |it: &str| CpuDetail::Text(it.to_owned());
        let expected = IndexMap::from([
            ("Architecture".to_owned(), text("x86_64")),
            ("Flags".to_owned(), CpuDetail::Flags(vec!["fpu".into(), "vme".into()])),
            ("Spectre v2".to_owned(), text("on; STIBP: off")),
        ]);
        assert_eq!(CpuInfo {}.parse(output).unwrap(), Some(expected));
    }
}
