//! The command line taken apart: options may stand anywhere, words keep their order, and options
//! that `infra` does not know belong to the task that they follow.

use clap::CommandFactory;

use crate::args::Options;

/// First words that are commands without an inventory.
pub(crate) const COMMANDS: &[&str] =
    &["doc", "check", "init", "apply", "test", "completions", COMPLETE];

/// The command by which shells complete command lines.
pub(crate) const COMPLETE: &str = "complete-words";

/// A command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Options of `infra`, with their values, as clap reads them.
    pub(crate) options: Vec<String>,
    /// The first word: an inventory, or one of [`COMMANDS`].
    pub(crate) first: Option<String>,
    /// What follows. After a word of [`COMMANDS`], everything.
    pub(crate) words: Vec<Word>,
    /// Options of `infra` among the words of a command to run, which go to the command.
    pub(crate) given_away: Vec<String>,
}

/// One word after the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A word.
    Plain(String),
    /// A word after `--`, or of a command to run: it is meant as it stands.
    Exact(String),
    /// An option of a task.
    Option(String, Option<String>),
}

impl Word {
    /// The text of a word that is no option.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Plain(text) | Self::Exact(text) => Some(text),
            Self::Option(..) => None,
        }
    }
}

/// Takes a command line apart.
pub(crate) fn split(arguments: impl IntoIterator<Item = String>) -> Line {
    let known = Known::new();
    let mut line = Line::default();
    let mut rest = arguments.into_iter().peekable();
    while let Some(word) = rest.next() {
        if line.first.as_deref().is_some_and(|first| COMMANDS.contains(&first)) {
            line.words.push(Word::Exact(word));
            continue;
        }
        if word == "--" {
            exact(&mut line, rest);
            return line;
        }
        let task = line.is_in_task();
        match known.find(&word) {
            Found::Word if line.first.is_none() => line.first = Some(word),
            Found::Word if line.is_exec() => {
                let rest: Vec<String> = rest.collect();
                let before = rest.iter().take_while(|word| *word != "--");
                line.given_away = before.filter(|word| known.decides(word)).cloned().collect();
                line.words.push(Word::Exact(word));
                line.words.extend(rest.into_iter().map(Word::Exact));
                return line;
            }
            Found::Word => line.words.push(Word::Plain(word)),
            Found::Unknown(name) if task => {
                line.words.push(option(name, &mut rest));
            }
            Found::Option { takes_next } => {
                line.options.push(word);
                line.options.extend(rest.next_if(|_| takes_next));
            }
            // Clap says what is wrong with it, and what may have been meant.
            Found::Unknown(_) => line.options.push(word),
        }
    }
    line
}

/// Whether an option's value is the word behind it.
pub(crate) fn takes_next(option: &str) -> bool {
    matches!(Known::new().find(option), Found::Option { takes_next: true })
}

impl Line {
    fn command(&self) -> &str {
        self.words.first().and_then(Word::text).unwrap_or_default()
    }

    fn is_exec(&self) -> bool {
        self.command() == "exec"
    }

    /// Whether a task has been named, so that options are its own.
    fn is_in_task(&self) -> bool {
        let mut words = self.words.iter().filter_map(Word::text);
        is_script(self.command()) && words.any(|word| !is_script(word))
    }
}

/// Whether a word names a deploy script.
pub(crate) fn is_script(word: &str) -> bool {
    std::path::Path::new(word).extension().is_some_and(|it| it == "rhai")
}

/// What stands after `--`: words as they are, or a task's options whatever their names.
fn exact(line: &mut Line, rest: impl Iterator<Item = String>) {
    let mut rest = rest.peekable();
    while let Some(word) = rest.next() {
        match word.strip_prefix("--") {
            Some(name) if line.is_in_task() && !name.is_empty() => {
                line.words.push(option(name.to_owned(), &mut rest));
            }
            _ if line.first.is_none() => line.first = Some(word),
            _ => line.words.push(Word::Exact(word)),
        }
    }
}

/// A task's option: `--name=value`, `--name value`, or `--name` alone.
fn option(name: String, rest: &mut std::iter::Peekable<impl Iterator<Item = String>>) -> Word {
    if let Some((name, value)) = name.split_once('=') {
        return Word::Option(name.to_owned(), Some(value.to_owned()));
    }
    let is_value = |next: &String| !next.starts_with('-') || is_number(next);
    Word::Option(name, rest.next_if(is_value))
}

fn is_number(word: &str) -> bool {
    word.parse::<f64>().is_ok()
}

/// The options of `infra` by name.
struct Known(Vec<KnownOption>);

struct KnownOption {
    name: String,
    takes_value: bool,
    /// Whether it says what `exec` does, where, and as whom. Programs have `--quiet` and the like, too.
    decides: bool,
}

enum Found {
    Word,
    Option { takes_next: bool },
    Unknown(String),
}

/// Under what headings options decide what is done.
const DECIDING: &[&str] = &["Run", "Hosts and data", "Privilege", "Connection"];

