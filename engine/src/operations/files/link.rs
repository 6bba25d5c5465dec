use super::force::Force;
use super::ownership::{Wanted, operand};
use super::{Predict, parent};
use crate::error::Error;
use crate::facts::files::{self, Entry, EntryKind, Found, Info};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Make sure that a link is there and points to its target, or that it is not.
///
/// A link that points elsewhere is replaced in one step: there is no moment without it. The target
/// is kept as it is written, so a relative one is relative to the link. It need not exist. A hard
/// link (`symbolic: false`) is a second name of the target's file, which must exist.
///
/// ```rhai
/// files.link("/etc/nginx/sites-enabled/app", "/etc/nginx/sites-available/app");
/// files.link("/srv/app/current", "releases/42", #{ user: "app", group: "app" });
/// files.link("/etc/nginx/sites-enabled/default", #{ present: false });
/// ```
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of the operation")]
#[derive(Debug, Args)]
#[args("files.link")]
pub(crate) struct Link {
    /// Path of the link.
    pub(crate) path: String,

    /// What the link points to; needed unless `present` is false.
    pub(crate) target: Option<String>,

    /// Whether the link should exist.
    #[arg(default = true)]
    pub(crate) present: bool,

    /// Owner of the link itself, by name or number.
    pub(crate) user: Option<String>,

    /// Group of the link itself, by name or number.
    pub(crate) group: Option<String>,

    /// A symbolic link; `false` makes a hard link.
    #[arg(default = true)]
    pub(crate) symbolic: bool,

    /// Create the directory that the link is in, for the same user and group.
    #[arg(default = true)]
    pub(crate) create_remote_dir: bool,

    /// Move away what is at the path and is no link.
    #[arg(default = false)]
    pub(crate) force: bool,

    /// With `force`: keep it as `PATH.YYMMDDhhmmss`; `false` removes it.
    #[arg(default = true)]
    pub(crate) force_backup: bool,

    /// With `force`: the directory for the backup. Default: where it is.
    pub(crate) force_backup_dir: Option<String>,
}

impl Operation for Link {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let target = self.target.as_deref().filter(|it| !it.is_empty());
        if self.present && target.is_none() {
            return Err(Error::usage("a link needs a `target`")
                .hint("give what it points to, or `present: false`"));
        }
        self.want_all(host, target);
        let path = self.path();
        let now = host.fact(&files::Link::at(path))?;
        let mut todo = Commands::default();
        match (target.filter(|_| self.present), &*now) {
            (None, Found::Absent) => {
                return Ok(Commands::none(format!("link {path} does not exist")));
            }
            (None, Found::Here(_)) => {
                todo.run(sh!("rm -f {operand(path)}"));
                todo.attribute(path, "present", "yes", "no");
                todo.will_be_absent(path);
            }
            (None, Found::Other) => {
                self.forced().clear(&mut todo, host, path, "link")?;
                todo.will_be_absent(path);
            }
            (Some(target), Found::Here(info)) if self.symbolic => {
                self.update(&mut todo, target, info)?;
            }
            (Some(target), Found::Other) if self.is_hard_link(host, target)? => {
                self.own_file(&mut todo, host)?;
            }
            (Some(target), found) => {
                if *found == Found::Other {
                    self.forced().clear(&mut todo, host, path, "link")?;
                }
                // A symbolic link gives way to a hard one only once that can be made.
                let replace = found.here().is_some();
                self.create(&mut todo, host, target, replace)?;
            }
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("link {path} is as it should be")));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        // Paths that lead through the link are other files now.
        [Scope::tree(self.path())].into_iter().chain(self.forced().touches()).collect()
    }
}

impl Link {
    /// The path of the link itself: with a slash at the end it would be that of its target.
    fn path(&self) -> &str {
        let path = self.path.trim_end_matches('/');
        if path.is_empty() { &self.path } else { path }
    }

