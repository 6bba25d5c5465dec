//! The options, and the settings that they make.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser};
use infra_engine::error::Error;
use infra_engine::inventory::Config;
use infra_engine::options::merge;
use infra_engine::settings::Settings;
use infra_engine::{Secret, Value};

use crate::terminal;

/// The help's first and last part; clap writes the options between them.
const USAGE: &str = "infra [OPTIONS] INVENTORY COMMAND…
       infra doc|check|init|apply|completions …";

const COMMANDS: &str = "\
Inventory:
  inventories/production.rhai   a file: .rhai, .toml, .yaml, .json, or a program that prints JSON
  web1,deploy@web2:2222         hosts, with commas
  @local @docker/debian:12 …    connectors: @ssh @docker @podman @chroot @nspawn @fake
                                @terraform @vagrant @ansible

Commands:
  deploy.rhai [TASK] [--arg value …]      run deploy scripts, or one function of a script
  files.file /tmp/x mode=644              run one operation
  exec -- COMMAND                         run a command on all hosts
  fact server.users [fact …]              print facts
  debug-inventory                         print hosts, groups and data, and where data comes from
  shell                                   talk to all hosts

Commands without an inventory:
  doc [NAME] [--search TEXT] [--json]     the manual of operations, facts and global arguments
  check SCRIPT…                           look for mistakes in scripts; needs no host
  test [FOLDER…]                          plan deploys against recorded facts, compare the plans
  init [DIR]                              start a project
  apply PLANFILE                          do what a saved plan says
  completions bash|zsh|fish               completions for a shell";

const EXIT_CODES: &str = "\
Exit codes:
  0  done                              3    a host could not be reached, nothing else failed
  1  an operation failed               4    no host matched
  2  a mistake in the command line,    10   --dry --detailed-exitcode found changes
     a script or data                  130  interrupted";

/// What `infra` prints without arguments.
pub(crate) const SHORT_HELP: &str = "\
infra brings hosts into the state that a script describes, over SSH.

  infra init                                   start a project here
  infra @local deploy.rhai --dry               show what a deploy would change on this machine
  infra web1,web2 exec -- uptime               run a command on two hosts

Usage: infra [OPTIONS] INVENTORY COMMAND…
All options and commands: infra --help. The manual of all operations: infra doc.
";

/// Brings hosts into the state that a script describes, over SSH.
#[derive(Debug, Parser)]
#[command(
    name = "infra",
    version,
    override_usage = USAGE,
    before_help = COMMANDS,
    after_help = EXIT_CODES,
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{before-help}{all-args}{after-help}",
    disable_help_subcommand = true,
    max_term_width = 100,
    args_override_self = true,
    group(clap::ArgGroup::new("plans").multiple(true))
)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) run: RunOptions,
    #[command(flatten)]
    pub(crate) hosts: HostOptions,
    #[command(flatten)]
    pub(crate) privilege: PrivilegeOptions,
    #[command(flatten)]
    pub(crate) connection: ConnectionOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct RunOptions {
    /// Show the plan, change nothing
    #[arg(long, group = "plans")]
    pub(crate) dry: bool,

    /// Do not ask before changing hosts
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Save the plan to a file instead of applying it; `infra apply FILE` does that later
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, group = "plans")]
    pub(crate) plan_out: Option<PathBuf>,

    /// With --dry or --plan-out: exit with 10 when something would change
    #[arg(long, requires = "plans")]
    pub(crate) detailed_exitcode: bool,

    /// Do what the last run of the same scripts has left, on the hosts where it has
    #[arg(long, conflicts_with = "plan_out")]
    pub(crate) resume: bool,

    /// Work on so many hosts at a time [default: all]
    #[arg(long, value_name = "N")]
    parallel: Option<usize>,

    /// One host after the other, each through the whole deploy
    #[arg(long, conflicts_with = "no_wait")]
    serial: bool,

    /// Let hosts run ahead of each other
    #[arg(long)]
    no_wait: bool,

    /// End the run when more than so many percent of the hosts have failed
    #[arg(long, value_name = "N", value_parser = percent)]
    fail_percent: Option<f64>,

    /// Try a failed operation so many times again [default: 0]
    #[arg(long, value_name = "N")]
    retry: Option<u32>,

    /// Seconds between tries [default: 5]
    #[arg(long, value_name = "S", value_parser = seconds)]
    retry_delay: Option<Duration>,

    /// Seconds after which a command is ended [default: none]
    #[arg(long, value_name = "S", value_parser = seconds)]
    timeout: Option<Duration>,

    /// The configuration script [default: config.rhai beside the deploy script]
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Work in this directory instead of the current one
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) chdir: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Hosts and data")]
pub(crate) struct HostOptions {
    /// Only hosts of this group, or whose name matches; repeatable
    #[arg(long, value_name = "GROUP|GLOB")]
    limit: Vec<String>,

