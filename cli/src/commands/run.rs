//! Deploys, operations, `exec` and facts: everything that talks to hosts.

use std::collections::HashSet;
use std::fs::File;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use infra_engine::error::Error;
use infra_engine::event::{Event, Listener, Plan};
use infra_engine::fingerprint::Salt;
use infra_engine::settings::Settings;

use super::parse::Command;
use super::{Stop, debug_inventory};
use crate::args::{Options, OutputOptions};
use crate::diagnostic;
use crate::engine::{self, Connections, Interrupt, Request, exit};
use crate::line::Line;
use crate::report::html::Html;
use crate::report::json::{Json, Selection};
use crate::report::junit::Junit;
use crate::report::live::{Live, StatusScreen};
use crate::report::profile::Profile;
use crate::report::{
    All, ExecOutput, FactValues, Keyboard, Plain, Recorder, Screen, StandardError, Telling, View,
    written,
};
use crate::saved::journal::{self, Journal};
use crate::saved::plan::{PlanFile, SavedPlan};
use crate::terminal::{self, Role, Style};

/// Where a command comes from.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// The command line.
    pub(crate) line: &'a Line,
    /// The saved plan that it was read from.
    pub(crate) saved: Option<&'a SavedPlan>,
}

/// Runs a command on an inventory; gives the exit code.
pub(crate) fn command(
    inventory: &str,
    command: Command,
    options: &Options,
    origin: &Origin<'_>,
) -> Result<u8, Stop> {
    let scripts = match &command {
        Command::Run(Request::Deploy { scripts, .. }) => scripts.as_slice(),
        _ => &[],
    };
    let config = engine::config(options.run.config.as_deref(), scripts)?;
    let mut settings = options.settings(&config)?;
    let mut loaded = engine::load(inventory, &settings)?;
    match command {
        Command::DebugInventory => Ok(debug_inventory::run(&loaded, &config, &options.output)),
        Command::Shell => super::shell::run(inventory, loaded, &config, &settings, options),
        Command::Facts(facts) => {
            let (request, connections) = (engine::facts(facts)?, Connections::once()?);
            perform(&loaded, request, &settings, options, &connections, Vec::new(), None)
        }
        Command::Run(request) => {
            settings.refusal = refusal(&request, options);
            let listeners = remember(&request, &mut loaded, &mut settings, options, origin)?;
            let connections = Connections::once()?;
            perform(&loaded, request, &settings, options, &connections, listeners, origin.saved)
        }
    }
}

/// Prepares what outlives the run: the plan's file, the journal, and what an earlier run has left.
fn remember(
    request: &Request,
    loaded: &mut engine::Inventory,
    settings: &mut Settings,
    options: &Options,
    origin: &Origin<'_>,
) -> Result<Vec<Arc<dyn Listener>>, Stop> {
    let resumed = options.run.resume.then(|| journal::resume(origin.line)).transpose()?;
    let salt = match (origin.saved, &resumed) {
        (Some(saved), _) => Salt::from_text(&saved.id),
        (None, Some(resumed)) => resumed.salt.clone(),
        (None, None) => Salt::random()?,
    };
    settings.salt = Some(salt.clone());
    if let Some(saved) = origin.saved {
        settings.saved = Some(Arc::clone(&saved.hosts));
        settings.started = saved.made.unwrap_or(settings.started);
    }
    if let Some(resumed) = &resumed {
        leave_out(&resumed.finished, loaded)?;
        settings.earlier = Arc::new(resumed.earlier.clone());
    }
    let mut listeners: Vec<Arc<dyn Listener>> = Vec::new();
    if let Some(path) = &options.run.plan_out {
        if !is_asked(request) {
            return Err(Error::usage("only deploys and operations have a plan to save").into());
        }
        settings.keep_basis = true;
        listeners.push(Arc::new(PlanFile::new(
            path.clone(),
            salt,
            origin.line.clone(),
            settings.started,
        )));
    } else if !settings.dry {
        match Journal::begin(origin.line, &salt, resumed.as_ref()) {
            Ok(journal) => listeners.push(Arc::new(journal)),
            Err(error) => {
                super::say(&format!("warning: this run cannot be resumed: {}\n", error.message));
            }
        }
    }
    Ok(listeners)
}

/// Takes the hosts out of the run on which nothing is left to do.
fn leave_out(finished: &HashSet<String>, loaded: &mut engine::Inventory) -> Result<(), Error> {
    for host in loaded.hosts.values_mut().filter(|host| finished.contains(&host.name)) {
        host.selected = false;
    }
    if loaded.selected().next().is_none() {
        return Err(Error::usage("nothing is left to do on the selected hosts")
            .hint("run it anew without --resume"));
    }
    Ok(())
}

/// Why a run may not change hosts: it needs somebody's word, and has nobody's.
fn refusal(request: &Request, options: &Options) -> Option<Error> {
    let run = &options.run;
    let is_plan = run.dry || run.plan_out.is_some();
    if !is_asked(request) || is_plan || run.yes || terminal::is_interactive() {
        return None;
    }
    let error = "nobody can be asked whether to apply the changes: this is not a terminal";
    let hint = "give --yes to apply them without asking, or --dry to see the plan";
    Some(Error::usage(error).hint(hint))
}

