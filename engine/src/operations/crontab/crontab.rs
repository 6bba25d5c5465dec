use crate::args::{OneOrMany, Scalar};
use crate::bytes::encode;
use crate::command::Diff;
use crate::facts::crontab::{Entry, Field, NAME_COMMENT, Text, entry_of};
use crate::facts::files::Expanded;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

/// Add, change or remove a job in a user's crontab.
///
/// A job is known by its command, or by `cron_name` where that is given: a comment above the job holds
/// the name, so that command and time can change. Everything else in the crontab stays as it is.
///
/// Each time field takes a number, crontab's own form (`*/5`, `1-5`) or a list, and is `*` where it is
/// not given.
///
/// ```rhai
/// crontab.crontab("/usr/local/bin/backup", #{ hour: 3, minute: 0, cron_name: "backup", user: "root" });
/// crontab.crontab("/usr/local/bin/ping", #{ minute: "*/5", day_of_week: [1, 3, 5] });
/// crontab.crontab("/usr/local/bin/warm-up", #{ special_time: "@reboot" });
/// crontab.crontab("/usr/local/bin/ping", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("crontab.crontab")]
pub(crate) struct Crontab {
    /// What is run. `%` ends it and starts its input, as crontab has it; `\%` is a percent sign.
    command: String,

    /// Whether the job should be there.
    #[arg(default = true)]
    present: bool,

    /// The user whose crontab it is. Default: the account that commands run as.
    user: Option<String>,

    /// A name that the job keeps when its command changes.
    cron_name: Option<String>,

    /// Minutes, 0 to 59.
    minute: Option<OneOrMany<Scalar>>,

    /// Hours, 0 to 23.
    hour: Option<OneOrMany<Scalar>>,

    /// Months, 1 to 12 or names.
    month: Option<OneOrMany<Scalar>>,

    /// Days of the week, 0 to 7 or names; 0 and 7 are Sunday.
    day_of_week: Option<OneOrMany<Scalar>>,

    /// Days of the month, 1 to 31.
    day_of_month: Option<OneOrMany<Scalar>>,

    /// `@reboot`, `@daily` and the like, instead of the five fields.
    special_time: Option<String>,

    /// Expand variables in `command` once, now, as the host's shell does between double quotes.
    #[arg(default = false)]
    interpolate_variables: bool,
}

impl Operation for Crontab {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let wanted = self.job(host)?;
        let fact = Text { user: self.user.clone() };
        let now = host.fact(&fact)?;
        let now = now.as_deref().unwrap_or_default();
        if encode(now) != now.as_bytes() {
            return Err(Error::failed("the crontab holds bytes that are not UTF-8").hint(
                "convert it once by hand: crontab -l | iconv -f latin1 -t utf8 | crontab -",
            ));
        }
        let found = self.find(now, &wanted);
        let after = match (self.present, &found) {
            (true, Some(job)) if job.entry.line() == wanted.line() => None,
            (true, Some(job)) => Some(job.replaced(now, &wanted.line())),
            (true, None) => Some(self.appended(now, &wanted.line())),
            (false, Some(job)) => Some(job.removed(now)),
            (false, None) => None,
        };
        let Some(after) = after else {
            let is = if self.present { "is there" } else { "is not there" };
            return Ok(Commands::none(format!("the job {} {is}", self.command)));
        };
        let mut user = Shell::new();
        user.opt("-u", self.user.as_deref());
        let mut todo = Commands::from(sh!("printf %s {after} | crontab {user} -"));
        todo.diff.push(Diff::Text {
            path: self.user.as_ref().map_or("crontab".to_owned(), |it| format!("crontab of {it}")),
            before: Some(now.to_owned()),
            after: Some(after.clone()),
        });
        todo.then(&fact, Some(after));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::CRONTAB]
    }
}

/// A job as it stands in the crontab.
struct Job {
    entry: Entry,
    /// Which line it is, counted from 0.
    line: usize,
    /// Which line names it.
    name: Option<usize>,
}

impl Crontab {
    /// The job as the arguments say.
    fn job(&self, host: &Host<'_>) -> Result<Entry> {
        let command = self.expanded(host)?.trim().to_owned();
        for (name, text) in [("command", Some(&command)), ("cron_name", self.cron_name.as_ref())] {
            if text.is_some_and(|it| it.is_empty() || it.contains('\n')) {
                return Err(Error::usage(format!("`{name}` must be one line"))
                    .hint("put several commands into a script")
                    .argument(name));
            }
        }
        if let Some(time) = &self.special_time {
            if !time.starts_with('@') || time.contains(char::is_whitespace) {
                return Err(Error::usage(format!("`{time}` is no special time"))
                    .hint("write it as cron does: @reboot, @hourly, @daily, @weekly, @monthly")
                    .argument("special_time"));
            }
            let special_time = Some(time.clone());
            return Ok(Entry { special_time, command: Some(command), ..Entry::default() });
        }
        Ok(Entry {
            minute: field("minute", self.minute.as_ref())?,
            hour: field("hour", self.hour.as_ref())?,
            month: field("month", self.month.as_ref())?,
            day_of_month: field("day_of_month", self.day_of_month.as_ref())?,
            day_of_week: field("day_of_week", self.day_of_week.as_ref())?,
            command: Some(command),
            ..Entry::default()
        })
    }

