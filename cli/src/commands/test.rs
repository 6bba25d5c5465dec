//! `infra test`: deploys against recorded facts. A case is a folder with facts and the plan that is
//! expected; no host is needed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Parser;
use infra_engine::error::Error;
use infra_engine::event::{Event, Listener, Plan};
use infra_engine::interrupt::Interrupt;
use similar::TextDiff;

use super::parse::{self, Command};
use super::{Stop, print, say};
use crate::args::Options;
use crate::engine::{self, Connections, Request, exit};
use crate::report::{Telling, View};
use crate::terminal::{Role, Style};
use crate::words::{self, add};
use crate::{diagnostic, line};

const ABOUT: &str = "\
A case is a folder that has
  facts.json   hosts with their facts, as `@fake` reads them; `--record` makes it from real hosts
  plan.txt     the plan that is expected; --update writes it
  deploy.rhai  the script; without it, deploy.rhai of the working directory
  command.txt  instead: the words after the inventory, as on the command line

  infra web1 deploy.rhai --dry --record tests/fresh/facts.json
  infra test --update tests/fresh
  infra test";

/// Plans deploys for hosts that are made of facts, and compares the plans with what is expected.
#[derive(Debug, Parser)]
#[command(name = "infra test", bin_name = "infra test", after_help = ABOUT, max_term_width = 100)]
pub(crate) struct TestOptions {
    /// Cases, or folders of cases
    #[arg(default_value = "tests", value_hint = clap::ValueHint::DirPath)]
    folders: Vec<PathBuf>,

    /// Write down what is planned now as what is expected
    #[arg(long)]
    update: bool,

    /// One JSON object per case and line on standard output
    #[arg(long)]
    json: bool,

    /// No colours
    #[arg(long)]
    no_color: bool,
}

/// How a case went.
enum Outcome {
    Right,
    Written,
    /// What is planned is not what is expected; how it differs.
    Wrong(String),
}

/// Runs the cases; gives the exit code.
pub(crate) fn run(options: &TestOptions) -> Result<u8, Stop> {
    let mut cases = Vec::new();
    for folder in &options.folders {
        if !folder.is_dir() {
            return Err(Error::usage(format!("there is no folder `{}`", folder.display()))
                .hint("what a case is made of: infra test --help")
                .into());
        }
        find(folder, &mut cases);
    }
    if cases.is_empty() {
        let names: Vec<String> =
            options.folders.iter().map(|it| it.display().to_string()).collect();
        return Err(Error::usage(format!("there is no case in {}", names.join(", ")))
            .hint("a case is a folder with `facts.json`; more: infra test --help")
            .into());
    }
    let style = Style::of(&std::io::stdout(), !options.no_color);
    let mut wrong = 0;
    for case in &cases {
        let outcome = one(case, options.update)?;
        wrong += usize::from(matches!(outcome, Outcome::Wrong(_)));
        print(&told(case, &outcome, options, style));
    }
    let number = words::count(cases.len(), "case");
    say(&match wrong {
        0 => format!("{number}, all as expected\n"),
        _ => format!("{number}, {wrong} not as expected\n"),
    });
    Ok(if wrong == 0 { 0 } else { exit::FAILED })
}

