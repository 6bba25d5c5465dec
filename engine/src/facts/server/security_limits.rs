use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell};

/// The limits that `/etc/security/limits.conf` sets, each with `domain`, `limit_type`, `item` and
/// `value`, in the file's order.
///
/// ```rhai
/// let open_files = host.fact("server.security_limits").filter(|it| it.item == "nofile");
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.security_limits")]
pub struct SecurityLimits {}

/// One limit: `limits.conf(5)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityLimit {
    /// For whom: a user, `@group`, `*`.
    pub domain: String,
    /// `soft`, `hard`, or `-` for both.
    pub limit_type: String,
    /// What is limited: `nofile`.
    pub item: String,
    /// The limit.
    pub value: String,
}

impl SecurityLimit {
    /// Reads a line; `None` where it sets no limit.
    pub fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split('#').next()?.split_whitespace().collect();
        let [domain, limit_type, item, value] =
            <[&str; 4]>::try_from(words).ok()?.map(str::to_owned);
        Some(Self { domain, limit_type, item, value })
    }
}

impl Fact for SecurityLimits {
    type Output = Vec<SecurityLimit>;

    fn command(&self) -> Shell {
        Shell::raw("cat /etc/security/limits.conf 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().filter_map(SecurityLimit::read).collect())
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path("/etc/security/limits.conf")]
    }
}
