use crate::command::{Diff, Put};
use crate::facts::apt::{AptSources, Sources, parse_apt_repo};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Add or remove a line of apt's sources.
///
/// The source is there if any file declares it, whatever the gaps and comments. It is added to
/// `filename`, and removed from every `.list` file. The index is not renewed: see `apt.update`.
///
/// ```rhai
/// apt.repo("deb https://download.virtualbox.org/virtualbox/debian bookworm contrib", #{
///     filename: "virtualbox",
/// });
/// ```
#[derive(Debug, Args)]
#[args("apt.repo")]
pub(crate) struct Repo {
    /// The source: `deb [signed-by=/etc/apt/keyrings/x.gpg] https://example.com/debian bookworm main`.
    src: String,

    /// Whether the source should be there.
    #[arg(default = true)]
    present: bool,

    /// Name of the file in `/etc/apt/sources.list.d`, without `.list`. Default:
    /// `/etc/apt/sources.list`.
    filename: Option<String>,
}

impl Operation for Repo {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let Some(repo) = parse_apt_repo(&self.src) else {
            return Err(Error::usage(format!("`{}` is no source of apt", self.src))
                .hint("write it as `deb [options] URL SUITE COMPONENTS`")
                .argument("src"));
        };
        let sources = host.fact(&AptSources {})?;
        match (self.present, sources.repos.contains(&repo)) {
            (true, true) => Ok(Commands::none(format!("apt source \"{}\" exists", self.src))),
            (false, false) => {
                Ok(Commands::none(format!("there is no apt source \"{}\"", self.src)))
            }
            (true, false) => self.add(&sources),
            (false, true) => self.remove(&sources),
        }
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree("/etc/apt")]
    }
}

impl Repo {
    fn path(&self) -> String {
        match &self.filename {
            Some(name) => format!("/etc/apt/sources.list.d/{name}.list"),
            None => "/etc/apt/sources.list".to_owned(),
        }
    }

    fn add(&self, sources: &Sources) -> Result<Commands> {
        let path = self.path();
        let before = match sources.files.get(&path) {
            Some(None) => return Err(unreadable(&path)),
            Some(Some(text)) => Some(text.as_str()),
            None => None,
        };
        let mut after = before.unwrap_or_default().to_owned();
        if !after.is_empty() && !after.ends_with('\n') {
            after.push('\n');
        }
        after.push_str(self.src.trim());
        after.push('\n');
        let mut todo = Commands::default();
        write(&mut todo, &path, before, after.clone());
        todo.then(&AptSources {}, sources.with(&path, Some(after)));
        Ok(todo)
    }

    /// Takes the line out of the files that hold it. Where the files' text is not known, out of the
    /// file that it would have been added to.
    fn remove(&self, sources: &Sources) -> Result<Commands> {
        let repo = parse_apt_repo(&self.src);
        let mut todo = Commands::default();
        let mut left = sources.clone();
        for (path, text) in sources.files.iter().filter(|(path, _)| !path.ends_with(".sources")) {
            let Some(before) = text else { continue };
            let lines = before.split_inclusive('\n');
            let after: String = lines.filter(|line| parse_apt_repo(line) != repo).collect();
            if after != *before {
                write(&mut todo, path, Some(before), after.clone());
                left = left.with(path, Some(after));
            }
        }
        if todo.is_empty() && sources.files.is_empty() {
            write(&mut todo, &self.path(), None, String::new());
            left.repos.retain(|it| Some(it) != repo.as_ref());
        }
        if todo.is_empty() {
            return Err(Error::failed(format!(
                "apt source \"{}\" stands in no .list file",
                self.src
            ))
            .hint("a .sources file declares it: remove that with apt.sources_file"));
        }
        todo.then(&AptSources {}, left);
        Ok(todo)
    }
}

/// Writes a file of apt's sources.
pub(super) fn write(todo: &mut Commands, path: &str, before: Option<&str>, after: String) {
    todo.diff.push(Diff::Text {
        path: path.to_owned(),
        before: before.map(str::to_owned),
        after: Some(after.clone()),
    });
    // A new file is for everyone to read, whatever the account's umask; one that is there keeps its mode.
    let mode = before.is_none().then_some(0o644);
    todo.put(Put { path: path.to_owned(), content: after.into(), mode, ..Put::default() });
}

/// The error of a file that must be edited and cannot be read.
pub(super) fn unreadable(path: &str) -> Error {
    Error::failed(format!("{path} cannot be read")).hint("run it as root, with `_sudo: true`")
}
