use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Text;
use crate::{Args, Ask, Host, Result};

/// A user's scheduled jobs in their order, with the comments and empty lines before each; lines that
/// set a variable have `env` instead of `command`.
///
/// ```rhai
/// for job in host.fact("crontab.crontab", "root") {
///     if "command" in job { host.log(job.command); }
/// }
/// ```
#[derive(Clone, Debug, Args)]
#[args("crontab.crontab")]
pub struct Crontab {
    /// The user. Default: the account that commands run as.
    pub user: Option<String>,
}

/// The comment that names a job. Kept from pyinfra, so that the jobs that it wrote are found.
pub const NAME_COMMENT: &str = "# pyinfra-name=";

/// One job, or one variable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// The whole line, where it sets a variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// What is run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// `@daily` and the like, instead of the five fields below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub special_time: Option<String>,
    /// Minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minute: Option<Field>,
    /// Hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<Field>,
    /// Months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<Field>,
    /// Days of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_of_month: Option<Field>,
    /// Days of the week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_of_week: Option<Field>,
    /// The comments and empty lines before it.
    pub comments: Vec<String>,
}

/// A time field; a number where it is one. `05` and `5` are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field(String);

impl Field {
    /// The field as crontab has it.
    pub fn new(text: &str) -> Self {
        let number = text.parse::<i64>();
        Self(number.map_or_else(|_| text.to_owned(), |number| number.to_string()))
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.parse::<i64>() {
            Ok(number) => serializer.serialize_i64(number),
            Err(_) => serializer.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = serde_json::Value::deserialize(deserializer)?;
        Ok(Self::new(&json.as_str().map_or_else(|| json.to_string(), str::to_owned)))
    }
}

impl Entry {
    /// Whether one of its comments gives it this name.
    pub fn is_named(&self, name: &str) -> bool {
        self.comments.iter().any(|it| it.strip_prefix(NAME_COMMENT) == Some(name))
    }

    /// The line that says this, without the comments.
    pub fn line(&self) -> String {
        if let Some(env) = &self.env {
            return env.clone();
        }
        let command = self.command.as_deref().unwrap_or_default();
        if let Some(time) = &self.special_time {
            return format!("{time} {command}");
        }
        let fields = [&self.minute, &self.hour, &self.day_of_month, &self.month, &self.day_of_week];
        let time: Vec<&str> =
            fields.iter().map(|it| it.as_ref().map_or("*", |field| &field.0)).collect();
        format!("{} {command}", time.join(" "))
    }
}

impl Ask for Crontab {
    type Output = Vec<Entry>;

    fn find(&self, host: &Host<'_>) -> Result<Arc<Self::Output>> {
        let text = host.fact(&Text { user: self.user.clone() })?;
        let mut entries = Vec::new();
        let mut comments = Vec::new();
        for line in text.as_deref().unwrap_or_default().lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                comments.push(line.to_owned());
            } else if let Some(entry) = entry_of(line) {
                entries.push(Entry { comments: std::mem::take(&mut comments), ..entry });
            }
        }
        Ok(Arc::new(entries))
    }
}

/// The job or variable that a line is; `None` for comments, empty lines and what cron does not read.
pub fn entry_of(line: &str) -> Option<Entry> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    if line.starts_with('@') {
        let (time, command) = line.split_once(char::is_whitespace)?;
        return Some(Entry {
            special_time: Some(time.to_owned()),
            command: Some(command.trim_start().to_owned()),
            ..Entry::default()
        });
    }
    if sets_variable(line) {
        return Some(Entry { env: Some(line.to_owned()), ..Entry::default() });
    }
    let mut rest = line;
    let mut field = || {
        let (first, after) = rest.split_once(char::is_whitespace)?;
        rest = after.trim_start();
        Some(Some(Field::new(first)))
    };
    Some(Entry {
        minute: field()?,
        hour: field()?,
        day_of_month: field()?,
        month: field()?,
        day_of_week: field()?,
        command: Some(rest.to_owned()),
        ..Entry::default()
    })
}

/// `NAME = value`; the name may be in quotes (crontab(5)).
fn sets_variable(line: &str) -> bool {
    let Some((name, _)) = line.split_once('=') else { return false };
    let name = name.trim_end();
    let quoted = ['"', '\''].iter().any(|quote| {
        let inner = name.strip_prefix(*quote).and_then(|it| it.strip_suffix(*quote));
        inner.is_some_and(|it| !it.contains(*quote))
    });
    let bare = name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
        && name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
    quoted || bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_entry_that_it_writes() {
        for (line, expected) in [
            ("@daily  run me", Some("@daily run me")),
            ("5\t03 * * MON  x=1 y  z ", Some("5 3 * * MON x=1 y  z")),
            ("CRON_TZ = UTC", Some("CRON_TZ = UTC")),
            ("'A B'=c", Some("'A B'=c")),
            ("* * * * * A=b c", Some("* * * * * A=b c")),
            ("# c", None),
            ("* * * *", None),
        ] {
            assert_eq!(entry_of(line).map(|it| it.line()).as_deref(), expected, "{line}");
        }
    }
}
