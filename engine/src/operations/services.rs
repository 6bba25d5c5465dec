//! What has to be done about a service: the decision that all init systems share.

use crate::{Args, Commands, Shell};

/// What should become of a service: arguments that the init systems share.
#[derive(Clone, Copy, Debug, Default, Args)]
#[args("service")]
pub(crate) struct State {
    /// Whether it should run; `()` leaves that as it is.
    #[arg(default = true)]
    pub(crate) running: Option<bool>,

    /// Restart it, if it runs.
    #[arg(default = false)]
    pub(crate) restarted: bool,

    /// Make it read its configuration again, if it runs.
    #[arg(default = false)]
    pub(crate) reloaded: bool,
}

/// What is wanted of a service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Control<'a> {
    /// Its name.
    pub(crate) service: &'a str,
    /// What should become of it.
    pub(crate) state: State,
    /// Another command of the init system, run in any case; words with a gap between them.
    pub(crate) command: Option<&'a str>,
}

impl State {
    /// This of a service, and a command for it.
    pub(crate) fn control<'a>(self, service: &'a str, command: Option<&'a str>) -> Control<'a> {
        Control { service, state: self, command }
    }
}

/// What to tell the init system: `start`, `stop`, `restart`, `reload` or a custom command, as words.
pub(crate) type Verb<'a> = Vec<&'a str>;

/// What the init system must be told, given whether the service runs; `None` where that is not known,
/// or there is no such service.
///
/// A service is restarted or reloaded only if it ran before: one that was just started has read its
/// configuration.
pub(crate) fn handle_service_control<'a>(wanted: &Control<'a>, now: Option<bool>) -> Vec<Verb<'a>> {
    let runs = now == Some(true);
    let state = wanted.state;
    let mut verbs = match (state.running, runs) {
        (Some(true), false) => vec![vec!["start"]],
        (Some(false), true) => vec![vec!["stop"]],
        (_, true) if state.restarted => vec![vec!["restart"]],
        (_, true) if state.reloaded => vec![vec!["reload"]],
        _ => Vec::new(),
    };
    verbs.extend(wanted.command.map(|command| command.split_whitespace().collect()));
    verbs
}

impl Control<'_> {
    /// Tells the init system what it must be told, each as `line` puts it, and records what changes.
    pub(crate) fn run(
        &self,
        todo: &mut Commands,
        now: Option<bool>,
        line: impl Fn(&Verb<'_>) -> Shell,
    ) {
        let verbs = handle_service_control(self, now);
        for verb in &verbs {
            todo.run(line(verb));
        }
        self.record(todo, now, &verbs);
    }

    /// Whether the service will run, once the init system has been told.
    pub(crate) fn outcome(&self, now: Option<bool>) -> Option<bool> {
        self.state.running.or(now)
    }

    /// Why there is nothing to do.
    pub(crate) fn note(&self, now: Option<bool>) -> String {
        let state = if now == Some(true) { "is running" } else { "is stopped" };
        format!("service {} {state}", self.service)
    }

    /// Records what changes.
    fn record(&self, todo: &mut Commands, now: Option<bool>, verbs: &[Verb<'_>]) {
        let yes_no = |it: Option<bool>| if it == Some(true) { "yes" } else { "no" };
        for verb in verbs {
            let (before, after) = match verb.as_slice() {
                ["start"] => (yes_no(now), "yes"),
                ["stop"] => (yes_no(now), "no"),
                _ => ("", ""),
            };
            let of = format!("service {}", self.service);
            if before.is_empty() {
                todo.attribute(of, verb.join(" "), "", "now");
            } else {
                todo.attribute(of, "running", before, after);
            }
        }
    }
}

/// Records that a service will be enabled, or disabled.
pub(crate) fn record_enabled(todo: &mut Commands, service: &str, enabled: bool) {
    let (before, after) = if enabled { ("no", "yes") } else { ("yes", "no") };
    todo.attribute(format!("service {service}"), "enabled", before, after);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_only_where_the_state_differs() {
        let (start, stop, restart) = ("start", "stop", "restart");
        for (running, restarted, reloaded, now, expected) in [
            (Some(true), false, false, Some(false), vec![start]),
            (Some(true), false, false, None, vec![start]),
            (Some(true), false, false, Some(true), vec![]),
            (Some(true), true, false, Some(false), vec![start]),
            (Some(true), true, true, Some(true), vec![restart]),
            (Some(true), false, true, Some(true), vec!["reload"]),
            (Some(false), true, false, Some(true), vec![stop]),
            (Some(false), true, false, Some(false), vec![]),
            (None, true, false, Some(true), vec![restart]),
            (None, true, false, Some(false), vec![]),
        ] {
            let wanted = State { running, restarted, reloaded }.control("x", None);
            let verbs: Vec<&str> =
                handle_service_control(&wanted, now).into_iter().flatten().collect();
            assert_eq!(verbs, expected, "{wanted:?} {now:?}");
        }
    }

    #[test]
    fn a_custom_command_runs_in_any_case() {
        let wanted = State::default().control("x", Some("try-restart --now"));
        assert_eq!(handle_service_control(&wanted, None), [["try-restart", "--now"]]);
    }
}
