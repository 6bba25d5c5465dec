//! `infra completions`: what a shell needs to complete options and commands.

use clap::{Arg, CommandFactory, Parser, ValueHint};
use clap_complete::Shell;

use super::check::CheckOptions;
use super::doc::DocOptions;
use super::init::InitOptions;
use crate::args::Options;
use crate::words::add;

const EXAMPLES: &str = "\
  infra completions bash > /etc/bash_completion.d/infra
  infra completions zsh > /usr/local/share/zsh/site-functions/_infra
  infra completions fish > ~/.config/fish/completions/infra.fish";

/// Prints completions for a shell.
#[derive(Debug, Parser)]
#[command(name = "infra completions", bin_name = "infra completions", after_help = EXAMPLES)]
pub(crate) struct CompletionOptions {
    /// The shell
    #[arg(value_parser = clap::builder::EnumValueParser::<Shell>::new())]
    shell: Shell,
}

/// Prints the completions; gives the exit code.
pub(crate) fn run(options: &CompletionOptions) -> u8 {
    super::print(&script(options.shell));
    0
}

/// Words that may follow an inventory: forms of commands, and operations.
fn words() -> Vec<&'static str> {
    let forms = ["exec", "fact", "debug-inventory", "shell"];
    forms.into_iter().chain(infra_engine::operations::all().map(|def| def.name)).collect()
}

fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut command(), "infra", &mut bytes);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if shell == Shell::Fish {
        // Clap writes no words that are no options for fish.
        let words = words().join(" ");
        add(
            &mut text,
            format_args!(
                "complete -c infra -n \"test (count (commandline -opc)) -gt 1\" -a \"{words}\"\n"
            ),
        );
    }
    text
}

/// The whole command line as clap's completions understand it.
fn command() -> clap::Command {
    let inventory = Arg::new("inventory").value_hint(ValueHint::FilePath);
    let word = Arg::new("command").num_args(0..).value_parser(words());
    Options::command()
        .subcommand_negates_reqs(true)
        .arg(inventory.help("Inventory file, hosts, or connector"))
        .arg(word.help("Deploy script, operation or command"))
        .subcommand(DocOptions::command().name("doc"))
        .subcommand(CheckOptions::command().name("check"))
        .subcommand(InitOptions::command().name("init"))
        .subcommand(CompletionOptions::command().name("completions"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_completes_options_commands_and_operations() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let text = script(shell);
            for word in ["sudo-user", "check", "files.file"] {
                assert!(text.contains(word), "{shell}: {word}");
            }
        }
    }
}
