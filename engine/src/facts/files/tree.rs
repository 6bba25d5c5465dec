use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::stat::{BSD, GNU, stat_line};
use super::text::{flag, is_flag, operand};
use super::{EntryInfo, EntryKind};
use crate::bytes::decode;
use crate::error::Error;
use crate::fact::unreadable;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// A directory and all that is below it: what each is, whose, with which mode and content.
///
/// The answer is a map from the path below the directory, `.` for itself, to what `files.entry` tells,
/// with the `sha1` of files; `()` where there is no directory. Links are told, not followed; of the directory itself
/// `link_target` is told where the path is a link to it.
///
/// ```rhai
/// let tree = host.fact("files.tree", "/etc/nginx");
/// if tree != () { host.log(`${tree.len()} paths`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.tree")]
pub struct Tree {
    /// The directory. A link to one is followed.
    pub path: String,

    /// Look only at what has these names in the directory, and below. Default: at everything.
    pub names: Option<Vec<String>>,

    /// Directories that are not entered: shell patterns for the path below the directory.
    pub exclude_dir: Option<Vec<String>>,

    /// Sum files up to this size, in bytes. Default: of any size.
    pub sum_up_to: Option<u64>,
}

/// What is below a directory, by relative path.
pub type TreeEntries = Option<IndexMap<String, TreeEntry>>;

/// Something in such a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeEntry {
    /// What it is, whose, with which mode.
    #[serde(flatten)]
    pub entry: EntryInfo,
    /// The SHA-1 of a file's bytes; `None` where it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
}

impl Fact for Tree {
    type Output = TreeEntries;

    /// What is there, then a NUL; the links and their targets, each with a NUL, and one more; the sums.
    /// Where the path itself is a link, that is the first one, as `.`.
    /// What vanishes meanwhile or cannot be read is left out.
    fn command(&self) -> Shell {
        let (path, other) = (operand(&self.path), flag("other", &self.path));
        // No path has two slashes in a row as `find` prints it, so these two end it, whatever is in it.
        let (gnu, bsd) = (format!("%n//{GNU} -"), format!("%N//{BSD} -"));
        let (start, prune, size) = (self.start(), self.prune(), self.size());
        sh!("if [ -d {path} ]; then to=; [ ! -L {path} ] || to=$(readlink -n {path}; echo .); \
            link() {{ [ -z \"$to\" ] || printf '.\\000%s\\000' \"${{to%.}}\"; }}; CDPATH= cd {path} || exit 1; \
            if stat -c %n . >/dev/null 2>&1; then form=-c what={gnu}; else form=-f what={bsd}; fi; \
            for sum in sha1sum shasum 'sha1 -r' 'openssl dgst -sha1 -r' :; do \
            command -v \"${{sum%% *}}\" >/dev/null && break; done; \
            {start}; {{ \
            find \"$@\" {prune} -exec stat $form \"$what\" {{}} +; printf '\\000'; link; \
            if find . -prune -printf '' >/dev/null 2>&1; then \
            find \"$@\" {prune} -type l -printf '%p\\0%l\\0'; else \
            find \"$@\" {prune} -type l -exec sh -c 'for it; do printf \"%s\\000\" \"$it\"; \
            readlink -n \"$it\"; printf \"\\000\"; done' sh {{}} +; fi; printf '\\000'; \
            find \"$@\" {prune} -type f {size} -exec $sum {{}} +; }} 2>/dev/null; :; \
            elif [ -e {path} ] || [ -L {path} ]; then echo {other}; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        if is_flag(output, "other", &self.path) {
            return Err(Error::failed(format!("{} is not a directory", self.path))
                .hint("move it away, or give another path"));
        }
        let (listing, rest) = output.split_once('\0').unwrap_or((output, ""));
        let mut entries = self.listing(listing)?;
        let rest = links(&mut entries, rest);
        sums(&mut entries, rest);
        Ok(Some(entries))
    }

    fn parse_bytes(&self, output: &[u8]) -> Result<Self::Output> {
        self.parse(&decode(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.path)]
    }
}

impl Tree {
    /// Makes the places where the search starts the arguments of the shell. They must exist, and the
    /// directory itself must not be searched when it is only to be told.
    fn start(&self) -> Shell {
        let Some(names) = &self.names else { return sh!("set -- .") };
        let names: Vec<String> = names.iter().map(|it| format!("./{it}")).collect();
        sh!("stat $form \"$what\" . 2>/dev/null; set --; for it in {names}; do \
            if [ -e \"$it\" ] || [ -L \"$it\" ]; then set -- \"$@\" \"$it\"; fi; done; \
            [ $# -gt 0 ] || {{ printf '\\000'; link; exit 0; }}")
    }

    /// True for all but what is in excluded directories.
    fn prune(&self) -> Shell {
        let Some(patterns) = self.exclude_dir.as_ref().filter(|it| !it.is_empty()) else {
            return Shell::new();
        };
        let mut tests = Shell::new();
        for pattern in patterns {
            let path = format!("./{}", pattern.replace('\\', "\\\\"));
            tests =
                if tests.is_empty() { sh!("-path {path}") } else { sh!("{tests} -o -path {path}") };
        }
        sh!("\\( ! -type d -o ! \\( {tests} \\) -o -prune \\)")
    }

