use super::own;
use crate::command::Output;
use crate::facts::files::{self, Entry, EntryKind, Found, Info};
use crate::facts::git::{
    GitBranch, GitConfig, GitLocalCommit, GitRemoteBranchCommit, GitSubmodules, GitTag,
};
use crate::operations::files::{Directory, Predict, only_directory};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

/// Clone a repository, and keep it at a branch or tag.
///
/// An existing clone is pulled if the remote's branch has moved. Git refuses to work in a directory
/// that belongs to somebody else: rather than giving the clone to `user` afterwards, run the
/// operation as that user.
///
/// ```rhai
/// git.repo("https://github.com/example/app.git", "/srv/app", #{ branch: "main", _sudo_user: "app" });
/// git.repo("git@example.com:app.git", "/srv/app", #{ branch: "v2.0", ssh_keyscan: true, depth: 1 });
/// ```
#[derive(Debug, Args)]
#[args("git.repo")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct Repo {
    /// Address of the repository.
    src: String,

    /// Directory of the clone.
    dest: String,

    /// The branch or tag. Default: the one that the remote is at.
    branch: Option<String>,

    /// Pull what is new.
    #[arg(default = true)]
    pull: bool,

    /// Pull with `--rebase`.
    #[arg(default = false)]
    rebase: bool,

    /// Owner of the clone and all that is in it.
    user: Option<String>,

    /// Group of the clone and all that is in it.
    group: Option<String>,

    /// Take the remote host's SSH key for known, if it is not known yet.
    #[arg(default = false)]
    ssh_keyscan: bool,

    /// Update submodules too.
    #[arg(default = false)]
    update_submodules: bool,

    /// With `update_submodules`: also the submodules of submodules.
    #[arg(default = false)]
    recursive_submodules: bool,

    /// Clone only so many commits.
    depth: Option<u32>,

    /// Fetch all tags before changing to `branch`.
    #[arg(default = false)]
    fetch_tags: bool,
}

impl Operation for Repo {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.want(host);
        let keyscan = self.keyscan()?;
        let git_dir = format!("{}/.git", self.dest);
        let mut lines = Vec::new();
        let is_clone = matches!(&*host.fact(&files::Directory::at(&git_dir))?, Found::Here(_));
        if is_clone {
            self.update(host, &mut lines)?;
        } else {
            only_directory(host, &self.dest)?;
            lines.push(self.clone_line());
        }
        let only_submodules = lines.is_empty() && self.update_submodules;
        if self.update_submodules && !(only_submodules && self.has_all_submodules(host)?) {
            let mut flags = Shell::new();
            flags.flag("--recursive", self.recursive_submodules);
            lines.push(sh!("submodule update --init {flags}"));
        }

        let mut todo = Commands::default();
        if !is_clone {
            todo.extend(Directory::at(&self.dest).plan(host)?);
        }
        if let Some(line) = keyscan.filter(|_| !lines.is_empty()) {
            todo.run(line);
        }
        for line in &lines {
            todo.run(sh!("cd {self.dest} && git {line}"));
            todo.attribute(&self.dest, "git", "", line.to_string());
        }
        if !lines.is_empty() || self.is_owned_by_other(host)? {
            own(&mut todo, &self.dest, self.user.as_ref(), self.group.as_ref());
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("{} is up to date", self.dest)));
        }
        if only_submodules && !lines.is_empty() {
            // Git tells which submodules it checked out, and is silent where there is nothing to do.
            todo.changed =
                Some(|outputs: &[Output]| outputs.iter().any(|it| !it.stdout.is_empty()));
        }
        let info = Info { user: self.user.clone(), group: self.group.clone(), ..Info::default() };
        todo.will_be(&self.dest, EntryKind::Directory, info.clone());
        todo.will_be(&git_dir, EntryKind::Directory, info);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.dest), Scope::tree("/root/.ssh"), Scope::tree("/home")]
    }
}

impl Repo {
    fn branch_fact(&self) -> GitBranch {
        GitBranch { repo: self.dest.clone() }
    }

    fn config_fact(&self) -> GitConfig {
        GitConfig { repo: Some(self.dest.clone()), system: false }
    }

    fn local(&self, reference: &str) -> GitLocalCommit {
        GitLocalCommit { repo: self.dest.clone(), reference: reference.to_owned() }
    }

    fn remote(&self, branch: &str) -> GitRemoteBranchCommit {
        GitRemoteBranchCommit {
            repo: self.dest.clone(),
            remote: "origin".to_owned(),
            branch: Some(branch.to_owned()),
        }
    }

    fn submodules_fact(&self) -> GitSubmodules {
        GitSubmodules { repo: self.dest.clone(), recursive: self.recursive_submodules }
    }

    /// Whether every submodule is checked out as the repository says.
    fn has_all_submodules(&self, host: &Host<'_>) -> Result<bool> {
        Ok(host.fact(&self.submodules_fact())?.values().all(|state| state == "ready"))
    }

