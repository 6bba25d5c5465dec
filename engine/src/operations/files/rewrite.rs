//! What the operations that edit text have in common: how the file is fetched, how the edited text is
//! written, and what is true then.

use super::Predict;
use super::validate::check;
use crate::args::{Arg, Kind};
use crate::bytes::encode;
use crate::command::{Diff, Put};
use crate::facts::files::{Entry, EntryInfo, EntryKind, Expanded, Info, Text};
use crate::project::Project;
use crate::value::Value;
use crate::{Commands, Error, Host, Result};

/// Whether the file is copied before it is changed, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Backup {
    /// It is not.
    #[default]
    None,
    /// To the same name with date and time added.
    Dated,
    /// To the same name with this added.
    Suffix(String),
}

/// `true`, `false` or the ending of the copy's name.
impl Arg for Backup {
    const KIND: Kind = Kind::Any;

    fn read(value: &Value) -> Option<Self> {
        if let Some(dated) = bool::read(value) {
            return Some(if dated { Self::Dated } else { Self::None });
        }
        String::read(value).map(|it| if it.is_empty() { Self::None } else { Self::Suffix(it) })
    }

    fn write(&self) -> Value {
        match self {
            Self::None => Value::Bool(false),
            Self::Dated => Value::Bool(true),
            Self::Suffix(text) => Value::from(text.as_str()),
        }
    }

    fn advice(_value: &Value) -> Option<String> {
        Some("write `true`, or the ending of the copy's name".to_owned())
    }
}

impl Backup {
    /// Where the copy of a file goes. The date is that of the run, in the controller's time zone: year, month,
    /// day, hour, minute.
    fn of(&self, path: &str, project: &Project) -> Option<String> {
        match self {
            Self::None => None,
            Self::Dated => {
                let started = project.started().to_zoned(jiff::tz::TimeZone::system());
                Some(format!("{path}.{}", started.strftime("%y%m%d%H%M")))
            }
            Self::Suffix(suffix) => Some(format!("{path}.{}", suffix.trim_start_matches('.'))),
        }
    }
}

/// A file that is edited.
#[derive(Debug)]
pub(crate) struct Rewrite<'a> {
    /// The path on the host.
    pub(crate) path: &'a str,
    /// Whether it is copied first.
    pub(crate) backup: &'a Backup,
    /// The check that the new text must pass, where one is given.
    pub(crate) validate: Option<&'a str>,
}

impl Rewrite<'_> {
    /// The commands that turn one text into the other; none where they are equal.
    pub(crate) fn plan(
        &self,
        host: &Host<'_>,
        before: Option<&str>,
        after: &str,
        satisfied: String,
    ) -> Result<Commands> {
        if before == Some(after) {
            return Ok(Commands::none(satisfied));
        }
        let mut todo = Commands::default();
        todo.put(Put {
            path: self.path.to_owned(),
            content: crate::command::Content::Bytes(encode(after).into()),
            backup: before.and_then(|_| self.backup.of(self.path, host.project())),
            validate: check(self.path, self.validate),
            ..Put::default()
        });
        todo.diff.push(Diff::Text {
            path: self.path.to_owned(),
            before: before.map(str::to_owned),
            after: Some(after.to_owned()),
        });
        if let Some(entry) = host.foreseen(&entry(self.path))? {
            self.foresee(&mut todo, entry.as_ref().as_ref(), after);
        }
        todo.then(&Text::at(self.path), Some(after.to_owned()));
        Ok(todo)
    }

    /// States what will be at the path.
    fn foresee(&self, todo: &mut Commands, now: Option<&EntryInfo>, after: &str) {
        // A link is followed, so what is said of it stays true.
        if now.is_none_or(|it| it.kind == EntryKind::File) {
            let info = now.map(|it| it.info.clone()).unwrap_or_default();
            let size = u64::try_from(encode(after).len()).ok();
            let info = Info { size, mtime: None, ctime: None, ..info };
            todo.will_be(self.path, EntryKind::File, info);
        }
    }
}

/// The text of a file that is to be edited. What a plan that changes it asks too goes out with the same question.
pub(crate) fn fetch(host: &Host<'_>, path: &str) -> Result<Option<String>> {
    host.foreseen(&entry(path)).ok();
    Ok(host.fact(&Text::at(path))?.as_ref().clone())
}

fn entry(path: &str) -> Entry {
    Entry { path: path.to_owned() }
}

/// Texts with variables replaced by the host's shell, where that is asked for. Says first which file
/// will be fetched, so that all goes out together.
pub(crate) fn interpolate<const N: usize>(
    host: &Host<'_>,
    path: &str,
    wanted: bool,
    texts: [&str; N],
) -> Result<[String; N]> {
    let mut expanded = texts.map(str::to_owned);
    if !wanted {
        return Ok(expanded);
    }
    host.want(&Text::at(path));
    for text in texts.iter().filter(|it| Expanded::is_needed(it)) {
        host.want(&Expanded { text: (*text).to_owned() });
    }
    for text in expanded.iter_mut().filter(|it| Expanded::is_needed(it)) {
        if let Some(known) = host.fact(&Expanded { text: text.clone() })?.as_ref() {
            text.clone_from(known);
        }
    }
    Ok(expanded)
}

/// Whether `sed` flags ask to ignore case. `g` is always on; a number is an error, since what it left
/// would be changed by the next run.
pub(crate) fn ignores_case(flags: &[String]) -> Result<bool> {
    let all = flags.concat();
    if all.contains(|it: char| it.is_ascii_digit()) {
        return Err(Error::usage("a number in `flags` would change another match on every run")
            .hint("every match is replaced; make the searched text more exact instead")
            .argument("flags"));
    }
    Ok(all.contains(['i', 'I']))
}
