//! Who a job runs as on the host, and how the connection's own user becomes that account.
//!
//! Becoming another account is a chain of [`Hop`]s (doas, then sudo, then su), each a command that ends in a small
//! waiting `sh`. That `sh` reads lines until one starts with the session's token, and evaluates the rest of that line: the
//! next hop, or the session itself. So a password line that nobody asked for (sudo without password, su as root) is
//! dropped, the same bytes are right whether or not it was asked for, and neither passwords nor scripts are ever in argv.

pub use crate::options::Account;

use super::session::quote;
use crate::command::Secret;

/// One hop on the way to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    /// The shell text that starts it.
    pub(super) command: String,
    /// The line to send right behind it.
    pub(super) password: Option<Secret>,
}

impl Account {
    /// The commands that lead to this account, in order, at least one. `token` marks the line that each one's `sh` waits
    /// for; it must be made of letters and digits.
    pub(super) fn hops(&self, token: &str) -> Vec<Hop> {
        let mut hops = Vec::new();
        if self.doas {
            hops.push(Hop { command: self.doas_command(token), password: None });
        }
        if self.sudo {
            let password = self.sudo_password.clone();
            hops.push(Hop { command: self.sudo_command(token), password });
        }
        if let Some(user) = &self.su_user {
            let password = self.su_password.clone();
            hops.push(Hop { command: self.su_command(user, token), password });
        }
        if hops.is_empty() {
            let command = format!("exec {}", waiting_shell(token));
            hops.push(Hop { command, password: None });
        }
        hops
    }

    /// The account in words: `root (sudo)`, `app (sudo, su)`; `None` for the connection's own user.
    pub(super) fn describe(&self) -> Option<String> {
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
        account.hops("T").into_iter().map(|hop| hop.command).collect()
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
                Account { sudo_password: Some(Secret::new("pw")), ..sudo.clone() },
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
            sudo_password: Some(Secret::new("hunter2")),
            su_user: Some("app".into()),
            su_password: Some(Secret::new("hunter2")),
            ..Account::default()
        };
        let shown = format!("{account:?} {:?} {:?}", account.describe(), account.hops("T"));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("***") && shown.contains("app (sudo, su)"), "{shown}");
    }
}
