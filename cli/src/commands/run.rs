//! Deploys, operations, `exec` and facts: everything that talks to hosts.

use std::fs::File;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};

use infra_engine::error::Error;
use infra_engine::execute::{Event, Listener, Plan};
use infra_engine::settings::Settings;

use super::parse::Command;
use super::{Stop, debug_inventory};
use crate::args::{Options, OutputOptions};
use crate::engine::{self, Interrupt, Work};
use crate::report::json::{Json, Selection};
use crate::report::junit::Junit;
use crate::report::live::{Live, StatusScreen};
use crate::report::profile::Profile;
use crate::report::{
    All, ExecOutput, FactValues, Keyboard, Plain, Recorder, Screen, StandardError, Telling, View,
};
use crate::terminal::{self, Role, Style};

/// `--dry --detailed-exitcode` found something to change.
const EXIT_CHANGES: u8 = 10;

/// Runs a command on an inventory; gives the exit code.
pub(crate) fn command(inventory: &str, command: Command, options: &Options) -> Result<u8, Stop> {
    if let Command::Work(work) = &command {
        refuse_unasked(work, options)?;
    }
    let scripts = match &command {
        Command::Work(Work::Deploy { scripts, .. }) => scripts.as_slice(),
        _ => &[],
    };
    let config = engine::config(options.run.config.as_deref(), scripts)?;
    let settings = options.settings(&config)?;
    let loaded = engine::load(inventory, &settings)?;
    match command {
        Command::DebugInventory => Ok(debug_inventory::run(&loaded, &options.output)),
        Command::Shell => super::shell::run(inventory, &settings, options),
        Command::Facts(facts) => perform(&loaded, engine::facts(facts)?, &settings, options),
        Command::Work(work) => perform(&loaded, work, &settings, options),
    }
}

/// A run that changes hosts needs somebody's word.
fn refuse_unasked(work: &Work, options: &Options) -> Result<(), Error> {
    if !is_asked(work) || options.run.dry || options.run.yes || terminal::is_interactive() {
        return Ok(());
    }
    Err(Error::usage("nobody can be asked whether to apply the changes: this is not a terminal")
        .hint("give --yes to apply them without asking, or --dry to see the plan"))
}

/// Whether the work is shown and asked about before it is done.
fn is_asked(work: &Work) -> bool {
    matches!(work, Work::Deploy { .. } | Work::Operation { .. })
}

/// Does the work and tells of it; gives the exit code.
pub(crate) fn perform(
    loaded: &engine::Inventory,
    work: Work,
    settings: &Settings,
    options: &Options,
) -> Result<u8, Stop> {
    let output = &options.output;
    let style = Style::of(&std::io::stderr(), !output.no_color);
    let view = View {
        style,
        width: terminal::width(),
        verbosity: output.verbose,
        diff: output.diff,
        quiet: output.quiet,
        output_shown: matches!(work, Work::Exec { .. }) && !output.json,
        telling: telling(&work, settings, output),
    };
    let mut listeners: Vec<Arc<dyn Listener>> = Vec::new();
    let is_live =
        std::io::stderr().is_terminal() && !output.quiet && !output.json && !view.output_shown;
    let live = is_live.then(|| StatusScreen::new(std::io::stderr(), style));
    let screen: Arc<dyn Screen> = match &live {
        Some(screen) => Arc::<StatusScreen<_>>::clone(screen),
        None => Arc::new(StandardError),
    };
    if let Some(screen) = &live {
        listeners.push(Arc::new(Live::new(Arc::clone(screen))));
    }
    listeners.push(Arc::new(Plain::new(view, Arc::clone(&screen))));
    listeners.extend(data_listener(&work, output));
    if output.profile {
        listeners.push(Arc::new(Profile::new(Arc::clone(&screen))));
    }
    listeners.extend(file_listeners(output, loaded)?);
    if settings.interactive {
        listeners.push(Arc::new(Keyboard(Arc::clone(&screen))));
    }
    let found = Arc::new(Found::default());
    listeners.push(Arc::<Found>::clone(&found));

    let interrupt = Interrupt::default();
    super::interrupt::watch(interrupt.clone())?;
    let approve = |plan: &Plan| options.run.yes || ask(plan, view, &*screen);
    let listener = Arc::new(All(listeners));
    let summary = engine::run(loaded, work, settings, listener, &approve, interrupt);
    if let Some(screen) = live {
        screen.end();
    }
    if options.run.detailed_exitcode && summary.exit == 0 && found.has_changes() {
        return Ok(EXIT_CHANGES);
    }
    Ok(summary.exit)
}

fn telling(work: &Work, settings: &Settings, output: &OutputOptions) -> Telling {
    match work {
        _ if output.json => Telling::Mistakes,
        Work::Exec { .. } | Work::Facts(_) => Telling::Troubles,
        _ if settings.dry => Telling::Plan,
        _ => Telling::Run,
    }
}

/// What writes to standard output.
fn data_listener(work: &Work, output: &OutputOptions) -> Option<Arc<dyn Listener>> {
    let out = std::io::stdout;
    match work {
        Work::Facts(_) if output.json => Some(Arc::new(Json::new(out(), Selection::Facts))),
        _ if output.json => Some(Arc::new(Json::new(out(), Selection::Run))),
        Work::Facts(_) => Some(Arc::new(FactValues::new(out()))),
        Work::Exec { .. } => Some(Arc::new(ExecOutput::new(out(), std::io::stderr()))),
        _ => None,
    }
}

/// What writes to files. They are opened before anything is done, so that a mistake costs nothing.
fn file_listeners(
    output: &OutputOptions,
    inventory: &engine::Inventory,
) -> Result<Vec<Arc<dyn Listener>>, Error> {
    let mut listeners: Vec<Arc<dyn Listener>> = Vec::new();
    let create = |path: &std::path::Path| {
        File::create(path)
            .map_err(|error| Error::usage(format!("cannot write `{}`: {error}", path.display())))
    };
    if let Some(path) = &output.log {
        listeners.push(Arc::new(Json::new(create(path)?, Selection::Log)));
    }
    if let Some(path) = &output.junit {
        create(path)?;
        listeners.push(Arc::new(Junit::new(path.clone())));
    }
    if let Some(path) = &output.record {
        listeners.push(Arc::new(Recorder::new(path, inventory)?));
    }
    Ok(listeners)
}

/// Shows the plan and asks. Where nothing changes there is nothing to ask.
fn ask(plan: &Plan, view: View, screen: &dyn Screen) -> bool {
    if !crate::report::has_changes(plan) {
        return true;
    }
    screen.write(&crate::report::plan(plan, &view));
    let question = view.style.paint(Role::Title, "Apply these changes? [y/N] ");
    let answer = screen.ask(&question, false).unwrap_or_default();
    let approved = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    screen.write("\n");
    approved
}

/// Remembers whether the plan had changes, for `--detailed-exitcode`.
#[derive(Default)]
struct Found(Mutex<bool>);

impl Found {
    fn has_changes(&self) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Found {
    fn event(&self, event: &Event) {
        if let Event::Plan(plan) = event {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) |=
                crate::report::has_changes(plan);
        }
    }
}
