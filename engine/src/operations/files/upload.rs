//! A file written to the host: what `files.put`, `files.template` and others that know a file's whole
//! content have in common.

mod place;

use std::sync::Arc;

use crate::args::Mode;
use crate::bytes::{encode, hexadecimal, sha1_of};
use crate::command::{Content, Diff, Put, scrub};
use crate::fact::Question;
use crate::facts::files::{
    Digest, Entry, EntryKind, Info, Md5File, Sha1File, Sha256File, Text, Timestamp,
};
use crate::project::LocalFile;
use crate::{Commands, Host, Result, Scope};

use super::force::{file_name, join};
use super::mode::resolve;
use super::ownership::Wanted;
use super::times::{Field, shown, touch};
use super::validate::check;
use super::{Predict, parent};
use place::Place;
pub(crate) use place::must_be_file;

/// Texts larger than this are not fetched for the sake of a diff.
const DIFF_LIMIT: u64 = 256 * 1024;

/// A file as it should be on the host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upload {
    /// Where it goes; a directory that is there, or `DIR/`, takes it under `name`.
    pub(crate) dest: String,
    /// What it is called in a directory; `None` where it has no name.
    pub(crate) name: Option<String>,
    /// What is in it.
    pub(crate) content: Content,
    /// SHA-1 of the content; `None` where it cannot be known yet, so that it is always written.
    pub(crate) sha1: Option<String>,
    /// The content as text, for diffs; `None` where it is not text, large or secret.
    pub(crate) text: Option<Arc<str>>,
    /// Its size in bytes.
    pub(crate) size: Option<u64>,
    /// Owner, by name or number.
    pub(crate) user: Option<String>,
    /// Group, by name or number.
    pub(crate) group: Option<String>,
    /// Permissions.
    pub(crate) mode: Option<Mode>,
    /// Create the directory that it goes to.
    pub(crate) create_remote_dir: bool,
    /// Write it even where the same content is there.
    pub(crate) force: bool,
    /// Time of last access, in seconds since 1970.
    pub(crate) atime: Option<i64>,
    /// Time of last change, in seconds since 1970.
    pub(crate) mtime: Option<i64>,
    /// A command that must accept the new file, `%s`, before it goes live.
    pub(crate) validate: Option<String>,
}

impl Upload {
    /// A file with this text.
    pub(crate) fn text(dest: impl Into<String>, text: &str) -> Self {
        let bytes = encode(text);
        Self {
            dest: dest.into(),
            sha1: Some(sha1_of(&bytes)),
            size: u64::try_from(bytes.len()).ok(),
            content: Content::Bytes(bytes.into()),
            text: Some(Arc::from(text)),
            create_remote_dir: true,
            ..Self::default()
        }
    }

    /// A copy of a local file.
    pub(crate) fn file(dest: impl Into<String>, local: &LocalFile) -> Self {
        Self {
            dest: dest.into(),
            name: local.path.file_name().map(|it| it.to_string_lossy().into_owned()),
            content: local.content(),
            sha1: Some(local.sha1.clone()),
            text: local.text(),
            size: Some(local.size),
            create_remote_dir: true,
            ..Self::default()
        }
    }

    /// Says what will be asked for, so that it goes out in one exchange.
    pub(crate) fn want(host: &Host<'_>, dest: &str, name: Option<&str>, create_remote_dir: bool) {
        Self::want_as(host, dest, name, create_remote_dir, false);
    }

    /// The same; `quietly` where the file's time of last access matters, so that reading must not change it.
    pub(super) fn want_as(
        host: &Host<'_>,
        dest: &str,
        name: Option<&str>,
        create_remote_dir: bool,
        quietly: bool,
    ) {
        let path = match name {
            Some(name) if dest.ends_with('/') => join(dest, name),
            _ => dest.to_owned(),
        };
        if create_remote_dir {
            parent::want(host, &path);
        }
        host.want(&Entry { path: path.clone() });
        host.want_question(question_of_sha1(host, &path, quietly));
    }