    fn expanded(&self, host: &Host<'_>) -> Result<String> {
        if !self.interpolate_variables || !Expanded::is_needed(&self.command) {
            return Ok(self.command.clone());
        }
        host.want(&Text { user: self.user.clone() });
        let expanded = host.fact(&Expanded { text: self.command.clone() })?;
        Ok(expanded.as_ref().clone().unwrap_or_else(|| self.command.clone()))
    }

    /// The job with the wanted name, or else the wanted command.
    fn find(&self, text: &str, wanted: &Entry) -> Option<Job> {
        let mut name = None;
        for (line, body) in text.lines().map(str::trim).enumerate() {
            if let Some(given) = body.strip_prefix(NAME_COMMENT) {
                name = Some((line, given));
            }
            let Some(entry) = entry_of(body) else { continue };
            let name = name.take();
            let is_it = match &self.cron_name {
                _ if entry.env.is_some() => false,
                Some(wanted) => name.is_some_and(|(_, it)| it == wanted),
                None => entry.command == wanted.command,
            };
            if is_it {
                return Some(Job { entry, line, name: name.map(|(line, _)| line) });
            }
        }
        None
    }

    fn appended(&self, text: &str, line: &str) -> String {
        let mut after = text.to_owned();
        if !after.is_empty() {
            after.push_str(if after.ends_with('\n') { "\n" } else { "\n\n" });
        }
        if let Some(name) = &self.cron_name {
            after.extend([NAME_COMMENT, name, "\n"]);
        }
        after.extend([line, "\n"]);
        after
    }
}

impl Job {
    fn replaced(&self, text: &str, by: &str) -> String {
        let line = |(at, old): (usize, &str)| {
            if at == self.line { format!("{by}\n") } else { format!("{old}\n") }
        };
        text.lines().enumerate().map(line).collect()
    }

    /// The text without the job and its name, which would else name the job that follows.
    fn removed(&self, text: &str) -> String {
        let kept = text.lines().enumerate();
        let kept = kept.filter(|(at, _)| *at != self.line && Some(*at) != self.name);
        kept.flat_map(|(_, line)| [line, "\n"]).collect()
    }
}

fn field(name: &'static str, given: Option<&OneOrMany<Scalar>>) -> Result<Option<Field>> {
    let Some(given) = given else { return Ok(None) };
    let parts: Vec<&str> = given.iter().map(|it| it.0.trim()).collect();
    let text = parts.join(",");
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err(Error::usage(format!("`{name}` cannot be {text:?}"))
            .hint("write it as cron does: 5, \"*/5\", \"1-5\", or a list of these")
            .argument(name));
    }
    Ok(Some(Field::new(&text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(command: &str, cron_name: Option<&str>) -> Crontab {
        Crontab {
            command: command.to_owned(),
            present: true,
            user: None,
            cron_name: cron_name.map(str::to_owned),
            minute: None,
            hour: None,
            month: None,
            day_of_week: None,
            day_of_month: None,
            special_time: None,
            interpolate_variables: false,
        }
    }

    #[test]
    fn a_job_comes_and_goes_and_the_rest_stays() {
        let base = "# mine\nMAILTO=a\n\n5 3 * * * other run x\n";
        for (command, name) in [
            ("run x", None),
            ("run x", Some("x")),
            ("it's \\% & /a.*b/ $HOME", Some("a b; $(c)")),
            ("MAILTO=b run", None),
        ] {
            let operation = operation(command, name);
            let wanted = entry_of(&format!("* * * * * {command}")).unwrap();
            assert!(operation.find(base, &wanted).is_none(), "{command}");
            let after = operation.appended(base, &wanted.line());
            let job = operation.find(&after, &wanted).unwrap();
            assert_eq!(job.entry.line(), wanted.line());
            let changed = job.replaced(&after, "@daily y");
            assert_eq!(changed, after.replace(&wanted.line(), "@daily y"));
            assert_eq!(job.removed(&after), format!("{base}\n"), "{command}");
        }
    }

    #[test]
    fn a_name_belongs_to_the_job_below_it_only() {
        let text = "# pyinfra-name=a\n# more\n* * * * * one\n* * * * * two\n";
        let wanted = entry_of("* * * * * two").unwrap();
        assert_eq!(operation("two", Some("a")).find(text, &wanted).unwrap().line, 2);
        assert_eq!(operation("two", None).find(text, &wanted).unwrap().name, None);
    }
}
