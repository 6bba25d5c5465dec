use super::edit::{Pattern, Reading, closed, lines, newline};
use super::rewrite::{Backup, Rewrite, fetch};
use crate::args::OneOrMany;
use crate::facts::files;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Keep a block of lines between two marker lines in a file.
///
/// Where the markers are there, the lines between them become `content`. Where they are not, markers
/// and content are added: before or after the first line that contains `line`, at the start of the
/// file with both `before` and `after`, else at the end. A missing file is created. `present: false`
/// removes markers and content.
///
/// `line` is text, as in `files.line`: a `^` or `$` at its ends binds it, a `.*` there is dropped.
///
/// ```rhai
/// files.block("/etc/hosts", "10.0.0.1 db\n10.0.0.2 cache", #{ marker: "# {mark} APP" });
/// files.block("/etc/hosts", ["10.0.0.1 db"], #{ line: "localhost", before: true });
/// files.block("/etc/hosts", #{ marker: "# {mark} APP", present: false });
/// ```
#[derive(Debug, Args)]
#[args("files.block")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments, as pyinfra names them")]
pub(crate) struct Block {
    /// The file on the host.
    path: String,

    /// What stands between the markers: text, or a list of lines.
    content: Option<OneOrMany<String>>,

    /// Whether the block should be there.
    #[arg(default = true)]
    present: bool,

    /// Where a new block goes: beside the first line that contains this, with `before` or `after`.
    line: Option<String>,

    /// Copy the file first: `true` adds date and time to its name, text is added as it is.
    #[arg(default = Backup::None)]
    backup: Backup,

    /// Take `^`, `$` and `.*` at the ends of `line` for ordinary characters.
    #[arg(default = false)]
    escape_regex_characters: bool,

    /// Understood and ignored: content is never expanded.
    #[arg(default = false)]
    try_prevent_shell_expansion: bool,

    /// Put a new block before `line`.
    #[arg(default = false)]
    before: bool,

    /// Put a new block after `line`.
    #[arg(default = false)]
    after: bool,

    /// The marker lines, with `{mark}` in them. Default: `# {mark} PYINFRA BLOCK`.
    marker: Option<String>,

    /// What `{mark}` is before the block. Default: `BEGIN`.
    begin: Option<String>,

    /// What `{mark}` is after the block. Default: `END`.
    end: Option<String>,

    /// Take `line` for a regular expression.
    #[arg(default = false)]
    regex: bool,

    /// A command that must accept the new file before it goes live; `%s` is the file. Default: `visudo`
    /// for sudoers; `sshd -t` and `nginx -t` for their main files, where they accept the present one;
    /// `""` for none.
    validate: Option<String>,
}

impl Operation for Block {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let fact = files::Block {
            path: self.path.clone(),
            marker: self.marker.clone(),
            begin: self.begin.clone(),
            end: self.end.clone(),
        };
        let markers = Markers::of(&fact)?;
        let wanted =
            if self.present { Some((self.content(&markers)?, self.place()?)) } else { None };
        let before = fetch(host, &self.path)?;
        let text = before.as_deref().unwrap_or_default();
        let blocks = markers.find(text, &self.path)?;
        let file =
            Rewrite { path: &self.path, backup: &self.backup, validate: self.validate.as_deref() };
        let Some((content, place)) = wanted else {
            let after = if blocks.is_empty() { text.to_owned() } else { markers.without(text) };
            let note = format!("{} has no such block", self.path);
            let before = before.or_else(|| Some(String::new()));
            let mut todo = file.plan(host, before.as_deref(), &after, note)?;
            predict(&mut todo, &fact, Vec::new());
            return Ok(todo);
        };
        let settled = !blocks.is_empty() && blocks.iter().all(|it| *it == content);
        let after = match blocks.is_empty() {
            _ if settled => text.to_owned(),
            true => place.add(text, &markers.around(&content)),
            false => markers.refill(text, &content),
        };
        let note = format!("the block in {} is as it should be", self.path);
        let mut todo = file.plan(host, before.as_deref(), &after, note)?;
        predict(&mut todo, &fact, content);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}

fn predict(todo: &mut Commands, fact: &files::Block, lines: Vec<String>) {
    if !todo.is_empty() {
        todo.then(fact, files::BlockLines(Some(lines)));
    }
}

impl Block {
    fn content(&self, markers: &Markers) -> Result<Vec<String>> {
        let given = self.content.as_ref().map(|it| it.0.as_slice()).unwrap_or_default();
        if given.is_empty() || given == [""] {
            return Err(Error::usage("argument `content` is missing")
                .hint("give the lines of the block, or `present: false` to remove it")
                .argument("content"));
        }
        let lines = given.iter().flat_map(|it| it.split('\n'));
        let content: Vec<String> =
            lines.map(|it| it.strip_suffix('\r').unwrap_or(it).to_owned()).collect();
        match content.iter().find(|it| markers.is_one(it)) {
            Some(line) => Err(Error::usage(format!("the content holds the marker line `{line}`"))
                .hint("give another `marker`")
                .argument("content")),
            None => Ok(content),
        }
    }