/// Options under these that `exec` does not take, or does not need.
const NOT_FOR_EXEC: &[&str] = &["yes", "plan-out"];

impl Known {
    fn new() -> Self {
        let mut command = Options::command();
        command.build();
        let mut options = Vec::new();
        for arg in command.get_arguments() {
            let takes_value = arg.get_action().takes_values();
            let is_deciding = arg.get_help_heading().is_some_and(|it| DECIDING.contains(&it));
            let own = arg.get_long();
            let aliases = arg.get_all_aliases().unwrap_or_default();
            options.extend(own.into_iter().chain(aliases).map(|name| KnownOption {
                name: name.to_owned(),
                takes_value,
                decides: is_deciding && own == Some(name) && !NOT_FOR_EXEC.contains(&name),
            }));
        }
        Self(options)
    }

    fn option(&self, name: &str) -> Option<&KnownOption> {
        self.0.iter().find(|it| it.name == name)
    }

    fn decides(&self, word: &str) -> bool {
        let name = word.strip_prefix("--").map(|it| it.split_once('=').map_or(it, |it| it.0));
        name.and_then(|it| self.option(it)).is_some_and(|it| it.decides)
    }

    fn find(&self, word: &str) -> Found {
        if !word.starts_with('-') || word == "-" || is_number(word) {
            return Found::Word;
        }
        let Some(name) = word.strip_prefix("--") else {
            return Found::Option { takes_next: false };
        };
        let (bare, given) =
            name.split_once('=').map_or((name, false), |(bare, _value)| (bare, true));
        match self.option(bare) {
            Some(known) => Found::Option { takes_next: known.takes_value && !given },
            None => Found::Unknown(name.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a command line as one text: options, first word, words.
    fn parts(line: &str) -> String {
        let line = split(line.split_whitespace().map(str::to_owned));
        let words: Vec<String> = line
            .words
            .iter()
            .map(|word| match word {
                Word::Plain(text) => text.clone(),
                Word::Exact(text) => format!("'{text}'"),
                Word::Option(name, None) => format!("<{name}>"),
                Word::Option(name, Some(value)) => format!("<{name}={value}>"),
            })
            .collect();
        let first = line.first.unwrap_or_default();
        format!("{} | {first} | {}", line.options.join(" "), words.join(" "))
    }

    #[test]
    fn options_may_stand_anywhere() {
        for (line, expected) in [
            ("--sudo web1 deploy.rhai -y", "--sudo -y | web1 | deploy.rhai"),
            ("web1 --limit a deploy.rhai --limit=b", "--limit a --limit=b | web1 | deploy.rhai"),
            ("web1 files.file /x mode=644 --dry", "--dry | web1 | files.file /x mode=644"),
            ("web1 files.line /x -1", " | web1 | files.line /x -1"),
            ("web1 server.shell -- --sudo -y", " | web1 | server.shell '--sudo' '-y'"),
            ("web1 --sduo deploy.rhai", "--sduo | web1 | deploy.rhai"),
            ("--json doc --search x", "--json | doc | '--search' 'x'"),
            ("./doc exec ls", " | ./doc | exec 'ls'"),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }

    #[test]
    fn a_command_to_run_keeps_its_own_options() {
        for (line, expected) in [
            ("web1 exec -- ls --all -y", " | web1 | exec 'ls' '--all' '-y'"),
            ("web1 exec --sudo ls -l --dry", "--sudo | web1 | exec 'ls' '-l' '--dry'"),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }

    #[test]
    fn options_behind_a_command_to_run_are_noted() {
        for (line, expected) in [
            ("web1 exec uptime --sudo --ssh-user=bob", &["--sudo", "--ssh-user=bob"][..]),
            ("web1 exec -- uptime --sudo", &[]),
            ("web1 exec env -- uptime --sudo", &[]),
            ("web1 exec --sudo mysql --user bob --json --help --yes --sud", &[]),
            ("web1 server.shell uptime --sudo", &[]),
        ] {
            let line = split(line.split_whitespace().map(str::to_owned));
            assert_eq!(line.given_away, expected);
        }
    }

    #[test]
    fn a_task_takes_the_options_that_are_not_known() {
        for (line, expected) in [
            (
                "web1 deploy.rhai restart --service web --fast --sudo",
                "--sudo | web1 | deploy.rhai restart <service=web> <fast>",
            ),
            ("web1 deploy.rhai t --n -5 --k=v", " | web1 | deploy.rhai t <n=-5> <k=v>"),
            ("web1 deploy.rhai t --fast -y", "-y | web1 | deploy.rhai t <fast>"),
            ("web1 deploy.rhai t -- --user bob", " | web1 | deploy.rhai t <user=bob>"),
            ("web1 deploy.rhai --service web", "--service | web1 | deploy.rhai web"),
        ] {
            assert_eq!(parts(line), expected, "{line}");
        }
    }
}
