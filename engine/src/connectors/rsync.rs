//! The controller's own `rsync`, by the way that leads to the host.

use std::path::Path;

use super::account::Account;
use super::{Reach, controller, ssh};
use crate::command::Output;
use crate::error::{Error, Result};

/// Sends what is at `from` to `to` on the host, as the account.
pub(crate) fn run(
    reach: &Reach,
    account: &Account,
    flags: &[String],
    from: &str,
    to: &str,
) -> Result<Output> {
    let mut arguments: Vec<String> = flags.to_vec();
    // Tell what changes; keep the shell on the host away from paths.
    arguments.extend(["--itemize-changes", "--protect-args"].map(str::to_owned));
    let to = match reach {
        Reach::Local if *account == Account::default() => to.to_owned(),
        Reach::Local => {
            return Err(Error::failed(
                "on this machine, `files.rsync` cannot become another account",
            )
            .hint("`files.sync` can"));
        }
        Reach::Ssh { target, .. } => {
            arguments.extend(["--rsh".to_owned(), shell(target)?]);
            if let Some(program) = program(account)? {
                arguments.extend(["--rsync-path".to_owned(), program]);
            }
            // An IPv6 address has colons of its own.
            let name = &target.name;
            if name.contains(':') { format!("[{name}]:{to}") } else { format!("{name}:{to}") }
        }
        Reach::Inside(_) | Reach::Fake(_) => {
            return Err(Error::failed("`files.rsync` reaches hosts by SSH, and this machine")
                .hint("`files.sync` reaches all hosts"));
        }
    };
    arguments.extend(["--".to_owned(), from.to_owned(), to]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    controller::program(Path::new("rsync"), &arguments)
        .map_err(|error| error.hint("`files.rsync` needs rsync and ssh on this machine"))
}

/// What rsync is called on the host, where another account is to run it.
fn program(account: &Account) -> Result<Option<String>> {
    let plain =
        Account { sudo: false, sudo_user: None, doas: false, doas_user: None, ..account.clone() };
    let (method, user) = match (account.sudo, account.doas) {
        _ if plain != Account::default() || (account.sudo && account.doas) => {
            return Err(Error::failed(
                "`files.rsync` becomes another account by sudo or doas without a password only",
            )
            .hint("`files.sync` becomes any account"));
        }
        (false, false) => return Ok(None),
        (true, _) => ("sudo -n", &account.sudo_user),
        (_, true) => ("doas", &account.doas_user),
    };
    let user = user.as_ref().map(|it| format!(" -u {}", crate::command::quote(it)));
    let doas_quiet = if account.doas { " -n" } else { "" };
    Ok(Some(format!("{method}{doas_quiet}{} rsync", user.unwrap_or_default())))
}

/// `ssh` with what the host's data say. What they leave open, it reads from its own configuration as infra does.
fn shell(target: &ssh::Target) -> Result<String> {
    if target.password.is_some() || target.key_password.is_some() {
        return Err(Error::failed("`files.rsync` cannot log in with a password")
            .hint("use a key or an agent, or `files.sync`"));
    }
    let mut words = vec!["ssh".to_owned()];
    let mut option = |name: &str, value: &str| {
        // ssh takes a value apart at gaps, unless it stands in quotes.
        let quote = if value.contains(' ') { "\"" } else { "" };
        words.extend(["-o".to_owned(), format!("{name}={quote}{value}{quote}")]);
    };
    option("BatchMode", "yes");
    let checking = target.strict_host_key_checking.as_deref().unwrap_or("accept-new");
    option("StrictHostKeyChecking", checking);
    let text = |path: &Path| path.to_string_lossy().into_owned();
    for (name, value) in [
        ("HostName", target.hostname.clone()),
        ("Port", target.port.map(|it| it.to_string())),
        ("User", target.user.clone()),
        ("ProxyJump", target.jump.clone()),
        ("UserKnownHostsFile", target.known_hosts_file.as_deref().map(text)),
        ("ConnectTimeout", target.connect_timeout.map(|it| it.as_secs().max(1).to_string())),
        ("ForwardAgent", target.forward_agent.map(|it| if it { "yes" } else { "no" }.to_owned())),
    ] {
        if let Some(value) = value {
            option(name, &value);
        }
    }
    for key in &target.keys {
        option("IdentityFile", &text(key));
    }
    if let Some(file) = &target.config_file {
        words.extend(["-F".to_owned(), text(file)]);
    }
    Ok(words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
}

/// A word as rsync reads it in `--rsh`: in quotes, where a quote is doubled. rsync(1).
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_=./:@%+,~".contains(it);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssh_is_told_what_the_data_say() {
        let target = ssh::Target {
            port: Some(2222),
            user: Some("ops".into()),
            keys: vec!["/keys/my key".into()],
            jump: Some("ops@bastion".into()),
            ..ssh::Target::named("web1")
        };
        let expected = "ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o Port=2222 -o User=ops \
            -o ProxyJump=ops@bastion -o 'IdentityFile=\"/keys/my key\"'";
        assert_eq!(shell(&target).as_deref(), Ok(expected));
        let target = ssh::Target { password: Some("x".into()), ..target };
        assert!(shell(&target).is_err());
    }

    #[test]
    fn another_account_runs_it_if_nothing_is_asked() {
        let sudo = Account { sudo: true, sudo_user: Some("app".into()), ..Account::default() };
        assert_eq!(program(&sudo), Ok(Some("sudo -n -u app rsync".to_owned())));
        assert_eq!(program(&Account::default()), Ok(None));
        assert!(program(&Account { su_user: Some("app".into()), ..Account::default() }).is_err());
    }
}
