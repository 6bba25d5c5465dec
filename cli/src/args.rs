//! The options of the command line, as clap reads them.

pub(crate) mod habits;
mod help;
mod settings;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser};

pub(crate) use help::SHORT_HELP;
use help::{COMMANDS, EXIT_CODES, USAGE};

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
    fn nonsense_is_refused() {
        for line in ["--timeout -1", "--timeout x", "--fail-percent 101", "--data x", "--serial=1"]
        {
            let line = std::iter::once("infra").chain(line.split_whitespace());
            assert!(Options::try_parse_from(line).is_err());
        }
    }
}
