use super::force::Force;
use super::ownership::{Wanted, operand};
use super::{Predict, parent};
use crate::args::Mode;
use crate::facts::files::{self, Entry, EntryKind, Found, Info};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Make sure that a file is there, with this owner and mode, or that it is not.
///
/// A missing file is created empty; what is in an existing one stays. `files.put`, `files.template`
/// and `files.line` care for content. Anything else at the path (a directory, a link) is an error,
/// unless `force` moves it away.
///
/// ```rhai
/// files.file("/var/log/app.log", #{ user: "app", group: "app", mode: "640" });
/// files.file("/etc/app.old", #{ present: false });
/// ```
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of the operation")]
#[derive(Debug, Args)]
#[args("files.file")]
pub(crate) struct File {
    /// Path of the file.
    pub(crate) path: String,

    /// Whether the file should exist.
    #[arg(default = true)]
    pub(crate) present: bool,

    /// Owner, by name or number.
    pub(crate) user: Option<String>,

    /// Group, by name or number.
    pub(crate) group: Option<String>,

    /// Permissions: `"644"`, `"u+x"`.
    pub(crate) mode: Option<Mode>,

    /// Set the time of last change to now, every time.
    #[arg(default = false)]
    pub(crate) touch: bool,

    /// Create the directory that the file is in, for the same user and group.
    #[arg(default = true)]
    pub(crate) create_remote_dir: bool,

    /// Move away what is at the path and is no file.
    #[arg(default = false)]
    pub(crate) force: bool,

    /// With `force`: keep it as `PATH.YYMMDDhhmmss`; `false` removes it.
    #[arg(default = true)]
    pub(crate) force_backup: bool,

    /// With `force`: the directory for the backup. Default: where it is.
    pub(crate) force_backup_dir: Option<String>,
}

impl Operation for File {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        host.want(&Entry { path: self.path.clone() });
        if self.present && self.create_remote_dir {
            parent::want(host, &self.path);
        }
        let mut todo = Commands::default();
        let now = host.fact(&files::File::at(&self.path))?;
        if *now == Found::Other {
            self.forced().clear(&mut todo, host, &self.path, "file")?;
        }
        match (self.present, now.here()) {
            (true, None) => self.create(&mut todo, host)?,
            (true, Some(info)) => self.update(&mut todo, info)?,
            (false, Some(_)) => {
                todo.run(sh!("rm -f {operand(&self.path)}"));
                todo.attribute(&self.path, "present", "yes", "no");
                todo.will_be_absent(&self.path);
            }
            (false, None) if todo.is_empty() => {
                return Ok(Commands::none(format!("{} does not exist", self.path)));
            }
            (false, None) => {
                todo.will_be_absent(&self.path);
            }
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("{} is as it should be", self.path)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        // What is forced away may be a directory.
        let own = if self.force { Scope::tree(&self.path) } else { Scope::path(&self.path) };
        [own].into_iter().chain(self.forced().touches()).collect()
    }
}

impl File {
    fn create(&self, todo: &mut Commands, host: &Host<'_>) -> Result<()> {
        if self.create_remote_dir {
            parent::create(todo, host, &self.path, self.user.as_ref(), self.group.as_ref())?;
        }
        todo.run(sh!("touch {operand(&self.path)}"));
        todo.attribute(&self.path, "present", "no", "yes");
        let info = self.wanted().give(todo, &self.path, EntryKind::File);
        todo.will_be(&self.path, EntryKind::File, Info { size: Some(0), ..info });
        Ok(())
    }

    fn update(&self, todo: &mut Commands, now: &Info) -> Result<()> {
        if self.touch {
            todo.run(sh!("touch {operand(&self.path)}"));
            todo.attribute(&self.path, "mtime", "", "now");
        }
        let mut after = self.wanted().settle(todo, &self.path, EntryKind::File, now)?;
        if self.touch {
            (after.atime, after.mtime) = (None, None);
        }
        todo.will_be(&self.path, EntryKind::File, Info { ctime: None, ..after });
        Ok(())
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted::of(self.user.as_ref(), self.group.as_ref(), self.mode.as_ref())
    }

    fn forced(&self) -> Force<'_> {
        Force {
            allowed: self.force,
            backup: self.force_backup,
            backup_dir: self.force_backup_dir.as_ref(),
        }
    }
}
