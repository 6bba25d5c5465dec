mod delivery;
mod difference;

use delivery::Delivery;
use difference::Difference;

use super::ownership::{Wanted, operand};
use super::put::{FileMode, local_path};
use super::{Predict, parent};
use crate::args::{Mode, OneOrMany};
use crate::facts::files::{Digest, EntryKind, Sha1File, Tree, TreeEntries};
use crate::pattern::Patterns;
use crate::project::{Exclusion, LocalBody, LocalEntry, LocalTree};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// With more names than these the whole directory on the host is looked at.
const NAMES: usize = 64;

/// Of so many paths is told what they will be; more would cost more than it tells.
const FORESEEN: usize = 1000;

/// Bring a directory on the host to the state of a local one.
///
/// The host tells in one answer what is there: kinds, owners, modes, checksums. What differs goes there
/// as one stream, lies ready beside the old files with its final owner and mode, and is then renamed
/// into place file by file, new directories as a whole. What is the same is not touched. The host
/// needs `tar`.
///
/// Links are sent as links. Files have the mode of the local ones, unless `mode` says otherwise; so do
/// directories that are new, while those that are there keep theirs unless `mode` or `dir_mode` is given.
/// Owner and group that are not given stay as they are. A file that is replaced loses what else it had:
/// access control lists, extended attributes, other names (hard links).
///
/// `delete` removes what the local directory does not have, directories included, and lets files,
/// links and directories take each other's place; what is excluded stays. Without it, a directory in
/// the place of a file, or the other way round, is an error.
///
/// Patterns are those of a shell, in which `*` stands for any text, slashes too.
///
/// ```rhai
/// files.sync("files/site", "/srv/www/site", #{ user: "app", group: "app", delete: true });
/// files.sync("files/site", "/opt/app", #{ exclude: ["*.map", ".DS_Store"], exclude_dir: ["node_modules", "*/node_modules"] });
/// ```
#[derive(Debug, Args)]
#[args("files.sync")]
pub(crate) struct Sync {
    /// The local directory.
    src: String,

    /// The directory on the host; a link to one is followed.
    dest: String,

    /// Owner of all that is in the local directory, by name or number.
    user: Option<String>,

    /// Group, by name or number.
    group: Option<String>,

    /// Permissions of files, and of directories where `dir_mode` is not given. `true` means those of the
    /// local files, which is the default; `false` leaves those of files that are there alone.
    mode: Option<FileMode>,

    /// Permissions of directories.
    dir_mode: Option<Mode>,

    /// Remove what is on the host only.
    #[arg(default = false)]
    delete: bool,

    /// Files and links that are neither sent nor removed: a pattern, or several, for the name or for
    /// the path below the directory.
    exclude: Option<OneOrMany<String>>,

    /// The same for directories and all that is in them: patterns for the path below the directory.
    exclude_dir: Option<OneOrMany<String>>,

    /// Look for `src` in the project; `false` means the working directory.
    #[arg(default = true)]
    add_deploy_dir: bool,
}

impl Operation for Sync {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let exclusion = self.exclusion();
        let path = local_path(&self.src, self.add_deploy_dir)?;
        let local = host.project().tree(&path, &exclusion)?;
        let fact = self.question(&local);
        let there = host.fact(&fact)?;
        let difference = Difference::find(self, &local, there.as_ref().as_ref(), &exclusion)?;
        let mut todo = Commands::default();
        difference.make_room(&mut todo, self.dest());
        if there.is_none() {
            self.create(&mut todo, &local);
        }
        Delivery { sync: self, difference: &difference }.send(&mut todo);
        difference.adjust(&mut todo, self);
        difference.remove(&mut todo, self.dest());
        if todo.is_empty() {
            return Ok(Commands::none(format!("{} is as it should be", self.dest)));
        }
        difference.show(&mut todo, host, self.dest())?;
        self.foresee(&mut todo, &local, &difference, &fact)?;
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(self.dest())]
    }
}

impl Sync {
    /// The directory without a slash at the end.
    fn dest(&self) -> &str {
        let dest = self.dest.trim_end_matches('/');
        if dest.is_empty() { &self.dest } else { dest }
    }

    fn exclusion(&self) -> Exclusion {
        let patterns = |given: &Option<OneOrMany<String>>| {
            Patterns::new(given.as_ref().map(|it| it.0.as_slice()).unwrap_or_default())
        };
        Exclusion { files: patterns(&self.exclude), directories: patterns(&self.exclude_dir) }
    }

    fn question(&self, local: &LocalTree) -> Tree {
        let top = local.entries.keys().filter(|it| !it.contains('/'));
        let names: Vec<String> = top.take(NAMES + 1).cloned().collect();
        Tree {
            path: self.dest().to_owned(),
            names: Some(names).filter(|it| !self.delete && it.len() <= NAMES),
            exclude_dir: self.exclude_dir.as_ref().map(|it| it.0.clone()),
            sum_up_to: local.entries.values().filter_map(LocalEntry::size).max().or(Some(0)),
        }
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted::of(self.user.as_ref(), self.group.as_ref(), None)
    }

    /// The mode that files were given, if they were.
    fn file_mode(&self) -> Option<&Mode> {
        match &self.mode {
            Some(FileMode::Mode(mode)) => Some(mode),
            Some(FileMode::Local | FileMode::Any) | None => None,
        }
    }

    fn directory_mode(&self) -> Option<&Mode> {
        self.dir_mode.as_ref().or(self.file_mode())
    }

    fn create(&self, todo: &mut Commands, local: &LocalTree) {
        let dest = self.dest();
        let bits = difference::bits(self.directory_mode(), local.mode, true);
        let digits = format!("{bits:o}");
        todo.run(sh!("mkdir -p -m {digits} {operand(dest)}"));
        todo.attribute(dest, "present", "no", "yes");
        todo.also.extend(parent::ancestors(dest));
        self.wanted().give(todo, dest, EntryKind::Directory);
    }

    /// States what will be there.
    fn foresee(
        &self,
        todo: &mut Commands,
        local: &LocalTree,
        difference: &Difference<'_>,
        fact: &Tree,
    ) -> Result<()> {
        if local.entries.len() > FORESEEN {
            return Ok(());
        }
        let after = difference.after(local)?;
        for (path, it) in after.iter().flatten() {
            if path == "." && it.entry.info.link_target.is_some() {
                // At the path itself is a link, of which no more is known than where it leads.
                continue;
            }
            let full = if path == "." { self.dest().to_owned() } else { self.path(path) };
            todo.will_be(&full, it.entry.kind, it.entry.info.clone());
            if it.sha1.is_some() {
                todo.then(&Sha1File::at(&full), Digest(it.sha1.clone()));
            }
            if let Some(LocalBody::File { .. }) = local.entries.get(path).map(|it| &it.body) {
                self.foresee_text(todo, local, path)?;
            }
        }
        for path in difference.removed() {
            todo.will_be_absent(&self.path(path));
        }
        todo.then(fact, after);
        Ok(())
    }

    fn foresee_text(&self, todo: &mut Commands, local: &LocalTree, path: &str) -> Result<()> {
        let Some(entry) = local.entries.get(path) else { return Ok(()) };
        if entry.size().is_none_or(|size| size > difference::TEXT_LIMIT) {
            return Ok(());
        }
        if let Some(text) = difference::local_text(entry)? {
            let fact = crate::facts::files::Text::at(self.path(path));
            todo.then(&fact, Some(text.to_string()));
        }
        Ok(())
    }

    fn path(&self, relative: &str) -> String {
        super::force::join(self.dest(), relative)
    }
}
