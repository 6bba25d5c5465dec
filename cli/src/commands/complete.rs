//! What may stand at the end of a command line: `infra complete-words WORD…`, which the completions of all shells
//! call. The last word is the one that is being written. A line is a candidate, with a tab before what is
//! said of it; the line `:files` asks for names of files.

use std::collections::BTreeSet;
use std::path::Path;

use clap::CommandFactory;
use infra_engine::args::{ArgDef, Args, Kind};
use infra_engine::options::GlobalArgs;
use infra_engine::settings::Settings;
use infra_engine::{facts, operations};

use super::check::CheckOptions;
use super::doc::DocOptions;
use super::doc::first_sentence;
use super::init::InitOptions;
use super::test::TestOptions;
use crate::args::Options;
use crate::engine;
use crate::line::{self, is_script};

/// Asks the shell for names of files.
const FILES: &str = ":files";

const CONNECTORS: &[(&str, &str)] = &[
    ("@local", "this machine"),
    ("@ssh/", "a host by SSH"),
    ("@docker/", "an image or a container"),
    ("@podman/", "an image or a container"),
    ("@chroot/", "a directory"),
    ("@nspawn/", "a directory or a machine"),
    ("@fake/", "facts in a file"),
    ("@terraform", "Terraform's output"),
    ("@vagrant", "Vagrant's machines"),
    ("@ansible/", "an Ansible inventory"),
];

const COMMANDS: &[(&str, &str)] = &[
    ("exec", "run a command on all hosts"),
    ("fact", "print facts"),
    ("debug-inventory", "print hosts, groups and data"),
    ("shell", "talk to all hosts"),
];

const ALONE: &[(&str, &str)] = &[
    ("doc", "the manual"),
    ("check", "look for mistakes in scripts"),
    ("test", "plan deploys against recorded facts"),
    ("init", "start a project"),
    ("apply", "apply a saved plan"),
    ("completions", "completions for a shell"),
];

/// Prints the candidates for the last word; gives the exit code.
pub(crate) fn run(words: &[String]) -> u8 {
    let (current, before) = words.split_last().map_or(("", &[][..]), |it| (it.0.as_str(), it.1));
    let mut candidates = Candidates { current, lines: BTreeSet::new(), files: false };
    candidates.find(before);
    let mut text = String::new();
    for line in &candidates.lines {
        text.push_str(line);
        text.push('\n');
    }
    if candidates.files {
        text.push_str(FILES);
        text.push('\n');
    }
    super::print(&text);
    0
}

struct Candidates<'a> {
    /// The word that is being written.
    current: &'a str,
    lines: BTreeSet<String>,
    files: bool,
}

