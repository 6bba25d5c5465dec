use super::edit::{
    Pattern, Place, Reading, anchors, finds, has_groups, has_line, insert, replace_lines, without,
};
use super::rewrite::{Backup, Rewrite, fetch, ignores_case, interpolate};
use crate::args::OneOrMany;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Ensure that a line is in a file, or that no such line is.
///
/// * To add: the file must have exactly this line. It is appended where it is missing; the file is
///   created where there is none.
/// * With `replace`: every line that *contains* `line` becomes `replace`, as a whole. Where none does
///   and `replace` is not there yet, it is added.
/// * With `present: false`: every line that *contains* `line` is removed.
///
/// `line` is text: each character stands for itself. Only a `^` at its start and a `$` at its end bind
/// it to the start and end of a line, and are not written; `escape_regex_characters: true` or
/// `regex: false` make them ordinary characters too. With `replace`, a `.*` at either end is taken
/// for what it says, any text, where it is not found as it stands. `regex: true` makes `line` a regular expression
/// that matches anywhere in a line; groups are `\1` to `\9` in `replace`, which is then not added where
/// nothing matches.
///
/// pyinfra takes `line` for a basic regular expression and is content with a line that contains it, a
/// commented one for example; this operation is not.
///
/// ```rhai
/// files.line("/etc/motd", "down for maintenance");
/// files.line("/etc/motd", "down for maintenance", #{ present: false });
/// files.line("/etc/ssh/sshd_config", "PermitRootLogin", #{ replace: "PermitRootLogin no" });
/// files.line("/etc/hosts", "10.0.0.1 db", #{ insert_after: "localhost" });
/// files.line("/etc/fstab", "^(\\S+) /data ", #{ replace: "\\1 /data ext4 noatime 0 2", regex: true });
/// ```
#[derive(Debug, Args)]
#[args("files.line")]
#[expect(
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    reason = "they are the arguments, as pyinfra names them"
)]
pub(crate) struct Line {
    /// The file on the host.
    path: String,

    /// The line, or what is searched for.
    line: String,

    /// Whether the line should be there.
    #[arg(default = true)]
    present: bool,

    /// What lines that contain `line` become.
    replace: Option<String>,

    /// Flags as `sed` has them: `i` ignores case when searching.
    flags: Option<OneOrMany<String>>,

    /// Copy the file first: `true` adds date and time to its name, text is added as it is.
    #[arg(default = Backup::None)]
    backup: Backup,

    /// Expand variables in `line` and `replace`, as the host's shell does between double quotes.
    #[arg(default = false)]
    interpolate_variables: bool,

    /// Take `^` and `$` at the ends of `line` for ordinary characters.
    #[arg(default = false)]
    escape_regex_characters: bool,

    /// Append on a line of its own where the file's last line is not ended. `false` appends right
    /// behind the last character.
    #[arg(default = true)]
    ensure_newline: bool,

    /// The same as `regex`.
    #[arg(default = false)]
    extended_regex: bool,

    /// Take `line`, `insert_after` and `insert_before` for regular expressions.
    regex: Option<bool>,

    /// Add after the last line that contains this, or at the end where none does.
    insert_after: Option<String>,

    /// Add before the first line that contains this, or at the end where none does.
    insert_before: Option<String>,

    /// A command that must accept the new file before it goes live; `%s` is the file. Default: `visudo`
    /// for sudoers; `crontab` for `/etc/crontab` and `/etc/cron.d`, where it can look at a file; `sshd -t` and
    /// `nginx -t` for their main files, where they accept the present one; `""` for none.
    validate: Option<String>,
}

impl Operation for Line {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let replacement = self.replace.as_deref().unwrap_or_default();
        let [line, replacement] =
            interpolate(host, &self.path, self.interpolate_variables, [&self.line, replacement])?;
        let wish = self.wish(&line, Some(replacement.as_str()).filter(|it| !it.is_empty()))?;
        let before = fetch(host, &self.path)?;
        let text = before.as_deref().unwrap_or_default();
        let (after, satisfied) = if self.present {
            (wish.present(text)?, format!("{} has the line {:?}", self.path, wish.written))
        } else {
            (wish.absent(text), format!("no line in {} has {line:?}", self.path))
        };
        // What is not there needs not be created to be without a line.
        let before = before.or_else(|| after.is_empty().then(String::new));
        let file =
            Rewrite { path: &self.path, backup: &self.backup, validate: self.validate.as_deref() };
        file.plan(host, before.as_deref(), &after, satisfied)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}

