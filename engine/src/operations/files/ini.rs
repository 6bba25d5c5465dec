use super::edit::{closed, lines, newline};
use super::rewrite::{Backup, Rewrite, fetch};
use crate::args::Scalar;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Set or remove one option in an INI file: `key = value` lines under `[section]` headings.
///
/// Everything else stays as it is: comments, order, spaces around `=`. Where the option is there more
/// than once in its section, the last one is changed, which is the one that readers take. A missing
/// file, section or option is added.
///
/// ```rhai
/// files.ini("/etc/php/8.2/fpm/php.ini", "PHP", "memory_limit", "256M");
/// files.ini("/etc/systemd/journald.conf", "Journal", "SystemMaxUse", "1G", #{ separator: "=" });
/// files.ini("/etc/my.cnf", "mysqld", "skip-networking", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("files.ini")]
pub(crate) struct Ini {
    /// The file on the host.
    path: String,

    /// The section; the lines before the first heading where it is `""`.
    section: String,

    /// The option. Without it, `present: false` removes the whole section.
    option: Option<String>,

    /// Its value. Without it, the option stands alone in its line: `skip-networking`.
    value: Option<Scalar>,

    /// Whether the option should be there.
    #[arg(default = true)]
    present: bool,

    /// What stands between option and value in a new line.
    #[arg(default = " = ".to_owned())]
    separator: String,

    /// Copy the file first: `true` adds date and time to its name, text is added as it is.
    #[arg(default = Backup::None)]
    backup: Backup,

    /// A command that must accept the new file before it goes live; `%s` is the file.
    validate: Option<String>,
}

impl Operation for Ini {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let given =
            [Some(&self.section), self.option.as_ref(), self.value.as_ref().map(|it| &it.0)];
        if given.iter().flatten().any(|it| it.contains('\n')) {
            return Err(Error::usage(
                "sections, options and values of an INI file are one line each",
            ));
        }
        let before = fetch(host, &self.path)?;
        let text = before.as_deref().unwrap_or_default();
        let (after, what) = match (&self.option, self.present) {
            (Some(option), true) => (self.set(text, option), "is set"),
            (Some(option), false) => (self.unset(text, option), "is not set"),
            (None, false) => (self.without_section(text), "is not there"),
            (None, true) => {
                return Err(Error::usage("argument `option` is missing").argument("option"));
            }
        };
        let name = self.option.as_ref().unwrap_or(&self.section);
        let before = before.or_else(|| after.is_empty().then(String::new));
        let file =
            Rewrite { path: &self.path, backup: &self.backup, validate: self.validate.as_deref() };
        file.plan(host, before.as_deref(), &after, format!("{name} {what} in {}", self.path))
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}

impl Ini {
    fn set(&self, text: &str, option: &str) -> String {
        let value = self.value.as_ref().map(|it| it.0.as_str());
        let newline = newline(text);
        let text = closed(text, newline);
        let all: Vec<(&str, &str)> = lines(&text).collect();
        let ours = self.sections(&text);
        if let Some(at) = ours.iter().copied().rfind(|at| is_option(all.get(*at), option)) {
            let line = all.get(at).map_or("", |(body, _)| body);
            if value_of(line) == value {
                return text;
            }
            let line = changed(line, value, &self.separator);
            return with(&all, at, at + 1, &format!("{line}{newline}"));
        }
        let line = changed(option, value, &self.separator) + newline;
        // After the last line of the section that says something, so that empty lines and comments
        // above the next heading stay there.
        let filled = |at: &&usize| all.get(**at).is_some_and(|(body, _)| !is_remark(body));
        match ours.iter().rfind(filled) {
            Some(at) => with(&all, at + 1, at + 1, &line),
            None if self.section.is_empty() => line + text.as_str(),
            None => {
                let gap = if text.is_empty() || text.ends_with("\n\n") { "" } else { newline };
                format!("{text}{gap}[{}]{newline}{line}", self.section)
            }
        }
    }

    fn unset(&self, text: &str, option: &str) -> String {
        let all: Vec<(&str, &str)> = lines(text).collect();
        let ours = self.sections(text);
        let kept = all.iter().enumerate();
        let kept = kept.filter(|(at, _)| !(ours.contains(at) && is_option(all.get(*at), option)));
        kept.flat_map(|(_, (body, ending))| [*body, *ending]).collect()
    }

    fn without_section(&self, text: &str) -> String {
        let ours = self.sections(text);
        let kept = lines(text).enumerate().filter(|(at, _)| !ours.contains(at));
        kept.flat_map(|(_, (body, ending))| [body, ending]).collect()
    }

