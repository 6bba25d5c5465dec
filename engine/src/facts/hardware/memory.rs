use std::collections::BTreeMap;

use crate::{Args, Fact, Result, Scope, Shell};

/// The memory of the host, in MB of 1024 × 1024 bytes; `()` where the host does not tell.
///
/// ```rhai
/// let small = host.fact("hardware.memory") < 2048;
/// ```
#[derive(Clone, Debug, Args)]
#[args("hardware.memory")]
pub struct Memory {}

/// The kinds of pages that FreeBSD counts one by one instead of telling their sum.
const PAGES: [&str; 5] = [
    "pages active",
    "pages inactive",
    "pages wired down",
    "pages free",
    "pages in the laundry queue",
];

impl Fact for Memory {
    type Output = Option<u64>;

    /// Without `vmstat`, which minimal systems lack, the kernel's own number in the same form.
    fn command(&self) -> Shell {
        Shell::raw(
            "LC_ALL=C vmstat -s 2>/dev/null || \
            sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1 K total memory/p' /proc/meminfo",
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let lines = output.lines().filter_map(|line| line.trim().split_once(' '));
        let counts: BTreeMap<&str, f64> =
            lines.filter_map(|(count, what)| Some((what.trim(), count.parse().ok()?))).collect();
        let count = |what: &str| counts.get(what).copied().filter(|it| *it > 0.0);
        let kilobytes = count("K total memory").or_else(|| count("total memory")).or_else(|| {
            let sum: f64 = PAGES.iter().filter_map(|it| count(it)).sum();
            Some(count("pages managed").unwrap_or(sum) * count("bytes per page")? / 1024.0)
        });
        let megabytes = kilobytes.map(|it| (it / 1024.0).round_ties_even());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number that is not negative"
        )]
        Ok(megabytes.filter(|it| *it > 0.0).map(|it| it as u64))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_and_the_bsds_print() {
        for (output, expected) in [
            ("      8009976 K total memory\n   5 K used memory\n", Some(7822)),
            ("   234188 total memory\n", Some(229)),
            (" 4096 bytes per page\n 500000 pages managed\n", Some(1953)),
            (" 4096 bytes per page\n 1000 pages active\n 2000 pages free\n", Some(12)),
            ("nonsense\n", None),
        ] {
            assert_eq!(Memory {}.parse(output).unwrap(), expected, "{output}");
        }
    }
}
