//! Global arguments: what every operation, fact and deploy block takes besides its own arguments.

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use crate::args::{Args, Guards, OneOrMany, Phrase, Values};
use crate::command::Secret;
use crate::error::{Error, Result};
use crate::value::{Map, Value};

/// Arguments that every operation takes. Each can also be set for a `deploy` block, in host or
/// group data under the same name, and in `config.rhai` without the leading underscore.
#[derive(Clone, Debug, Default, Args)]
#[args("global arguments", prefix = "_")]
pub struct GlobalArgs {
    /// Run as another user with `sudo`: root, or `_sudo_user`.
    pub sudo: Option<bool>,
    /// The user that `sudo` becomes.
    pub sudo_user: Option<String>,
    /// Start a login shell (`sudo -i`).
    pub use_sudo_login: Option<bool>,
    /// The password that `sudo` asks for. It reaches the host over standard input only.
    pub sudo_password: Option<Secret>,
    /// Keep the environment (`sudo -E`).
    pub preserve_sudo_env: Option<bool>,
    /// Run as this user with `su`.
    pub su_user: Option<String>,
    /// Start a login shell (`su -l`).
    pub use_su_login: Option<bool>,
    /// Keep the environment (`su -m`).
    pub preserve_su_env: Option<bool>,
    /// The shell that `su` starts, for users whose own is `nologin`.
    pub su_shell: Option<String>,
    /// The password that `su` asks for. It reaches the host over standard input only.
    pub su_password: Option<Secret>,
    /// Run as another user with `doas`: root, or `_doas_user`.
    pub doas: Option<bool>,
    /// The user that `doas` becomes.
    pub doas_user: Option<String>,
    /// The program that runs commands, with its arguments: `bash`, `bash -l`. Default: `sh`.
    pub shell_executable: Option<String>,
    /// The directory in which commands run.
    pub chdir: Option<String>,
    /// Environment variables for the commands.
    pub env: Option<IndexMap<String, Phrase>>,
    /// Exit codes that mean success. Default: `[0]`.
    pub success_exit_codes: Option<Vec<i32>>,
    /// Seconds after which a command is ended, with all that it started. Default: none.
    pub timeout: Option<Duration>,
    /// Run the commands on a terminal.
    pub get_pty: Option<bool>,
    /// What the commands read: text, or lines.
    pub stdin: Option<OneOrMany<Phrase>>,
    /// The directory on the host for temporary files. Default: `$TMPDIR`, else `/tmp`.
    pub temp_dir: Option<String>,
    /// Go on with this host when the operation fails; its result is `ignored`.
    pub ignore_errors: Option<bool>,
    /// With `_ignore_errors`: also run the operation's remaining commands.
    pub continue_on_error: Option<bool>,
    /// Run only if true: a value, an operation's result (it changed), a closure, or a list of these.
    #[arg(name = "_if")]
    pub condition: Option<Value>,
    /// Run on so many hosts at a time.
    pub parallel: Option<usize>,
    /// Run on one host at a time, in inventory order.
    pub serial: Option<bool>,
    /// Run on the first host only; all hosts get its result.
    pub run_once: Option<bool>,
    /// Try again so many times when the operation fails. Default: 0.
    pub retries: Option<u32>,
    /// Seconds between tries. Default: 5.
    pub retry_delay: Option<Duration>,
    /// A function of the result: true means try again.
    pub retry_until: Option<Value>,
    /// A function, or a command on the host, that must hold before the operation runs.
    pub precondition: Option<Value>,
    /// A function, or a command on the host, that must hold after the operation ran.
    pub postcondition: Option<Value>,
    /// A function that is called with the result when the operation succeeded.
    pub on_success: Option<Value>,
    /// A function that is called with the result when the operation failed.
    pub on_error: Option<Value>,
    /// Skip the operation if this path, or all of these, exist on the host.
    pub creates: Option<Guards>,
    /// Skip the operation if this path, or all of these, are absent on the host.
    pub removes: Option<Guards>,
    /// Skip the operation if this command succeeds on the host. It must not change anything.
    pub unless: Option<OneOrMany<String>>,
    /// Skip the operation if this command fails on the host. It must not change anything.
    pub only_if: Option<OneOrMany<String>>,
}

/// Keys whose values add up where blocks nest, instead of the inner one replacing the outer one.
const ADDING: &[&str] = &["_if", "_unless", "_only_if"];

/// Keys that add up, too, where all paths of one call are meant together: each level stays a group of its own.
const GROUPS: &[&str] = &["_creates", "_removes"];

/// Parts the named arguments of a call into the global ones and its own.
pub fn split(named: Map) -> (Map, Map) {
    named.into_iter().partition(|(key, _)| key.starts_with('_') && GlobalArgs::knows(key))
}