    /// Which lines belong to the section, its heading included.
    fn sections(&self, text: &str) -> Vec<usize> {
        let mut current = String::new();
        let mut ours = Vec::new();
        for (at, (body, _)) in lines(text).enumerate() {
            if let Some(name) = heading(body) {
                name.clone_into(&mut current);
            }
            if current == self.section {
                ours.push(at);
            }
        }
        ours
    }
}

/// The name in `[name]`.
fn heading(line: &str) -> Option<&str> {
    let (name, rest) = line.trim().strip_prefix('[')?.split_once(']')?;
    let rest = rest.trim();
    (rest.is_empty() || is_remark(rest)).then(|| name.trim())
}

fn is_remark(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with(['#', ';'])
}

fn is_option(line: Option<&(&str, &str)>, option: &str) -> bool {
    line.is_some_and(|(body, _)| {
        !is_remark(body) && heading(body).is_none() && split(body).0.trim() == option
    })
}

/// What is before the separator, and the separator with the spaces around it; then the rest.
fn split(line: &str) -> (&str, Option<(&str, &str)>) {
    let Some(at) = line.find(['=', ':']) else { return (line, None) };
    let (before, after) = line.split_at(at);
    let name = before.trim_end();
    let value = after.get(1..).unwrap_or_default().trim_start();
    let separator = line.get(name.len()..line.len() - value.len()).unwrap_or_default();
    (name, Some((separator, value)))
}

fn value_of(line: &str) -> Option<&str> {
    split(line).1.map(|(_, value)| value.trim_end())
}

/// The line with another value, its indentation and separator kept.
fn changed(line: &str, value: Option<&str>, separator: &str) -> String {
    let (name, found) = split(line);
    match value {
        None => name.trim_end().to_owned(),
        Some(value) => {
            let separator = match found {
                // `key =` says nothing of what stands before a value.
                Some((kept, before)) if !before.is_empty() => kept,
                _ => separator,
            };
            format!("{}{separator}{value}", name.trim_end())
        }
    }
}

/// The lines with those from `start` to before `end` replaced.
fn with(all: &[(&str, &str)], start: usize, end: usize, by: &str) -> String {
    let part = |from: usize, to: usize| -> String {
        let some = all.get(from..to).unwrap_or_default();
        some.iter().flat_map(|(body, ending)| [*body, *ending]).collect()
    };
    [part(0, start).as_str(), by, part(end, all.len()).as_str()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "top=1\n; note\n[a]\n  x = 1\n#x = 9\nx: 2\n\n; of b\n[b] # tail\nflag\n";

    fn edited(section: &str, option: Option<&str>, value: Option<&str>, present: bool) -> String {
        let ini = Ini {
            path: String::new(),
            section: section.to_owned(),
            option: option.map(str::to_owned),
            value: value.map(|it| Scalar(it.to_owned())),
            present,
            separator: " = ".to_owned(),
            backup: Backup::None,
            validate: None,
        };
        let edit = |text: &str| match (&ini.option, present) {
            (Some(option), true) => ini.set(text, option),
            (Some(option), false) => ini.unset(text, option),
            (None, _) => ini.without_section(text),
        };
        let once = edit(TEXT);
        assert_eq!(edit(&once), once, "{ini:?}");
        once
    }

    #[test]
    fn changes_one_line_and_keeps_the_rest() {
        for (section, option, value, old, new) in [
            ("a", "x", Some("3"), "x: 2\n", "x: 3\n"),
            ("a", "y", Some("a=b"), "x: 2\n", "x: 2\ny = a=b\n"),
            ("b", "flag", Some("1"), "flag\n", "flag = 1\n"),
            ("b", "bare", None, "flag\n", "flag\nbare\n"),
            ("", "top", Some("2"), "top=1", "top=2"),
            ("", "second", Some("2"), "top=1\n", "top=1\nsecond = 2\n"),
            ("c", "z", Some(""), "flag\n", "flag\n\n[c]\nz = \n"),
            ("b", "flag", None, "", ""),
        ] {
            assert_eq!(edited(section, Some(option), value, true), TEXT.replacen(old, new, 1));
        }
    }

    #[test]
    fn removes_options_and_sections() {
        let without = TEXT.replace("  x = 1\n", "").replace("x: 2\n", "");
        assert_eq!(edited("a", Some("x"), None, false), without);
        assert_eq!(edited("b", None, None, false), TEXT.replace("[b] # tail\nflag\n", ""));
        assert_eq!(edited("none", Some("x"), None, false), TEXT);
    }
}
