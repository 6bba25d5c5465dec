//! From a login shell to the session's `sh`.

use std::hash::{BuildHasher, RandomState};

use super::text::Names;
use crate::command::Secret;
use crate::connectors::account::{Account, Hop, sudo_prompt};
use crate::connectors::job::Stream;
use crate::connectors::process::Exit;

use super::channel::Channel;
use super::error::SessionError;

/// The functions that every session starts with.
pub(super) const PRELUDE: &str = include_str!("prelude.sh");

/// Copies the channel's stdin into the session's `sh`, and so notices its end at once, also while a step runs. Then:
///
/// * An idle `sh` reads that it is to end the watcher, quietly, and itself: processes that a step started on purpose live on.
/// * A busy one is not waited for longer than an idle one may need to end: then its whole process group gets TERM, and two
///   seconds later KILL.
///
/// The watcher has neither stdout nor stderr of the channel, so it does not keep them open: they end with the last process
/// of the job. (A redirection of the whole group would leave the old stderr open in dash.) There is no farewell that could
/// race with the end of file: the end of file is the farewell.
///
/// OpenSSH 10 sends HUP to the whole group when the connection is gone. Neither the watcher nor the `sh` ends by that, so
/// that what ignores it comes to the same end as anything else.
const WATCHER: &str = "{ exec 2>/dev/null; trap \"\" HUP; cat; \
                       exec sh -c 'echo \"kill -PIPE $$; exit 0\"; sleep 0.5 || sleep 1; echo : || exit; \
                       trap \"\" TERM; kill -TERM 0; sleep 2; kill -KILL 0'; }";

/// What comes when that `sh` does not end by `exit` but is killed, most often for want of memory: the job ends with it,
/// because the watcher would wait for more input that nobody reads.
const KILLED: &str =
    "{ echo \"the shell that ran this was killed (exit code $?)\" >&2; kill -TERM 0; }";

impl Names {
    /// Fresh random names.
    pub(super) fn random() -> Self {
        // The standard library's hashers are keyed by the operating system's random numbers.
        let (one, two) = (RandomState::new(), RandomState::new());
        let nonce = format!("{:016x}{:016x}", one.hash_one("nonce"), two.hash_one("nonce"));
        Self { nonce, token: format!("{:016x}", one.hash_one("token")) }
    }
}

/// How to become an account: the command for the channel, and what to send first.
pub(super) struct Boot {
    pub(super) command: String,
    pub(super) input: String,
}

impl Boot {
    /// Starts a `sh` that runs what follows on stdin, below the watcher.
    pub(super) fn session(account: &Account, names: &Names) -> Self {
        let shell = format!("{WATCHER} | {{ trap : HUP; sh || {KILLED}; }}");
        let mut boot = Self::by_hops(account, names, &shell);
        boot.input += PRELUDE;
        boot.input += &format!("infra_hello {}\n", names.nonce);
        boot
    }

    /// Runs one text whose stdin is what follows behind it, below the watcher. `read` takes no byte too many.
    pub(super) fn upload(account: &Account, names: &Names) -> Self {
        let read = read_text(&names.token);
        let mut boot = Self::by_hops(
            account,
            names,
            &format!("{read}; {WATCHER} | {{ trap : HUP; ( eval \"$s\"; exit 0 ) || {KILLED}; }}"),
        );
        boot.input += PRELUDE;
        boot.input += &format!("infra_hello {}\n", names.nonce);
        boot
    }

    /// Evaluates `line` as the account; `line` is sent, not in argv.
    pub(super) fn by_hops(account: &Account, names: &Names, line: &str) -> Self {
        let token = &names.token;
        let mut command = None;
        let mut input = String::new();
        for Hop { command: hop, password } in account.hops(token) {
            match command {
                // A restricted login shell refuses `exec`; others do it by themselves for their only command.
                None => command = Some(hop.strip_prefix("exec ").unwrap_or(&hop).to_owned()),
                Some(_) => input += &format!("{token}:{hop}\n"),
            }
            if let Some(password) = password {
                input += &format!("{}\n", password.reveal());
            }
        }
        input += &format!("{token}:{line}\n");
        Self { command: command.unwrap_or_default(), input }
    }
}