    /// What must be done so that the file is there.
    pub(crate) fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let (name, quietly) = (self.name.as_deref(), self.atime.is_some());
        Self::want_as(host, &self.dest, name, self.create_remote_dir, quietly);
        let place = self.place(host)?;
        let mut todo = Commands::default();
        match &place.now {
            None => self.create(&mut todo, host, &place)?,
            Some(_) if self.force || !self.is_same(host, &place.path)? => {
                self.replace(&mut todo, host, &place)?;
            }
            Some(info) => self.adjust(&mut todo, &place, info)?,
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("{} is as it should be", place.path)));
        }
        Ok(todo)
    }

    /// What is there of the file that would be written.
    pub(crate) fn there(&self, host: &Host<'_>) -> Result<Option<Info>> {
        Ok(self.place(host)?.now)
    }

    /// Whether the content is there already.
    fn is_same(&self, host: &Host<'_>, path: &str) -> Result<bool> {
        let Some(sha1) = &self.sha1 else { return Ok(false) };
        let question = question_of_sha1(host, path, self.atime.is_some());
        let answer = host.known(&question.id).unwrap_or_else(|| host.ask(question))?;
        if let Digest(Some(found)) = &*answer.value::<Digest>()? {
            return Ok(found == sha1);
        }
        // Some hosts have programs for other digests only.
        if let Digest(Some(found)) = &*host.fact(&Md5File::at(path))? {
            return Ok(digest_of::<md5::Md5>(&self.content)?.as_ref() == Some(found));
        }
        if let Digest(Some(found)) = &*host.fact(&Sha256File::at(path))? {
            return Ok(digest_of::<sha2::Sha256>(&self.content)?.as_ref() == Some(found));
        }
        Ok(false)
    }

    fn create(&self, todo: &mut Commands, host: &Host<'_>, place: &Place) -> Result<()> {
        if self.create_remote_dir {
            let (user, group) = (self.user.as_ref(), self.group.as_ref());
            parent::create(todo, host, &place.path, user, group)?;
        }
        let bits = match &self.mode {
            Some(Mode::Bits(bits)) => Some(*bits),
            _ => None,
        };
        todo.put(self.put(place, bits));
        self.show(todo, place, None);
        for (name, value) in [("user", &self.user), ("group", &self.group)] {
            if let Some(value) = value {
                todo.attribute(&place.path, name, "", value);
            }
        }
        let mut info = Info {
            user: self.user.clone(),
            group: self.group.clone(),
            mode: bits.map(Info::digits),
            ..Info::default()
        };
        match &self.mode {
            Some(mode @ Mode::Symbolic(_)) => {
                let wanted = Wanted::of(None, None, Some(mode));
                info.mode = wanted.give(todo, &place.path, EntryKind::File).mode;
            }
            Some(mode) => {
                todo.attribute(&place.path, "mode", "", mode.to_string());
            }
            None => {}
        }
        self.foresee(todo, place, info);
        Ok(())
    }

    fn replace(&self, todo: &mut Commands, host: &Host<'_>, place: &Place) -> Result<()> {
        let now = place.now.clone().unwrap_or_default();
        let before = self.text_there(host, place, &now)?;
        // Owner and mode are set together with the content; only what changes is noted.
        let mut changes = Commands::default();
        let after = self.wanted().settle(&mut changes, &place.path, EntryKind::File, &now)?;
        let bits = self.mode.as_ref().and_then(|mode| Some(resolve(mode, now.bits()?, false)));
        todo.put(self.put(place, bits));
        self.show(todo, place, before);
        todo.diff.extend(changes.diff);
        self.foresee(todo, place, after);
        Ok(())
    }

    fn adjust(&self, todo: &mut Commands, place: &Place, now: &Info) -> Result<()> {
        let path = &place.path;
        let mut after = self.wanted().settle(todo, path, EntryKind::File, now)?;
        for (field, wanted) in [(Field::Change, self.mtime), (Field::Access, self.atime)] {
            let Some(wanted) = wanted else { continue };
            let found = field.of(now).map(|it| it.0);
            if found == Some(wanted) {
                continue;
            }
            todo.run(touch(path, field, wanted));
            let before = found.map(shown).unwrap_or_default();
            todo.attribute(path, field.name(), before, shown(wanted));
            match field {
                Field::Access => after.atime = Some(Timestamp(wanted)),
                Field::Change => after.mtime = Some(Timestamp(wanted)),
            }
        }
        if place.path != place.real {
            todo.also.push(Scope::path(&place.real));
        }
        todo.will_be(&place.real, EntryKind::File, Info { ctime: None, ..after });
        // Reading it again gives what it gave.
        if let Some(sha1) = &self.sha1 {
            todo.then(&Sha1File::at(path), Digest(Some(sha1.clone())));
        }
        Ok(())
    }

    fn put(&self, place: &Place, mode: Option<u32>) -> Put {
        Put {
            path: place.path.clone(),
            content: self.content.clone(),
            mode,
            user: self.user.clone(),
            group: self.group.clone(),
            validate: check(&place.real, self.validate.as_deref()),
            atime: self.atime,
            mtime: self.mtime,
            backup: None,
        }
    }

    /// The text that is there, for the diff; `None` where it is not text, or too much of it.
    fn text_there(&self, host: &Host<'_>, place: &Place, now: &Info) -> Result<Option<String>> {
        if self.text.is_none() || now.size.is_some_and(|size| size > DIFF_LIMIT) {
            return Ok(None);
        }
        let text = host.fact(&Text::at(&place.path))?;
        Ok(text.as_ref().clone().filter(|it| !is_binary(it)))
    }

    /// Shows the change of the content.
    fn show(&self, todo: &mut Commands, place: &Place, before: Option<String>) {
        let path = &place.path;
        match (&self.text, before, &place.now) {
            (Some(text), None, None) => {
                let after = Some(scrub(text).into_owned());
                todo.diff.push(Diff::Text { path: path.clone(), before: None, after });
            }
            (Some(text), Some(before), Some(_)) => {
                let before = Some(scrub(&before).into_owned());
                let after = Some(scrub(text).into_owned());
                todo.diff.push(Diff::Text { path: path.clone(), before, after });
            }
            (_, _, None) => {
                todo.attribute(path, "present", "no", "yes");
            }
            (_, _, Some(now)) => {
                let size = |it: Option<u64>| it.map(|it| format!("{it} bytes")).unwrap_or_default();
                todo.attribute(path, "content", size(now.size), size(self.size));
            }
        }
    }

    /// States what the facts that were asked for will be.
    fn foresee(&self, todo: &mut Commands, place: &Place, info: Info) {
        let info = Info {
            size: self.size,
            atime: self.atime.map(Timestamp),
            mtime: self.mtime.map(Timestamp),
            ctime: None,
            ids: None,
            ..info
        };
        todo.will_be(&place.real, EntryKind::File, info);
        if place.path != place.real {
            todo.also.push(Scope::path(&place.real));
        }
        for path in [&place.path, &place.real] {
            if self.sha1.is_some() {
                todo.then(&Sha1File::at(path), Digest(self.sha1.clone()));
            }
            if let Some(text) = &self.text {
                todo.then(&Text::at(path), Some(text.to_string()));
            }
            if place.path == place.real {
                break;
            }
        }
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted::of(self.user.as_ref(), self.group.as_ref(), self.mode.as_ref())
    }
}

/// The question about a file's content.
fn question_of_sha1(host: &Host<'_>, path: &str, quietly: bool) -> Question {
    let fact = Sha1File::at(path);
    let question = host.question(&fact);
    if quietly {
        return Question { command: fact.without_trace(), together: None, ..question };
    }
    question
}

/// Whether a text holds what no text file holds: NUL, or bytes that are not UTF-8, which the fact
/// shows as the last characters there are.
pub(super) fn is_binary(text: &str) -> bool {
    text.chars().any(|it| it == '\0' || it >= '\u{10ff80}')
}

/// A digest of the content in hexadecimal.
fn digest_of<D: md5::Digest>(content: &Content) -> Result<Option<String>> {
    Ok(Some(hexadecimal(&D::digest(&content.read()?))))
}

/// The paths that an upload may touch.
pub(super) fn touches(dest: &str, name: Option<&str>) -> Vec<Scope> {
    let inside = name.map(|name| Scope::path(join(dest, file_name(name))));
    [Scope::path(dest)].into_iter().chain(inside).collect()
}
