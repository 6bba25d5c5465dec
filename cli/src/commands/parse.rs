//! Words to commands: a script, an operation, facts, or one of a few words.

mod mistakes;

use std::path::PathBuf;

use infra_engine::error::{Error, Result};
use infra_engine::value::{Map, Value};
use infra_engine::{facts, operations};

use crate::engine::Request;
use crate::line::{Word, is_script};
use mistakes::{no_command, no_fact, no_operation};

/// What is to be done with an inventory.
#[derive(Debug)]
pub(crate) enum Command {
    /// Something for the engine.
    Run(Request),
    /// Print facts.
    Facts(Vec<FactWords>),
    /// Print what is known of the hosts.
    DebugInventory,
    /// Talk to the hosts.
    Shell,
}

/// A fact as it was asked for.
#[derive(Debug)]
pub(crate) struct FactWords {
    /// Its name.
    pub(crate) name: String,
    /// Arguments by position.
    pub(crate) positional: Vec<Value>,
    /// Arguments by name.
    pub(crate) named: Map,
}

/// Words that are commands; scripts, operations and facts are told by their form.
const WORDS: &[&str] = &["exec", "fact", "debug-inventory", "shell"];

/// Reads a command.
pub(crate) fn command(inventory: &str, words: &[Word]) -> Result<Command> {
    let Some((first, rest)) = words.split_first() else {
        return Err(no_command(inventory));
    };
    let first = first.text().unwrap_or_default();
    match first {
        "exec" => exec(rest),
        "fact" => Ok(Command::Facts(fact_words(rest)?)),
        "debug-inventory" => alone(first, rest, Command::DebugInventory),
        "shell" => alone(first, rest, Command::Shell),
        _ if is_script(first) => deploy(words),
        _ => operation(first, rest, inventory),
    }
}

fn alone(name: &str, rest: &[Word], command: Command) -> Result<Command> {
    match rest.first() {
        None => Ok(command),
        Some(word) => Err(Error::usage(format!(
            "`{name}` takes no words, but got `{}`",
            word.text().unwrap_or_default()
        ))),
    }
}

/// The words are joined with spaces and read by the host's shell, as `ssh host COMMAND` does.
fn exec(rest: &[Word]) -> Result<Command> {
    let words: Vec<&str> = rest.iter().filter_map(Word::text).collect();
    if words.is_empty() {
        return Err(
            Error::usage("`exec` needs a command").hint("for example: infra web1 exec -- uptime")
        );
    }
    Ok(Command::Run(Request::Exec { command: words.join(" ") }))
}

fn deploy(words: &[Word]) -> Result<Command> {
    let mut scripts = Vec::new();
    let mut task = None;
    let mut arguments = Map::new();
    for word in words {
        match word {
            Word::Option(name, value) => {
                let value = value.clone().map_or(Value::Bool(true), Value::Word);
                // Rhai's names have no dashes; options by custom do.
                put(&mut arguments, name.replace('-', "_"), value)?;
            }
            Word::Plain(text) | Word::Exact(text) => match (named(text), &task) {
                (Some((key, value)), Some(_)) => put(&mut arguments, key, value)?,
                (None, None) if is_script(text) => scripts.push(PathBuf::from(text)),
                (None, None) => task = Some(task_name(text)?),
                (Some((key, value)), None) => {
                    return Err(Error::usage(format!("`{text}` needs a task before it"))
                        .hint(format!("data for the hosts is given with --data {key}={value}")));
                }
                (None, Some(task)) => {
                    return Err(Error::usage(format!("the task `{task}` got the word `{text}`"))
                        .hint("its arguments are named: --name value, or name=value"));
                }
            },
        }
    }
    Ok(Command::Run(Request::Deploy { scripts, task, arguments }))
}

fn task_name(text: &str) -> Result<String> {
    let name = text.replace('-', "_");
    if is_name(&name) {
        return Ok(name);
    }
    Err(Error::usage(format!("`{text}` is neither a .rhai script nor the name of a task"))
        .hint("a task is a function of the script: its name has letters, digits and `_`"))
}

