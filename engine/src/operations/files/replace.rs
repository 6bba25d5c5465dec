use regex::{Regex, RegexBuilder};

use super::edit::{Pattern, Reading, expand, lines};
use super::rewrite::{Backup, Rewrite, fetch, ignores_case, interpolate};
use crate::args::OneOrMany;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Replace text in a file, wherever it is.
///
/// `text` stands for itself, and all of it is replaced, not only the first in a line. What is already
/// part of a `replace` is left alone, so that `listen` can become `listen ssl` and stay that.
/// `regex: true` makes `text` a regular expression that is matched line by line; its groups are `\1`
/// to `\9` in `replace`. It is an error if every run would replace what the one before made.
///
/// pyinfra takes `text` for a basic regular expression and replaces the first match of a line only.
///
/// ```rhai
/// files.replace("/etc/motd", "verboten", "forbidden");
/// files.replace("/etc/nginx/nginx.conf", "worker_processes \\d+", #{
///     replace: "worker_processes 4", regex: true, backup: true,
/// });
/// ```
#[derive(Debug, Args)]
#[args("files.replace")]
#[expect(clippy::struct_field_names, reason = "they are the arguments, as pyinfra names them")]
pub(crate) struct Replace {
    /// The file on the host. It must exist.
    path: String,

    /// What is replaced.
    #[arg(alias = "match")]
    text: Option<String>,

    /// What it becomes.
    replace: Option<String>,

    /// Flags as `sed` has them: `i` ignores case, `g` is always on.
    flags: Option<OneOrMany<String>>,

    /// Copy the file first: `true` adds date and time to its name, text is added as it is.
    #[arg(default = Backup::None)]
    backup: Backup,

    /// Expand variables in `text` and `replace`, as the host's shell does between double quotes.
    #[arg(default = false)]
    interpolate_variables: bool,

    /// The same as `regex`.
    #[arg(default = false)]
    extended_regex: bool,

    /// Take `text` for a regular expression.
    #[arg(default = false)]
    regex: bool,

    /// A command that must accept the new file before it goes live; `%s` is the file. Default: `visudo`
    /// for sudoers; `sshd -t` and `nginx -t` for their main files, where they accept the present one;
    /// `""` for none.
    validate: Option<String>,
}

impl Operation for Replace {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let missing = |name| Error::usage(format!("argument `{name}` is missing")).argument(name);
        let text = self.text.as_deref().filter(|it| !it.is_empty());
        let text = text.ok_or_else(|| missing("text"))?;
        let by = self.replace.as_deref().ok_or_else(|| missing("replace"))?;
        let [text, by] = interpolate(host, &self.path, self.interpolate_variables, [text, by])?;
        let exchange = self.exchange(&text, &by)?;
        let Some(before) = fetch(host, &self.path)? else {
            return Err(Error::failed(format!(
                "there is no file {} to replace text in",
                self.path
            ))
            .hint("files.line and files.put create files"));
        };
        let after = exchange.run(&before)?;
        let file =
            Rewrite { path: &self.path, backup: &self.backup, validate: self.validate.as_deref() };
        file.plan(host, Some(&before), &after, format!("{} does not hold {text:?}", self.path))
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}

impl Replace {
    fn exchange<'a>(&self, text: &str, by: &'a str) -> Result<Exchange<'a>> {
        let ignore_case = ignores_case(self.flags.as_deref().unwrap_or_default())?;
        let is_expression = self.regex || self.extended_regex;
        if is_expression {
            let how = Reading { regex: true, ignore_case, ..Reading::default() };
            if let Pattern::Regex(regex) = Pattern::new(text, how)? {
                return Ok(Exchange { regex, by, has_groups: true, across_lines: false });
            }
        }
        let built = RegexBuilder::new(&regex::escape(text)).case_insensitive(ignore_case).build();
        let regex = built.map_err(|error| {
            Error::usage("the text is too long to be searched for").hint(error.to_string())
        })?;
        Ok(Exchange { regex, by, has_groups: false, across_lines: text.contains('\n') })
    }
}