/// The folders with facts, in order.
fn find(folder: &Path, cases: &mut Vec<PathBuf>) {
    if folder.join("facts.json").is_file() {
        cases.push(folder.to_owned());
        return;
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut inner: Vec<PathBuf> = entries.map(|it| it.path()).filter(|it| it.is_dir()).collect();
    inner.sort();
    for folder in inner {
        find(&folder, cases);
    }
}

fn told(case: &Path, outcome: &Outcome, options: &TestOptions, style: Style) -> String {
    let name = case.display();
    let (word, role, difference) = match outcome {
        Outcome::Right => ("right", Role::Quiet, ""),
        Outcome::Written => ("written", Role::Notice, ""),
        Outcome::Wrong(difference) => ("wrong", Role::Title, difference.as_str()),
    };
    if options.json {
        let object = serde_json::json!({
            "event": "case", "case": name.to_string(), "status": word,
            "diff": (!difference.is_empty()).then_some(difference),
        });
        return format!("{object}\n");
    }
    format!(
        "{} {name}\n{}",
        style.paint(role, format!("{word:<8}")),
        words::indent(difference, "  ")
    )
}

/// Plans one case.
fn one(case: &Path, update: bool) -> Result<Outcome, Stop> {
    let found = plan(case)?;
    let path = case.join("plan.txt");
    let expected = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    if expected == found {
        return Ok(Outcome::Right);
    }
    if update {
        std::fs::write(&path, &found)
            .map_err(|error| Error::usage(format!("cannot write `{}`: {error}", path.display())))?;
        return Ok(Outcome::Written);
    }
    let difference = TextDiff::from_lines(&expected, &found);
    let mut text = difference.unified_diff().header("expected", "planned").to_string();
    if expected.is_empty() {
        add(&mut text, format_args!("if this is right: infra test --update {}\n", case.display()));
    }
    Ok(Outcome::Wrong(text))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Stop {
    Error::usage(format!("cannot read `{}`: {error}", path.display())).into()
}

/// The plan of a case as text: what `--dry --diff` shows, and what the script says.
fn plan(case: &Path) -> Result<String, Stop> {
    let inventory = format!("@fake/{}", case.join("facts.json").display());
    let line = line::split([inventory.clone()].into_iter().chain(command(case)?));
    let named = ["infra", "--dry", "--diff"].map(str::to_owned).into_iter();
    let options = Options::try_parse_from(named.chain(line.options.clone()))?;
    let Command::Run(request @ (Request::Deploy { .. } | Request::Operation { .. })) =
        parse::command(&inventory, &line.words)?
    else {
        return Err(Error::usage(format!("`{}` does not plan anything", case.display()))
            .hint("a case is a deploy script or an operation")
            .into());
    };
    let scripts = match &request {
        Request::Deploy { scripts, .. } => scripts.as_slice(),
        _ => &[],
    };
    let config = engine::config(options.run.config.as_deref(), scripts)?;
    let settings = options.settings(&config)?;
    let loaded = engine::load(&inventory, &settings)?;
    let listener = Arc::new(Planned::default());
    let told = Arc::<Planned>::clone(&listener);
    let connections = Connections::once()?;
    engine::run(&loaded, request, &settings, &connections, told, &|_| false, Interrupt::default());
    let text = listener.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(text)
}

/// The words of the case's command.
fn command(case: &Path) -> Result<Vec<String>, Stop> {
    let path = case.join("command.txt");
    match std::fs::read_to_string(&path) {
        Ok(text) => words::split(&text).ok_or_else(|| {
            Error::usage(format!("a quote is left open in `{}`", path.display())).into()
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let own = case.join("deploy.rhai");
            let script = if own.is_file() { own } else { PathBuf::from("deploy.rhai") };
            Ok(vec![script.display().to_string()])
        }
        Err(error) => Err(unreadable(&path, &error)),
    }
}

/// What a dry run tells.
#[derive(Default)]
struct Planned(Mutex<String>);

impl Planned {
    fn plan(plan: &Plan) -> String {
        let view = View {
            style: Style::PLAIN,
            width: 100,
            verbosity: 0,
            diff: true,
            quiet: false,
            output_shown: false,
            telling: Telling::Plan,
        };
        crate::report::plan(plan, &view)
    }
}

impl Listener for Planned {
    fn event(&self, event: &Event) {
        let more = match event {
            Event::Plan(plan) => Self::plan(plan),
            Event::Problem(problem) => diagnostic::render(problem, Style::PLAIN) + "\n",
            Event::Message { host, text, .. } => match host {
                Some(host) => format!("{host}: {text}\n"),
                None => format!("{text}\n"),
            },
            _ => return,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(&more);
    }
}
