use super::own;
use crate::facts::files::{Directory, Entry, EntryKind, Found, Info};
use crate::facts::git::{GitLocalCommit, GitRemoteBranchCommit, GitTrackingBranch};
use crate::operations::files::Predict;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

/// Add, pull or remove a worktree of a repository.
///
/// A worktree that exists is pulled if it follows a remote branch that has moved.
///
/// ```rhai
/// git.worktree("/srv/app/hotfix", #{ repo: "/srv/app/main", commitish: "v1.0" });
/// git.worktree("/srv/app/next", #{ repo: "/srv/app/main", new_branch: "next", commitish: "v1.0" });
/// git.worktree("/srv/app/hotfix", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("git.worktree")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct EnsureWorktree {
    /// Directory of the worktree.
    worktree: String,

    /// Directory of the repository; needed to add a worktree.
    repo: Option<String>,

    /// Leave the worktree at a commit, not at a branch.
    #[arg(default = false)]
    detached: bool,

    /// Make a branch of this name for it.
    new_branch: Option<String>,

    /// The commit, tag or branch that the worktree starts at.
    commitish: Option<String>,

    /// Pull what is new.
    #[arg(default = true)]
    pull: bool,

    /// Pull with `--rebase`.
    #[arg(default = false)]
    rebase: bool,

    /// The remote and the branch to pull: `["origin", "main"]`. Default: what the worktree follows.
    from_remote_branch: Option<Vec<String>>,

    /// Whether the worktree should exist.
    #[arg(default = true)]
    present: bool,

    /// Do not check whether the repository exists.
    #[arg(default = false)]
    assume_repo_exists: bool,

    /// Add or remove it with `--force`.
    #[arg(default = false)]
    force: bool,

    /// Owner of the worktree.
    user: Option<String>,

    /// Group of the worktree.
    group: Option<String>,
}

impl Operation for EnsureWorktree {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.want(host);
        let now = host.fact(&Directory::at(&self.worktree))?;
        match (self.present, matches!(&*now, Found::Here(_))) {
            (true, false) => self.add(host),
            (true, true) => self.update(host),
            (false, true) => Ok(self.remove()),
            (false, false) => Ok(Commands::none(format!("{} does not exist", self.worktree))),
        }
    }

    fn touches(&self) -> Vec<Scope> {
        let trees = [Some(&self.worktree), self.repo.as_ref()];
        trees.into_iter().flatten().map(Scope::tree).collect()
    }
}

impl EnsureWorktree {
    fn want(&self, host: &Host<'_>) {
        host.want(&Entry { path: self.worktree.clone() });
        if !self.present {
            return;
        }
        if let Some(repo) = self.repo.as_ref().filter(|_| !self.assume_repo_exists) {
            host.want(&Entry { path: format!("{repo}/.git") });
        }
        if self.pull {
            host.want(&self.tracking());
            host.want(&self.local());
        }
    }

    fn tracking(&self) -> GitTrackingBranch {
        GitTrackingBranch { repo: self.worktree.clone() }
    }

    fn local(&self) -> GitLocalCommit {
        GitLocalCommit { repo: self.worktree.clone(), reference: "HEAD".to_owned() }
    }

    fn add(&self, host: &Host<'_>) -> Result<Commands> {
        let Some(repo) = &self.repo else {
            return Err(Error::usage("a new worktree needs its `repo`")
                .hint("give the directory of the repository")
                .argument("repo"));
        };
        if !self.assume_repo_exists {
            // A worktree's own `.git` is a file.
            let git = host.fact(&Directory::at(format!("{repo}/.git")))?;
            if *git == Found::Absent {
                return Err(Error::failed(format!("{repo} is no repository of git"))
                    .hint("clone it first, or set `assume_repo_exists`"));
            }
        }
        let mut flags = Shell::new();
        flags.opt("-b", self.new_branch.as_ref());
        flags.flag("--detach", self.detached && self.new_branch.is_none());
        flags.flag("--force", self.force);
        let mut todo = Commands::from(sh!(
            "cd {repo} && git worktree add {flags} {self.worktree} {self.commitish}"
        ));
        todo.attribute(&self.worktree, "worktree of", "", repo);
        self.own_all(&mut todo, repo);
        let info = Info { user: self.user.clone(), group: self.group.clone(), ..Info::default() };
        todo.will_be(&self.worktree, EntryKind::Directory, info);
        Ok(todo)
    }

    /// What `git worktree add` writes into the repository belongs to the same user, or later commands
    /// of that user fail.
    fn own_all(&self, todo: &mut Commands, repo: &str) {
        if self.user.is_none() && self.group.is_none() {
            return;
        }
        let name = self.worktree.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let own_name = (!self.detached && self.commitish.is_none()).then(|| name.to_owned());
        let mut paths = vec![self.worktree.clone(), format!("{repo}/.git/worktrees/{name}")];
        if let Some(branch) = self.new_branch.clone().or(own_name) {
            paths.push(format!("{repo}/.git/refs/heads/{branch}"));
            paths.push(format!("{repo}/.git/logs/refs/heads/{branch}"));
        }
        for path in paths {
            own(todo, &path, self.user.as_ref(), self.group.as_ref());
        }
    }

    fn remove(&self) -> Commands {
        let mut flags = Shell::new();
        flags.flag("--force", self.force);
        let mut todo = Commands::from(sh!("cd {self.worktree} && git worktree remove {flags} ."));
        todo.attribute(&self.worktree, "present", "yes", "no");
        todo.will_be_absent(&self.worktree);
        todo
    }

    fn update(&self, host: &Host<'_>) -> Result<Commands> {
        if !self.pull {
            return Ok(Commands::none(format!(
                "{} exists, and is not to be pulled",
                self.worktree
            )));
        }
        let source = match self.from_remote_branch.as_deref() {
            Some([remote, branch]) => Some((remote.clone(), branch.clone())),
            Some(_) => {
                return Err(Error::usage("`from_remote_branch` is a remote and a branch")
                    .hint("write it as `[\"origin\", \"main\"]`")
                    .argument("from_remote_branch"));
            }
            None => host.fact(&self.tracking())?.as_ref().as_ref().map(|tracked| {
                let (remote, branch) = tracked.split_once('/').unwrap_or((".", tracked));
                (remote.to_owned(), branch.to_owned())
            }),
        };
        let Some((remote, branch)) = source else {
            return Ok(Commands::none(format!("{} follows no remote branch", self.worktree)));
        };
        let newest = GitRemoteBranchCommit {
            repo: self.worktree.clone(),
            remote: remote.clone(),
            branch: Some(branch.clone()),
        };
        host.want(&newest);
        let here = host.fact(&self.local())?;
        let there = host.fact(&newest)?;
        if here.is_some() && here == there {
            return Ok(Commands::none(format!("{} is up to date", self.worktree)));
        }
        let mut flags = Shell::new();
        flags.flag("--rebase", self.rebase);
        let from: &[String] = self.from_remote_branch.as_deref().unwrap_or_default();
        let mut todo = Commands::from(sh!("cd {self.worktree} && git pull {flags} {from}"));
        let shown = |commit: &Option<String>| commit.clone().unwrap_or_default();
        todo.attribute(&self.worktree, "commit", shown(&here), shown(&there));
        if let Some(commit) = there.as_ref() {
            todo.then(&self.local(), Some(commit.clone()));
        }
        Ok(todo)
    }
}