/// One text for another.
struct Exchange<'a> {
    /// What is replaced.
    regex: Regex,
    /// What it becomes.
    by: &'a str,
    /// Whether `\1` and the like in it mean something.
    has_groups: bool,
    /// Whether the text may go on in the next line.
    across_lines: bool,
}

/// So often a text may grow or stay as long as it is while matches are replaced in it. Enough for
/// matches that arise from others, little enough to notice one that replaces its own outcome.
const ROUNDS: usize = 16;

impl Exchange<'_> {
    fn run(&self, text: &str) -> Result<String> {
        if self.across_lines {
            return self.settle(text);
        }
        let mut after = String::with_capacity(text.len());
        for (body, ending) in lines(text) {
            after.push_str(&self.settle(body)?);
            after.push_str(ending);
        }
        Ok(after)
    }

    /// Replaces until nothing is left to replace: only then a second run changes nothing.
    fn settle(&self, text: &str) -> Result<String> {
        let mut now = text.to_owned();
        let mut rounds = 0;
        while rounds < ROUNDS {
            let next = self.once(&now);
            if next == now {
                return Ok(now);
            }
            rounds += usize::from(next.len() >= now.len());
            now = next;
        }
        Err(Error::usage("what `replace` makes would be replaced again by every run")
            .hint("make `text` not match what is as it should be")
            .argument("replace"))
    }

    fn once(&self, text: &str) -> String {
        let mut after = String::with_capacity(text.len());
        let mut done = 0;
        for groups in self.regex.captures_iter(text) {
            let Some(found) = groups.get(0) else { continue };
            let by = if self.has_groups { expand(self.by, &groups) } else { self.by.to_owned() };
            if within(text, found.range(), &by) {
                continue;
            }
            after.push_str(text.get(done..found.start()).unwrap_or_default());
            after.push_str(&by);
            done = found.end();
        }
        after.push_str(text.get(done..).unwrap_or_default());
        after
    }
}

/// Whether a match is part of what it would become.
fn within(text: &str, found: std::ops::Range<usize>, by: &str) -> bool {
    let Some(room) = by.len().checked_sub(found.len()) else { return false };
    let first = found.start.saturating_sub(room);
    (first..=found.start).any(|at| {
        text.get(at..).is_some_and(|rest| rest.starts_with(by)) && at + by.len() >= found.end
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str, from: &str, by: &str, regex: bool) -> Result<String> {
        let pattern = if regex { from.to_owned() } else { regex::escape(from) };
        let across_lines = from.contains('\n');
        let (has_groups, regex) = (regex, Regex::new(&pattern).unwrap());
        Exchange { regex, by, has_groups, across_lines }.run(text)
    }

    #[test]
    fn replaces_all_and_is_content_afterwards() {
        for (text, from, by, regex, expected) in [
            ("a a\r\na", "a", "b", false, "b b\r\nb"),
            ("listen 80; listen ssl", "listen", "listen ssl", false, "listen ssl 80; listen ssl"),
            ("x    y\n", "  ", " ", false, "x y\n"),
            ("aaab", "ab", "b", false, "b"),
            ("a.b axb", "a.b", r"\1&$1", false, r"\1&$1 axb"),
            ("one\ntwo\nthree", "one\ntwo", "2", false, "2\nthree"),
            ("n 1\nn 22", r"^(n) \d+$", r"\1 4&", true, "n 4&\nn 4&"),
            ("x\n#y", "^", "#", true, "#x\n#y"),
            ("it's a/b", "it's a/b", "\"c\"", false, "\"c\""),
            ("grüße", "ü", "ue", false, "grueße"),
        ] {
            let once = replaced(text, from, by, regex).unwrap();
            assert_eq!(once, expected, "{text:?} {from:?}");
            assert_eq!(replaced(&once, from, by, regex).unwrap(), once, "{text:?} {from:?}");
        }
    }

    #[test]
    fn a_replacement_that_never_settles_is_an_error() {
        for (text, from, by) in [("a foo", "^(.*foo.*)$", r"# \1"), ("ab", "^(.)(.)$", r"\2\1")] {
            let error = replaced(text, from, by, true).unwrap_err();
            assert_eq!(error.argument.as_deref(), Some("replace"), "{text}");
        }
    }
}
