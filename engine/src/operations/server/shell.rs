use crate::args::OneOrMany;
use crate::error::Error;
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell};

/// Run shell commands.
///
/// They run every time, one after the other, until one fails; guard them with `_creates`,
/// `_unless` or `_only_if` where they should not.
///
/// ```rhai
/// server.shell("echo hello");
/// server.shell(["make", "make install"], #{ _chdir: "/opt/app", _creates: "/usr/local/bin/app" });
/// server.shell("make -C /opt/app", #{ touches: "/opt/app" });
/// server.shell("curl --fail http://127.0.0.1:8080/health", #{ changes: false, touches: [] });
/// ```
#[derive(Debug, Args)]
#[args("server.shell")]
pub(crate) struct ShellCommands {
    /// The command, or several.
    commands: OneOrMany<String>,

    /// What the commands may change, if it is not just anything: paths with all below them, `accounts`,
    /// `packages`, `services`, `crontab`, `system`. What is known of everything else stays known, which
    /// makes plans behind the commands better and runs faster.
    touches: Option<OneOrMany<String>>,

    /// Whether the commands change the host; `false` for those that only look.
    #[arg(default = true)]
    changes: bool,
}

impl Operation for ShellCommands {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut todo = Commands::default();
        for command in self.commands.iter() {
            todo.run(Shell::verbatim(command));
        }
        if let Some(wrong) =
            self.touches.iter().flat_map(|it| it.iter()).find(|it| scope(it).is_none())
        {
            return Err(Error::usage(format!(
                "nothing is known as `{wrong}` that commands could touch"
            ))
            .hint("give absolute paths, or accounts, packages, services, crontab, system")
            .argument("touches"));
        }
        if !self.changes {
            todo.changed = Some(|_| false);
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        match &self.touches {
            Some(parts) => parts.iter().filter_map(|it| scope(it)).collect(),
            None => vec![Scope::Anything],
        }
    }
}

/// The part of a host with that name.
fn scope(name: &str) -> Option<Scope> {
    match name {
        "accounts" => Some(Scope::ACCOUNTS),
        "packages" => Some(Scope::PACKAGES),
        "services" => Some(Scope::SERVICES),
        "crontab" => Some(Scope::CRONTAB),
        "system" => Some(Scope::SYSTEM),
        path if path.starts_with('/') => Some(Scope::tree(path)),
        _ => None,
    }
}
