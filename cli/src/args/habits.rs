//! Options that other tools have, and what they are called here.

/// Advice for an option that is not one of `infra`'s.
pub(crate) fn advice(option: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(names, _)| names.contains(&option)).map(|(_, advice)| *advice)
}

const ADVICE: &[(&[&str], &str)] = &[
    (
        &["-i", "--inventory", "--inventory-file"],
        "the inventory is the first word: infra INVENTORY COMMAND…",
    ),
    (&["-C", "--check"], "--dry shows what would change, and changes nothing"),
    (&["-D"], "--diff shows what changes inside files"),
    (&["-b", "--become"], "--sudo runs operations as root"),
    (&["--become-user"], "--sudo-user USER"),
    (
        &["-K", "--ask-become-pass", "--ask-sudo-pass", "--same-sudo-password"],
        "--use-sudo-password asks for it once",
    ),
    (&["-k", "--ask-pass"], "--ssh-password PASSWORD, or better a key: --ssh-key FILE"),
    (&["-u", "--remote-user"], "--ssh-user USER logs in as this user"),
    (&["--private-key"], "--ssh-key FILE"),
    (&["-l"], "--limit GROUP|GLOB"),
    (&["-e", "--extra-vars"], "--data KEY=VALUE, once for each value"),
    (&["-f", "--forks"], "--parallel N"),
    (
        &["-m", "-a", "--module-name", "--args"],
        "an operation and its arguments are words: infra INVENTORY files.line /etc/motd hello",
    ),
    (
        &["-t", "--tags", "--skip-tags"],
        "a part that runs alone is a function of the script: infra INVENTORY deploy.rhai FUNCTION",
    ),
    (&["--list-hosts", "--graph"], "infra INVENTORY debug-inventory"),
    (&["--syntax-check"], "infra check deploy.rhai"),
    (
        &["--ask-vault-pass", "--vault-password-file"],
        "secrets come from secret_env, secret_file and secret_command: infra doc --search secret",
    ),
    (
        &["--debug", "--debug-all", "--debug-facts", "--debug-operations"],
        "-v, -vv and -vvv tell more",
    ),
    (&["--use-sudo-login"], "_use_sudo_login is a global argument: infra doc _use_sudo_login"),
];