fn put(arguments: &mut Map, name: String, value: Value) -> Result<()> {
    if arguments.contains_key(&name) {
        return Err(Error::usage(format!("the argument `{name}` is given twice")));
    }
    arguments.insert(name, value);
    Ok(())
}

fn operation(name: &str, rest: &[Word], inventory: &str) -> Result<Command> {
    if operations::find(name).is_none() {
        return Err(no_operation(name, inventory));
    }
    let (positional, named) = arguments(rest)?;
    Ok(Command::Run(Request::Operation { name: name.to_owned(), positional, named }))
}

/// Words to positional and named arguments; what stands after `--` is positional.
fn arguments(words: &[Word]) -> Result<(Vec<Value>, Map)> {
    let mut positional = Vec::new();
    let mut map = Map::new();
    for word in words {
        match word {
            Word::Plain(text) => match named(text) {
                Some((key, value)) => put(&mut map, key, value)?,
                None => positional.push(Value::Word(text.clone())),
            },
            Word::Exact(text) => positional.push(Value::Word(text.clone())),
            Word::Option(name, _) => {
                return Err(Error::usage(format!("there is no option `--{name}`"))
                    .hint(format!("arguments are written {name}=value")));
            }
        }
    }
    Ok((positional, map))
}

/// The facts that words ask for: a word that names a fact begins the next one.
fn fact_words(words: &[Word]) -> Result<Vec<FactWords>> {
    let mut requests: Vec<FactWords> = Vec::new();
    for word in words {
        let text = word.text().unwrap_or_default();
        if matches!(word, Word::Plain(_)) && is_fact_name(text, requests.is_empty())? {
            let (positional, named) = (Vec::new(), Map::new());
            requests.push(FactWords { name: text.to_owned(), positional, named });
            continue;
        }
        let Some(request) = requests.last_mut() else {
            return Err(no_fact(text));
        };
        match named(text).filter(|_| matches!(word, Word::Plain(_))) {
            Some((key, value)) => put(&mut request.named, key, value)?,
            None => request.positional.push(Value::Word(text.to_owned())),
        }
    }
    if requests.is_empty() {
        return Err(Error::usage("`fact` needs the name of a fact")
            .hint("for example: infra web1 fact server.users; all facts: infra doc"));
    }
    Ok(requests)
}

/// Whether a word names a fact. One that has the form of a name in a known module, but is none, is
/// a mistake; anything else with a dot (`nginx.conf`) is an argument.
fn is_fact_name(text: &str, is_first: bool) -> Result<bool> {
    if facts::find(text).is_some() {
        return Ok(true);
    }
    let Some((module, _)) = text.split_once('.').filter(|_| is_dotted_name(text)) else {
        return Ok(false);
    };
    let is_module =
        facts::all().any(|def| def.name.split_once('.').is_some_and(|(it, _)| it == module));
    if is_first || is_module {
        return Err(no_fact(text));
    }
    Ok(false)
}

/// `key=value`, where the key looks like an argument's name; `A=1 make` is a command.
fn named(text: &str) -> Option<(String, Value)> {
    let (key, value) = text.split_once('=')?;
    let is_key = is_name(key) && !key.chars().any(char::is_uppercase);
    is_key.then(|| (key.to_owned(), Value::Word(value.to_owned())))
}

fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_')
        && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