    fn place(&self) -> Result<Place> {
        let Some(line) = self.line.as_deref().filter(|it| !it.is_empty()) else {
            return match (self.before, self.after) {
                (true, true) => Ok(Place::Start),
                (false, false) => Ok(Place::End),
                _ => Err(Error::usage("`before` and `after` need a `line`")
                    .hint("without one, give both to put the block at the start of the file")
                    .argument(if self.before { "before" } else { "after" })),
            };
        };
        if self.before == self.after {
            return Err(Error::usage("`line` needs either `before` or `after`").argument("line"));
        }
        let how = Reading {
            regex: self.regex && !self.escape_regex_characters,
            verbatim: self.escape_regex_characters,
            ignore_case: false,
        };
        let exact = Pattern::new(line, how)?;
        let wider = if self.escape_regex_characters { None } else { exact.without_wildcards() };
        Ok(Place::Beside { exact, wider, before: self.before })
    }
}

/// Where a new block goes.
enum Place {
    Start,
    End,
    /// Beside the first line that has a match; at the end where none has.
    Beside {
        exact: Pattern,
        /// Tried where the exact pattern is not found.
        wider: Option<Pattern>,
        before: bool,
    },
}

impl Place {
    fn add(&self, text: &str, block: &[String]) -> String {
        let newline = newline(text);
        let block: String = block.iter().flat_map(|line| [line.as_str(), newline]).collect();
        let text = closed(text, newline);
        let at = match self {
            Self::Start => Some(0),
            Self::End => None,
            Self::Beside { exact, wider, before } => {
                let first = |it: &Pattern| lines(&text).position(|(body, _)| it.matches(body));
                let found = first(exact).or_else(|| wider.as_ref().and_then(first));
                found.map(|at| if *before { at } else { at + 1 })
            }
        };
        let Some(at) = at else { return text + block.as_str() };
        let split: usize =
            lines(&text).take(at).map(|(body, ending)| body.len() + ending.len()).sum();
        let (before, after) = text.split_at(split);
        format!("{before}{block}{after}")
    }
}

/// The lines around a block.
struct Markers {
    begin: String,
    end: String,
}

impl Markers {
    fn of(fact: &files::Block) -> Result<Self> {
        let (begin, end) = fact.markers();
        if begin.trim() == end.trim() {
            return Err(Error::usage(format!("both markers are `{begin}`"))
                .hint("put `{mark}` into `marker`, or give another `begin` and `end`")
                .argument("marker"));
        }
        Ok(Self { begin, end })
    }

    fn is_one(&self, line: &str) -> bool {
        self.begins(line) || self.ends(line)
    }

    fn begins(&self, line: &str) -> bool {
        line.trim() == self.begin.trim()
    }

    fn ends(&self, line: &str) -> bool {
        line.trim() == self.end.trim()
    }

    fn around(&self, content: &[String]) -> Vec<String> {
        let begin = std::iter::once(self.begin.clone());
        begin.chain(content.iter().cloned()).chain([self.end.clone()]).collect()
    }

    /// The content of each block. There may be more than one: other tools have added them twice.
    fn find(&self, text: &str, path: &str) -> Result<Vec<Vec<String>>> {
        let mut blocks = Vec::new();
        let mut open: Option<Vec<String>> = None;
        for (body, _) in lines(text) {
            open = match open.take() {
                None => self.begins(body).then(Vec::new),
                Some(block) if self.ends(body) => {
                    blocks.push(block);
                    None
                }
                Some(mut block) => {
                    block.push(body.to_owned());
                    Some(block)
                }
            };
        }
        match open {
            None => Ok(blocks),
            Some(_) => Err(Error::failed(format!(
                "the block that `{}` starts in {path} has no end",
                self.begin
            ))
            .hint(format!("put the line `{}` where it ends", self.end))),
        }
    }

    fn refill(&self, text: &str, content: &[String]) -> String {
        let newline = newline(text);
        let filled: String = content.iter().flat_map(|line| [line.as_str(), newline]).collect();
        self.rewrite(text, |body| self.begins(body).then_some(filled.as_str()))
    }

    fn without(&self, text: &str) -> String {
        self.rewrite(text, |_| None)
    }

    /// The text with each block replaced by what `fill` says for its first line, which then stays, as
    /// does the last; without both where it says nothing.
    fn rewrite<'a>(&self, text: &str, fill: impl Fn(&str) -> Option<&'a str>) -> String {
        let mut after = String::with_capacity(text.len());
        let text = closed(text, newline(text));
        let mut inside: Option<bool> = None;
        for line in text.split_inclusive('\n') {
            match inside {
                None if self.begins(line) => {
                    let filled = fill(line);
                    inside = Some(filled.is_some());
                    if let Some(filled) = filled {
                        after.extend([line, filled]);
                    }
                }
                None => after.push_str(line),
                Some(kept) if self.ends(line) => {
                    if kept {
                        after.push_str(line);
                    }
                    inside = None;
                }
                Some(_) => {}
            }
        }
        after
    }
}
