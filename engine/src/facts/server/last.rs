use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Shell};

/// Who logged in, the latest first: `user`, `tty`, `host` and `time`, as `last` prints them.
///
/// ```rhai
/// for login in host.fact("server.last") { host.log(`${login.user} from ${login.host}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.last")]
pub struct Last {}

/// Who failed to log in, the latest first, as `server.last` tells it. Only root may know.
///
/// ```rhai
/// host.log(`${host.fact("server.lastb").len()} failed logins`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.lastb")]
pub struct Lastb {}

/// One login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Login {
    /// Who.
    pub user: String,
    /// On what terminal; `system boot` for a start of the host.
    pub tty: String,
    /// From where; the kernel's release for a start of the host.
    pub host: String,
    /// When and how long, as it is printed.
    pub time: String,
}

impl Fact for Last {
    type Output = Vec<Login>;

    /// With full times and addresses where `last` can; FreeBSD's knows `-w`, busybox's nothing.
    fn command(&self) -> Shell {
        Shell::raw("last -Fwi 2>/dev/null || last -w 2>/dev/null || last 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().filter_map(login).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("last")
    }
}

impl Fact for Lastb {
    type Output = Vec<Login>;

    fn command(&self) -> Shell {
        Shell::raw("lastb -Fwi 2>/dev/null || lastb 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().filter_map(login).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("lastb")
    }
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `alice    pts/0        192.168.1.5      Thu Apr 17 14:00:00 2026   still logged in`
fn login(line: &str) -> Option<Login> {
    let lower = line.to_lowercase();
    let heading = ["wtmp begins", "btmp begins", "user ", "username "];
    if heading.iter().any(|it| lower.starts_with(it)) {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let (user, tty, rest) = match words.as_slice() {
        ["reboot", "system", "boot", rest @ ..] => ("reboot", "system boot", rest),
        [user, tty, rest @ ..] => (*user, *tty, rest),
        _ => return None,
    };
    let (host, time) = match rest {
        [] => return None,
        [day, ..] if DAYS.contains(day) => ("", rest),
        [host, time @ ..] => (*host, time),
    };
    Some(Login {
        user: user.to_owned(),
        tty: tty.to_owned(),
        host: host.to_owned(),
        time: time.join(" "),
    })
}