    fn want_all(&self, host: &Host<'_>, target: Option<&str>) {
        host.want(&Entry { path: self.path().to_owned() });
        if self.present && self.create_remote_dir {
            parent::want(host, self.path());
        }
        if let Some(target) = target.filter(|_| self.present && !self.symbolic) {
            host.want(&Entry { path: target.to_owned() });
        }
    }

    fn create(
        &self,
        todo: &mut Commands,
        host: &Host<'_>,
        target: &str,
        replace: bool,
    ) -> Result<()> {
        let path = self.path();
        if self.create_remote_dir {
            parent::create(todo, host, path, self.user.as_ref(), self.group.as_ref())?;
        }
        let mut line = sh!("ln ");
        line.flag("-s", self.symbolic)
            .flag("-f", replace)
            .code(" -- ")
            .arg(target)
            .code(" ")
            .arg(path);
        todo.run(line);
        todo.attribute(path, "target", "", target);
        if self.symbolic {
            let info = self.wanted().give(todo, path, EntryKind::Link);
            todo.will_be(path, EntryKind::Link, linked(target, info));
            return Ok(());
        }
        let entry = host.fact(&Entry { path: target.to_owned() })?;
        let info = entry.as_ref().as_ref().map(|it| it.info.clone()).unwrap_or_default();
        let after = match self.wanted() {
            Wanted { user: None, group: None, .. } => info,
            wanted => wanted.give(todo, path, EntryKind::File),
        };
        todo.will_be(path, EntryKind::File, after);
        Ok(())
    }

    fn update(&self, todo: &mut Commands, target: &str, now: &Info) -> Result<()> {
        let path = self.path();
        let found = now.link_target.as_deref();
        if found == Some(target) {
            let after = self.wanted().settle(todo, path, EntryKind::Link, now)?;
            todo.will_be(path, EntryKind::Link, after);
            return Ok(());
        }
        todo.run(relink(path, target));
        todo.attribute(path, "target", found.unwrap_or_default(), target);
        // The new link belongs to whoever made it.
        let info = self.wanted().give(todo, path, EntryKind::Link);
        todo.will_be(path, EntryKind::Link, linked(target, info));
        Ok(())
    }

    /// Whether path and target are two names of one file already.
    fn is_hard_link(&self, host: &Host<'_>, target: &str) -> Result<bool> {
        if self.symbolic {
            return Ok(false);
        }
        let inode = |path: &str| -> Result<Option<String>> {
            let entry = host.fact(&Entry { path: path.to_owned() })?;
            Ok(entry.as_ref().as_ref().and_then(|it| it.info.ids.clone()).map(|ids| ids.inode))
        };
        let (here, there) = (inode(self.path())?, inode(target)?);
        Ok(here.is_some() && here == there)
    }

    /// Owner and group of a hard link are those of its file.
    fn own_file(&self, todo: &mut Commands, host: &Host<'_>) -> Result<()> {
        let path = self.path();
        let entry = host.fact(&Entry { path: path.to_owned() })?;
        if let Some(entry) = entry.as_ref() {
            let after = self.wanted().settle(todo, path, entry.kind, &entry.info)?;
            todo.will_be(path, entry.kind, after);
        }
        Ok(())
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted::of(self.user.as_ref(), self.group.as_ref(), None)
    }

    fn forced(&self) -> Force<'_> {
        Force {
            allowed: self.force,
            backup: self.force_backup,
            backup_dir: self.force_backup_dir.as_ref(),
        }
    }
}

fn linked(target: &str, info: Info) -> Info {
    Info { link_target: Some(target.to_owned()), mode: Some(777), ..info }
}

/// Makes the new link beside the old one and renames it over it. `mv` needs to be told not to go
/// through the old one: `-T` (GNU, busybox) or `-h` (BSD); where it knows neither, there is a moment
/// without a link.
fn relink(path: &str, target: &str) -> Shell {
    let path = operand(path);
    let new = format!("{path}.infra-new");
    sh!("rm -f {new} && ln -s -- {target} {new} && {{ mv -fT {new} {path} 2>/dev/null \
        || mv -fh {new} {path} 2>/dev/null || {{ rm -f {path} && mv -f {new} {path}; }}; }}")
}
