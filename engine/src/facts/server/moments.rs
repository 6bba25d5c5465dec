//! Facts that are different each time one looks: what time it is, how long the host is up, how busy.

use indexmap::IndexMap;

use crate::fact::unreadable;
use crate::{Args, Fact, Result, Shell};

/// The time on the host, with its offset: `2026-01-31T10:00:00+01:00`.
///
/// ```rhai
/// host.log(`the clock shows ${host.fact("server.date")}`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.date")]
pub struct Date {}

impl Fact for Date {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        Shell::raw("date +'%Y-%m-%dT%H:%M:%S%z'")
    }

    /// `date` writes the offset without a colon; ISO 8601's extended format has one.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let line = output.trim();
        let minutes = line.len().checked_sub(2).and_then(|at| line.split_at_checked(at));
        match minutes {
            Some((start, minutes)) if line.len() == "2026-01-31T10:00:00+0100".len() => {
                Ok(Some(format!("{start}:{minutes}")))
            }
            _ => Err(unreadable(self, line)),
        }
    }
}

/// How many seconds the host has been up.
///
/// ```rhai
/// if host.fact("server.uptime") > 365 * 24 * 3600 { host.log("a year without a restart"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.uptime")]
pub struct Uptime {}

impl Fact for Uptime {
    type Output = Option<i64>;

    fn command(&self) -> Shell {
        Shell::raw(
            "case $(uname -s) in \
            Darwin|FreeBSD) date +%s; sysctl -n kern.boottime | awk '{print $4}' | tr -d ','; ;; \
            *) cut -d. -f1 /proc/uptime; ;; esac",
        )
    }

    /// The seconds, or the time now and the time of the start.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let numbers: Vec<i64> = output.lines().filter_map(|it| it.trim().parse().ok()).collect();
        match numbers.as_slice() {
            [seconds] => Ok(Some(*seconds)),
            [now, start] => Ok(Some(now - start)),
            _ => Err(unreadable(self, output)),
        }
    }
}

/// The load average over the last 1, 5 and 15 minutes, by `"1"`, `"5"` and `"15"`.
///
/// ```rhai
/// if host.fact("server.load_average")["5"] > 4.0 { host.log("busy"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.load_average")]
pub struct LoadAverage {}

impl Fact for LoadAverage {
    type Output = IndexMap<String, f64>;

    fn command(&self) -> Shell {
        Shell::raw("cat /proc/loadavg 2>/dev/null || LC_ALL=C uptime")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let averages = match output.split_once("load average") {
            Some((_, rest)) => rest.trim_start_matches(['s', ':']),
            None => output,
        };
        let numbers: Vec<f64> = averages
            .split([' ', ',', '\n'])
            .filter(|word| !word.is_empty())
            .map_while(|word| word.parse().ok())
            .take(3)
            .collect();
        let [one, five, fifteen] =
            <[f64; 3]>::try_from(numbers).map_err(|_| unreadable(self, output))?;
        Ok([("1", one), ("5", five), ("15", fifteen)]
            .into_iter()
            .map(|(minutes, load)| (minutes.to_owned(), load))
            .collect())
    }
}
