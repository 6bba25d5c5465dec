//! `infra completions`: what a shell needs to complete command lines. The shells ask the program itself
//! (`complete.rs`), so that hosts, groups, tasks and operations of the project are there too.

use clap::Parser;

const EXAMPLES: &str = "\
  infra completions bash > /etc/bash_completion.d/infra
  infra completions zsh > /usr/local/share/zsh/site-functions/_infra
  infra completions fish > ~/.config/fish/completions/infra.fish";

/// Prints completions for a shell.
#[derive(Debug, Parser)]
#[command(name = "infra completions", bin_name = "infra completions", after_help = EXAMPLES)]
pub(crate) struct CompletionOptions {
    /// The shell
    shell: Shell,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Prints the completions; gives the exit code.
pub(crate) fn run(options: &CompletionOptions) -> u8 {
    super::print(match options.shell {
        Shell::Bash => include_str!("completions/infra.bash"),
        Shell::Zsh => include_str!("completions/_infra"),
        Shell::Fish => include_str!("completions/infra.fish"),
    });
    0
}
