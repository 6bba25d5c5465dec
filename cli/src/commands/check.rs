//! `infra check`: every mistake in scripts at once, without a host.

use std::path::PathBuf;

use clap::Parser;
use infra_engine::settings::Settings;

use super::{Stop, print, say};
use crate::engine::exit;
use crate::report::json;
use crate::terminal::Style;
use crate::{diagnostic, engine, words};

/// Looks for mistakes in deploy scripts: their syntax, names and arguments. Needs no host.
#[derive(Debug, Parser)]
#[command(name = "infra check", bin_name = "infra check", max_term_width = 100)]
pub(crate) struct CheckOptions {
    /// The scripts
    #[arg(required = true, value_hint = clap::ValueHint::FilePath)]
    scripts: Vec<PathBuf>,

    /// Also check the data that the scripts use against this inventory
    #[arg(long, value_name = "INVENTORY")]
    inventory: Option<String>,

    /// One JSON object per mistake and line on standard output
    #[arg(long)]
    json: bool,

    /// Say nothing when all is well
    #[arg(long)]
    quiet: bool,

    /// No colours
    #[arg(long)]
    no_color: bool,
}

/// Checks and tells; gives the exit code.
pub(crate) fn run(options: &CheckOptions) -> Result<u8, Stop> {
    let loaded = match &options.inventory {
        Some(argument) => Some(engine::load(argument, &Settings::default())?),
        None => None,
    };
    let problems = engine::check(&options.scripts, loaded.as_ref());
    let scripts = words::count(options.scripts.len(), "script");
    if options.json {
        let lines: Vec<String> =
            problems.iter().map(|it| format!("{}\n", json::problem(it))).collect();
        print(&lines.concat());
    } else if !problems.is_empty() {
        let style = Style::of(&std::io::stderr(), !options.no_color);
        say(&diagnostic::render_all(&problems, style));
        say(&format!("\n{} in {scripts}\n", words::count(problems.len(), "mistake")));
    } else if !options.quiet {
        say(&format!("no mistakes in {scripts}\n"));
    }
    Ok(if problems.is_empty() { 0 } else { exit::MISTAKE })
}
