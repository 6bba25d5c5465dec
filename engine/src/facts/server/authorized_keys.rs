use super::home::tilde;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The public keys with which one may log in as a user, each as its whole line, in the file's order.
///
/// ```rhai
/// let keys = host.fact("server.authorized_keys", "root");
/// if keys.is_empty() { host.log("root has no keys"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.authorized_keys")]
pub struct AuthorizedKeys {
    /// Name of the user.
    pub user: String,

    /// The file with the keys. Default: `.ssh/authorized_keys` in the user's home directory.
    pub path: Option<String>,
}

impl Fact for AuthorizedKeys {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        match &self.path {
            Some(path) => sh!("cat -- {path} 2>/dev/null || true"),
            None => {
                sh!("{tilde(&self.user)}; cat \"$home/.ssh/authorized_keys\" 2>/dev/null || true")
            }
        }
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let lines = output.lines().map(str::trim);
        let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(keys.map(str::to_owned).collect())
    }

    fn reads(&self) -> Vec<Scope> {
        match &self.path {
            Some(path) => vec![Scope::path(path)],
            None => vec![Scope::ACCOUNTS, Scope::tree("/")],
        }
    }
}
