use crate::command::{Command, Output};
use crate::error::Error;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Send a directory to the host with the controller's `rsync`.
///
/// `files.sync` needs no rsync, knows beforehand what will change, and reaches all hosts. This is for
/// trees so large that the parts of files that differ are worth finding, and for rsync's own filters: it needs `rsync`
/// on both sides and `ssh` here, which is told what the host's data say of SSH. Hosts that ask for a password
/// are out of its reach; of the ways to another account, sudo and doas without a password.
///
/// The plan cannot tell what rsync will find, and shows it as a change; afterwards it counts as one if
/// rsync changed anything. As for rsync, `src` with a slash at its end means what is in the directory.
///
/// ```rhai
/// files.rsync("site/", "/srv/www");
/// files.rsync("site/", "/srv/www", #{ flags: ["-a", "--delete", "--exclude=*.map"], _sudo: true });
/// ```
#[derive(Debug, Args)]
#[args("files.rsync")]
pub(crate) struct Rsync {
    /// The directory of the project.
    src: String,

    /// Where it goes on the host.
    dest: String,

    /// Flags of rsync. Default: `-ax` and `--delete`.
    flags: Option<Vec<String>>,
}

impl Operation for Rsync {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let path = host.project().locate(&self.src).ok_or_else(|| {
            Error::usage(format!("there is no local file `{}`", self.src)).argument("src")
        })?;
        let path = path.to_string_lossy();
        let end = if self.src.ends_with('/') { "/" } else { "" };
        let from = format!("{}{end}", path.trim_end_matches('/'));
        let default = || ["-ax", "--delete"].map(str::to_owned).to_vec();
        let flags = self.flags.clone().unwrap_or_else(default);
        let mut todo = Commands::default();
        todo.attribute(&self.dest, "files", "", format!("those of {}", self.src));
        todo.list.push(Command::Rsync { flags, from, to: self.dest.clone() });
        todo.changed = Some(has_changed);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(self.dest.trim_end_matches('/'))]
    }
}

/// rsync lists each change: `>f+++++++++ name`, `.d..t...... ./`, `*deleting name`. rsync(1), `--itemize-changes`.
fn has_changed(outputs: &[Output]) -> bool {
    let is_change = |line: &str| {
        let mut letters = line.chars();
        let (action, kind) = (letters.next(), letters.next());
        let is_item = action.is_some_and(|it| "<>ch.".contains(it))
            && kind.is_some_and(|it| "fdLDS".contains(it))
            && line.find(' ').is_some_and(|at| at >= 11);
        is_item || line.starts_with("*deleting ")
    };
    outputs.iter().any(|it| String::from_utf8_lossy(&it.stdout).lines().any(is_change))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rsync_says_besides_is_no_change() {
        for (text, expected) in [
            ("", false),
            ("sending incremental file list\n\nsent 63 bytes  received 12 bytes\n", false),
            ("<f+++++++++ index.html\n", true),
            (".d..t...... ./\n", true),
            ("*deleting   old\n", true),
            ("cL+++++++++ a -> b\n", true),
        ] {
            let output = Output { stdout: text.into(), ..Output::default() };
            assert_eq!(has_changed(&[output]), expected, "{text}");
        }
    }
}