/// The arguments, read.
struct Wish<'a> {
    /// What is searched for.
    pattern: Pattern,
    /// What matching lines become.
    replace: Option<&'a str>,
    /// What is added where nothing matches.
    written: &'a str,
    /// Where it is added.
    place: Place,
}

impl Line {
    fn wish<'a>(&self, line: &'a str, replace: Option<&'a str>) -> Result<Wish<'a>> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.contains('\n') && (replace.is_some() || !self.present)
            || replace.is_some_and(|it| it.contains('\n'))
        {
            return Err(Error::usage("lines are replaced and removed one at a time")
                .hint("files.block keeps several lines, files.replace changes text across lines"));
        }
        let regex = self.extended_regex || self.regex == Some(true);
        let how = Reading {
            regex,
            verbatim: self.escape_regex_characters || self.regex == Some(false),
            ignore_case: ignores_case(self.flags.as_deref().unwrap_or_default())?,
        };
        let bare = if how.verbatim { line } else { anchors(line).0 };
        let place = match (&self.insert_after, &self.insert_before) {
            (Some(_), Some(_)) => {
                return Err(Error::usage("give `insert_after` or `insert_before`, not both")
                    .argument("insert_before"));
            }
            (Some(text), None) => Place::After(Pattern::new(text, how)?),
            (None, Some(text)) => Place::Before(Pattern::new(text, how)?),
            (None, None) if self.ensure_newline => Place::End,
            (None, None) => Place::Glued,
        };
        // An escaped regular expression stands for itself.
        let how = Reading { regex: regex && !self.escape_regex_characters, ..how };
        let pattern = Pattern::new(line, how)?;
        Ok(Wish { pattern, replace, written: replace.unwrap_or(bare), place })
    }
}

impl Wish<'_> {
    fn present(&self, text: &str) -> Result<String> {
        let Some(replace) = self.replace else { return self.added(text) };
        if finds(text, &self.pattern) {
            let after = replace_lines(text, &self.pattern, replace);
            return if replace_lines(&after, &self.pattern, replace) == after {
                Ok(after)
            } else {
                Err(Error::usage(
                    "what `replace` makes of a line would be replaced again by every run",
                )
                .hint("make `line` not match a line that is as it should be")
                .argument("replace"))
            };
        }
        if has_line(text, replace) {
            return Ok(text.to_owned());
        }
        // Sought only where the replacement is not there yet: else a second run would find more.
        match self.pattern.without_wildcards() {
            Some(wider) if finds(text, &wider) => Ok(replace_lines(text, &wider, replace)),
            _ => self.added(text),
        }
    }

    fn added(&self, text: &str) -> Result<String> {
        let there = match (&self.pattern, self.replace) {
            // Without a match there is nothing that the groups could stand for.
            (Pattern::Regex(_), Some(replace)) => has_groups(replace),
            (Pattern::Regex(_), None) => finds(text, &self.pattern),
            (Pattern::Literal { .. }, _) => false,
        };
        if there || has_line(text, self.written) || self.is_glued(text) {
            return Ok(text.to_owned());
        }
        match &self.pattern {
            Pattern::Regex(regex) if self.replace.is_none() && !regex.is_match(self.written) => {
                Err(Error::failed("no line matches, and the expression does not say what to add")
                    .hint("give a `replace`, which is added where no line matches"))
            }
            _ => Ok(insert(text, self.written, &self.place)),
        }
    }

    /// Whether the line is there as `ensure_newline: false` left it: behind another text.
    fn is_glued(&self, text: &str) -> bool {
        matches!(self.place, Place::Glued)
            && !self.written.is_empty()
            && super::edit::lines(text).any(|(body, _)| body.ends_with(self.written))
    }

    fn absent(&self, text: &str) -> String {
        without(text, &self.pattern)
    }
}