/// Whether the user is shown what will be done, and asked, before it is.
fn is_asked(request: &Request) -> bool {
    matches!(request, Request::Deploy { .. } | Request::Operation { .. })
}

/// Does what is requested and tells of it; gives the exit code.
pub(crate) fn perform(
    loaded: &engine::Inventory,
    request: Request,
    settings: &Settings,
    options: &Options,
    connections: &Connections,
    more: Vec<Arc<dyn Listener>>,
    saved: Option<&SavedPlan>,
) -> Result<u8, Stop> {
    let output = &options.output;
    let style = Style::of(&std::io::stderr(), !output.no_color);
    let view = View {
        style,
        width: terminal::width(),
        verbosity: output.verbose,
        diff: output.diff,
        quiet: output.quiet,
        output_shown: matches!(request, Request::Exec { .. }) && !output.json,
        telling: telling(&request, settings, output),
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
    listeners.extend(data_listener(&request, output));
    if output.profile {
        listeners.push(Arc::new(Profile::new(Arc::clone(&screen))));
    }
    listeners.extend(file_listeners(output, &request, loaded)?);
    listeners.extend(more);
    if settings.interactive {
        listeners.push(Arc::new(Keyboard(Arc::clone(&screen))));
    }
    let found = Arc::new(Found::default());
    listeners.push(Arc::<Found>::clone(&found));

    let interrupt = Interrupt::default();
    let _watched = super::interrupt::watch(interrupt.clone())?;
    let approve = |plan: &Plan| match saved.map(SavedPlan::claim) {
        Some(Err(error)) => {
            screen.write(&diagnostic::render(&error.into(), style));
            false
        }
        Some(Ok(())) => true,
        None => options.run.yes || ask(plan, view, &*screen),
    };
    let listener = Arc::new(All(listeners));
    let summary =
        engine::run(loaded, request, settings, connections, listener, &approve, interrupt);
    if let Some(screen) = live {
        screen.end();
    }
    if options.run.detailed_exitcode && summary.exit == exit::DONE && found.has_changes() {
        return Ok(exit::CHANGES);
    }
    Ok(summary.exit)
}

fn telling(request: &Request, settings: &Settings, output: &OutputOptions) -> Telling {
    match request {
        _ if output.json => Telling::Mistakes,
        Request::Facts(_) => Telling::Troubles,
        _ if settings.dry => Telling::Plan,
        Request::Exec { .. } => Telling::Troubles,
        _ => Telling::Run,
    }
}

/// What writes to standard output.
fn data_listener(request: &Request, output: &OutputOptions) -> Option<Arc<dyn Listener>> {
    let out = written::output;
    match request {
        Request::Facts(_) if output.json => Some(Arc::new(Json::new(out(), Selection::Facts))),
        _ if output.json => Some(Arc::new(Json::new(out(), Selection::Run))),
        Request::Facts(_) => Some(Arc::new(FactValues::new(out()))),
        Request::Exec { .. } => Some(Arc::new(ExecOutput::new(out(), std::io::stderr()))),
        _ => None,
    }
}

/// What writes to files. They are opened before anything is done, so that a mistake costs nothing.
fn file_listeners(
    output: &OutputOptions,
    request: &Request,
    loaded: &engine::Inventory,
) -> Result<Vec<Arc<dyn Listener>>, Error> {
    let mut listeners: Vec<Arc<dyn Listener>> = Vec::new();
    let cannot = |path: &Path, error: std::io::Error| {
        Error::usage(format!("cannot write `{}`: {error}", path.display()))
    };
    let try_out = |path: &Path| written::try_out(path).map_err(|error| cannot(path, error));
    if let Some(path) = &output.log {
        let file = File::create(path).map_err(|error| cannot(path, error))?;
        let log = written::Told::new(format!("`{}`", path.display()), file);
        listeners.push(Arc::new(Json::new(log, Selection::Log)));
    }
    if let Some(path) = &output.junit {
        try_out(path)?;
        listeners.push(Arc::new(Junit::new(path.clone())));
    }
    if let Some(path) = &output.record {
        listeners.push(Arc::new(Recorder::new(path, loaded)?));
    }
    if let Some(path) = &output.report {
        try_out(path)?;
        let date = crate::saved::state::date();
        listeners.push(Arc::new(Html::new(path.clone(), title(request, loaded), date)));
    }
    Ok(listeners)
}

/// What is done, where, for the head of a page.
fn title(request: &Request, loaded: &engine::Inventory) -> String {
    let hosts: Vec<&str> = loaded.selected().map(|host| host.name.as_str()).collect();
    let what = match request {
        Request::Deploy { scripts, task, .. } => {
            let names = scripts.iter().map(|script| script.display().to_string());
            names.chain(task.clone()).collect::<Vec<_>>().join(" ")
        }
        Request::Operation { name, .. } => name.clone(),
        Request::Exec { command } => infra_engine::command::scrub(command).into_owned(),
        Request::Facts(_) => "facts".to_owned(),
    };
    format!("{what} on {}", crate::words::list(&hosts, 60))
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