/// Reads lines into `s` until one says `end` and the token; nothing is run when they end before.
pub(super) fn read_text(token: &str) -> String {
    format!(
        "n=$(printf \"\\nx\"); n=${{n%x}}; s=; \
         while IFS= read -r m || exit; [ \"$m\" != end-{token} ]; do s=$s$m$n; done"
    )
}

/// Whether sudo's prompt is there a second time: the password was wrong.
pub(super) fn asked_again(noise: &str, names: &Names) -> bool {
    noise.matches(&sudo_prompt(&names.token)).count() > 1
}

/// Why there is no session, from what the host said instead of starting one.
pub(super) async fn refusal(
    channel: &mut Channel,
    account: &Account,
    names: &Names,
) -> SessionError {
    let secrets: Vec<Secret> =
        [&account.sudo_password, &account.su_password].into_iter().flatten().cloned().collect();
    let noise = channel.noise(Stream::Stderr, &secrets);
    // In the words of sudo where it asks only once.
    let wrong_password = asked_again(&noise, names) || noise.contains("incorrect password attempt");
    let is_late = channel.is_late();
    channel.close_stdin().await;
    let mut said = clean(&noise, names);
    if said.is_empty() {
        said = clean(&channel.noise(Stream::Stdout, &secrets), names);
    }
    if is_late {
        let hint =
            "does its login shell, a startup file of it, or `ForceCommand` wait for something?";
        let so_far = if said.is_empty() { said } else { format!("; so far it says: {said}") };
        let message = match account.describe() {
            Some(target) => format!("cannot become {target}: no answer in a minute{so_far}"),
            None => format!("the login shell started no sh in a minute{so_far}"),
        };
        return SessionError::Refused { message, hint: Some(hint.into()) };
    }
    if said.is_empty() {
        said = match channel.exit().await {
            Some(Exit::Code(code)) => format!("it ended with code {code}"),
            Some(Exit::Signal(name)) => format!("signal {name} ended it"),
            Some(Exit::Lost(why)) => why,
            None => "it closed its output".to_owned(),
        };
    }
    let Some(target) = account.describe() else {
        let hint = if said.contains(EXPIRED.0) {
            EXPIRED.1
        } else {
            "the account needs a login shell that runs commands, and a `sh` in PATH"
        };
        let message = format!("the login shell started no sh: {said}");
        return SessionError::Refused { message, hint: Some(hint.into()) };
    };
    let (message, hint) = if wrong_password {
        (format!("cannot become {target}: wrong password"), "check `_sudo_password`")
    } else {
        (format!("cannot become {target}: {said}"), hint(&said))
    };
    SessionError::Refused { message, hint: (!hint.is_empty()).then(|| hint.to_owned()) }
}

/// The host's words in one line, without our prompt.
fn clean(noise: &str, names: &Names) -> String {
    let noise = noise.replace(&sudo_prompt(&names.token), "\n");
    let lines = noise.lines().map(str::trim).filter(|line| !line.is_empty());
    // sudo says this first whatever happens where the host's own name is not in its /etc/hosts.
    let (asides, mut lines): (Vec<_>, Vec<_>) =
        lines.partition(|line| line.starts_with("sudo: unable to resolve host"));
    if lines.is_empty() {
        lines = asides;
    }
    lines.join("; ")
}

const EXPIRED: (&str, &str) = (
    "password has expired",
    "log in by hand once and change it, or let root run `chage` on the host",
);

fn hint(said: &str) -> &'static str {
    let cases = [
        (
            "password is required",
            "give --use-sudo-password or `_sudo_password`, or let the user use sudo without one",
        ),
        ("unknown user", "correct the name, or make the account first"),
        ("not in the sudoers file", "let the connection's user use sudo on the host"),
        ("not allowed", "let the connection's user do this on the host"),
        ("not found", "the program is not installed on the host, or not in PATH"),
        ("Authentication failure", "check `_su_password`"),
        (
            "(exit code 126)",
            "it must be able to start programs there: is it `NOEXEC` in the host's sudoers file?",
        ),
        ("must have a tty", "remove `requiretty` from the host's sudoers file"),
        EXPIRED,
    ];
    cases.into_iter().find(|(words, _)| said.contains(words)).map_or("", |(_, hint)| hint)
}