fn is_dotted_name(text: &str) -> bool {
    text.split('.').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a command line asks for, as text; or the message and the hint.
    fn read(line: &str) -> String {
        let line = crate::line::split(line.split(' ').map(str::to_owned));
        match command(line.first.as_deref().unwrap_or_default(), &line.words) {
            Ok(Command::Run(Request::Deploy { scripts, task, arguments })) => {
                let scripts: Vec<String> =
                    scripts.iter().map(|it| it.display().to_string()).collect();
                format!("deploy {} {task:?} {}", scripts.join("+"), show(&arguments))
            }
            Ok(Command::Run(Request::Operation { name, positional, named })) => {
                format!("operation {name} {} {}", Value::List(positional), show(&named))
            }
            Ok(Command::Run(Request::Exec { command })) => format!("exec {command}"),
            Ok(Command::Facts(requests)) => requests
                .into_iter()
                .map(|it| format!("{} {} {}", it.name, Value::List(it.positional), show(&it.named)))
                .collect::<Vec<_>>()
                .join("; "),
            Ok(other) => format!("{other:?}"),
            Err(error) => format!("{} / {}", error.message, error.hint.unwrap_or_default()),
        }
    }

    fn show(map: &Map) -> String {
        Value::Map(map.clone()).to_string()
    }

    #[test]
    fn reads_every_form() {
        for (line, expected) in [
            ("h a.rhai b.rhai", "deploy a.rhai+b.rhai None {}"),
            (
                "h a.rhai restart --service web n=5 --fast",
                r#"deploy a.rhai Some("restart") {"service":"web","n":"5","fast":true}"#,
            ),
            (
                "h a.rhai roll-back --keep-old",
                r#"deploy a.rhai Some("roll_back") {"keep_old":true}"#,
            ),
            (
                "h files.file /x mode=644 present=false",
                r#"operation files.file ["/x"] {"mode":"644","present":"false"}"#,
            ),
            ("h server.shell A=1", r#"operation server.shell ["A=1"] {}"#),
            ("h server.shell -- a=1", r#"operation server.shell ["a=1"] {}"#),
            ("h exec -- ls -l /", "exec ls -l /"),
            ("h fact server.users", "server.users [] {}"),
            (
                "h fact files.file path=/etc/x server.users",
                r#"files.file [] {"path":"/etc/x"}; server.users [] {}"#,
            ),
            ("h fact files.file nginx.conf", r#"files.file ["nginx.conf"] {}"#),
            ("h debug-inventory", "DebugInventory"),
            ("h shell", "Shell"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_what_may_have_been_meant() {
        for (line, expected) in [
            (
                "deploy.rhai",
                "there is no command after the inventory `deploy.rhai` / to run the script on this machine: infra @local deploy.rhai",
            ),
            ("docc", "there is no command after the inventory `docc` / did you mean `doc`?"),
            ("h exce ls", "there is no command `exce` / did you mean `exec`?"),
            (
                "exec ls",
                "there is no command `ls` / the inventory comes before `exec`: infra INVENTORY exec …",
            ),
            (
                "h uptime",
                "there is no command `uptime` / to run it as a program: infra h exec -- uptime; all commands: infra --help",
            ),
            (
                "h deploy.py",
                "`deploy.py` is no deploy script / deploy scripts are Rhai and end in .rhai",
            ),
            ("h exec", "`exec` needs a command / for example: infra web1 exec -- uptime"),
            ("h files.fil /x", "there is no operation `files.fil` / did you mean `files.file`?"),
            (
                "h server.users",
                "`server.users` is a fact, not an operation / to print it: fact server.users",
            ),
            (
                "h server",
                "there is no command `server` / `server` is a module; its operations: infra doc server",
            ),
            (
                "h ./deploy.py",
                "`./deploy.py` is no deploy script / deploy scripts are Rhai and end in .rhai",
            ),
            (
                "h fact server.userz",
                "there is no fact `server.userz` / did you mean `server.users`?",
            ),
            (
                "h fact server.shell",
                "there is no fact `server.shell` / `server.shell` is an operation, not a fact",
            ),
            (
                "h a.rhai x=1",
                "`x=1` needs a task before it / data for the hosts is given with --data x=1",
            ),
            (
                "h a.rhai t b",
                "the task `t` got the word `b` / its arguments are named: --name value, or name=value",
            ),
            ("h a.rhai t --x 1 x=2", "the argument `x` is given twice / "),
            ("h files.file /x mode=1 mode=2", "the argument `mode` is given twice / "),
            ("h shell now", "`shell` takes no words, but got `now` / "),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }
}
