use super::lines::text;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The home directory of a user; `()` where there is no such user.
///
/// ```rhai
/// let home = host.fact("server.home", "root");
/// files.directory(`${home}/bin`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.home")]
pub struct Home {
    /// Name of the user. Default: the account that commands run as.
    pub user: Option<String>,
}

impl Fact for Home {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        match self.user.as_deref() {
            None | Some("") => sh!("echo ~"),
            Some(user) => sh!("{tilde(user)}; if [ -n \"$home\" ]; then echo \"$home\"; fi"),
        }
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(text(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::ACCOUNTS, Scope::path("/etc/passwd")]
    }
}

/// Shell code that sets `home` to a user's home directory, or to nothing.
///
/// Only `~name` asks every source of accounts that the host has, and only an unquoted name is
/// expanded: so the host checks the name, which is data, before it evaluates it.
pub(super) fn tilde(user: &str) -> Shell {
    sh!("name={user}; home=; case $name in -*|*[!a-zA-Z0-9._@+-]*) ;; \
        *) eval \"home=~$name\"; if [ \"$home\" = \"~$name\" ]; then home=; fi;; esac")
}
