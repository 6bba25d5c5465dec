//! Who a job runs as on the host, and how the connection's own user becomes that account.
//!
//! Becoming another account is a chain of [`Stage`]s (doas, then sudo, then su), each a command that ends in a small
//! waiting `sh`. That `sh` reads lines until one starts with the session's token, and evaluates the rest of that line: the
//! next stage, or the session itself. So a password line that nobody asked for (sudo without password, su as root) is
//! dropped, the same bytes are right whether or not it was asked for, and neither passwords nor scripts are ever in argv.

use std::fmt;
use std::sync::Arc;

use super::session::quote;

/// A password: shown as `***`, sent over stdin only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Password(Arc<str>);

impl Password {
    /// The password in the clear, for whoever writes it to a process's stdin or scrubs it from output.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<Arc<str>>> From<T> for Password {
    fn from(clear: T) -> Self {
        Self(clear.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The privilege context of a job: the global arguments of the same names. The default is the connection's own user.
///
/// `doas`, `sudo` and `su_user` can be combined; they nest in that order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "they are the global arguments, one to one")]
pub struct Account {
    /// Become `sudo_user` by sudo.
    pub sudo: bool,
    /// The user that sudo makes us; root when unset. Means nothing without `sudo`.
    pub sudo_user: Option<String>,
    /// Read the user's login profile (`sudo -i`).
    pub use_sudo_login: bool,
    /// What sudo may ask for; without it sudo must not ask (`sudo -n`).
    pub sudo_password: Option<Password>,
    /// Keep the environment (`sudo -E`).
    pub preserve_sudo_env: bool,
    /// Become this user by su.
    pub su_user: Option<String>,
    /// Read the user's login profile (`su -l`).
    pub use_su_login: bool,
    /// Keep the environment (`su -m`).
    pub preserve_su_env: bool,
    /// The shell that su starts, instead of the user's own; helps with accounts whose shell is `nologin`.
    pub su_shell: Option<String>,
    /// What su may ask for; root is never asked.
    pub su_password: Option<Password>,
    /// Become `doas_user` by doas, which must not ask (`doas -n`).
    pub doas: bool,
    /// The user that doas makes us; root when unset. Means nothing without `doas`.
    pub doas_user: Option<String>,
}

/// One step on the way to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The program that changes the user: `sudo`, `su`, `doas`; `sh` where nothing is to be changed.
    pub method: &'static str,
    /// The shell text that starts it.
    pub command: String,
    /// The line to send right behind it.
    pub password: Option<Password>,
}

impl Account {
    /// The commands that lead to this account, in order, at least one. `token` marks the line that each one's `sh` waits
    /// for; it must be made of letters and digits.
    pub fn stages(&self, token: &str) -> Vec<Stage> {
        let mut stages = Vec::new();
        if self.doas {
            stages.push(Stage {
                method: "doas",
                command: self.doas_command(token),
                password: None,
            });
        }
        if self.sudo {
            let password = self.sudo_password.clone();
            stages.push(Stage { method: "sudo", command: self.sudo_command(token), password });
        }
        if let Some(user) = &self.su_user {
            let password = self.su_password.clone();
            stages.push(Stage { method: "su", command: self.su_command(user, token), password });
        }
        if stages.is_empty() {
            let command = format!("exec {}", waiting_shell(token));
            stages.push(Stage { method: "sh", command, password: None });
        }
        stages
    }

    /// The account in words: `root (sudo)`, `app (sudo, su)`; `None` for the connection's own user.
    pub fn describe(&self) -> Option<String> {
        let mut user = None;
        let mut methods = Vec::new();
        if self.doas {
            user = Some(self.doas_user.as_deref().unwrap_or("root"));
            methods.push("doas");
        }
        if self.sudo {
            user = Some(self.sudo_user.as_deref().unwrap_or("root"));
            methods.push("sudo");
        }
        if let Some(su_user) = &self.su_user {
            user = Some(su_user);
            methods.push("su");
        }
        user.map(|user| format!("{user} ({})", methods.join(", ")))
    }

    fn doas_command(&self, token: &str) -> String {
        let user = self.doas_user.as_deref().map(user_option).unwrap_or_default();
        format!("exec doas -n{user} {}", waiting_shell(token))
    }

    fn sudo_command(&self, token: &str) -> String {
        let mut command = String::from("exec sudo -H");
        if self.sudo_password.is_some() {
            // The prompt is ours, so that its second coming tells a wrong password in any language.
            command += &format!(" -k -S -p {}", sudo_prompt(token));
        } else {
            command += " -n";
        }
        if self.preserve_sudo_env {
            command += " -E";
        }
        if let Some(user) = &self.sudo_user {
            command += &user_option(user);
        }
        if self.use_sudo_login {
            return format!("{command} -i {}", waiting_shell_for_sudo_login(token));
        }
        format!("{command} {}", waiting_shell(token))
    }

    fn su_command(&self, user: &str, token: &str) -> String {
        let mut command = String::from("exec su");
        if self.use_su_login {
            command += " -l";
        }
        if self.preserve_su_env {
            command += " -m";
        }
        if let Some(shell) = &self.su_shell {
            command += &format!(" -s {}", quote(shell));
        }
        let shell = format!("exec {}", waiting_shell(token));
        format!("{command} {} -c {}", quote(user), quote(&shell))
    }
}

/// What sudo prints when it asks for a password.
pub(super) fn sudo_prompt(token: &str) -> String {
    format!("infra-{token}-password:")
}

fn user_option(user: &str) -> String {
    format!(" -u {}", quote(user))
}

/// The `sh` that waits for the line with the token. `read` takes byte after byte, so what follows that line is left for
/// whatever the line starts. No newline, `!`, `'` or `\`: bash, dash, fish and csh all take it as one word.
fn waiting_shell(token: &str) -> String {
    format!(
        "sh -c 'while IFS= read -r l; do case $l in {token}:*) eval \"${{l#*:}}\"; exit;; esac; done'"
    )
}

/// The same without `$`: `sudo -i` puts a backslash before every special character but that one, so the login shell would
/// expand it. The variable is read back from the environment.
fn waiting_shell_for_sudo_login(token: &str) -> String {
    format!(
        "sh -c 'while :; do eval \"`set -a; read -r infra || echo exit; env | sed -n s/^infra={token}://p`\"; done'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: &str =
        r#"sh -c 'while IFS= read -r l; do case $l in T:*) eval "${l#*:}"; exit;; esac; done'"#;

    fn commands(account: &Account) -> Vec<String> {
        account.stages("T").into_iter().map(|stage| stage.command).collect()
    }

    #[test]
    fn each_way_to_an_account_as_text() {
        let plain = Account::default();
        let sudo = Account { sudo: true, ..plain.clone() };
        let su = Account { su_user: Some("app".into()), ..plain.clone() };
        let quoted = WAIT.replace('\'', r"'\''");
        let cases = [
            (plain.clone(), vec![format!("exec {WAIT}")]),
            (sudo.clone(), vec![format!("exec sudo -H -n {WAIT}")]),
            (
                Account { sudo_user: Some("o'neil".into()), preserve_sudo_env: true, ..sudo.clone() },
                vec![format!(r"exec sudo -H -n -E -u 'o'\''neil' {WAIT}")],
            ),
            (
                Account { sudo_password: Some("pw".into()), ..sudo.clone() },
                vec![format!("exec sudo -H -k -S -p infra-T-password: {WAIT}")],
            ),
            (
                Account { use_sudo_login: true, ..sudo.clone() },
                vec![
                    "exec sudo -H -n -i sh -c 'while :; do eval \"`set -a; read -r infra || echo exit; \
                     env | sed -n s/^infra=T://p`\"; done'"
                        .into(),
                ],
            ),
            (su.clone(), vec![format!("exec su 'app' -c 'exec {quoted}'")]),
            (
                Account {
                    use_su_login: true,
                    preserve_su_env: true,
                    su_shell: Some("/bin/sh".into()),
                    ..su.clone()
                },
                vec![format!("exec su -l -m -s '/bin/sh' 'app' -c 'exec {quoted}'")],
            ),
            (
                Account { doas: true, doas_user: Some("db".into()), ..plain },
                vec![format!("exec doas -n -u 'db' {WAIT}")],
            ),
            (
                Account { sudo: true, ..su },
                vec![
                    format!("exec sudo -H -n {WAIT}"),
                    format!("exec su 'app' -c 'exec {quoted}'"),
                ],
            ),
        ];
        for (account, expected) in cases {
            assert_eq!(commands(&account), expected, "{account:?}");
        }
    }

    #[test]
    fn a_password_never_shows() {
        let account = Account {
            sudo: true,
            sudo_password: Some("hunter2".into()),
            su_user: Some("app".into()),
            su_password: Some("hunter2".into()),
            ..Account::default()
        };
        let shown = format!("{account:?} {:?} {:?}", account.describe(), account.stages("T"));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("***") && shown.contains("app (sudo, su)"), "{shown}");
    }
}