    /// Not the hosts of this group, or whose name matches; repeatable
    #[arg(long, value_name = "GROUP|GLOB")]
    exclude: Vec<String>,

    /// Data for all hosts, above all other data; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    data: Vec<(String, String)>,

    /// Another directory with group data; repeatable
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    group_data: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Privilege")]
pub(crate) struct PrivilegeOptions {
    /// Run as root with sudo
    #[arg(long)]
    sudo: bool,

    /// Run as this user with sudo
    #[arg(long, value_name = "USER")]
    sudo_user: Option<String>,

    #[arg(long, help = "Ask for sudo's password once, or take it from INFRA_SUDO_PASSWORD")]
    use_sudo_password: bool,

    /// Run as this user with su
    #[arg(long, value_name = "USER")]
    su_user: Option<String>,

    /// Run as root with doas
    #[arg(long)]
    doas: bool,

    /// Run as this user with doas
    #[arg(long, value_name = "USER")]
    doas_user: Option<String>,

    /// The shell that runs commands on hosts [default: sh]
    #[arg(long, value_name = "SHELL")]
    shell_executable: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionOptions {
    /// Seconds until a host must have answered [default: 10]
    #[arg(long, value_name = "S", value_parser = seconds)]
    connect_timeout: Option<Duration>,

    /// The account to log in to
    #[arg(long, alias = "user", value_name = "USER")]
    ssh_user: Option<String>,

    /// The port of the SSH server
    #[arg(long, alias = "port", value_name = "PORT")]
    ssh_port: Option<u16>,

    /// The private key to log in with
    #[arg(long, alias = "key", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    ssh_key: Option<String>,

    /// The password of the private key
    #[arg(long, alias = "key-password", value_name = "PASSWORD")]
    ssh_key_password: Option<String>,

    /// The password to log in with
    #[arg(long, alias = "password", value_name = "PASSWORD")]
    ssh_password: Option<String>,

    /// Go through this host
    #[arg(long, value_name = "HOST")]
    ssh_jump: Option<String>,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputOptions {
    /// Show what changes in files and settings, before and after
    #[arg(long)]
    pub(crate) diff: bool,

    /// Tell more: -v facts and unchanged operations, -vv commands, -vvv their output
    #[arg(short, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Tell only what failed
    #[arg(long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// One JSON object per line on standard output
    #[arg(long)]
    pub(crate) json: bool,

    /// Show the slowest operations at the end
    #[arg(long)]
    pub(crate) profile: bool,

    /// Write all that happens to a file, as JSON lines
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) log: Option<PathBuf>,

    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath,
        help = "Write the results to a file, as JUnit XML")]
    pub(crate) junit: Option<PathBuf>,

    /// Write what the hosts answer to a file, as `@fake` reads it; adds to the one that is there
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) record: Option<PathBuf>,

    #[arg(long, value_name = "FILE.html", value_hint = clap::ValueHint::FilePath,
        help = "Write the run to a file, as a page for browsers")]
    pub(crate) report: Option<PathBuf>,

    #[arg(long, help = "No colours; NO_COLOR in the environment means the same")]
    pub(crate) no_color: bool,
}

impl Options {
    /// What the engine is to do with this. Asks for sudo's password where that is wanted.
    pub(crate) fn settings(&self, config: &Config) -> Result<Settings, Error> {
        let mut base = Settings::default();
        config.apply(&mut base);
        let run = &self.run;
        let password = config.use_sudo_password.unwrap_or(false);
        let globals = merge(self.privilege.globals(password)?, &base.globals);
        let folders = base.group_data.iter().chain(&self.hosts.group_data);
        Ok(Settings {
            dry: run.dry || run.plan_out.is_some(),
            parallel: run.parallel.unwrap_or(base.parallel),
            serial: run.serial || base.serial,
            no_wait: run.no_wait || base.no_wait,
            fail_percent: run.fail_percent.or(base.fail_percent),
            retry: run.retry.unwrap_or(base.retry),
            retry_delay: run.retry_delay.unwrap_or(base.retry_delay),
            connect_timeout: self.connection.connect_timeout.unwrap_or(base.connect_timeout),
            timeout: run.timeout.or(base.timeout),
            globals,
            data: self.data(),
            group_data: folders.cloned().collect(),
            limit: self.hosts.limit.clone(),
            exclude: self.hosts.exclude.clone(),
            config: run.config.clone(),
            interactive: terminal::is_interactive() && !self.output.json,
            verbosity: self.output.verbose.min(3),
            ..base
        })
    }

