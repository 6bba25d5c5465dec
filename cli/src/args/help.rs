//! What `infra` says of itself around the list of options, which clap writes.

/// How it is called.
pub(super) const USAGE: &str = "infra [OPTIONS] INVENTORY COMMAND…
       infra doc|check|init|apply|completions …";

/// What stands before the options: inventories and commands.
pub(super) const COMMANDS: &str = "\
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

/// What stands behind them.
pub(super) const EXIT_CODES: &str = "\
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