    fn size(&self) -> Shell {
        match self.sum_up_to {
            Some(size) => {
                let below = format!("-{}c", size.saturating_add(1));
                sh!("-size {below}")
            }
            None => Shell::new(),
        }
    }

    fn listing(&self, mut listing: &str) -> Result<IndexMap<String, TreeEntry>> {
        let mut entries = IndexMap::new();
        while let Some((path, rest)) = listing.split_once("//") {
            let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
            let entry = stat_line(line).ok_or_else(|| unreadable(self, line))?;
            entries.insert(relative(path).to_owned(), TreeEntry { entry, sha1: None });
            listing = rest;
        }
        if !listing.is_empty() {
            return Err(unreadable(self, listing));
        }
        Ok(entries)
    }
}

/// `./a/b` as `a/b`; `.` stays.
fn relative(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}

/// Reads the targets of links, and gives what follows them.
fn links<'a>(entries: &mut IndexMap<String, TreeEntry>, mut text: &'a str) -> &'a str {
    while let Some((path, rest)) = text.split_once('\0') {
        if path.is_empty() {
            return rest;
        }
        let (target, rest) = rest.split_once('\0').unwrap_or((rest, ""));
        if let Some(found) = entries.get_mut(relative(path)) {
            found.entry.info.link_target = Some(target.to_owned());
        }
        text = rest;
    }
    ""
}

/// Reads lines as `sha1sum` prints them. In a name that it escapes a line break is written as `\n`; where
/// it does not escape, the name goes on in the next line.
fn sums(entries: &mut IndexMap<String, TreeEntry>, text: &str) {
    let mut open: Option<(String, String)> = None;
    for line in text.split('\n').map(Some).chain([None]) {
        let next = line.and_then(sum_line);
        match (&mut open, line) {
            (Some((name, _)), Some(line)) if next.is_none() && !line.is_empty() => {
                name.push('\n');
                name.push_str(line);
            }
            _ => {
                if let Some((name, sum)) = open.take()
                    && let Some(found) = entries.get_mut(relative(&name))
                    && found.entry.kind == EntryKind::File
                {
                    found.sha1 = Some(sum);
                }
                open = next;
            }
        }
    }
}

/// `DIGEST  ./name`, `DIGEST *./name`, `DIGEST ./name`; with a backslash before it where the name is
/// escaped. The name and the digest.
fn sum_line(line: &str) -> Option<(String, String)> {
    let bare = line.strip_prefix('\\').unwrap_or(line);
    let (sum, name) = bare.split_once(' ')?;
    let name = name.strip_prefix([' ', '*']).unwrap_or(name);
    if sum.len() != 40 || !sum.bytes().all(|it| it.is_ascii_hexdigit()) || !name.starts_with("./") {
        return None;
    }
    let name = if bare.len() < line.len() { unescaped(name) } else { name.to_owned() };
    Some((name, sum.to_ascii_lowercase()))
}

fn unescaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name.chars();
    while let Some(it) = rest.next() {
        match (it, rest.as_str().chars().next()) {
            ('\\', Some(next @ ('\\' | 'n' | 'r'))) => {
                rest.next();
                text.push(match next {
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
            }
            _ => text.push(it),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_are_read_from_every_program() {
        let stat =
            "uid=0 gid=0 inode=1:2 user=root group=root mode=MODE atime=1 mtime=2 ctime=3 size=4 -";
        let file = stat.replace("MODE", "-rw-r--r--");
        let link = stat.replace("MODE", "lrwxrwxrwx");
        let folder = stat.replace("MODE", "drwxr-xr-x");
        let (one, two) = ("a".repeat(40), "B".repeat(40));
        let names =
            "\\{one}  ./a\\nb\\\\c\n{two} *./d\n".replace("{one}", &one).replace("{two}", &two);
        for sums in [names.clone(), format!("{one}  ./a\nb\\c\n{two} ./d\n")] {
            let output = format!(
                ".//{folder}\n./a\nb\\c//{file}\n./d//{file}\n./l//{link}\n\0./l\0to\n//x\0\0{sums}"
            );
            let fact = Tree { path: "/t".into(), names: None, exclude_dir: None, sum_up_to: None };
            let found = fact.parse(&output).unwrap().unwrap();
            let names: Vec<&str> = found.keys().map(String::as_str).collect();
            assert_eq!(names, [".", "a\nb\\c", "d", "l"]);
            assert_eq!(found["a\nb\\c"].sha1.as_deref(), Some(one.as_str()), "{sums}");
            assert_eq!(found["d"].sha1, Some("b".repeat(40)), "{sums}");
            assert_eq!(found["l"].entry.info.link_target.as_deref(), Some("to\n//x"));
        }
    }
}
