//! How what is missing gets to the host: an archive, unpacked beside the old files and renamed into place.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::ownership::{Wanted, operand};
use super::{Difference, Sync};
use crate::bytes::encode;
use crate::command::{Archive, Body, Content, Member};
use crate::facts::files::EntryKind;
use crate::project::LocalBody;
use crate::{Commands, Shell, sh};

/// What is sent.
pub(super) struct Delivery<'a> {
    pub(super) sync: &'a Sync,
    pub(super) difference: &'a Difference<'a>,
}

impl Delivery<'_> {
    /// Adds the sending, where there is something to send.
    pub(super) fn send(&self, todo: &mut Commands) {
        if self.difference.send.is_empty() && self.difference.new.is_empty() {
            return;
        }
        let archive = Archive::new(self.members());
        let files = self.difference.send.len();
        let dest = self.sync.dest();
        let shown = format!(
            "unpack {files} file{} ({} bytes) into {}",
            if files == 1 { "" } else { "s" },
            archive.size(),
            crate::command::quote(dest)
        );
        let script = self.script();
        todo.feed(script, Content::Archive(Arc::new(archive)), shown);
    }

    /// Files first: a directory's mode may forbid to put anything into it. The last one says that
    /// nothing is missing.
    fn members(&self) -> Vec<Member> {
        let member = |path: &str, mode: u32, body| {
            let path = encode(&format!("new/{path}"));
            Member { path, mode: mode & 0o1777, owner: (0, 0), body }
        };
        let files = self.difference.send.iter().map(|it| {
            let body = match &it.entry.body {
                LocalBody::Link(target) => Body::Link(encode(target)),
                LocalBody::File { size, .. } => {
                    Body::File { path: it.entry.path.clone(), size: *size }
                }
                LocalBody::Directory => Body::Directory,
            };
            member(it.path, it.mode, body)
        });
        let folders = self
            .difference
            .new
            .iter()
            .rev()
            .map(|(path, mode)| member(path, *mode, Body::Directory));
        let complete =
            Member { path: b"complete".into(), mode: 0o700, owner: (0, 0), body: Body::Directory };
        files.chain(folders).chain([complete]).collect()
    }

    /// Everything happens in a directory of its own that nobody else can enter, on the same file system.
    ///
    /// `infra_place FOLDER` renames what lies ready in a folder; folders that are there already are gone
    /// through. Names are collected and given to `mv` some hundred at a time.
    fn script(&self) -> Shell {
        let dest = operand(self.sync.dest());
        let owners = self.owners();
        let modes = self.special_modes();
        sh!("infra_flush() {{ into=../../$1/; shift; [ $# -eq 0 ] || mv -f \"$@\" \"$into\"; }}\n\
            infra_place() {{\n\
            \x20 for it in \"$1\"/* \"$1\"/.[!.]* \"$1\"/..?*; do\n\
            \x20   if [ -d \"$it\" ] && [ ! -L \"$it\" ] && [ -d \"../../$it\" ]; then\n\
            \x20     infra_place \"$it\" || return; continue\n\
            \x20   fi\n\
            \x20   [ -e \"$it\" ] || [ -L \"$it\" ] || continue\n\
            \x20   set -- \"$@\" \"$it\"\n\
            \x20   [ $# -lt 300 ] || {{ infra_flush \"$@\" || return; set -- \"$1\"; }}\n\
            \x20 done\n\
            \x20 infra_flush \"$@\"\n\
            }}\n\
            CDPATH= cd {dest} && umask 077 && new=$(mktemp -d ./.infra-XXXXXX) || exit 1\n\
            trap 'rm -rf \"$new\"' EXIT; trap 'exit 143' HUP INT TERM\n\
            tar -x -p -m -o -f - -C \"$new\" || exit 1\n\
            [ -d \"$new/complete\" ] || {{ echo 'the archive did not arrive whole' >&2; exit 1; }}\n\
            (cd \"$new/new\" || exit 1\n{owners}{modes}infra_place .)")
    }

    /// Gives the files the owners of those that they replace, and then those that are asked for.
    fn owners(&self) -> Shell {
        let mut kept: BTreeMap<(u32, u32), Vec<&str>> = BTreeMap::new();
        for parcel in &self.difference.send {
            let found = parcel.instead_of.filter(|it| it.entry.kind == EntryKind::File);
            let ids = found.and_then(|it| it.entry.info.ids.as_ref());
            if let Some(ids) = ids.filter(|_| parcel.entry.size().is_some()) {
                kept.entry((ids.uid, ids.gid)).or_default().push(parcel.path);
            }
        }
        let wanted = self.sync.wanted();
        let mut script = Shell::new();
        if wanted.user.is_none() || wanted.group.is_none() {
            for ((uid, gid), paths) in kept {
                let owner = format!("{uid}:{gid}");
                each(&mut script, &sh!("chown {owner}"), &paths);
            }
        }
        let wanted = Wanted { recursive: true, ..wanted };
        if let Some(change) = wanted.change() {
            script = sh!("{script}{change} . || exit 1\n");
        }
        script
    }

    /// Set-id bits come last: a change of owner takes them away.
    fn special_modes(&self) -> Shell {
        let mut special: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        let files = self.difference.send.iter().filter(|it| it.entry.size().is_some());
        let files = files.map(|it| (it.path, it.mode));
        for (path, mode) in files.chain(self.difference.new.iter().copied()) {
            if mode & 0o6000 != 0 {
                special.entry(mode).or_default().push(path);
            }
        }
        let mut script = Shell::new();
        for (mode, paths) in special {
            let digits = format!("{mode:o}");
            each(&mut script, &sh!("chmod {digits}"), &paths);
        }
        script
    }
}

/// A line for some hundred paths at a time.
fn each(script: &mut Shell, command: &Shell, paths: &[&str]) {
    for some in paths.chunks(500) {
        let some: Vec<String> = some.iter().map(|it| format!("./{it}")).collect();
        script.arg(&sh!("{command} {some} || exit 1\n"));
    }
}
