//! `shell`: talk to all hosts, line by line. A line is a command; a line with `:` before it is for
//! `infra` itself.

use std::path::PathBuf;

use infra_engine::error::Error;
use infra_engine::place::Problem;
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
use crate::diagnostic;
use crate::engine::{self, Work};
use crate::line;
use crate::terminal::Style;

const WORDS: &[&str] = &[":fact", ":hosts", ":inventory", ":help", ":quit"];

const HELP: &str = "\
COMMAND                  run it on all hosts
:fact NAME [k=v …]       print a fact
:files.line /x y k=v …   one operation: its plan, a question, the run
:hosts                   the hosts
:inventory               groups and data, and where data comes from
:quit                    leave; so does Ctrl-D
";

/// Reads lines until the end; gives the exit code of the last.
pub(crate) fn run(inventory: &str, settings: &Settings, options: &Options) -> Result<u8, Stop> {
    let trouble = |error: ReadlineError| Error::usage(format!("cannot read lines: {error}"));
    let config = Config::builder().history_ignore_space(true).auto_add_history(true).build();
    let mut editor: Editor<Completion, DefaultHistory> =
        Editor::with_config(config).map_err(trouble)?;
    editor.set_helper(Some(Completion));
    let history = history();
    // Without a history yet, or without a home, a shell is still a shell.
    let _ = history.as_ref().map(|path| editor.load_history(path));
    say("A line runs on all hosts; :help says what else there is.\n");
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
            text => exit = one(text, inventory, settings, options),
        }
        if let Some(path) = &history {
            let _ = editor.save_history(path);
        }
    }
    Ok(exit)
}

/// Does what a line says; a mistake in it is told, and the next line comes.
fn one(text: &str, inventory: &str, settings: &Settings, options: &Options) -> u8 {
    match perform(text, inventory, settings, options) {
        Ok(exit) => exit,
        Err(stop) => super::tell(stop, !options.output.no_color),
    }
}

fn perform(
    text: &str,
    inventory: &str,
    settings: &Settings,
    options: &Options,
) -> Result<u8, Stop> {
    let load = || engine::load(inventory, settings);
    let Some(own) = text.strip_prefix(':') else {
        let work = Work::Exec { command: text.to_owned() };
        return run::perform(&load()?, work, settings, options, Vec::new(), None);
    };
    let (word, rest) = own.split_once(char::is_whitespace).unwrap_or((own, ""));
    match word {
        "help" => say(HELP),
        "inventory" => {
            return Ok(debug_inventory::run(
                &load()?,
                &engine::config(options.run.config.as_deref(), &[])?,
                &options.output,
            ));
        }
        "hosts" => {
            let inventory = load()?;
            let names: Vec<String> =
                inventory.selected().map(|it| format!("{}\n", it.name)).collect();
            super::print(&names.concat());
        }
        "fact" => {
            let line = own_line("fact", rest)?;
            if let Command::Facts(facts) = parse::command(inventory, &line.words)? {
                let asked = engine::facts(facts)?;
                return run::perform(&load()?, asked, settings, options, Vec::new(), None);
            }
        }
        name if operations::find(name).is_some() => {
            let line = own_line(name, rest)?;
            if let Command::Work(work) = parse::command(inventory, &line.words)? {
                return run::perform(&load()?, work, settings, options, Vec::new(), None);
            }
        }
        other => {
            let error = Error::usage(format!("there is no `:{other}` here")).hint(":help");
            let style = Style::of(&std::io::stderr(), !options.output.no_color);
            say(&diagnostic::render(&Problem::new(error), style));
        }
    }
    Ok(0)
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
