//! What the words after the options ask for.

pub(crate) mod apply;
pub(crate) mod check;
mod complete;
pub(crate) mod completions;
pub(crate) mod debug_inventory;
pub(crate) mod doc;
pub(crate) mod init;
pub(crate) mod interrupt;
pub(crate) mod parse;
pub(crate) mod run;
mod shell;
pub(crate) mod test;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;
use clap::error::{ContextKind, ContextValue};
use infra_engine::error::Error;
use infra_engine::place::Problem;

use crate::args::{Options, SHORT_HELP, habits};
use crate::engine::exit;
use crate::line::{self, Line};
use crate::report::written;
use crate::terminal::{self, Style};
use crate::{diagnostic, engine};

/// Why a command could not even begin.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Clap's own message, which may be the help that was asked for.
    Clap(clap::Error),
    /// Mistakes, and the exit code.
    Problems(Vec<Problem>, u8),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Problems(vec![Problem::new(error)], exit::MISTAKE)
    }
}

impl From<clap::Error> for Stop {
    fn from(error: clap::Error) -> Self {
        Self::Clap(error)
    }
}

/// Runs a command line; gives the exit code.
pub(crate) fn start(arguments: impl Iterator<Item = OsString>) -> u8 {
    let mut texts = Vec::new();
    for argument in arguments {
        match argument.into_string() {
            Ok(text) => texts.push(text),
            Err(odd) => {
                let error = Error::usage(format!("the argument {} is not UTF-8", odd.display()));
                return tell(error.into(), true);
            }
        }
    }
    let colour = !texts.iter().any(|it| it == "--no-color");
    let code = dispatch(&line::split(texts)).unwrap_or_else(|stop| tell(stop, colour));
    if code == 0 && written::is_lost() { exit::FAILED } else { code }
}

fn dispatch(line: &Line) -> Result<u8, Stop> {
    if *line == Line::default() {
        say(SHORT_HELP);
        return Ok(exit::MISTAKE);
    }
    // What the project itself defines is in the tables from here on.
    let is_apply = line.first.as_deref() == Some("apply");
    let mistakes = if is_apply { Vec::new() } else { engine::declare(&line.options) };
    let rest: Vec<String> =
        line.words.iter().filter_map(|it| it.text()).map(str::to_owned).collect();
    if line.first.as_deref() == Some(line::COMPLETE) {
        return Ok(complete::run(&rest));
    }
    // Options that stand before such a command are its own.
    let own = || ["infra".to_owned()].into_iter().chain(line.options.clone()).chain(rest.clone());
    match line.first.as_deref() {
        Some("doc") => return doc::run(&doc::DocOptions::try_parse_from(own())?),
        Some("check") => return check::run(&check::CheckOptions::try_parse_from(own())?),
        Some("apply") => return apply::start(line, rest),
        Some("init") => return init::run(&init::InitOptions::try_parse_from(own())?),
        Some("test") => return test::run(&test::TestOptions::try_parse_from(own())?),
        Some("completions") => {
            return Ok(completions::run(&completions::CompletionOptions::try_parse_from(own())?));
        }
        Some("help") => {
            Options::try_parse_from(["infra", "--help"])?;
        }
        _ => {}
    }
    let named = ["infra".to_owned()].into_iter().chain(line.options.clone());
    let options = Options::try_parse_from(named).map_err(|error| unknown_option(error, line))?;
    if let Some(folder) = &options.run.chdir {
        std::env::set_current_dir(folder).map_err(|error| {
            Error::usage(format!("cannot work in `{}`: {error}", folder.display()))
        })?;
    }
    let Some(inventory) = line.first.clone() else {
        return Err(Error::usage("there is no inventory and no command")
            .hint("infra [OPTIONS] INVENTORY COMMAND…, for example: infra web1 exec -- uptime")
            .into());
    };
    let command = command(&inventory, line, mistakes)?;
    if !options.output.quiet {
        note_given_away(line);
    }
    run::command(&inventory, command, &options, &run::Origin { line, saved: None })
}

/// Tells of options that the program takes which is run, as `ssh` would have it: they may have been meant for us.
fn note_given_away(line: &Line) {
    let mut words = line.words.iter().filter_map(line::Word::text).skip(1);
    if let (Some(program), false) = (words.next(), line.given_away.is_empty()) {
        let names = line.given_away.iter().map(|it| it.split('=').next().unwrap_or(it));
        let names = crate::words::sentence(&names.map(|it| format!("`{it}`")).collect::<Vec<_>>());
        let options = line.given_away.join(" ");
        say(&format!(
            "note: `{program}` gets {names}; \
             what is meant for infra stands before it: exec {options} -- {program} …\n"
        ));
    }
}

/// An option that is not one: what other tools' are called here, and what is wrong with the words; else what clap says.
fn unknown_option(error: clap::Error, line: &Line) -> Stop {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return error.into();
    };
    // Of `-la`, clap tells `-l`.
    let is_given = line.options.iter().any(|it| it.split('=').next() == Some(option));
    let advised = habits::advice(option)
        .filter(|_| is_given)
        .map(|advice| Error::usage(format!("there is no option `{option}`")).hint(advice));
    let command = line.first.as_deref().map(|first| parse::command(first, &line.words));
    let problems: Vec<Problem> =
        [advised, command.and_then(Result::err)].into_iter().flatten().map(Problem::new).collect();
    if problems.is_empty() { error.into() } else { Stop::Problems(problems, exit::MISTAKE) }
}

/// What a command line asks for. What is not found may stand in a script that cannot be read: those mistakes are
/// told as well.
fn command(inventory: &str, line: &Line, mistakes: Vec<Problem>) -> Result<parse::Command, Stop> {
    parse::command(inventory, &line.words).map_err(|error| {
        let problems = mistakes.into_iter().chain([Problem::new(error)]);
        Stop::Problems(problems.collect(), exit::MISTAKE)
    })
}

/// Tells why nothing was done; gives the exit code.
fn tell(stop: Stop, colour: bool) -> u8 {
    match stop {
        Stop::Clap(error) => {
            let text = error.render();
            let is_help = !error.use_stderr();
            let coloured = if is_help {
                Style::of(&std::io::stdout(), colour).is_coloured()
            } else {
                Style::of(&std::io::stderr(), colour).is_coloured()
            };
            let text = if coloured { text.ansi().to_string() } else { text.to_string() };
            if is_help {
                print(&text);
                return 0;
            }
            say(&text);
            exit::MISTAKE
        }
        Stop::Problems(problems, exit) => {
            say(&diagnostic::render_all(&problems, Style::of(&std::io::stderr(), colour)));
            exit
        }
    }
}

/// Writes data, secrets hidden. A reader that went away (`| head`) is no error.
pub(crate) fn print(text: &str) {
    let mut out = written::output();
    let text = infra_engine::command::scrub(text);
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes talk, secrets hidden and nothing in it that acts on a terminal.
pub(crate) fn say(text: &str) {
    let text = infra_engine::command::scrub(text);
    let _ = std::io::stderr().lock().write_all(terminal::harmless(&text).as_bytes());
}

/// How data on standard output is coloured.
pub(crate) fn data_style(no_color: bool) -> Style {
    Style::of(&std::io::stdout(), !no_color)
}
