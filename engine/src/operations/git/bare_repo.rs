use super::own;
use crate::facts::files::{Entry, EntryKind, File, Info};
use crate::operations::files::{Directory, Predict};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Make a bare repository: one without a worktree, for others to push to.
///
/// ```rhai
/// git.bare_repo("/srv/git/app.git", #{ user: "git", group: "git" });
/// ```
#[derive(Debug, Args)]
#[args("git.bare_repo")]
pub(crate) struct BareRepo {
    /// The directory.
    path: String,

    /// Owner of the directory and all that is in it.
    user: Option<String>,

    /// Group of the directory and all that is in it.
    group: Option<String>,

    /// Whether the repository should exist.
    #[arg(default = true)]
    present: bool,
}

impl Operation for BareRepo {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let head = format!("{}/HEAD", self.path);
        if !self.present {
            return Directory { present: false, ..Directory::at(&self.path) }.plan(host);
        }
        host.want(&Entry { path: head.clone() });
        let mut todo = Directory::at(&self.path).plan(host)?;
        todo.note = None;
        let differs = |wanted: &Option<String>, now: &Option<String>| {
            wanted.is_some() && now.is_some() && wanted != now
        };
        match host.fact(&File::at(&head))?.here() {
            None => {
                todo.run(sh!("git init --bare -- {self.path}"));
                todo.attribute(&self.path, "repository", "", "bare");
                own(&mut todo, &self.path, self.user.as_ref(), self.group.as_ref());
            }
            Some(now) if differs(&self.user, &now.user) || differs(&self.group, &now.group) => {
                own(&mut todo, &self.path, self.user.as_ref(), self.group.as_ref());
                let shown = |it: &Option<String>| it.clone().unwrap_or_default();
                let before = format!("{}:{}", shown(&now.user), shown(&now.group));
                let after = format!("{}:{}", shown(&self.user), shown(&self.group));
                todo.attribute(&self.path, "owner", before, after);
            }
            Some(_) => {}
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("{} is a bare repository", self.path)));
        }
        let owned = Info { user: self.user.clone(), group: self.group.clone(), ..Info::default() };
        todo.will_be(&head, EntryKind::File, owned);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.path)]
    }
}
