//! What a configuration says about one host.

use super::super::pattern;
use super::Surroundings;
use super::parse::{Content, Criterion, File, Line};
use super::settings::{Settings, at_line};
use super::tokens::Tokens;
use crate::connectors::process::ConnectError;

/// The values that beat any configuration, because data or the command line gave them.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Given<'a> {
    pub(in super::super) hostname: Option<&'a str>,
    pub(in super::super) user: Option<&'a str>,
    pub(in super::super) port: Option<u16>,
}

/// Walks the files for `original`, in the order of their weight.
///
/// `Match exec` runs commands, so this may block.
pub(in super::super) fn resolve(
    files: &[&File],
    original: &str,
    given: Given<'_>,
    surroundings: &Surroundings,
) -> Result<Settings, ConnectError> {
    let settings = Settings {
        hostname: given.hostname.map(str::to_owned),
        user: given.user.map(str::to_owned),
        port: given.port,
        ..Settings::default()
    };
    let mut walk = Walk {
        surroundings,
        original,
        host: original.to_owned(),
        settings,
        last_pass: false,
        wants_last_pass: false,
    };
    walk.files(files)?;
    if walk.wants_last_pass {
        // Second time round `Host` sees the name that the first time found.
        walk.host = walk.current_host()?;
        walk.settings.hostname = Some(walk.host.clone());
        walk.last_pass = true;
        walk.files(files)?;
    }
    walk.settings.hostname = Some(walk.current_host()?);
    Ok(walk.settings)
}

struct Walk<'a> {
    surroundings: &'a Surroundings,
    original: &'a str,
    host: String,
    settings: Settings,
    last_pass: bool,
    wants_last_pass: bool,
}

impl Walk<'_> {
    fn files(&mut self, files: &[&File]) -> Result<(), ConnectError> {
        files.iter().try_for_each(|file| self.file(file, true))
    }

    /// `reachable` is false inside a block that does not match: nothing there can match again.
    fn file(&mut self, file: &File, reachable: bool) -> Result<(), ConnectError> {
        let mut active = reachable;
        for line in &file.lines {
            match &line.content {
                Content::Host(patterns) => {
                    let patterns = patterns.iter().map(String::as_str);
                    active = reachable && pattern::matches_list(&self.host, patterns);
                }
                Content::Match(criteria) => active = self.matches(criteria, reachable)?,
                Content::Include(files) => {
                    files.iter().try_for_each(|file| self.file(file, active))?;
                }
                Content::Setting { .. } if !active => {}
                Content::Setting { keyword, arguments, text } => {
                    self.setting(line, keyword, arguments, text)?;
                }
            }
        }
        Ok(())
    }

    fn setting(
        &mut self,
        line: &Line,
        keyword: &str,
        arguments: &[String],
        text: &str,
    ) -> Result<(), ConnectError> {
        self.settings
            .apply(keyword, arguments, text)
            .map_err(|problem| at_line(&line.path, line.number, &problem))
    }

    /// Every criterion has to hold; the first that does not ends the question, so that `exec` only
    /// runs when the criteria before it hold.
    fn matches(&mut self, criteria: &[Criterion], reachable: bool) -> Result<bool, ConnectError> {
        let mut result = reachable;
        for criterion in criteria {
            if criterion.name == "final" {
                self.wants_last_pass = true;
            }
            if result {
                result = self.holds(criterion)? != criterion.negated;
            }
        }
        Ok(result)
    }

    fn holds(&self, criterion: &Criterion) -> Result<bool, ConnectError> {
        let patterns = criterion.argument.split(',');
        Ok(match criterion.name.as_str() {
            "all" => true,
            "final" | "canonical" => self.last_pass,
            "host" => pattern::matches_list(&self.current_host()?, patterns),
            "originalhost" => pattern::matches_list(self.original, patterns),
            "user" => pattern::matches_list(self.current_user(), patterns),
            "localuser" => pattern::matches_list(&self.surroundings.user, patterns),
            "exec" => self.command_succeeds(&criterion.argument)?,
            "tagged" => {
                let tag = self.settings.tag.as_deref().unwrap_or_default();
                pattern::matches_list(tag, patterns)
            }
            "sessiontype" => pattern::matches_list("exec", patterns),
            // A version of OpenSSH, one command or one network cannot be meant: a connection here
            // serves many commands, and its own network is not looked at.
            _ => false,
        })
    }

    fn current_host(&self) -> Result<String, ConnectError> {
        match &self.settings.hostname {
            Some(name) => self.tokens(&self.host).percents(name),
            None => Ok(self.host.clone()),
        }
    }

    fn current_user(&self) -> &str {
        self.settings.user.as_deref().unwrap_or(&self.surroundings.user)
    }

    fn tokens<'a>(&'a self, host: &'a str) -> Tokens<'a> {
        Tokens {
            surroundings: self.surroundings,
            original: self.original,
            host,
            port: self.settings.port.unwrap_or(22),
            user: self.current_user(),
            key_alias: self.settings.host_key_alias.as_deref().unwrap_or(host),
            jump: self.settings.proxy_jump.as_deref().unwrap_or_default(),
        }
    }

    fn command_succeeds(&self, command: &str) -> Result<bool, ConnectError> {
        let host = self.current_host()?;
        let command = self.tokens(&host).percents(command)?;
        let shell = std::env::var("SHELL").unwrap_or_else(|_| "/bin/sh".to_owned());
        let status = std::process::Command::new(shell)
            .args(["-c", &command])
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
        Ok(status.is_ok_and(|status| status.success()))
    }
}
