use crate::bytes::encode;
use crate::command::{Diff, Put};
use crate::facts::bsdinit::RcdStatus;
use crate::facts::files::Text;
use crate::operations::services::{State, record_enabled};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Start, stop, restart, reload, enable or disable a service of a BSD.
///
/// A service is enabled by `NAME_enable="YES"` in `/etc/rc.conf.local`, before it is started: a script
/// of FreeBSD does not start what is not enabled.
///
/// ```rhai
/// bsdinit.service("nginx", #{ enabled: true });
/// ```
#[derive(Debug, Args)]
#[args("bsdinit.service")]
pub(crate) struct ControlService {
    /// Name of the service.
    pub(crate) service: String,

    #[arg(flatten)]
    pub(crate) state: State,

    /// Another command for the service, run in any case.
    pub(crate) command: Option<String>,

    /// Whether the service should start with the system. Default: that stays as it is.
    pub(crate) enabled: Option<bool>,
}

/// Where services are enabled.
const CONFIG: &str = "/etc/rc.conf.local";

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if self.enabled.is_some() {
            host.want(&Text::at(CONFIG));
        }
        let status = RcdStatus {};
        let services = host.fact(&status)?;
        let now = services.get(&self.service).copied().flatten();
        let mut todo = Commands::default();
        if let Some(enabled) = self.enabled {
            self.configure(&mut todo, host, enabled)?;
        }
        let control = self.state.control(&self.service, self.command.as_deref());
        let (base, local) = (
            format!("/etc/rc.d/{}", self.service),
            format!("/usr/local/etc/rc.d/{}", self.service),
        );
        control.run(&mut todo, now, |verb| {
            sh!("if [ -e {base} ]; then {base} {verb}; else {local} {verb}; fi")
        });
        if let Some(outcome) = control.outcome(now) {
            let mut after = (*services).clone();
            after.insert(self.service.clone(), Some(outcome));
            todo.then(&status, after);
        }
        if todo.is_empty() {
            return Ok(Commands::none(control.note(now)));
        }
        Ok(todo)
    }
}

impl ControlService {
    /// Writes or removes the line that enables the service.
    fn configure(&self, todo: &mut Commands, host: &Host<'_>, enabled: bool) -> Result<()> {
        let fact = Text::at(CONFIG);
        let now = host.fact(&fact)?;
        let text = now.as_deref().unwrap_or_default();
        let after = self.configured(text, enabled);
        if after == text {
            return Ok(());
        }
        record_enabled(todo, &self.service, enabled);
        todo.diff.push(Diff::Text {
            path: CONFIG.to_owned(),
            before: (*now).clone(),
            after: Some(after.clone()),
        });
        let content = crate::command::Content::Bytes(encode(&after).into());
        let mode = now.is_none().then_some(0o644);
        todo.put(Put { path: CONFIG.to_owned(), content, mode, ..Put::default() });
        todo.then(&fact, Some(after));
        Ok(())
    }

    /// The text with the service enabled or not: one line says it, where the first one stood.
    fn configured(&self, text: &str, enabled: bool) -> String {
        // The file is read by a shell, which has no other letters in its names.
        let plain = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
        let start = format!("{}_enable=", self.service.chars().map(plain).collect::<String>());
        let line = format!("{start}\"YES\"\n");
        let mut after = String::new();
        let mut written = !enabled;
        for it in text.split_inclusive('\n') {
            if !it.starts_with(&start) {
                after.push_str(it);
            } else if !written {
                after.push_str(&line);
                written = true;
            }
        }
        if !written {
            if !after.is_empty() && !after.ends_with('\n') {
                after.push('\n');
            }
            after.push_str(&line);
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_enables_a_service() {
        let service = ControlService {
            service: "my-app".into(),
            state: State::default(),
            command: None,
            enabled: None,
        };
        for (text, enabled, expected) in [
            ("", true, "my_app_enable=\"YES\"\n"),
            ("a=1", true, "a=1\nmy_app_enable=\"YES\"\n"),
            ("my_app_enable=\"NO\"\na=1\n", true, "my_app_enable=\"YES\"\na=1\n"),
            ("my_app_enable=\"YES\"\na=1\n", false, "a=1\n"),
            ("a=1", false, "a=1"),
        ] {
            assert_eq!(service.configured(text, enabled), expected, "{text}");
        }
    }
}