impl Candidates<'_> {
    fn add(&mut self, word: &str, about: &str) {
        if word.starts_with(self.current) {
            let about = about.lines().next().unwrap_or_default();
            let gap = if about.is_empty() { "" } else { "\t" };
            self.lines.insert(format!("{word}{gap}{about}"));
        }
    }

    fn all(&mut self, words: &[(&str, &str)]) {
        for (word, about) in words {
            self.add(word, about);
        }
    }

    fn find(&mut self, before: &[String]) {
        let line = line::split(before.iter().cloned());
        if let Some(option) = before.last().filter(|it| it.starts_with("--"))
            && self.value(option, line.first.as_deref())
        {
            return;
        }
        let words: Vec<&str> = line.words.iter().filter_map(line::Word::text).collect();
        match (line.first.as_deref(), words.as_slice()) {
            (None, _) if self.current.starts_with('-') => self.options(&Options::command()),
            (None, _) => self.inventory(),
            (Some("doc"), _) => {
                self.options(&DocOptions::command());
                self.names();
            }
            (Some("check"), _) => {
                self.options(&CheckOptions::command());
                self.files = true;
            }
            (Some("test"), _) => {
                self.options(&TestOptions::command());
                self.files = true;
            }
            (Some("init"), _) => {
                self.options(&InitOptions::command());
                self.files = true;
            }
            (Some("apply"), _) => self.files = true,
            (Some("completions"), _) => self.all(&[("bash", ""), ("zsh", ""), ("fish", "")]),
            (Some(_), _) if self.current.starts_with('-') => {
                self.options(&Options::command());
                self.task_options(&words);
            }
            (Some(_), []) => self.command(),
            (Some(_), ["exec" | "shell" | "debug-inventory", ..]) => {}
            (Some(_), ["fact", rest @ ..]) => self.facts(rest),
            (Some(_), [script, ..]) if is_script(script) => self.after_script(&words),
            (Some(_), [name, ..]) => {
                if let Some(def) = operations::find(name) {
                    self.arguments(def.args);
                    self.arguments(GlobalArgs::ARGS);
                }
                self.files |= !self.current.contains('=');
            }
        }
    }

    /// The value of an option; false where it takes none.
    fn value(&mut self, option: &str, inventory: Option<&str>) -> bool {
        let command = Options::command();
        let found = command.get_arguments().find(|it| it.get_long() == option.strip_prefix("--"));
        let Some(found) = found.filter(|it| it.get_action().takes_values()) else { return false };
        match option {
            "--limit" | "--exclude" => inventory.into_iter().for_each(|it| self.hosts(it, true)),
            _ => {
                for value in found.get_possible_values() {
                    self.add(value.get_name(), "");
                }
                self.files = self.lines.is_empty();
            }
        }
        true
    }

    fn options(&mut self, command: &clap::Command) {
        if !self.current.starts_with('-') {
            return;
        }
        for argument in command.get_arguments() {
            let Some(name) = argument.get_long() else { continue };
            let about = argument.get_help().map(ToString::to_string).unwrap_or_default();
            self.add(&format!("--{name}"), &about);
        }
    }

    /// The first word: an inventory, or a command that needs none.
    fn inventory(&mut self) {
        for (word, about) in ALONE.iter().filter(|it| line::COMMANDS.contains(&it.0)) {
            self.add(word, about);
        }
        self.all(CONNECTORS);
        self.files = true;
        for file in inventories() {
            self.add(&file, "inventory");
            if self.current.is_empty() || self.current.contains('/') {
                continue;
            }
            // Hosts of the project, one or several with commas.
            let (first, last) = self.current.rsplit_once(',').map_or(("", self.current), |it| it);
            let prefix = if first.is_empty() { String::new() } else { format!("{first},") };
            let named: Vec<&str> = first.split(',').collect();
            for (host, about) in known_hosts(&file, false) {
                if host.starts_with(last) && !named.contains(&host.as_str()) {
                    self.add(&format!("{prefix}{host}"), &about);
                }
            }
        }
    }

    fn hosts(&mut self, inventory: &str, groups: bool) {
        for (name, about) in known_hosts(inventory, groups) {
            self.add(&name, &about);
        }
    }

    /// What is to be done: a script, a command, an operation.
    fn command(&mut self) {
        self.all(COMMANDS);
        for def in operations::all() {
            self.add(def.name, &first_sentence(def.doc));
        }
        self.scripts();
    }

    fn scripts(&mut self) {
        let entries = std::fs::read_dir(".").into_iter().flatten().flatten();
        for name in entries.filter_map(|it| it.file_name().into_string().ok()) {
            if is_script(&name) && name != "config.rhai" {
                self.add(&name, "deploy script");
            }
        }
        self.files |= self.current.contains('/');
    }

    fn names(&mut self) {
        for def in operations::all() {
            self.add(def.name, &first_sentence(def.doc));
        }
        for def in facts::all() {
            self.add(def.name, &first_sentence(def.doc));
        }
        for def in GlobalArgs::ARGS {
            self.add(def.name, def.doc);
        }
    }

    fn facts(&mut self, before: &[&str]) {
        for def in facts::all() {
            self.add(def.name, &first_sentence(def.doc));
        }
        if let Some(def) = before.iter().rev().find_map(|it| facts::find(it)) {
            self.arguments(def.args);
        }
    }

    /// `name=`, and the values behind it where they are known.
    fn arguments(&mut self, defs: &[ArgDef]) {
        let named = self.current.split_once('=').map(|it| it.0);
        for def in defs.iter().filter(|it| !it.rest) {
            if named != Some(def.name) {
                self.add(&format!("{}=", def.name), &first_sentence(def.doc));
                continue;
            }
            let values: &[&str] = match def.kind {
                Kind::Bool => &["true", "false"],
                Kind::Choice(words) => words,
                _ => &[],
            };
            for value in values {
                self.add(&format!("{}={value}", def.name), "");
            }
            self.files |= values.is_empty();
        }
    }

    /// More scripts, or a task of the last.
    fn after_script(&mut self, words: &[&str]) {
        let Some(script) = words.iter().rfind(|it| is_script(it)) else { return };
        if words.last() != Some(script) {
            self.task_options(words);
            return;
        }
        self.scripts();
        for task in infra_engine::tasks(Path::new(script)) {
            self.add(&task.name.replace('_', "-"), &first_sentence(&task.doc));
            self.add(&task.name, &first_sentence(&task.doc));
        }
    }

    /// The arguments of the task that is named.
    fn task_options(&mut self, words: &[&str]) {
        let Some(at) = words.iter().rposition(|it| is_script(it)) else { return };
        let (Some(script), Some(task)) = (words.get(at), words.get(at + 1)) else { return };
        let name = task.replace('-', "_");
        let tasks = infra_engine::tasks(Path::new(script));
        for task in tasks.iter().filter(|it| it.name == name) {
            for parameter in &task.parameters {
                self.add(&format!("--{}", parameter.replace('_', "-")), "argument of the task");
            }
        }
    }
}

/// The inventories of the project.
fn inventories() -> Vec<String> {
    let entries = std::fs::read_dir("inventories").into_iter().flatten().flatten();
    let paths = entries.map(|it| it.path()).filter(|it| it.is_file());
    paths.map(|it| it.display().to_string()).collect()
}

/// Hosts, and groups, of an inventory; none where it cannot be read.
fn known_hosts(inventory: &str, groups: bool) -> Vec<(String, String)> {
    let Ok(loaded) = engine::load(inventory, &Settings::default()) else { return Vec::new() };
    let mut all: Vec<(String, String)> = loaded
        .hosts
        .values()
        .map(|host| (host.name.clone(), format!("host of {inventory}")))
        .collect();
    if groups {
        all.extend(loaded.groups.iter().map(|(name, hosts)| {
            (name.clone(), format!("group of {}", crate::words::count(hosts.len(), "host")))
        }));
    }
    all
}
