use super::{known_hosts, no_option};
use crate::args::Mode;
use crate::command::Output;
use crate::error::Error;
use crate::facts::files::{Entry, Text};
use crate::facts::server::Home;
use crate::operations::files::Directory;
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Have another server's key in the account's `~/.ssh/known_hosts`.
///
/// Where none is there, the server is asked for its keys, and they are trusted as they come.
/// `force` asks in any case, and replaces those that are there if they are others.
///
/// ```rhai
/// ssh.keyscan("two.example.net");
/// ssh.keyscan("git.example.net", #{ port: 2222, _sudo: true, _sudo_user: "app" });
/// ```
#[derive(Debug, Args)]
#[args("ssh.keyscan")]
pub(crate) struct Keyscan {
    /// The other server.
    pub(super) hostname: String,

    /// Ask for its keys even where one is there.
    #[arg(default = false)]
    pub(super) force: bool,

    /// The port of its SSH server.
    #[arg(default = 22_u16)]
    pub(super) port: u16,
}

/// What is printed where the keys are those that are known.
const SAME: &str = "the keys are known";

impl Operation for Keyscan {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        no_option(&self.hostname)?;
        let home = host.fact(&Home { user: None })?;
        let home = home.as_deref().ok_or_else(|| {
            Error::failed("the account has no home directory")
                .hint("known hosts are kept in `.ssh` of the home directory")
        })?;
        let folder = format!("{home}/.ssh");
        let path = format!("{folder}/known_hosts");
        host.want(&Text::at(&path));
        host.want(&Entry { path: folder.clone() });
        let directory =
            Directory { mode: Some(Mode::Bits(0o700)), ..Directory::at(folder.clone()) };
        let mut todo = directory.plan(host)?;
        let text = host.fact(&Text::at(&path))?;
        let name = known_hosts::name(&self.hostname, self.port);
        let known = known_hosts::has(text.as_deref().unwrap_or_default(), &name);
        if known && !self.force {
            if todo.is_empty() {
                return Ok(Commands::none(format!("a key of {name} is known")));
            }
            return Ok(todo);
        }
        if known && todo.is_empty() {
            todo.changed = Some(is_changed);
        }
        todo.run(self.scan(&name, &path, known));
        todo.attribute(&path, format!("key of {name}"), "", "as the server says");
        todo.also.extend([Scope::path(folder), Scope::path(path)]);
        Ok(todo)
    }

    /// Where the home directory is, only the plan can tell; see [`Commands::also`].
    fn touches(&self) -> Vec<Scope> {
        Vec::new()
    }
}

impl Keyscan {
    fn scan(&self, name: &str, path: &str, known: bool) -> Shell {
        let none = format!("no key came from {name}");
        let ask =
            sh!("keys=$(ssh-keyscan -p {self.port} {self.hostname} 2>/dev/null | grep -v '^#'); \
            [ -n \"$keys\" ] || {{ echo {none} >&2; exit 1; }}");
        let replace = if known {
            sh!("bare() {{ awk '{{ print $2, $3 }}' | sort; }}; \
                old=$(ssh-keygen -F {name} -f {path} | grep -v '^#' | bare); \
                if [ \"$old\" = \"$(printf '%s\\n' \"$keys\" | bare)\" ]; then echo {SAME}; exit 0; fi; \
                ssh-keygen -R {name} -f {path} >/dev/null 2>&1 || exit 1; ")
        } else {
            Shell::new()
        };
        sh!("{ask}; {replace}\
            if [ -n \"$(tail -c 1 {path} 2>/dev/null)\" ]; then echo >>{path}; fi; \
            printf '%s\\n' \"$keys\" >>{path}")
    }
}

fn is_changed(outputs: &[Output]) -> bool {
    !outputs.iter().any(|it| it.stdout.starts_with(SAME.as_bytes()))
}
