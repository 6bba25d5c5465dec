//! `shell`: talk to all hosts, line by line. A line is a command; a line with `:` before it is for
//! `infra` itself.

use std::path::PathBuf;

use infra_engine::error::{Error, did_you_mean};
use infra_engine::settings::Settings;
use infra_engine::{facts, operations};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, Editor, Helper};

use super::parse::{self, Command};
use super::{Stop, debug_inventory, run, say};
use crate::args::Options;
use crate::engine::{self, Connections, Inventory, Request};
use crate::line;

const WORDS: &[&str] = &[":fact", ":hosts", ":inventory", ":reload", ":help", ":quit"];

const HELP: &str = "\
COMMAND                  run it on all hosts
:fact NAME [k=v …]       print a fact
:files.line /x y k=v …   one operation: its plan, a question, the run
:hosts                   the hosts
:inventory               groups and data, and where data comes from
:reload                  read the inventory again, connect anew
:quit                    leave; so does Ctrl-D
";

/// Reads lines until the end; gives the exit code of the last.
pub(crate) fn run(
    argument: &str,
    inventory: Inventory,
    config: &engine::Config,
    settings: &Settings,
    options: &Options,
) -> Result<u8, Stop> {
    let trouble = |error: ReadlineError| Error::usage(format!("cannot read lines: {error}"));
    let line_config = Config::builder().history_ignore_space(true).auto_add_history(true).build();
    let mut editor: Editor<Completion, DefaultHistory> =
        Editor::with_config(line_config).map_err(trouble)?;
    editor.set_helper(Some(Completion));
    let history = history();
    // Without a history yet, or without a home, a shell is still a shell.
    let _ = history.as_ref().map(|path| editor.load_history(path));
    say("A line runs on all hosts; :help says what else there is.\n");
    let connections = Connections::kept()?;
    let mut shell = Shell { argument, inventory, connections, config, settings, options };
    let mut exit = 0;
    loop {
        let line = match editor.readline("infra> ") {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(trouble(error).into()),
        };
        match line.trim() {
            "" => continue,
            ":quit" | ":q" | "exit" => break,
            text => exit = shell.one(text),
        }
        if let Some(path) = &history {
            let _ = editor.save_history(path);
        }
    }
    shell.connections.close();
    Ok(exit)
}

/// What stays from line to line: who is there, and the connections to them.
struct Shell<'a> {
    argument: &'a str,
    inventory: Inventory,
    connections: Connections,
    config: &'a engine::Config,
    settings: &'a Settings,
    options: &'a Options,
}

impl Shell<'_> {
    /// Does what a line says; a mistake in it is told, and the next line comes.
    fn one(&mut self, text: &str) -> u8 {
        match self.perform(text) {
            Ok(exit) => exit,
            Err(stop) => super::tell(stop, !self.options.output.no_color),
        }
    }

    fn perform(&mut self, text: &str) -> Result<u8, Stop> {
        let Some(own) = text.strip_prefix(':') else {
            if let Some(name) = called(text) {
                return Err(Error::usage(format!("`{name}` is an operation, not a command"))
                    .hint(format!("here it is `:{name}` with its arguments behind it: :help"))
                    .into());
            }
            return self.run(Request::Exec { command: text.to_owned() });
        };
        let (word, rest) = own.split_once(char::is_whitespace).unwrap_or((own, ""));
        match word {
            "help" => say(HELP),
            "inventory" => {
                let output = &self.options.output;
                return Ok(debug_inventory::run(&self.inventory, self.config, output));
            }
            "hosts" => {
                let names: Vec<String> =
                    self.inventory.selected().map(|it| format!("{}\n", it.name)).collect();
                super::print(&names.concat());
            }
            "reload" => {
                self.inventory = engine::load(self.argument, self.settings)?;
                std::mem::replace(&mut self.connections, Connections::kept()?).close();
            }
            "fact" => {
                let line = own_line("fact", rest)?;
                if let Command::Facts(facts) = parse::command(self.argument, &line.words)? {
                    return self.run(engine::facts(facts)?);
                }
            }
            name if operations::find(name).is_some() => {
                let line = own_line(name, rest)?;
                if let Command::Run(request) = parse::command(self.argument, &line.words)? {
                    return self.run(request);
                }
            }
            other => {
                return Err(unknown(other).into());
            }
        }
        Ok(0)
    }

    fn run(&self, request: Request) -> Result<u8, Stop> {
        let (settings, options) = (self.settings, self.options);
        run::perform(
            &self.inventory,
            request,
            settings,
            options,
            &self.connections,
            Vec::new(),
            None,
        )
    }
}

/// The operation that a line calls as a script would.
fn called(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('(')?;
    operations::find(name.trim()).map(|it| it.name)
}

fn unknown(word: &str) -> Error {
    let own = WORDS.iter().filter_map(|it| it.strip_prefix(':'));
    let hint = did_you_mean(word, own.chain(operations::all().map(|it| it.name)));
    Error::usage(format!("there is no `:{word}` here"))
        .hint(hint.unwrap_or_else(|| ":help says what there is".to_owned()))
}

/// Where lines are remembered: `infra/history` in the user's state folder.
fn history() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || std::env::home_dir().map(|home| home.join(".local/state"));
    let folder = state.filter(|it| it.is_absolute()).or_else(home)?.join("infra");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

/// A line for `infra` itself as on the command line; quotes hold words together.
fn own_line(name: &str, rest: &str) -> Result<line::Line, Error> {
    let words = crate::words::split(rest).ok_or_else(|| Error::usage("a quote is left open"))?;
    Ok(line::split(["@", name].into_iter().map(str::to_owned).chain(words)))
}

/// Completes `:words`, and the names of facts after `:fact`.
struct Completion;

impl Completer for Completion {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(candidates(line.get(..position).unwrap_or_default()))
    }
}

/// Where the word begins that is completed, and what it may become.
fn candidates(before: &str) -> (usize, Vec<String>) {
    let start = before.rfind(' ').map_or(0, |at| at + 1);
    let word = before.get(start..).unwrap_or_default();
    let matching = |names: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        names.filter(|name| name.starts_with(word)).map(str::to_owned).collect()
    };
    let found = if before.starts_with(":fact ") {
        matching(&mut facts::all().map(|def| def.name))
    } else if before.starts_with(':') {
        let operations: Vec<String> = operations::all().map(|it| format!(":{}", it.name)).collect();
        let operations = operations.iter().map(String::as_str);
        // Names of operations only once one is begun: there are hundreds.
        let operations = operations.filter(|_| word.contains('.'));
        matching(&mut WORDS.iter().copied().chain(operations))
    } else {
        Vec::new()
    };
    (start, found)
}

impl Hinter for Completion {
    type Hint = String;
}

impl Highlighter for Completion {}
impl Validator for Completion {}
impl Helper for Completion {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completes_its_own_words_and_facts() {
        for (before, expected) in [
            (":h", (0, vec![":hosts".to_owned(), ":help".to_owned()])),
            (":fact server.users", (6, vec!["server.users".to_owned()])),
            (":files.li", (0, vec![":files.line".to_owned(), ":files.link".to_owned()])),
            ("ls :h", (3, Vec::new())),
        ] {
            assert_eq!(candidates(before), expected, "{before}");
        }
    }
}
