//! Owner, group and mode of a path: what is wanted, what is there, and the commands in between.

use crate::args::Mode;
use crate::error::Error;
use crate::facts::files::{EntryKind, Info};
use crate::{Commands, Result, Shell, sh};

use super::mode::resolve;

/// Owner, group and mode as an operation's arguments ask for them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// Owner, by name or number.
    pub(super) user: Option<&'a str>,
    /// Group, by name or number.
    pub(super) group: Option<&'a str>,
    /// Permission bits.
    pub(super) mode: Option<&'a Mode>,
    /// Whether what is below a directory gets them too.
    pub(super) recursive: bool,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(
        user: Option<&'a String>,
        group: Option<&'a String>,
        mode: Option<&'a Mode>,
    ) -> Self {
        let text = |it: Option<&'a String>| it.map(String::as_str).filter(|it| !it.is_empty());
        Self { user: text(user), group: text(group), mode, recursive: false }
    }

    /// Adds what changes `now` into what is wanted, and gives what will be there.
    pub(super) fn settle(
        &self,
        todo: &mut Commands,
        path: &str,
        kind: EntryKind,
        now: &Info,
    ) -> Result<Info> {
        let mut after = now.clone();
        let user = self.other_user(path, now)?;
        let group = self.other_group(path, now)?;
        if user.is_some() || group.is_some() {
            let (user_now, group_now) = (now.user.as_deref(), now.group.as_deref());
            note(todo, path, "user", user_now, user);
            note(todo, path, "group", group_now, group);
            // All of a tree gets both where the base lacks one, as documented.
            let both = self.recursive;
            let (user, group) = if both { (self.user, self.group) } else { (user, group) };
            todo.run(chown(path, kind, user, group, self.recursive));
            own(&mut after, user, group);
            // The kernel takes the set-id bits off files that change hands.
            if kind != EntryKind::Directory {
                after.mode = now.bits().map(|bits| Info::digits(bits & !0o6000));
            }
        }
        if let Some(mode) = self.mode.filter(|_| kind != EntryKind::Link) {
            let bits = now.bits().ok_or_else(|| not_known(path, "mode"))?;
            let wanted = resolve(mode, bits, kind == EntryKind::Directory);
            if after.bits() != Some(wanted) {
                let (before, after) = (format!("{bits:o}"), format!("{wanted:o}"));
                if before != after {
                    todo.attribute(path, "mode", before, after);
                }
                todo.run(self.chmod(path, mode, bits, wanted));
            }
            after.mode = Some(Info::digits(wanted));
        }
        Ok(after)
    }

    /// Adds what gives a path that an earlier command made the owner and mode that are wanted.
    pub(super) fn give(&self, todo: &mut Commands, path: &str, kind: EntryKind) -> Info {
        let mut info = Info::default();
        if self.user.is_some() || self.group.is_some() {
            note(todo, path, "user", Some(""), self.user);
            note(todo, path, "group", Some(""), self.group);
            todo.run(chown(path, kind, self.user, self.group, false));
            own(&mut info, self.user, self.group);
        }
        if let Some(mode) = self.mode.filter(|_| kind != EntryKind::Link) {
            todo.attribute(path, "mode", "", mode.to_string());
            if let Mode::Bits(bits) = mode {
                info.mode = Some(Info::digits(*bits));
            }
            todo.run(sh!("chmod {mode.to_string()} {operand(path)}"));
        }
        info
    }

    /// Whether owner or group is another than is wanted.
    pub(super) fn differs(&self, path: &str, now: &Info) -> Result<bool> {
        Ok(self.other_user(path, now)?.is_some() || self.other_group(path, now)?.is_some())
    }

    /// The command that sets owner and group of the paths that follow it, of links themselves too.
    pub(super) fn change(&self) -> Option<Shell> {
        owner_change(self.user, self.group, self.recursive, true)
    }

    fn other_user(&self, path: &str, now: &Info) -> Result<Option<&'a str>> {
        let Some(wanted) = self.user else { return Ok(None) };
        let number = now.ids.as_ref().map(|ids| ids.uid.to_string());
        let Some(name) = &now.user else { return Err(not_known(path, "owner")) };
        Ok((name != wanted && number.as_deref() != Some(wanted)).then_some(wanted))
    }

    fn other_group(&self, path: &str, now: &Info) -> Result<Option<&'a str>> {
        let Some(wanted) = self.group else { return Ok(None) };
        let number = now.ids.as_ref().map(|ids| ids.gid.to_string());
        let Some(name) = &now.group else { return Err(not_known(path, "group")) };
        Ok((name != wanted && number.as_deref() != Some(wanted)).then_some(wanted))
    }

    fn chmod(&self, path: &str, mode: &Mode, now: u32, wanted: u32) -> Shell {
        let path = operand(path);
        if self.recursive {
            // What a clause means differs from path to path: `X`.
            return sh!("chmod -R {mode.to_string()} {path}");
        }
        sh!("chmod {digits(now, wanted)} {path}")
    }
}

/// A mode for `chmod`. GNU's leaves a directory's set-id bits alone unless there are five digits.
pub(super) fn digits(now: u32, wanted: u32) -> String {
    if now & !wanted & 0o6000 == 0 { format!("{wanted:o}") } else { format!("{wanted:05o}") }
}

/// `chown`, or `chgrp` where there is only a group.
pub(super) fn chown(
    path: &str,
    kind: EntryKind,
    user: Option<&str>,
    group: Option<&str>,
    recursive: bool,
) -> Shell {
    // Links found in a tree are changed themselves, never what they point to.
    let links = recursive || kind == EntryKind::Link;
    let change = owner_change(user, group, recursive, links).unwrap_or_else(|| sh!("chgrp"));
    sh!("{change} {operand(path)}")
}

/// `chown` or `chgrp`, but for the paths.
fn owner_change(
    user: Option<&str>,
    group: Option<&str>,
    recursive: bool,
    links: bool,
) -> Option<Shell> {
    let mut options = Shell::new();
    options.flag("-R", recursive).flag("-h", links);
    match (user, group) {
        (None, None) => None,
        (Some(user), Some(group)) => {
            let both = format!("{user}:{group}");
            Some(sh!("chown {options} {both}"))
        }
        (Some(user), None) => Some(sh!("chown {options} {user}")),
        (None, group) => Some(sh!("chgrp {options} {group}")),
    }
}

/// The path such that no program takes it for an option.
pub(crate) fn operand(path: &str) -> String {
    if path.starts_with('-') { format!("./{path}") } else { path.to_owned() }
}

fn own(info: &mut Info, user: Option<&str>, group: Option<&str>) {
    if let Some(user) = user {
        info.user = Some(user.to_owned());
    }
    if let Some(group) = group {
        info.group = Some(group.to_owned());
    }
    info.ids = None;
}

fn note(todo: &mut Commands, path: &str, name: &str, before: Option<&str>, after: Option<&str>) {
    if let Some(after) = after {
        todo.attribute(path, name, before.unwrap_or_default(), after);
    }
}

fn not_known(path: &str, what: &str) -> Error {
    Error::unknown(format!("the {what} of {path} is known once an earlier operation has made it"))
}
