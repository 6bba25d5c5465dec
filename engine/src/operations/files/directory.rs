use super::force::Force;
use super::ownership::{Wanted, operand};
use super::{Predict, parent};
use crate::args::Mode;
use crate::facts::files::{self, Entry, EntryKind, Found, Info};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Make sure that a directory is there, with this owner and mode, or that it is not.
///
/// Missing directories above it are created too. With `recursive`, all that is below gets the mode
/// where the directory itself has another mode, and owner and group where it has another owner or
/// group; otherwise what is below stays as it is. Removing a directory removes all that is in it.
///
/// ```rhai
/// files.directory("/srv/app", #{ user: "app", group: "app", mode: "750" });
/// for path in ["/srv/app/log", "/srv/app/run"] { files.directory(path, #{ user: "app" }); }
/// files.directory("/srv/old-app", #{ present: false });
/// ```
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of the operation")]
#[derive(Debug, Args)]
#[args("files.directory")]
pub(crate) struct Directory {
    /// Path of the directory.
    pub(crate) path: String,

    /// Whether the directory should exist.
    #[arg(default = true)]
    pub(crate) present: bool,

    /// Owner, by name or number.
    pub(crate) user: Option<String>,

    /// Group, by name or number.
    pub(crate) group: Option<String>,

    /// Permissions: `"755"`, `"g+w"`.
    pub(crate) mode: Option<Mode>,

    /// Give all that is below the same owner, group and mode.
    #[arg(default = false)]
    pub(crate) recursive: bool,

    /// Move away what is at the path and is no directory.
    #[arg(default = false)]
    pub(crate) force: bool,

    /// With `force`: keep it as `PATH.YYMMDDhhmmss`; `false` removes it.
    #[arg(default = true)]
    pub(crate) force_backup: bool,

    /// With `force`: the directory for the backup. Default: where it is.
    pub(crate) force_backup_dir: Option<String>,

    /// Leave owner and mode of a directory that is there as they are.
    #[arg(default = false, name = "_no_check_owner_mode", alias = "no_check_owner_mode")]
    pub(crate) no_check_owner_mode: bool,

    /// Take a link at the path for the directory.
    #[arg(default = false, name = "_no_fail_on_link", alias = "no_fail_on_link")]
    pub(crate) no_fail_on_link: bool,
}

impl Directory {
    /// A directory that should exist, whatever its owner and mode.
    pub(crate) fn at(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            present: true,
            user: None,
            group: None,
            mode: None,
            recursive: false,
            force: false,
            force_backup: true,
            force_backup_dir: None,
            no_check_owner_mode: false,
            no_fail_on_link: false,
        }
    }
}

impl Operation for Directory {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        host.want(&Entry { path: self.path.clone() });
        let mut todo = Commands::default();
        let now = host.fact(&files::Directory::at(&self.path))?;
        if *now == Found::Other {
            if self.no_fail_on_link && host.fact(&files::Link::at(&self.path))?.here().is_some() {
                return Ok(Commands::none(format!("{} exists, as a link", self.path)));
            }
            self.forced().clear(&mut todo, host, &self.path, "directory")?;
        }
        match (self.present, now.here()) {
            (true, None) => self.create(&mut todo),
            (true, Some(_)) if self.no_check_owner_mode => {}
            (true, Some(info)) => {
                let kind = EntryKind::Directory;
                let after = self.wanted().settle(&mut todo, &self.path, kind, info)?;
                todo.will_be(&self.path, kind, Info { ctime: None, ..after });
            }
            (false, Some(_)) => {
                todo.run(sh!("rm -rf {operand(&self.path)}"));
                todo.attribute(&self.path, "present", "yes", "no");
                todo.will_be_absent(&self.path);
            }
            (false, None) => {
                todo.will_be_absent(&self.path);
            }
        }
        if todo.is_empty() {
            let state = if self.present { "is as it should be" } else { "does not exist" };
            return Ok(Commands::none(format!("{} {state}", self.path)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        let whole = self.recursive || self.force || !self.present;
        let own = if whole { Scope::tree(&self.path) } else { Scope::path(&self.path) };
        [own].into_iter().chain(self.forced().touches()).collect()
    }
}

impl Directory {
    fn create(&self, todo: &mut Commands) {
        let path = operand(&self.path);
        todo.attribute(&self.path, "present", "no", "yes");
        let mut wanted = self.wanted();
        let mut mode = None;
        if let Some(Mode::Bits(bits)) = &self.mode {
            // Made with its mode, so that nobody looks in before it is set.
            let digits = format!("{bits:o}");
            todo.run(sh!("mkdir -p -m {digits} {path}"));
            todo.attribute(&self.path, "mode", "", digits);
            mode = Some(Info::digits(*bits));
            wanted.mode = None;
        } else {
            todo.run(sh!("mkdir -p {path}"));
        }
        todo.also.push(Scope::path(&self.path));
        todo.also.extend(parent::ancestors(&self.path));
        let given = wanted.give(todo, &self.path, EntryKind::Directory);
        let info = Info { mode: mode.or(given.mode), ..given };
        // Operations on what is in it ask without the slash.
        let bare = self.path.trim_end_matches('/');
        if bare != self.path && !bare.is_empty() {
            todo.will_be(bare, EntryKind::Directory, info.clone());
        }
        todo.will_be(&self.path, EntryKind::Directory, info);
    }

    fn wanted(&self) -> Wanted<'_> {
        let wanted = Wanted::of(self.user.as_ref(), self.group.as_ref(), self.mode.as_ref());
        Wanted { recursive: self.recursive, ..wanted }
    }

    fn forced(&self) -> Force<'_> {
        Force {
            allowed: self.force,
            backup: self.force_backup,
            backup_dir: self.force_backup_dir.as_ref(),
        }
    }
}