    /// Asks for everything that may be needed, so that it comes in one exchange.
    fn want(&self, host: &Host<'_>) {
        host.want(&Entry { path: self.dest.clone() });
        host.want(&Entry { path: format!("{}/.git", self.dest) });
        host.want(&self.config_fact());
        host.want(&self.branch_fact());
        if self.update_submodules {
            host.want(&self.submodules_fact());
        }
        if let Some(branch) = &self.branch {
            host.want(&GitTag { repo: self.dest.clone() });
            host.want(&self.local(branch));
            if self.pull {
                host.want(&self.remote(branch));
            }
        }
    }

    fn clone_line(&self) -> Shell {
        let mut flags = Shell::new();
        flags.opt("--depth", self.depth).opt("--branch", self.branch.as_ref());
        sh!("clone {flags} -- {self.src} .")
    }

    /// What brings an existing clone to the wanted state.
    fn update(&self, host: &Host<'_>, lines: &mut Vec<Shell>) -> Result<()> {
        let config = host.fact(&self.config_fact())?;
        let remote = config.get("remote.origin.url");
        let moved = remote.is_some_and(|urls| *urls != [self.src.clone()]);
        if moved {
            lines.push(sh!("remote set-url origin {self.src}"));
        }
        let current = host.fact(&self.branch_fact())?;
        let mut is_tag = false;
        if let Some(branch) = &self.branch {
            is_tag = host.fact(&GitTag { repo: self.dest.clone() })?.contains(branch);
            if (*current).as_ref() != Some(branch) && !(is_tag && self.is_at(host, branch)?) {
                let mut flags = Shell::new();
                flags.flag("--tags", self.fetch_tags);
                lines.push(sh!("fetch {flags}"));
                lines.push(sh!("checkout {branch}"));
            }
        }
        let branch = self.branch.as_ref().or(current.as_ref().as_ref());
        if self.pull && !is_tag && (moved || !self.is_newest(host, branch)?) {
            let mut flags = Shell::new();
            flags.flag("--rebase", self.rebase);
            lines.push(sh!("pull {flags}"));
        }
        Ok(())
    }

    /// Whether the clone is at the commit of a tag.
    fn is_at(&self, host: &Host<'_>, tag: &str) -> Result<bool> {
        let (here, there) = (host.fact(&self.local("HEAD"))?, host.fact(&self.local(tag))?);
        Ok(here.is_some() && here == there)
    }

    /// Whether a branch is at the same commit here and at the remote.
    fn is_newest(&self, host: &Host<'_>, branch: Option<&String>) -> Result<bool> {
        let Some(branch) = branch else { return Ok(false) };
        host.want(&self.remote(branch));
        let (here, there) = (host.fact(&self.local(branch))?, host.fact(&self.remote(branch))?);
        Ok(here.is_some() && here == there)
    }

    /// Whether an existing clone belongs to somebody else than it should.
    fn is_owned_by_other(&self, host: &Host<'_>) -> Result<bool> {
        if self.user.is_none() && self.group.is_none() {
            return Ok(false);
        }
        let now = host.fact(&files::Directory::at(&self.dest))?;
        let differs = |wanted: &Option<String>, now: &Option<String>| {
            wanted.is_some() && now.is_some() && wanted != now
        };
        Ok(now
            .here()
            .is_some_and(|it| differs(&self.user, &it.user) || differs(&self.group, &it.group)))
    }

    /// Notes the key of the remote host, where none is known.
    fn keyscan(&self) -> Result<Option<Shell>> {
        if !self.ssh_keyscan {
            return Ok(None);
        }
        let Some((server, port)) = ssh_server(&self.src) else {
            return Err(Error::usage(format!("`{}` names no SSH server", self.src))
                .hint("`ssh_keyscan` is for `user@host:path` and `ssh://` addresses")
                .argument("src"));
        };
        let (known, port) = match port {
            Some(port) => (format!("[{server}]:{port}"), Some(port)),
            None => (server.to_owned(), None),
        };
        let mut flags = Shell::new();
        flags.opt("-p", port);
        Ok(Some(sh!("ssh-keygen -F {known} >/dev/null 2>&1 || \
            {{ mkdir -p -m 700 ~/.ssh && ssh-keyscan {flags} {server} >> ~/.ssh/known_hosts; }}")))
    }
}

/// Host and port of `user@host:path` or `ssh://user@host:port/path`.
fn ssh_server(address: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = address.strip_prefix("ssh://") {
        let place = rest.split('/').next()?;
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        return Some(
            place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        );
    }
    if address.contains("://") {
        return None;
    }
    let (_, rest) = address.split_once('@')?;
    Some((rest.split(':').next()?, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_server_in_an_address() {
        for (address, expected) in [
            ("git@example.com:app.git", Some(("example.com", None))),
            ("ssh://git@example.com:2222/app.git", Some(("example.com", Some("2222")))),
            ("ssh://example.com/app.git", Some(("example.com", None))),
            ("https://git@example.com/app.git", None),
            ("/srv/git/app.git", None),
        ] {
            assert_eq!(ssh_server(address), expected, "{address}");
        }
    }
}
