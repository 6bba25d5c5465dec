//! What a change may touch and what a fact depends on, so that facts are forgotten exactly when
//! they may have changed.

/// A part of a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One path: what is there, its content, owner and mode.
    Path(String),
    /// A path and all below it.
    Tree(String),
    /// A named part of the host: `accounts`, `packages`, `services`, `crontab`, `kernel`, …
    Topic(&'static str),
    /// Everything: what a command does is not known.
    Anything,
}

impl Scope {
    /// Users and groups.
    pub const ACCOUNTS: Self = Self::Topic("accounts");
    /// Installed packages and what offers them.
    pub const PACKAGES: Self = Self::Topic("packages");
    /// Services and whether they run.
    pub const SERVICES: Self = Self::Topic("services");
    /// Scheduled jobs.
    pub const CRONTAB: Self = Self::Topic("crontab");
    /// The packet filter's rules.
    pub const FIREWALL: Self = Self::Topic("firewall");
    /// What stays the same until the host restarts or an unknown command changes it.
    pub const SYSTEM: Self = Self::Topic("system");

    /// One path.
    pub fn path(path: impl Into<String>) -> Self {
        Self::Path(path.into())
    }

    /// A path and all below it.
    pub fn tree(path: impl Into<String>) -> Self {
        Self::Tree(path.into())
    }

    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anything, _) | (_, Self::Anything) => true,
            (Self::Topic(a), Self::Topic(b)) => a == b,
            (Self::Topic(_), _) | (_, Self::Topic(_)) => false,
            (Self::Path(a), Self::Path(b)) => tidy(a) == tidy(b),
            (Self::Tree(tree), Self::Path(path)) | (Self::Path(path), Self::Tree(tree)) => {
                within(path, tree)
            }
            (Self::Tree(a), Self::Tree(b)) => within(a, b) || within(b, a),
        }
    }
}

/// Whether a change of `touched` may change what depends on `read`.
pub fn touch(touched: &[Scope], read: &[Scope]) -> bool {
    touched.iter().any(|change| read.iter().any(|part| change.meets(part)))
}

fn within(path: &str, tree: &str) -> bool {
    let (path, tree) = (tidy(path), tidy(tree));
    path.strip_prefix(&*tree).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('/') || tree.ends_with('/') || tree.is_empty()
    })
}

/// The path without `.`, `..` and needless slashes, as if no directory in it were a link.
pub(crate) fn tidy(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|it| *it != "..") => drop(parts.pop()),
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if is_absolute { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meets_what_it_may_change() {
        let path = |it: &str| Scope::path(it);
        let tree = |it: &str| Scope::tree(it);
        for (touched, read, expected) in [
            (path("/etc/a"), path("/etc/a"), true),
            (path("/etc//a/"), path("/etc/./a"), true),
            (path("/etc/x/../a"), path("/../etc/a"), true),
            (path("../a"), path("x/../../a"), true),
            (path("../a"), path("a"), false),
            (path("/etc"), path("/etc/a"), false),
            (tree("/etc"), path("/etc/a"), true),
            (tree("/etc"), path("/etc"), true),
            (tree("/etc"), path("/etcetera"), false),
            (tree("/"), path("/etc"), true),
            (path("/etc/a"), tree("/etc"), true),
            (tree("/srv/app"), tree("/srv"), true),
            (Scope::Anything, Scope::SYSTEM, true),
            (path("/etc/a"), Scope::Anything, true),
            (Scope::ACCOUNTS, Scope::PACKAGES, false),
            (Scope::ACCOUNTS, path("/etc/passwd"), false),
        ] {
            assert_eq!(
                touch(std::slice::from_ref(&touched), std::slice::from_ref(&read)),
                expected,
                "{touched:?} {read:?}"
            );
        }
    }
}
