use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell};

/// The loaded kernel modules by name. On Linux `size`, `instances`, `state` and, where there are
/// some, `depends`: the modules that use it; on FreeBSD `id`, `refs`, `address` and `size`.
///
/// ```rhai
/// if !("br_netfilter" in host.fact("server.kernel_modules")) { host.log("no bridge filter"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.kernel_modules")]
pub struct KernelModules {}

/// One loaded module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KernelModule {
    /// Bytes; hexadecimal on FreeBSD.
    pub size: String,
    /// How often it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instances: Option<i64>,
    /// `Live`, `Loading` or `Unloading`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The modules that use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depends: Option<Vec<String>>,
    /// Where it is in memory, on FreeBSD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its number, on FreeBSD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How often it is used, on FreeBSD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refs: Option<String>,
}

impl Fact for KernelModules {
    type Output = IndexMap<String, KernelModule>;

    fn command(&self) -> Shell {
        Shell::raw(
            "case $(uname -s) in FreeBSD) kldstat | tail -n +2; ;; \
            *) if [ -f /proc/modules ]; then cat /proc/modules; fi; ;; esac",
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().filter_map(|line| freebsd(line).or_else(|| linux(line))).collect())
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::Topic("kernel")]
    }
}

/// ` 1   46 0xffffffff80200000 1f4dad0 kernel`
fn freebsd(line: &str) -> Option<(String, KernelModule)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [id, refs, address, size, name] = words.as_slice() else { return None };
    let module = KernelModule {
        size: (*size).to_owned(),
        address: address.starts_with("0x").then(|| (*address).to_owned()),
        id: Some((*id).to_owned()),
        refs: Some((*refs).to_owned()),
        ..KernelModule::default()
    };
    module.address.is_some().then(|| ((*name).to_owned(), module))
}

/// `nf_nat 49152 2 xt_nat,nft_chain_nat, Live 0xffffffffc0a4d000`
fn linux(line: &str) -> Option<(String, KernelModule)> {
    let mut words = line.split_whitespace();
    let (name, size, instances) = (words.next()?, words.next()?, words.next()?);
    let (depends, state) = (words.next()?, words.next()?);
    let users = || depends.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let module = KernelModule {
        size: size.to_owned(),
        instances: instances.parse().ok(),
        state: Some(state.to_owned()),
        depends: (depends != "-").then(users),
        ..KernelModule::default()
    };
    Some((name.to_owned(), module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_of_linux_may_have_a_number_for_a_name() {
        let output = "8250 16384 0 - Live 0xffffffffc0a4d000\n\
            nf_nat 49152 2 xt_nat,nft_chain_nat, Live 0xffffffffc0a4d000\n\
            2    1 0xffffffff82f18000   3218 intpm.ko\n";
        let modules = KernelModules {}.parse(output).unwrap();
        assert_eq!(modules["8250"].depends, None);
        assert_eq!(modules["8250"].address, None);
        assert_eq!(modules["nf_nat"].depends.as_deref().unwrap(), ["xt_nat", "nft_chain_nat"]);
        assert_eq!(modules["intpm.ko"].size, "3218");
    }
}