    /// Data from the command line; `--ssh-user` beats `--data ssh_user=…`, as it is more explicit.
    fn data(&self) -> infra_engine::value::Map {
        let pairs = self.hosts.data.iter();
        let mut data: infra_engine::value::Map =
            pairs.map(|(key, value)| (key.clone(), Value::Word(value.clone()).settle())).collect();
        let ssh = &self.connection;
        let text = |it: &Option<String>| it.clone().map(Value::Text);
        let secret = |it: &Option<String>| it.clone().map(|it| Value::Secret(Secret::new(it)));
        let given = [
            ("ssh_user", text(&ssh.ssh_user)),
            ("ssh_port", ssh.ssh_port.map(|it| Value::Int(it.into()))),
            ("ssh_key", text(&ssh.ssh_key)),
            ("ssh_key_password", secret(&ssh.ssh_key_password)),
            ("ssh_password", secret(&ssh.ssh_password)),
            ("ssh_jump", text(&ssh.ssh_jump)),
        ];
        data.extend(given.into_iter().filter_map(|(key, it)| Some((key.to_owned(), it?))));
        data
    }
}

impl PrivilegeOptions {
    fn globals(&self, password_wanted: bool) -> Result<infra_engine::value::Map, Error> {
        let text = |it: &Option<String>| it.clone().map(Value::Text);
        let flag = |it: bool| it.then_some(Value::Bool(true));
        let wanted = self.use_sudo_password || password_wanted;
        let password = if wanted { Some(sudo_password()?) } else { None };
        let sudo = self.sudo || self.use_sudo_password;
        let given = [
            ("_sudo", flag(sudo)),
            ("_sudo_user", text(&self.sudo_user)),
            ("_sudo_password", password.map(Value::Secret)),
            ("_su_user", text(&self.su_user)),
            ("_doas", flag(self.doas)),
            ("_doas_user", text(&self.doas_user)),
            ("_shell_executable", text(&self.shell_executable)),
        ];
        Ok(given.into_iter().filter_map(|(key, it)| Some((key.to_owned(), it?))).collect())
    }
}

fn sudo_password() -> Result<Secret, Error> {
    if let Ok(password) = std::env::var("INFRA_SUDO_PASSWORD") {
        return Ok(Secret::new(password));
    }
    rpassword::prompt_password("sudo password: ").map(Secret::new).map_err(|error| {
        Error::usage(format!("cannot ask for the sudo password: {error}"))
            .hint("without a terminal, put it into the environment variable INFRA_SUDO_PASSWORD")
    })
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as key=value".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "write seconds as a number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "write seconds as a number".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("write a number from 0 to 100".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn options(line: &str) -> Options {
        Options::try_parse_from(std::iter::once("infra").chain(line.split_whitespace())).unwrap()
    }

    #[test]
    fn the_declaration_is_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn every_option_has_help() {
        for arg in Options::command().get_arguments() {
            assert!(arg.get_help().is_some(), "{}", arg.get_id());
        }
    }

    #[test]
    fn connection_options_become_data_above_all_other() {
        let options = options(
            "--data n=5 --data s=x --data ssh_user=low --user bob --port 22 --password hunter22",
        );
        let data = Value::Map(options.data()).to_json();
        let expected = serde_json::json!({
            "n": 5, "s": "x", "ssh_user": "bob", "ssh_port": 22, "ssh_password": "***"
        });
        assert_eq!(data, expected);
    }

    #[test]
    fn privilege_options_become_global_arguments_that_exist() {
        let options = options("--sudo --sudo-user a --su-user b --doas --shell-executable bash");
        let globals = options.settings(&Config::default()).unwrap().globals;
        let names: Vec<&str> = globals.keys().map(String::as_str).collect();
        assert_eq!(names, ["_sudo", "_sudo_user", "_su_user", "_doas", "_shell_executable"]);
        assert!(names.iter().all(|name| infra_engine::options::GlobalArgs::knows(name)));
    }

    #[test]
    fn nonsense_is_refused() {
        for line in ["--timeout -1", "--timeout x", "--fail-percent 101", "--data x", "--serial=1"]
        {
            let line = std::iter::once("infra").chain(line.split_whitespace());
            assert!(Options::try_parse_from(line).is_err());
        }
    }
}