/// Lays `upper` over `lower`: the upper value wins, `_env` maps join, conditions and guards add up.
pub fn merge(upper: Map, lower: &Map) -> Map {
    let mut merged = upper;
    for (key, below) in lower {
        let above = merged.shift_remove(key);
        let value = match (above, below) {
            (None, below) => below.clone(),
            (Some(above), below) if GROUPS.contains(&key.as_str()) => both_groups(below, &above),
            (Some(above), below) if ADDING.contains(&key.as_str()) => both(below, above),
            (Some(Value::Map(above)), Value::Map(below)) if key == "_env" => {
                let mut joined = below.clone();
                joined.extend(above);
                Value::Map(joined)
            }
            (Some(above), _) => above,
        };
        merged.insert(key.clone(), value);
    }
    merged
}

fn both(outer: &Value, inner: Value) -> Value {
    let mut all = match outer {
        Value::List(items) => items.clone(),
        one => vec![one.clone()],
    };
    match inner {
        Value::List(items) => all.extend(items),
        one => all.push(one),
    }
    Value::List(all)
}

fn both_groups(outer: &Value, inner: &Value) -> Value {
    let groups = |value: &Value| match value {
        Value::List(items) if items.iter().any(|it| matches!(it, Value::List(_))) => items.clone(),
        one => vec![one.clone()],
    };
    // A single group is marked as such by a list around it, even where it is one path.
    let as_group =
        |it: Value| if matches!(it, Value::List(_)) { it } else { Value::List(vec![it]) };
    let all = groups(outer).into_iter().chain(groups(inner));
    Value::List(all.map(as_group).collect())
}

impl GlobalArgs {
    /// The names of all global arguments.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ARGS.iter().map(|def| def.name)
    }

    /// Reads merged global arguments; every mistake at once.
    pub fn read_map(map: Map) -> Result<Self, Vec<Error>> {
        Self::read(Values::new("an operation", Self::ARGS, Vec::new(), map))
    }

    /// Whether `name` is a global argument.
    pub fn knows(name: &str) -> bool {
        Self::ARGS.iter().any(|def| def.name == name)
    }

    /// As whom, where and in what environment commands run.
    pub fn context(&self) -> Context {
        let yes = |it: Option<bool>| it.unwrap_or(false);
        Context {
            account: Account {
                sudo: yes(self.sudo) || self.sudo_user.is_some(),
                sudo_user: self.sudo_user.clone(),
                use_sudo_login: yes(self.use_sudo_login),
                sudo_password: self.sudo_password.clone(),
                preserve_sudo_env: yes(self.preserve_sudo_env),
                su_user: self.su_user.clone(),
                use_su_login: yes(self.use_su_login),
                preserve_su_env: yes(self.preserve_su_env),
                su_shell: self.su_shell.clone(),
                su_password: self.su_password.clone(),
                doas: yes(self.doas) || self.doas_user.is_some(),
                doas_user: self.doas_user.clone(),
            },
            shell: self.shell_executable.clone().filter(|it| it != "sh"),
            chdir: self.chdir.clone(),
            env: self.env.clone().unwrap_or_default().into_iter().collect(),
            temp_dir: self.temp_dir.clone(),
        }
    }
}

/// As whom, where and in what environment commands run. Facts asked in different contexts are
/// different questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Context {
    /// The account.
    pub account: Account,
    /// Another shell than `sh`.
    pub shell: Option<String>,
    /// The directory.
    pub chdir: Option<String>,
    /// Environment variables.
    pub env: Vec<(String, Phrase)>,
    /// The directory for temporary files.
    pub temp_dir: Option<String>,
}

/// As whom commands run, and how the connection's own user becomes that account: the global arguments of the same
/// names. The default is the connection's own user. `doas`, `sudo` and `su_user` can be combined; they nest in that
/// order.
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
    pub sudo_password: Option<Secret>,
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
    pub su_password: Option<Secret>,
    /// Become `doas_user` by doas, which must not ask (`doas -n`).
    pub doas: bool,
    /// The user that doas makes us; root when unset. Means nothing without `doas`.
    pub doas_user: Option<String>,
}

impl Account {
    /// The user that commands become; `None` where they stay who has logged in.
    pub fn user(&self) -> Option<&str> {
        let sudo = self.sudo.then(|| self.sudo_user.as_deref().unwrap_or("root"));
        let doas = self.doas.then(|| self.doas_user.as_deref().unwrap_or("root"));
        self.su_user.as_deref().or(sudo).or(doas)
    }
}

/// A shared context.
pub type SharedContext = Arc<Context>;
